"""What differs only in what is a child's: rows, drawn once for each kind and filled in for each child, and
the forms that a script opens below them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from flask import Flask, current_app
from markupsafe import Markup

from portal.domain.decisions import Case, Decision, Reason
from portal.domain.diary.agreement import Agreement
from portal.web.lists.forms import Unwritten
from portal.web.lists.row import Editor, Row
from portal.web.lists.stencil import Stencil, mark

# One of every kind that a refusal can be of.
EVERY_CASE = [
    Case(Reason.UNENROLLED, None, is_pupil=True, school_days=0),
    Case(Reason.DISTANCE, Decimal(1), is_pupil=True, school_days=0),
    *(
        Case(Reason.ABSENCE, Decimal(figure), is_pupil, school_days=0, in_kindergarten=in_kindergarten)
        for figure in (1, 9)  # under the limit by itself, and not
        for is_pupil in (True, False)
        for in_kindergarten in (True, False)
    ),
]


class Kind(NamedTuple):
    """What decides how a plain row is drawn."""

    decision: Decision
    reason: Reason
    may_be_confirmed: bool
    agreement: Agreement | None = None


@dataclass(frozen=True)
class Blank:
    """A plain row, as the macros see one, with marks in place of what is a child's."""

    kind: Kind
    record: SimpleNamespace = field(init=False)
    class_name: str = mark("class_name")
    masked_number: str = mark("masked_number")
    if_confirmed: str = mark("if_confirmed")
    why_not_confirmed: str = mark("why_not_confirmed")
    meaning: str = mark("meaning")
    unwritten_id: str = mark("unwritten_id")
    register_days: None = None
    editor: None = None
    figure_before: str = ""
    corrected: str = ""
    says: str = ""
    may_decide: bool = True

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
        return mark("figure") if self.kind.reason is not Reason.UNENROLLED else ""

    @property
    def by_diary(self) -> str:
        return mark("by_diary") if self.kind.agreement is not None else ""

    @property
    def suggested_number(self) -> str:
        return mark("suggested_number") if self.kind.agreement is Agreement.LOWER else ""

    @property
    def may_be_confirmed(self) -> bool:
        return self.kind.may_be_confirmed


def init_blanks(app: Flask) -> None:
    app.jinja_env.globals.update(draw_row=draw_row)


def forms_below(app: Flask) -> dict[str, str]:
    """What a script opens below a row, by what the row asks for, and the button that shows the keys. They go
    out with the script, which a browser keeps, and it puts what differs in place of ``{…}``."""
    macros = _macros(app)
    version = Markup('<input type="hidden" name="version" value="{version}">')
    where: tuple[Any, ...] = ("{id}", "{page}", "{page}/records/{id}", version, {})
    unwritten = [Unwritten(case, "{days}") for case in EVERY_CASE]
    forms = {f"refusal-{form.kind}": macros.editor(form, Editor.REFUSAL.value, *where) for form in unwritten}
    forms["keys"] = macros.keys()
    forms[Editor.NOT_OURS.value] = macros.editor(unwritten[0], Editor.NOT_OURS.value, *where)
    return {name: "\n".join(filter(None, form.splitlines())) for name, form in forms.items()}


def what_keys_do(app: Flask) -> dict[str, str]:
    """It goes out with what is fetched once somebody works in the list."""
    return {"dialog": _macros(app).dialog()}


def draw_row(row: Row, page: str, query: Mapping[str, str], facts: bool = True) -> Markup:
    """One row of the list, and what stands open below it. ``page`` is the address of the list, and ``query``
    the filter to come back to. Without ``facts``, what АСП says is left out: the child and the figure."""
    if not row.is_plain:
        drawn: Markup = _macros().row(row, page, query, facts)
        return drawn
    kind = Kind(row.record.decision, row.record.reason, row.may_be_confirmed, row.agreement)
    return _stencil(kind, page, tuple(query.items()), facts).fill(**_own(row, kind))


def _own(row: Row, kind: Kind) -> dict[str, object]:
    """What is the child's in a row of this kind."""
    record = row.record
    own: dict[str, object] = {
        "id": record.id,
        "version": record.version,
        "names": record.names,
        "class_name": row.class_name,
        "masked_number": row.masked_number,
        "figure": row.figure,
        "by_diary": row.by_diary,
        "suggested_number": row.suggested_number,
    }
    if kind.decision is not Decision.PENDING:
        return own | {"meaning": row.meaning}
    if kind.may_be_confirmed:
        return own | {"if_confirmed": row.if_confirmed, "unwritten_id": row.unwritten_id}
    return own | {"why_not_confirmed": row.why_not_confirmed, "unwritten_id": row.unwritten_id}


@lru_cache(maxsize=256)  # a filter may be anything that somebody writes into an address
def _stencil(kind: Kind, page: str, query: tuple[tuple[str, str], ...], facts: bool) -> Stencil:
    return Stencil(_macros().row(Blank(kind), page, dict(query), facts))


def _macros(app: Flask | None = None) -> Any:
    return (app or current_app).jinja_env.get_template("lists/_macros.html").module
