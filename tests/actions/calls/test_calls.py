"""claim_call, keep_claim, give_up_call, note_call: one caller at a time, each call noted once."""

from datetime import timedelta

import pytest

from portal.actions.calls.claiming import claim_call, give_up_call, keep_claim
from portal.actions.calls.noting import note_call
from portal.actions.disclosure.account import export_account
from portal.actions.retention.purging import purge
from portal.actions.verifying import Verified, verify
from portal.domain.calls.call import Noted, Outcome
from portal.domain.calls.claims import LASTS, LONGEST
from portal.domain.errors import Conflict, NotFound, Refusal
from portal.domain.people import Role
from portal.domain.submissions import Lock
from portal.storage.calls.claims import claim_on
from portal.storage.calls.tables import CallClaim, PhoneCall
from portal.storage.people.persons import person_of
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.db import db, is_sqlite
from portal.storage.tables.people import Delegation, Login
from portal.storage.tables.register import RegisterMonth
from tests.cast import (
    AFTER,
    CLOSES,
    FAR_SCHOOL,
    MONTH,
    NOW,
    OPENS,
    OTHER_SCHOOL,
    SCHOOL,
    SITE,
    add_record,
    add_user,
    end_month,
)
from tests.storage.together import at_once

MINUTE = timedelta(minutes=1)
NO_ANSWER = Noted(Outcome.NO_ANSWER, "Звъня дълго.")


@pytest.fixture
def rada(world):
    """Another expert of the same office."""
    return person_of(add_user(Role.RUO, "Рада Желева", "rada@example.org", region=22), NOW.date())


@pytest.fixture
def next_month(world):
    """Open at the same time."""
    month = MONTH.plus(1)
    campaign = Campaign.create(month=month, opens_on=OPENS, closes_on=CLOSES, made_at=NOW)
    Submission.create(campaign=campaign, institution=SCHOOL)
    return month


def caller(code=SCHOOL, now=NOW):
    claim = claim_on(code)
    return None if claim is None or not claim.stands(now) else claim.user_id


