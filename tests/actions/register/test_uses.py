"""unlock, give_reason, check_reason_given and note_opening: who opened names, when and why."""

from datetime import timedelta

import pytest

from portal.actions.register.keys.rotation import renew_key
from portal.actions.register.keys.session import Locked
from portal.actions.register.months import show_month
from portal.actions.register.reading import read_all
from portal.actions.register.reasons import reasons_of
from portal.actions.register.uses import (
    OPENED,
    ReasonDue,
    check_reason,
    check_reason_given,
    give_reason,
    unlock,
)
from portal.domain.errors import Refusal
from portal.domain.people import Scope
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.db import writing
from portal.storage.tables.register import Grant, RegisterUse
from tests.actions.register.unlocked import add_envelope, draft, entered, opened_session, register_of
from tests.cast import MONTH, NOW, ORIGIN, PASSWORD, SITE
from tests.domain.invented import OTHER_EGN
from tests.storage.together import at_once

WHY = "Обаждане на майката на Калина."


@pytest.fixture
def dora(world):
    dora = world.delegate(Scope.REGISTER)
    entered(world.ana)
    return dora


def openings():
    return [
        (entry.who, entry.object.partition(":")[0])
        for entry in AuditEntry.select().where(AuditEntry.what == OPENED).order_by(AuditEntry.sequence)
    ]


def read(person, session, now=NOW):
    return read_all(person, session, site=SITE, now=now)


def unlock_as(person, session, reason="", now=NOW):
    unlock(person, session, PASSWORD, reason, origin=ORIGIN, site=SITE, now=now)


def test_reads_everything_and_tells_the_audit_once(world, dora):
    session = opened_session(world.ana)
    for minutes in (0, 4, 9):
        (year,) = read(world.ana, session, NOW + timedelta(minutes=minutes)).years
    assert (year.school_year, year.is_whole, len(year.kept)) == (2020, True, 1)
    assert openings() == [(world.ana.user_id, "collection")]

    read(world.ana, session, NOW + timedelta(minutes=10))
    assert openings() == [(world.ana.user_id, "collection")] * 2


def test_what_the_neighbour_opens_is_in_his_own_chain(world, dora):
    entered(world.boris, draft(first_name="Иван", id_number=OTHER_EGN))
    read(world.boris, opened_session(world.boris))
    assert [entry.chain for entry in AuditEntry.select().where(AuditEntry.what == OPENED)] == [
        world.boris.institution
    ]


def test_a_locked_register_tells_nothing(world, dora):
    with pytest.raises(Locked):
        read(world.ana, opened_session(world.ana), NOW + timedelta(minutes=10))
    assert openings() == []


def test_a_delegate_gives_the_reason_before_the_names(world, dora):
    read(world.ana, opened_session(world.ana))
    session = opened_session(dora)
    with pytest.raises(ReasonDue):
        read(dora, session)

    give_reason(dora, session, WHY, site=SITE, now=NOW)

    assert read(dora, session).years
    assert openings() == [(world.ana.user_id, "collection"), (dora.user_id, "use")]


def test_where_it_is_locked_the_password_is_asked_for_before_a_reason(world, dora):
    session, later = opened_session(dora), NOW + timedelta(minutes=10)
    for shown in (
        lambda: read(dora, session, later),
        lambda: show_month(dora, session, MONTH, site=SITE, now=later),
    ):
        with pytest.raises(Locked) as locked:
            shown()
        assert type(locked.value) is Locked


def test_the_reason_is_asked_again_when_the_delegate_logs_in_again(world, dora):
    give_reason(dora, opened_session(dora), WHY, site=SITE, now=NOW)
    later = NOW + timedelta(minutes=1)
    with pytest.raises(ReasonDue):
        check_reason_given(dora, opened_session(dora, now=later))


def test_a_reason_with_the_password_is_told_with_each_unlocking(world, dora):
    session = opened_session(dora)
    unlock_as(dora, session, WHY)
    unlock_as(dora, session, "Отново.", NOW + timedelta(minutes=2))
    assert openings() == [(dora.user_id, "use")] * 2
    assert RegisterUse.select().count() == 2


def test_a_reason_opens_also_under_the_next_key(world, dora):
    give_reason(dora, opened_session(dora), WHY, site=SITE, now=NOW)
    with writing():
        renew_key(register_of(world.ana), site=SITE, now=NOW)
    (use,) = RegisterUse.select()
    assert reasons_of(world.ana, opened_session(world.ana), [use.id], site=SITE, now=NOW) == {use.id: WHY}


def test_a_reason_and_a_new_key_wait_for_each_other(world, dora):
    session, anas = opened_session(dora), opened_session(world.ana)

    def renew():
        with writing():
            renew_key(register_of(world.ana, anas), site=SITE, now=NOW)

    at_once(renew, lambda: give_reason(dora, session, WHY, site=SITE, now=NOW))

    (use,) = RegisterUse.select()
    assert reasons_of(world.ana, anas, [use.id], site=SITE, now=NOW) == {use.id: WHY}


def test_who_has_no_key_is_told_of_nowhere(world, dora):
    Grant.delete().where(Grant.holder == f"user:{dora.user_id}").execute()
    unlock_as(dora, opened_session(dora), WHY)
    assert openings() == []
    assert not RegisterUse.select().exists()


@pytest.mark.parametrize("reason", ["", " \n ", "х" * 201])
def test_a_reason_is_short_and_not_empty(dora, reason):
    with pytest.raises(Refusal) as refused:
        check_reason(dora, reason)
    assert refused.value.field == "reason"


def test_two_hundred_letters_are_short(dora):
    assert check_reason(dora, "х" * 200) == "х" * 200


def test_a_reason_is_one_line(dora):
    assert check_reason(dora, " Обаждане \n от  РЗИ. ") == "Обаждане от РЗИ."


def test_a_director_owes_no_reason_and_nobody_does_before_the_first_entry(world):
    assert check_reason(world.ana, "") == ""
    dora = world.delegate(Scope.REGISTER)
    add_envelope(world.ana)
    assert check_reason(dora, "") == ""
    assert read(dora, opened_session(dora)).years == ()
    assert openings() == []
