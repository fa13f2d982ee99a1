"""strike_out: an entry made by mistake stays, says who, when and why, and counts for nothing."""

from datetime import date, timedelta

import pytest

from portal.actions.register.beside import days_beside
from portal.actions.register.entries import AlreadyStored, release
from portal.actions.register.keys.opened import is_whole
from portal.actions.register.keys.rotation import renew_key
from portal.actions.register.keys.session import Locked, lock
from portal.actions.register.months import confirm_month, read_month, say_nobody
from portal.actions.register.papers import make_paper
from portal.actions.register.striking import strike_out
from portal.domain.errors import Conflict, NotFound, Refusal
from portal.domain.register.papers import Asked, PaperKind
from portal.domain.register.revisions import revisions
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.db import writing
from portal.storage.tables.register import Entry, RegisterMonth
from tests.actions.register.unlocked import draft, entered, kept, opened_session, register_of
from tests.cast import AFTER, MONTH, NOW, SITE
from tests.storage.together import at_once

WHY = "Вписано е друго дете със същото име."
DECEMBER = {"placed_on": date(2020, 12, 7), "planned_until": date(2020, 12, 18)}


@pytest.fixture
def entry_id(world):
    (name,) = entered(world.ana, draft(**DECEMBER))
    return name


def strike(person, entry_id, why=WHY, *, seen=1, session=None, now=NOW):
    session = session or opened_session(person, now=now)
    strike_out(person, session, entry_id, why, seen=seen, site=SITE, now=now)


def the_row(person):
    (row,) = kept(person)
    return row


def december(person):
    return read_month(person, opened_session(person), MONTH, site=SITE, now=NOW)


def test_keeps_who_when_and_why_over_what_stood_there(world, entry_id):
    strike(world.ana, entry_id, now=NOW + timedelta(minutes=1))

    row = the_row(world.ana)
    before, after = revisions(row.entry)
    assert (row.revision, before.struck_out, after.struck_out) == (2, "", WHY)
    assert (after.by, after.at) == (world.ana.name, NOW + timedelta(minutes=1))
    assert (after.names, after.placed_on) == (before.names, before.placed_on)
    assert is_whole(register_of(world.ana), kept(world.ana))


def test_counts_in_no_month_no_days_and_no_paper(world, entry_id):
    strike(world.ana, entry_id)

    assert december(world.ana).found.is_empty
    assert december(world.ana).years.unreadable == 0
    assert days_beside(world.ana, opened_session(world.ana), MONTH, site=SITE, now=NOW) == {}
    asked = Asked(kind=PaperKind.RZI, day=date(2020, 12, 7))
    with pytest.raises(Refusal, match="няма никого"):
        make_paper(world.ana, opened_session(world.ana), asked, site=SITE, now=NOW)


def test_makes_room_for_the_right_entry(world, entry_id):
    strike(world.ana, entry_id)

    (again,) = entered(world.ana, draft(**DECEMBER))
    assert again != entry_id
    assert len(december(world.ana).found.children) == 1


def test_is_told_outside_as_any_change(world, entry_id):
    """Which of the entries were mistakes, nobody learns who has the database."""
    strike(world.ana, entry_id)

    said = [(entry.what, entry.object, entry.content) for entry in AuditEntry.select()]
    assert said[-1] == ("register_changed", f"entry:{entry_id}", "")
    assert not any(WHY in str(value) for row in Entry.select().tuples() for value in row)


def test_opens_a_month_that_was_confirmed_with_it(world, entry_id):
    confirm_month(world.ana, opened_session(world.ana), MONTH, site=SITE, now=NOW)

    strike(world.ana, entry_id)

    assert RegisterMonth.get().confirmed_at is None
    say_nobody(world.ana, opened_session(world.ana), MONTH, site=SITE, now=NOW)
    assert RegisterMonth.get().confirmed_at == NOW


def test_leaves_a_month_whose_deadline_has_passed(world, entry_id):
    confirm_month(world.ana, opened_session(world.ana), MONTH, site=SITE, now=NOW)

    strike(world.ana, entry_id, now=AFTER)

    assert RegisterMonth.get().confirmed_at == NOW


def test_twice_is_once(world, entry_id):
    strike(world.ana, entry_id)
    with pytest.raises(AlreadyStored, match="вече е зачеркнат"):
        strike(world.ana, entry_id)
    assert the_row(world.ana).revision == 2


def test_changes_no_more(world, entry_id):
    strike(world.ana, entry_id)
    for seen in (1, 2):
        with pytest.raises(Conflict):
            release(
                world.ana,
                opened_session(world.ana),
                entry_id,
                date(2020, 12, 9),
                seen=seen,
                site=SITE,
                now=NOW,
            )
        with pytest.raises(Conflict):
            strike(world.ana, entry_id, "Друга причина.", seen=seen)
    assert the_row(world.ana).revision == 2


def test_is_of_what_the_person_saw(world, entry_id):
    release(world.ana, opened_session(world.ana), entry_id, date(2020, 12, 9), seen=1, site=SITE, now=NOW)
    with pytest.raises(Conflict, match="друг е променил"):
        strike(world.ana, entry_id)


def test_two_at_once_strike_it_out_once(world, entry_id):
    sessions = [opened_session(world.ana), opened_session(world.ana)]

    found = at_once(*(lambda s=s: strike(world.ana, entry_id, session=s) for s in sessions))

    assert sorted(type(each).__name__ for each in found) == ["AlreadyStored", "NoneType"]
    assert the_row(world.ana).revision == 2


def test_a_new_key_carries_it_along(world, entry_id):
    strike(world.ana, entry_id)
    with writing():
        renew_key(register_of(world.ana), site=SITE, now=NOW)
    assert the_row(world.ana).entry.struck_out == WHY


def test_a_row_rolled_back_to_before_is_noticed(world, entry_id):
    old = bytes(Entry.get_by_id(entry_id).sealed)
    strike(world.ana, entry_id)
    Entry.update(sealed=old, revision=1).where(Entry.id == entry_id).execute()
    assert not is_whole(register_of(world.ana), kept(world.ana))
    with pytest.raises(Conflict, match="не е цял"):
        strike(world.ana, entry_id)


def test_is_not_the_neighbours(world, entry_id):
    entered(world.boris)
    with pytest.raises(NotFound):
        strike(world.boris, entry_id)


def test_waits_for_the_password(world, entry_id):
    session = opened_session(world.ana)
    lock(session)
    session.login.wrapped_x25519 = None
    with pytest.raises(Locked):
        strike(world.ana, entry_id, session=session)


def test_wants_a_reason(world, entry_id):
    with pytest.raises(Refusal, match="Напишете защо"):
        strike(world.ana, entry_id, " ")
    assert the_row(world.ana).revision == 1
