"""The forms in which the operator searches for and invites people."""

from wtforms import SelectField

from portal.actions.people.invitations import NewAccount
from portal.domain.errors import Refusal
from portal.domain.people import Role
from portal.storage.people.accounts import AccountState, regions
from portal.web.http.forms import PortalForm, Text

INVITED = (Role.DIRECTOR, Role.RUO, Role.OPERATOR)
ROLES = {"": "всички", **{role.value: role.label for role in Role}}
STATES = {"": "всички", **{state.value: state.label for state in AccountState}}


class SearchForm(PortalForm):
    q = Text("Име, адрес, институция или код")
    role = SelectField("Роля", choices=ROLES, default="")
    state = SelectField("Състояние", choices=STATES, default="")


class AddressForm(PortalForm):
    email = Text("Верен адрес")


class InvitationForm(PortalForm):
    role = SelectField("Роля", choices={role.value: role.label for role in INVITED})
    name = Text("Име и фамилия")
    email = Text("Електронна поща")
    institution = Text("Код на институцията")
    region = SelectField("Област на РУО")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        named = {str(number): name for number, name in regions().items()}
        self.region.choices = {"": "– изберете –", **named}

    def account(self) -> NewAccount:
        """Who is invited; Refusal for a choice that is not among the offered."""
        role = next((role for role in INVITED if role.value == self.role.data), None)
        if role is None:
            raise Refusal("Изберете роля.", field="role")
        region = self.region.data or ""
        return NewAccount(
            role,
            self.email.data or "",
            self.name.data or "",
            self.institution.data or "",
            int(region) if region in self.region.choices and region else None,
        )
