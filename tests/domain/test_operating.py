"""portal.domain.operating: what the operator may do with a campaign, and when."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.domain.errors import Conflict, Refusal, holds
from portal.domain.operating import (
    check_may_answer,
    check_may_load,
    check_may_resume,
    check_may_route,
    check_may_suspend,
    check_reason,
    window_warnings,
)
from portal.domain.submissions import Lock, Window

OPENS, CLOSES = date(2021, 1, 25), date(2021, 2, 1)
END = datetime(2021, 2, 1, 22, 0, tzinfo=UTC)  # midnight in Sofia, after the last day
JUST_BEFORE, BEFORE = END - timedelta(microseconds=1), datetime(2021, 1, 28, tzinfo=UTC)
OPEN = Window(OPENS, CLOSES)
ANSWERED = Window(OPENS, CLOSES, answered=True)
SUSPENDED = Window(OPENS, CLOSES, suspended=True)
EXCEPTED = Window(OPENS, CLOSES, reopened_until=END + timedelta(days=1))


@pytest.mark.parametrize(
    ("window", "now", "may"),
    [
        (Window(), BEFORE, True),
        (OPEN, BEFORE, True),
        (OPEN, JUST_BEFORE, True),
        (OPEN, END, False),
        (SUSPENDED, BEFORE, True),
        (ANSWERED, BEFORE, False),
    ],
)
def test_a_list_is_loaded_to_the_last_instant_of_the_window(window, now, may):
    assert holds(check_may_load, window, now=now) is may


@pytest.mark.parametrize(
    ("window", "exceptions", "now", "may"),
    [
        (OPEN, 0, JUST_BEFORE, False),
        (OPEN, 0, END, True),
        (OPEN, 1, END, False),
        (SUSPENDED, 0, END, False),
        (Window(), 0, END, False),
        (ANSWERED, 0, END, True),
        (ANSWERED, 1, BEFORE, True),
    ],
)
def test_the_final_answer_is_for_after_the_deadline_and_can_be_made_again(window, exceptions, now, may):
    assert holds(check_may_answer, window, exceptions, now=now) is may


@pytest.mark.parametrize(
    ("window", "lock", "now", "may"),
    [
        (OPEN, Lock.OPEN, BEFORE, True),
        (Window(), Lock.OPEN, BEFORE, True),
        (OPEN, Lock.SIGNED, BEFORE, False),
        (OPEN, Lock.ERASED, BEFORE, False),
        (OPEN, Lock.OPEN, END, False),
        (EXCEPTED, Lock.OPEN, END, True),
        (EXCEPTED, Lock.SIGNED, END, False),
        (EXCEPTED, Lock.OPEN, END + timedelta(days=1), False),
        (ANSWERED, Lock.OPEN, BEFORE, False),
    ],
)
def test_a_record_goes_where_somebody_can_still_decide_it(window, lock, now, may):
    assert holds(check_may_route, window, lock, now=now) is may


def test_a_campaign_is_suspended_once_and_resumed_once():
    check_may_suspend(OPEN, "причина")
    check_may_resume(SUSPENDED)
    for check, *args in ((check_may_suspend, SUSPENDED, "причина"), (check_may_suspend, ANSWERED, "причина"),
                         (check_may_resume, OPEN)):  # fmt: skip
        with pytest.raises(Conflict):
            check(*args)


@pytest.mark.parametrize(("reason", "holds_good"), [("", False), ("д" * 500, True), ("д" * 501, False)])
def test_a_reason_has_letters_but_not_too_many(reason, holds_good):
    assert holds(check_reason, reason, "Напишете защо.") is holds_good
    if not holds_good:
        with pytest.raises(Refusal) as refused:
            check_reason(reason, "Напишете защо.")
        assert refused.value.field == "reason"


def test_warns_of_what_may_be_a_mistake_and_of_nothing_else():
    assert window_warnings(CLOSES, {}, now=BEFORE) == []
    assert len(window_warnings(date(2021, 1, 31), {date(2021, 1, 31): "празник"}, now=BEFORE)) == 2
    assert len(window_warnings(CLOSES, {}, now=END)) == 1
    assert window_warnings(CLOSES, {}, now=JUST_BEFORE) == []
