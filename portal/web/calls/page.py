"""What the call list and the page of one call show of each institution."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial

from portal.domain.calls.claims import Claim, others_claim
from portal.domain.calls.first import first_to_call, late_ones
from portal.domain.calls.order import (
    Situation,
    Turn,
    in_order,
    missing_in_words,
    own_window,
    to_call,
)
from portal.domain.month import Month
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
    next_calls,
    staffed,
    told_phones,
)
from portal.storage.campaigns.progress import standings
from portal.storage.tables.campaigns import Campaign

NO_LETTERS = Letters()


@dataclass(frozen=True)
class Row:
    """One institution, for whom ``claim`` stands, if somebody is calling it now, about whatever month.
    ``exception`` is until when its list is open after everybody's deadline; ``heard`` are its calls, those
    about other months too that still matter."""

    month: Month
    situation: Situation
    turn: Turn
    people: Staffed
    letters: Letters
    heard: list[Called]
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
    def calls(self) -> list[Called]:
        return [call for call in self.heard if call.month == self.month]

    def elsewhere(self, now: datetime) -> Called | None:
        """The last call about another month that left something for later."""
        others = (call for call in self.heard if call.month != self.month and call.next_at > now)
        return next(others, None)

    @property
    def phones(self) -> list[Called]:
        return told_phones(self.heard, self.place.phone)


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
    late = late_ones(campaign.window, kinds_in(campaign, now=now), now=now)
    first = first_to_call(campaign.window, late, next_calls(campaign), most, now=now)
    which = Which(codes=tuple(first))
    found = standings(campaign, now=now, codes=which.codes)
    every = [place for kind in late for place in kind.places]
    return CallList(
        _rows(campaign, found, which, user_id, now=now),
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
    now: datetime,
) -> list[Row]:
    """In order, the first ``most`` of them: who directs the others is not asked."""
    letters, calls = letters_in(campaign, which), calls_in(campaign, which, now=now)
    first = in_order(_situations(campaign, found, letters, calls, now=now), now=now)[:most]
    if most is not None:
        which = Which(codes=tuple(each.standing.institution.code for each in first))
    people, claims = staffed(which), claims_in(which, now=now)
    return [
        Row(
            campaign.month,
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
        last = next((call for call in calls.get(code, ()) if call.month == campaign.month), None)
        yield Situation(
            standing,
            window(standing.reopened_until),
            has_access=standing.has_director,
            letter_lost=bool(letters.get(code, NO_LETTERS).lost),
            next_call=None if last is None else last.next_at,
            is_promise=last is not None and last.is_promise,
        )
