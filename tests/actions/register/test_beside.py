"""days_beside and note_shown: the register's days beside the list, and that they were shown."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.actions.register.beside import TOLD_EVERY, days_beside, note_shown
from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.domain.people import Scope
from portal.storage.tables import audit
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.db import writing
from tests.actions.register.unlocked import draft, entered, opened_session, teacher
from tests.cast import MONTH, NOW, SCHOOL, SITE
from tests.domain.invented import KALINA

JANUARY = Month(2021, 1)


@pytest.fixture
def session(world):
    session = opened_session(world.ana)
    entered(world.ana, draft(), teacher(), session=session)
    return session


def test_are_those_of_the_children_of_the_month(world, session):
    found = days_beside(world.ana, session, JANUARY, site=SITE, now=NOW)

    assert found == {(IdType.EGN, KALINA.id_number): 5}
    assert days_beside(world.ana, session, MONTH, site=SITE, now=NOW) == {}


def test_are_not_shown_to_who_may_not_see_them_or_has_not_said_what_for(world, session):
    dora = world.delegate(Scope.DECIDE, Scope.REGISTER)
    for person in (dora, replace(world.ana, institution="2200004")):
        assert days_beside(person, session, JANUARY, site=SITE, now=NOW) is None
    assert days_beside(world.ana, session, JANUARY, site=SITE, now=NOW + timedelta(minutes=10)) is None


def shown() -> list[tuple]:
    entries = AuditEntry.select().where(AuditEntry.what == "register_beside_list").order_by(AuditEntry.id)
    return [(entry.chain, entry.who, entry.object, entry.at) for entry in entries]


def test_each_person_and_month_is_noted_once_in_ten_minutes(world):
    with writing():
        audit.add(world.ana, "register_month_confirmed", f"month:{MONTH}", now=NOW, chain=SCHOOL)
    for person, month, now in (
        (world.ana, MONTH, NOW),
        (world.ana, MONTH, NOW + TOLD_EVERY - timedelta(seconds=1)),
        (world.dora, MONTH, NOW),
        (world.ana, JANUARY, NOW),
        (replace(world.ana, institution="2200004"), MONTH, NOW),
        (world.ana, MONTH, NOW + TOLD_EVERY),
    ):
        note_shown(person, month, now=now)

    ana, dora = world.ana.user_id, world.dora.user_id
    assert shown() == [
        (SCHOOL, ana, "month:2020-12", NOW),
        (SCHOOL, dora, "month:2020-12", NOW),
        (SCHOOL, ana, "month:2021-01", NOW),
        ("2200004", ana, "month:2020-12", NOW),
        (SCHOOL, ana, "month:2020-12", NOW + TOLD_EVERY),
    ]
