"""portal.actions.people.own_account: a new password, with the old one or by letter."""

from datetime import timedelta

import pytest

from portal.actions.keys.passwords import stretched_for
from portal.actions.keys.throttle import Origin
from portal.actions.people import own_account
from portal.actions.people.activation import Activation, open_account
from portal.actions.people.invitations import NewAccount, invite, resend
from portal.actions.people.logins import log_in
from portal.actions.people.own_account import PasswordChange, change_password, forgot
from portal.crypto.keys import unwrap_ed25519
from portal.crypto.passwords import unlock_key
from portal.crypto.tokens import token_digest
from portal.domain.accounts import FREE_FAILURES, FREE_REQUESTS, SECOND_CLICK
from portal.domain.errors import Conflict, Refusal, TooOften
from portal.domain.people import Role
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.db import writing
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import Login, User, UserKey
from tests.cast import NOW, ORIGIN, PASSWORD, PEPPER, SCHOOL, SITE
from tests.mail.letters import letters, readers, token_in
from tests.storage.together import at_once

CHOSEN = "нова дълга парола"


@pytest.fixture
def here(world):
    """The digest of Ана's login in this browser."""
    return token_digest(log_in("ana@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW).token)


def change(person, login, current=PASSWORD, password=CHOSEN, again=None):
    repeated = password if again is None else again
    typed = PasswordChange(current, password, repeated)
    return change_password(person, typed, login=login, origin=ORIGIN, site=SITE, now=NOW)


def test_keeps_the_keys_and_this_login_only(world, here):
    before = UserKey.get(UserKey.user == world.ana.user_id)
    log_in("ana@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW)

    assert change(world.ana, here) == 1
    assert [bytes(login.digest) for login in Login.select()] == [here]
    after = UserKey.get(UserKey.user == world.ana.user_id)
    assert (after.id, bytes(after.ed25519_public)) == (before.id, bytes(before.ed25519_public))
    user = User.get_by_id(world.ana.user_id)
    unlock = unlock_key(PEPPER, stretched_for(user, CHOSEN).root)
    unwrap_ed25519(unlock, bytes(after.wrapped_ed25519), str(user.id), bytes(after.ed25519_public))
    with pytest.raises(Refusal):
        log_in("ana@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW)
    log_in("ana@example.org", CHOSEN, origin=ORIGIN, site=SITE, now=NOW)


def test_tells_the_person_and_the_chain(world, here):
    change(world.ana, here)
    assert readers() == ["ana@example.org"]
    assert AuditEntry.get(AuditEntry.what == "password_changed").chain == SCHOOL


@pytest.mark.parametrize(
    ("current", "password", "again", "field"),
    [
        ("не е тя", CHOSEN, CHOSEN, "current"),
        (PASSWORD, "кратка", "кратка", "password"),
        (PASSWORD, CHOSEN, "друга дълга парола", "confirm"),
        (PASSWORD, "ana@example.org", "ana@example.org", "password"),
    ],
)
def test_refuses_and_changes_nothing(world, here, current, password, again, field):
    with pytest.raises(Refusal) as refusal:
        change(world.ana, here, current, password, again)
    assert refusal.value.field == field
    log_in("ana@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW)


def test_changes_the_persons_own_account_alone(world, here):
    boris = token_digest(log_in("boris@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW).token)

    change(world.boris, boris)

    assert {bytes(login.digest) for login in Login.select()} == {here, boris}
    log_in("ana@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW)
    log_in("boris@example.org", CHOSEN, origin=ORIGIN, site=SITE, now=NOW)


def test_a_stopped_account_changes_nothing(world, here):
    before = bytes(User.get_by_id(world.ana.user_id).login_tag)
    User.update(disabled_at=NOW).where(User.id == world.ana.user_id).execute()

    with pytest.raises(Conflict):
        change(world.ana, here)

    assert bytes(User.get_by_id(world.ana.user_id).login_tag) == before


def test_the_right_password_forgives_the_wrong_ones(world, here):
    current, other = PASSWORD, CHOSEN
    for _ in range(2):
        for _ in range(FREE_FAILURES - 1):
            with pytest.raises(Refusal):
                change(world.ana, here, "не е тя")
        change(world.ana, here, current, other)
        current, other = other, current


def test_whoever_found_an_open_browser_cannot_try_for_ever(world, here):
    for _ in range(FREE_FAILURES):
        with pytest.raises(Refusal):
            change(world.ana, here, "не е тя")
    with pytest.raises(TooOften):
        change(world.ana, here)


def test_two_changes_at_once_are_one(world, here):
    answers = at_once(
        lambda: change(world.ana, here), lambda: change(world.ana, here, password="друга дълга парола")
    )
    assert {type(answer) for answer in answers} in ({int, Conflict}, {int, Refusal})


def test_a_password_that_is_changed_while_it_is_checked_stays(world, here, monkeypatch):
    """Checking takes a quarter of a second, outside the turn of who writes."""
    opens, tag = own_account.opens, b"another password's".ljust(32)

    def opens_too_late(user, given, *, site):
        found = opens(user, given, site=site)
        with writing():
            User.update(login_tag=tag).where(User.id == user.id).execute()
        return found

    monkeypatch.setattr(own_account, "opens", opens_too_late)
    with pytest.raises(Conflict, match="сменена другаде"):
        change(world.ana, here)
    assert bytes(User.get_by_id(world.ana.user_id).login_tag) == tag


def test_changes_nothing_where_the_keys_were_swapped(world, here):
    foreign = UserKey.get(UserKey.user == world.boris.user_id)
    UserKey.update(wrapped_ed25519=foreign.wrapped_ed25519).where(UserKey.user == world.ana.user_id).execute()
    with pytest.raises(Conflict, match="Обадете се на ЦИОО"):
        change(world.ana, here)
    log_in("ana@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW)


def test_forgot_sends_a_letter(world):
    forgot(" ANA@example.org ", origin=ORIGIN, site=SITE, now=NOW)
    (letter,) = letters("password_reset")
    assert letter.to == "ana@example.org"
    assert len(token_in(letter)) == 43
    assert "важи един час, откакто е изпратена" in " ".join(letter.body.split())
    assert AuditEntry.get(AuditEntry.what == "reset_requested").chain == SCHOOL


def test_forgot_says_nothing_about_others(world):
    User.update(disabled_at=NOW).where(User.id == world.boris.user_id).execute()
    User.update(activated_at=None).where(User.id == world.vyara.user_id).execute()
    for email in ("nobody@example.org", "boris@example.org", "vyara@example.org", ""):
        assert forgot(email, origin=ORIGIN, site=SITE, now=NOW) is None
    assert letters() == []


def test_forgot_fills_nobodys_mailbox(world):
    for minute in range(5):
        for _ in range(2):
            at = NOW + minute * SECOND_CLICK
            forgot("ana@example.org", origin=ORIGIN, site=SITE, now=at)
        assert len(letters()) == min(minute + 1, 3)
    forgot("boris@example.org", origin=ORIGIN, site=SITE, now=NOW)
    assert readers()[3:] == ["boris@example.org"]
    OutboxMessage.delete().where(OutboxMessage.recipient == "boris@example.org").execute()
    forgot("ana@example.org", origin=ORIGIN, site=SITE, now=NOW + timedelta(hours=1))
    assert len(letters()) == 4


def test_forgot_does_not_count_the_invitation(world):
    new = NewAccount(Role.OPERATOR, "new@example.org", "Нов")
    user, _ = invite(None, new, site=SITE, now=NOW)
    for minute in range(2):
        token = resend(None, user.id, site=SITE, now=NOW + minute * SECOND_CLICK)
    open_account(token, Activation(PASSWORD, PASSWORD), site=SITE, now=NOW)
    forgot("new@example.org", origin=ORIGIN, site=SITE, now=NOW)
    assert readers("password_reset") == ["new@example.org"]


def test_forgot_is_not_asked_for_every_account_from_one_address(world):
    for number in range(FREE_REQUESTS):
        forgot(f"n{number}@example.org", origin=Origin(network="203.0.113.1"), site=SITE, now=NOW)
    with pytest.raises(TooOften):
        forgot("ana@example.org", origin=Origin(network="203.0.113.1"), site=SITE, now=NOW)
    assert letters() == []
