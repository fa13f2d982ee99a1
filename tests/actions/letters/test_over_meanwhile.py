"""decided: a letter that waits and is over, or is said by another, when its turn comes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.actions.campaigns.campaigns import end_exception, make_exception, resume, suspend
from portal.actions.campaigns.window import Days, set_window
from portal.actions.letters.campaign_letters import tell_of_list
from portal.actions.letters.delegation_letters import tell_of_ends
from portal.actions.letters.matter import NoLonger
from portal.actions.letters.outbox import message_of
from portal.actions.lists.confirmations import decide
from portal.actions.lists.ready import say_ready
from portal.actions.signing.signing import sign, unsign
from portal.domain.decisions import Decided, Decision
from portal.domain.letters.fate import LetterState
from portal.domain.people import Role, Scope
from portal.mail.messages import Message
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import User
from tests.cast import (
    AFTER,
    CLOSES,
    MONTH,
    NOW,
    OPENS,
    PASSWORD,
    SCHOOL,
    SITE,
    add_delegation,
    add_record,
    add_user,
    change_delegations,
)

HOUR = timedelta(hours=1)
ANA = "ana@example.org"
LATER, LATEST = Days(OPENS, date(2021, 2, 3)), Days(OPENS, date(2021, 2, 5))


def rows(kind: str, to: str = ANA) -> list[OutboxMessage]:
    """The letters of this kind to one reader, the oldest first."""
    ours = (OutboxMessage.kind == kind) & (OutboxMessage.recipient == to)
    return list(OutboxMessage.select().where(ours).order_by(OutboxMessage.id))


def written(kind: str, *, number: int = -1, now: datetime = NOW) -> Message:
    return message_of(rows(kind)[number], site=SITE, now=now)


def as_sent(kind: str) -> None:
    """As if the newest letter of this kind had gone, with what it noted."""
    row = rows(kind)[-1]
    message_of(row, site=SITE, now=NOW)
    ours = OutboxMessage.id == row.id
    OutboxMessage.update(state=LetterState.SENT, sent_at=NOW, attempts=1, facts=row.facts).where(
        ours
    ).execute()


def tried(kind: str) -> None:
    """As if the server had not taken it: from then on it takes nothing more."""
    OutboxMessage.update(attempts=1).where(OutboxMessage.kind == kind).execute()


@pytest.fixture
def listed(world):
    """The letter that the list is there waits."""
    world.record = add_record(SCHOOL)
    tell_of_list(world.campaign, now=NOW)
    return world


@pytest.fixture
def told(listed):
    """It has gone."""
    as_sent("list_received")
    return listed


class TestTheDeadlineMoves:
    def test_the_first_letter_says_all_of_it_while_it_waits(self, listed):
        set_window(listed.oleg, MONTH, LATER, now=NOW)
        with pytest.raises(NoLonger, match="влиза в писмото"):
            written("deadline_moved")

    def test_once_more_before_it_went(self, told):
        set_window(told.oleg, MONTH, LATER, now=NOW)
        tried("deadline_moved")
        set_window(told.oleg, MONTH, LATEST, now=NOW)
        with pytest.raises(NoLonger, match="преместен отново"):
            written("deadline_moved", number=0)
        assert "Нов срок: петък, 05.02.2021" in written("deadline_moved").body

    def test_back_to_what_was_said_last(self, told):
        set_window(told.oleg, MONTH, LATER, now=NOW)
        as_sent("deadline_moved")
        set_window(told.oleg, MONTH, LATEST, now=NOW)
        tried("deadline_moved")
        set_window(told.oleg, MONTH, LATER, now=NOW)
        with pytest.raises(NoLonger, match="вече е съобщен"):
            written("deadline_moved")

    def test_and_is_over_when_the_letter_goes(self, told):
        set_window(told.oleg, MONTH, LATER, now=NOW)
        with pytest.raises(NoLonger, match="изтекъл"):
            written("deadline_moved", now=datetime(2021, 2, 4, 8, tzinfo=UTC))


class TestSuspended:
    def test_before_there_is_a_deadline_nothing_leaves_the_calendar(self, told):
        suspend(told.oleg, MONTH, "причина", now=NOW)
        Campaign.update(opens_on=None, closes_on=None).execute()
        assert not written("month_suspended").calendar

    def test_resumed_while_the_word_of_it_is_on_its_way(self, told):
        suspend(told.oleg, MONTH, "причина", now=NOW)
        tried("month_suspended")
        resume(told.oleg, MONTH, now=NOW)
        with pytest.raises(NoLonger, match="не беше съобщено"):
            written("month_resumed")

    def test_resumed_and_suspended_again(self, told):
        suspend(told.oleg, MONTH, "причина", now=NOW)
        as_sent("month_suspended")
        resume(told.oleg, MONTH, now=NOW)
        suspend(told.oleg, MONTH, "причина", now=NOW)
        as_sent("month_suspended")
        with pytest.raises(NoLonger, match="спрян отново"):
            written("month_resumed")

    def test_who_read_of_the_end_reads_the_same_deadline_once(self, told):
        suspend(told.oleg, MONTH, "причина", now=NOW)
        as_sent("month_suspended")
        set_window(told.oleg, MONTH, LATER, now=NOW)
        resume(told.oleg, MONTH, now=NOW)
        as_sent("month_resumed")
        with pytest.raises(NoLonger, match="вече е съобщен"):
            written("deadline_moved")


class TestExceptions:
    @pytest.fixture
    def excepted(self, told):
        make_exception(told.oleg, MONTH, SCHOOL, date(2021, 2, 3), "причина", now=AFTER)
        return told

    def test_one_is_followed_by_another(self, excepted):
        make_exception(excepted.oleg, MONTH, SCHOOL, date(2021, 2, 5), "причина", now=AFTER)
        with pytest.raises(NoLonger, match="друго"):
            written("exception_opened", number=0, now=AFTER)

    def test_is_over_when_the_letter_goes(self, excepted):
        with pytest.raises(NoLonger, match="изтекъл"):
            written("exception_opened", now=AFTER + timedelta(days=3))

    def test_ended_while_the_word_of_it_is_on_its_way(self, excepted):
        end_exception(excepted.oleg, MONTH, SCHOOL, now=AFTER)
        with pytest.raises(NoLonger, match="не беше съобщено"):
            written("exception_ended", now=AFTER)

    @pytest.mark.parametrize("until", [None, AFTER + HOUR])
    def test_ended_and_open_again(self, excepted, until):
        ours = OutboxMessage.kind == "exception_opened"
        OutboxMessage.update(state=LetterState.SENT, sent_at=AFTER).where(ours).execute()
        end_exception(excepted.oleg, MONTH, SCHOOL, now=AFTER)
        Submission.update(reopened_until=until).where(Submission.institution == SCHOOL).execute()
        with pytest.raises(NoLonger, match="отворен отново"):
            written("exception_ended", now=AFTER)


class TestSignatures:
    @pytest.fixture
    def decided(self, told):
        decide(told.dora, MONTH, told.record.id, Decided(Decision.CONFIRMED), seen=1, now=NOW)
        return told

    def test_nobody_is_asked_to_sign_once_the_deadline_is_over(self, decided):
        say_ready(decided.dora, MONTH, now=NOW)
        with pytest.raises(NoLonger, match="изтекъл"):
            written("ready_to_sign", now=AFTER)

    def test_nor_told_what_to_do_about_a_signature_that_was_removed(self, decided):
        sign(decided.ana, MONTH, PASSWORD, shown="", site=SITE, now=NOW)
        unsign(decided.ana, MONTH, "сгрешено", now=NOW)
        with pytest.raises(NoLonger, match="изтекъл"):
            written("signature_removed", now=AFTER)

    def test_a_receipt_that_was_erased_is_not_sent(self, decided):
        sign(decided.ana, MONTH, PASSWORD, shown="", site=SITE, now=NOW)
        ours = OutboxMessage.kind == "list_signed"
        OutboxMessage.update(occasion=f"list_signed/signature:999999/user:{decided.ana.user_id}").where(
            ours
        ).execute()
        with pytest.raises(NoLonger, match="заличен"):
            written("list_signed")

    def test_where_the_director_is_gone_another_who_may_sign_is_asked_and_not_who_says_so(self, decided):
        User.update(disabled_at=NOW).where(User.id == decided.ana.user_id).execute()
        both = decided.delegate(Scope.DECIDE, Scope.SIGN)
        assert not say_ready(both, MONTH, now=NOW)
        other = add_user(Role.DELEGATE, "Ема Колева", "ema@example.org", institution=SCHOOL)
        add_delegation(other, made_by=decided.ana.user_id, scopes=Scope.SIGN.value)

        assert say_ready(both, MONTH, now=NOW)
        assert [
            row.recipient for row in OutboxMessage.select().where(OutboxMessage.kind == "ready_to_sign")
        ] == ["ema@example.org"]


class TestAnAuthorisationEnds:
    @pytest.mark.parametrize(("hour", "count"), [(7, 0), (8, 2)])
    def test_from_eight_in_the_morning(self, world, hour, count):
        assert tell_of_ends(now=datetime(2021, 6, 23, hour - 3, tzinfo=UTC)) == count

    @pytest.mark.parametrize(("last", "count"), [(date(2021, 2, 4), 0), (date(2021, 2, 5), 2)])
    def test_a_week_of_which_the_day_it_was_given_is_not_one(self, world, last, count):
        change_delegations(until=last)
        assert tell_of_ends(now=NOW + timedelta(days=1)) == count

    def test_the_letter_that_it_will_is_over_after_its_last_day(self, world):
        change_delegations(until=CLOSES + timedelta(days=7))
        tell_of_ends(now=AFTER)
        last = datetime(2021, 2, 8, 20, tzinfo=UTC)
        assert written("delegation_ending", now=last)
        with pytest.raises(NoLonger, match="вече е изтекло"):
            written("delegation_ending", now=last + 3 * HOUR)
