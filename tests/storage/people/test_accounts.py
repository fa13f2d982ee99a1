"""portal.storage.people.accounts and .delegations: what the operator and the director are shown."""

from random import Random

import pytest

from portal.domain.errors import NotFound
from portal.domain.names import folded, place_order
from portal.domain.people import Role, Scope
from portal.domain.placement import InstitutionType
from portal.domain.times import today
from portal.storage.people import accounts
from portal.storage.people.accounts import (
    AccountState,
    account,
    directors_of,
    find_accounts,
    place_of,
    regions,
)
from portal.storage.people.delegations import find_given, given_by
from portal.storage.tables.people import Delegation, User
from tests.cast import NOW, SCHOOL, add_institution

TODAY = today(NOW)


def names(*args, **kwargs):
    return [person.name for person in find_accounts(*args, **kwargs).people]


def test_offices_come_first_then_institutions_by_name(world):
    assert names() == [
        "Нора Петрова",
        "Олег Минчев",
        "Вяра Колева",
        "Борис Тодоров",
        "Ана Янева",
        "Дора Илиева",
    ]


def test_shows_the_first_of_all_by_place_and_name(world, monkeypatch):
    rnd = Random(5)
    monkeypatch.setattr(accounts, "SHOWN", 20)
    places = [None, SCHOOL, *(f"96{number:05d}" for number in range(9))]
    for number, code in enumerate(places[2:]):
        add_institution(code, f"{number % 4 + 7}. ОУ", InstitutionType.SCHOOL)
    for number in range(90):
        User.create(
            email=f"{number}@example.org", name=rnd.choice(("Яна", "ана", "Aна", "Вера")), invited_at=NOW,
            role=Role.DIRECTOR, institution=rnd.choice(places),
        )  # fmt: skip
    for words, role in (("", None), ("", Role.DIRECTOR), ("ана", None), ("оу 9", None), ("никой", None)):
        one_by_one = sorted(
            (user for user in User.select() if _is_found(user, words, role)),
            key=lambda user: (
                user.institution is not None,
                place_order(user.institution.name) if user.institution else [],
                folded(user.name),
                user.id,
            ),
        )

        found = find_accounts(words, role)

        assert [person.id for person in found.people] == [user.id for user in one_by_one[:20]]
        assert found.total == len(one_by_one)


def _is_found(user, words, role):
    place = user.institution
    text = f"{user.name} {user.email} {f'{place.name} {place.code}' if place else ''}"
    return role in (None, user.role) and all(word in folded(text) for word in folded(words).split())


def test_finds_by_every_word_whatever_its_case(world):
    assert names("ПАИСИЙ яНЕВА") == ["Ана Янева"]
    assert names("паисий колева") == []


def test_finds_by_role_and_state(world):
    User.update(disabled_at=NOW).where(User.id == world.ana.user_id).execute()
    User.update(activated_at=None).where(User.id == world.boris.user_id).execute()
    assert names(role=Role.DIRECTOR, state=AccountState.DISABLED) == ["Ана Янева"]
    assert names(state=AccountState.INVITED) == ["Борис Тодоров"]
    assert "Ана Янева" not in names(state=AccountState.ACTIVE)
    assert directors_of(SCHOOL) == []


def test_says_where_each_works(world):
    assert regions() == {3: "Варна", 22: "София-град"}
    places = [place_of(account(person.user_id), regions()) for person in (world.ana, world.nora, world.oleg)]
    assert places == ["39. СУ „Отец Паисий“ (2200000)", "РУО София-град", "ЦИОО"]
    with pytest.raises(NotFound):
        account(10_000)


def test_lists_authorisations_that_stand_before_those_that_ended(world):
    old = Delegation.get()
    Delegation.update(revoked_at=NOW, revoked_by=world.ana.user_id).execute()
    Delegation.create(
        institution=SCHOOL, user=world.dora.user_id, scopes="sign,decide", order_number="РД-20", until=TODAY,
        made_at=NOW, made_by=world.ana.user_id,
    )  # fmt: skip
    new, ended = given_by(world.ana, TODAY)

    assert (new.name, new.email, new.scopes, new.is_activated) == (
        "Дора Илиева",
        "dora@example.org",
        [Scope.DECIDE, Scope.SIGN],
        True,
    )
    assert (new.is_in_force, ended.is_in_force, ended.row.id) == (True, False, old.id)
    assert given_by(world.boris, TODAY) == []
    with pytest.raises(NotFound):
        find_given(world.boris, old.id, TODAY)


def test_an_authorisation_is_over_the_day_after_its_last(world):
    given = find_given(world.ana, Delegation.get().id, Delegation.get().until)
    assert given.is_in_force
    after = given.row.until.replace(month=given.row.until.month + 1, day=1)
    assert not find_given(world.ana, given.row.id, after).is_in_force
