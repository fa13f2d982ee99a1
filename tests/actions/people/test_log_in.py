"""portal.actions.people.logins.log_in"""

from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest

from portal.actions.keys import passwords
from portal.actions.keys.passwords import set_password, stretched_anew
from portal.actions.keys.throttle import Origin
from portal.actions.people import invitations, logins
from portal.actions.people.accounts import disable
from portal.actions.people.activation import Activation, open_account
from portal.actions.people.invitations import NewAccount
from portal.actions.people.logins import Entered, log_in, log_out, log_out_elsewhere
from portal.crypto.errors import Busy
from portal.crypto.keys import unwrap_ed25519
from portal.crypto.passwords import CURRENT, STRANGERS, KdfParams, derive_root, unlock_key
from portal.crypto.tokens import token_digest, unwrap_for_session
from portal.domain.accounts import FREE_ACCOUNTS, FREE_FAILURES, FREE_REPEATS, ROOM_OF_BLOCK
from portal.domain.errors import Conflict, Refusal, TooOften
from portal.domain.people import Role
from portal.storage.people.logins import KEY_KEPT, forget_keys
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.db import writing
from portal.storage.tables.people import Device, Failures, Login, User, UserKey
from tests.cast import NOW, OTHER_SCHOOL, PASSWORD, PEPPER, SITE
from tests.storage.together import at_once

WRONG = "не е тази парола"


def enter(email="ana@example.org", password=PASSWORD, *, now=NOW, **where):
    return log_in(email, password, origin=Origin(**where), site=SITE, now=now)


def fail(times, **more):
    for _ in range(times):
        with pytest.raises(Refusal):
            enter(password=WRONG, **more)


def test_makes_a_login_that_only_the_cookie_finds_and_opens(world):
    entered = enter("  ANA@example.org ")

    login = Login.get()
    assert bytes(login.digest) == token_digest(entered.token)
    assert login.user.id == world.ana.user_id
    private = unwrap_for_session(entered.token, bytes(login.wrapped_x25519), bytes(login.digest))
    assert len(private) == 32
    assert login.unlocked_at == NOW
    assert entered.token not in str(Login.select().tuples()[:])


def test_each_login_has_a_new_id(world):
    first = enter()
    second = enter(device=first.device)
    assert first.token != second.token
    assert first.device == second.device
    assert Device.select().count() == 1


def test_somebody_elses_device_mark_is_not_taken_over(world):
    made_up = "x" * 43
    assert enter(device=made_up).device != made_up


def test_the_director_reads_who_logged_in(world):
    enter()
    entry = AuditEntry.get(AuditEntry.what == "logged_in")
    assert (entry.chain, entry.who) == (world.ana.institution, world.ana.user_id)


def test_raises_parameters_that_are_behind_and_keeps_the_keys(world):
    before = UserKey.get(UserKey.user == world.ana.user_id)
    enter()

    user = User.get_by_id(world.ana.user_id)
    after = UserKey.get(UserKey.user == world.ana.user_id)
    assert KdfParams(user.kdf_memory, user.kdf_iterations, user.kdf_lanes) == CURRENT
    assert bytes(after.ed25519_public) == bytes(before.ed25519_public)
    unlock = unlock_key(PEPPER, derive_root(PASSWORD, bytes(user.salt), CURRENT))
    assert unwrap_ed25519(unlock, bytes(after.wrapped_ed25519), str(user.id), bytes(after.ed25519_public))
    enter()


@pytest.mark.parametrize("email", ["ana@example.org", "nobody@example.org", "", "\ud800\x00", "a" * 5000])
def test_answers_alike_whoever_is_not_let_in(world, email):
    with pytest.raises(Refusal, match="Адресът или паролата не са верни"):
        enter(email, WRONG)


def test_a_stopped_account_is_answered_like_a_wrong_password(world):
    enter()
    disable(world.oleg, world.ana.user_id, now=NOW)
    assert Login.select().count() == 0
    with pytest.raises(Refusal, match="Адресът или паролата не са верни"):
        enter()


def test_an_account_that_was_changed_past_the_portal_gets_no_login(world):
    """The password is right: it is not what was changed. Nor has it to be raised, where the mark is looked at
    as well."""
    log_out(token_digest(enter().token))
    User.update(institution=OTHER_SCHOOL).where(User.id == world.ana.user_id).execute()
    with pytest.raises(Conflict):
        enter()
    assert Login.select().count() == 0


