"""Who writes to the database past the portal: each change is refused, and takes no other row with it."""

from datetime import date

import pytest

from portal.actions.people.delegations import change
from portal.actions.register.entries import release
from portal.actions.register.keys.holders import give, holder_of
from portal.actions.register.keys.opened import NoKey, is_whole, open_register
from portal.crypto.register import new_collection_key
from portal.domain.delegations import Terms
from portal.domain.errors import Conflict
from portal.domain.people import Scope
from portal.storage.people.delegations import standing
from portal.storage.tables.db import writing
from portal.storage.tables.people import User, UserKey
from portal.storage.tables.register import Collection, Entry, Grant
from tests.actions.register.keys.keepers import as_person, collection, names_seen
from tests.actions.register.unlocked import (
    YEAR,
    draft,
    entered,
    kept,
    opened_session,
    register_of,
    teacher,
)
from tests.cast import NOW, SCHOOL, SITE

KEEPS = Terms(frozenset({Scope.REGISTER}), "РД-21/28.01.2021", date(2021, 3, 31))
KALINA, TEACHER = draft().names, teacher().names


@pytest.fixture
def two(world):
    """Ids of Калина's entry and of her teacher's."""
    return entered(world.ana, draft(), teacher())


def sealed_of(entry_id):
    return bytes(Entry.get_by_id(entry_id).sealed)


def write(entry_id, sealed, **more):
    Entry.update(sealed=sealed, **more).where(Entry.id == entry_id).execute()


def seen(person):
    """Each row by its id: the name, or none where it cannot be opened."""
    return {row.id: row.entry.names if row.entry else None for row in kept(person)}


def flipped(sealed, at):
    return sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]


def test_swapped_rows_are_both_refused(world, two):
    kalina, her_teacher = two
    one, other = sealed_of(kalina), sealed_of(her_teacher)
    write(kalina, other)
    write(her_teacher, one)
    assert seen(world.ana) == {kalina: None, her_teacher: None}


@pytest.mark.parametrize("at", [0, 1, 32, 33, 44, 45, -17, -1])
def test_a_flipped_bit_costs_that_row_alone(world, two, at):
    kalina, her_teacher = two
    sealed = sealed_of(kalina)
    write(kalina, flipped(sealed, at % len(sealed)))
    assert seen(world.ana) == {kalina: None, her_teacher: TEACHER}


@pytest.mark.parametrize("length", [0, 1, 44, 45, 100, -1])
def test_a_truncated_row_costs_that_row_alone(world, two, length):
    kalina, her_teacher = two
    write(kalina, sealed_of(kalina)[:length])
    assert seen(world.ana) == {kalina: None, her_teacher: TEACHER}


def test_a_row_rolled_back_is_noticed(world, two):
    kalina, her_teacher = two
    old = sealed_of(kalina)
    release(world.ana, opened_session(world.ana), kalina, seen=1, site=SITE, now=NOW)
    write(kalina, old, revision=1)
    assert seen(world.ana)[kalina] == KALINA  # it opens, being an old one
    assert not is_whole(register_of(world.ana), kept(world.ana))
    write(kalina, old, revision=2)
    assert seen(world.ana) == {kalina: None, her_teacher: TEACHER}


def test_a_deleted_row_is_noticed_and_nothing_is_written_over_it(world, two):
    Entry.delete().where(Entry.id == two[0]).execute()
    assert names_seen(world.ana) == [TEACHER]
    assert not is_whole(register_of(world.ana), kept(world.ana))
    with pytest.raises(Conflict, match="Регистърът не е цял"):
        entered(world.ana, teacher(first_name="Друга"))


def test_a_new_key_covers_up_no_deleted_row(world, two):
    Entry.delete().where(Entry.id == two[0]).execute()
    Collection.update(rotation_due_at=NOW).where(Collection.institution == SCHOOL).execute()
    assert names_seen(world.ana) == [TEACHER]
    assert collection().epoch == 2
    assert not is_whole(register_of(world.ana), kept(world.ana))


def test_a_row_transplanted_from_another_school_is_refused(world, two):
    world.delegate(Scope.REGISTER)
    theirs = entered(world.boris)[0]
    Entry.update(collection=collection()).where(Entry.id == theirs).execute()
    assert seen(world.ana) == {two[0]: KALINA, two[1]: TEACHER, theirs: None}
    assert not is_whole(register_of(world.ana), kept(world.ana))


def test_an_epoch_rolled_back_opens_nothing(world, two):
    Collection.update(epoch=0).where(Collection.institution == SCHOOL).execute()
    assert names_seen(world.ana) is None


def test_a_grant_transplanted_to_somebody_else_opens_nothing(world, two):
    """Ana's grant, written over as Дора's: sealed to another key, and for another holder."""
    dora = world.delegate(Scope.REGISTER)
    key = dora_key(world)
    Grant.update(holder=f"user:{dora.user_id}", key=key).where(
        Grant.holder == f"user:{world.ana.user_id}"
    ).execute()
    assert names_seen(dora) is None
    assert names_seen(world.ana) is None


