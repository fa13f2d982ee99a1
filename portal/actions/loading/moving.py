"""Moving pending records between unsigned lists after new enrolments, so that they follow their children;
some in each turn, so that nobody waits for all of them."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from portal.actions.letters.campaign_letters import tell_of_list, tell_of_moves
from portal.actions.loading.outcome import Done, put, settle
from portal.actions.loading.places import Places
from portal.domain.decisions import Decision
from portal.domain.people import Operator
from portal.domain.times import today
from portal.storage.campaigns.overview import campaigns_under_way
from portal.storage.campaigns.pieces import moves_in_pieces
from portal.storage.campaigns.placing import Picture
from portal.storage.campaigns.staging import StagedMove, filling
from portal.storage.lists.held import all_lists, held_lists, hold_months
from portal.storage.tables.bulk import BATCH, add_rows, planned_anew, save_rows
from portal.storage.tables.campaigns import Campaign, Record
from portal.storage.tables.db import writing

Moves = Counter[tuple[str, str]]  # records by institution from and to

CHANGED = ("submission", "institution", "class_code", "band", "version")


def moves_by(picture: Picture | None, *, now: datetime) -> Moves:
    """What ``move_pending`` would move where this picture is in force. Nothing is stored."""
    done = Done()
    for campaign in campaigns_under_way(now=now):
        places = Places(campaign.month, all_lists(campaign), today(now), picture)
        for records in _pending(campaign):
            _place_all(records, places, done)
    return done.moves


def move_pending(
    person: Operator | None, content: str, *, step: Callable[[int], None], now: datetime
) -> Moves:
    """Place the pending records of every campaign whose deadline is still to come. ``step`` is called after
    each turn with how many were moved so far.

    What is decided, signed, sent back or put in its place by hand stays where it is. Once placed, a
    record is placed the same again: the same enrolments move nothing. Broken off, the same file loaded again
    moves what is left.
    """
    moves = Moves()
    with planned_anew():
        for campaign in campaigns_under_way(now=now):
            places = Places(campaign.month, all_lists(campaign), today(now))
            _stage(campaign, places)
            for some in moves_in_pieces():
                with writing():
                    moves += _move(campaign, places, some, person, content, now=now)
                step(moves.total())
            tell_of_list(campaign, now=now)
    return moves


def _stage(campaign: Campaign, places: Places) -> None:
    """Which records are placed otherwise now, by where they go."""
    with filling():
        StagedMove.delete().execute()
    for records in _pending(campaign):
        changed = [(record.id, record.institution_id) for record in _place_all(records, places, Done())]
        with filling():
            add_rows(StagedMove, ("number", "target"), changed)


def _move(  # six: what was read of all lists, once
    campaign: Campaign,
    places: Places,
    some: Collection[StagedMove],
    person: Operator | None,
    content: str,
    *,
    now: datetime,
) -> Moves:
    """With every list locked that these records can leave or come to; no enrolment changes while the month is
    held, and no record moves but by a director who sends it back."""
    hold_months([campaign.month])
    if all(each.id != campaign.id for each in campaigns_under_way(now=now)):
        return Moves()  # answered meanwhile, or its window ends earlier now
    ids, done = [each.number for each in some], Done()
    records = _records(campaign, Record.id.in_(ids))
    wanted = {code for record in records for code in (record.institution_id, record.asp_institution)}
    wanted |= {record.institution_id for record in _place_all(records, places, Done())}
    places = replace(places, lists={**places.lists, **held_lists(campaign, wanted)})
    records = _records(campaign, Record.id.in_(ids) & Record.institution.in_(wanted))
    changed = _place_all(records, places, done)
    save_rows(Record, CHANGED, changed)
    settle(done, person, now=now, content=content)
    tell_of_moves(campaign, done.arrived, done.left, now=now)
    return done.moves


def _pending(campaign: Campaign) -> Iterator[list[Record]]:
    """In batches, by id: placing one batch changes nothing of the next."""
    last = 0
    while batch := _records(campaign, Record.id > last, BATCH):
        last = batch[-1].id
        yield batch


def _records(campaign: Campaign, where: Any, count: int | None = None) -> list[Record]:
    """Those that follow their children."""
    query = Record.select().where(
        (Record.campaign == campaign)
        & where
        & (Record.decision == Decision.PENDING)
        & Record.returned_at.is_null()
        & Record.routed_at.is_null()
    )
    return list(query.order_by(Record.id).limit(count))


def _place_all(records: list[Record], places: Places, done: Done) -> list[Record]:
    """Those that are placed otherwise."""
    places.look_up({(record.id_type, record.id_number) for record in records})
    return [record for record in records if _place(record, places, done)]


def _place(record: Record, places: Places, done: Done) -> bool:
    """Put the record where its child is, unless one of the two lists is signed; whether that changes it."""
    placed = places.placement(record.asp_institution, (record.id_type, record.id_number))
    if places.is_list_locked(record.submission_id) or places.is_locked(placed.institution):
        return False
    if not put(record, placed, places, done):
        return False
    record.version += 1
    return True