MEANWHILE = {
    "another password": {"login_tag": b"another password's".ljust(32)},
    "the account stopped": {"disabled_at": NOW},
}


@pytest.mark.parametrize("changed", MEANWHILE.values(), ids=MEANWHILE)
def test_what_is_changed_while_the_password_is_checked_counts(world, monkeypatch, changed):
    """Checking takes a quarter of a second, outside the turn of who writes."""
    opens = logins.opens

    def opens_too_late(user, given, *, site):
        found = opens(user, given, site=site)
        with writing():
            User.update(**changed).where(User.id == user.id).execute()
        return found

    monkeypatch.setattr(logins, "opens", opens_too_late)
    with pytest.raises(Refusal, match="Адресът или паролата не са верни"):
        enter()
    assert Login.select().count() == 0


def test_keys_that_somebody_swapped_stop_nobody_at_the_door(world):
    """Ана's parameters would be raised here, for which her keys have to open."""
    foreign = UserKey.get(UserKey.user == world.boris.user_id)
    UserKey.update(wrapped_ed25519=foreign.wrapped_ed25519).where(UserKey.user == world.ana.user_id).execute()
    enter()
    assert KdfParams(*_parameters(world.ana.user_id)) != CURRENT


def _parameters(user_id):
    user = User.get_by_id(user_id)
    return user.kdf_memory, user.kdf_iterations, user.kdf_lanes


def test_nobodys_password_is_stretched_as_well(world, monkeypatch):
    costs = []

    def noted(password, salt, params):
        costs.append(params)
        return derive_root(password, salt, params)

    monkeypatch.setattr(passwords, "derive_root", noted)
    with pytest.raises(Refusal):
        enter("nobody@example.org")
    assert costs == [CURRENT]


def test_parameters_that_somebody_lowered_open_nothing(world):
    User.update(kdf_memory=8, kdf_iterations=1).where(User.id == world.ana.user_id).execute()
    with pytest.raises(Refusal):
        enter()


@pytest.mark.parametrize("column", ["salt", "kdf_memory", "kdf_iterations", "kdf_lanes", "login_tag"])
def test_without_a_part_of_its_password_an_account_opens_to_none(world, column):
    User.update(**{column: None}).where(User.id == world.ana.user_id).execute()
    with pytest.raises(Refusal, match="Адресът или паролата не са верни"):
        enter()


@pytest.mark.parametrize("column", ["wrapped_x25519", "wrapped_ed25519"])
def test_nor_do_keys_that_somebody_emptied(world, column):
    UserKey.update(**{column: None}).where(UserKey.user == world.ana.user_id).execute()
    enter()
    assert KdfParams(*_parameters(world.ana.user_id)) != CURRENT


def test_without_keys_the_register_stays_closed_and_the_rest_opens(world):
    UserKey.delete().where(UserKey.user == world.ana.user_id).execute()
    enter()
    assert Login.get().wrapped_x25519 is None
    assert KdfParams(*_parameters(world.ana.user_id)) == CURRENT


def test_a_key_that_somebody_swapped_lets_in_but_opens_nothing(world):
    foreign = UserKey.get(UserKey.user == world.boris.user_id)
    UserKey.update(wrapped_x25519=foreign.wrapped_x25519).where(UserKey.user == world.ana.user_id).execute()
    with writing():  # nothing to rewrap
        set_password(User.get_by_id(world.ana.user_id), stretched_anew(PASSWORD), site=SITE)
    enter()
    assert Login.get().wrapped_x25519 is None


def test_the_sixth_try_has_to_wait_even_with_the_right_password(world):
    fail(FREE_FAILURES)
    with pytest.raises(TooOften, match="15 секунди") as answer:
        enter()
    assert answer.value.retry_after == 15
    enter(now=NOW + timedelta(seconds=15))


def test_an_address_that_nobody_has_has_to_wait_as_well(world):
    for _ in range(FREE_FAILURES):
        with pytest.raises(Refusal):
            enter("nobody@example.org")
    with pytest.raises(TooOften):
        enter("Nobody@example.org")


def test_waiting_does_not_make_the_wait_longer(world):
    fail(FREE_FAILURES)
    for _ in range(3):
        with pytest.raises(TooOften):
            enter(now=NOW + timedelta(seconds=10))
    enter(now=NOW + timedelta(seconds=15))