class TestTheTurn:
    def test_is_one_callers_for_ten_minutes(self, world, rada):
        claim_call(world.nora, MONTH, SCHOOL, now=NOW)

        with pytest.raises(Conflict, match=r"Нора Петрова се обажда от 10:00 ч\."):
            claim_call(rada, MONTH, SCHOOL, now=NOW + LASTS - MINUTE)
        assert claim_call(rada, MONTH, SCHOOL, now=NOW + LASTS).name == "Рада Желева"
        with pytest.raises(Conflict, match="Рада Желева се обажда от 10:10"):
            claim_call(world.nora, MONTH, SCHOOL, now=NOW + LASTS)

    def test_is_of_one_institution(self, world, rada):
        claim_call(world.nora, MONTH, SCHOOL, now=NOW)
        assert claim_call(rada, MONTH, OTHER_SCHOOL, now=NOW).is_of(rada.user_id)

    def test_is_of_it_whatever_month_it_is_about(self, world, rada, next_month):
        claim_call(world.nora, MONTH, SCHOOL, now=NOW)

        said = r"Нора Петрова се обажда от 10:00 ч\. за декември 2020 г\. Изчакайте"
        with pytest.raises(Conflict, match=said):
            claim_call(rada, next_month, SCHOOL, now=NOW)
        with pytest.raises(Conflict, match=said):
            note_call(rada, next_month, SCHOOL, NO_ANSWER, now=NOW)
        assert claim_call(world.nora, next_month, SCHOOL, now=NOW).month == MONTH  # it is one call
        assert keep_claim(world.nora, next_month, SCHOOL, now=NOW).month == MONTH

        give_up_call(world.nora, next_month, SCHOOL)
        assert claim_call(rada, next_month, SCHOOL, now=NOW).month == next_month

    def test_who_is_a_moment_late_renews_nothing_that_another_has(self, world, rada, next_month):
        claim_call(world.nora, MONTH, SCHOOL, now=NOW)
        claim_call(rada, next_month, SCHOOL, now=NOW + LASTS)
        assert keep_claim(world.nora, MONTH, SCHOOL, now=NOW + LASTS - MINUTE) is None

    def test_a_call_that_is_noted_is_over_for_every_month(self, world, rada, next_month):
        claim_call(world.nora, MONTH, SCHOOL, now=NOW)
        note_call(world.nora, next_month, SCHOOL, NO_ANSWER, now=NOW + MINUTE)
        assert claim_call(rada, MONTH, SCHOOL, now=NOW + MINUTE).is_of(rada.user_id)

    @pytest.mark.parametrize("round", range(5))
    def test_of_two_at_once_about_two_months_one_has_it(self, world, rada, next_month, round):
        found = at_once(
            lambda: claim_call(world.nora, MONTH, SCHOOL, now=NOW),
            lambda: claim_call(rada, next_month, SCHOOL, now=NOW),
        )

        assert sum(isinstance(each, Conflict) for each in found) == 1

    def test_pressed_twice_it_lasts_from_the_second_time(self, world):
        claim_call(world.nora, MONTH, SCHOOL, now=NOW)
        again = claim_call(world.nora, MONTH, SCHOOL, now=NOW + MINUTE)

        assert (again.since, again.until) == (NOW, NOW + MINUTE + LASTS)

    def test_is_renewed_and_not_for_ever(self, world, rada):
        claim_call(world.nora, MONTH, SCHOOL, now=NOW)
        now = NOW
        while keep_claim(world.nora, MONTH, SCHOOL, now=now + 5 * MINUTE) is not None:
            now += 5 * MINUTE
            assert now < NOW + LONGEST
        assert claim_call(rada, MONTH, SCHOOL, now=NOW + LONGEST).is_of(rada.user_id)

    def test_is_not_renewed_by_another_or_when_it_is_over(self, world, rada):
        assert keep_claim(world.nora, MONTH, SCHOOL, now=NOW) is None
        claim_call(world.nora, MONTH, SCHOOL, now=NOW)
        assert keep_claim(rada, MONTH, SCHOOL, now=NOW) is None
        assert keep_claim(world.nora, MONTH, SCHOOL, now=NOW + LASTS) is None

    def test_is_given_back(self, world, rada):
        claim_call(world.nora, MONTH, SCHOOL, now=NOW)
        give_up_call(rada, MONTH, SCHOOL)  # not hers
        assert caller() == world.nora.user_id

        give_up_call(world.nora, MONTH, SCHOOL)
        give_up_call(world.nora, MONTH, SCHOOL)  # pressed twice
        assert caller() is None
        assert claim_call(rada, MONTH, SCHOOL, now=NOW).is_of(rada.user_id)

    @pytest.mark.parametrize("round", range(5))
    def test_of_two_at_once_one_has_it(self, world, rada, round):
        found = at_once(
            lambda: claim_call(world.nora, MONTH, SCHOOL, now=NOW),
            lambda: claim_call(rada, MONTH, SCHOOL, now=NOW),
        )

        (claim,) = [each for each in found if not isinstance(each, Exception)]
        (refused,) = [each for each in found if isinstance(each, Exception)]
        assert isinstance(refused, Conflict)
        assert claim.name in str(refused)
        assert caller() == claim.user_id

    def test_of_two_at_once_one_has_the_turn_that_ended(self, world, rada):
        claim_call(world.oleg, MONTH, SCHOOL, now=NOW)
        later = NOW + LASTS
        found = at_once(
            lambda: claim_call(world.nora, MONTH, SCHOOL, now=later),
            lambda: claim_call(rada, MONTH, SCHOOL, now=later),
        )

        assert sum(isinstance(each, Conflict) for each in found) == 1

    def test_there_is_none_of_another_region(self, world):
        for deed in (
            lambda: claim_call(world.nora, MONTH, FAR_SCHOOL, now=NOW),
            lambda: keep_claim(world.nora, MONTH, FAR_SCHOOL, now=NOW),
            lambda: give_up_call(world.nora, MONTH, FAR_SCHOOL),
            lambda: note_call(world.nora, MONTH, FAR_SCHOOL, NO_ANSWER, now=NOW),
        ):
            with pytest.raises(NotFound):
                deed()
        assert claim_call(world.oleg, MONTH, FAR_SCHOOL, now=NOW).is_of(world.oleg.user_id)

    def test_nobody_calls_who_is_done_or_can_do_nothing(self, world):
        with pytest.raises(Conflict):
            claim_call(world.nora, MONTH, SCHOOL, now=AFTER)
        Submission.update(checked_at=NOW).where(Submission.institution == SCHOOL).execute()
        claim_call(world.nora, MONTH, SCHOOL, now=NOW)
        give_up_call(world.nora, MONTH, SCHOOL)
        RegisterMonth.create(campaign=Campaign.get(), institution=SCHOOL, confirmed_at=NOW)
        with pytest.raises(Conflict, match="приключила"):
            claim_call(world.nora, MONTH, SCHOOL, now=NOW)


