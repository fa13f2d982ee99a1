"""What is waiting for a person who has just come in, for the first page."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from portal.domain.calendar import Band, deadline_warnings
from portal.domain.institutions import Closing
from portal.domain.letters.fate import LetterState
from portal.domain.month import Month
from portal.domain.people import Scope
from portal.domain.submissions import CampaignState, Lock
from portal.storage.campaigns.answers import answer_fault
from portal.storage.campaigns.loads import ASP, Unfinished, unfinished_loads
from portal.storage.campaigns.rejects import left_rejects
from portal.storage.campaigns.waiting import waiting_in
from portal.storage.letters.outbox import count_waiting
from portal.storage.letters.reading import count_refused_addresses
from portal.storage.lists.school_days import bands_without_calendar, month_holidays
from portal.storage.signing.standing import signatures_of
from portal.storage.tables.campaigns import Campaign, Load, Record, Submission
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


def removal_without_new(submission: Submission) -> SignatureRemoval | None:
    """That the last signature was taken off, if nothing took its place."""
    if submission.lock is not Lock.OPEN:
        return None
    last = signatures_of(submission).order_by(Signature.id.desc()).first()
    removal = getattr(last, "removal", None)
    return removal if isinstance(removal, SignatureRemoval) else None


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
class Duty:
    """One campaign, as the operator has to think of it. ``unfinished`` are files of АСП. Of the records,
    ``returned`` were sent back; ``waiting`` lie where the institution is closed or its list signed,
    ``undirected`` where nobody directs it. ``without_calendar``: the class bands whose school
    days are counted without one."""

    campaign: Campaign
    state: CampaignState
    unfinished: list[Unfinished]
    rejected: int
    returned: int
    waiting: int
    undirected: int
    may_answer: bool
    without_calendar: list[Band]
    warnings: list[str] = field(default_factory=list)

    @property
    def month(self) -> Month:
        return self.campaign.month

    @property
    def is_broken_off(self) -> bool:
        return any(not each.is_going_on for each in self.unfinished)

    @property
    def lacks_window(self) -> bool:
        return self.campaign.closes_on is None and self.state is not CampaignState.ANSWERED


def duties(now: datetime) -> list[Duty]:
    campaigns = current_campaigns()
    lacking = bands_without_calendar(each.month for each in campaigns if each.answered_at is None)
    return [_duty(campaign, lacking.get(campaign.month, []), now=now) for campaign in campaigns]


def _duty(campaign: Campaign, without_calendar: list[Band], *, now: datetime) -> Duty:
    waiting = Counter({True: 0, False: 0})
    for group in waiting_in(campaign, now=now) if campaign.answered_at is None else []:
        waiting[group.is_closed or group.has_director] += group.records
    return Duty(
        campaign=campaign,
        state=campaign.window.state(now),
        unfinished=[] if campaign.answered_at else unfinished_loads(campaign),
        rejected=_last_rejected(campaign),
        returned=_returned(campaign),
        waiting=waiting[True],
        undirected=waiting[False],
        may_answer=campaign.answered_at is None and answer_fault(campaign, now=now) is None,
        without_calendar=without_calendar,
        warnings=_warnings(campaign),
    )


def _last_rejected(campaign: Campaign) -> int:
    """Of АСП's last file, without the lines that the operator left rejected: what an earlier one had wrong
    may have been put right since."""
    last = (
        Load.select(Load.id, Load.rejected)
        .where((Load.campaign == campaign) & (Load.kind == ASP) & Load.is_finished)
        .order_by(Load.id.desc())
        .first()
    )
    return int(last.rejected - left_rejects(last)) if last is not None and last.rejected else 0


def _returned(campaign: Campaign) -> int:
    sent_back = Record.off_lists(campaign) & Record.returned_at.is_null(False)
    count: int = Record.select().where(sent_back).count()
    return count


def _warnings(campaign: Campaign) -> list[str]:
    if campaign.closes_on is None or campaign.answered_at is not None:
        return []
    return deadline_warnings(campaign.closes_on, month_holidays(Month.of(campaign.closes_on))[0])


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
