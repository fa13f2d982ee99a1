"""What a row states of an enrolled child, beside the newest enrolments and today's date."""

from datetime import datetime

from portal.domain.enrolled import Enrolled, check_days, difference
from portal.domain.errors import Refusal
from portal.domain.times import today
from portal.storage.lists.known import known_of
from portal.storage.tables.campaigns import Record

ON_THE_PAGE = "Поправете вписаното. Ако е вярно, откажете детето от списъка на страницата."


def differs(record: Record, stated: Enrolled | None) -> str:
    """What the enrolments say otherwise, and what to do: a sheet has no box to say that they are wrong, the
    page has one. Empty where they do not."""
    if stated is None:
        return ""
    found = difference(stated, record.institution_id, known_of(record.id_type, record.id_number))
    return f"{found} {ON_THE_PAGE}" if found else ""


def check_stated(record: Record, stated: Enrolled | None, *, now: datetime) -> None:
    """Refusal where it cannot be so, or the enrolments say otherwise."""
    if stated is not None:
        check_days(stated, today(now))
    found = differs(record, stated)
    if found:
        raise Refusal(found)
