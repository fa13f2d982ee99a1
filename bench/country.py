"""An invented country: institutions in 28 regions with directors, letters, calls, registers and months.

What is simulated: records and enrolments are only those of the newest month; of the months before it there
are the lists with their counts, which is all that the desks may read of them. No list is really signed, no
letter was really sent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import AutoField

from bench.town import CLOSES, FAMILY, GIVEN, MIDDLE, MONTH, NOW, OPENS, number
from portal.domain.calendar import Band
from portal.domain.calls.call import Outcome
from portal.domain.decisions import Decision, Reason
from portal.domain.identifiers import IdType
from portal.domain.letters.fate import LetterState, Verdict
from portal.domain.people import Role
from portal.domain.placement import InstitutionType
from portal.domain.submissions import Lock
from portal.storage.calls.tables import PhoneCall
from portal.storage.campaigns.pictures import count_of, put_in_force
from portal.storage.lists.counted import count_anew
from portal.storage.loading.tables import Load, RejectedLine
from portal.storage.notices.tables import Notice, NoticeReading, NoticeRecipient
from portal.storage.schema.models import TABLES
from portal.storage.tables.bulk import add_rows, batches, know_size
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.db import writing
from portal.storage.tables.institutions import Enrolment, Institution
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import User
from portal.storage.tables.register import RegisterMonth

REGIONS, MONTHS = 28, 12
LETTERS = 8  # to each director in the newest month: so many there are (PART=month)
MONTH_LONG = timedelta(days=30)
AT_ONCE = 20_000  # rows
# Of each ten institutions three have signed, one is ready, three are at work, three have not begun.
SIGNED, READY, AT_WORK = (0, 1, 2), (3,), (4, 5, 6)
UNDIRECTED, REFUSES_LETTERS, CALLED = 9, 8, (4, 7)
CONFIRMED = (1, 2, 3, 4)  # the register's month
DOUBTFUL = 499  # every so-manyth child is enrolled nowhere
SENT_BACK = 997  # every so-manyth record is on no list
REJECTED = 500  # lines, of a million


@dataclass(frozen=True)
class Size:
    institutions: int
    records: int

    @property
    def each(self) -> int:
        """Records of one institution, at most one fewer."""
        return -(-self.records // self.institutions)


FULL, THOUSANDTH = Size(4_500, 1_000_000), Size(5, 1_000)


def code_of(n: int) -> str:
    """The n-th institution's; it lies in region ``n % REGIONS + 1``."""
    return f"{2200000 + n}"


def fill(size: Size) -> None:
    """Into an empty, migrated database; the newest month first."""
    _add(Institution, ("code", "name", "type", "region", "region_name", "municipality", "email", "phone"),
         (_institution(n) for n in range(size.institutions)))  # fmt: skip
    _add(User, ("email", "name", "role", "institution", "invited_at", "activated_at"),
         ((f"d{n}@example.org", "Ана Янева", Role.DIRECTOR, code_of(n), NOW, NOW)
          for n in range(size.institutions) if n % 10 != UNDIRECTED))  # fmt: skip
    for back in range(MONTHS):
        _month(size, back)
    newest = Campaign.get(Campaign.month == MONTH)
    _records(size, newest)
    signed = (Submission.campaign == newest) & Submission.signed_at.is_null(False)
    Submission.update(lock=Lock.SIGNED).where(signed).execute()  # no record comes onto a signed list
    _enrolments(size)
    _outside(size, newest)
    for table in TABLES:
        know_size(table)
    for campaign in Campaign.select():
        count_anew(campaign, now=NOW)  # as every load of a file does


def _institution(n: int) -> tuple[Any, ...]:
    region, is_school = n % REGIONS + 1, n % 3 != 2
    name = f"{n}. {'СУ' if is_school else 'ДГ'} „Пример“"
    kind = InstitutionType.SCHOOL if is_school else InstitutionType.KINDERGARTEN
    place = f"Община {n // REGIONS % 9 + 1}"
    return (code_of(n), name, kind, region, f"Регион {region}", place, f"dir{n}@example.org", "02 900 0000")


