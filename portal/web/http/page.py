"""What every page knows: who is logged in, where they can go, and what time it is."""

from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, request, url_for
from markupsafe import Markup

from portal.domain.calendar import long_date, weekday_name
from portal.domain.calls.phones import dialled
from portal.domain.figures import in_threes, measured, plain
from portal.domain.people import Delegate, Director, Operator, Person, Ruo, Scope
from portal.domain.signing.qualified import PASSWORD
from portal.domain.times import local, short_date, stamp, unbroken, unbroken_stamp
from portal.web.http import clock
from portal.web.http.guards import LISTS, current_person
from portal.web.http.site import site

ANY_CODE = "0000000"  # of an institution; no month and no number has so many digits
# Pages of one part that stand below the address of another.
ELSEWHERE = {"letters.of_institution": "oversight.latest"}


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool


def init_pages(app: Flask) -> None:
    app.context_processor(everywhere)
    app.jinja_env.globals.update(contact=contact, drawn=drawn, address_of_each=address_of_each)
    app.jinja_env.filters.update(
        stamp=unbroken_stamp,
        clock=lambda at: f"{local(at):%H:%M}",
        short_date=short_date,
        long_date=lambda day: unbroken(long_date(day)),
        unbroken=unbroken,
        weekday=weekday_name,
        number=number,
        measured=measured,
        grouped=grouped,
        dialled=dialled,
    )


def contact() -> str:
    """Whom to call at the operator; a global, since macros and error pages see nothing else."""
    return str(current_app.extensions["portal"].config.contact)


def everywhere() -> dict[str, Any]:
    person = current_person()
    return {
        "person": person,
        "nav": navigation(person),
        "demo": current_app.extensions["portal"].config.env == "demo",
        "now_label": unbroken(stamp(clock.now())),
        "signs_by_password": PASSWORD in site().signature_kinds,
    }


@lru_cache(maxsize=4096)
def drawn(template: str, macro: str, *given: Hashable) -> Markup:
    """What a macro draws of these, drawn once in a process: for what stands in row after row and is one of a
    few. The macro may ask for nothing but what it is given."""
    markup: Markup = getattr(current_app.jinja_env.get_template(template).module, macro)(*given)
    return markup


def address_of_each(endpoint: str, **values: Any) -> str:
    """An address with ``%s`` where the institution's code stands, for a page with one in each of its rows: to
    build each by ``url_for`` takes as long as the rest of the row."""
    return url_for(endpoint, code=ANY_CODE, **values).replace("%", "%%").replace(ANY_CODE, "%s")


def number(value: Decimal | None) -> str:
    """A figure as people write it: a comma, and no empty places."""
    return "" if value is None else plain(value)


def grouped(value: Any) -> Any:
    """A count as ``in_threes`` writes it; whatever else stands in a cell as it is."""
    return in_threes(value) if isinstance(value, int) else value


def navigation(person: Person | None) -> list[Link]:
    """The parts of the portal that this person has a part in."""
    parts = [
        (label, url_for(endpoint))
        for label, endpoint in _endpoints(person)
        if endpoint in current_app.view_functions
    ]
    at = ELSEWHERE.get(request.endpoint or "")
    path = request.path if at is None else url_for(at)
    here = max((url for _, url in parts if _is_at_or_below(path, url)), key=len, default="")
    return [Link(label, url, url == here) for label, url in parts]


def _is_at_or_below(path: str, url: str) -> bool:
    """Whether the page at ``path`` stands there: who signs, or reads a list's history, is in „Потвърждения“,
    whichever blueprint has the page. Of two parts, one below the other, the lower one has it."""
    return path == url or (url != "/" and path.startswith(url))


def _endpoints(person: Person | None) -> list[tuple[str, str]]:
    if person is None:
        return []
    links = [("Начало", "home.index")]
    match person:
        case Director():
            links += [
                ("Потвърждения", "lists.months"),
                ("Карантина", "register.index"),
                ("Упълномощени лица", "delegates.index"),
                ("Неучебни дни", "closures.index"),
                ("История", "history.audit"),
            ]
        case Delegate():
            links += _of_delegate(person)
        case Ruo():
            links += [("Изпълнение", "oversight.latest"), ("Циркулярни писма", "office_notices.index")]
        case Operator():
            links += [
                ("Кампании", "campaigns.index"),
                ("Изпълнение", "oversight.latest"),
                ("Циркулярни писма", "office_notices.index"),
                ("Потребители", "people.index"),
                ("Институции и календар", "calendar.index"),
                ("История", "history.audit"),
            ]
    return [*links, ("Писма до вас", "letters.index"), ("Моят достъп", "accounts.account")]


def _of_delegate(person: Delegate) -> list[tuple[str, str]]:
    """What the authorisation includes."""
    links = [("Потвърждения", "lists.months")] if any(person.may(s) for s in LISTS) else []
    return [*links, *([("Карантина", "register.index")] if person.may(Scope.REGISTER) else [])]
