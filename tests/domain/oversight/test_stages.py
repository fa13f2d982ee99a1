"""parts(states): the bar of how far the lists are."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.domain.oversight.stages import STAGES, Stage, parts
from portal.domain.submissions import SubmissionState as State

COUNTS = st.dictionaries(st.sampled_from(State), st.integers(0, 5000))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(COUNTS)
def test_holds_everybody_who_is_waited_for_and_fills_the_bar(states):
    found = parts(states)

    assert sum(part.count for part in found) == sum(n for s, n in states.items() if s is not State.ERASED)
    assert sum(part.length for part in found) == pytest.approx(100 if found else 0, abs=0.01)
    assert [part.start for part in found] == sorted(part.start for part in found)
    assert [part.stage for part in found] == [stage for stage in Stage if stage in {p.stage for p in found}]


def test_counts_whoever_signed_and_whoever_had_nothing_as_done():
    found = parts({State.SIGNED: 2, State.FINAL: 1, State.CHECKED: 1, State.NOTHING: 3, State.READY: 1})

    assert [(part.stage, part.count) for part in found] == [
        (Stage.DONE, 4),
        (Stage.READY, 1),
        (Stage.IDLE, 3),
    ]


def test_every_state_has_its_part_but_the_erased():
    assert set(State) - set(STAGES) == {State.ERASED}
