"""One's own second factor: setting it up, recovery codes, turning it off; agreeing that others' goes."""

from base64 import b64encode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, PasswordField

from portal.actions.people import factor_removals
from portal.actions.people import second_factor as actions
from portal.actions.people.passkeys import listed_keys, may_have_keys
from portal.actions.people.proofs import Here, Proof
from portal.actions.people.second_factor import Setup
from portal.crypto.second_factor import provisioning_uri, secret_text
from portal.crypto.tokens import token_digest
from portal.documents.qr_code import qr_png
from portal.domain.errors import TooOften
from portal.domain.keys.second_factor import is_always_needed
from portal.domain.people import Delegate, Director, Operator, Person, Ruo
from portal.storage.people.factors import count_recovery_codes
from portal.web.http import clock, cookies
from portal.web.http.attempts import attempt
from portal.web.http.forms import PortalForm, Text
from portal.web.http.guards import allow, current_login, lacks_factor
from portal.web.http.site import origin, site

two_factor = Blueprint("two_factor", __name__, url_prefix="/account/two-factor")

ISSUER = "Potvarzhdenia ASP"  # in the application, beside the address of the account


class StartForm(PortalForm):
    password = PasswordField("Вашата парола")


class ConfirmForm(PortalForm):
    code = Text("Код от приложението")
    setup = HiddenField()


class ProofForm(PortalForm):
    password = PasswordField("Вашата парола")
    code = Text("Код от приложението или за възстановяване")

    def proof(self) -> Proof:
        return Proof(self.password.data or "", self.code.data or "")


class KeyForm(ProofForm):
    name = Text("Име на ключа")


@two_factor.get("")
@allow(Director, Delegate, Ruo, Operator, without_factor=True)
def page(person: Person) -> ResponseReturnValue:
    return factor_page(person)


@two_factor.post("/start")
@allow(Director, Delegate, Ruo, Operator, without_factor=True)
def start(person: Person) -> ResponseReturnValue:
    """After the password, the secret: in a picture, as text, and sealed in the form; nowhere else."""
    form = StartForm(request.form)
    with attempt(form, beside={TooOften: "password"}) as tried:
        typed = form.password.data or ""
        setup = actions.begin_setup(person, typed, here=here(), site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(factor_page(person, form, alert=tried.alert))
    return _setup_page(person, setup, ConfirmForm())


@two_factor.post("")
@allow(Director, Delegate, Ruo, Operator, without_factor=True)
def turn_on(person: Person) -> ResponseReturnValue:
    form = ConfirmForm(request.form)
    asking, now = here(), clock.now()
    with attempt() as tried:
        setup = actions.setup_of(person, form.setup.data or "", here=asking, site=site(), now=now)
    if tried.failed:
        return tried.reply(factor_page(person, alert=tried.alert))
    with attempt(form) as tried:
        codes = actions.turn_on(person, setup, form.code.data or "", here=asking, site=site(), now=now)
    if tried.alert:
        return tried.reply(factor_page(person, alert=tried.alert))
    if tried.failed:
        return tried.reply(_setup_page(person, setup, form))
    return _codes_page(codes, is_new=True)


@two_factor.post("/codes")
@allow(Director, Delegate, Ruo, Operator)
def renew_codes(person: Person) -> ResponseReturnValue:
    form = ProofForm(request.form)
    with attempt(form, beside={TooOften: ""}) as tried:
        codes = actions.renew_codes(person, form.proof(), here=here(), site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(factor_page(person, alert=tried.alert, renewing=form))
    return _codes_page(codes, is_new=False)


@two_factor.post("/off")
@allow(Director, Delegate, Ruo, Operator)
def turn_off(person: Person) -> ResponseReturnValue:
    form = ProofForm(request.form)
    with attempt(form, beside={TooOften: ""}) as tried:
        actions.turn_off(person, form.proof(), here=here(), site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(factor_page(person, alert=tried.alert, ending=form))
    flash("Вторият фактор е изключен.")
    return redirect(url_for(".page"), 303)


@two_factor.post("/stop")
@allow(Director, Delegate, Ruo, Operator)
def stop(person: Person) -> ResponseReturnValue:
    """The person's own second factor stays."""
    factor_removals.stop(person, person.user_id, site=site(), now=clock.now())
    flash("Изключването е спряно. Вторият фактор остава.")
    return redirect(url_for(".page"), 303)


@two_factor.get("/removals")
@allow(Director, Ruo, Operator)
def removals(person: Person) -> ResponseReturnValue:
    return _removals_page(person)


@two_factor.post("/removals/<id:user_id>/agree")
@allow(Director, Ruo, Operator)
def agree(person: Person, user_id: int) -> ResponseReturnValue:
    with attempt() as tried:
        factor_removals.agree(person, user_id, site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(_removals_page(person, tried.alert))
    flash("Потвърдихте изключването на втория фактор.")
    return redirect(url_for(".removals"), 303)


@two_factor.post("/removals/<id:user_id>/stop")
@allow(Director, Ruo, Operator)
def stop_removal(person: Person, user_id: int) -> ResponseReturnValue:
    factor_removals.stop(person, user_id, site=site(), now=clock.now())
    flash("Изключването е спряно.")
    return redirect(url_for(".removals"), 303)


def here() -> Here:
    return Here(token_digest(cookies.read(cookies.SESSION)), origin())


def factor_page(
    person: Person,
    form: StartForm | None = None,
    *,
    alert: str = "",
    renewing: ProofForm | None = None,
    ending: ProofForm | None = None,
    adding: KeyForm | None = None,
) -> str:
    login = current_login()
    assert login is not None
    since = login.user.factor_at
    return render_template(
        "people/two_factor.html",
        keys=listed_keys(person, site=site()) if since else [],
        may_have_keys=may_have_keys(site=site()),
        adding=adding or KeyForm(),
        since=since,
        is_due=lacks_factor(person),
        may_agree=not isinstance(person, Delegate) and not lacks_factor(person),
        is_needed=is_always_needed(person) and site().needs_second_factor,
        left=count_recovery_codes(person.user_id) if since else 0,
        removal=factor_removals.removal_for(person.user_id, site=site(), now=clock.now()) if since else None,
        form=form or StartForm(),
        renewing=renewing or ProofForm(),
        ending=ending or ProofForm(),
        alert=alert,
    )


def _setup_page(person: Person, setup: Setup, form: ConfirmForm) -> str:
    form.setup.data = setup.sealed
    address = provisioning_uri(setup.secret, issuer=ISSUER, account=person.email)
    return render_template(
        "people/two_factor_setup.html",
        form=form,
        address=address,
        picture=b64encode(qr_png(address)).decode(),
        secret=secret_text(setup.secret),
    )


def _codes_page(codes: list[str], *, is_new: bool) -> str:
    """Shown once: nothing keeps them."""
    return render_template("people/recovery_codes.html", codes=codes, is_new=is_new, made_on=clock.today())


def _removals_page(person: Person, alert: str = "") -> str:
    waiting = list(factor_removals.waiting_for(person, site=site(), now=clock.now()))
    return render_template(
        "people/factor_removals.html", waiting=waiting, described=factor_removals.described, alert=alert
    )
