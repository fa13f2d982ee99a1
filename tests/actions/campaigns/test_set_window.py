"""set_window, suspend, resume, make_exception: when lists can be worked on."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.actions.campaigns.campaigns import end_exception, make_exception, resume, suspend
from portal.actions.campaigns.window import Days, set_window, warnings_of
from portal.actions.letters.outbox import letters as shown
from portal.actions.lists.confirmations import decide
from portal.domain.calendar import DayKind
from portal.domain.decisions import Decided, Decision
from portal.domain.errors import Conflict, NotFound, Refusal
from portal.domain.month import Month
from portal.domain.submissions import CampaignState, Lock
from portal.storage.lists.current import list_of
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.institutions import HolidayOverride
from portal.storage.tables.letters import OutboxMessage
from tests.actions.loading.loaded import asp, load
from tests.cast import AFTER, CLOSES, FAR_SCHOOL, MONTH, NOW, OPENS, SCHOOL, SITE, add_record, stored
from tests.mail.letters import letters as outbox
from tests.mail.letters import text

LATER = Days(OPENS, date(2021, 2, 5))


def letters() -> dict[str, str]:
    """The text of every letter, by recipient."""
    return {letter.to: text(letter) for letter in outbox()}


def verbs(chain: str = "national") -> list[str]:
    query = AuditEntry.select().where(AuditEntry.chain == chain).order_by(AuditEntry.id)
    return [entry.what for entry in query]


@pytest.fixture
def without_window(world):
    Campaign.update(opens_on=None, closes_on=None).execute()
    return world


def test_opens_the_campaign_and_writes_once_to_each_director(without_window):
    world = without_window
    add_record(SCHOOL)
    set_window(world.oleg, MONTH, Days(OPENS, CLOSES), now=NOW)

    campaign = Campaign.for_month(MONTH)
    assert campaign.window.state(NOW) is CampaignState.OPEN
    told = letters()
    assert set(told) == {"ana@example.org", "boris@example.org", "vyara@example.org"}
    assert "1 запис за потвърждаване" in told["ana@example.org"]
    assert "Краен срок: понеделник, 01.02.2021 г., до края на деня." in told["ana@example.org"]
    assert "http://localhost/confirmations/2020-12" in told["ana@example.org"]
    assert "не изпрати записи" in told["boris@example.org"]
    assert verbs() == ["set_window"]
    set_window(world.oleg, MONTH, LATER, now=NOW)
    assert OutboxMessage.select().where(OutboxMessage.kind == "list_received").count() == 3
    assert verbs() == ["set_window", "set_window"]


def test_a_load_with_a_window_writes_too_and_one_without_does_not(without_window):
    load(asp(0))
    assert OutboxMessage.select().count() == 0
    load(asp(0), window=Days(OPENS, CLOSES))

    assert OutboxMessage.select().count() == 3


def test_a_director_who_was_told_of_nothing_is_told_of_the_first_record(world):
    set_window(world.oleg, MONTH, LATER, now=NOW)
    OutboxMessage.delete().execute()
    load(asp(0))
    load(asp(0), asp(1))

    assert list(letters()) == ["ana@example.org"]


@pytest.mark.parametrize("stopped", [{"suspended_at": NOW}, {"closes_on": date(2021, 1, 27)}])
def test_nobody_is_written_to_about_a_list_that_cannot_be_worked_on(world, stopped):
    add_record(SCHOOL)
    Campaign.update(stopped).execute()
    days = Days(OPENS, stopped.get("closes_on", CLOSES + timedelta(days=1)))
    set_window(world.oleg, MONTH, days, now=NOW)

    assert shown(site=SITE, now=NOW) == []


def test_the_same_window_again_is_nothing_new(world):
    set_window(world.oleg, MONTH, Days(OPENS, CLOSES), now=NOW)

    assert verbs() == []


def test_a_later_end_reopens_after_the_deadline(world):
    record = add_record(SCHOOL)
    set_window(world.oleg, MONTH, LATER, now=AFTER)

    decide(world.ana, MONTH, record.id, Decided(Decision.CONFIRMED), seen=1, now=AFTER)

    assert stored(record).decision is Decision.CONFIRMED


def test_an_answered_campaign_keeps_its_window(world):
    Campaign.update(answered_at=AFTER).execute()

    with pytest.raises(Conflict, match="вече е изготвен"):
        set_window(world.oleg, MONTH, LATER, now=AFTER)
    assert Campaign.for_month(MONTH).closes_on == CLOSES


def test_an_end_before_the_start_is_refused(world):
    with pytest.raises(Refusal) as refused:
        set_window(world.oleg, MONTH, Days(CLOSES, OPENS), now=NOW)
    assert refused.value.field == "closes_on"


def test_a_month_that_was_not_loaded_has_no_window(world):
    with pytest.raises(NotFound):
        set_window(world.oleg, Month(2020, 10), LATER, now=NOW)


def test_warns_of_weekends_holidays_decrees_and_the_past(world):
    HolidayOverride.create(day=date(2021, 2, 2), kind=DayKind.HOLIDAY, name="по решение на МС")

    def about(day: date) -> list[str]:
        return warnings_of(Days(OPENS, day), now=NOW)

    assert about(CLOSES) == []
    assert about(date(2021, 1, 31))[0].startswith("Крайният срок 31 януари 2021 г. (неделя) е в почивен ден.")
    assert "официален празник" in about(date(2021, 3, 3))[0]
    assert "по решение на МС" in about(date(2021, 2, 2))[0]
    assert about(date(2021, 1, 27))[0].endswith("вече е минал: списъците няма да могат да се променят.")


def test_suspending_makes_lists_read_only_until_it_is_resumed(world):
    record = add_record(SCHOOL)
    suspend(world.oleg, MONTH, "извънредно положение", now=NOW)
    with pytest.raises(Conflict, match="спряна"):
        decide(world.ana, MONTH, record.id, Decided(Decision.CONFIRMED), seen=1, now=NOW)
    with pytest.raises(Conflict, match="вече е спряна"):
        suspend(world.oleg, MONTH, "пак", now=NOW)

    resume(world.oleg, MONTH, now=NOW)

    decide(world.ana, MONTH, record.id, Decided(Decision.CONFIRMED), seen=1, now=NOW)
    assert verbs() == ["suspended", "resumed"]
    with pytest.raises(Conflict, match="не е спряна"):
        resume(world.oleg, MONTH, now=NOW)


@pytest.mark.parametrize("reason", ["", "   ", "д" * 501])
def test_suspending_asks_for_a_reason(world, reason):
    with pytest.raises(Refusal) as refused:
        suspend(world.oleg, MONTH, reason, now=NOW)

    assert refused.value.field == "reason"
    assert Campaign.for_month(MONTH).suspended_at is None


def test_an_answered_campaign_is_not_suspended(world):
    Campaign.update(answered_at=AFTER).execute()

    with pytest.raises(Conflict):
        suspend(world.oleg, MONTH, "причина", now=AFTER)


def test_an_exception_opens_one_list_to_the_end_of_a_day(world):
    ours, theirs = add_record(SCHOOL), add_record("2200004")
    made = make_exception(world.oleg, MONTH, SCHOOL, date(2021, 2, 3), "сървърът им не работеше", now=AFTER)

    assert made.reopened_until == datetime(2021, 2, 3, 21, 59, 59, tzinfo=UTC)
    assert (made.reopened_by_id, made.reopened_reason) == (world.oleg.user_id, "сървърът им не работеше")
    decide(world.ana, MONTH, ours.id, Decided(Decision.CONFIRMED), seen=1, now=AFTER)
    with pytest.raises(Conflict):
        decide(world.boris, MONTH, theirs.id, Decided(Decision.CONFIRMED), seen=1, now=AFTER)
    after_it = datetime(2021, 2, 3, 22, 0, tzinfo=UTC)
    with pytest.raises(Conflict):
        decide(world.ana, MONTH, ours.id, Decided(Decision.PENDING), seen=2, now=after_it)
    assert verbs(SCHOOL)[0] == "made_exception"


def test_an_exception_can_be_ended_early_and_only_once(world):
    make_exception(world.oleg, MONTH, SCHOOL, date(2021, 2, 3), "причина", now=AFTER)
    end_exception(world.oleg, MONTH, SCHOOL, now=AFTER)

    assert list_of(SCHOOL, MONTH).window.is_over(AFTER)
    assert verbs(SCHOOL) == ["made_exception", "ended_exception"]
    for institution in (SCHOOL, FAR_SCHOOL):
        with pytest.raises(Conflict, match="вече не е в сила"):
            end_exception(world.oleg, MONTH, institution, now=AFTER)


@pytest.mark.parametrize(
    ("until", "reason", "field"),
    [
        (date(2021, 2, 1), "причина", "until"),
        (date(2021, 2, 3), " ", "reason"),
        (date(2021, 2, 3), "д" * 501, "reason"),
    ],
)
def test_an_exception_needs_a_day_to_come_and_a_reason(world, until, reason, field):
    with pytest.raises(Refusal) as refused:
        make_exception(world.oleg, MONTH, SCHOOL, until, reason, now=AFTER)

    assert refused.value.field == field
    assert list_of(SCHOOL, MONTH).reopened_until is None


def test_no_exception_before_the_deadline_or_after_the_answer(world):
    with pytest.raises(Conflict, match="Срокът още тече"):
        make_exception(world.oleg, MONTH, SCHOOL, date(2021, 2, 3), "причина", now=NOW)
    Campaign.update(answered_at=AFTER).execute()
    with pytest.raises(Conflict, match="вече е изготвен"):
        make_exception(world.oleg, MONTH, SCHOOL, date(2021, 2, 3), "причина", now=AFTER)


def test_no_exception_for_an_institution_that_is_not_there(world):
    with pytest.raises(NotFound, match="9999999"):
        make_exception(world.oleg, MONTH, "9999999", date(2021, 2, 3), "причина", now=AFTER)


def test_an_exception_lets_a_signed_list_be_unsigned(world):
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == FAR_SCHOOL).execute()

    assert (
        make_exception(world.oleg, MONTH, FAR_SCHOOL, date(2021, 2, 3), "грешка", now=AFTER).lock
        is Lock.SIGNED
    )
