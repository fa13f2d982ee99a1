"""portal.domain.register.envelopes: how long a code, a notice and a check may take."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.domain.errors import Conflict, holds
from portal.domain.register.envelopes import (
    Announced,
    OpeningState,
    check_notice,
    check_proposal,
    is_rehearsal_due,
    rehearsal_due_at,
)

NOW = datetime(2021, 1, 28, 8, 0, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(hours=24)


@pytest.mark.parametrize(
    ("passed", "still"), [(timedelta(0), True), (HOUR - SECOND, True), (HOUR, False), (-SECOND, False)]
)
def test_a_code_waits_an_hour_to_be_typed_back(passed, still):
    assert holds(check_proposal, NOW, now=NOW + passed) is still


@pytest.mark.parametrize(
    ("passed", "state"),
    [
        (timedelta(0), OpeningState.WAITING),
        (DAY - SECOND, OpeningState.WAITING),
        (DAY, OpeningState.READY),
        (31 * DAY - SECOND, OpeningState.READY),
        (31 * DAY, OpeningState.OVER),
    ],
)
def test_an_opening_takes_effect_after_a_day_and_lapses_after_thirty(passed, state):
    announced = Announced(NOW, NOW + DAY)
    assert announced.state(NOW + passed) is state
    assert holds(check_notice, announced, now=NOW + passed) is (passed >= DAY)


def test_what_was_done_or_stopped_is_over():
    assert Announced(NOW, NOW + DAY, is_ended=True).state(NOW) is OpeningState.OVER


def test_the_notice_tells_when():
    with pytest.raises(Conflict, match=r"29\.01\.2021"):
        check_notice(Announced(NOW, NOW + DAY), now=NOW)


def test_a_code_is_checked_a_year_after_it_was_typed_last():
    year, later = timedelta(days=365), NOW + timedelta(days=100)
    assert rehearsal_due_at(NOW, None) == NOW + year
    assert rehearsal_due_at(NOW, later) == later + year
    assert not is_rehearsal_due(NOW, None, now=NOW + year - SECOND)
    assert is_rehearsal_due(NOW, None, now=NOW + year)
