"""in_order, weight, is_to_call, missing_in_words: whom to call first, and who is not on the list."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.domain.calls.order import (
    LONGEST,
    Situation,
    Turn,
    closes_at,
    in_order,
    is_to_call,
    missing_in_words,
    own_window,
    weight,
)
from portal.domain.oversight.progress import Contact, Standing
from portal.domain.placement import InstitutionType
from portal.domain.submissions import Counts, Lock, SubmissionState, Window, submission_state
from portal.domain.times import end_of
from tests.cast import AFTER, CLOSES, NOW, OPENS

WINDOW = Window(OPENS, CLOSES)
HOUR = timedelta(hours=1)


def standing(
    total: int = 0,
    pending: int = 0,
    *,
    code: str = "2200001",
    opened: bool = True,
    signed: bool = False,
    checked: bool = False,
    register: bool = False,
) -> Standing:
    counts = Counts(total, pending, total - pending, 0)
    state = submission_state(
        counts, Lock.SIGNED if signed else Lock.OPEN, checked=checked, has_account=True, past=False
    )
    contact = Contact(code, f"ОУ {code}", InstitutionType.SCHOOL, 22, "София-град", "", "")
    return Standing(
        contact,
        counts,
        state,
        NOW if opened else None,
        NOW if checked else None,
        NOW if signed else None,
        NOW if register else None,
    )


def drawn(total: int, decided: int, code: int, flags: int) -> Standing:
    return standing(
        total,
        max(total - decided, 0),
        code=f"{code:07}",
        opened=bool(flags & 1),
        register=bool(flags & 2),
    )


standings = st.builds(
    drawn, st.integers(0, 300), st.integers(0, 300), st.integers(1, 9_999_999), st.integers(0, 3)
)
times = st.integers(-5_000, 5_000).map(lambda minutes: NOW + timedelta(minutes=minutes))
situations = st.builds(
    Situation,
    standings,
    st.just(WINDOW),
    has_access=st.booleans(),
    letter_lost=st.booleans(),
    next_call=st.none() | times,
    is_promise=st.booleans(),
)
many = st.lists(situations, max_size=5)


@given(many, st.randoms())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_order_holds(every, random):
    """Three parts, one below the other; promises by who waits longest, later calls by the soonest; nobody is
    lost; the same however the rows come."""
    unlike = list({each.standing.institution.code: each for each in every}.values())
    found = in_order(random.sample(unlike, len(unlike)), now=NOW)
    turns = [each.turn(NOW) for each in found]
    of = {turn: [each for each in found if each.turn(NOW) is turn] for turn in Turn}

    assert turns == sorted(turns)
    assert found == in_order(unlike, now=NOW)
    assert sorted(map(repr, found)) == sorted(map(repr, unlike))
    for turn in (Turn.OVERDUE, Turn.LATER):
        assert [each.next_call for each in of[turn]] == sorted(each.next_call for each in of[turn])
    assert all(each.is_promise and each.next_call <= NOW for each in of[Turn.OVERDUE])
    assert all(each.next_call > NOW for each in of[Turn.LATER])
    weights = [weight(each, now=NOW) for each in of[Turn.NOW]]
    assert weights == sorted(weights, reverse=True)


@given(situations, times, times)
def test_a_promise_is_below_until_its_time_and_on_top_after_it(situation, one, other):
    promised = replace(situation, next_call=one, is_promise=True)
    assert promised.turn(other) is (Turn.LATER if other < one else Turn.OVERDUE)


@given(situations, st.integers(1, 50))
def test_more_pending_records_never_matter_less(situation, more):
    before = situation.standing.counts
    counts = Counts(before.total + more, before.pending + more, before.confirmed, before.refused)
    if situation.standing.state is SubmissionState.READY:  # pending again, it is no longer one minute's work
        return
    fuller = replace(situation, standing=replace(situation.standing, counts=counts))
    assert weight(fuller, now=NOW) >= weight(situation, now=NOW)


@given(situations, st.timedeltas(timedelta(0), timedelta(days=10)))
def test_less_time_never_matters_less(situation, gone):
    assert weight(situation, now=NOW + gone) >= weight(situation, now=NOW)


@given(situations)
def test_what_stands_in_the_way_never_matters_less(situation):
    clear = replace(situation, has_access=True, letter_lost=False)
    looked = replace(clear, standing=replace(clear.standing, first_opened_at=NOW))
    for each in (
        replace(clear, has_access=False),
        replace(clear, letter_lost=True),
        replace(clear, has_access=False, letter_lost=True),
        clear,
    ):
        assert weight(each, now=NOW) >= weight(looked, now=NOW)


def first(*every: Situation) -> str:
    return in_order(every, now=NOW)[0].standing.institution.code


def at(code: str, total: int, pending: int, **more) -> Situation:
    about = {name: more.pop(name) for name in ("has_access", "letter_lost") if name in more}
    return Situation(standing(total, pending, code=code, **more), WINDOW, **about)


def test_a_list_that_is_ready_goes_before_one_of_as_many_at_work():
    assert first(at("2200001", 40, 20), at("2200002", 40, 0)) == "2200002"


def test_who_never_looked_goes_before_who_has_begun():
    assert first(at("2200001", 40, 40), at("2200002", 40, 40, opened=False)) == "2200002"


def test_where_nobody_has_access_goes_before_who_only_never_looked():
    unopened = at("2200001", 40, 40, opened=False)
    assert first(unopened, at("2200002", 40, 40, opened=False, has_access=False)) == "2200002"


def test_many_records_go_before_few():
    assert first(at("2200001", 3, 3), at("2200002", 90, 60)) == "2200002"


def test_an_exception_that_ends_today_goes_before_one_that_ends_next_week():
    over = replace(WINDOW, reopened_until=AFTER + timedelta(days=6))
    soon = replace(WINDOW, reopened_until=AFTER + 3 * HOUR)
    late, early = at("2200001", 5, 5), at("2200002", 5, 5)
    rows = [replace(late, window=over), replace(early, window=soon)]
    assert in_order(rows, now=AFTER)[0].standing.institution.code == "2200002"


@pytest.mark.parametrize(
    ("window", "now", "called"),
    [
        (Window(), NOW, False),
        (WINDOW, end_of(date(2021, 1, 20)), False),
        (WINDOW, NOW, True),
        (WINDOW, AFTER, False),
        (replace(WINDOW, suspended=True), NOW, False),
        (replace(WINDOW, answered=True), AFTER, False),
    ],
)
def test_is_called_while_something_can_be_done(window, now, called):
    assert is_to_call(window, standing(3, 3), now=now) is called


@pytest.mark.parametrize("answered", [False, True])
@pytest.mark.parametrize(("until", "called"), [(AFTER + HOUR, True), (AFTER, False)])
def test_an_exception_puts_it_on_the_list_as_long_as_it_runs(answered, until, called):
    reopened = replace(standing(3, 3), reopened_until=until)
    window = replace(WINDOW, answered=answered)

    assert is_to_call(window, reopened, now=AFTER) is called
    if called:
        assert closes_at(own_window(window, reopened.reopened_until, now=AFTER), now=AFTER) == until


@given(standings)
def test_whoever_is_done_is_not_called(each):
    done = replace(
        each,
        state=SubmissionState.SIGNED if each.counts.total else SubmissionState.CHECKED,
        register_confirmed_at=NOW,
    )
    assert not is_to_call(WINDOW, done, now=NOW)
    assert is_to_call(WINDOW, replace(done, register_confirmed_at=None), now=NOW)


def test_without_a_day_the_time_left_is_long():
    nameless = Situation(standing(9, 9), Window())
    assert weight(nameless, now=NOW) == 19 / (LONGEST / HOUR)


@pytest.mark.parametrize(
    ("situation", "said"),
    [
        (at("1", 12, 5), ["за преглед: 5 от 12", "карантината за месеца не е потвърдена"]),
        (at("1", 12, 0, register=True), ["всичко е решено, но не е подписано: 12"]),
        (at("1", 0, 0, register=True), ["не е отбелязано „Проверих – няма записи“"]),
        (at("1", 3, 0, signed=True), ["карантината за месеца не е потвърдена"]),
        (
            at("1", 2, 2, opened=False, register=True, has_access=False, letter_lost=True),
            [
                "няма директор с активиран достъп",
                "за преглед: 2 от 2",
                "никой не е отварял списъка",
                "писмо до тях не е прието",
            ],
        ),
    ],
)
def test_says_what_is_missing(situation, said):
    assert missing_in_words(situation) == said
