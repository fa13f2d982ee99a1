"""What a sheet that came back would change, row by row, before anything is stored."""

import logging
from collections.abc import Mapping
from datetime import datetime

from portal.actions.sheet.examined import Examined
from portal.actions.sheet.judging import Judge, other_institution, other_month
from portal.actions.sheet.kept import forget, keep, kept
from portal.actions.sheet.keys import read_key
from portal.actions.site import Site
from portal.domain.errors import Refusal
from portal.domain.month import Month
from portal.domain.people import Scope, Staff, check_scope
from portal.domain.sheet.columns import Column
from portal.domain.sheet.keys import RowKey
from portal.domain.submissions import check_may_change
from portal.exchange.sheet.finding import FoundTable, find_table
from portal.exchange.sheet.process import read_tables
from portal.exchange.sheet.tables import RawTable
from portal.storage.lists.current import list_of, records_of
from portal.storage.lists.school_days import school_days_of
from portal.storage.tables.campaigns import Submission

logger = logging.getLogger(__name__)

Keys = Mapping[int, RowKey | None]
MOST_ROWS = 3_000  # far above any list
TOO_LONG = f"В таблицата има над {MOST_ROWS} реда с деца. Изтеглете я отново от портала."
NO_ROWS = "В таблицата няма нито един ред с дете. Изтеглете я отново от портала."


def bring(person: Staff, month: Month, content: bytes, *, site: Site, now: datetime) -> str:
    """Read the file and keep what it says; the token of its page. Refusal for what is no sheet of this list,
    Conflict when the list cannot be changed any more."""
    submission = _changeable(person, month, now=now)
    table, _ = _known(submission, read_tables(content), site=site)
    logger.info("sheet of %s rows read for user %s", len(table.rows), person.user_id)
    return keep(person, submission, table.raw, site=site, now=now)


def look(person: Staff, month: Month, token: str, *, site: Site, now: datetime) -> Examined:
    """What each row of it would do now. Conflict when it is over, or the list cannot be changed any more."""
    submission = _changeable(person, month, now=now)
    tables = [kept(person, submission, token, site=site, now=now)]
    return examine_tables(submission, tables, site=site, now=now)


def drop(person: Staff, month: Month, token: str) -> None:
    """Whoever brought it does not want it."""
    check_scope(person, Scope.DECIDE)
    forget(person, list_of(person.institution, month), token)


def _changeable(person: Staff, month: Month, *, now: datetime) -> Submission:
    check_scope(person, Scope.DECIDE)
    submission = list_of(person.institution, month)
    check_may_change(submission.window, submission.lock, now=now)
    return submission


def examine_tables(submission: Submission, tables: list[RawTable], *, site: Site, now: datetime) -> Examined:
    """What was read, for whoever may change this list now."""
    institution, month = submission.institution_id, submission.campaign.month
    table, keys = _known(submission, tables, site=site)
    records = records_of(submission)
    judge = Judge(
        table,
        keys,
        {record.id: record for record in records.listed},
        {record.id for record in records.returned},
        school_days_of(institution, month),
        institution,
        month,
        site,
        now,
    )
    rows = [judge.row(row) for row in table.rows]
    spoken = {row.record.id for row in rows if row.record is not None}
    return Examined(rows, len(records.listed) - len(spoken))


def _known(submission: Submission, tables: list[RawTable], *, site: Site) -> tuple[FoundTable, Keys]:
    """The portal's own table, with the key of each row. Refusal where every row with a key is of another
    list: one sentence says more than three hundred."""
    table = find_table(tables)
    if not table.rows:
        raise Refusal(NO_ROWS, field="file")
    if len(table.rows) > MOST_ROWS:
        raise Refusal(TOO_LONG, field="file")
    keys = {row.number: read_key(row.cells[Column.KEY].text, site=site) for row in table.rows}
    good = [key for key in keys.values() if key is not None]
    if not good:
        has_keys = any(not row.cells[Column.KEY].is_empty for row in table.rows)
        raise Refusal(
            "Никой ред няма ключ, издаден от този портал: колоната „Ключ на реда“ е "
            f"{'променена' if has_keys else 'изтрита'}. Изтеглете таблицата отново и попълнете нея.",
            field="file",
        )
    institution, month = submission.institution_id, submission.campaign.month
    if all(key.institution != institution for key in good):
        raise Refusal(other_institution(good[0].institution, institution), field="file")
    if all(key.month != month for key in good):
        raise Refusal(other_month(good[0].month, month), field="file")
    return table, keys
