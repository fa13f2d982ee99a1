"""reasons_of: why delegates opened the register, for whoever has its key."""

from datetime import timedelta

import pytest

from portal.actions.register.keys.giving import give_key
from portal.actions.register.reasons import CANNOT, ERASED, reasons_of
from portal.actions.register.uses import give_reason
from portal.domain.people import Scope
from portal.storage.tables.register import Grant, RegisterUse
from tests.actions.register.unlocked import entered, opened_session
from tests.cast import NOW, SITE

WHY = "Обаждане на майката на Калина."


@pytest.fixture
def use(world) -> str:
    """The id of what Дора gave as her reason."""
    entered(world.ana)
    dora = world.delegate(Scope.REGISTER)
    give_key(world.ana, opened_session(world.ana), dora.user_id, site=SITE, now=NOW)
    give_reason(dora, opened_session(dora), WHY, site=SITE, now=NOW)
    return RegisterUse.get().id


def found(person, *names, now=NOW):
    return reasons_of(person, opened_session(person), names, site=SITE, now=now)


def test_are_those_that_were_asked_for(world, use):
    assert found(world.ana, use) == {use: WHY}
    assert found(world.ana) == {}


def test_none_is_told_while_the_register_is_locked(world, use):
    assert found(world.ana, use, now=NOW + timedelta(minutes=10)) is None


def test_the_neighbours_are_not_even_looked_for(world, use):
    entered(world.boris)
    assert found(world.boris, use) == {use: ERASED}


def test_one_that_was_erased_is_said_to_be(world, use):
    RegisterUse.delete().execute()
    assert found(world.ana, use) == {use: ERASED}


def test_one_that_does_not_open_says_so(world, use):
    RegisterUse.update(sealed=b"\x01" + bytes(100)).execute()
    assert found(world.ana, use) == {use: CANNOT}


def test_without_the_key_none_opens(world, use):
    Grant.delete().where(Grant.holder == f"user:{world.ana.user_id}").execute()
    assert found(world.ana, use) == {use: CANNOT}
