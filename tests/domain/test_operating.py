"""portal.domain.operating: what the operator may do with a campaign, and when."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.domain.errors import Conflict, Refusal, holds
from portal.domain.operating import (
    Loss,
    Replaced,
    TakesAway,
    check_may_answer,
    check_may_load,
    check_may_replace,
    check_may_resume,
    check_may_route,
    check_may_suspend,
    check_reason,
    check_routing,
    window_warnings,
)
from portal.domain.submissions import Lock, Window

SCHOOL, OTHER_SCHOOL = "2200000", "2200004"
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


def loss(before: int, removed: int, moved: int = 0) -> Loss:
    return Loss(Replaced(before, before - removed, removed), Counter({(SCHOOL, OTHER_SCHOOL): moved}))


@pytest.mark.parametrize(
    ("taken", "large"),
    [
        (loss(200, 4), False),
        (loss(200, 5), True),
        (loss(1000, 20), False),
        (loss(1_000_000, 20), False),
        (loss(1_000_000, 21), True),
        (loss(1_000_000, 0, 20), False),
        (loss(1_000_000, 0, 21), True),
        (loss(1, 0), False),
        (loss(1, 1), True),
        (loss(0, 0, 1000), False),
    ],
)
def test_more_than_two_percent_or_twenty_children_are_asked_about(taken, large):
    assert taken.is_large is large
    assert holds(check_may_replace, taken, sure=False) is not large
    check_may_replace(taken, sure=True)


def test_what_is_asked_about_says_how_much_it_is():
    with pytest.raises(TakesAway) as asked:
        check_may_replace(loss(200, 165, 46), sure=False)

    assert str(asked.value) == (
        "Файлът отнема повече от обичайното. Отпаднали записвания: 165 от 200 (82,5 %). "
        "Необработени записи, които сменят списъка си: 46."
    )


def test_the_ten_largest_moves_are_shown_by_size_and_then_by_code():
    moves = Counter({("1", str(n)): 1 for n in range(12)} | {("2", "1"): 5, ("1", "0"): 5})
    largest = Loss(Replaced(), moves).largest

    assert len(largest) == 10
    assert largest[:3] == [("1", "0", 5), ("2", "1", 5), ("1", "1", 1)]


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
    assert holds(check_may_answer, window, exceptions, is_unfinished=False, now=now) is may


def test_the_final_answer_waits_for_a_load_that_is_not_finished():
    with pytest.raises(Conflict, match="още не е зареден докрай"):
        check_may_answer(OPEN, 0, is_unfinished=True, now=END)
    check_may_answer(ANSWERED, 0, is_unfinished=True, now=END)


def test_records_are_routed_while_somebody_can_decide_them():
    check_routing(OPEN, 0, now=BEFORE)
    check_routing(OPEN, 1, now=END)
    with pytest.raises(Conflict, match="никоя институция не може да реши"):
        check_routing(OPEN, 0, now=END)
    with pytest.raises(Conflict, match="изготвен"):
        check_routing(ANSWERED, 0, now=END)


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
    with pytest.raises(Refusal, match="защо спирате"):
        check_may_suspend(OPEN, " ")


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
