"""enter, change and release: what is kept of a person in quarantine, and what is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.actions.register.entering import enter
from portal.actions.register.entries import AlreadyStored, change, find, release
from portal.actions.register.keys.collection import Renewed
from portal.actions.register.keys.opened import NoKey, entries_of, is_whole
from portal.actions.register.keys.rotation import renew_key, start
from portal.actions.register.keys.session import Locked
from portal.actions.register.sealing import put
from portal.domain.errors import Conflict, NotFound, Refusal
from portal.domain.identifiers import IdType
from portal.domain.people import Scope
from portal.domain.register.entry import Basis
from portal.domain.register.revisions import revisions
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.db import writing
from portal.storage.tables.register import Collection, Entry, Grant
from tests.actions.register.unlocked import (
    TODAY,
    YEAR,
    add_envelope,
    draft,
    entered,
    kept,
    opened_session,
    register_of,
    teacher,
)
from tests.cast import EGNS, NOW, SCHOOL, SITE
from tests.domain.invented import OTHER_EGN
from tests.storage.together import at_once

OTHER = {"first_name": "Иван", "last_name": "Драгиев", "id_number": OTHER_EGN}


@pytest.fixture
def session(world):
    add_envelope(world.ana)
    return opened_session(world.ana)


def enter_as(person, session, *drafts, now=NOW):
    return enter(person, session, list(drafts), site=SITE, now=now)


def change_as(person, session, entry_id, *, seen=1, now=NOW, **changes):
    change(person, session, entry_id, lambda entry: replace(entry, **changes), seen=seen, site=SITE, now=now)


def the_entry(person, entry_id):
    return next(row for row in kept(person) if row.id == entry_id)


def deeds(what):
    return [entry.object for entry in AuditEntry.select().where(AuditEntry.what == what)]


# ---- Entering


def test_keeps_what_was_entered_and_who_entered_it(world, session):
    (name,) = enter_as(world.ana, session, draft())

    row = the_entry(world.ana, name)
    assert (row.revision, row.entry.names) == (1, "Калина Петрова Иванова-Симеонова")
    assert (row.entry.by, row.entry.at, row.entry.history) == ("Ана Янева", NOW, ())
    assert row.entry.placed_on == date(2021, 1, 25)
    assert deeds("register_entered") == [f"entry:{name}"]


def test_keeps_nothing_of_it_in_clear(world, session):
    (name,) = enter_as(world.ana, session, draft())

    sealed = bytes(Entry.get_by_id(name).sealed)
    for word in ("Калина", "1241012004", "2021-01-25", "contact", "РЗИ", "Съученичка"):
        assert word.encode() not in sealed


def test_a_short_entry_and_a_longer_one_look_the_same_from_outside(world, session):
    short, longer = enter_as(
        world.ana,
        session,
        teacher(first_name="Ян", note="", place="", phone=""),
        teacher(last_name="Ангелова"),
    )
    assert len(bytes(Entry.get_by_id(short).sealed)) % 256 == len(bytes(Entry.get_by_id(longer).sealed)) % 256


def test_refuses_without_an_envelope(world):
    with pytest.raises(Conflict, match="плик"):
        enter_as(world.ana, opened_session(world.ana), draft())
    assert not Collection.select().exists()


def test_asks_for_the_password_after_ten_minutes(world, session):
    with pytest.raises(Locked):
        enter_as(world.ana, session, draft(), now=NOW + timedelta(minutes=10))
    assert not Entry.select().exists()


def test_enters_a_whole_class_or_nobody(world, session):
    with pytest.raises(Refusal) as refused:
        enter_as(world.ana, session, draft(), draft(**OTHER | {"id_number": "1"}))
    assert str(refused.value).startswith("Иван Петрова Драгиев: ЕГН")
    assert not Entry.select().exists()

    assert len(enter_as(world.ana, session, draft(), draft(**OTHER))) == 2
    assert len(kept(world.ana)) == 2


def test_says_once_what_is_wrong_with_everybody(world, session):
    drafts = [draft(planned_until=None, basis=None), draft(**OTHER, planned_until=None, basis=None)]
    with pytest.raises(Refusal) as refused:
        enter_as(world.ana, session, *drafts)
    every = [refused.value, *refused.value.also]
    assert [each.field for each in every] == ["basis", "planned_until"]


def test_a_form_sent_twice_enters_one(world, session):
    first = enter_as(world.ana, session, draft(), draft(**OTHER))
    assert enter_as(world.ana, session, draft(), draft(**OTHER)) == first
    assert len(kept(world.ana)) == 2
    assert len(deeds("register_entered")) == 2


@pytest.mark.parametrize(
    "dates",
    [
        {"placed_on": date(2021, 1, 20), "planned_until": date(2021, 1, 25)},
        {"placed_on": date(2021, 2, 4), "planned_until": date(2021, 2, 20)},
        {"placed_on": date(2021, 1, 26), "planned_until": date(2021, 1, 27)},
    ],
)
def test_refuses_a_second_quarantine_on_the_same_days(world, session, dates):
    enter_as(world.ana, session, draft())
    with pytest.raises(Refusal) as refused:
        enter_as(world.ana, session, draft(**dates, first_name="Калинка"))
    assert refused.value.field == "placed_on"
    assert len(kept(world.ana)) == 1


def test_refuses_two_of_one_class_who_are_one_child(world, session):
    with pytest.raises(Refusal, match="Калинка"):
        enter_as(world.ana, session, draft(), draft(first_name="Калинка"))
    assert not Entry.select().exists()


def test_the_same_child_again_after_a_release(world, session):
    enter_as(world.ana, session, draft(released_on=date(2021, 1, 27)))
    enter_as(world.ana, session, draft(placed_on=date(2021, 1, 28), planned_until=date(2021, 2, 8)))
    assert len(kept(world.ana)) == 2


def test_the_neighbours_may_have_the_same_child(world, session):
    """A child that moved is in quarantine in one school and, the portal cannot know, in another."""
    enter_as(world.ana, session, draft())
    entered(world.boris)
    assert len(kept(world.boris)) == 1
    assert is_whole(register_of(world.ana), kept(world.ana))


SEPTEMBER = datetime(2021, 9, 3, 7, 0, tzinfo=UTC)


def test_each_school_year_has_its_own_register(world, session):
    enter_as(world.ana, session, draft())
    later = opened_session(world.ana, now=SEPTEMBER)
    drafts = [
        draft(placed_on=date(2021, 8, 30), planned_until=date(2021, 9, 10)),
        draft(**OTHER, placed_on=date(2021, 9, 1), planned_until=date(2021, 9, 10)),
    ]

    ids = enter_as(world.ana, later, *drafts, now=SEPTEMBER)

    assert [row.school_year for row in Collection.select().order_by(Collection.school_year)] == [2020, 2021]
    years = [Entry.get_by_id(name).collection.school_year for name in ids]
    assert years == [2020, 2021]


@pytest.mark.parametrize("first_year", [2020, 2021])
def test_finds_an_overlap_across_the_school_years(world, session, first_year):
    """A quarantine from the end of August meets one from the beginning of September, whichever is first."""
    later = opened_session(world.ana, now=SEPTEMBER)
    august = draft(placed_on=date(2021, 8, 30), planned_until=date(2021, 9, 10))
    september = draft(placed_on=date(2021, 9, 2), planned_until=date(2021, 9, 12))
    first, second = (august, september) if first_year == 2020 else (september, august)
    enter_as(world.ana, later, first, now=SEPTEMBER)
    with pytest.raises(Refusal) as refused:
        enter_as(world.ana, later, second, now=SEPTEMBER)
    assert refused.value.field == "placed_on"


@pytest.mark.parametrize("placed_on", [date(2019, 8, 20), date(2018, 12, 1), date(21, 1, 25)])
def test_refuses_a_year_whose_register_is_kept_no_longer(world, session, placed_on):
    with pytest.raises(Refusal) as refused:
        enter_as(world.ana, session, draft(placed_on=placed_on, planned_until=placed_on))
    assert "placed_on" in [each.field for each in (refused.value, *refused.value.also)]
    assert not Collection.select().exists()


def test_enters_nothing_where_the_register_was_erased_early(world, session):
    enter_as(world.ana, session, draft())
    Collection.update(erased_at=NOW).execute()
    with pytest.raises(Conflict, match="изтрит"):
        enter_as(world.ana, session, draft(**OTHER))


def test_a_delegate_of_the_register_works_in_it(world, session):
    dora = world.delegate(Scope.REGISTER)
    (name,) = enter_as(world.ana, session, draft())
    change_as(dora, opened_session(dora), name, note="Обади се майката.")
    assert the_entry(world.ana, name).entry.by == "Дора Илиева"


def test_a_delegate_named_later_has_no_key_yet(world, session):
    (name,) = enter_as(world.ana, session, draft())
    dora = world.delegate(Scope.REGISTER)
    with pytest.raises(NoKey):
        find(dora, opened_session(dora), name, site=SITE, now=NOW)


# ---- Changing


def test_a_change_is_a_new_revision_with_the_old_one_inside(world, session):
    (name,) = enter_as(world.ana, session, draft())
    later = NOW + timedelta(minutes=5)
    change_as(world.ana, session, name, now=later, basis=Basis.POSITIVE, planned_until=date(2021, 2, 8))

    row = the_entry(world.ana, name)
    before, now = revisions(row.entry)
    assert row.revision == Entry.get_by_id(name).revision == 2
    assert (before.basis, before.planned_until, before.at) == (Basis.CONTACT, date(2021, 2, 5), NOW)
    assert (now.basis, now.planned_until, now.at) == (Basis.POSITIVE, date(2021, 2, 8), later)
    assert deeds("register_changed") == [f"entry:{name}"]


def test_a_change_of_nothing_is_none(world, session):
    (name,) = enter_as(world.ana, session, draft())
    change_as(world.ana, session, name, first_name=" Калина ")
    assert the_entry(world.ana, name).revision == 1
    assert deeds("register_changed") == []


def test_refuses_what_somebody_else_changed_meanwhile(world, session):
    (name,) = enter_as(world.ana, session, draft())
    change_as(world.ana, session, name, note="Първа бележка.")
    with pytest.raises(Conflict) as conflict:
        change_as(world.ana, session, name, note="Друга бележка.")
    assert not isinstance(conflict.value, AlreadyStored)
    assert the_entry(world.ana, name).entry.note == "Първа бележка."


def test_a_retry_of_a_stored_change_is_told_so(world, session):
    (name,) = enter_as(world.ana, session, draft())
    change_as(world.ana, session, name, note="Първа бележка.")
    with pytest.raises(AlreadyStored):
        change_as(world.ana, session, name, note="Първа бележка.")
    assert the_entry(world.ana, name).revision == 2


def test_the_same_change_of_somebody_else_is_a_conflict_and_no_retry(world, session):
    (name,) = enter_as(world.ana, session, draft())
    change_as(world.ana, session, name, note="Първа бележка.")
    with pytest.raises(Conflict) as conflict:
        change_as(replace(world.ana, name="Нова Директорка"), session, name, note="Първа бележка.")
    assert not isinstance(conflict.value, AlreadyStored)


def test_a_change_may_not_run_into_a_period_of_the_next_school_year(world, session):
    later = opened_session(world.ana, now=SEPTEMBER)
    august, _ = enter_as(
        world.ana,
        later,
        draft(placed_on=date(2021, 8, 20), planned_until=date(2021, 8, 30)),
        draft(placed_on=date(2021, 9, 2), planned_until=date(2021, 9, 12)),
        now=SEPTEMBER,
    )
    with pytest.raises(Refusal) as refused:
        change_as(world.ana, later, august, now=SEPTEMBER, planned_until=date(2021, 9, 2))
    assert refused.value.field == "placed_on"
    change_as(world.ana, later, august, now=SEPTEMBER, planned_until=date(2021, 9, 1))


def test_a_revision_is_stored_over_the_one_before_it_alone(world, session):
    """Even if nobody had looked before, and the register were not held."""
    enter_as(world.ana, session, draft())
    register = register_of(world.ana)
    [row] = entries_of(register)
    with writing(), pytest.raises(Conflict):
        put(register, replace(row, revision=3), row.entry, [row], now=NOW)
    assert kept(world.ana) == [row]


def test_refuses_a_version_that_was_never_shown(world, session):
    (name,) = enter_as(world.ana, session, draft())
    with pytest.raises(Conflict):
        change_as(world.ana, session, name, seen=7, note="x")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"first_name": " "}, "first_name"),
        ({"id_number": "1241012005"}, "id_number"),
        ({"planned_until": date(2021, 1, 24)}, "planned_until"),
        ({"released_on": date(2021, 1, 24)}, "released_on"),
        ({"placed_on": date(2020, 8, 30)}, "placed_on"),
    ],
)
def test_a_change_is_held_to_the_same_rules(world, session, changes, field):
    (name,) = enter_as(world.ana, session, draft())
    with pytest.raises(Refusal) as refused:
        change_as(world.ana, session, name, **changes)
    assert field in [each.field for each in (refused.value, *refused.value.also)]
    assert the_entry(world.ana, name).revision == 1


def test_a_change_may_not_run_into_another_period_of_the_same_child(world, session):
    first, _ = enter_as(
        world.ana,
        session,
        draft(planned_until=date(2021, 1, 27)),
        draft(placed_on=date(2021, 1, 29), planned_until=date(2021, 2, 8)),
    )
    with pytest.raises(Refusal):
        change_as(world.ana, session, first, planned_until=date(2021, 1, 29))
    change_as(world.ana, session, first, planned_until=date(2021, 1, 28))


def test_releases_today_or_on_the_day_that_was_planned(world, session):
    one, two = enter_as(world.ana, session, draft(), draft(**OTHER, planned_until=date(2021, 1, 26)))
    release(world.ana, session, one, seen=1, site=SITE, now=NOW)
    release(world.ana, session, two, date(2021, 1, 26), seen=1, site=SITE, now=NOW)
    assert the_entry(world.ana, one).entry.released_on == TODAY
    assert the_entry(world.ana, two).entry.released_on == date(2021, 1, 26)


def test_releasing_twice_is_told_so(world, session):
    (name,) = enter_as(world.ana, session, draft())
    release(world.ana, session, name, seen=1, site=SITE, now=NOW)
    with pytest.raises(AlreadyStored):
        release(world.ana, session, name, seen=1, site=SITE, now=NOW)


def test_there_is_no_entry_of_another_school(world, session):
    (name,) = enter_as(world.ana, session, draft())
    entered(world.boris, draft(**OTHER))
    boris = opened_session(world.boris)
    with pytest.raises(NotFound):
        find(world.boris, boris, name, site=SITE, now=NOW)
    with pytest.raises(NotFound):
        change_as(world.boris, boris, name, note="x")
    assert the_entry(world.ana, name).revision == 1


# ---- What was meddled with


def test_one_entry_that_does_not_open_takes_no_other_with_it(world, session):
    one, two = enter_as(world.ana, session, draft(), draft(**OTHER))
    sealed = bytearray(bytes(Entry.get_by_id(one).sealed))
    sealed[-1] ^= 1
    Entry.update(sealed=bytes(sealed)).where(Entry.id == one).execute()

    assert the_entry(world.ana, one).entry is None
    assert the_entry(world.ana, two).entry.first_name == "Иван"
    with pytest.raises(Conflict, match="не може да бъде отворен"):
        change_as(world.ana, session, one, note="x")
    change_as(world.ana, session, two, note="Обади се майката.")


def test_two_swapped_entries_do_not_open(world, session):
    one, two = enter_as(world.ana, session, draft(), draft(**OTHER))
    first, second = bytes(Entry.get_by_id(one).sealed), bytes(Entry.get_by_id(two).sealed)
    Entry.update(sealed=second).where(Entry.id == one).execute()
    Entry.update(sealed=first).where(Entry.id == two).execute()
    assert [row.entry for row in kept(world.ana)] == [None, None]


def test_a_deleted_row_shows_and_nothing_more_is_entered(world, session):
    one, _ = enter_as(world.ana, session, draft(), draft(**OTHER))
    Entry.delete().where(Entry.id == one).execute()

    register = register_of(world.ana)
    assert not is_whole(register, entries_of(register))
    with pytest.raises(Conflict, match="не е цял"):
        enter_as(world.ana, session, teacher())


def test_a_row_that_was_rolled_back_shows(world, session):
    (name,) = enter_as(world.ana, session, draft())
    old = bytes(Entry.get_by_id(name).sealed)
    change_as(world.ana, session, name, note="x")
    Entry.update(sealed=old, revision=1).where(Entry.id == name).execute()

    register = register_of(world.ana)
    assert not is_whole(register, entries_of(register))
    with pytest.raises(Conflict, match="не е цял"):
        change_as(world.ana, session, name, note="y")


def test_another_schools_grant_opens_nothing_here(world, session):
    enter_as(world.ana, session, draft())
    entered(world.boris, draft(**OTHER))
    theirs = Grant.get(Grant.holder == f"user:{world.boris.user_id}")
    ours = Collection.get(Collection.institution == SCHOOL)
    Grant.update(collection=ours.id).where(Grant.id == theirs.id).execute()
    with pytest.raises(NoKey):
        register_of(replace(world.boris, institution=SCHOOL))


# ---- At the same moment


def test_two_who_enter_first_share_one_register(world, session):
    dora = world.delegate(Scope.REGISTER)
    theirs = opened_session(dora)
    results = at_once(
        lambda: enter_as(world.ana, session, draft()),
        lambda: enter_as(dora, theirs, draft(**OTHER)),
    )
    assert all(isinstance(result, list) for result in results), results
    assert Collection.select().count() == 1
    assert len(kept(world.ana)) == 2
    register = register_of(world.ana)
    assert is_whole(register, entries_of(register))


def test_a_school_year_is_begun_once(world, session):
    with writing():
        start(world.ana, YEAR, site=SITE, now=NOW)
        with pytest.raises(Conflict, match="току-що беше започнат"):
            start(world.ana, YEAR, site=SITE, now=NOW)


def test_many_at_once_lose_nothing(world, session):
    enter_as(world.ana, session, teacher())
    drafts = [draft(id_number=number, id_type=IdType.EGN, first_name=f"Дете{'абвгде'[n]}")
              for n, number in enumerate(EGNS[:6])]  # fmt: skip
    results = at_once(*[lambda one=one: enter_as(world.ana, session, one) for one in drafts])
    assert all(isinstance(result, list) for result in results), results
    register = register_of(world.ana)
    assert is_whole(register, entries_of(register))
    assert len(entries_of(register)) == 7


def test_of_two_changes_at_once_one_stands(world, session):
    (name,) = enter_as(world.ana, session, draft())
    results = at_once(
        lambda: change_as(world.ana, session, name, note="едно"),
        lambda: change_as(world.ana, session, name, note="друго"),
    )
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]
    row = the_entry(world.ana, name)
    assert row.revision == 2
    assert row.entry.note == ("едно" if results[0] is None else "друго")


def test_a_form_sent_twice_at_once_enters_one(world, session):
    enter_as(world.ana, session, teacher())
    results = at_once(*[lambda: enter_as(world.ana, session, draft())] * 3)
    assert results[0] == results[1] == results[2]
    assert len(kept(world.ana)) == 2


def test_a_new_key_and_an_entry_wait_for_each_other(world, session):
    enter_as(world.ana, session, teacher())

    def renew():
        with writing():
            renew_key(register_of(world.ana, session), site=SITE, now=NOW)

    results = at_once(renew, lambda: enter_as(world.ana, session, draft()))
    assert isinstance(results[1], list), results
    assert results[0] is None or isinstance(results[0], Renewed)
    register = register_of(world.ana)
    assert is_whole(register, entries_of(register))
    assert sorted(row.entry.first_name for row in entries_of(register)) == ["Калина", "Мария"]
