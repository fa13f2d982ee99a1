"""announce_director: who is told that a director's account is new or renewed, and who is not."""

from datetime import timedelta

import pytest

from portal.actions.letters.announcements import announce_director, delegates_in_force, former_director
from portal.domain.people import Role
from portal.mail.messages import News
from portal.storage.tables.db import writing
from portal.storage.tables.people import User
from tests.cast import NOW, OTHER_SCHOOL, SCHOOL, SITE, change_delegations
from tests.mail.letters import readers

DAY = timedelta(days=1)
DELEGATE, EXPERT = "dora@example.org", "nora@example.org"


def add(role: Role, email: str = "another@example.org", **columns: object) -> User:
    """An account that was opened."""
    return User.create(
        **{"email": email, "name": "Друг Човек", "role": role, "invited_at": NOW, "activated_at": NOW}
        | columns
    )


def told(world, former: list[User] | None = None) -> list[str]:
    director = User.get_by_id(world.ana.user_id)
    with writing():
        who = former_director(director) if former is None else former
        announce_director(director, who, news=News.NEW, site=SITE, now=NOW)
    return sorted(readers("account_announced"))


def test_the_delegates_and_every_expert_of_the_region(world):
    add(Role.RUO, region=22)
    assert told(world) == ["another@example.org", DELEGATE, EXPERT]


@pytest.mark.parametrize(
    "columns", [{"region": 3}, {"region": 22, "activated_at": None}, {"region": 22, "disabled_at": NOW}]
)
def test_no_expert_who_is_elsewhere_not_yet_in_or_stopped(world, columns):
    add(Role.RUO, **columns)
    assert told(world) == [DELEGATE, EXPERT]


@pytest.mark.parametrize(
    "columns", [{"institution": OTHER_SCHOOL}, {"revoked_at": NOW}, {"until": NOW.date() - DAY}]
)
def test_no_delegate_of_another_school_or_whose_authorisation_is_over(world, columns):
    change_delegations(**columns)
    assert told(world) == [EXPERT]


def test_nor_one_who_was_stopped(world):
    User.update(disabled_at=NOW).where(User.id == world.dora.user_id).execute()
    assert told(world) == [EXPERT]


def test_the_last_day_of_an_authorisation_is_one(world):
    change_delegations(until=NOW.date())
    assert [user.email for user in delegates_in_force(SCHOOL, now=NOW)] == [DELEGATE]


def test_whoever_directed_it_last(world):
    for days, email in ((3, "third@example.org"), (1, "last@example.org"), (2, "second@example.org")):
        add(Role.DIRECTOR, email, institution=SCHOOL, disabled_at=NOW - days * DAY)
    assert told(world) == [DELEGATE, "last@example.org", EXPERT]


@pytest.mark.parametrize(
    ("role", "columns"),
    [
        (Role.DELEGATE, {"institution": SCHOOL}),
        (Role.DIRECTOR, {"institution": OTHER_SCHOOL}),
        (Role.DIRECTOR, {"institution": SCHOOL, "activated_at": None}),
        (Role.DIRECTOR, {"institution": SCHOOL, "email": "gone@example.org #7"}),
        (Role.DIRECTOR, {"institution": SCHOOL, "disabled_at": None}),
    ],
    ids=["a delegate", "of another school", "never came in", "gave the address up", "is not stopped"],
)
def test_nobody_else_who_was_stopped(world, role, columns):
    add(role, **{"disabled_at": NOW, **columns})
    assert told(world) == [DELEGATE, EXPERT]


def test_nobody_came_before_themselves(world):
    User.update(disabled_at=NOW).where(User.id == world.ana.user_id).execute()
    assert former_director(User.get_by_id(world.ana.user_id)) == []


def test_each_once_and_never_the_director(world):
    who = [User.get_by_id(person.user_id) for person in (world.ana, world.dora, world.dora)]
    assert told(world, who) == [DELEGATE, EXPERT]
