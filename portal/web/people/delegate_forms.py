"""The forms in which a director names, changes and revokes a delegate."""

from datetime import date

from wtforms import PasswordField, SelectMultipleField, StringField

from portal.domain.delegations import Terms
from portal.domain.people import Scope
from portal.web.http.days import read_day
from portal.web.http.forms import PortalForm, Text


class WhoForm(PortalForm):
    name = Text("Име и фамилия")
    email = Text("Електронна поща")


class TermsForm(PortalForm):
    scopes = SelectMultipleField(
        "Какво може да прави",
        choices={
            Scope.DECIDE.value: "Подготвя решенията: потвърждава и отказва дете по дете",
            Scope.SIGN.value: "Подписва списъка вместо директора",
            Scope.REGISTER.value: "Води карантинния регистър: вижда имената в него",
        },
    )
    order_number = Text("Номер и дата на заповедта")
    until = StringField("Последен ден")

    def terms(self) -> Terms:
        """What was ordered; no last day where the text is no date."""
        chosen = frozenset(scope for scope in Scope if scope.value in (self.scopes.data or ()))
        return Terms(chosen, self.order_number.data or "", _read_date(self.until.data or ""))


class RevokeForm(PortalForm):
    password = PasswordField("Вашата парола")


class DelegateForm(WhoForm, TermsForm):
    """Fields stand in the order in which they were written: first who, then what."""


def _read_date(text: str) -> date | None:
    try:
        return read_day(text)
    except (ValueError, OverflowError):  # a year of twenty digits is no year either
        return None
