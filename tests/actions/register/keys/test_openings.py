"""portal.actions.register.keys.openings and handover: the ways back to the names, and their day of notice."""

from datetime import timedelta

import pytest

from portal.actions.people.accounts import disable, enable
from portal.actions.people.activation import Activation, open_account
from portal.actions.people.invitations import NewAccount, invite
from portal.actions.people.own_account import PasswordChange, change_password, forgot
from portal.actions.register.entering import enter
from portal.actions.register.keys.giving import give_key
from portal.actions.register.keys.handover import hand_over
from portal.actions.register.keys.opened import NoKey, entries_of, open_register
from portal.actions.register.keys.openings import open_by_code, stop
from portal.actions.register.keys.session import Locked, lock, private_key
from portal.domain.delegations import KeyState
from portal.domain.errors import Conflict, Denied, NotFound, Refusal
from portal.domain.people import Role, Scope
from portal.storage.register.holders import key_state
from portal.storage.register.openings import openings_of
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.people import User
from portal.storage.tables.register import Collection, Envelope, Grant, Opening
from tests.actions.register.keys.keepers import (
    NEW_DIRECTOR,
    as_person,
    collection,
    come_in,
    holders,
    names_seen,
    new_director,
    swap_key,
)
from tests.actions.register.unlocked import (
    TODAY,
    YEAR,
    add_envelope,
    draft,
    entered,
    opened_session,
    session_of,
)
from tests.cast import NOW, ORIGIN, OTHER_SCHOOL, PASSWORD, SCHOOL, SITE
from tests.mail.letters import letters, readers, token_in

DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)
OTHER_PASSWORD = "съвсем друга дълга парола"


@pytest.fixture
def code(world):
    """The envelope's code; Калина stands in the register."""
    found = add_envelope(world.ana)
    entered(world.ana)
    return found


def names(person, session, now=NOW):
    """Whom the person finds with this login; none where it does not open."""
    try:
        register = open_register(person, session, YEAR, site=SITE, now=now)
    except NoKey:
        return None
    return [row.entry.names for row in entries_of(register)]


def reset(email="ana@example.org", password=OTHER_PASSWORD, now=NOW):
    """A new password by a letter; the login that comes of it."""
    forgot(email, origin=ORIGIN, site=SITE, now=now)
    token = token_in(letters("password_reset")[-1])
    return session_of(open_account(token, Activation(password, password), site=SITE, now=now).token)


KALINA = [draft().names]


def test_a_changed_password_keeps_the_register(world, code):
    session = opened_session(world.ana)
    digest = bytes(session.login.digest)
    typed = PasswordChange(PASSWORD, OTHER_PASSWORD, OTHER_PASSWORD)
    change_password(world.ana, typed, login=digest, origin=ORIGIN, site=SITE, now=NOW)
    assert names(world.ana, come_in("ana@example.org", OTHER_PASSWORD)) == KALINA


def test_a_reset_password_opens_nothing_and_the_envelope_brings_it_back_at_once(world, code):
    session = reset()
    private_key(session, now=NOW)  # she is in, and her new key is at hand
    assert names(world.ana, session) is None
    assert key_state(User.get_by_id(world.ana.user_id), TODAY) is KeyState.WAITS

    assert open_by_code(world.ana, code, site=SITE, now=NOW) is None
    assert names(world.ana, session) == KALINA
    assert collection().epoch == 2  # what the lost password could open stays closed
    assert readers("register_opened") == ["ana@example.org", "dora@example.org"]
    assert AuditEntry.select().where(AuditEntry.what == "register_opened_by_code").count() == 1


def test_the_envelope_opens_it_again_after_the_key_was_renewed(world, code):
    for number in range(3):
        session = reset(password=f"парола номер {number} и още", now=NOW + number * DAY)
        open_by_code(world.ana, code, site=SITE, now=NOW + number * DAY)
        assert names(world.ana, session, NOW + number * DAY) == KALINA


