"""The forms in which people open and manage their accounts."""

from wtforms import HiddenField, PasswordField

from portal.actions.people.activation import Activation
from portal.actions.people.own_account import PasswordChange
from portal.web.http.forms import PortalForm, Text
from portal.web.people.egn import NumberForm


class LoginForm(PortalForm):
    email = Text("Електронна поща")
    password = PasswordField("Парола")
    next = HiddenField()
    waits = HiddenField()  # set by static/js/login.js


class CodeForm(PortalForm):
    code = Text("Код")
    next = HiddenField()


class ActivationForm(NumberForm):
    name = Text("Име и фамилия")
    password = PasswordField("Нова парола")
    confirm = PasswordField("Новата парола още веднъж")

    def typed(self) -> Activation:
        return Activation(
            self.password.data or "", self.confirm.data or "", self.name.data, self.egn.data or "", self.kind
        )


class ForgottenForm(PortalForm):
    email = Text("Електронна поща")


class PasswordForm(PortalForm):
    current = PasswordField("Сегашна парола")
    password = PasswordField("Нова парола")
    confirm = PasswordField("Новата парола още веднъж")

    def typed(self) -> PasswordChange:
        return PasswordChange(self.current.data or "", self.password.data or "", self.confirm.data or "")
