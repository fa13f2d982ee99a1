"""Who did what: the audit's entries as people read them, newest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN, Case, fn

from portal.domain.deeds import KINDS, NOT_SECRET, OF_REGISTER, counted_of, deed_label, thing_label
from portal.domain.names import folded
from portal.domain.people import Role
from portal.storage.history.details import details_of
from portal.storage.history.things import keys, things_of
from portal.storage.loading.tables import Load
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.people import User

PAGE = 100  # entries
MOST = 500  # entries of a campaign: a month has some dozens
PORTAL = "порталът"  # who is 0: the command line and the portal itself
RECORD = "record:"
_AWAY = "дете, което сега не е във вашата институция"


@dataclass(frozen=True)
class Entry:
    """``number`` is the entry's place in what is shown; ``what`` is the audit's word, ``deed`` what people
    read for it; ``thing`` is like ``record:17``."""

    number: int
    at: datetime
    chain: str
    user_id: int
    name: str
    role: Role | None
    what: str
    deed: str
    thing: str
    about: str

    @property
    def use(self) -> str:
        """The id of the register's use that a reason was given for, if it was one."""
        return self._key_of("use")

    @property
    def load(self) -> int | None:
        """The id of the file that was loaded, if it is about one."""
        return int(key) if (key := self._key_of("load")).isdecimal() else None

    @property
    def register_entry(self) -> str:
        """The id of the register's entry that it is about, if it is."""
        return self._key_of("entry")

    def _key_of(self, wanted: str) -> str:
        kind, _, key = self.thing.partition(":")
        return key if kind == wanted else ""

    @property
    def account(self) -> str:
        """Who it was without a name, for the operator."""
        if self.user_id == 0:
            return PORTAL
        return f"{self.role.label if self.role else 'заличен профил'} (профил {self.user_id})"


@dataclass(frozen=True)
class Entries:
    """One page; ``older`` is the number before which the next begins, none on the last."""

    entries: list[Entry]
    older: int | None


@dataclass(frozen=True)
class Wanted:
    """What of a history is asked for: what one account did, or one of ``KINDS``. Empty is everything."""

    who: int | None = None
    kind: str = ""


def institution_history(institution: str, before: int | None, wanted: Wanted = Wanted()) -> Entries:
    return _page((AuditEntry.chain == institution) & _narrowed(wanted), before, things_of)


def whole_history(institution: str, wanted: Wanted) -> Iterator[Entry]:
    """Everything of it, page by page."""
    before = None
    while True:
        page = institution_history(institution, before, wanted)
        yield from page.entries
        if page.older is None:
            return
        before = page.older


def people_in(institution: str) -> list[User]:
    """Whoever did something in the institution, by name."""
    doers = AuditEntry.select(AuditEntry.who).where(AuditEntry.chain == institution).distinct()
    return sorted(User.select().where(User.id.in_(doers)), key=lambda user: (folded(user.name), user.id))


def national_history(chain: str, skip: int) -> Entries:
    """Every chain, or one of them, from the ``skip``-th newest entry on.

    Of the quarantine registers only that a month was confirmed, and when (domain.md). Entries are counted
    as they are shown: their own numbers would tell how many are left out, and so how many were entered.
    """
    of_register = AuditEntry.what.startswith(OF_REGISTER) & AuditEntry.what.not_in(NOT_SECRET)
    wanted = ~of_register & ((AuditEntry.chain == chain) if chain else (AuditEntry.id > 0))
    order = AuditEntry.sequence if chain else AuditEntry.id
    rows = list(_rows(wanted).order_by(order.desc()).offset(skip).limit(PAGE + 1))
    entries = [
        _entry(row, skip + place, thing_label(row.object)) for place, row in enumerate(rows[:PAGE], start=1)
    ]
    return Entries(entries, skip + PAGE if len(rows) > PAGE else None)


def campaign_history(campaign: Campaign) -> list[Entry]:
    """What was done with the month as a whole: files, window, suspending, answers; newest first."""
    loads = Load.select(Load.id, Load.file_name).where(Load.campaign == campaign)
    about = {f"load:{number}": f"файл „{name}“" for number, name in tuples(loads)}
    about[f"campaign:{campaign.id}"] = "кампанията"
    rows = list(_rows(AuditEntry.object.in_(list(about))).order_by(AuditEntry.id.desc()).limit(MOST))
    more = details_of(campaign, rows)
    return [
        _entry(row, row.id, ", ".join(filter(None, (about[row.object], more.get(row.id))))) for row in rows
    ]


def list_history(submission: Submission, before: int | None) -> Entries:
    """What the institution's people did with this list, with the names of its children."""
    campaign = submission.campaign_id
    # Asked for one by one, by key: all records of a campaign are too many to compare with.
    record_id = Case(
        None,
        [
            (
                AuditEntry.object.startswith(RECORD),
                fn.SUBSTR(AuditEntry.object, len(RECORD) + 1).cast("INTEGER"),
            )
        ],
        0,
    )
    of_campaign = Record.select(Record.id).where((Record.id == record_id) & (Record.campaign == campaign))
    theirs = (AuditEntry.object == f"submission:{submission.id}") | fn.EXISTS(of_campaign)
    return _page(
        (AuditEntry.chain == submission.institution_id) & theirs,
        before,
        lambda rows: _children(rows, submission.institution_id),
    )


def _narrowed(wanted: Wanted) -> Any:
    narrowed = AuditEntry.id > 0
    if wanted.who is not None:
        narrowed &= AuditEntry.who == wanted.who
    if wanted.kind in KINDS:
        narrowed &= AuditEntry.what.in_(list(KINDS[wanted.kind][1]))
    return narrowed


def _page(wanted: Any, before: int | None, about: Any) -> Entries:
    """Of one chain, by its own sequence, which an index keeps."""
    if before is not None:
        wanted &= AuditEntry.sequence < before
    rows = list(_rows(wanted).order_by(AuditEntry.sequence.desc()).limit(PAGE + 1))
    shown = rows[:PAGE]
    told = about(shown)
    entries = [_entry(row, row.sequence, told.get(row.object, thing_label(row.object))) for row in shown]
    return Entries(entries, entries[-1].number if len(rows) > PAGE else None)


def _rows(wanted: Any) -> Any:
    return (
        AuditEntry.select(AuditEntry, User.name, User.role)
        .join(User, JOIN.LEFT_OUTER, on=(User.id == AuditEntry.who), attr="user")
        .where(wanted)
    )


def _entry(row: Any, number: int, about: str) -> Entry:
    user = getattr(row, "user", None)
    counted = counted_of(row.what, row.content)
    return Entry(
        number=number,
        at=row.at,
        chain=row.chain,
        user_id=row.who,
        name=PORTAL if row.who == 0 else user.name if user else f"профил {row.who}",
        role=user.role if user else None,
        what=row.what,
        deed=deed_label(row.what),
        thing=row.object,
        about=f"{about}, {counted}" if counted else about,
    )


def _children(rows: list[AuditEntry], institution: str) -> dict[str, str]:
    """A child who has gone elsewhere is not named: what is not yours cannot be found."""
    found = Record.select().where(Record.id.in_(keys(rows, "record")))
    return {
        f"record:{record.id}": f"{record.names} ({record.reason.label})"
        if record.institution_id == institution
        else _AWAY
        for record in found
    } | {row.object: "списъкът" for row in rows if row.object.startswith("submission:")}