def test_a_grant_transplanted_from_another_school_opens_nothing(world, two):
    entered(world.boris)
    theirs = Grant.get(Grant.holder == f"user:{world.boris.user_id}")
    mine = Grant.holder == f"user:{world.ana.user_id}"
    Grant.update(sealed=theirs.sealed).where(mine).execute()
    assert names_seen(world.ana) is None
    with pytest.raises(NoKey, match="не се отваря с вашия достъп"):
        open_register(world.ana, opened_session(world.ana), YEAR, site=SITE, now=NOW)


@pytest.mark.parametrize("length", [0, 1, 32, 81, -1])
def test_a_truncated_grant_opens_nothing_and_breaks_nothing(world, two, length):
    mine = Grant.holder == f"user:{world.ana.user_id}"
    Grant.update(sealed=bytes(Grant.get(mine).sealed)[:length]).where(mine).execute()
    assert names_seen(world.ana) is None


@pytest.mark.parametrize("at", [0, 1, 33, -1])
def test_a_flipped_bit_of_a_grant_opens_nothing(world, two, at):
    mine = Grant.holder == f"user:{world.ana.user_id}"
    sealed = bytes(Grant.get(mine).sealed)
    Grant.update(sealed=flipped(sealed, at % len(sealed))).where(mine).execute()
    assert names_seen(world.ana) is None


@pytest.mark.parametrize("change_of", [{"scope": "quarantine"}, {"until": date(2030, 1, 1)}, {"epoch": 2}])
def test_a_grants_words_are_bound_into_it(world, two, change_of):
    Grant.update(**change_of).where(Grant.holder == f"user:{world.ana.user_id}").execute()
    assert names_seen(world.ana) is None


def test_a_grant_rolled_back_to_an_earlier_epoch_opens_nothing(world, two):
    """The row of a delegate who was revoked, put back from a backup with all that it needs."""
    row = standing(world.dora.user_id)
    change(world.ana, row.id, KEEPS, session=opened_session(world.ana), site=SITE, now=NOW)
    old = Grant.select().where(Grant.holder == f"user:{world.dora.user_id}").dicts().get()
    row = standing(world.dora.user_id)
    decides = Terms(frozenset({Scope.DECIDE}), "РД-22", date(2021, 3, 31))
    change(world.ana, row.id, decides, session=opened_session(world.ana), site=SITE, now=NOW)
    world.delegate(Scope.REGISTER)
    dora = as_person(world.dora.user_id)
    for epoch in (1, 2):
        Grant.delete().where(Grant.holder == old["holder"]).execute()
        Grant.insert(**{**old, "epoch": epoch}).execute()
        assert names_seen(dora) is None
    assert sorted(names_seen(world.ana)) == sorted([KALINA, TEACHER])


def test_a_grant_that_nobody_gave_is_not_carried_into_the_next_epoch(world, two):
    """A row written by hand, of a delegate whose scopes were written by hand as well."""
    world.delegate(Scope.REGISTER)
    mine = Grant.select().where(Grant.holder == f"user:{world.ana.user_id}").dicts().get()
    forged = {**mine, "holder": f"user:{world.dora.user_id}", "key": dora_key(world)}
    forged |= {"scope": "quarantine", "until": date(2021, 6, 30)}
    del forged["id"]
    Grant.insert(**forged).execute()
    Collection.update(rotation_due_at=NOW).where(Collection.institution == SCHOOL).execute()

    assert sorted(names_seen(world.ana)) == sorted([KALINA, TEACHER])
    assert collection().epoch == 2
    assert Grant.select().where(Grant.holder == f"user:{world.dora.user_id}").count() == 0


def test_a_key_of_their_own_is_not_taken_for_the_registers(world, two):
    """Anybody can seal a key to Ana's public key; only the portal marks the collection's."""
    holder = holder_of(User.get_by_id(world.ana.user_id), NOW.date(), site=SITE)
    with writing():
        give(collection(), new_collection_key(), holder, world.ana.user_id, now=NOW)
    assert names_seen(world.ana) is None


def test_a_row_that_does_not_open_outlives_a_new_key(world, two):
    kalina, her_teacher = two
    broken = flipped(sealed_of(kalina), 60)
    write(kalina, broken)
    Collection.update(rotation_due_at=NOW).where(Collection.institution == SCHOOL).execute()
    assert seen(world.ana) == {kalina: None, her_teacher: TEACHER}
    assert collection().epoch == 2
    assert sealed_of(kalina) == broken
    assert is_whole(register_of(world.ana), kept(world.ana))


def dora_key(world):
    return UserKey.get((UserKey.user == world.dora.user_id) & UserKey.retired_at.is_null())
