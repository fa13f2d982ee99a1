"""Taking a second factor away from who lost the phone and the codes.

The operator asks for it, somebody else who has to agree does, and a day passes in which the person, who is
written to at once, can stop it. So neither the operator nor a mailbox can do it alone.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from portal.actions.keys.factors import take_away
from portal.actions.keys.marks import added, is_marked, mark
from portal.actions.letters.outbox import enqueue
from portal.actions.site import Site
from portal.domain.errors import Conflict, NotFound
from portal.domain.keys.second_factor import (
    AGREES,
    AGREES_LABEL,
    is_removal_due,
    is_removal_over,
    takes_effect_at,
)
from portal.domain.people import Director, Operator, Person, Ruo
from portal.mail import account_messages as letters
from portal.storage.people.accounts import held_account
from portal.storage.people.factors import agreeing, removal_of, removals
from portal.storage.tables import audit
from portal.storage.tables.db import writing
from portal.storage.tables.people import User
from portal.storage.tables.second_factor import FactorRemoval

logger = logging.getLogger(__name__)

ASKED, AGREED, STOPPED, OFF = (
    "factor_removal_asked",
    "factor_removal_agreed",
    "factor_removal_stopped",
    "factor_off",
)  # in the audit

NONE_ASKED = "Няма искане, което чака: изпълнено е, спряно е или срокът му е минал."
PAGE = "/account/two-factor"
WAITING = "/account/two-factor/removals"


@dataclass(frozen=True)
class Removal:
    """One that waits: for agreement, or for the day to pass."""

    user: User
    row: FactorRemoval

    @property
    def due(self) -> datetime:
        return takes_effect_at(self.row.asked_at)

    @property
    def is_agreed(self) -> bool:
        return self.row.agreed_at is not None

    @property
    def agrees(self) -> str:
        return AGREES_LABEL[self.user.role]


def ask_for_removal(operator: Operator, user_id: int, *, site: Site, now: datetime) -> None:
    """Twice is once."""
    with writing():
        user = held_account(user_id)
        if user.id == operator.user_id:
            raise Conflict("За собствения ви достъп искането прави друг служител на ЦИОО.")
        if not user.is_active or user.factor_at is None:
            raise Conflict("Този достъп няма втори фактор, който да се изключи.")
        if _standing(user, site=site, now=now) is not None:
            return
        FactorRemoval.delete().where(FactorRemoval.user == user).execute()
        added(FactorRemoval(user=user, asked_at=now, asked_by=operator.user_id), site=site)
        _note(operator, ASKED, user, now=now)
        due = takes_effect_at(now)
        to_user = letters.factor_removal_asked(
            user.email, at=now, due=due, agrees=AGREES_LABEL[user.role], link=site.address(PAGE)
        )
        enqueue(to_user, ASKED, user=user, site=site, now=now)
        for reader in agreeing(user, but=operator.user_id):
            letter = letters.factor_removal_to_agree(
                reader.email, person=described(user), at=now, due=due, link=site.address(WAITING)
            )
            enqueue(letter, ASKED, user=reader, site=site, now=now)
    logger.info("the removal of the second factor of user %s was asked for", user_id)


def agree(person: Person, user_id: int, *, site: Site, now: datetime) -> None:
    """Whoever has to, agrees. Twice is once; NotFound for whom it does not concern."""
    with writing():
        user, row = _asked(person, user_id, site=site, now=now)
        if row.agreed_at is not None:
            return
        row.agreed_at, row.agreed_by_id = now, person.user_id
        row.save(only=[FactorRemoval.agreed_at, FactorRemoval.agreed_by])
        mark(row, site=site)
        _note(person, AGREED, user, now=now)


def stop(person: Person, user_id: int, *, site: Site, now: datetime) -> None:
    """The person, or whoever would have to agree, or the operator, stops it. Twice is once."""
    with writing():
        user = held_account(user_id)
        is_theirs = person.user_id == user.id or isinstance(person, Operator) or _may_agree(person, user)
        if not is_theirs:
            raise NotFound("Няма такова искане.")
        if not FactorRemoval.delete().where(FactorRemoval.user == user).execute():
            return
        _note(person, STOPPED, user, now=now)
        for reader in {each.id: each for each in (user, *agreeing(user))}.values():
            letter = letters.factor_removal_stopped(reader.email, person=described(user), at=now)
            enqueue(letter, STOPPED, user=reader, site=site, now=now)


def remove_if_due(user: User, *, site: Site, now: datetime) -> None:
    """When the person logs in next: in the caller's transaction, over the locked account."""
    row = _standing(user, site=site, now=now)
    if row is None or not is_removal_due(row.asked_at, row.agreed_at, now=now):
        return
    end_factor(user, by=row.asked_by_id, site=site, now=now)


def end_factor(user: User, *, by: int, site: Site, now: datetime) -> None:
    """The account has none from here on, and its owner is told: in the caller's transaction, over the locked
    account."""
    take_away(user, site=site)
    _note(by, OFF, user, now=now)
    letter = letters.factor_off(user.email, at=now, link=site.address(PAGE))
    enqueue(letter, OFF, user=user, site=site, now=now)
    logger.info("the second factor of user %s was turned off by user %s", user.id, by)


def waiting_for(person: Person, *, site: Site, now: datetime) -> Iterator[Removal]:
    """What this person is asked to agree to."""
    for row in removals():
        if (
            _may_agree(person, row.user)
            and row.asked_by_id != person.user_id
            and _stands(row, site=site, now=now)
        ):
            yield Removal(row.user, row)


def removal_for(user_id: int, *, site: Site, now: datetime) -> Removal | None:
    user: User = User.get_by_id(user_id)
    row = _standing(user, site=site, now=now)
    return None if row is None else Removal(user, row)


def described(user: User) -> str:
    place = f", {user.institution.name}" if user.institution else ""
    return f"{user.name} ({user.role.label}{place})"


def _may_agree(person: Person, user: User) -> bool:
    """Nobody to their own; РУО in its region, a director in the institution."""
    if person.user_id == user.id or person.role is not AGREES[user.role]:
        return False
    if isinstance(person, Ruo):
        return user.institution is not None and user.institution.region == person.region
    if isinstance(person, Director):
        return person.institution == user.institution_id
    return True


def _asked(person: Person, user_id: int, *, site: Site, now: datetime) -> tuple[User, FactorRemoval]:
    user = held_account(user_id)
    if not _may_agree(person, user):
        raise NotFound("Няма такова искане.")
    row = _standing(user, site=site, now=now)
    if row is None:
        raise Conflict(NONE_ASKED)
    if row.asked_by_id == person.user_id:
        raise Conflict("Който е направил искането, не може и да го потвърди. Потвърждава друг.")
    return user, row


def _standing(user: User, *, site: Site, now: datetime) -> FactorRemoval | None:
    row = removal_of(user)
    return row if row is not None and _stands(row, site=site, now=now) else None


def _stands(row: FactorRemoval, *, site: Site, now: datetime) -> bool:
    return is_marked(row, site=site) and not is_removal_over(row.asked_at, now=now)


def _note(by: Person | int, what: str, user: User, *, now: datetime) -> None:
    audit.add(by, what, f"user:{user.id}", now=now, chain=user.institution_id or audit.NATIONAL)