def test_after_a_reset_a_living_delegate_gives_the_key_at_once(world, code):
    dora = world.delegate(Scope.REGISTER)
    give_key(world.ana, opened_session(world.ana), dora.user_id, site=SITE, now=NOW)
    session = reset()
    give_key(dora, opened_session(dora), world.ana.user_id, site=SITE, now=NOW)
    assert names(world.ana, session) == KALINA
    assert collection().epoch == 2  # and the director's next opening has renewed the key
    assert readers("register_key_given") == ["dora@example.org", "ana@example.org"]


def test_a_delegates_reset_waits_for_the_director(world, code):
    dora = world.delegate(Scope.REGISTER)
    give_key(world.ana, opened_session(world.ana), dora.user_id, site=SITE, now=NOW)
    session = reset("dora@example.org")
    assert names(dora, session) is None
    give_key(world.ana, opened_session(world.ana), dora.user_id, site=SITE, now=NOW)
    assert names(dora, session) == KALINA


@pytest.mark.parametrize("wrong", ["", "ABCD", "0" * 56])
def test_a_slip_of_the_hand_is_called_one(world, code, wrong):
    with pytest.raises(Refusal) as refusal:
        open_by_code(world.ana, wrong, site=SITE, now=NOW)
    assert refusal.value.field == "code"


def test_another_institutions_code_opens_nothing(world, code):
    other = add_envelope(world.boris, world.boris.institution)
    with pytest.raises(Refusal, match="не отваря сегашния плик"):
        open_by_code(world.ana, other, site=SITE, now=NOW)


def test_there_must_be_something_to_open(world):
    with pytest.raises(Conflict, match="няма плик"):
        open_by_code(world.ana, "", site=SITE, now=NOW)
    code = add_envelope(world.ana)
    with pytest.raises(Conflict, match="още не е започнат"):
        open_by_code(world.ana, code, site=SITE, now=NOW)


def test_a_swapped_director_gets_nothing(world, code):
    reset()
    swap_key(world.ana.user_id)
    before = holders()
    with pytest.raises(Conflict, match="Ана Янева"):
        open_by_code(world.ana, code, site=SITE, now=NOW)
    assert (holders(), collection().epoch) == (before, 1)


def test_a_swapped_envelope_gets_nothing_of_a_new_key(world, code):
    Envelope.update(public=b"x" * 32).execute()
    with pytest.raises(Conflict, match="плика"):
        open_by_code(world.ana, code, site=SITE, now=NOW)


def test_a_swapped_delegate_delays_the_new_key_and_not_the_director(world, code):
    dora = world.delegate(Scope.REGISTER)
    give_key(world.ana, opened_session(world.ana), dora.user_id, site=SITE, now=NOW)
    session = reset()
    swap_key(dora.user_id)
    assert open_by_code(world.ana, code, site=SITE, now=NOW) is None
    assert names(world.ana, session) == KALINA
    assert (collection().epoch, collection().rotation_due_at) == (1, NOW)


def test_a_new_director_waits_a_day_and_the_others_are_told(world, code):
    petar = new_director()
    session = come_in(NEW_DIRECTOR)
    assert names(petar, session) is None

    opening = open_by_code(petar, code, site=SITE, now=NOW)
    assert opening.opens_at == NOW + DAY
    assert names(petar, session) is None
    assert readers("register_asked") == ["ana@example.org", "dora@example.org"]
    assert "Петър Ненов" in letters("register_asked")[0].body

    with pytest.raises(Conflict, match=r"29\.01\.2021\s"):
        open_by_code(petar, code, site=SITE, now=NOW + DAY - SECOND)
    assert readers("register_asked") == ["ana@example.org", "dora@example.org"]

    later = NOW + DAY
    assert open_by_code(petar, code, site=SITE, now=later) is None
    assert names(petar, come_in(NEW_DIRECTOR, now=later), later) == KALINA
    assert Opening.get().done_at == later
    assert openings_of(SCHOOL, now=later) == []


