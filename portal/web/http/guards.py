"""Who may call a view. It is said beside each view, or the portal does not start."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.actions.keys.marks import is_marked, marked_delegation
from portal.crypto.errors import MalformedToken
from portal.crypto.tokens import token_digest
from portal.domain.errors import Denied
from portal.domain.keys.second_factor import is_always_needed
from portal.domain.people import Person, Scope, Staff, check_scope
from portal.storage.people.logins import find_login
from portal.storage.people.persons import person_with
from portal.storage.tables.people import Login
from portal.web.http import clock, cookies
from portal.web.http.htmx import redirect_whole_page, wants_fragment
from portal.web.http.site import site

View = Callable[..., ResponseReturnValue]

# Of which scopes a delegate needs one, to see the lists and to see the register.
LISTS = (Scope.DECIDE, Scope.SIGN)
REGISTER = (Scope.REGISTER,)
UNSAVED = (
    "Влизането ви изтече и изпратеното не е записано. Влезте: ще се върнете на страницата, от която го "
    "изпратихте."
)


@dataclass(frozen=True)
class Guard:
    """``kinds`` is empty for a public view. ``upload`` is the largest request, and ``text`` the most that its
    fields have together, in bytes, ``parts`` how many fields and files it may have, ``many`` those of its
    fields that may come more than once."""

    kinds: tuple[type[Person], ...] = ()
    upload: int | None = None
    parts: int | None = None
    many: tuple[str, ...] = ()
    text: int | None = None


class Visitor(UserMixin):  # type: ignore[misc]
    """What Flask-Login carries: the login's row and the person behind it."""

    def __init__(self, login: Login, person: Person) -> None:
        self.login = login
        self.person = person

    def get_id(self) -> str:
        return str(self.person.user_id)


def public(view: View) -> View:
    """Anybody may call this view."""
    view.guard = Guard()  # type: ignore[attr-defined]
    return view


def allow(
    *kinds: type[Person],
    scopes: tuple[Scope, ...] = (),
    upload: int | None = None,
    parts: int | None = None,
    many: tuple[str, ...] = (),
    text: int | None = None,
    without_factor: bool = False,
) -> Callable[[View], View]:
    """Only these kinds of people; the view gets the person first. A delegate needs one of ``scopes``. Who has
    to have a second factor, and has none, is led to where one is set up, which is ``without_factor``."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            person = current_person()
            if person is None:
                return to_login()
            if not isinstance(person, kinds):
                raise Denied("Тази страница не е за вашата роля.")
            if scopes and isinstance(person, Staff):
                check_scope(person, *scopes)
            if not without_factor and lacks_factor(person):
                return to_second_factor()
            return view(person, *args, **kwargs)

        guarded.guard = Guard(kinds, upload, parts, many, text)  # type: ignore[attr-defined]
        return guarded

    return decorate


def guard_of(endpoint: str | None) -> Guard | None:
    view = current_app.view_functions.get(endpoint or "")
    return getattr(view, "guard", None)


def current_person() -> Person | None:
    visitor = current_user._get_current_object()
    return visitor.person if isinstance(visitor, Visitor) else None


def current_login() -> Login | None:
    visitor = current_user._get_current_object()
    return visitor.login if isinstance(visitor, Visitor) else None


def lacks_factor(person: Person) -> bool:
    """Whether the person has to set up a second factor before anything else."""
    login = current_login()
    is_needed = site().needs_second_factor and is_always_needed(person)
    return is_needed and (login is None or login.user.factor_at is None)


def to_second_factor() -> ResponseReturnValue:
    address = url_for("two_factor.page")
    return redirect_whole_page(address, 403) if wants_fragment() else redirect(address, 303)


def to_login() -> ResponseReturnValue:
    """Not logged in: to the form, and from there back to the page that was wanted, or that was sent from."""
    if wants_fragment():
        return redirect_whole_page(url_for("accounts.login", next=page_asked_from()), 401)
    if request.method != "GET":
        flash(UNSAVED)
        return redirect(url_for("accounts.login", next=page_asked_from()), 303)
    wanted = request.full_path.rstrip("?") if request.path != "/" else None
    return redirect(url_for("accounts.login", next=wanted), 303)


def page_asked_from() -> str | None:
    """The page of ours that this was sent from, if it can be shown again."""
    page = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    if page.netloc != request.host or page.path in ("", "/"):
        return None
    try:
        current_app.create_url_adapter(request).match(page.path, method="GET")  # type: ignore[union-attr]
    except (HTTPException, RequestRedirect):
        return None  # only what was sent to it made it a page
    return page.path


def init_guards(app: Flask) -> None:
    """Find out at each request who is there, by the cookie and its row."""
    manager = LoginManager(app)
    manager.session_protection = None  # the session is ours: a row of the database, not a signed cookie

    @manager.request_loader  # type: ignore[untyped-decorator]
    def load(request: Any) -> Visitor | None:
        try:
            digest = token_digest(cookies.read(cookies.SESSION))
        except MalformedToken:
            return None
        found = find_login(digest, now=clock.now())
        if found is None:
            return None
        login, here = found.login, site()
        if not is_marked(login, site=here) or not is_marked(login.user, site=here):
            return None  # the login form says what is wrong with an account
        delegation = marked_delegation(found.delegation, site=here)
        return Visitor(login, person_with(login.user, delegation, clock.today()))


def check_guards(app: Flask) -> None:
    """Raise unless every view says who may call it."""
    open_views = [name for name, view in app.view_functions.items() if not hasattr(view, "guard")]
    if open_views:
        raise RuntimeError(
            f"Say who may call {', '.join(open_views)}: @public or @allow(…), under the route."
        )