def _month(size: Size, back: int) -> None:
    """None is answered: each is somebody's work still. Of an earlier month one list in twenty is unsigned."""
    earlier = MONTH_LONG * back
    campaign = Campaign.create(
        month=MONTH.plus(-back), opens_on=OPENS - earlier, closes_on=CLOSES - earlier, made_at=NOW - earlier
    )
    states = [(n, *_list(size, n, is_newest=not back, now=NOW - earlier)) for n in range(size.institutions)]
    _add(Submission, ("campaign", "institution", "lock", "total", "pending", "confirmed", "refused",
                      "first_opened_at", "signed_at", "told_at"),
         ((campaign, code_of(n), *state, NOW - earlier) for n, *state in states))  # fmt: skip
    _add(RegisterMonth, ("campaign", "institution", "confirmed_at"),
         ((campaign, code_of(n), NOW - earlier) for n in range(size.institutions)
          if n % 10 in CONFIRMED or (back and n % 20)))  # fmt: skip


def _list(size: Size, n: int, *, is_newest: bool, now: datetime) -> tuple[Any, ...]:
    """Lock, the four counts, when it was opened and signed; of the newest month as its records are."""
    mine = [k for k in range(n, size.records, size.institutions) if k % SENT_BACK] if is_newest else []
    total = len(mine) if is_newest else size.each
    pending = sum(not _is_decided(n, k) for k in mine)
    refused = sum(_is_decided(n, k) and _is_refused(k) for k in mine) if is_newest else total // 9
    is_signed = n % 10 in SIGNED if is_newest else n % 20 > 0
    opened = None if is_newest and n % 10 > max(AT_WORK) else now
    lock = Lock.SIGNED if is_signed and not is_newest else Lock.OPEN
    return lock, total, pending, total - pending - refused, refused, opened, now if is_signed else None


def _is_decided(n: int, k: int) -> bool:
    turn = n % 10
    return turn in (*SIGNED, *READY) or (turn in AT_WORK and k % 2 == 0)


def _is_refused(k: int) -> bool:
    return k % 9 == 0


def _records(size: Size, campaign: Campaign) -> None:
    lists = dict(
        Submission.select(Submission.institution, Submission.id)
        .where(Submission.campaign == campaign)
        .tuples()
    )
    names = (
        "campaign", "submission", "institution", "asp_institution", "id_type", "id_number", "given", "middle",
        "family", "reason", "absences", "days", "class_code", "band", "decision", "returned_at",
        "returned_note",
    )  # fmt: skip
    _add(Record, names, (_record(size, campaign.id, lists, k) for k in range(size.records)))


