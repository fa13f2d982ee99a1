"""Setting up a second factor, logging in with it, and losing it."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from portal.actions.keys.factors import NO_CODE
from portal.actions.keys.marks import MOVED
from portal.actions.keys.throttle import Origin
from portal.actions.people import factor_removals, proofs
from portal.actions.people.activation import Activation, open_account
from portal.actions.people.login_steps import give_code
from portal.actions.people.logins import Asked, Entered, log_in
from portal.actions.people.own_account import PasswordChange, change_password, forgot
from portal.actions.people.second_factor import (
    NOT_THE_CODE,
    Proof,
    begin_setup,
    renew_codes,
    setup_of,
    turn_off,
    turn_on,
)
from portal.actions.signing.signing import sign
from portal.actions.verifying import Verified, verify
from portal.crypto.second_factor import RECOVERY_CODES
from portal.crypto.tokens import new_token, token_digest, unwrap_for_session
from portal.domain.accounts import FREE_FAILURES
from portal.domain.decisions import Decision
from portal.domain.errors import Conflict, NotFound, Refusal, TooOften
from portal.domain.keys.second_factor import REMOVAL_LASTS, REMOVAL_NOTICE, SETUP_LASTS, STEP_LASTS, TRUSTED
from portal.domain.people import Role
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.db import writing
from portal.storage.tables.people import Device, Failures, Login, User
from portal.storage.tables.second_factor import FactorRemoval, LoginStep, RecoveryCode, SecondFactor
from tests.actions.people.factor import SECRET, code, here_of, with_factor
from tests.cast import MONTH, NOW, ORIGIN, OTHER_SCHOOL, PASSWORD, SCHOOL, SITE, add_record, add_user
from tests.mail.letters import letters, readers, token_in
from tests.storage.together import at_once

SECOND = timedelta(seconds=1)
OTHER_SECRET = b"another secret, 20 b"


def password_given(email="ana@example.org", *, now=NOW, origin=ORIGIN):
    return log_in(email, PASSWORD, origin=origin, site=SITE, now=now)


def enter(token, typed, *, now=NOW, device="") -> Entered:
    return give_code(token, typed, origin=Origin(device), site=SITE, now=now)


def findings() -> set[str]:
    """But for the rows of the tests themselves, of which the audit knows nothing."""
    found = {finding.code for finding in verify(None, verified=Verified(), site=SITE)}
    return found - {"delegation_changed", "login_unexplained"}


def user_of(person) -> User:
    return User.get_by_id(person.user_id)


class TestSetup:
    def test_the_first_code_turns_it_on(self, world):
        here = here_of(world.ana)
        begun = begin_setup(world.ana, PASSWORD, here=here, site=SITE, now=NOW)
        assert SecondFactor.select().count() == 0
        setup = setup_of(world.ana, begun.sealed, here=here, site=SITE, now=NOW)

        codes = turn_on(world.ana, setup, code(secret=setup.secret), here=here, site=SITE, now=NOW)

        assert len(set(codes)) == RECOVERY_CODES == RecoveryCode.select().count()
        assert user_of(world.ana).factor_at == NOW
        assert setup.secret not in bytes(SecondFactor.get().sealed)
        assert readers() == ["ana@example.org"]
        assert findings() == set()

    def test_asks_for_the_password(self, world):
        for typed, said in (("", "Напишете паролата"), ("не е тази парола", "не е вярна")):
            with pytest.raises(Refusal, match=said) as refused:
                begin_setup(world.ana, typed, here=here_of(world.ana), site=SITE, now=NOW)
            assert refused.value.field == "password"

    @pytest.mark.parametrize(
        ("typed", "said"),
        [(" ", NO_CODE), ("000000", NOT_THE_CODE), ("12345", NOT_THE_CODE), ("код", NOT_THE_CODE)],
    )
    def test_another_code_turns_nothing_on(self, world, typed, said):
        setup = begin_setup(world.ana, PASSWORD, here=here_of(world.ana), site=SITE, now=NOW)
        with pytest.raises(Refusal, match=said):
            turn_on(world.ana, setup, typed, here=here_of(world.ana), site=SITE, now=NOW)
        assert user_of(world.ana).factor_at is None

    def test_the_form_is_of_this_login_for_a_quarter_of_an_hour(self, world):
        here = here_of(world.ana)
        sealed = begin_setup(world.ana, PASSWORD, here=here, site=SITE, now=NOW).sealed
        elsewhere = here_of(world.ana, token=new_token())
        for person, where, at in (
            (world.ana, elsewhere, NOW),
            (world.boris, here, NOW),
            (world.ana, here, NOW + SETUP_LASTS),
        ):
            with pytest.raises(Conflict):
                setup_of(person, sealed, here=where, site=SITE, now=at)
        for made_up in ("", "не", "00" * 60):
            with pytest.raises(Conflict):
                setup_of(world.ana, made_up, here=here, site=SITE, now=NOW)

    def test_is_not_begun_where_it_is_on(self, world):
        with_factor(world.ana)
        with pytest.raises(Conflict, match="вече е включен"):
            begin_setup(world.ana, PASSWORD, here=here_of(world.ana), site=SITE, now=NOW)

    def test_an_account_that_was_changed_past_the_portal_gets_none(self, world):
        """With the factor it would get a new mark."""
        setup = begin_setup(world.ana, PASSWORD, here=here_of(world.ana), site=SITE, now=NOW)
        User.update(institution=OTHER_SCHOOL).where(User.id == world.ana.user_id).execute()
        with pytest.raises(Conflict, match=MOVED):
            turn_on(world.ana, setup, code(secret=setup.secret), here=here_of(world.ana), site=SITE, now=NOW)
        assert user_of(world.ana).factor_at is None

    def test_of_two_at_once_one_is_told_that_it_is_on(self, world):
        here = here_of(world.ana)
        deed = partial(
            turn_on,
            world.ana,
            begin_setup(world.ana, PASSWORD, here=here, site=SITE, now=NOW),
            here=here,
            site=SITE,
            now=NOW,
        )
        typed = code(secret=deed.args[1].secret)
        results = at_once(partial(deed, typed), partial(deed, typed))
        assert sorted(type(result).__name__ for result in results) == ["Conflict", "list"]

    def test_ends_the_logins_that_were_without(self, world):
        password_given()
        with_factor(world.ana)
        assert Login.select().count() == 0


class TestLogin:
    def test_the_password_alone_makes_no_login(self, world):
        with_factor(world.ana)
        asked = password_given()
        assert isinstance(asked, Asked)
        assert Login.select().count() == 0
        assert asked.token.encode() not in bytes(LoginStep.get().digest)

    def test_nobody_learns_of_it_without_the_password(self, world):
        said = []
        for _ in range(2):
            with pytest.raises(Refusal) as refused:
                log_in("ana@example.org", "не е тази парола", origin=ORIGIN, site=SITE, now=NOW)
            said.append(str(refused.value))
            if user_of(world.ana).factor_at is None:
                with_factor(world.ana)
        assert said[0] == said[1]

    def test_the_code_makes_one_that_opens_the_register(self, world):
        with_factor(world.ana)
        entered = enter(password_given().token, code())
        login = Login.get()
        assert len(unwrap_for_session(entered.token, bytes(login.wrapped_x25519), bytes(login.digest))) == 32
        assert LoginStep.select().count() == 0

    @pytest.mark.parametrize("steps", [0, 1])
    def test_the_telephones_clock_may_be_a_step_off(self, world, steps):
        with_factor(world.ana)
        assert enter(password_given().token, code(steps=steps))

    def test_a_step_behind_too(self, world):
        with_factor(world.ana)
        later = NOW + timedelta(minutes=2)
        assert enter(password_given(now=later).token, code(later, -1), now=later)

    def test_refuses_all_others_with_one_sentence(self, world):
        with_factor(world.ana)
        with_factor(world.boris, secret=OTHER_SECRET)
        used = code()
        enter(password_given().token, used)
        token = password_given().token
        said = set()
        for wrong in (used, code(steps=-2), code(steps=2), code(secret=OTHER_SECRET), "ABCD-EFGH-JKMN"):
            with pytest.raises(Refusal) as refused:
                enter(token, wrong)
            said.add((str(refused.value), refused.value.field))
        assert len(said) == 1

    def test_a_code_is_good_once_for_two_at_a_time(self, world):
        with_factor(world.ana)
        tokens = [password_given().token for _ in range(2)]
        results = at_once(*(partial(enter, token, code()) for token in tokens))
        assert sorted(type(result).__name__ for result in results) == ["Entered", "Refusal"]

    def test_so_is_a_recovery_code(self, world):
        first, second, *_ = with_factor(world.ana)
        tokens = [password_given().token for _ in range(2)]
        results = at_once(*(partial(enter, token, first.lower()) for token in tokens))
        assert sorted(type(result).__name__ for result in results) == ["Entered", "Refusal"]
        assert RecoveryCode.select().count() == RECOVERY_CODES - 1
        assert AuditEntry.select().where(AuditEntry.what == "factor_code_used").count() == 1
        assert readers().count("ana@example.org") == 2  # that it is on, and that a code was used
        assert enter(password_given().token, second)

    def test_uses_up_nobody_elses_code(self, world):
        with_factor(world.ana)
        with_factor(world.boris)
        enter(password_given().token, code())
        assert enter(password_given("boris@example.org").token, code())

    def test_another_accounts_recovery_code_is_none(self, world):
        own = with_factor(world.ana)
        theirs = with_factor(world.boris)
        with pytest.raises(Refusal):
            enter(password_given().token, theirs[0])
        assert enter(password_given().token, own[0])
        said = " ".join(letters("recovery_code_used")[0].body.split())
        assert f"остават още {RECOVERY_CODES - 1}." in said

    def test_after_five_wrong_codes_the_right_one_waits_too(self, world):
        with_factor(world.ana)
        for _ in range(FREE_FAILURES):
            with pytest.raises(Refusal):
                enter(password_given().token, "000000")
        with pytest.raises(TooOften):
            enter(password_given().token, code())
        soon = NOW + timedelta(seconds=16)
        assert enter(password_given(now=soon).token, code(soon), now=soon)

    def test_the_right_one_forgives_the_wrong_ones(self, world):
        with_factor(world.ana)
        for steps in (0, 1):
            for _ in range(FREE_FAILURES - 1):
                with pytest.raises(Refusal):
                    enter(password_given().token, "000000")
            assert enter(password_given().token, code(steps=steps))

    def test_the_time_for_it_ends(self, world):
        with_factor(world.ana)
        token = password_given().token
        late = NOW + STEP_LASTS
        with pytest.raises(Conflict):
            enter(token, code(late), now=late)
        password_given(now=late)
        assert LoginStep.select().count() == 1

    def test_a_changed_password_and_a_stopped_account_end_it(self, world):
        with_factor(world.ana)
        token = password_given().token
        change_password(
            world.ana,
            PasswordChange(PASSWORD, "нова дълга парола", "нова дълга парола"),
            login=b"",
            origin=ORIGIN,
            site=SITE,
            now=NOW,
        )
        with pytest.raises(Conflict):
            enter(token, code())

    def test_so_does_a_change_past_the_portal(self, world):
        with_factor(world.ana)
        token = password_given().token
        User.update(institution=OTHER_SCHOOL).where(User.id == world.ana.user_id).execute()
        with pytest.raises(Conflict, match=MOVED):
            enter(token, code())
        assert Login.select().count() == 0

    def test_made_up_tokens_are_over(self, world):
        for token in ("", new_token(), "не"):
            with pytest.raises(Conflict):
                enter(token, "123456")


class TestKnownBrowser:
    def test_is_not_asked_for_thirty_days(self, world):
        with_factor(world.ana)
        device = enter(password_given().token, code()).device
        here = Origin(device=device)
        assert isinstance(password_given(now=NOW + TRUSTED - SECOND, origin=here), Entered)
        assert isinstance(password_given(now=NOW + TRUSTED, origin=here), Asked)
        assert isinstance(password_given(), Asked)

    def test_that_of_an_earlier_factor_is(self, world):
        with_factor(world.ana)
        device = enter(password_given().token, code()).device
        proof = Proof(PASSWORD, code(steps=1))
        turn_off(world.ana, proof, here=here_of(world.ana), site=SITE, now=NOW)
        with_factor(world.ana, now=NOW + SECOND)
        assert isinstance(password_given(now=NOW + SECOND, origin=Origin(device=device)), Asked)

    def test_one_that_was_written_past_the_portal_is_asked_and_named(self, world):
        device = password_given().device
        with_factor(world.ana)
        Device.update(factor_at=NOW + SECOND).execute()
        assert isinstance(password_given(now=NOW + SECOND, origin=Origin(device=device)), Asked)
        assert "trusted_device_unexplained" in findings()

    def test_another_of_ones_own_browsers_is_asked(self, world):
        with_factor(world.ana)
        enter(password_given().token, code())
        assert isinstance(password_given(origin=Origin(device=new_token())), Asked)

    def test_a_code_is_given_in_one_browser_and_in_no_other(self, world):
        at_home = password_given().device
        at_work = password_given().device
        with_factor(world.ana)
        given = Origin(device=at_work)
        enter(password_given(origin=given).token, code(), device=at_work)

        assert isinstance(password_given(origin=given), Entered)
        assert isinstance(password_given(origin=Origin(device=at_home)), Asked)

    def test_of_two_who_share_a_browser_each_is_asked(self, world):
        device = password_given().device
        shared = Origin(device=device)
        password_given("boris@example.org", origin=shared)
        with_factor(world.ana)
        with_factor(world.boris)
        enter(password_given("boris@example.org", origin=shared).token, code(), device=device)

        assert isinstance(password_given("boris@example.org", origin=shared), Entered)
        assert isinstance(password_given(origin=shared), Asked)
        enter(password_given(origin=shared).token, code(), device=device)
        assert isinstance(password_given(origin=shared), Entered)
        assert findings() == set()

    def test_another_accounts_row_spares_nobody(self, world):
        with_factor(world.ana)
        device = enter(password_given().token, code()).device
        with_factor(world.boris)
        Device.update(user=world.boris.user_id).execute()
        assert isinstance(password_given("boris@example.org", origin=Origin(device=device)), Asked)


def test_survives_a_new_password_by_letter(world):
    with_factor(world.ana)
    forgot("ana@example.org", origin=ORIGIN, site=SITE, now=NOW)
    typed = Activation("нова дълга парола", "нова дълга парола")
    asked = open_account(token_in(letters()[-1]), typed, site=SITE, now=NOW)
    assert isinstance(asked, Asked)
    assert enter(asked.token, code())


class TestOwn:
    def test_new_codes_end_the_old_ones(self, world):
        old = with_factor(world.ana)
        proof = Proof(PASSWORD, code())
        new = renew_codes(world.ana, proof, here=here_of(world.ana), site=SITE, now=NOW)
        assert not set(old) & set(new)
        with pytest.raises(Refusal):
            enter(password_given().token, old[0])
        assert enter(password_given().token, new[0])

    def test_new_codes_and_turning_it_off_touch_nobody_elses(self, world):
        with_factor(world.ana)
        theirs = with_factor(world.boris)
        here = here_of(world.ana)
        renew_codes(world.ana, Proof(PASSWORD, code()), here=here, site=SITE, now=NOW)
        turn_off(world.ana, Proof(PASSWORD, code(steps=1)), here=here, site=SITE, now=NOW)

        assert [row.user_id for row in SecondFactor.select()] == [world.boris.user_id]
        assert enter(password_given("boris@example.org").token, theirs[0])

    @pytest.mark.parametrize(
        ("proof", "field"),
        [
            (Proof("", "123456"), "password"),
            (Proof("не е", "1"), "password"),
            (Proof(PASSWORD, "000000"), "code"),
        ],
    )
    @pytest.mark.parametrize("deed", [renew_codes, turn_off])
    def test_asks_for_password_and_code(self, world, deed, proof, field):
        with_factor(world.ana)
        with pytest.raises(Refusal) as refused:
            deed(world.ana, proof, here=here_of(world.ana), site=SITE, now=NOW)
        assert refused.value.field == field
        assert RecoveryCode.select().count() == RECOVERY_CODES
        assert user_of(world.ana).factor_at == NOW

    @pytest.mark.parametrize("deed", [renew_codes, turn_off])
    def test_the_right_ones_forgive_the_wrong_ones(self, world, deed):
        with_factor(world.boris)
        here = here_of(world.boris)
        for wrong in (Proof("не е тази"), Proof(PASSWORD, "000000")):
            with pytest.raises(Refusal):
                deed(world.boris, wrong, here=here, site=SITE, now=NOW)
        assert Failures.select().exists()
        deed(world.boris, Proof(PASSWORD, code()), here=here, site=SITE, now=NOW)
        assert not Failures.select().exists()

    @pytest.mark.parametrize("deed", [renew_codes, turn_off])
    def test_nothing_is_done_to_an_account_that_was_changed_past_the_portal(self, world, deed):
        """Without its factor it would get a new mark."""
        with_factor(world.ana)
        User.update(institution=OTHER_SCHOOL).where(User.id == world.ana.user_id).execute()
        with pytest.raises(Conflict, match=MOVED):
            deed(world.ana, Proof(PASSWORD, code()), here=here_of(world.ana), site=SITE, now=NOW)
        assert user_of(world.ana).factor_at == NOW

    @pytest.mark.parametrize(
        "changed",
        [{"login_tag": b"another password's".ljust(32)}, {"disabled_at": NOW}, {"factor_at": None}],
        ids=["another password", "the account stopped", "turned off"],
    )
    def test_what_is_changed_while_the_password_is_checked_counts(self, world, monkeypatch, changed):
        codes = with_factor(world.ana)
        opens = proofs.opens

        def opens_too_late(user, given, *, site):
            found = opens(user, given, site=site)
            with writing():
                User.update(**changed).where(User.id == user.id).execute()
            return found

        monkeypatch.setattr(proofs, "opens", opens_too_late)
        with pytest.raises(Conflict, match=r"Междувременно|вече е изключен"):
            turn_off(world.ana, Proof(PASSWORD, codes[0]), here=here_of(world.ana), site=SITE, now=NOW)
        assert RecoveryCode.select().count() == RECOVERY_CODES

    def test_turned_off_it_is_gone_and_the_audit_knows(self, world):
        codes = with_factor(world.ana)
        turn_off(world.ana, Proof(PASSWORD, codes[0]), here=here_of(world.ana), site=SITE, now=NOW)
        assert isinstance(password_given(), Entered)
        assert RecoveryCode.select().count() == SecondFactor.select().count() == 0
        assert findings() == set()
        with pytest.raises(Conflict, match="вече е изключен"):
            turn_off(world.ana, Proof(PASSWORD, codes[1]), here=here_of(world.ana), site=SITE, now=NOW)
        assert not Failures.select().exists(), "there was nothing to guess"


class TestRequired:
    SITE = replace(SITE, needs_second_factor=True)

    def test_nobody_signs_without(self, world):
        add_record(decision=Decision.CONFIRMED)
        with pytest.raises(Conflict, match="втори фактор"):
            sign(world.ana, MONTH, PASSWORD, site=self.SITE, now=NOW)
        with_factor(world.ana)
        assert sign(world.ana, MONTH, PASSWORD, site=self.SITE, now=NOW)

    def test_nobody_else_is_asked(self, world):
        add_record(decision=Decision.CONFIRMED)
        assert sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)


class TestRemoval:
    LATER = NOW + REMOVAL_NOTICE

    def ask(self, world, person, *, now=NOW):
        factor_removals.ask_for_removal(world.oleg, person.user_id, site=SITE, now=now)

    def agree(self, by, person, *, now=NOW):
        factor_removals.agree(by, person.user_id, site=SITE, now=now)

    def test_takes_the_office_and_a_day(self, world):
        with_factor(world.ana)
        self.ask(world, world.ana)
        assert set(readers()) == {"ana@example.org", "nora@example.org"}
        assert self.noted() == [("factor_removal_asked", world.oleg.user_id)]
        assert isinstance(password_given(now=self.LATER), Asked)
        self.agree(world.nora, world.ana)
        self.agree(world.nora, world.ana, now=NOW + SECOND)
        assert FactorRemoval.get().agreed_at == NOW
        assert isinstance(password_given(now=self.LATER - SECOND), Asked)
        assert isinstance(password_given(now=self.LATER), Entered)
        assert user_of(world.ana).factor_at is None
        assert self.noted()[1:] == [
            ("factor_removal_agreed", world.nora.user_id),
            ("factor_off", world.oleg.user_id),
        ]
        assert readers("factor_off") == ["ana@example.org"]
        assert findings() == set()

    def noted(self):
        """In the audit of the institution, and by whom."""
        entries = AuditEntry.select().where(
            (AuditEntry.chain == SCHOOL)
            & AuditEntry.what.startswith("factor_")
            & (AuditEntry.what != "factor_on")
        )
        return [(entry.what, entry.who) for entry in entries.order_by(AuditEntry.id)]

    def test_a_day_without_agreement_is_nothing(self, world):
        with_factor(world.ana)
        self.ask(world, world.ana)
        assert isinstance(password_given(now=self.LATER + SECOND), Asked)

    def test_is_over_after_a_week(self, world):
        with_factor(world.ana)
        self.ask(world, world.ana)
        self.agree(world.nora, world.ana)
        assert isinstance(password_given(now=NOW + REMOVAL_LASTS), Asked)
        with pytest.raises(Conflict):
            self.agree(world.nora, world.ana, now=NOW + REMOVAL_LASTS)

    @pytest.mark.parametrize("by", ["ana", "nora", "oleg"])
    def test_can_be_stopped(self, world, by):
        with_factor(world.ana)
        self.ask(world, world.ana)
        self.agree(world.nora, world.ana)
        for _ in range(2):
            factor_removals.stop(getattr(world, by), world.ana.user_id, site=SITE, now=NOW)
        assert isinstance(password_given(now=self.LATER), Asked)
        assert AuditEntry.select().where(AuditEntry.what == "factor_removal_stopped").count() == 1
        assert set(readers("factor_removal_stopped")) == {"ana@example.org", "nora@example.org"}

    def test_a_request_and_its_end_touch_nobody_elses(self, world):
        for person in (world.ana, world.nora):
            with_factor(person)
            self.ask(world, person)
        assert FactorRemoval.select().count() == 2
        factor_removals.stop(world.oleg, world.nora.user_id, site=SITE, now=NOW)
        assert [row.user_id for row in FactorRemoval.select()] == [world.ana.user_id]

    def test_is_asked_for_anew_when_its_week_is_over(self, world):
        with_factor(world.ana)
        self.ask(world, world.ana)
        self.ask(world, world.ana, now=NOW + REMOVAL_LASTS)
        assert FactorRemoval.get().asked_at == NOW + REMOVAL_LASTS

    def test_an_operator_agrees_to_another_operators_and_never_to_their_own(self, world):
        with_factor(world.oleg)
        other = add_user(Role.OPERATOR, "Оля Минчева", "olya@example.org")
        olya = replace(world.oleg, user_id=other.id)
        factor_removals.ask_for_removal(olya, world.oleg.user_id, site=SITE, now=NOW)
        with pytest.raises(NotFound):
            self.agree(world.oleg, world.oleg)
        assert FactorRemoval.get().agreed_at is None

    def test_who_asked_is_not_asked_to_agree(self, world):
        """Nor written to, and nobody is once the week is over."""
        with_factor(world.nora)
        other = add_user(Role.OPERATOR, "Оля Минчева", "olya@example.org")
        olya = replace(world.oleg, user_id=other.id)
        self.ask(world, world.nora)

        assert set(readers("factor_removal_asked")) == {"nora@example.org", "olya@example.org"}
        assert self.waiting(world.oleg) == []
        assert self.waiting(olya) == [world.nora.user_id]
        assert self.waiting(olya, now=NOW + REMOVAL_LASTS) == []

    def waiting(self, person, *, now=NOW):
        return [each.user.id for each in factor_removals.waiting_for(person, site=SITE, now=now)]

    def test_of_an_account_that_is_not_there_nothing_is_asked(self, world):
        with pytest.raises(NotFound):
            factor_removals.ask_for_removal(world.oleg, 0, site=SITE, now=NOW)

    def test_of_a_stopped_account_nothing_is_asked(self, world):
        with_factor(world.ana)
        User.update(disabled_at=NOW).where(User.id == world.ana.user_id).execute()
        with pytest.raises(Conflict, match="няма втори фактор"):
            self.ask(world, world.ana)

    def test_only_those_whom_it_concerns_agree(self, world):
        with_factor(world.ana)
        self.ask(world, world.ana)
        far = replace(world.nora, region=3)
        for stranger in (world.ana, world.boris, world.oleg, world.dora, far):
            with pytest.raises(NotFound):
                self.agree(stranger, world.ana)
        for stranger in (world.boris, world.dora, far):
            with pytest.raises(NotFound):
                factor_removals.stop(stranger, world.ana.user_id, site=SITE, now=NOW)

    def test_a_delegates_director_agrees(self, world):
        with_factor(world.dora)
        self.ask(world, world.dora)
        with pytest.raises(NotFound):
            self.agree(world.boris, world.dora)
        self.agree(world.ana, world.dora)
        assert isinstance(password_given("dora@example.org", now=self.LATER), Entered)

    def test_no_operator_does_both(self, world):
        with_factor(world.nora)
        self.ask(world, world.nora)
        with pytest.raises(Conflict):
            self.agree(world.oleg, world.nora)
        other = add_user(Role.OPERATOR, "Оля Минчева", "olya@example.org")
        self.agree(replace(world.oleg, user_id=other.id), world.nora)
        assert isinstance(password_given("nora@example.org", now=self.LATER), Entered)

    def test_nobody_asks_for_their_own(self, world):
        with_factor(world.oleg)
        with pytest.raises(Conflict):
            self.ask(world, world.oleg)

    def test_is_asked_for_once(self, world):
        with_factor(world.ana)
        self.ask(world, world.ana)
        self.agree(world.nora, world.ana)
        self.ask(world, world.ana, now=NOW + SECOND)
        assert FactorRemoval.get().agreed_at == NOW

    def test_only_of_what_is_there(self, world):
        with pytest.raises(Conflict):
            self.ask(world, world.ana)

    def test_a_row_that_was_written_past_the_portal_does_nothing_and_is_named(self, world):
        with_factor(world.ana)
        FactorRemoval.insert(
            user=world.ana.user_id,
            asked_at=NOW - REMOVAL_NOTICE,
            asked_by=world.oleg.user_id,
            agreed_at=NOW,
            agreed_by=world.nora.user_id,
            mac=b"x" * 32,
        ).execute()
        assert isinstance(password_given(), Asked)
        assert "factor_removal_unexplained" in findings()


class TestWriterInTheDatabase:
    def test_without_its_row_the_account_opens_nothing(self, world):
        with_factor(world.ana)
        SecondFactor.delete().execute()
        with pytest.raises(Conflict):
            enter(password_given().token, code())
        assert "factor_changed" in findings()

    def test_nor_with_nothing_said_of_it_in_the_account(self, world):
        with_factor(world.ana)
        SecondFactor.delete().execute()
        User.update(factor_at=None).where(User.id == world.ana.user_id).execute()
        with pytest.raises(Conflict):
            password_given()
        assert {"account_changed", "factor_changed_unsaid"} <= findings()

    def test_nor_with_the_secret_of_an_account_of_ones_own(self, world):
        with_factor(world.ana)
        with_factor(world.boris, secret=OTHER_SECRET)
        theirs = SecondFactor.get(SecondFactor.user == world.boris.user_id)
        SecondFactor.update(sealed=theirs.sealed).where(SecondFactor.user == world.ana.user_id).execute()
        with pytest.raises(Conflict):
            enter(password_given().token, code(secret=OTHER_SECRET))
        assert "factor_changed" in findings()

    def test_nor_with_half_a_login_of_ones_own(self, world):
        with_factor(world.ana)
        token = new_token()
        LoginStep.insert(
            digest=token_digest(token), user=world.ana.user_id, made_at=NOW, mac=b"x" * 32
        ).execute()
        with pytest.raises(Conflict):
            enter(token, code())
        assert "login_step_unexplained" in findings()

    def test_a_factor_for_somebody_who_has_none_is_named(self, world):
        SecondFactor.insert(user=world.ana.user_id, sealed=SECRET, last_step=0).execute()
        assert "factor_unexplained" in findings()