@pytest.mark.parametrize("columns", [{"opens_at": NOW}, {"asked_at": NOW - DAY, "opens_at": NOW}])
def test_a_day_that_was_shortened_past_the_portal_begins_anew(world, code, columns):
    petar = new_director()
    open_by_code(petar, code, site=SITE, now=NOW)
    Opening.update(**columns).execute()

    opening = open_by_code(petar, code, site=SITE, now=NOW + SECOND)

    assert opening.opens_at == NOW + DAY + SECOND
    assert names(petar, come_in(NEW_DIRECTOR)) is None


def test_the_former_director_has_no_key_any_more(world, code):
    petar = new_director()
    open_by_code(petar, code, site=SITE, now=NOW)
    open_by_code(petar, code, site=SITE, now=NOW + DAY)
    assert holders() == {f"user:{petar.user_id}", "envelope"}
    assert collection().epoch == 2


def test_a_delegate_stops_it_and_a_new_notice_begins_from_the_start(world, code):
    dora = world.delegate(Scope.REGISTER)
    petar = new_director()
    opening = open_by_code(petar, code, site=SITE, now=NOW)
    stop(dora, opening.id, site=SITE, now=NOW)
    stop(dora, opening.id, site=SITE, now=NOW)

    assert openings_of(SCHOOL, now=NOW) == []
    assert readers("register_stopped") == [NEW_DIRECTOR, "ana@example.org", "dora@example.org"]
    again = open_by_code(petar, code, site=SITE, now=NOW + DAY)
    assert again.opens_at == NOW + 2 * DAY
    assert names_of_audit("register_opening_stopped") == [dora.user_id]


def test_what_is_stopped_or_done_is_one_opening_and_no_other(world, code):
    petar = new_director()
    elsewhere = Opening.create(
        institution=OTHER_SCHOOL, user=world.boris.user_id, asked_at=NOW, opens_at=NOW + DAY
    )
    first = open_by_code(petar, code, site=SITE, now=NOW)
    stop(world.delegate(Scope.REGISTER), first.id, site=SITE, now=NOW)
    second = open_by_code(petar, code, site=SITE, now=NOW)
    open_by_code(petar, code, site=SITE, now=NOW + DAY)

    ended = {row.id: (row.stopped_at, row.done_at) for row in Opening.select()}
    assert ended == {
        elsewhere.id: (None, None),
        first.id: (NOW, None),
        second.id: (None, NOW + DAY),
    }


def names_of_audit(what):
    return [entry.who for entry in AuditEntry.select().where(AuditEntry.what == what)]


def test_only_who_may_see_names_stops_it(world, code):
    petar = new_director()
    opening = open_by_code(petar, code, site=SITE, now=NOW)
    with pytest.raises(Denied):
        stop(world.dora, opening.id, site=SITE, now=NOW)
    with pytest.raises(NotFound):
        stop(world.boris, opening.id, site=SITE, now=NOW)
    with pytest.raises(NotFound):
        stop(petar, opening.id + 1, site=SITE, now=NOW)


def test_what_was_opened_is_not_stopped(world, code):
    dora = world.delegate(Scope.REGISTER)
    petar = new_director()
    opening = open_by_code(petar, code, site=SITE, now=NOW)
    open_by_code(petar, code, site=SITE, now=NOW + DAY)
    with pytest.raises(Conflict, match="вече е отворен"):
        stop(dora, opening.id, site=SITE, now=NOW + DAY)


def test_an_announcement_that_nobody_used_lapses(world, code):
    petar = new_director()
    open_by_code(petar, code, site=SITE, now=NOW)
    later = NOW + 32 * DAY
    assert open_by_code(petar, code, site=SITE, now=later).opens_at == later + DAY


def test_a_living_delegate_lets_a_new_director_in_at_once(world, code):
    dora = world.delegate(Scope.REGISTER)
    give_key(world.ana, opened_session(world.ana), dora.user_id, site=SITE, now=NOW)
    petar = new_director()
    give_key(dora, opened_session(dora), petar.user_id, site=SITE, now=NOW)
    assert names(petar, come_in(NEW_DIRECTOR)) == KALINA
    assert holders() == {f"user:{petar.user_id}", f"user:{dora.user_id}", "envelope"}  # not Ana's


