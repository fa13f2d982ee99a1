"""Making the sheet of a list: the whole month's, or one class's for its teacher."""

import logging
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from portal.actions.sheet.keys import key_of
from portal.actions.signing.declarations import decision_of
from portal.actions.site import Site
from portal.documents.sheet.delimited import list_csv
from portal.documents.sheet.rows import ListSheet, SheetRow, Value
from portal.documents.sheet.workbook import list_xlsx
from portal.domain.consequences import consequence
from portal.domain.deadlines import deadline_sentence
from portal.domain.decisions import Case, Decided, Decision
from portal.domain.enrolled import NOTHING_STATED
from portal.domain.errors import Conflict, NotFound, Objection, holds
from portal.domain.figures import measured
from portal.domain.identifiers import masked
from portal.domain.limits import limit_sentence, limits_of
from portal.domain.lists.deciding import check_confirmation
from portal.domain.month import Month
from portal.domain.people import Scope, Staff, check_scope
from portal.domain.placement import class_label
from portal.domain.sheet.columns import Column
from portal.domain.sheet.enrolled import written as cell_of
from portal.domain.submissions import Lock, check_may_change
from portal.domain.times import stamp
from portal.storage.lists.current import list_of, records_of
from portal.storage.lists.reading import Filter, class_groups
from portal.storage.lists.school_days import school_days_of
from portal.storage.tables.campaigns import Record, Submission

logger = logging.getLogger(__name__)

NOTHING = "В списъка няма деца, за които да се направи таблица."
NO_SUCH_CLASS = "В списъка няма деца от този клас."
HOW = (
    "Попълнете оцветените клетки: решение, а при „отказвам“ и останалото. Празно решение оставя детето за "
    "преглед. Не трийте и не местете колони."
)
BACK = "Запазете файла като .xlsx и го качете в портала: първо ще видите какво ще се промени."
ERASED = "Списъкът е заличен след изтичане на срока за съхранение."


class SheetFormat(Enum):
    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True)
class SheetFile:
    """Its name tells of which list it is, and of nobody."""

    name: str
    content: bytes


def make_sheet(
    person: Staff, month: Month, within: Filter, kind: SheetFormat, *, site: Site, now: datetime
) -> SheetFile:
    """The records of the list, or of the class in ``within``, class by class; where nothing can be changed
    any more, to be read alone. NotFound for a class that is not on the list."""
    check_scope(person, Scope.DECIDE)
    submission = list_of(person.institution, month)
    if submission.lock is Lock.ERASED:
        raise Conflict(ERASED)
    days = school_days_of(person.institution, month)
    records = [
        each for group in class_groups(records_of(submission).listed, within) for each in group.records
    ]
    if not records:
        raise NotFound(NO_SUCH_CLASS if within.class_code else NOTHING)
    rows = [row_of(record, month, record.case(days.count(record.band)), site=site) for record in records]
    logger.info("sheet of %s rows for user %s", len(rows), person.user_id)
    return written(_sheet(submission, rows, now=now), f"{month}-{person.institution}{_class(within)}", kind)


def _class(within: Filter) -> str:
    return f"-{within.class_code}" if within.class_code else ""


def written(sheet: ListSheet, stem: str, kind: SheetFormat) -> SheetFile:
    content = list_xlsx(sheet) if kind is SheetFormat.XLSX else list_csv(sheet)
    return SheetFile(f"sheet-{stem}.{kind.value}", content)


def _sheet(submission: Submission, rows: list[SheetRow], *, now: datetime) -> ListSheet:
    window = submission.window
    notes = [f"{submission.institution.name} (код {submission.institution_id})"]
    try:
        check_may_change(window, submission.lock, now=now)
        notes += [deadline_sentence(window, now=now), HOW, BACK]
        is_locked = False
    except Objection as objection:
        notes.append(str(objection))
        is_locked = True
    return ListSheet(title_of(submission), notes, rows, now, foot_of(submission, now=now), is_locked)


def title_of(submission: Submission) -> str:
    return f"Потвърждения към АСП за {submission.campaign.month.label}"


def foot_of(submission: Submission, *, now: datetime) -> str:
    return f"{submission.institution_id} · {submission.campaign.month} · {stamp(now)}"


def row_of(record: Record, month: Month, case: Case, *, site: Site) -> SheetRow:
    """The row as it goes out: what is decided stands in it, and what is not is empty."""
    decided = decision_of(record)
    key = key_of(record, month, decided, site=site)
    return SheetRow({**facts_of(record, case), **filled(decided), Column.KEY: key}, case)


def facts_of(record: Record, case: Case) -> dict[Column, str]:
    """What is АСП's and the portal's to say."""
    return {
        Column.CLASS: class_label(record.class_code),
        Column.CHILD: record.names,
        Column.NUMBER: f"{record.id_type.label} {masked(record.id_number)}",
        Column.REASON: record.reason.label,
        Column.FIGURE: measured(case.figure, case.unit),
        Column.MEANING: meaning_of(case),
    }


def filled(decided: Decided) -> dict[Column, Value]:
    is_pending = decided.decision is Decision.PENDING
    return {
        Column.DECISION: "" if is_pending else decided.decision.label,
        Column.CORRECTED: "" if decided.corrected is None else decided.corrected,
        Column.REFUSAL: decided.reason.label if decided.reason else "",
        Column.NOTE: decided.note,
        **_stated(decided),
    }


def _stated(decided: Decided) -> dict[Column, Value]:
    stated = decided.enrolled or NOTHING_STATED
    number, day = stated.certificate_number, stated.certificate_date
    return {
        Column.CERTIFICATE: cell_of(decided.certificate, number, day),
        Column.PLACED: cell_of(decided.placed, stated.enrolled_class, stated.enrolled_since),
    }


def meaning_of(case: Case) -> str:
    """What each choice means, and what may be written as the number."""
    if holds(check_confirmation, case):
        confirmed = f"потвърждавам: {consequence(case, Decision.CONFIRMED)}"
    else:
        confirmed = f"Не може да се потвърди: учебните дни в месеца са {case.school_days}."
    refused = f"отказвам: {consequence(case, Decision.REFUSED)}"
    limit = f" Брой: {limit_sentence(case)}." if limits_of(case) is not None else ""
    return f"{confirmed}\n{refused}{limit}"
