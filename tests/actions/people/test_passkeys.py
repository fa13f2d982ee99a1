"""Adding a passkey, logging in with it, and losing it."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from portal.actions.keys.marks import MOVED, mark
from portal.actions.people.login_steps import ask_key, give_code, give_key, has_keys
from portal.actions.people.logins import Asked, Entered, log_in
from portal.actions.people.passkeys import add_key, begin_key, may_have_keys, remove_key
from portal.actions.people.proofs import Proof
from portal.actions.people.second_factor import turn_off
from portal.actions.verifying import Verified, verify
from portal.crypto.tokens import new_token, token_digest, unwrap_for_session
from portal.domain.accounts import FREE_FAILURES
from portal.domain.errors import Conflict, Refusal, TooOften
from portal.domain.keys.passkeys import CHALLENGE_LASTS, LONGEST_NAME, MOST, check_key_name
from portal.domain.keys.second_factor import STEP_LASTS, TRUSTED
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.people import Failures, Login, User
from portal.storage.tables.second_factor import LoginStep, Passkey, PasskeyChallenge
from tests.actions.people.factor import code, here_of, with_factor
from tests.actions.people.keys import Key
from tests.cast import NOW, ORIGIN, OTHER_SCHOOL, PASSWORD, SCHOOL, SITE, add_login
from tests.mail.letters import letters, readers
from tests.storage.together import at_once

SECOND = timedelta(seconds=1)


def begin(person, *, name="телефон", now=NOW, steps=0, **typed):
    proof = Proof(**({"password": PASSWORD, "code": code(now, steps)} | typed))
    return begin_key(person, proof, name, here=here_of(person), site=SITE, now=now)


def add(person, key, *, name="телефон", now=NOW, steps=0):
    """As a browser would, in the login of ``here_of``."""
    options = begin(person, name=name, now=now, steps=steps)
    return add_key(person, name, key.made(options), here=here_of(person), site=SITE, now=now)


def password_given(email="ana@example.org", *, now=NOW, origin=ORIGIN):
    asked = log_in(email, PASSWORD, origin=origin, site=SITE, now=now)
    assert isinstance(asked, Asked)
    return asked.token


def enter(token, answer, *, now=NOW) -> Entered:
    return give_key(token, answer, origin=ORIGIN, site=SITE, now=now)


def with_key(key, *, now=NOW) -> Entered:
    token = password_given(now=now)
    return enter(token, key.used(ask_key(token, site=SITE, now=now)), now=now)


def findings() -> set[str]:
    found = {finding.code for finding in verify(None, verified=Verified(), site=SITE)}
    return found - {"delegation_changed", "login_unexplained"}


@pytest.fixture
def key() -> Key:
    return Key()


@pytest.fixture
def ana(world, key):
    """With a second factor and a passkey."""
    with_factor(world.ana)
    add(world.ana, key)
    return world.ana


class TestAdding:
    def test_the_key_is_kept_and_its_owner_told(self, ana, key):
        row = Passkey.get()
        assert (bytes(row.credential_id), row.name, row.made_at) == (key.credential_id, "телефон", NOW)
        assert readers("passkey_added") == ["ana@example.org"]
        assert "„телефон“" in letters("passkey_added")[0].body
        entry = AuditEntry.get(AuditEntry.what == "passkey_added")
        assert (entry.chain, entry.who) == (SCHOOL, ana.user_id)
        assert PasskeyChallenge.select().count() == 0
        assert findings() == set()

    @pytest.mark.parametrize(
        ("typed", "field"),
        [({"password": ""}, "password"), ({"password": "не е"}, "password"), ({"code": "000000"}, "code")],
    )
    def test_asks_for_password_and_code(self, world, typed, field):
        with_factor(world.ana)
        with pytest.raises(Refusal) as refused:
            begin(world.ana, **typed)
        assert refused.value.field == field
        assert PasskeyChallenge.select().count() == 0

    @pytest.mark.parametrize("name", ["", "  ", "\u200b", "х" * (LONGEST_NAME + 1)])
    def test_has_a_name(self, world, name):
        with_factor(world.ana)
        with pytest.raises(Refusal) as refused:
            begin(world.ana, name=name)
        assert refused.value.field == "name"
        assert check_key_name("х" * LONGEST_NAME) == "х" * LONGEST_NAME

    def test_is_beside_the_codes(self, world):
        with pytest.raises(Conflict, match="изключен"):
            begin(world.ana)

    def test_an_answer_counts_once(self, world, key):
        with_factor(world.ana)
        answer = key.made(begin(world.ana))
        deed = partial(add_key, world.ana, "x", answer, here=here_of(world.ana), site=SITE, now=NOW)
        results = at_once(deed, deed)
        assert sorted(type(result).__name__ for result in results) == ["Conflict", "Passkey"]

    def test_a_wrong_answer_uses_the_question_up(self, world, key):
        with_factor(world.ana)
        options = begin(world.ana)
        for answer in (key.made(options, origin="https://localhost.example.org"), key.made(options)):
            with pytest.raises(Conflict):
                add_key(world.ana, "x", answer, here=here_of(world.ana), site=SITE, now=NOW)
        assert Passkey.select().count() == 0

    def test_of_this_login_and_for_five_minutes(self, world, key):
        with_factor(world.ana)
        elsewhere = here_of(world.ana, token=new_token())
        for steps, (where, now) in enumerate([(elsewhere, NOW), (here_of(world.ana), NOW + CHALLENGE_LASTS)]):
            answer = key.made(begin(world.ana, steps=steps))
            with pytest.raises(Conflict):
                add_key(world.ana, "x", answer, here=where, site=SITE, now=now)

    def test_another_persons_question_is_not_theirs(self, world, key):
        with_factor(world.ana)
        answer = key.made(begin(world.ana))
        with pytest.raises(Conflict):
            add_key(world.boris, "x", answer, here=here_of(world.ana), site=SITE, now=NOW)

    def test_a_key_is_one_accounts_once(self, world, ana, key):
        with pytest.raises(Conflict, match="вече е добавен"):
            add(ana, key, steps=1)
        Login.delete().execute()
        with_factor(world.boris)
        Login.delete().execute()
        add_login("f" * 43, world.boris.user_id)
        with pytest.raises(Conflict, match="вече е добавен"):
            add(world.boris, key)
        assert Passkey.select().count() == 1

    def test_ten_are_enough(self, ana):
        for number in range(1, MOST):
            now = NOW + timedelta(minutes=number)
            add(ana, Key(f"credential {number}".encode()), now=now)
        with pytest.raises(Conflict, match="10 ключа"):
            begin(ana, now=NOW + timedelta(minutes=20))

    def test_nor_is_an_eleventh_that_was_begun_before(self, ana, key):
        options = begin(ana, steps=1)
        rows = [dict(Passkey.select().dicts().get(), credential_id=f"{n}".encode()) for n in range(1, MOST)]
        for row in rows:
            del row["id"]
        Passkey.insert_many(rows).execute()
        answer = Key(b"one more").made(options)
        with pytest.raises(Conflict, match="10 ключа"):
            add_key(ana, "x", answer, here=here_of(ana), site=SITE, now=NOW)
        assert Passkey.select().count() == MOST

    @pytest.mark.parametrize(
        ("changed", "said"), [({"factor_at": None}, "изключен"), ({"institution": OTHER_SCHOOL}, MOVED)]
    )
    def test_what_changed_since_the_question_counts(self, world, key, changed, said):
        with_factor(world.ana)
        answer = key.made(begin(world.ana))
        User.update(**changed).where(User.id == world.ana.user_id).execute()
        if "factor_at" in changed:
            mark(User.get_by_id(world.ana.user_id), site=SITE)
        with pytest.raises(Conflict, match=said):
            add_key(world.ana, "x", answer, here=here_of(world.ana), site=SITE, now=NOW)
        assert Passkey.select().count() == 0

    def test_the_right_code_forgives_the_wrong_ones(self, world):
        with_factor(world.ana)
        with pytest.raises(Refusal):
            begin(world.ana, code="000000")
        begin(world.ana)
        assert not Failures.select().exists()

    def test_not_where_browsers_know_none(self, world, ana):
        site = replace(SITE, base_url="http://127.0.0.1:8000")
        assert may_have_keys(site=SITE)
        assert not may_have_keys(site=site)
        token = password_given()
        assert has_keys(token, site=SITE, now=NOW)
        assert not has_keys(token, site=site, now=NOW)
        proof = Proof(PASSWORD, code(steps=1))
        with pytest.raises(Conflict, match="На този адрес"):
            begin_key(world.ana, proof, "x", here=here_of(world.ana), site=site, now=NOW)


class TestLogin:
    def test_the_key_makes_a_login_that_opens_the_register(self, ana, key):
        entered = with_key(key)
        login = Login.get_by_id(token_digest(entered.token))
        private = unwrap_for_session(entered.token, bytes(login.wrapped_x25519), bytes(login.digest))
        assert len(private) == 32
        assert LoginStep.select().count() == PasskeyChallenge.select().count() == 0
        row = Passkey.get()
        assert (row.sign_count, row.used_at) == (1, NOW)
        assert findings() == set()

    def test_is_asked_for_after_the_password_alone(self, ana, key):
        token = password_given()
        assert has_keys(token, site=SITE, now=NOW)
        for made_up in ("", "не", new_token()):
            assert not has_keys(made_up, site=SITE, now=NOW)
            with pytest.raises(Conflict):
                ask_key(made_up, site=SITE, now=NOW)
            with pytest.raises(Conflict):
                enter(made_up, "{}")

    def test_who_has_none_is_told(self, world):
        with_factor(world.ana)
        token = password_given()
        assert not has_keys(token, site=SITE, now=NOW)
        with pytest.raises(Conflict, match="няма ключ"):
            ask_key(token, site=SITE, now=NOW)

    def test_the_code_goes_on_as_before(self, ana):
        token = password_given()
        ask_key(token, site=SITE, now=NOW)
        assert give_code(token, code(steps=1), origin=ORIGIN, site=SITE, now=NOW)

    def test_its_browser_is_not_asked_for_thirty_days(self, ana, key):
        here = replace(ORIGIN, device=with_key(key).device)
        again = partial(log_in, "ana@example.org", PASSWORD, origin=here, site=SITE)
        assert isinstance(again(now=NOW + TRUSTED - SECOND), Entered)
        assert isinstance(again(now=NOW + TRUSTED), Asked)

    def test_an_answer_counts_once_for_two_at_a_time(self, ana, key):
        token = password_given()
        answer = key.used(ask_key(token, site=SITE, now=NOW))
        results = at_once(partial(enter, token, answer), partial(enter, token, answer))
        assert sorted(type(result).__name__ for result in results) == ["Conflict", "Entered"]

    def test_an_answer_is_of_its_step(self, ana, key):
        """Recorded in one login, it is nothing in the next."""
        first, second = password_given(), password_given()
        answer = key.used(ask_key(first, site=SITE, now=NOW))
        ask_key(second, site=SITE, now=NOW)
        with pytest.raises(Refusal):
            enter(second, answer)

    def test_an_answer_is_to_the_newest_question(self, ana, key):
        token = password_given()
        old = ask_key(token, site=SITE, now=NOW)
        ask_key(token, site=SITE, now=NOW)
        with pytest.raises(Refusal):
            enter(token, key.used(old))

    def test_a_wrong_answer_uses_the_question_up(self, ana, key):
        token = password_given()
        options = ask_key(token, site=SITE, now=NOW)
        with pytest.raises(Refusal):
            enter(token, key.used(options, origin="http://localhost.example.org"))
        with pytest.raises(Conflict):
            enter(token, key.used(options))
        assert enter(token, key.used(ask_key(token, site=SITE, now=NOW)))

    def test_the_time_for_it_ends(self, ana, key):
        token = password_given()
        answer = key.used(ask_key(token, site=SITE, now=NOW))
        with pytest.raises(Conflict):
            enter(token, answer, now=NOW + STEP_LASTS)

    def test_a_copy_that_counts_behind_is_told_and_not_let_in(self, ana, key):
        copy = replace(key)
        with_key(key)
        with_key(key)
        with pytest.raises(Refusal, match="копиран"):
            with_key(copy)
        assert Passkey.get().sign_count == 2

    def test_a_key_that_never_counts_is_a_key(self, world):
        with_factor(world.ana)
        key = Key(counts=False)
        add(world.ana, key)
        assert with_key(key)
        assert with_key(key)

    def test_a_count_of_thirty_two_bits_fits(self, world, key):
        with_factor(world.ana)
        key.count = 2**32 - 2
        add(world.ana, key)
        assert with_key(key)
        assert Passkey.get().sign_count == 2**32 - 1

    def test_another_persons_key_is_refused(self, world, ana, key):
        theirs = Key(b"credential of another")
        with_factor(world.boris)
        Login.delete().execute()
        assert add(world.boris, theirs).user_id == world.boris.user_id
        with pytest.raises(Refusal):
            with_key(theirs)

    @pytest.mark.parametrize("answer", ["", "{}", "[]", "x" * 20_000, '{"rawId": "AAAA"}'])
    def test_nonsense_is_a_wrong_key(self, ana, answer):
        token = password_given()
        ask_key(token, site=SITE, now=NOW)
        with pytest.raises(Refusal) as refused:
            enter(token, answer)
        assert refused.value.field == "key"

    def test_wrong_keys_wait_with_wrong_codes(self, ana, key):
        token = password_given()
        for turn in range(FREE_FAILURES):
            ask_key(token, site=SITE, now=NOW)
            with pytest.raises(Refusal):
                enter(token, "{}") if turn % 2 else give_code(
                    token, "000000", origin=ORIGIN, site=SITE, now=NOW
                )
        answer = key.used(ask_key(token, site=SITE, now=NOW))
        with pytest.raises(TooOften):
            enter(token, answer)
        assert readers("wrong_codes") == ["ana@example.org"]


class TestLosing:
    def test_a_removed_key_opens_nothing_and_its_owner_is_told(self, ana, key):
        add(ana, Key(b"another"), steps=1)
        row = Passkey.get(Passkey.credential_id == key.credential_id)
        for _ in range(2):
            remove_key(ana, row.id, site=SITE, now=NOW)
        assert readers("passkey_removed") == ["ana@example.org"]
        with pytest.raises(Refusal):
            with_key(key)
        assert findings() == set()

    def test_nobody_removes_another_persons(self, world, ana):
        remove_key(world.boris, Passkey.get().id, site=SITE, now=NOW)
        assert Passkey.select().count() == 1
        assert readers("passkey_removed") == []

    def test_with_the_second_factor_all_keys_go(self, ana, key):
        proof = Proof(PASSWORD, code(steps=1))
        turn_off(ana, proof, here=here_of(ana), site=SITE, now=NOW)
        assert Passkey.select().count() == 0
        assert findings() == set()

    def test_none_comes_back_with_the_next_second_factor(self, world, ana, key):
        kept = Passkey.get()
        turn_off(ana, Proof(PASSWORD, code(steps=1)), here=here_of(ana), site=SITE, now=NOW)
        with_factor(ana, now=NOW + timedelta(minutes=5))
        kept.save(force_insert=True)
        assert not has_keys(password_given(now=NOW + timedelta(minutes=6)), site=SITE, now=NOW)
        assert findings() == {"passkey_unexplained"}


class TestPastThePortal:
    """Who can write to the database, and has the person's password."""

    def test_a_key_of_ones_own_opens_nothing_and_is_named(self, world, ana, key):
        own = Key(b"somebody's")
        with_factor(world.boris)
        Login.delete().execute()
        add(world.boris, own)
        Passkey.update(user=ana.user_id).where(Passkey.credential_id == own.credential_id).execute()
        with pytest.raises(Refusal):
            with_key(own)
        assert findings() == {"passkey_unexplained"}

    @pytest.mark.parametrize("column", ["public_key", "credential_id", "made_at"])
    def test_so_is_one_that_was_changed(self, ana, key, column):
        value = NOW + SECOND if column == "made_at" else b"changed"
        Passkey.update(**{column: value}).execute()
        assert not has_keys(password_given(), site=SITE, now=NOW)
        assert findings() == {"passkey_unexplained"}

    def test_one_that_was_removed_and_put_back_is_named(self, ana):
        kept = Passkey.get()
        remove_key(ana, kept.id, site=SITE, now=NOW)
        kept.save(force_insert=True)
        assert findings() == {"passkey_unexplained"}

    def test_a_question_of_ones_own_is_not_the_portals(self, ana, key):
        """An answer that was heard once cannot be asked for again."""
        first = password_given()
        answer = key.used(ask_key(first, site=SITE, now=NOW))
        heard = PasskeyChallenge.get()
        second = password_given()
        ask_key(second, site=SITE, now=NOW)
        PasskeyChallenge.update(nonce=heard.nonce).execute()
        with pytest.raises(Refusal):
            enter(second, answer)
