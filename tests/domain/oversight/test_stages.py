"""parts(): the bar of how far institutions are."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.domain.oversight.stages import UNDONE, Stage, parts
from portal.domain.submissions import SubmissionState as State

COUNTS = st.dictionaries(st.sampled_from(State), st.integers(0, 5000))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 5000), st.integers(0, 5000), COUNTS)
def test_holds_everybody_who_is_waited_for_and_fills_the_bar(complete, only_register, states):
    found = parts(complete, complete + only_register, states)

    undone = sum(count for state, count in states.items() if state in UNDONE)
    assert sum(part.count for part in found) == complete + only_register + undone
    assert sum(part.length for part in found) == pytest.approx(100 if found else 0, abs=0.01)
    assert [part.start for part in found] == sorted(part.start for part in found)
    assert [part.stage for part in found] == [stage for stage in Stage if stage in {p.stage for p in found}]


def test_whoever_has_still_the_register_to_confirm_is_not_done():
    found = parts(2, 3, {State.SIGNED: 3, State.NOTHING: 3, State.READY: 1})

    assert [(part.stage, part.count, part.percent) for part in found] == [
        (Stage.DONE, 2, 28),
        (Stage.ONLY_REGISTER, 1, 14),
        (Stage.READY, 1, 14),
        (Stage.NOTHING, 3, 43),
    ]


def said(complete, **states):
    return [
        each.percent for each in parts(complete, complete, {State(k): many for k, many in states.items()})
    ]


def test_percents_are_to_the_nearest_and_a_hundred_is_said_only_of_everybody():
    assert said(5, ready=3, in_progress=7, not_started=19) == [14, 9, 21, 56]
    assert said(0, ready=1, not_started=1, nothing=1) == [33, 33, 33], "equal parts say the same"
    assert said(299, ready=1) == [99, 0]
    assert said(1, ready=299) == [0, 99]
    assert said(0, ready=299) == [100]


def test_every_state_is_done_or_undone_but_the_erased():
    undone = {state for state in State if not state.is_complete}
    assert undone - set(UNDONE) <= {State.ERASED}
    assert not [state for state in UNDONE if state.is_complete]
