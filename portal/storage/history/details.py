"""What the audit's entries about a month say beside the deed: its days, its reason, its line. The audit keeps
digests of them; what is read here stands in the rows that the deed left behind."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from portal.domain.campaigns.rejected import Outcome
from portal.domain.letters.kinds import Occasion
from portal.domain.times import short_date
from portal.storage.loading.tables import Load, RejectedLine
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.letters import Announcement

SETTLED = {"repaired_line": Outcome.REPAIRED, "left_line": Outcome.LEFT}  # as the audit has it


def details_of(campaign: Campaign, rows: Iterable[AuditEntry]) -> dict[int, str]:
    """By entry, what is known of it; two queries, however many there are. ``rows`` are the month's."""
    oldest_first = sorted(rows, key=lambda row: row.id)
    return _windows(campaign, oldest_first) | _lines(campaign, oldest_first) | _once(campaign, oldest_first)


def _windows(campaign: Campaign, rows: list[AuditEntry]) -> dict[int, str]:
    """Whatever moved the deadline was announced with both days: between two of these it stood. Of a month
    whose announcements are erased only the last is known."""
    moved = Announcement.select(Announcement.made_at, Announcement.facts).where(
        (Announcement.campaign == campaign) & (Announcement.occasion == Occasion.DEADLINE_MOVED)
    )
    moves = [(at, json.loads(facts)) for at, facts in tuples(moved.order_by(Announcement.id))]
    entries = [row for row in rows if row.what == "set_window"]
    told = _deadlines(campaign, entries if moves or not campaign.moves else entries[-1:], moves)
    if entries and campaign.opens_on is not None and entries[-1].id in told:
        told[entries[-1].id] += f", начало {_day(campaign.opens_on)}"
    return told


def _deadlines(
    campaign: Campaign, entries: list[AuditEntry], moves: list[tuple[datetime, dict[str, str]]]
) -> dict[int, str]:
    told: dict[int, str] = {}
    for row in entries:
        while moves and moves[0][0] < row.at:
            moves.pop(0)
        if moves and moves[0][0] == row.at:
            days = moves.pop(0)[1]
            told[row.id] = f"краен срок {_day(days['new'])} вместо {_day(days['old'])}"
        elif closes := moves[0][1]["old"] if moves else campaign.closes_on:
            told[row.id] = f"краен срок {_day(closes)}"
    return told


def _lines(campaign: Campaign, rows: list[AuditEntry]) -> dict[int, str]:
    """A line is settled at the very moment of its entry."""
    ours = RejectedLine.load.in_(Load.select(Load.id).where(Load.campaign == campaign))
    columns = (RejectedLine.load, RejectedLine.settled_at, RejectedLine.outcome, RejectedLine.number)
    query = RejectedLine.select(*columns).where(ours & RejectedLine.settled_at.is_null(False))
    numbers: dict[tuple[str, datetime, Outcome], list[int]] = defaultdict(list)
    for load, at, outcome, number in tuples(query.order_by(RejectedLine.number)):
        numbers[f"load:{load}", at, outcome].append(number)
    told: dict[int, str] = {}
    for row in (row for row in rows if row.what in SETTLED):
        if found := numbers[row.object, row.at, SETTLED[row.what]]:
            told[row.id] = f"ред {found.pop(0)}"
    return told


def _once(campaign: Campaign, rows: list[AuditEntry]) -> dict[int, str]:
    """Why it is suspended, as long as it is, and when the answer was handed over."""
    told: dict[int, str] = {}
    for row in rows:
        if row.what == "suspended" and row.at == campaign.suspended_at:
            told[row.id] = f"причина: {campaign.suspended_reason}"
        if row.what == "sent_answer" and campaign.sent_on is not None:
            told[row.id] = f"предаден на {_day(campaign.sent_on)}"
    return told


def _day(day: date | str) -> str:
    return f"{short_date(date.fromisoformat(day) if isinstance(day, str) else day)} г."
