"""The ЕГН by which a КЕП is recognised, on account pages: its forms, and whether it is asked for at all."""

from wtforms import BooleanField, PasswordField

from portal.domain.errors import NotFound
from portal.domain.identifiers import IdType
from portal.domain.people import Delegate, Person, Scope, Staff
from portal.domain.signing.qualified import QUALIFIED
from portal.storage.people.egn_requests import OwnEgn, own_egn
from portal.web.http.forms import PortalForm, Text
from portal.web.http.site import site


class NumberForm(PortalForm):
    """With the number, and whether it is a ЛНЧ: the digits alone do not say."""

    egn = Text("ЕГН или ЛНЧ")
    lnch = BooleanField("Това е ЛНЧ (личен номер на чужденец)")

    @property
    def kind(self) -> IdType:
        return IdType.LNCH if self.lnch.data else IdType.EGN


class AskForm(NumberForm):
    password = PasswordField("Вашата парола")


class ConfirmForm(NumberForm):
    egn = Text("ЕГН или ЛНЧ от писмото")


def egn_of(person: Person) -> OwnEgn | None:
    """What to say to the person of their own ЕГН; none where it is not asked for."""
    if QUALIFIED not in site().signature_kinds or not isinstance(person, Staff):
        return None
    own = own_egn(person.user_id)
    is_for_others = isinstance(person, Delegate) and not person.may(Scope.SIGN)
    return None if is_for_others and not own.is_kept and own.asked_at is None else own


def check_is_asked() -> None:
    """Raise NotFound where signatures by КЕП do not count: then no ЕГН is kept."""
    if QUALIFIED not in site().signature_kinds:
        raise NotFound("Тук не се подписва с КЕП, затова ЕГН или ЛНЧ не се пази.")
