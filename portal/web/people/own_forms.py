"""The forms with which people open and keep their accounts."""

from wtforms import HiddenField, PasswordField

from portal.web.http.forms import PortalForm, Text


class LoginForm(PortalForm):
    email = Text("Електронна поща")
    password = PasswordField("Парола")
    next = HiddenField()


class ActivationForm(PortalForm):
    name = Text("Име и фамилия")
    password = PasswordField("Нова парола")
    confirm = PasswordField("Новата парола още веднъж")
    egn = Text("ЕГН")


class ForgottenForm(PortalForm):
    email = Text("Електронна поща")


class PasswordForm(PortalForm):
    current = PasswordField("Сегашна парола")
    password = PasswordField("Нова парола")
    confirm = PasswordField("Новата парола още веднъж")
