"""losses and take_over: going on with a register whose rows were changed past the portal."""

from datetime import date, timedelta

import pytest

from portal.actions.register.entries import release
from portal.actions.register.keys.opened import is_whole
from portal.actions.register.keys.session import Locked, lock
from portal.actions.register.losses import losses, seen
from portal.actions.register.months import confirm_month, read_month
from portal.actions.register.striking import strike_out
from portal.actions.register.takeover import take_over
from portal.actions.verifying import Verified, verify
from portal.domain.errors import Conflict, Refusal
from portal.domain.people import Scope
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.register import Collection, Entry, Grant, RegisterMonth
from tests.actions.register.keys.keepers import as_person, collection, names_seen
from tests.actions.register.unlocked import (
    draft,
    entered,
    kept,
    opened_session,
    register_of,
    teacher,
)
from tests.cast import EGNS, MONTH, NOW, ORIGIN, PASSWORD, SITE
from tests.mail.letters import letters
from tests.storage.tampering import past_the_triggers

LATER = NOW + timedelta(minutes=5)
OTHER = {"first_name": "Иван", "id_number": EGNS[3]}


@pytest.fixture
def two(world):
    return entered(world.ana, draft(), teacher())


def lost(person, now=NOW):
    return losses(person, opened_session(person, now=now), site=SITE, now=now)


def take(person, *, password=PASSWORD, read=None, session=None, now=LATER):
    session = session or opened_session(person, now=now)
    read = seen(lost(person, now)) if read is None else read
    take_over(person, session, password, read, origin=ORIGIN, site=SITE, now=now)


def remove(entry_id):
    Entry.delete().where(Entry.id == entry_id).execute()


def forget(entry_id):
    with past_the_triggers("audit_entry"):
        AuditEntry.delete().where(AuditEntry.object == f"entry:{entry_id}").execute()


def whole(person):
    return is_whole(register_of(person), kept(person))


def deeds(what):
    return [(entry.who, entry.object) for entry in AuditEntry.select().where(AuditEntry.what == what)]


# ---- What is lost


def test_nothing_is_where_all_is_whole(world, two):
    assert lost(world.ana) == []


def test_of_a_deleted_row_the_audit_tells_who_entered_it_and_when(world, two):
    release(world.ana, opened_session(world.ana, now=LATER), two[0], seen=1, site=SITE, now=LATER)
    remove(two[0])

    (loss,) = lost(world.ana)

    (told,) = loss.missing
    assert (told.entry, told.entered_by, told.entered_at) == (two[0], "Ана Янева", NOW)
    assert (told.revision, told.changed_at) == (2, LATER)
    assert (loss.older, loss.unreadable, loss.unknown) == ((), (), ())
    assert loss.label == "2020/2021"


def test_a_row_that_was_rolled_back_is_named(world, two):
    old = bytes(Entry.get_by_id(two[0]).sealed)
    strike_out(world.ana, opened_session(world.ana), two[0], "Друго дете.", seen=1, site=SITE, now=NOW)
    Entry.update(sealed=old, revision=1).where(Entry.id == two[0]).execute()

    ((entry, told),) = lost(world.ana)[0].older

    assert (entry.names, entry.struck_out, told.revision) == (draft().names, "", 2)


def test_what_does_not_open_and_what_nobody_entered(world, two):
    mine = Entry.get_by_id(two[0])
    Entry.create(id="x" * 22, collection=mine.collection_id, revision=1, sealed=mine.sealed)
    forget(two[1])

    (loss,) = lost(world.ana)

    assert loss.unreadable == (("x" * 22, None),)
    assert [entry.names for entry in loss.unknown] == [teacher().names]


def test_a_confirmed_month_remembers_names(world):
    days = {"placed_on": date(2020, 12, 7), "planned_until": date(2020, 12, 18)}
    kalina, _ = entered(world.ana, draft(**days), draft(**days, **OTHER))
    confirm_month(world.ana, opened_session(world.ana), MONTH, site=SITE, now=NOW)
    remove(kalina)

    ((each),) = lost(world.ana)[0].remembered

    assert (each.month, each.names, each.span.first) == (MONTH, draft().names, date(2020, 12, 7))


def test_where_the_audit_was_cut_as_well_nothing_is_told(world, two):
    remove(two[0])
    forget(two[0])
    assert lost(world.ana)[0].is_silent


# ---- Taking over


def test_goes_on_with_what_is_there(world, two):
    remove(two[0])
    take(world.ana)

    assert whole(world.ana)
    assert names_seen(world.ana) == [teacher().names]
    entered(world.ana, draft(), now=LATER)
    assert whole(world.ana)
    assert lost(world.ana) == []
    assert deeds("register_taken_over") == [(world.ana.user_id, f"collection:{collection().id}")]
    found = verify(None, verified=Verified(), site=SITE)
    assert [each for each in found if each.thing.startswith("audit")] == []