class TestNoting:
    def test_says_who_and_when_and_gives_the_turn_back(self, world):
        claim_call(world.nora, MONTH, SCHOOL, now=NOW)
        promised = Noted(Outcome.PROMISED, "Директорът се върна от болнични.", NOW + 30 * MINUTE)
        note_call(world.nora, MONTH, SCHOOL, promised, now=NOW + 3 * MINUTE)

        row = PhoneCall.get()
        assert (row.outcome, row.note, row.next_at) == (promised.outcome, promised.note, promised.next_call)
        assert (row.began_at, row.at, row.by_id) == (NOW, NOW + 3 * MINUTE, world.nora.user_id)
        assert caller() is None
        entry = AuditEntry.select().order_by(AuditEntry.id.desc()).get()
        assert (entry.what, entry.chain, entry.who) == ("called", SCHOOL, world.nora.user_id)
        assert "болнични" not in entry.object + entry.content

    def test_needs_no_turn(self, world):
        """The director rang by himself."""
        assert note_call(world.nora, MONTH, SCHOOL, NO_ANSWER, now=NOW).began_at == NOW

    def test_pressed_twice_is_noted_once(self, world):
        claim_call(world.nora, MONTH, SCHOOL, now=NOW)
        note_call(world.nora, MONTH, SCHOOL, NO_ANSWER, began=NOW, now=NOW + MINUTE)

        with pytest.raises(Conflict, match="вече е записано"):
            note_call(world.nora, MONTH, SCHOOL, NO_ANSWER, began=NOW, now=NOW + 2 * MINUTE)
        assert PhoneCall.select().count() == 1

    def test_pressed_twice_at_once_is_noted_once(self, world):
        found = at_once(
            *[lambda: note_call(world.nora, MONTH, SCHOOL, NO_ANSWER, began=NOW, now=NOW + MINUTE)] * 2
        )

        assert sum(isinstance(each, Conflict) for each in found) == 1
        assert PhoneCall.select().count() == 1

    def test_waits_while_somebody_else_calls(self, world, rada):
        claim_call(rada, MONTH, SCHOOL, now=NOW)
        with pytest.raises(Conflict, match="Рада Желева"):
            note_call(world.nora, MONTH, SCHOOL, NO_ANSWER, now=NOW)
        note_call(world.nora, MONTH, SCHOOL, NO_ANSWER, now=NOW + LASTS)
        assert PhoneCall.select().count() == 1

    def test_what_does_not_hold_is_not_stored_and_the_turn_stays(self, world):
        claim_call(world.nora, MONTH, SCHOOL, now=NOW)
        with pytest.raises(Refusal):
            note_call(world.nora, MONTH, SCHOOL, Noted(Outcome.PROMISED), now=NOW)
        assert PhoneCall.select().count() == 0
        assert caller() == world.nora.user_id

    def test_rests_at_most_until_the_deadline_and_after_it_as_long_as_usual(self, world):
        assert note_call(world.nora, MONTH, SCHOOL, NO_ANSWER, now=NOW).next_at == NOW + 60 * MINUTE
        last = AFTER.replace(day=1, hour=21, minute=20)  # 40 minutes are left
        assert note_call(world.nora, MONTH, SCHOOL, NO_ANSWER, now=last).next_at == last + 10 * MINUTE
        assert note_call(world.nora, MONTH, SCHOOL, NO_ANSWER, now=AFTER).next_at == AFTER + timedelta(
            hours=1
        )

    def test_an_erased_month_takes_none(self, world):
        Submission.update(lock=Lock.ERASED).execute()
        with pytest.raises(Conflict, match="заличен"):
            note_call(world.nora, MONTH, SCHOOL, NO_ANSWER, now=NOW)

    @pytest.mark.parametrize("change", ["UPDATE phone_call SET note = 'x'", "DELETE FROM phone_call"])
    def test_the_database_lets_nobody_change_it(self, world, change):
        note_call(world.nora, MONTH, SCHOOL, NO_ANSWER, now=NOW)
        with pytest.raises(Exception, match="only ever added"), db.atomic():
            db.execute_sql(change)


