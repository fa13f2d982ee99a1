"""portal.domain.campaigns.ended: what АСП did, beside what was decided."""

import pytest

from portal.domain.campaigns.ended import Agreement, Outcome, agreement, check_may_load_ended
from portal.domain.decisions import Decision, Reason
from portal.domain.errors import Conflict
from portal.domain.month import Month
from tests.cast import AFTER, MONTH


@pytest.mark.parametrize(
    ("decision", "ended", "found"),
    [
        (Decision.CONFIRMED, True, Agreement.AGREES),
        (Decision.CONFIRMED, False, Agreement.DIFFERS),
        (Decision.REFUSED, True, Agreement.DIFFERS),
        (Decision.REFUSED, False, Agreement.AGREES),
        (Decision.PENDING, True, Agreement.UNDECIDED),
        (Decision.PENDING, False, Agreement.UNDECIDED),
        (Decision.CONFIRMED, None, Agreement.UNTOLD),
    ],
)
@pytest.mark.parametrize("reason", [Reason.ABSENCE, Reason.UNENROLLED])
def test_says_what_differs(reason, decision, ended, found):
    assert agreement(reason, decision, ended, is_under_limit=False) is found


def test_a_confirmed_figure_under_the_limit_ends_nothing():
    assert agreement(Reason.ABSENCE, Decision.CONFIRMED, False, is_under_limit=True) is Agreement.AGREES
    assert agreement(Reason.ABSENCE, Decision.CONFIRMED, True, is_under_limit=True) is Agreement.DIFFERS


def test_at_a_distance_there_is_nothing_to_end():
    assert agreement(Reason.DISTANCE, Decision.CONFIRMED, None, is_under_limit=False) is Agreement.APART


def test_is_told_with_its_term():
    january = Month(2021, 1)
    assert Outcome(True, 12, january, "").told == "АСП прекрати помощта за 12 месеца от януари 2021 г."
    assert Outcome(True, 1, january, "").told == "АСП прекрати помощта за 1 месец от януари 2021 г."
    assert Outcome(True, 0, january, "").told == "АСП прекрати помощта от януари 2021 г."
    assert Outcome(False, 0, None, "").told == "АСП не е прекратила помощта"


def test_comes_after_the_answer_and_before_the_month_is_erased():
    check_may_load_ended(AFTER, is_erased=False, month=MONTH)
    with pytest.raises(Conflict, match="още не е изготвен"):
        check_may_load_ended(None, is_erased=False, month=MONTH)
    with pytest.raises(Conflict, match="заличени"):
        check_may_load_ended(AFTER, is_erased=True, month=MONTH)
