"""portal.actions.people.guesses: wrong passwords are counted, and told where they are many."""

from datetime import date, timedelta
from functools import partial

import pytest

from portal.actions.people import guesses
from portal.actions.people.egn_changes import ask_for_change
from portal.actions.people.guesses import count_wrong, settle_guesses
from portal.actions.people.login_steps import give_code
from portal.actions.people.logins import log_in
from portal.actions.people.own_account import PasswordChange, change_password
from portal.actions.people.proofs import Proof, proved
from portal.actions.verifying import Verified, verify
from portal.domain.errors import Refusal
from portal.domain.keys.news import DAY, MANY_WRONG, Guess, NewsKind
from portal.storage.tables.access_news import NOBODY, AccessNews, WrongGuesses
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import User
from tests.actions.people.factor import with_factor
from tests.cast import EGNS, NOW, ORIGIN, PASSWORD, SCHOOL, SITE
from tests.mail.letters import letters, readers
from tests.storage.together import at_once

TODAY = date(2021, 1, 28)
MIDNIGHT = NOW.replace(hour=22)  # in Sofia


def guess(times=1, email="ana@example.org", now=NOW):
    for _ in range(times):
        with pytest.raises(Refusal):
            log_in(email, "не е тази парола", origin=ORIGIN, site=SITE, now=now)


def wrong(times, user, now=NOW):
    for _ in range(times):
        count_wrong(user, site=SITE, now=now)


@pytest.fixture
def ana(world) -> User:
    return User.get_by_id(world.ana.user_id)


def counted():
    rows = WrongGuesses.select().order_by(WrongGuesses.day, WrongGuesses.who)
    return [(row.day, row.who, row.guess, row.count) for row in rows]


def noted():
    entries = AuditEntry.select().where(AuditEntry.what.startswith("wrong_")).order_by(AuditEntry.id)
    return [(entry.chain, entry.who, entry.what, entry.object, entry.content) for entry in entries]


def test_a_login_that_failed_is_counted_by_day(ana):
    guess(2)
    guess(now=MIDNIGHT - timedelta(seconds=1))
    guess(now=MIDNIGHT)
    assert counted() == [
        (TODAY, ana.id, Guess.PASSWORD, 3),
        (date(2021, 1, 29), ana.id, Guess.PASSWORD, 1),
    ]


def test_a_good_one_is_not(ana):
    log_in("ana@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW)
    assert counted() == []


def test_nobodys_address_is_counted_too_and_not_kept(world, caplog):
    caplog.set_level("INFO")
    guess(email="nobody@example.org")
    guess(email="somebody@example.org")
    assert counted() == [(TODAY, NOBODY, Guess.PASSWORD, 2)]
    assert "an address without an account" in caplog.text
    assert "body@" not in caplog.text
    assert ORIGIN.network not in caplog.text


def test_the_log_says_for_which_account(ana, caplog):
    caplog.set_level("INFO")
    guess()
    assert f"a wrong password for user {ana.id}" in caplog.text


def change(person, password):
    typed = PasswordChange(password, "нова дълга парола", "нова дълга парола")
    change_password(person, typed, login=b"", origin=ORIGIN, site=SITE, now=NOW)


def ask_for_egn(person, password):
    ask_for_change(person, EGNS[0], password, origin=ORIGIN, site=SITE, now=NOW)


def prove(person, password):
    proved(person, Proof(password), ORIGIN, site=SITE, now=NOW)


@pytest.mark.parametrize("deed", [change, ask_for_egn, prove])
def test_a_password_that_is_asked_for_inside_counts_as_well(world, ana, deed):
    with pytest.raises(Refusal):
        deed(world.ana, "не е тази парола")
    assert counted() == [(TODAY, ana.id, Guess.PASSWORD, 1)]


def test_many_are_told_once_a_day(ana):
    wrong(MANY_WRONG - 1, ana)
    assert letters() == []
    wrong(1, ana)
    assert readers("wrong_passwords") == ["ana@example.org"]
    assert f"опитани {MANY_WRONG} грешни пароли" in " ".join(letters()[0].body.split())
    assert [(row.user_id, row.kind) for row in AccessNews.select()] == [(ana.id, NewsKind.WRONG_PASSWORDS)]
    wrong(3 * MANY_WRONG, ana)
    assert len(letters()) == 1
    wrong(MANY_WRONG, ana, now=NOW + DAY)
    assert len(letters()) == 2


def test_of_many_at_once_one_is_the_tenth(ana):
    wrong(MANY_WRONG - 2, ana)
    at_once(*[partial(wrong, 1, ana) for _ in range(5)])
    assert counted() == [(TODAY, ana.id, Guess.PASSWORD, MANY_WRONG + 3)]
    assert readers() == ["ana@example.org"]


@pytest.mark.parametrize("change", [{"disabled_at": NOW}, {"activated_at": None}])
def test_who_has_no_access_gets_no_letter(ana, change):
    User.update(**change).execute()
    wrong(2 * MANY_WRONG, User.get_by_id(ana.id))
    assert letters() == []


def test_nobody_is_written_to_for_an_address_without_an_account(world):
    wrong(2 * MANY_WRONG, None)
    assert OutboxMessage.select().count() == 0


def test_a_wrong_code_is_graver_and_told_sooner(world, ana):
    with_factor(world.ana)
    asked = log_in("ana@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW)
    for _ in range(Guess.CODE.many):
        assert readers("wrong_codes") == []
        with pytest.raises(Refusal):
            give_code(asked.token, "000000", origin=ORIGIN, site=SITE, now=NOW)
    assert readers("wrong_codes") == ["ana@example.org"]
    assert counted() == [(TODAY, ana.id, Guess.CODE, Guess.CODE.many)]


class TestAudit:
    def test_says_day_and_number_when_the_day_is_over(self, world, ana):
        wrong(3, ana)
        wrong(2, User.get_by_id(world.nora.user_id))
        wrong(4, None)
        settle_guesses(now=MIDNIGHT - timedelta(seconds=1))
        assert noted() == []
        for _ in range(2):
            settle_guesses(now=MIDNIGHT)
        assert noted() == [
            ("national", 0, "wrong_passwords", "strangers", "2021-01-28 4"),
            (SCHOOL, 0, "wrong_passwords", f"user:{ana.id}", "2021-01-28 3"),
            ("national", 0, "wrong_passwords", f"user:{world.nora.user_id}", "2021-01-28 2"),
        ]
        assert counted() == []
        found = {finding.code for finding in verify(None, verified=Verified(), site=SITE)}
        assert found <= {"delegation_changed"}  # the cast's own, of which the audit knows nothing

    def test_comes_with_the_next_login_of_anybody(self, ana):
        guess(2)
        log_in("boris@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW + DAY)
        assert noted() == [(SCHOOL, 0, "wrong_passwords", f"user:{ana.id}", "2021-01-28 2")]

    def test_of_two_who_come_at_once_one_writes_it(self, ana):
        wrong(2, ana)
        at_once(*[partial(settle_guesses, now=NOW + DAY)] * 4)
        assert noted() == [(SCHOOL, 0, "wrong_passwords", f"user:{ana.id}", "2021-01-28 2")]

    def test_after_a_day_of_many_a_login_writes_some(self, world, ana, monkeypatch):
        monkeypatch.setattr(guesses, "AT_ONCE", 1)
        wrong(1, ana)
        wrong(1, User.get_by_id(world.boris.user_id))
        settle_guesses(now=NOW + DAY)
        assert len(noted()) == len(counted()) == 1
