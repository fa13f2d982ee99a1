"""What is waiting for a person who has just come in, for the first page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from peewee import fn

from portal.domain.institutions import Closing
from portal.domain.letters.fate import LetterState
from portal.domain.people import Scope
from portal.domain.submissions import Lock
from portal.storage.letters.outbox import count_waiting
from portal.storage.letters.reading import count_refused_addresses
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import Delegation, User
from portal.storage.tables.signatures import Signature, SignatureRemoval

REMEMBERED = timedelta(days=14)  # a letter that was given up is told of this long


def current_campaigns() -> list[Campaign]:
    """Those that are not answered, and the one that was answered last; the newest month first."""
    every = list(Campaign.select().order_by(Campaign.month.desc()))
    answered = [campaign for campaign in every if campaign.answered_at is not None]
    return [campaign for campaign in every if campaign.answered_at is None or campaign in answered[:1]]


def current_lists(institution: str) -> list[Submission]:
    """The institution's lists in the campaigns that concern it now."""
    wanted = [campaign.id for campaign in current_campaigns()]
    return list(
        Submission.select(Submission, Campaign, Institution)
        .join(Campaign)
        .switch(Submission)
        .join(Institution)
        .where((Submission.institution == institution) & Submission.campaign.in_(wanted))
        .order_by(Campaign.month.desc())
    )


def closing_of(institution: str) -> Closing | None:
    """That the institution was closed, or will be."""
    found: Closing | None = Institution.get_by_id(institution).closing
    return found


def removals_without_new(lists: Iterable[Submission]) -> dict[int, SignatureRemoval]:
    """By list, that its last signature was taken off and nothing took its place; asked once for all."""
    unsigned = [each.id for each in lists if each.lock is Lock.OPEN]
    if not unsigned:
        return {}
    last = Signature.select(fn.MAX(Signature.id)).where(Signature.submission.in_(unsigned))
    removed = (
        SignatureRemoval.select(SignatureRemoval, Signature.submission.alias("list"))
        .join(Signature)
        .where(SignatureRemoval.signature.in_(last.group_by(Signature.submission)))
    )
    rows: Iterable[Any] = removed.objects()
    return {row.list: row for row in rows}


def changed_by_asp(submission: Submission) -> int:
    """How many records wait because АСП changed the figure after they had been decided."""
    count: int = Record.on(submission).where(Record.figure_changed_at.is_null(False)).count()
    return count


@dataclass(frozen=True)
class Authorisation:
    """What a delegate was last given. ``scopes`` are those of the order, in force or not."""

    scopes: tuple[Scope, ...]
    order_number: str
    until: date
    by: str
    revoked_at: datetime | None

    def is_over(self, today: date) -> bool:
        return self.revoked_at is not None or today > self.until


def last_authorisation(user_id: int) -> Authorisation | None:
    """The one in force; where none is, the last that was."""
    last = (
        Delegation.select(Delegation, User)
        .join(User, on=Delegation.made_by)
        .where(Delegation.user == user_id)
        .order_by(Delegation.revoked_at.is_null().desc(), Delegation.id.desc())
        .first()
    )
    if last is None:
        return None
    scopes = tuple(scope for scope in Scope if scope in last.scope_set)
    return Authorisation(scopes, last.order_number, last.until, last.made_by.name, last.revoked_at)


@dataclass(frozen=True)
class Mail:
    """Letters that wait to be sent, and those that were tried lately in vain, given up or not; ``refused``
    are addresses that take none."""

    waiting: int
    failed: int
    refused: int


def unsent_mail(now: datetime) -> Mail:
    waits_still = (OutboxMessage.state == LetterState.WAITS) & (OutboxMessage.error != "")
    in_vain = waits_still | (OutboxMessage.state == LetterState.GIVEN_UP)
    lately = OutboxMessage.made_at > now - REMEMBERED
    failed = OutboxMessage.select().where(in_vain & lately).count()
    return Mail(count_waiting(), failed, count_refused_addresses(now))
