"""What a row states of an enrolled child, beside the newest enrolments and today's date."""

from datetime import datetime

from portal.domain.enrolled import Enrolled, check_days, difference
from portal.domain.errors import Refusal
from portal.domain.sheet.columns import Column
from portal.domain.times import today
from portal.storage.lists.known import known_of
from portal.storage.tables.campaigns import Record

ON_THE_PAGE = "Поправете вписаното. Ако е вярно, откажете детето от списъка на страницата."
_COLUMNS = {"certificate_date": Column.CERTIFICATE, "enrolled_since": Column.PLACED}  # of the rules' fields


def misstated(record: Record, stated: Enrolled | None, *, now: datetime) -> list[tuple[Column, str]]:
    """What cannot be so, by column; or what the enrolments say otherwise, and what to do: a sheet has no box
    to say that they are wrong, the page has one."""
    if stated is None:
        return []
    try:
        check_days(stated, today(now))
    except Refusal as refusal:
        return [(_COLUMNS[each.field or ""], str(each)) for each in (refusal, *refusal.also)]
    found = difference(stated, record.institution_id, known_of(record.id_type, record.id_number))
    return [(Column.PLACED, f"{found} {ON_THE_PAGE}")] if found else []


def check_stated(record: Record, stated: Enrolled | None, *, now: datetime) -> None:
    """Refusal where it is ``misstated``."""
    Refusal.raise_all([Refusal(sentence) for _, sentence in misstated(record, stated, now=now)])
