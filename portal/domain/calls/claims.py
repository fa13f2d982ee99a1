"""„Някой се обажда сега“: for some minutes an institution is one caller's, so that nobody calls it twice."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.domain.errors import Conflict
from portal.domain.month import Month
from portal.domain.times import local

LASTS = timedelta(minutes=10)  # of one claim, from when it was taken or renewed: our decision
LONGEST = timedelta(minutes=30)  # however often it is renewed: a page that was left open claims nothing


@dataclass(frozen=True)
class Claim:
    """Who calls, since when, and about which month. It ends by itself ``until`` then. An institution has one
    telephone and one director: who calls about one month has the turn for all of them."""

    user_id: int
    name: str
    month: Month
    since: datetime
    until: datetime

    def stands(self, now: datetime) -> bool:
        return now < self.until

    def is_of(self, user_id: int) -> bool:
        return self.user_id == user_id

    def about(self, month: Month) -> str:
        """The end of a sentence on a page of ``month``: which month the call is about, if it is another."""
        return "" if self.month == month else f" за {self.month.label}"

    def sentence(self, month: Month) -> str:
        return f"{self.name} се обажда от {local(self.since):%H:%M} ч.{self.about(month)}"

    def told(self, user_id: int, month: Month) -> str:
        """The same to everybody, the caller too."""
        if not self.is_of(user_id):
            return self.sentence(month)
        return f"Вие се обаждате от {local(self.since):%H:%M} ч.{self.about(month)}"


def end_of_claim(since: datetime, *, now: datetime) -> datetime:
    """Until when a claim that was taken at ``since`` holds, if it is taken or renewed now."""
    return min(now + LASTS, since + LONGEST)


def others_claim(claim: Claim | None, user_id: int, *, now: datetime) -> Claim | None:
    """The claim, if it stands and is somebody else's."""
    return claim if claim is not None and claim.stands(now) and not claim.is_of(user_id) else None


def check_not_claimed(claim: Claim | None, user_id: int, month: Month, *, now: datetime) -> None:
    """Raise Conflict, with who and since when, where somebody else is calling, be it about another month
    than ``month``."""
    other = others_claim(claim, user_id, now=now)
    if other is not None:
        raise Conflict(f"{other.sentence(month)} Изчакайте резултата: той ще излезе в списъка.")
