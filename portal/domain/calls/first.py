"""The first to call of many, found without looking at each of them as a caller does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest, nsmallest
from typing import Any, NamedTuple

from portal.domain.calls.order import (
    at_stake,
    hours_left,
    in_the_way,
    may_work,
    order_key,
    own_window,
    turn_of,
)
from portal.domain.names import place_order
from portal.domain.oversight.progress import Alike
from portal.domain.submissions import Window


class Place(NamedTuple):
    """An institution, and the records of its list, the pending ones twice."""

    code: str
    name: str
    region: int
    region_name: str
    records: int


@dataclass(frozen=True)
class Kind:
    """What ``places`` have in common that are equally far: ``until`` is the exception that each of them has,
    ``letter_lost`` that each has a letter which was not taken."""

    progress: Alike
    until: datetime | None
    letter_lost: bool
    places: Sequence[Place]


class NextCall(NamedTuple):
    """What the last call left: when the next one is due, UTC, and whether that was promised."""

    at: datetime
    is_promise: bool


def late_ones(window: Window, kinds: Sequence[Kind], *, now: datetime) -> list[Kind]:
    """Those whose institutions stand on the call list: what ``is_to_call`` says of each of them."""
    return [kind for kind in kinds if kind.progress.is_unfinished and may_work(window, kind.until, now=now)]


def first_to_call(
    window: Window, late: Sequence[Kind], called: Mapping[str, NextCall], most: int, *, now: datetime
) -> list[str]:
    """The codes of the first ``most``, in the order of ``in_order``. Of a kind that nobody called yet only
    those with most records can be among them; who was called is looked at one by one."""
    keyed = [key for kind in late for key in _keyed(window, kind, called, most, now=now)]
    return [code for *_, code in nsmallest(most, keyed)]


def _keyed(
    window: Window, kind: Kind, called: Mapping[str, NextCall], most: int, *, now: datetime
) -> Iterator[tuple[Any, ...]]:
    progress = kind.progress
    ahead = in_the_way(progress, has_access=progress.has_director, letter_lost=kind.letter_lost)
    hours = hours_left(own_window(window, kind.until, now=now), now=now)
    apart = [place for place in kind.places if place.code in called]
    others = [place for place in kind.places if place.code not in called] if apart else kind.places
    for place in (*apart, *_heaviest(kind, others, most)):
        next_call, is_promise = called.get(place.code, (None, False))
        turn = turn_of(next_call, is_promise=is_promise, now=now)
        weight = at_stake(progress, place.records) * ahead / hours
        yield order_key(turn, next_call, weight, place.name, place.code)


def _heaviest(kind: Kind, places: Sequence[Place], most: int) -> list[Place]:
    """The first ``most`` of those that differ in their records alone. Names are compared only where the
    records do not decide: to take them apart costs more than all the rest."""
    if len(places) <= most:
        return list(places)
    weights = {records: at_stake(kind.progress, records) for records in {place.records for place in places}}
    least = nlargest(most, (weights[place.records] for place in places))[-1]
    heavy = [
        (-weights[place.records], place_order(place.name), place.code, place)
        for place in places
        if weights[place.records] >= least
    ]
    return [place for *_, place in nsmallest(most, heavy)]