def verified() -> list[str]:
    """Without the delegate of the cast, whom no director has named, and the logins that no form made."""
    Delegation.delete().execute()
    Login.delete().execute()
    return [finding.code for finding in verify(None, verified=Verified(), site=SITE)]


class TestWhatStays:
    def test_goes_with_its_month(self, world, rada):
        add_record()
        note_call(world.nora, MONTH, SCHOOL, NO_ANSWER, now=NOW)
        claim_call(rada, MONTH, OTHER_SCHOOL, now=NOW)
        end_month()

        purge(MONTH.plus(1), site=SITE, now=AFTER + timedelta(days=400))

        assert (PhoneCall.select().count(), CallClaim.select().count()) == (0, 0)
        assert verified() == []

    def test_verify_finds_what_was_changed(self, world):
        call = note_call(world.nora, MONTH, SCHOOL, NO_ANSWER, now=NOW)
        assert "call_changed" not in verified()

        db.execute_sql("DROP TRIGGER phone_call_no_update" + ("" if is_sqlite() else " ON phone_call"))
        PhoneCall.update(note="Обеща.").where(PhoneCall.id == call.id).execute()
        assert "call_changed" in verified()

    def test_verify_finds_what_is_gone_and_what_nobody_noted(self, world):
        note_call(world.nora, MONTH, SCHOOL, NO_ANSWER, now=NOW)
        db.execute_sql("DROP TRIGGER phone_call_no_delete" + ("" if is_sqlite() else " ON phone_call"))
        row = PhoneCall.get()
        PhoneCall.delete().execute()
        assert "call_deleted" in verified()

        PhoneCall.insert({**row.__data__, "id": row.id + 7}).execute()
        assert {"call_deleted", "call_changed"} <= set(verified())

    def test_stands_in_the_copy_of_who_called(self, world, rada):
        note_call(world.nora, MONTH, SCHOOL, Noted(Outcome.OTHER, "Нямат ток."), now=NOW)
        claim_call(world.nora, MONTH, OTHER_SCHOOL, now=NOW)

        def copy(person):
            return export_account(person, person.user_id, now=NOW).content.decode("utf-8-sig")

        assert "  Обаждане до: 39. СУ „Отец Паисий“ (2200000)\r\n" in copy(world.nora)
        assert "  Бележка: Нямат ток.\r\n" in copy(world.nora)
        assert "  Започнато обаждане до: 10. СУ „Христо Ботев“ (2200004)\r\n" in copy(world.nora)
        assert "Нямат ток." not in copy(rada)