def test_opens_no_row_of_before_whoever_kept_it(world, two):
    """Otherwise an earlier revision, put back where a later one with its number stands, would count."""
    first = bytes(Entry.get_by_id(two[0]).sealed)
    release(world.ana, opened_session(world.ana), two[0], seen=1, site=SITE, now=NOW)
    second = bytes(Entry.get_by_id(two[0]).sealed)
    Entry.update(sealed=first, revision=1).where(Entry.id == two[0]).execute()
    take(world.ana)
    release(
        world.ana,
        opened_session(world.ana, now=LATER),
        two[0],
        date(2021, 1, 27),
        seen=1,
        site=SITE,
        now=LATER,
    )

    Entry.update(sealed=second).where(Entry.id == two[0]).execute()

    assert {row.id: row.entry is None for row in kept(world.ana)} == {two[0]: True, two[1]: False}


def test_takes_away_what_does_not_open(world, two):
    mine = Entry.get_by_id(two[0])
    Entry.create(id="x" * 22, collection=mine.collection_id, revision=1, sealed=mine.sealed)
    take(world.ana)
    assert {row.id for row in Entry.select()} == set(two)
    assert whole(world.ana)


def test_what_was_read_once_is_not_told_again(world, two):
    remove(two[0])
    take(world.ana)
    remove(two[1])

    (loss,) = lost(world.ana, LATER)
    assert (loss.missing, loss.unknown) == ((), ())
    three = entered_after_taking_over(world)
    remove(three)
    assert [told.entry for told in lost(world.ana, LATER)[0].missing] == [three]


def entered_after_taking_over(world):
    take(world.ana)
    (three,) = entered(world.ana, draft(**OTHER), now=LATER + timedelta(minutes=1))
    return three


def test_gives_the_key_to_nobody_new(world, two):
    """Дора was to have the register, and has no grant that somebody with the key gave."""
    world.delegate(Scope.REGISTER)
    remove(two[0])
    take(world.ana)
    holders = {grant.holder.split(":")[0] for grant in Grant.select()}
    assert names_seen(as_person(world.dora.user_id)) is None
    assert (holders, Grant.select().count()) == ({"user", "envelope"}, 2)  # Ана's, and the envelope's


def test_is_of_what_was_read(world, two):
    remove(two[0])
    read = seen(lost(world.ana))
    remove(two[1])
    with pytest.raises(Conflict, match="отново е променен"):
        take(world.ana, read=read)
    assert deeds("register_taken_over") == []


def test_twice_is_once(world, two):
    remove(two[0])
    read = seen(lost(world.ana))
    take(world.ana, read=read)
    take(world.ana, read=read)
    assert len(deeds("register_taken_over")) == 1
    assert Collection.get().epoch == 2


def test_wants_the_password_though_the_register_is_open(world, two):
    remove(two[0])
    for password in ("", "друга парола"):
        with pytest.raises(Refusal):
            take(world.ana, password=password)
    assert not whole(world.ana)


def test_what_is_lost_waits_for_the_password(world, two):
    remove(two[0])
    session = opened_session(world.ana)
    lock(session)
    session.login.wrapped_x25519 = None
    with pytest.raises(Locked):
        losses(world.ana, session, site=SITE, now=NOW)


def test_the_neighbour_loses_and_takes_nothing(world, two):
    entered(world.boris)
    remove(two[0])
    assert lost(world.boris) == []
    take(world.boris, read="")
    assert deeds("register_taken_over") == []
    assert not whole(world.ana)


def test_a_confirmed_month_stays_as_it_was_confirmed(world):
    days = {"placed_on": date(2020, 12, 7), "planned_until": date(2020, 12, 18)}
    kalina, _ = entered(world.ana, draft(**days), draft(**days, **OTHER))
    confirm_month(world.ana, opened_session(world.ana), MONTH, site=SITE, now=NOW)
    remove(kalina)
    take(world.ana)

    assert RegisterMonth.get().confirmed_at == NOW
    december = read_month(world.ana, opened_session(world.ana, now=LATER), MONTH, site=SITE, now=LATER)
    assert december.years.is_whole
    assert len(december.found.children) == 1


def test_those_who_would_know_are_told_and_nobody_is_named(world, two):
    world.delegate(Scope.REGISTER)
    remove(two[0])
    take(world.ana)

    told = letters("register_taken_over")
    assert sorted(letter.to for letter in told) == ["ana@example.org", "dora@example.org"]
    for letter in told:
        assert "Ана Янева" in letter.body
        assert "Калина" not in letter.subject + letter.body