def test_a_browser_that_was_here_before_is_spared_what_others_did(world):
    known = enter(network="198.51.100.7").device
    fail(FREE_FAILURES, network="203.0.113.1")

    enter(device=known, network="203.0.113.1")
    with pytest.raises(TooOften):  # and whoever hammers goes on waiting
        enter(network="203.0.113.1")


def test_a_known_browser_has_a_count_of_its_own(world):
    known = enter().device
    fail(FREE_FAILURES, device=known)
    with pytest.raises(TooOften):
        enter(device=known)
    enter()


def test_a_known_browser_is_known_for_its_own_account_only(world):
    known = enter("boris@example.org").device
    fail(FREE_FAILURES, device=known)
    with pytest.raises(TooOften):
        enter(device=known)


def test_a_school_behind_one_address_has_room_for_everybodys_typos(world):
    """Twenty people with one typo each kept everybody there out, for a quarter of an hour at a time."""
    for number in range(FREE_REPEATS + FREE_FAILURES):
        miss(f"n{number}@example.org", network="203.0.113.1")
    enter("boris@example.org", network="203.0.113.1")


def test_one_address_cannot_try_ever_more_accounts(world):
    spray(FREE_ACCOUNTS, "203.0.113.1")
    with pytest.raises(TooOften):
        enter("boris@example.org", network="203.0.113.1")
    enter("boris@example.org", network="198.51.100.7")


