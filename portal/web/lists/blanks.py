"""The two forms of a row in which nobody has typed yet: drawn once, and filled in for each row."""

from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup

from portal.web.http.stencil import Stencil, mark
from portal.web.lists.row import DecisionForm, ReturnForm, Row


@dataclass(frozen=True)
class Blank:
    """A row that has marks where others have what is their own."""

    asks_number: bool = True
    record: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(id=mark("id")))
    if_refused: str = mark("meaning")
    limit: str = mark("limit")
    suggested: str = ""
    is_refusing: bool = False
    refusing: DecisionForm = field(default_factory=DecisionForm)
    returning: ReturnForm = field(default_factory=ReturnForm)


def init_blanks(app: Flask) -> None:
    """For the macros of a row, which see only what is global."""
    app.jinja_env.globals.update(blank_refusal=blank_refusal, blank_not_ours=blank_not_ours)


def blank_refusal(row: Row, action: str, hidden: Markup) -> Markup:
    """The form to refuse, for the address ``action`` and with the ``hidden`` fields of this row."""
    stencil = _refusal(row.asks_number)
    return stencil.fill(
        id=row.record.id, action=action, hidden=hidden, meaning=row.if_refused, limit=row.limit
    )


def blank_not_ours(row: Row, action: str, hidden: Markup) -> Markup:
    """The form to send the record back."""
    return _not_ours().fill(id=row.record.id, action=action, hidden=hidden)


@cache
def _refusal(asks_number: bool) -> Stencil:
    return Stencil(_macros().refusal(Blank(asks_number), mark("action"), mark("hidden"), "отказвам…"))


@cache
def _not_ours() -> Stencil:
    return Stencil(_macros().not_ours(Blank(), mark("action"), mark("hidden")))


def _macros() -> Any:
    return current_app.jinja_env.get_template("lists/_macros.html").module
