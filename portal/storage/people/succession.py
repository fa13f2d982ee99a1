"""One institution as a change of its director finds it."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.domain.errors import Conflict, NotFound
from portal.domain.submissions import Lock
from portal.domain.times import today
from portal.storage.people.accounts import directors_of
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import Delegation, User


@dataclass(frozen=True)
class Directed:
    """``current`` are the directors who have begun: one, or none; ``invited`` have not. ``delegates`` are the
    authorisations in force, ``lists`` those of months that were not answered yet."""

    place: Institution
    current: list[User]
    invited: list[User]
    delegates: list[Delegation]
    lists: list[Submission]

    @property
    def seen(self) -> str:
        """Whose accounts a change ends: what a page brings back of them, to be compared."""
        return ",".join(str(user.id) for user in (*self.current, *self.invited))

    @property
    def signed(self) -> list[Submission]:
        return [each for each in self.lists if each.lock is Lock.SIGNED]

    @property
    def unsigned(self) -> list[Submission]:
        """Those with records that nobody has signed."""
        return [each for each in self.lists if each.lock is Lock.OPEN and each.total]


def directed(code: str, *, now: datetime) -> Directed:
    """NotFound where no such institution is loaded, Conflict where it is closed: it needs no director."""
    place: Institution | None = Institution.get_or_none(Institution.code == code)
    if place is None:
        raise NotFound("Няма заредена институция с този код.")
    if place.is_closed(today(now)):
        raise Conflict(f"{place.name} е закрита: не ѝ е нужен директор.")
    every = directors_of(code)
    return Directed(
        place,
        [user for user in every if user.activated_at is not None],
        [user for user in every if user.activated_at is None],
        _delegates(code, today(now)),
        _lists(code),
    )


def _delegates(code: str, day: date) -> list[Delegation]:
    query = (
        Delegation.select(Delegation, User)
        .join(User, on=Delegation.user)
        .where(
            (Delegation.institution == code)
            & Delegation.revoked_at.is_null()
            & (Delegation.until >= day)
            & User.disabled_at.is_null()
        )
    )
    return list(query.order_by(Delegation.id))


def _lists(code: str) -> list[Submission]:
    query = (
        Submission.select(Submission, Campaign)
        .join(Campaign)
        .where((Submission.institution == code) & Campaign.answered_at.is_null())
    )
    return list(query.order_by(Campaign.month))
