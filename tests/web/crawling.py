"""A person who opens every page that a link leads to, and presses every button on them.

Each button is pressed on the database as it was when its page was shown: what one press changes must not be
held against the next.
"""

import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from portal.storage.lists import school_days
from portal.storage.tables.db import db
from tests.cast import OTHER_SCHOOL, PASSWORD
from tests.page import Answer, Client, Page, selector

# What the server would refuse must not be offered.
REFUSED = {400, 401, 403, 404, 405, 409, 410, 413, 429} | set(range(500, 600))
# What people would type; a field that is not here is sent as it stands.
TYPED = {
    "password": PASSWORD,
    "reason": "Сгрешен е броят.",
    "note": "По дневника на класа.",
    "corrected": "2",
    "document": "РД-17/02.02.2021",
    "order_number": "РД-09-3/29.01.2021",
    "institution": OTHER_SCHOOL,
}
WRITTEN = ("text", "tel", "email", "number", "password")  # kinds of inputs for words and numbers
SOON = timedelta(days=2)
SIGNS_OUT = "/logout"


@dataclass(frozen=True)
class Press:
    """One button: where its form goes, and what is sent with it."""

    page: str
    method: str
    address: str
    label: str
    fields: tuple[tuple[str, str], ...]
    written: tuple[str, ...] = ()  # which of the fields take what a person types

    @property
    def key(self) -> tuple[object, ...]:
        """The same button on two pages is pressed once."""
        shape = tuple(
            (name, "" if name in ("csrf_token", "version") else value) for name, value in self.fields
        )
        return self.method, self.address.partition("?")[0], self.label, shape

    def __str__(self) -> str:
        return f"{self.page}: „{self.label}“ {self.method} {self.address}"


class Kept:
    """The database of a test as it is now, to come back to."""

    def __init__(self) -> None:
        self._copy = sqlite3.connect(":memory:")
        db.connection().backup(self._copy)

    def restore(self) -> None:
        self._copy.backup(db.connection())
        school_days._of_country.forget()


@dataclass
class Crawl:
    """``client`` is logged in. ``skips`` are beginnings of addresses that are left alone."""

    client: Client
    skips: tuple[str, ...] = ()
    faults: list[str] = field(default_factory=list)
    pages: int = 0
    presses: int = 0
    texts: dict[str, str] = field(default_factory=dict)

    def run(self, *starts: str) -> "Crawl":
        kept = Kept()
        for press in self._open_all(starts):
            for variant in self._variants(press):
                kept.restore()
                self.client.http.set_cookie("session", self.client.token, domain="localhost")
                self._press(variant)
        kept.restore()
        return self

    def _variants(self, press: Press) -> Iterable[Press]:
        """What is sent with it: as it stands, unless a test wants more."""
        return (press,)

    def _open_all(self, starts: Iterable[str]) -> list[Press]:
        """Every page there is a way to, and every button on one of them."""
        waiting = deque((start, start, False) for start in starts)
        seen, presses = {_shape(start) for start in starts}, {}
        while waiting:
            address, came_from, htmx = waiting.popleft()
            answer = self.client.get(address, htmx=htmx)
            self.pages += 1
            self._check(answer, f"{came_from}: GET {address}")
            if answer.location:
                found = [(answer.location, False)]
            elif answer.response.mimetype == "text/html":
                found = list(_links(answer.page))
                if answer.page.is_whole:
                    self.texts[address] = answer.page.text("main")
                found_here = _presses(answer.page, address, later=str((self.client.now + SOON).date()))
                presses |= {press.key: press for press in found_here if self._goes(press.address)}
            else:
                continue
            for link, part in found:
                if _shape(link) not in seen and self._goes(link):
                    seen.add(_shape(link))
                    waiting.append((link.partition("#")[0], address, part))
        return list(presses.values())

    def _press(self, press: Press) -> None:
        self.presses += 1
        sent = dict(press.fields)
        if press.method == "get":
            answer = self.client.get(press.address, **sent)
        else:
            answer = self.client.send(press.address, token=sent.pop("csrf_token", None), **sent)
        self._check(answer, str(press))
        if press.address == SIGNS_OUT:
            return
        if answer.location.startswith("/login"):
            self.faults.append(f"logged out: {press}")
        elif answer.location and self._goes(answer.location):
            self._check(self.client.get(answer.location), f"{press} → {answer.location}")

    def _check(self, answer: Answer, what: str) -> None:
        if answer.status_code in REFUSED:
            self.faults.append(f"{answer.status_code} {what}")

    def _goes(self, address: str) -> bool:
        return address.startswith("/") and not address.startswith(("/static/", *self.skips))


def _shape(address: str) -> tuple[str, tuple[str, ...]]:
    """Of a page that is shown in many ways, each combination of questions is asked once."""
    parts = urlsplit(address)
    return parts.path, tuple(sorted(name for name, _ in parse_qsl(parts.query)))


def _links(page: Page) -> Iterator[tuple[str, bool]]:
    """Addresses, and whether only a part of the page is asked for."""
    for link in page.all("a[href]"):
        if not link.get("href").startswith("#"):
            yield link.get("href"), False
    for element in page.all("[hx-get]"):
        yield element.get("hx-get"), True


def _presses(page: Page, address: str, *, later: str) -> Iterator[Press]:
    for form in page.all("form"):
        if form.xpath("ancestor-or-self::*[@hidden]"):  # a script's
            continue
        fields, written = _fields(form, later), tuple(_written(form))
        buttons = [*selector("button, input[type=submit]")(form)]
        if form.get("id"):
            buttons += page.all(f"button[form={form.get('id')}]")
        method = form.get("method", "get").lower()
        for button in buttons:
            if button.get("type", "submit") != "submit":
                continue
            sent = dict(fields)
            goes_to = button.get("formaction") or form.get("action")
            if button.get("name"):
                sent[button.get("name")] = button.get("value", "")
            label = " ".join(button.text_content().split())
            yield Press(address, method, goes_to, label, tuple(sent.items()), written)


def _written(form: Any) -> Iterator[str]:
    for element in selector("input, textarea")(form):
        if element.get("name") and (element.tag == "textarea" or element.get("type", "text") in WRITTEN):
            yield element.get("name")


def _fields(form: Any, later: str) -> dict[str, str]:
    """As a browser would send them, with what people would type into empty ones."""
    fields = {name: value for name, value in form.form_values() if name}
    for element in selector("input, textarea, select")(form):
        name = element.get("name")
        if not name or fields.get(name, "").strip():
            continue
        if element.get("type") == "date":
            fields[name] = later
        elif name in TYPED and element.tag != "select":
            fields[name] = TYPED[name]
        elif element.tag == "select":
            chosen = [one.get("value") for one in selector("option")(element) if one.get("value")]
            fields[name] = chosen[0] if chosen else ""
    return fields
