"""The register while it is locked: asking for the password where it is needed, and keeping what was typed."""

from dataclasses import dataclass
from typing import TypeGuard

from flask import Flask, Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.register import uses
from portal.actions.register.keys.opened import NoKey
from portal.actions.register.keys.session import Locked
from portal.actions.register.uses import asks_reason
from portal.domain.errors import Conflict, Denied, TooOften
from portal.domain.people import Person, Scope, Staff
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.csrf import FIELD
from portal.web.http.guards import current_person
from portal.web.http.htmx import wants_fragment
from portal.web.http.site import origin, site
from portal.web.register.forms import UnlockForm
from portal.web.register.unlocking import is_open, register_session

PREFIX = "unlock"  # of the password's field in a form that does something else as well
HOME = "/quarantine/"
_NAMES = ("password", "reason")


@dataclass(frozen=True)
class LockedPage:
    """The form that opens the register, and ``kept``, what was being sent when it was locked."""

    form: UnlockForm
    action: str
    kept: list[tuple[str, str]]
    sentence: str
    asks_password: bool
    asks_reason: bool
    alert: str = ""

    @property
    def is_resending(self) -> bool:
        """Whether the form does something else as well."""
        return self.action != url_for("register.unlock")


def init_register_lock(app: Flask) -> None:
    app.before_request(unlock_first)
    app.register_error_handler(Locked, locked)
    app.register_error_handler(NoKey, no_key)


def unlock_first() -> ResponseReturnValue | None:
    """A form that was sent to a locked register comes back with the password in it: open, then go on."""
    if request.method != "POST" or not request.path.startswith(HOME):
        return None
    person = current_person()
    if not _is_keeper(person):
        return None
    if not any(f"{PREFIX}-{name}" in request.form for name in _NAMES):
        return None
    form = UnlockForm(request.form, prefix=PREFIX)
    return unlock_or_ask(person, form, request.path, _kept())


def unlock_or_ask(
    person: Staff, form: UnlockForm, action: str, kept: list[tuple[str, str]]
) -> ResponseReturnValue | None:
    """None when the register is open now; else the form again, with what is wrong beside its field."""
    with attempt(form, alerts=(Conflict, TooOften)) as tried:
        unlock(person, form)
    return tried.reply(_asking(person, form, action, kept, alert=tried.alert)) if tried.failed else None


def unlock(person: Staff, form: UnlockForm) -> None:
    """With the password; with the reason alone where the key is at hand."""
    session, reason, now = register_session(), form.reason.data or "", clock.now()
    if is_open() and not form.password.data:
        uses.give_reason(person, session, reason, site=site(), now=now)
        return
    uses.unlock(
        person,
        session,
        form.password.data or "",
        reason,
        origin=origin(),
        site=site(),
        now=now,
    )


def locked(error: Locked) -> ResponseReturnValue:
    """A page asks for the password and comes back; what was being sent is kept beside it."""
    person = _keeper()
    if request.method == "POST":
        return _asking(person, UnlockForm(prefix=PREFIX), request.path, _kept(), str(error)), 409
    back = [("next", request.path)]
    return _asking(person, UnlockForm(), url_for("register.unlock"), back, str(error))


def no_key(error: NoKey) -> Response:
    _keeper()
    page = "register/_no_key.html" if wants_fragment() else "register/no_key.html"
    status = 200 if request.method == "GET" else 409
    return _whole(make_response(render_template(page, sentence=str(error)), status))


def back_to(address: str) -> str:
    """Where to go once it is open: a page of the register, or the register itself."""
    return address if address.startswith(HOME) and "\\" not in address and "//" not in address else HOME


def _asking(
    person: Staff,
    form: UnlockForm,
    action: str,
    kept: list[tuple[str, str]],
    sentence: str = "Регистърът е заключен. Въведете паролата си, за да го отворите.",
    alert: str = "",
) -> Response:
    page = LockedPage(form, action, kept, sentence, not is_open(), asks_reason(person), alert)
    name = "register/_locked.html" if wants_fragment() else "register/locked.html"
    return _whole(make_response(render_template(name, locked=page)))


def _whole(response: Response) -> Response:
    """In place of the whole page, also where HTMX asked for a part: names are shown no longer."""
    if wants_fragment():
        response.headers["HX-Retarget"] = "#main"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def _kept() -> list[tuple[str, str]]:
    """What was sent, to be sent again; the token and the password are new each time."""
    own = {FIELD, *(f"{PREFIX}-{name}" for name in _NAMES)}
    return [(name, value) for name, value in request.form.items(multi=True) if name not in own]


def _keeper() -> Staff:
    person = current_person()
    if not _is_keeper(person):
        raise Denied("Тази страница не е за вашата роля.")
    return person


def _is_keeper(person: Person | None) -> TypeGuard[Staff]:
    return isinstance(person, Staff) and person.may(Scope.REGISTER)
