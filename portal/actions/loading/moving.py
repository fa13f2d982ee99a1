"""Moving pending records between unsigned lists after new enrolments, so that they follow their children."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from portal.actions.letters.campaign_letters import tell_of_list, tell_of_moves
from portal.actions.loading.outcome import Done, put, settle
from portal.actions.loading.places import Places
from portal.domain.decisions import Decision
from portal.domain.people import Operator
from portal.domain.times import today
from portal.storage.lists.held import held_lists, hold_months
from portal.storage.tables.bulk import BATCH, change_rows, planned_anew
from portal.storage.tables.campaigns import Campaign, Record

Moves = Counter[tuple[str, str]]  # records by institution from and to

CHANGED = ("submission", "institution", "class_code", "band", "version")


def move_pending(person: Operator | None, content: str, *, now: datetime) -> Moves:
    """Place the pending records of every campaign whose deadline is still to come.

    What is decided, signed, sent back or put in its place by hand stays where it is. Once placed, a
    record is placed the same again: the same enrolments move nothing.
    """
    unanswered = Campaign.select().where(Campaign.answered_at.is_null()).order_by(Campaign.month)
    hold_months([campaign.month for campaign in unanswered])
    under_way = [campaign for campaign in unanswered.clone() if not campaign.window.is_past(now)]
    with planned_anew():
        moves = (_move_in(campaign, person, content, now=now) for campaign in under_way)
        return sum(moves, Moves())


def _move_in(campaign: Campaign, person: Operator | None, content: str, *, now: datetime) -> Moves:
    places, done = Places(campaign.month, held_lists(campaign), today(now)), Done()
    for records in _pending(campaign):
        places.look_up({(record.id_type, record.id_number) for record in records})
        changed = [record for record in records if _place(record, places, done)]
        change_rows(Record, CHANGED, [_row(record) for record in changed])
    settle(done, person, now=now, content=content)
    tell_of_moves(campaign, done.arrived, done.left, now=now)
    tell_of_list(campaign, now=now)
    return done.moves


def _pending(campaign: Campaign) -> Iterator[list[Record]]:
    """In batches, by id: placing one batch changes nothing of the next."""
    last = 0
    while True:
        batch = list(
            Record.select()
            .where(
                (Record.campaign == campaign)
                & (Record.id > last)
                & (Record.decision == Decision.PENDING)
                & Record.returned_at.is_null()
                & Record.routed_at.is_null()
            )
            .order_by(Record.id)
            .limit(BATCH)
        )
        if not batch:
            return
        last = batch[-1].id
        yield batch


def _place(record: Record, places: Places, done: Done) -> bool:
    """Put the record where its child is, unless one of the two lists is signed; whether that changes it."""
    placed = places.placement(record.asp_institution, (record.id_type, record.id_number))
    if places.is_list_locked(record.submission_id) or places.is_locked(placed.institution):
        return False
    if not put(record, placed, places, done):
        return False
    record.version += 1
    return True


def _row(record: Record) -> tuple[Any, ...]:
    return (*(record.__data__[name] for name in CHANGED), record.id)