def test_one_address_cannot_try_a_few_accounts_again_and_again(world):
    for _ in range(FREE_FAILURES):
        for number in range(FREE_REPEATS // (FREE_FAILURES - 1)):
            miss(f"n{number}@example.org", network="203.0.113.1")
    with pytest.raises(TooOften):
        enter("boris@example.org", network="203.0.113.1")


def test_a_household_is_its_64_and_a_48_has_the_room_of_several(world):
    """Whoever has a /48 has 65,536 of the smaller ones, each without a failure."""
    block = "2001:db8:1::/48"
    for number in range(ROOM_OF_BLOCK):
        spray(FREE_ACCOUNTS, f"2001:db8:1:{number}::/64", block=block)
        with pytest.raises(TooOften):
            enter("boris@example.org", network=f"2001:db8:1:{number}::/64", block=block)
    with pytest.raises(TooOften):
        enter("boris@example.org", network="2001:db8:1:ffff::/64", block=block)
    enter("boris@example.org", network="2001:db8:2:1::/64", block="2001:db8:2::/48")


def test_what_others_fail_at_keeps_the_owner_waiting_for_no_more_than_a_minute(world):
    at = NOW
    for number in range(FREE_FAILURES + 8):
        with pytest.raises(Refusal):
            enter(password=WRONG, network=f"203.0.113.{number}", now=at)
        at += timedelta(minutes=1)
    with pytest.raises(TooOften) as answer:
        enter(network="198.51.100.7", now=at - timedelta(minutes=1))
    assert answer.value.retry_after == 60
    enter(network="198.51.100.7", now=at)


def test_one_address_that_hammers_at_an_account_waits_ever_longer(world):
    at = NOW
    for delay in (0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900):
        with pytest.raises(Refusal):
            enter(password=WRONG, network="203.0.113.1", now=at)
        at += timedelta(seconds=delay)
    with pytest.raises(TooOften):
        enter(network="203.0.113.1", now=at - timedelta(seconds=1))
    enter(network="203.0.113.1", now=at)


def test_a_good_password_forgives_every_slip_of_the_account_at_this_address(world):
    miss("n1@example.org", network="203.0.113.1")
    fail(FREE_FAILURES - 1, network="203.0.113.1")
    enter(network="203.0.113.1")
    assert [row.count for row in Failures.select()] == [1, 1, 1]  # n1: everywhere, here, and for the address


def test_a_good_password_forgives_nobody_elses_failures(world):
    spray(FREE_ACCOUNTS - 1, "203.0.113.1")
    enter(network="203.0.113.1")
    miss("one more@example.org", network="203.0.113.1")
    with pytest.raises(TooOften):
        enter("boris@example.org", network="203.0.113.1")


def test_a_good_password_makes_nobody_wait_longer(world):
    spray(FREE_ACCOUNTS, "203.0.113.1")
    later = NOW + timedelta(seconds=15)
    for email in ("ana@example.org", "boris@example.org", "vyara@example.org"):
        enter(email, network="203.0.113.1", now=later)


def test_a_try_that_got_no_turn_makes_nobody_wait_longer(world, monkeypatch):
    spray(FREE_ACCOUNTS, "203.0.113.1")
    later = NOW + timedelta(seconds=15)
    with monkeypatch.context() as patch:
        patch.setattr(passwords, "derive_root", no_turn)
        with pytest.raises(Busy):
            enter(network="203.0.113.1", now=later)
    enter(network="203.0.113.1", now=later)


def no_turn(*_):
    raise Busy


def miss(email, *, now=NOW, **where):
    with pytest.raises(Refusal):
        enter(email, WRONG, now=now, **where)


def spray(times, network, **where):
    """One wrong password at each of so many accounts."""
    for number in range(times):
        miss(f"{number} at {network}", network=network, **where)


def test_failures_are_forgotten_in_time(world):
    fail(FREE_FAILURES)
    enter(now=NOW + timedelta(hours=6))


def test_tries_at_the_same_moment_are_all_counted(world, monkeypatch):
    monkeypatch.setattr(STRANGERS, "_places", None)
    answers = at_once(*[lambda: enter(password=WRONG)] * (FREE_FAILURES + 3))
    assert sum(isinstance(answer, TooOften) for answer in answers) == 3


def test_the_key_of_the_register_is_kept_for_ten_minutes(world):
    enter()
    forget_keys(NOW + KEY_KEPT - timedelta(seconds=1))
    assert Login.get().wrapped_x25519 is not None
    enter("boris@example.org", now=NOW + KEY_KEPT)
    assert Login.get(Login.user == world.ana.user_id).wrapped_x25519 is None


def test_logs_out_one_login_and_twice_is_once(world):
    first, second = enter(), enter()
    log_out(token_digest(first.token))
    log_out(token_digest(first.token))
    assert bytes(Login.get().digest) == token_digest(second.token)


def test_logs_out_everywhere_else(world):
    enter()
    here = enter()
    enter("boris@example.org")
    assert log_out_elsewhere(world.ana, token_digest(here.token), now=NOW) == 1
    assert Login.select().count() == 2
    assert log_out_elsewhere(world.ana, token_digest(here.token), now=NOW) == 0
    (entry,) = AuditEntry.select().where(AuditEntry.what == "logins_ended")
    assert (entry.chain, entry.who) == (world.ana.institution, world.ana.user_id)


def test_the_former_director_may_be_logging_in_while_the_new_one_begins(world):
    for number in range(4):
        User.update(disabled_at=None).where(User.id == world.ana.user_id).execute()
        new = NewAccount(Role.DIRECTOR, f"new{number}@example.org", "Нов", world.ana.institution)
        _, token = invitations.invite(None, new, site=SITE, now=NOW)
        begin = partial(open_account, token, Activation(PASSWORD, PASSWORD), site=SITE, now=NOW)

        answers = at_once(begin, enter, begin, enter)

        assert sum(isinstance(answer, Entered) for answer in answers[::2]) == 1
        assert Login.select().where(Login.user == world.ana.user_id).count() == 0


def test_a_flood_of_strangers_keeps_no_known_browser_waiting(world, monkeypatch, tmp_path):
    device = enter().device
    monkeypatch.setattr(STRANGERS, "_directory", tmp_path / "slots")
    monkeypatch.setattr(STRANGERS, "_patience", 0.05)
    with STRANGERS.turn():
        with pytest.raises(Busy):
            enter("boris@example.org")
        assert enter(device=device).user_id == world.ana.user_id
    assert enter("boris@example.org").user_id == world.boris.user_id


def test_a_stranger_who_finds_no_place_to_wait_is_counted_for_nothing(world, monkeypatch):
    monkeypatch.setattr(STRANGERS, "turn", no_turn)
    with pytest.raises(Busy):
        enter()
    assert not Failures.select().exists()


def test_whoever_failed_too_often_takes_nobodys_place(world, monkeypatch):
    fail(FREE_FAILURES)
    monkeypatch.setattr(STRANGERS, "turn", no_turn)
    with pytest.raises(TooOften):
        enter()


def test_who_comes_from_where_nothing_failed_goes_first(world, monkeypatch):
    ranks = []

    @contextmanager
    def noted(rank):
        ranks.append(rank)
        yield

    monkeypatch.setattr(STRANGERS, "turn", noted)
    spray(2, "203.0.113.1")
    fail(1, network="203.0.113.1")
    enter("boris@example.org", network="203.0.113.1")
    enter("boris@example.org", network="198.51.100.7")
    assert ranks == [0, 1, 2, 3, 0]
