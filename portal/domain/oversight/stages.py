"""How far the lists of many institutions are, in the five parts of one bar."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from portal.domain.submissions import SubmissionState as State


class Stage(Enum):
    """From done to nobody there; the value names the pattern that the part is drawn with."""

    DONE = "done"
    READY = "ready"
    BEGUN = "begun"
    IDLE = "idle"
    SHUT = "shut"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Stage.DONE: "приключен списък",
    Stage.READY: "готови без подпис",
    Stage.BEGUN: "в процес",
    Stage.IDLE: "незапочнали",
    Stage.SHUT: "без активиран достъп",
}
# Who has nothing on the list and has not said so has not begun. Erased lists are waited for no longer.
STAGES = {
    State.CHECKED: Stage.DONE,
    State.SIGNED: Stage.DONE,
    State.FINAL: Stage.DONE,
    State.READY: Stage.READY,
    State.IN_PROGRESS: Stage.BEGUN,
    State.NOT_STARTED: Stage.IDLE,
    State.NOTHING: Stage.IDLE,
    State.NO_ACCOUNT: Stage.SHUT,
}


@dataclass(frozen=True)
class Part:
    """Of a bar: how many, and where it begins and how long it is, in hundredths of the bar."""

    stage: Stage
    count: int
    start: float
    length: float


def parts(states: Mapping[State, int]) -> list[Part]:
    """The parts that are not empty, from the left; together they fill the bar."""
    counts = dict.fromkeys(Stage, 0)
    for state, count in states.items():
        if state in STAGES:
            counts[STAGES[state]] += count
    every, before, found = sum(counts.values()), 0, []
    for stage, count in counts.items():
        if count:
            found.append(Part(stage, count, round(100 * before / every, 3), round(100 * count / every, 3)))
        before += count
    return found