def test_a_school_year_that_begins_spares_no_notice_for_the_years_before(world, code):
    petar = new_director()
    autumn = NOW.replace(month=9, day=20)
    session = come_in(NEW_DIRECTOR, now=autumn)
    began = draft(placed_on=autumn.date(), planned_until=(autumn + 10 * DAY).date())
    enter(petar, session, [began], site=SITE, now=autumn)
    assert Collection.select().count() == 2
    assert open_by_code(petar, code, site=SITE, now=autumn) is not None
    assert names(petar, session, autumn) is None


def invited():
    user, _ = invite(None, NewAccount(Role.DIRECTOR, NEW_DIRECTOR, "Петър Ненов", SCHOOL), site=SITE, now=NOW)
    return user


def begun(now=NOW):
    """The invited director opens the account."""
    token = token_in(letters("invitation")[-1])
    entered_ = open_account(token, Activation(PASSWORD, PASSWORD), site=SITE, now=now)
    return as_person(entered_.user_id, now), session_of(entered_.token)


def test_handed_over_it_opens_with_the_code_at_once(world, code):
    incoming = invited()
    hand_over(world.ana, opened_session(world.ana), incoming.id, site=SITE, now=NOW)
    hand_over(world.ana, opened_session(world.ana), incoming.id, site=SITE, now=NOW)
    assert readers("register_handed_over") == ["ana@example.org", NEW_DIRECTOR, "dora@example.org"]

    petar, session = begun()
    assert names(petar, session) is None
    assert open_by_code(petar, code, site=SITE, now=NOW) is None
    assert names(petar, session) == KALINA
    assert names_of_audit("register_handed_over") == [world.ana.user_id]


def test_a_delegate_can_stop_a_handover_too(world, code):
    dora = world.delegate(Scope.REGISTER)
    incoming = invited()
    row = hand_over(world.ana, opened_session(world.ana), incoming.id, site=SITE, now=NOW)
    stop(dora, row.id, site=SITE, now=NOW)
    petar, _ = begun()
    assert open_by_code(petar, code, site=SITE, now=NOW).opens_at == NOW + DAY


def test_only_an_open_register_is_handed_over_and_only_to_who_is_invited(world, code):
    incoming = invited()
    session = opened_session(world.ana)
    with pytest.raises(NotFound):
        hand_over(world.ana, session, world.dora.user_id, site=SITE, now=NOW)
    with pytest.raises(NotFound):
        hand_over(world.boris, opened_session(world.boris), incoming.id, site=SITE, now=NOW)
    lock(session)
    with pytest.raises(Locked):
        hand_over(world.ana, session_of(session.token), incoming.id, site=SITE, now=NOW)
    reset_session = reset()
    with pytest.raises(NoKey):
        hand_over(world.ana, reset_session, incoming.id, site=SITE, now=NOW)


def test_there_must_be_something_to_hand_over(world):
    incoming = invited()
    session = opened_session(world.ana)
    with pytest.raises(Conflict, match="няма плик"):
        hand_over(world.ana, session, incoming.id, site=SITE, now=NOW)
    add_envelope(world.ana)
    with pytest.raises(Conflict, match="няма какво да се предава"):
        hand_over(world.ana, session, incoming.id, site=SITE, now=NOW)


def test_a_mistaken_new_director_takes_nothing_from_the_former_one(world, code):
    """The operator stops the wrong account and lets the right one in again: she still has her key."""
    petar = new_director()
    disable(world.oleg, petar.user_id, now=NOW)
    enable(world.oleg, world.ana.user_id, site=SITE, now=NOW)
    assert names_seen(world.ana) == KALINA
    assert Grant.select().where(Grant.holder == f"user:{petar.user_id}").count() == 0
