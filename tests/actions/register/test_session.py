"""unlock, lock and private_key: ten minutes of the person's own key, and not one more."""

from datetime import timedelta

import pytest

from portal.actions.register.keys.session import Locked, Session, is_unlocked, lock, private_key, unlock
from portal.crypto.tokens import new_token
from portal.domain.errors import Conflict, Refusal, TooOften
from portal.storage.people.logins import end_logins
from portal.storage.tables.people import UserKey
from tests.actions.register.unlocked import opened_session, private_of, session_of
from tests.cast import (
    NOW,
    ORIGIN,
    PASSWORD,
    SITE,
    add_login,
)


def logged_in(person) -> Session:
    token = new_token()
    add_login(token, person.user_id, now=NOW)
    return session_of(token)


def unlock_as(person, session, password=PASSWORD, now=NOW):
    unlock(person, session, password, origin=ORIGIN, site=SITE, now=now)
    return session_of(session.token)


def test_a_login_is_locked_until_the_password_is_typed(world):
    session = logged_in(world.ana)
    assert not is_unlocked(session, now=NOW)
    with pytest.raises(Locked):
        private_key(session, now=NOW)

    session = unlock_as(world.ana, session)

    assert is_unlocked(session, now=NOW)
    assert private_key(session, now=NOW) == private_of(world.ana)


def test_a_wrong_password_opens_nothing(world):
    session = logged_in(world.ana)
    with pytest.raises(Refusal) as refused:
        unlock_as(world.ana, session, "друга парола")
    assert refused.value.field == "password"
    assert not is_unlocked(session_of(session.token), now=NOW)


def test_somebody_elses_login_is_not_unlocked_with_ones_own_password(world):
    session = logged_in(world.ana)
    with pytest.raises(Conflict):
        unlock_as(world.boris, session)
    assert not is_unlocked(session_of(session.token), now=NOW)


def test_wrong_passwords_are_counted_as_at_the_login(world):
    session = logged_in(world.ana)
    for _ in range(5):
        with pytest.raises(Refusal):
            unlock_as(world.ana, session, "друга парола")
    with pytest.raises(TooOften):
        unlock_as(world.ana, session)


def test_a_login_that_ended_meanwhile_keeps_no_key(world):
    session = logged_in(world.ana)
    end_logins(world.ana.user_id)
    with pytest.raises(Conflict):
        unlock_as(world.ana, session)


def test_an_account_whose_key_was_swapped_says_so(world):
    stranger = UserKey.get(UserKey.user == world.boris.user_id)
    UserKey.update(wrapped_x25519=stranger.wrapped_x25519).where(UserKey.user == world.ana.user_id).execute()
    with pytest.raises(Conflict):
        unlock_as(world.ana, logged_in(world.ana))


@pytest.mark.parametrize(("minutes", "open_still"), [(0, True), (9.99, True), (10, False), (30, False)])
def test_locks_after_ten_minutes_without_use(world, minutes, open_still):
    session = opened_session(world.ana)
    later = NOW + timedelta(minutes=minutes)
    assert is_unlocked(session, now=later) is open_still
    if not open_still:
        with pytest.raises(Locked):
            private_key(session, now=later)


def test_each_use_gives_ten_minutes_more(world):
    session = opened_session(world.ana)
    later = NOW + timedelta(minutes=8)
    private_key(session, now=later)
    assert session_of(session.token).login.unlocked_at == later


def test_forgets_the_key_at_once_when_told(world):
    session = opened_session(world.ana)
    lock(session)
    lock(session)
    row = session_of(session.token)
    assert row.login.wrapped_x25519 is None
    with pytest.raises(Locked):
        private_key(row, now=NOW)


def test_a_copied_row_opens_nothing_without_its_cookie(world):
    """A thief of the database has the wrapped key and not the cookie; and no other cookie fits the row."""
    ana, boris = opened_session(world.ana), opened_session(world.boris)
    for thief in (Session(ana.login, new_token()), Session(ana.login, boris.token)):
        with pytest.raises(Locked):
            private_key(thief, now=NOW)
    boris.login.wrapped_x25519 = ana.login.wrapped_x25519
    with pytest.raises(Locked):
        private_key(boris, now=NOW)
