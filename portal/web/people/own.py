"""Logging in and out, and managing one's own account."""

import random
from io import BytesIO
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from portal.actions.disclosure.account import export_account
from portal.actions.letters.choices import OPTIONAL, declined_by
from portal.actions.people import egn_changes, login_steps, logins, own_account
from portal.actions.people.logins import Asked, Entered
from portal.crypto.errors import Busy
from portal.crypto.tokens import token_digest
from portal.domain.accounts import wait_in_words
from portal.domain.errors import Conflict, TooOften
from portal.domain.people import Delegate, Director, Operator, Person, Ruo, Staff
from portal.storage.home.next_steps import last_authorisation
from portal.storage.people.logins import logins_of
from portal.web.http import clock, cookies
from portal.web.http.attempts import attempt
from portal.web.http.csrf import csrf_token, page_owner
from portal.web.http.downloads import download
from portal.web.http.guards import allow, current_login, current_person, public
from portal.web.http.site import origin, site
from portal.web.people.egn import AskForm, check_is_asked, egn_of
from portal.web.people.own_forms import CodeForm, LoginForm, PasswordForm

accounts = Blueprint("accounts", __name__)

HOME = "/"
TEXT = "text/plain; charset=utf-8"
# Seconds, from and to: not all of those who came together come back together. Whoever comes from where
# nothing has failed is let in first, and so may come sooner.
COME_BACK, COME_BACK_LATER = (1, 3), (4, 10)
CROWDED = "Паролата ви не е проверена. Въведете я и натиснете „Влизам“ отново след {}."


@accounts.get("/login")
@public
def login() -> ResponseReturnValue:
    if current_person() is not None:
        return redirect(HOME, 303)
    wanted = request.args.get("next", "")
    if "again" not in request.args and login_steps.is_asked(cookies.read(cookies.STEP), now=clock.now()):
        return code_page(CodeForm(next=wanted))
    return _login_page(LoginForm(next=wanted))


@accounts.post("/login")
@public
def log_in() -> ResponseReturnValue:
    """The address and the password; then, from the page that this leads to, the code."""
    if "code" in request.form and "password" not in request.form:
        return _give_code(CodeForm(request.form))
    form = LoginForm(request.form)
    try:
        with attempt(form, beside={Conflict: "", TooOften: ""}) as tried:
            entered = logins.log_in(
                form.email.data or "",
                form.password.data or "",
                origin=origin(),
                site=site(),
                now=clock.now(),
            )
    except Busy as busy:
        return _crowded(form, COME_BACK_LATER if busy.rank else COME_BACK)
    if tried.failed:
        is_stuck = isinstance(tried.objection, TooOften)
        return tried.reply(_login_page(form, is_stuck=is_stuck))
    return begin(entered, local_path(form.next.data or ""))


def _give_code(form: CodeForm) -> ResponseReturnValue:
    with attempt(form, beside={TooOften: "code"}) as tried:
        entered = login_steps.give_code(
            cookies.read(cookies.STEP),
            form.code.data or "",
            origin=origin(),
            site=site(),
            now=clock.now(),
        )
    if tried.alert:
        return tried.reply(begin_again(form, tried.alert))
    if tried.failed:
        return tried.reply(code_page(form))
    return begin(entered, local_path(form.next.data or ""))


def code_page(form: CodeForm, alert: str = "") -> str:
    has_keys = login_steps.has_keys(cookies.read(cookies.STEP), site=site(), now=clock.now())
    return render_template("people/login_code.html", form=form, has_keys=has_keys, alert=alert)


def begin_again(form: CodeForm, over: str) -> str:
    """The time after the password is over."""
    return _login_page(LoginForm(next=form.next.data), over=over)


def _login_page(form: LoginForm, *, is_stuck: bool = False, crowded: str = "", over: str = "") -> str:
    return render_template("people/login.html", form=form, is_stuck=is_stuck, crowded=crowded, over=over)


def _crowded(form: LoginForm, between: tuple[int, int]) -> Response:
    """Nothing was tried: the page asks to press again. One that waits by itself (static/js/login.js) is left
    as it is, which is what a browser does with a 204: what was typed stays there, and is never sent back."""
    seconds = random.randint(*between)  # noqa: S311 (guards nothing)
    if form.waits.data:
        response = make_response("", 204)
        cookies.tell_script(response, cookies.WAIT, str(seconds), age=60)
    else:
        sentence = CROWDED.format(wait_in_words(seconds))
        response = make_response(_login_page(form, crowded=sentence), 503)
    response.headers["Retry-After"] = str(seconds)
    return response


@accounts.post("/logout")
@public
def logout() -> ResponseReturnValue:
    if current_person() is not None:
        logins.log_out(token_digest(cookies.read(cookies.SESSION)))
    flash("Излязохте от портала.")
    response = make_response(redirect(url_for(".login"), 303))
    cookies.forget(response, cookies.SESSION)
    return response


