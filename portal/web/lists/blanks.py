"""Rows that differ only in what is their child's: drawn once for each kind, and filled in for each child."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from flask import Flask, current_app
from markupsafe import Markup

from portal.domain.decisions import Decision, Reason
from portal.web.http.stencil import Stencil, mark
from portal.web.lists.row import DecisionForm, ReturnForm, Row


class Kind(NamedTuple):
    """What decides how a plain row is drawn."""

    decision: Decision
    reason: Reason
    may_be_confirmed: bool


@dataclass(frozen=True)
class Blank:
    """A plain row, as the macros see one, with marks in place of what is a child's."""

    kind: Kind
    record: SimpleNamespace = field(init=False)
    form: DecisionForm = field(default_factory=DecisionForm)
    returning: ReturnForm = field(default_factory=ReturnForm)
    class_name: str = mark("class_name")
    masked_number: str = mark("masked_number")
    if_confirmed: str = mark("if_confirmed")
    why_not_confirmed: str = mark("why_not_confirmed")
    if_refused: str = mark("if_refused")
    meaning: str = mark("meaning")
    limit: str = mark("limit")
    register_days: None = None
    figure_before: str = ""
    corrected: str = ""
    suggested: str = ""
    says: str = ""
    may_decide: bool = True
    is_refusing: bool = False

    def __post_init__(self) -> None:
        record = SimpleNamespace(
            id=mark("id"), names=mark("names"), version=mark("version"),
            reason=self.kind.reason, decision=self.kind.decision, refusal_reason=None,
        )  # fmt: skip
        object.__setattr__(self, "record", record)

    @property
    def state(self) -> str:
        return self.kind.decision.code

    @property
    def figure(self) -> str:
        return mark("figure") if self.asks_number else ""

    @property
    def asks_number(self) -> bool:
        return self.kind.reason is not Reason.UNENROLLED

    @property
    def may_be_confirmed(self) -> bool:
        return self.kind.may_be_confirmed

    @property
    def refusing(self) -> DecisionForm:
        return self.form.offering(self.kind.reason)


def init_blanks(app: Flask) -> None:
    app.jinja_env.globals.update(draw_row=draw_row, fields_of_a_row=fields_of_a_row)


def fields_of_a_row(query: Mapping[str, str]) -> Stencil:
    """The hidden fields of each form, with a mark for the record's version. ``query`` is the filter to come
    back to."""
    return Stencil(_macros().hidden(mark("version"), query))


def draw_row(row: Row, records: str, fields: Stencil) -> Markup:
    """One row of the list. ``records`` is the address below which every record has its own."""
    hidden = fields.fill(version=row.record.version) if row.may_decide else Markup()
    action = f"{records}/{row.record.id}"
    if not row.is_plain:
        drawn: Markup = _macros().row(row, action, hidden)
        return drawn
    kind = Kind(row.record.decision, row.record.reason, row.may_be_confirmed)
    return _stencil(kind).fill(action=action, hidden=hidden, **_own(row, kind))


def _own(row: Row, kind: Kind) -> dict[str, object]:
    """What is the child's in a row of this kind."""
    record = row.record
    own: dict[str, object] = {
        "id": record.id,
        "names": record.names,
        "class_name": row.class_name,
        "masked_number": row.masked_number,
        "figure": row.figure,
    }
    if kind.decision is not Decision.PENDING:
        return own | {"meaning": row.meaning}
    meaning = (
        {"if_confirmed": row.if_confirmed}
        if kind.may_be_confirmed
        else {"why_not_confirmed": row.why_not_confirmed}
    )
    return own | meaning | {"if_refused": row.if_refused, "limit": row.limit}


@cache
def _stencil(kind: Kind) -> Stencil:
    return Stencil(_macros().row(Blank(kind), mark("action"), mark("hidden")))


def _macros() -> Any:
    return current_app.jinja_env.get_template("lists/_macros.html").module
