"""check_registers: rows of a register against the audit, without any key."""

from datetime import timedelta

import pytest

from portal.actions.register.entries import release
from portal.actions.register.erasing import ERASED, erase_registers
from portal.actions.register.losses import losses, seen
from portal.actions.register.striking import strike_out
from portal.actions.register.takeover import take_over
from portal.actions.verifying.registers import check_registers
from portal.domain.month import Month
from portal.storage.tables import audit
from portal.storage.tables.db import writing
from portal.storage.tables.register import Collection, Entry, Grant
from tests.actions.register.unlocked import draft, entered, opened_session, teacher
from tests.cast import EGNS, NOW, ORIGIN, PASSWORD, SCHOOL, SITE

OTHER = {"first_name": "Иван", "id_number": EGNS[3]}


@pytest.fixture
def ids(world):
    """Of entries in two schools, one of them changed and one struck out."""
    entered(world.boris)
    found = entered(world.ana, draft(), draft(**OTHER), teacher())
    release(world.ana, opened_session(world.ana), found[0], seen=1, site=SITE, now=NOW)
    strike_out(world.ana, opened_session(world.ana), found[1], "Друго дете.", seen=1, site=SITE, now=NOW)
    return found


def found():
    return [(each.code, each.thing) for each in check_registers()]


HERE = [("register_changed", f"institution:{SCHOOL}")]


def test_what_people_did_is_as_the_audit_says(ids):
    assert found() == []


def test_finds_a_deleted_row(ids):
    Entry.delete().where(Entry.id == ids[2]).execute()
    assert found() == HERE


def test_finds_a_row_that_was_rolled_back(ids):
    Entry.update(revision=1).where(Entry.id == ids[1]).execute()
    assert found() == HERE


def test_finds_a_row_that_nobody_entered(ids):
    mine = Entry.get_by_id(ids[0])
    Entry.create(id="x" * 22, collection=mine.collection_id, revision=1, sealed=mine.sealed)
    assert found() == HERE


def test_tells_of_no_row_and_of_no_number(ids):
    Entry.delete().where(Entry.id.in_(ids)).execute()
    (finding,) = check_registers()
    assert not any(name in finding.sentence for name in ids)
    assert "3" not in finding.sentence.replace(SCHOOL, "")


def test_what_was_taken_over_counts_as_it_was(world, ids):
    Entry.delete().where(Entry.id == ids[2]).execute()
    later = NOW + timedelta(minutes=5)
    session = opened_session(world.ana, now=later)
    read = seen(losses(world.ana, session, site=SITE, now=later))
    take_over(world.ana, session, PASSWORD, read, origin=ORIGIN, site=SITE, now=later)
    assert found() == []

    (last,) = entered(world.ana, teacher(), now=later)
    assert found() == []
    Entry.delete().where(Entry.id == last).execute()
    assert found() == HERE


def test_an_erased_register_misses_nothing(ids):
    Collection.update(erase_on=NOW.date()).execute()
    erase_registers(Month(2021, 9), now=NOW)
    assert not Entry.select().exists()
    assert found() == []


def test_finds_a_register_that_is_called_erased_or_is_gone(ids):
    """Else whoever takes the rows away would only have to say that their day had come."""
    ours = Collection.institution == SCHOOL
    Entry.delete().where(Entry.id.in_(ids)).execute()
    Collection.update(erased_at=NOW).where(ours).execute()
    assert found() == HERE

    Grant.delete().execute()
    Collection.delete().where(ours).execute()
    assert found() == HERE


def test_finds_an_erased_register_that_stands_again(ids):
    Collection.update(erase_on=NOW.date()).where(Collection.institution == SCHOOL).execute()
    erase_registers(Month(2021, 9), now=NOW)
    Collection.update(erased_at=NOW + timedelta(days=1)).where(Collection.institution == SCHOOL).execute()
    assert found() == HERE


def test_what_may_have_been_of_a_year_that_was_erased_since_is_not_missed(world, ids):
    later = NOW + timedelta(minutes=5)
    before = {"manifest": b"", "key_mac": b"", "made_at": NOW, "erase_on": NOW.date(), "erased_at": NOW}
    Collection.create(id="y" * 22, institution=SCHOOL, school_year=2019, **before)
    with writing():
        audit.add(None, ERASED, f"collection:{'y' * 22}", now=NOW, chain=SCHOOL)
    (last,) = entered(world.ana, teacher(last_name="Друга"), now=later)
    Entry.delete().where(Entry.id == ids[2]).execute()
    assert found() == []

    Entry.delete().where(Entry.id == last).execute()
    assert found() == HERE