@accounts.get("/account")
@allow(Director, Delegate, Ruo, Operator)
def account(person: Person) -> ResponseReturnValue:
    return _account_page(person)


@accounts.get("/account/token")
@allow(Director, Delegate, Ruo, Operator, without_factor=True)
def token(person: Person) -> ResponseReturnValue:
    """Who is logged in now, for the script of a page from before; and what its forms prove that with, which a
    page of somebody else does not get."""
    of = page_owner()
    is_theirs = of.partition("-")[0] == request.args.get("of", "").partition("-")[0]
    response = jsonify(of=of, name=person.name, token=csrf_token() if is_theirs else "")
    cookies.tell_script(response, cookies.OWNER, of)
    return response


@accounts.post("/account/password")
@allow(Director, Delegate, Ruo, Operator)
def change_password(person: Person) -> ResponseReturnValue:
    form = PasswordForm(request.form)
    with attempt(form, alerts=(), beside={TooOften: "current"}) as tried:
        ended = own_account.change_password(
            person,
            form.typed(),
            login=token_digest(cookies.read(cookies.SESSION)),
            origin=origin(),
            site=site(),
            now=clock.now(),
        )
    if tried.failed:
        return tried.reply(_account_page(person, form))
    flash("Паролата е сменена." + (" Влизанията в други браузъри са прекратени." if ended else ""))
    return redirect(url_for(".account"), 303)


@accounts.post("/account/data")
@allow(Director, Delegate, Ruo, Operator)
def own_data(person: Person) -> ResponseReturnValue:
    """A copy of what is held of the person's own account; the audit says that it was made."""
    copy = export_account(person, person.user_id, now=clock.now())
    return download(BytesIO(copy.content), TEXT, f"account-{copy.number}.txt")


@accounts.post("/account/egn")
@allow(Director, Delegate)
def ask_for_egn(person: Staff) -> ResponseReturnValue:
    check_is_asked()
    form = AskForm(request.form)
    with attempt(form, alerts=(), beside={TooOften: "password"}) as tried:
        egn_changes.ask_for_change(
            person,
            form.egn.data or "",
            form.password.data or "",
            kind=form.kind,
            origin=origin(),
            site=site(),
            now=clock.now(),
        )
    if tried.failed:
        return tried.reply(_account_page(person, egn_form=form))
    flash("Искането е записано. Сега институцията трябва да изпрати писмото до ЦИОО.")
    return redirect(url_for(".account", _anchor="signing-egn"), 303)


@accounts.post("/account/egn/withdraw")
@allow(Director, Delegate)
def withdraw_egn(person: Staff) -> ResponseReturnValue:
    check_is_asked()
    egn_changes.withdraw(person, now=clock.now())
    flash("Искането е оттеглено.")
    return redirect(url_for(".account", _anchor="signing-egn"), 303)


def _account_page(person: Person, form: PasswordForm | None = None, egn_form: AskForm | None = None) -> str:
    login = current_login()
    return render_template(
        "people/account.html",
        form=form or PasswordForm(),
        factor_at=None if login is None else login.user.factor_at,
        egn=egn_of(person),
        egn_form=egn_form or AskForm(),
        logins=logins_of(person.user_id, here=b"" if login is None else login.digest, now=clock.now()),
        is_delegate=isinstance(person, Delegate),
        authorisation=last_authorisation(person.user_id) if isinstance(person, Delegate) else None,
        today=clock.today(),
        optional_letters=OPTIONAL if isinstance(person, Staff) else (),
        declined_letters=declined_by(person),
    )


def begin(entered: Entered | Asked, address: str) -> ResponseReturnValue:
    """Give the browser its new login, or ask for the code, and end what it had before, as a visitor or as
    somebody else."""
    if current_person() is not None:
        logins.log_out(token_digest(cookies.read(cookies.SESSION)))
    if isinstance(entered, Asked):
        wanted = None if address == HOME else address
        response = make_response(redirect(url_for("accounts.login", next=wanted), 303))
        cookies.forget(response, cookies.SESSION)
        cookies.write(response, cookies.STEP, entered.token, age=cookies.STEP_AGE)
        return response
    response = make_response(redirect(address, 303))
    cookies.write(response, cookies.SESSION, entered.token)
    cookies.write(response, cookies.DEVICE, entered.device, age=cookies.DEVICE_AGE)
    cookies.forget(response, cookies.VISIT)
    if cookies.read(cookies.STEP):
        cookies.forget(response, cookies.STEP)
    return response


def local_path(address: str) -> str:
    """``address`` if it is a path of the portal, else the first page: nobody's link leads elsewhere."""
    is_ours = address.startswith("/") and not address.startswith("//") and "\\" not in address
    if not is_ours or not address.isprintable() or urlsplit(address).netloc:
        return HOME
    return address
