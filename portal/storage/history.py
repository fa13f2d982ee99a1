"""Who did what: the entries of the audit as people read them, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN, Case, fn

from portal.domain.deeds import deed_label, thing_label
from portal.domain.people import Role
from portal.storage.audit import AuditEntry
from portal.storage.campaigns import Campaign, Record, Submission
from portal.storage.people import User

PAGE = 100  # entries
PORTAL = "порталът"  # who is 0: the command line and the portal itself
RECORD = "record:"
_AWAY = "дете, което сега не е във вашата институция"


@dataclass(frozen=True)
class Entry:
    """``number`` grows with time; ``thing`` is like ``record:17``."""

    number: int
    at: datetime
    chain: str
    user_id: int
    name: str
    role: Role | None
    deed: str
    thing: str
    about: str

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


def institution_history(institution: str, before: int | None) -> Entries:
    return _page(AuditEntry.chain == institution, before, _about_own)


def national_history(chain: str, before: int | None) -> Entries:
    """Every chain, or one of them."""
    wanted = (AuditEntry.chain == chain) if chain else (AuditEntry.id > 0)
    return _page(wanted, before, lambda rows: {}, AuditEntry.sequence if chain else AuditEntry.id)


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


def _page(wanted: Any, before: int | None, about: Any, number: Any = AuditEntry.sequence) -> Entries:
    """``number`` is what entries are counted by: a chain by its own sequence, which an index keeps."""
    if before is not None:
        wanted &= number < before
    rows = list(
        AuditEntry.select(AuditEntry, User.name, User.role)
        .join(User, JOIN.LEFT_OUTER, on=(User.id == AuditEntry.who), attr="user")
        .where(wanted)
        .order_by(number.desc())
        .limit(PAGE + 1)
    )
    shown = rows[:PAGE]
    told = about(shown)
    entries = [
        _entry(row, getattr(row, number.name), told.get(row.object, thing_label(row.object))) for row in shown
    ]
    return Entries(entries, entries[-1].number if len(rows) > PAGE else None)


def _entry(row: Any, number: int, about: str) -> Entry:
    user = getattr(row, "user", None)
    return Entry(
        number=number,
        at=row.at,
        chain=row.chain,
        user_id=row.who,
        name=PORTAL if row.who == 0 else user.name if user else f"профил {row.who}",
        role=user.role if user else None,
        deed=deed_label(row.what),
        thing=row.object,
        about=about,
    )


def _keys(rows: Iterable[AuditEntry], kind: str) -> list[int]:
    found = {row.object.partition(":") for row in rows}
    return [int(key) for name, _, key in found if name == kind and key.isdecimal()]


def _about_own(rows: list[AuditEntry]) -> dict[str, str]:
    """Of which month a record or a list is, and whose an account is. No child is named here."""
    records = (
        Record.select(Record.id, Campaign.month).join(Campaign).where(Record.id.in_(_keys(rows, "record")))
    )
    lists = (
        Submission.select(Submission.id, Campaign.month)
        .join(Campaign)
        .where(Submission.id.in_(_keys(rows, "submission")))
    )
    users = User.select(User.id, User.name).where(User.id.in_(_keys(rows, "user")))
    told = {f"record:{key}": f"запис № {key} за {month.label}" for key, month in _pairs(records)}
    told |= {f"submission:{key}": f"списъкът за {month.label}" for key, month in _pairs(lists)}
    return told | {f"user:{key}": f"профил на {name}" for key, name in _pairs(users)}


def _pairs(query: Any) -> list[tuple[int, Any]]:
    return list(query.tuples())


def _children(rows: list[AuditEntry], institution: str) -> dict[str, str]:
    """A child who has gone elsewhere is not named: what is not yours cannot be found."""
    found = Record.select().where(Record.id.in_(_keys(rows, "record")))
    return {
        f"record:{record.id}": f"{record.names} ({record.reason.label})"
        if record.institution_id == institution
        else _AWAY
        for record in found
    } | {row.object: "списъкът" for row in rows if row.object.startswith("submission:")}
