"""portal.actions.people.delegations with the register: its key is given, waits, is taken, and is renewed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.actions.people.accounts import disable, enable
from portal.actions.people.delegations import Appointment, change, name_delegate, revoke
from portal.actions.register.keys.giving import give_key
from portal.actions.register.keys.holders import warnings_of
from portal.actions.register.keys.opened import NoKey
from portal.actions.register.keys.overdue import due_years
from portal.actions.register.keys.session import Locked, lock
from portal.crypto.errors import CannotOpen
from portal.crypto.grants import GrantContext, open_grant
from portal.crypto.register import Place, open_record
from portal.domain.delegations import KeyState, Terms
from portal.domain.errors import Conflict, Denied, NotFound
from portal.domain.people import Scope
from portal.storage.people.delegations import standing
from portal.storage.register.holders import key_state, keyholders
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.people import Delegation, Login, User
from portal.storage.tables.register import Collection, Entry, Grant
from tests.actions.register.keys.keepers import as_person, collection, holders, names_seen, swap_key
from tests.actions.register.unlocked import (
    TODAY,
    YEAR,
    draft,
    entered,
    kept,
    opened_session,
    private_of,
    register_of,
    session_of,
    teacher,
)
from tests.cast import NOW, OTHER_SCHOOL, SCHOOL, SITE
from tests.mail.letters import letters, readers
from tests.storage.together import at_once

KEEPS = Terms(frozenset({Scope.DECIDE, Scope.REGISTER}), "РД-21/28.01.2021", date(2021, 3, 31))
DECIDES = Terms(frozenset({Scope.DECIDE}), "РД-22/28.01.2021", date(2021, 3, 31))
KALINA = [draft().names]


@pytest.fixture
def begun(world):
    """Калина stands in the register; only Ana holds its key."""
    entered(world.ana)
    assert holders() == {f"user:{world.ana.user_id}", "envelope"}
    return world


@pytest.fixture
def keeping(begun):
    """And Дора, who holds it too."""
    change_dora(begun, KEEPS)
    assert names_seen(dora(begun)) == KALINA
    return begun


def enter_last_year(world):
    """Somebody stood in the register of the school year before, of which Ana and Дора hold the key too."""
    july = datetime(2020, 7, 1, 8, 0, tzinfo=UTC)
    earlier = draft(placed_on=date(2020, 6, 22), planned_until=date(2020, 7, 3))
    entered(world.ana, earlier, session=opened_session(world.ana, now=july), now=july)
    give_key(world.ana, opened_session(world.ana), world.dora.user_id, site=SITE, now=NOW)


def dora(world, now=NOW):
    return as_person(world.dora.user_id, now)


def locked_session(person):
    session = opened_session(person)
    lock(session)
    return session_of(session.token)


def change_dora(world, terms, *, session=None, now=NOW):
    row = standing(world.dora.user_id)
    return change(world.ana, row.id, terms, session=session or opened_session(world.ana), site=SITE, now=now)


def revoke_dora(world, *, session=None, now=NOW):
    row = Delegation.select().where(Delegation.user == world.dora.user_id).order_by(-Delegation.id).get()
    return revoke(world.ana, row.id, session=session, site=SITE, now=now)


def state(world, day=TODAY):
    return key_state(User.get_by_id(world.dora.user_id), day)


def opens_with(private, grant):
    """What a grant that somebody kept gives to the private key that it was made for."""
    place = collection()
    context = GrantContext(SCHOOL, place.id, grant.epoch, grant.holder, grant.scope, grant.until)
    return open_grant(private, bytes(grant.sealed), context)


def grant_of(world):
    return Grant.get(Grant.holder == f"user:{world.dora.user_id}")


def test_who_is_named_gets_the_key_at_once_when_the_register_is_open(begun):
    assert state(begun) is KeyState.NOT_FOR
    change_dora(begun, KEEPS)
    assert state(begun) is KeyState.HELD
    assert names_seen(dora(begun)) == KALINA
    assert collection().epoch == 1
    entry = AuditEntry.get(AuditEntry.what == "register_key_given")
    assert (entry.chain, entry.who) == (SCHOOL, begun.ana.user_id)
    assert entry.object == f"user:{begun.dora.user_id}"


def test_the_last_day_of_an_authorisation_is_one_with_the_key(begun):
    change_dora(begun, replace(KEEPS, until=TODAY))
    assert (state(begun), names_seen(dora(begun))) == (KeyState.HELD, KALINA)


def test_every_school_year_gets_a_new_key_when_one_who_held_them_goes(begun):
    september = datetime(2021, 9, 3, 8, 0, tzinfo=UTC)
    later = draft(placed_on=date(2021, 9, 1), planned_until=date(2021, 9, 10))
    entered(begun.ana, later, session=opened_session(begun.ana, now=september), now=september)
    terms = replace(KEEPS, until=date(2021, 12, 31))
    change_dora(begun, terms, session=opened_session(begun.ana, now=september), now=september)
    years = Collection.select().order_by(Collection.school_year)
    assert [year.epoch for year in years] == [1, 1]

    revoke(
        begun.ana,
        standing(begun.dora.user_id).id,
        session=opened_session(begun.ana, now=september),
        site=SITE,
        now=september,
    )

    assert [year.epoch for year in years.clone()] == [2, 2]


def test_who_is_named_while_it_is_locked_waits_for_the_key(begun):
    change_dora(begun, KEEPS, session=locked_session(begun.ana))
    assert state(begun) is KeyState.WAITS
    assert names_seen(dora(begun)) is None
    give_key(begun.ana, opened_session(begun.ana), begun.dora.user_id, site=SITE, now=NOW)
    assert (state(begun), names_seen(dora(begun))) == (KeyState.HELD, KALINA)
    assert readers("register_key_given") == ["dora@example.org"]


def test_who_has_no_account_yet_waits_until_it_is_activated(begun):
    wanted = Appointment("nina@example.org", "Нина Тодорова", KEEPS)
    row = name_delegate(begun.ana, wanted, session=opened_session(begun.ana), site=SITE, now=NOW)
    assert key_state(row.user, TODAY) is KeyState.INVITED
    with pytest.raises(Conflict, match="не може да се даде ключ"):
        give_key(begun.ana, opened_session(begun.ana), row.user.id, site=SITE, now=NOW)


def test_before_the_first_entry_nobody_waits(world):
    change_dora(world, KEEPS)
    assert state(world) is KeyState.LATER
    with pytest.raises(Conflict, match="още не е започнат"):
        give_key(world.ana, opened_session(world.ana), world.dora.user_id, site=SITE, now=NOW)
    entered(world.ana)
    assert (state(world), names_seen(dora(world))) == (KeyState.HELD, KALINA)


def test_the_page_tells_who_holds_the_key_and_to_which_day(keeping):
    ana, keeper = keyholders(SCHOOL, TODAY)
    assert (ana.name, ana.state, ana.until) == ("Ана Янева", KeyState.HELD, None)
    assert (keeper.name, keeper.state, keeper.until) == ("Дора Илиева", KeyState.HELD, date(2021, 3, 31))


def test_only_who_may_see_names_gives_the_key_and_only_to_a_colleague(keeping):
    with pytest.raises(Denied):
        give_key(keeping.dora, opened_session(keeping.dora), keeping.ana.user_id, site=SITE, now=NOW)
    with pytest.raises(NotFound):
        give_key(keeping.ana, opened_session(keeping.ana), keeping.boris.user_id, site=SITE, now=NOW)
    with pytest.raises(Locked):
        give_key(keeping.ana, locked_session(keeping.ana), keeping.dora.user_id, site=SITE, now=NOW)
    with pytest.raises(Conflict):
        give_key(keeping.boris, opened_session(keeping.boris), keeping.boris.user_id, site=SITE, now=NOW)


def test_who_has_no_key_gives_none(begun):
    change_dora(begun, KEEPS, session=locked_session(begun.ana))
    with pytest.raises(NoKey):
        give_key(dora(begun), opened_session(begun.dora), begun.ana.user_id, site=SITE, now=NOW)


@pytest.mark.parametrize("theirs", [YEAR - 1, YEAR])
def test_who_has_the_key_of_one_school_year_gives_that_one(keeping, theirs):
    """Whichever of the two it is: the years are tried one after another, the newest first."""
    enter_last_year(keeping)
    others = Collection.select().where(Collection.school_year != theirs)
    Grant.delete().where((Grant.holder == grant_of(keeping).holder) & Grant.collection.in_(others)).execute()
    of_ana = Grant.holder == f"user:{keeping.ana.user_id}"
    Grant.delete().where(of_ana).execute()

    give_key(dora(keeping), opened_session(keeping.dora), keeping.ana.user_id, site=SITE, now=NOW)

    assert [grant.collection.school_year for grant in Grant.select().where(of_ana)] == [theirs]


def test_a_revocation_renews_the_key_and_reseals_everything(keeping):
    entered(keeping.ana, teacher())
    private, old_grant = private_of(keeping.dora), grant_of(keeping)
    old_key = opens_with(private, old_grant)
    before = {row.id: bytes(row.sealed) for row in Entry.select()}
    opened_session(keeping.dora)

    assert revoke_dora(keeping, session=opened_session(keeping.ana)) is True

    assert (collection().epoch, collection().rotation_due_at) == (2, None)
    assert holders() == {f"user:{keeping.ana.user_id}", "envelope"}
    assert sorted(names_seen(keeping.ana)) == sorted([draft().names, teacher().names])
    assert Login.select().where(Login.user == keeping.dora.user_id).count() == 0
    for row in Entry.select():
        assert bytes(row.sealed) != before[row.id]
        for epoch in (1, 2):
            place = Place("entry", SCHOOL, collection().id, epoch, row.id, row.revision)
            with pytest.raises(CannotOpen):
                open_record(old_key, bytes(row.sealed), place)
    assert names_seen(as_person(keeping.dora.user_id)) is None


def test_what_is_entered_after_it_is_under_the_new_key_only(keeping):
    private, old_grant = private_of(keeping.dora), grant_of(keeping)
    old_key = opens_with(private, old_grant)
    revoke_dora(keeping, session=opened_session(keeping.ana))
    entered(keeping.ana, teacher())
    assert register_of(keeping.ana).key != old_key
    assert len(kept(keeping.ana)) == 2


def test_a_revocation_never_waits_for_the_password(keeping):
    assert revoke_dora(keeping, session=locked_session(keeping.ana)) is False

    assert names_seen(as_person(keeping.dora.user_id)) is None
    assert holders() == {f"user:{keeping.ana.user_id}", "envelope"}
    assert (collection().epoch, due_years(SCHOOL, TODAY)) == (1, [YEAR])

    assert names_seen(keeping.ana) == KALINA  # and her next opening renews it
    assert (collection().epoch, due_years(SCHOOL, TODAY)) == (2, [])


def test_a_key_that_waits_to_be_renewed_is_no_other_schools(keeping):
    entered(keeping.boris)
    revoke_dora(keeping, session=locked_session(keeping.ana))
    assert (due_years(SCHOOL, TODAY), due_years(OTHER_SCHOOL, TODAY)) == ([YEAR], [])


def test_a_last_day_that_has_passed_is_no_other_schools(keeping):
    entered(keeping.boris)
    over = grant_of(keeping).until + timedelta(days=1)
    assert (due_years(SCHOOL, over), due_years(OTHER_SCHOOL, over)) == ([YEAR], [])


def test_one_school_year_that_waits_for_its_key_is_told(keeping):
    """Ana herself has no key of the newest: the older one is renewed at once, and that is not all."""
    enter_last_year(keeping)
    Grant.delete().where(
        (Grant.holder == f"user:{keeping.ana.user_id}") & (Grant.collection == collection(YEAR))
    ).execute()
    assert revoke_dora(keeping, session=opened_session(keeping.ana)) is False
    assert (collection(YEAR).epoch, collection(YEAR - 1).epoch) == (1, 2)
    assert due_years(SCHOOL, TODAY) == [YEAR]


def test_a_delegates_opening_does_not_renew(keeping):
    name_delegate(
        keeping.ana,
        Appointment("nina@example.org", "Нина Тодорова", KEEPS),
        session=opened_session(keeping.ana),
        site=SITE,
        now=NOW,
    )
    User.update(activated_at=NOW).where(User.email == "nina@example.org").execute()
    disable(keeping.oleg, User.get(User.email == "nina@example.org").id, now=NOW)
    assert due_years(SCHOOL, TODAY) == []  # she never held the key
    disable(keeping.oleg, keeping.ana.user_id, now=NOW)
    assert due_years(SCHOOL, TODAY) == [YEAR]
    assert names_seen(dora(keeping)) == KALINA
    assert collection().epoch == 1


def test_twice_is_once(keeping):
    session = opened_session(keeping.ana)
    assert [revoke_dora(keeping, session=session) for _ in range(2)] == [True, True]
    assert collection().epoch == 2
    assert readers("delegation_revoked") == ["dora@example.org"]


def test_two_revocations_at_once_are_one(keeping):
    session = opened_session(keeping.ana)
    answers = at_once(*[lambda: revoke_dora(keeping, session=session)] * 2)
    assert answers == [True, True]
    assert (collection().epoch, names_seen(keeping.ana)) == (2, KALINA)
    assert AuditEntry.select().where(AuditEntry.what == "register_key_renewed").count() == 1
    assert len(letters("delegation_revoked")) == 1


def test_a_revocation_and_an_entry_at_once_lose_nothing(keeping):
    session = opened_session(keeping.ana)
    at_once(
        lambda: revoke_dora(keeping, session=session),
        lambda: entered(keeping.ana, teacher(), session=session),
    )
    seen = names_seen(keeping.ana)
    assert "?" not in seen
    assert KALINA[0] in seen
    if len(seen) == 1:  # the entry came second, was told so, and is typed again
        entered(keeping.ana, teacher())
    assert sorted(names_seen(keeping.ana)) == sorted([draft().names, teacher().names])


def test_taking_the_scope_away_renews_the_key_too(keeping):
    change_dora(keeping, DECIDES)
    assert state(keeping) is KeyState.NOT_FOR
    assert (collection().epoch, holders()) == (2, {f"user:{keeping.ana.user_id}", "envelope"})


def test_naming_the_same_delegate_without_the_scope_takes_it_away(keeping):
    wanted = Appointment("dora@example.org", "Дора Илиева", DECIDES)
    name_delegate(keeping.ana, wanted, session=locked_session(keeping.ana), site=SITE, now=NOW)
    assert holders() == {f"user:{keeping.ana.user_id}", "envelope"}
    assert due_years(SCHOOL, TODAY) == [YEAR]


def test_another_last_day_is_sealed_into_the_grant(keeping):
    later = Terms(KEEPS.scopes, "РД-30", date(2021, 5, 31))
    change_dora(keeping, later, session=locked_session(keeping.ana))
    assert state(keeping) is KeyState.WAITS  # the old grant ends on the old day
    give_key(keeping.ana, opened_session(keeping.ana), keeping.dora.user_id, site=SITE, now=NOW)
    assert (state(keeping), grant_of(keeping).until) == (KeyState.HELD, date(2021, 5, 31))
    assert collection().epoch == 1


def test_a_later_end_written_into_the_row_opens_nothing(keeping):
    Grant.update(until=date(2022, 3, 31)).where(Grant.holder == f"user:{keeping.dora.user_id}").execute()
    assert names_seen(dora(keeping)) is None


def test_after_the_last_day_the_grant_is_dropped_and_the_key_renewed(keeping):
    last = datetime(2021, 3, 31, 20, 59, 59, tzinfo=UTC)
    over = last + timedelta(seconds=1)
    assert names_seen(dora(keeping, last), now=last) == KALINA
    assert due_years(SCHOOL, date(2021, 3, 31)) == []
    assert names_seen(dora(keeping, over), now=over) is None
    assert due_years(SCHOOL, date(2021, 4, 1)) == [YEAR]

    assert names_seen(keeping.ana, now=over) == KALINA
    assert (collection().epoch, holders()) == (2, {f"user:{keeping.ana.user_id}", "envelope"})


def test_an_account_that_the_operator_stops_loses_the_key_at_the_next_opening(keeping):
    disable(keeping.oleg, keeping.dora.user_id, now=NOW)
    assert names_seen(keeping.ana) == KALINA
    assert holders() == {f"user:{keeping.ana.user_id}", "envelope"}
    enable(keeping.oleg, keeping.dora.user_id, site=SITE, now=NOW)
    assert state(keeping) is KeyState.WAITS


@pytest.mark.parametrize("who", ["dora", "ana"])
def test_a_swapped_key_gets_nothing(begun, who):
    change_dora(begun, KEEPS, session=locked_session(begun.ana))
    session, person = opened_session(begun.ana), getattr(begun, who)
    before = holders()
    swap_key(person.user_id)
    with pytest.raises(Conflict, match=f"Публичният ключ на {person.name}"):
        give_key(begun.ana, session, person.user_id, site=SITE, now=NOW)
    assert (holders(), collection().epoch) == (before, 1)
    assert warnings_of(SCHOOL, TODAY, site=SITE)[0].startswith(f"Публичният ключ на {person.name}")


def test_naming_somebody_whose_key_was_swapped_is_refused(begun):
    swap_key(begun.dora.user_id)
    with pytest.raises(Conflict, match="Никому не е даден достъп"):
        change_dora(begun, KEEPS)
    assert standing(begun.dora.user_id).scopes == "decide"


def test_a_swapped_key_of_another_delays_the_new_key_and_not_the_revocation(keeping):
    session = opened_session(keeping.ana)
    swap_key(keeping.ana.user_id)
    assert revoke_dora(keeping, session=session) is False
    assert f"user:{keeping.dora.user_id}" not in holders()
    assert (collection().epoch, due_years(SCHOOL, TODAY)) == (1, [YEAR])


def test_the_director_still_opens_a_register_whose_renewal_is_in_the_way(keeping):
    wanted = Appointment("nina@example.org", "Нина Тодорова", DECIDES)
    name_delegate(keeping.ana, wanted, site=SITE, now=NOW)
    disable(keeping.oleg, keeping.dora.user_id, now=NOW)
    enable(keeping.oleg, keeping.dora.user_id, site=SITE, now=NOW)
    swap_key(keeping.dora.user_id)
    assert names_seen(keeping.ana) == KALINA
    assert (collection().epoch, due_years(SCHOOL, TODAY)) == (1, [YEAR])
