"""The states of an institution's list, and what leads from one to the next."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.errors import Conflict, Objection, Refusal, holds
from portal.domain.institutions import Closing
from portal.domain.submissions import (
    CampaignState,
    Counts,
    Lock,
    SubmissionState,
    Window,
    check_exception,
    check_may_change,
    check_may_sign,
    check_may_unsign,
    check_nothing_to_confirm,
    check_open,
    check_unlocked,
    check_window,
    missed_sentence,
    submission_state,
)

OPENS, CLOSES = date(2021, 1, 25), date(2021, 2, 1)
WINDOW = Window(OPENS, CLOSES)
NOW = datetime(2021, 1, 28, 8, 0, tzinfo=UTC)
# Sofia is two hours ahead in winter.
FIRST = datetime(2021, 1, 24, 22, 0, tzinfo=UTC)
LAST = datetime(2021, 2, 1, 21, 59, 59, 999_999, tzinfo=UTC)
TICK = timedelta(microseconds=1)
DONE = Counts(total=3, confirmed=2, refused=1)
CLOSED_DOWN = replace(WINDOW, closing=Closing(date(2021, 1, 28)))

dates = st.dates(date(2020, 12, 1), date(2021, 4, 30))
times = st.datetimes(
    min_value=datetime(2020, 12, 1),  # noqa: DTZ001 (hypothesis takes its bounds without a zone)
    max_value=datetime(2021, 5, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
windows = st.builds(
    Window,
    st.none() | dates,
    st.none() | dates,
    st.booleans(),
    st.booleans(),
    st.none() | times,
)
counts = st.builds(
    lambda pending, confirmed, refused: Counts(pending + confirmed + refused, pending, confirmed, refused),
    *[st.integers(0, 3)] * 3,
)
locks = st.sampled_from(Lock)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (FIRST - TICK, CampaignState.LOADED),
        (FIRST, CampaignState.OPEN),
        (NOW, CampaignState.OPEN),
        (LAST, CampaignState.OPEN),
        (LAST + TICK, CampaignState.CLOSED),
    ],
)
def test_a_window_lasts_from_midnight_to_midnight_in_sofia(now, state):
    assert WINDOW.state(now) is state
    assert holds(check_open, WINDOW, now=now) == (state is CampaignState.OPEN)


def test_a_window_over_the_change_of_the_clock_ends_at_its_own_midnight():
    window = Window(date(2021, 3, 22), date(2021, 3, 28))  # summer time began on the 28th

    assert window.state(datetime(2021, 3, 28, 20, 59, 59, tzinfo=UTC)) is CampaignState.OPEN
    assert window.state(datetime(2021, 3, 28, 21, 0, tzinfo=UTC)) is CampaignState.CLOSED


@pytest.mark.parametrize(
    ("window", "sentence"),
    [
        (Window(), "Срокът още не е определен"),
        (Window(date(2021, 2, 3), date(2021, 2, 9)), "отваря за работа на 03.02.2021"),
        (Window(OPENS, date(2021, 1, 27)), "Срокът изтече на 27.01.2021"),
        (replace(WINDOW, suspended=True), "спряна"),
        (replace(WINDOW, answered=True), "Отговорът до АСП вече е изготвен"),
        (Window(answered=True), "Отговорът до АСП вече е изготвен"),
        (Window(suspended=True), "спряна"),
        (CLOSED_DOWN, "Институцията е закрита от 28 януари 2021"),
        (replace(CLOSED_DOWN, suspended=True), "Институцията е закрита"),
        (replace(CLOSED_DOWN, answered=True), "Отговорът до АСП вече е изготвен"),
    ],
)
def test_says_why_nothing_can_be_changed_now(window, sentence):
    with pytest.raises(Conflict, match=sentence):
        check_open(window, now=NOW)


def test_an_exception_opens_one_list_after_the_deadline_until_its_end():
    until = LAST + timedelta(days=2)
    window = replace(WINDOW, reopened_until=until)

    assert holds(check_open, window, now=until - TICK)
    assert not holds(check_open, window, now=until)
    assert window.state(until - TICK) is CampaignState.CLOSED
    assert not window.is_over(until - TICK)
    assert window.is_over(until)


@pytest.mark.parametrize("change", [{"suspended": True}, {"answered": True}])
def test_an_exception_opens_nothing_that_is_suspended_or_answered(change):
    window = replace(WINDOW, reopened_until=LAST + timedelta(days=2), **change)

    assert not holds(check_open, window, now=LAST + timedelta(days=1))


@given(windows, times)
def test_whatever_is_open_is_neither_suspended_nor_answered_nor_before_its_time(window, now):
    if holds(check_open, window, now=now):
        assert window.state(now) in (CampaignState.OPEN, CampaignState.CLOSED)
        assert not window.is_over(now)


@given(windows, times, locks, counts)
def test_what_is_signed_was_open_unlocked_and_decided(window, now, lock, count):
    if holds(check_may_sign, window, lock, count, now=now):
        assert lock is Lock.OPEN
        assert count.pending == 0 < count.total
        assert holds(check_open, window, now=now)


@given(windows, times, locks, counts)
def test_a_list_is_signed_or_unsigned_or_empty_and_never_two_of_them(window, now, lock, count):
    may = [
        holds(check_may_sign, window, lock, count, now=now),
        holds(check_may_unsign, window, lock, "Защото.", now=now),
        holds(check_nothing_to_confirm, window, lock, count, now=now),
    ]

    assert sum(may) <= 1
    if not holds(check_open, window, now=now) or lock is Lock.ERASED:
        assert not any(may)


@given(locks, counts, st.booleans(), st.booleans(), st.booleans())
def test_every_list_has_one_state_with_a_word_for_it(lock, count, checked, has_account, past):
    state = submission_state(count, lock, checked=checked, has_account=has_account, past=past)

    assert state.label
    assert state.is_complete == (lock is Lock.SIGNED or (lock is Lock.OPEN and count.total == 0 and checked))


@pytest.mark.parametrize(
    ("lock", "count", "more", "state"),
    [
        (Lock.OPEN, Counts(), {}, SubmissionState.NOTHING),
        (Lock.OPEN, Counts(), {"checked": True}, SubmissionState.CHECKED),
        (Lock.OPEN, Counts(), {"has_account": False}, SubmissionState.NOTHING),
        (Lock.OPEN, Counts(2, 2), {"has_account": False}, SubmissionState.NO_ACCOUNT),
        (Lock.OPEN, Counts(2, 2), {}, SubmissionState.NOT_STARTED),
        (Lock.OPEN, Counts(2, 2), {"checked": True}, SubmissionState.NOT_STARTED),
        (Lock.OPEN, Counts(2, 1, 1), {}, SubmissionState.IN_PROGRESS),
        (Lock.OPEN, DONE, {}, SubmissionState.READY),
        (Lock.OPEN, DONE, {"past": True}, SubmissionState.READY),
        (Lock.SIGNED, DONE, {}, SubmissionState.SIGNED),
        (Lock.SIGNED, DONE, {"past": True}, SubmissionState.FINAL),
        (Lock.ERASED, Counts(), {"past": True}, SubmissionState.ERASED),
    ],
)
def test_says_how_far_a_list_is(lock, count, more, state):
    facts = {"checked": False, "has_account": True, "past": False} | more

    assert submission_state(count, lock, **facts) is state


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (Counts(), "Проверих – няма записи"),
        (Counts(3, 1, 2), "Има един необработен запис"),
        (Counts(3, 2, 1), "Има необработени записи: 2"),
    ],
)
def test_says_what_holds_up_the_signature(count, sentence):
    with pytest.raises(Conflict, match=sentence):
        check_may_sign(WINDOW, Lock.OPEN, count, now=NOW)


def test_the_signature_is_to_be_removed_only_where_it_can_be():
    check_may_change(WINDOW, Lock.OPEN, now=NOW)
    with pytest.raises(Conflict, match="първо премахнете подписа"):
        check_may_change(WINDOW, Lock.SIGNED, now=NOW)
    for window, now in ((WINDOW, LAST + TICK), (replace(WINDOW, suspended=True), NOW)):
        with pytest.raises(Conflict, match="Списъкът е подписан") as told:
            check_may_change(window, Lock.SIGNED, now=now)
        assert "премахнете" not in str(told.value)


@pytest.mark.parametrize(
    ("lock", "counts", "checked", "said"),
    [
        (Lock.OPEN, DONE, False, "Не е подписано в срок: към АСП се подава „няма информация“."),
        (Lock.OPEN, Counts(), False, "Не е отбелязано в срок, че сте проверили."),
        (Lock.OPEN, Counts(), True, ""),
        (Lock.SIGNED, DONE, False, ""),
        (Lock.ERASED, DONE, False, ""),
    ],
)
def test_says_what_was_missed(lock, counts, checked, said):
    assert missed_sentence(WINDOW, lock, counts, checked=checked, now=LAST + TICK) == said
    assert missed_sentence(WINDOW, lock, counts, checked=checked, now=NOW) == ""
    excepted = replace(WINDOW, reopened_until=LAST + timedelta(hours=1))
    assert missed_sentence(excepted, lock, counts, checked=checked, now=LAST + TICK) == ""


@pytest.mark.parametrize(("lock", "sentence"), [(Lock.SIGNED, "вече е подписан"), (Lock.ERASED, "заличен")])
def test_a_locked_list_is_not_changed(lock, sentence):
    with pytest.raises(Conflict, match=sentence):
        check_unlocked(lock)
    check_unlocked(Lock.OPEN)
    with pytest.raises(Conflict, match=sentence):
        check_may_sign(WINDOW, lock, DONE, now=NOW)
    with pytest.raises(Conflict, match=sentence):
        check_nothing_to_confirm(WINDOW, lock, Counts(), now=NOW)


def test_who_signed_already_is_told_that_it_is_enough():
    with pytest.raises(Conflict, match="Не е нужно нищо повече"):
        check_may_sign(WINDOW, Lock.SIGNED, DONE, now=NOW)


@pytest.mark.parametrize(("reason", "sentence"), [("", "защо"), (" \n", "защо"), ("а" * 501, "500 знака")])
def test_a_signature_is_removed_with_a_reason(reason, sentence):
    with pytest.raises(Refusal, match=sentence) as refusal:
        check_may_unsign(WINDOW, Lock.SIGNED, reason, now=NOW)
    assert refusal.value.field == "reason"
    check_may_unsign(WINDOW, Lock.SIGNED, "а" * 500, now=NOW)


@pytest.mark.parametrize("lock", [Lock.OPEN, Lock.ERASED])
def test_without_a_signature_there_is_nothing_to_remove(lock):
    with pytest.raises(Conflict, match="не е подписан"):
        check_may_unsign(WINDOW, lock, "Защото.", now=NOW)


def test_nothing_to_confirm_is_said_only_where_there_is_nothing():
    check_nothing_to_confirm(WINDOW, Lock.OPEN, Counts(), now=NOW)
    with pytest.raises(Conflict, match="Има записи за потвърждаване: 3"):
        check_nothing_to_confirm(WINDOW, Lock.OPEN, DONE, now=NOW)
    with pytest.raises(Conflict, match="Срокът изтече"):
        check_nothing_to_confirm(WINDOW, Lock.OPEN, Counts(), now=LAST + TICK)


def test_a_window_ends_after_it_begins_and_before_the_answer():
    check_window(OPENS, OPENS, answered=False)
    with pytest.raises(Refusal):
        check_window(CLOSES, OPENS, answered=False)
    with pytest.raises(Conflict):
        check_window(OPENS, CLOSES, answered=True)


@pytest.mark.parametrize(
    ("until", "window", "now"),
    [
        (LAST + timedelta(days=2), WINDOW, NOW),
        (LAST + timedelta(days=2), replace(WINDOW, answered=True), LAST + TICK),
        (LAST, WINDOW, LAST + TICK),
        (LAST + TICK, WINDOW, LAST + TICK),
        (LAST + timedelta(days=2), CLOSED_DOWN, LAST + TICK),
    ],
    ids=["the window still runs", "answered", "in the past", "now", "closed down"],
)
def test_an_exception_is_for_a_missed_deadline_and_has_an_end(until, window, now):
    with pytest.raises(Objection):
        check_exception(until, window, now=now)
    check_exception(LAST + timedelta(days=2), WINDOW, now=LAST + TICK)


@given(counts, counts)
def test_counts_add_up(one, other):
    both = Counts.of([one, other])

    assert both.total == both.pending + both.decided
    assert both.decided == one.decided + other.decided