def _record(size: Size, campaign: int, lists: dict[str, int], k: int) -> tuple[Any, ...]:
    n = k % size.institutions
    code, is_sent_back = code_of(n), k % SENT_BACK == 0
    decision = Decision.PENDING
    if not is_sent_back and _is_decided(n, k):
        decision = Decision.REFUSED if _is_refused(k) else Decision.CONFIRMED
    reason = (Reason.ABSENCE, Reason.ABSENCE, Reason.UNENROLLED, Reason.DISTANCE)[k % 4]
    return (
        campaign, None if is_sent_back else lists[code], code, code, IdType.EGN, number(k), GIVEN[k % 10],
        MIDDLE[k % 8], FAMILY[k // 8 % 8], reason, "007.00" if reason is Reason.ABSENCE else "000.00",
        "09" if reason is Reason.DISTANCE else "00", 1 + k % 12, Band.I_III, decision,
        NOW if is_sent_back else None, "Учи другаде." if is_sent_back else "",
    )  # fmt: skip


def _enrolments(size: Size) -> None:
    """Every child is enrolled where its record lies, but for one in so many, about whom there is a doubt."""
    names = (
        "month", "picture", "position", "institution", "id_type", "id_number", "given", "middle", "family",
        "edu_form", "class_code", "status",
    )  # fmt: skip
    _add(Enrolment, names, (
        (MONTH, 0, k, code_of(k % size.institutions), IdType.EGN, number(k), *"АБВ1", 1 + k % 12, 1)
        for k in range(size.records) if k % DOUBTFUL
    ))  # fmt: skip
    put_in_force(MONTH, 0, count_of(MONTH, 0))


def _outside(size: Size, campaign: Campaign) -> None:
    """Letters, calls, circulars and rejected lines of the newest month."""
    directors = list(User.select(User.id, User.institution).where(User.role == Role.DIRECTOR).tuples())
    letter = (
        "recipient", "user", "kind", "occasion", "state", "campaign", "institution", "made_at", "not_before",
        "sent_at", "attempts", "verdict", "code", "replied_at",
    )  # fmt: skip
    every = ((user, code, each) for user, code in directors for each in range(LETTERS))
    _add(OutboxMessage, letter, (_letter(campaign.id, *one) for one in every))
    office = User.create(
        email="o@example.org", name="Нора", role=Role.OPERATOR, invited_at=NOW, activated_at=NOW
    )
    _add(PhoneCall, ("campaign", "institution", "outcome", "note", "next_at", "began_at", "at", "by"),
         ((campaign, code_of(n), Outcome.NO_ANSWER, "", NOW, NOW, NOW, office)
          for n in range(size.institutions) if n % 10 in CALLED))  # fmt: skip
    for each in range(MONTHS):
        notice = Notice.create(
            office="ЦИОО", number=f"{each}", dated_on=NOW.date(), subject="Потвърждаване",
            text="Моля. " * 200, addressed="всички институции", published_at=NOW - MONTH_LONG * each,
            published_by=office,
        )  # fmt: skip
        _add(
            NoticeRecipient,
            ("notice", "institution"),
            ((notice, code_of(n)) for n in range(size.institutions)),
        )
        _add(NoticeReading, ("notice", "user", "of_withdrawal", "at"),
             ((notice, user, False, NOW) for user, _ in directors if user % 4))  # fmt: skip
    load = Load.create(
        kind="asp", campaign=campaign, month=MONTH, file_name="ASPCONF1220.txt", sha256="0" * 64, at=NOW,
        encoding="windows-1251", received=size.records, distributed=size.records, is_finished=True,
    )  # fmt: skip
    rejected = range(1, 1 + REJECTED * size.records // FULL.records)
    _add(RejectedLine, ("load", "number", "line", "faults"),
         ((load, number, b"2020|12|", "броят на полетата") for number in rejected))  # fmt: skip


def _letter(campaign: int, user: int, code: str, each: int) -> tuple[Any, ...]:
    """Every tenth director's address takes none."""
    is_taken = int(code) % 10 != REFUSES_LETTERS
    state, verdict = (
        (LetterState.SENT, Verdict.ACCEPTED) if is_taken else (LetterState.GIVEN_UP, Verdict.UNKNOWN_ADDRESS)
    )
    return (
        f"d{int(code) - 2200000}@example.org", user, "reminder", f"reminder/{each}/user:{user}", state,
        campaign, code, NOW, NOW, NOW if is_taken else None, 1, verdict, 250 if is_taken else 550, NOW,
    )  # fmt: skip


def _add(table: Any, names: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    """What is not named is as the table has it by default."""
    fields = {name: field for name, field in table._meta.fields.items() if not isinstance(field, AutoField)}
    rest = tuple(name for name in fields if name not in names)
    defaults = tuple(fields[name].default for name in rest)
    for some in batches(rows, AT_ONCE):
        with writing():
            add_rows(table, (*names, *rest), ((*row, *defaults) for row in some))
