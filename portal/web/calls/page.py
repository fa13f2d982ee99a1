"""What the call list and the page of one call show of each institution."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial

from portal.domain.calls.claims import Claim, others_claim
from portal.domain.calls.first import NextCall, first_to_call, late_ones
from portal.domain.calls.order import (
    Situation,
    Turn,
    in_order,
    missing_in_words,
    own_window,
    to_call,
)
from portal.domain.oversight.progress import Contact, Standing
from portal.storage.calls.claims import claims_in
from portal.storage.calls.kinds import kinds_in
from portal.storage.calls.reading import (
    Called,
    Letters,
    Staffed,
    Which,
    calls_in,
    letters_in,
    staffed,
    told_phones,
)
from portal.storage.campaigns.progress import standings
from portal.storage.tables.campaigns import Campaign

NO_LETTERS = Letters()


@dataclass(frozen=True)
class Row:
    """One institution, for whom ``claim`` stands, if somebody is calling it now. ``exception`` is until when
    its list is open after everybody's deadline."""

    situation: Situation
    turn: Turn
    people: Staffed
    letters: Letters
    calls: list[Called]
    claim: Claim | None
    is_mine: bool
    exception: datetime | None

    @property
    def place(self) -> Contact:
        return self.situation.standing.institution

    @property
    def standing(self) -> Standing:
        return self.situation.standing

    @property
    def missing(self) -> list[str]:
        return missing_in_words(self.situation)

    @property
    def phones(self) -> list[str]:
        return told_phones(self.calls, self.place.phone)


@dataclass(frozen=True)
class CallList:
    """``rows`` are the first of ``total``; ``regions`` says how many there are in each, by name."""

    rows: list[Row]
    total: int
    regions: Counter[tuple[str, int]] = field(default_factory=Counter)

    def of(self, turn: Turn) -> list[Row]:
        return [row for row in self.rows if row.turn is turn]


def count_to_call(campaign: Campaign, found: Iterable[Standing], *, now: datetime) -> int:
    """How many of them stand on the call list."""
    return len(to_call(campaign.window, found, now=now))


def call_list(
    campaign: Campaign, region: int | None, user_id: int, *, most: int | None = None, now: datetime
) -> CallList:
    """Of one region or the country, the first ``most``; as many queries however many there are."""
    if region is None and most is not None:
        return _of_country(campaign, user_id, most=most, now=now)
    found = standings(campaign, now=now, region=region)
    late = to_call(campaign.window, found, now=now)
    rows = _rows(campaign, late, Which(region), user_id, most=most, now=now)
    return CallList(
        rows,
        len(late),
        Counter((each.institution.region_name, each.institution.region) for each in late),
    )


def _of_country(campaign: Campaign, user_id: int, *, most: int, now: datetime) -> CallList:
    """Of some thousand institutions only those that are shown are read as they are shown."""
    calls = calls_in(campaign, Which())
    late = late_ones(campaign.window, kinds_in(campaign, now=now), now=now)
    called = {code: NextCall(its[0].next_at, its[0].is_promise) for code, its in calls.items()}
    which = Which(codes=tuple(first_to_call(campaign.window, late, called, most, now=now)))
    found = standings(campaign, now=now, codes=which.codes)
    every = [place for kind in late for place in kind.places]
    return CallList(
        _rows(campaign, found, which, user_id, calls=calls, now=now),
        len(every),
        Counter((place.region_name, place.region) for place in every),
    )


def row_of(campaign: Campaign, code: str, user_id: int, *, now: datetime) -> Row | None:
    """One institution, late or not; none where it is closed and nobody waits for it."""
    found = standings(campaign, now=now, codes=[code])
    rows = _rows(campaign, found, Which(codes=(code,)), user_id, now=now)
    return rows[0] if rows else None


def _rows(
    campaign: Campaign,
    found: list[Standing],
    which: Which,
    user_id: int,
    *,
    most: int | None = None,
    calls: Mapping[str, list[Called]] | None = None,
    now: datetime,
) -> list[Row]:
    """In order, the first ``most`` of them: who directs the others is not asked. ``calls``, where they are
    known."""
    letters = letters_in(campaign, which)
    if calls is None:
        calls = calls_in(campaign, which)
    first = in_order(_situations(campaign, found, letters, calls, now=now), now=now)[:most]
    if most is not None:
        which = Which(codes=tuple(each.standing.institution.code for each in first))
    people, claims = staffed(which), claims_in(campaign, which, now=now)
    return [
        Row(
            each,
            each.turn(now),
            people.get(code := each.standing.institution.code, Staffed()),
            letters.get(code, NO_LETTERS),
            calls.get(code, []),
            claim := claims.get(code),
            claim is not None and others_claim(claim, user_id, now=now) is None,
            each.exception(now),
        )
        for each in first
    ]


def _situations(
    campaign: Campaign,
    found: list[Standing],
    letters: Mapping[str, Letters],
    calls: Mapping[str, list[Called]],
    *,
    now: datetime,
) -> Iterator[Situation]:
    window = cache(partial(own_window, campaign.window, now=now))
    for standing in found:
        code = standing.institution.code
        last = next(iter(calls.get(code, ())), None)
        yield Situation(
            standing,
            window(standing.reopened_until),
            has_access=standing.has_director,
            letter_lost=bool(letters.get(code, NO_LETTERS).lost),
            next_call=None if last is None else last.next_at,
            is_promise=last is not None and last.is_promise,
        )
