"""How far many institutions are, in the parts of one bar: the same for РУО and for the operator."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from portal.domain.submissions import SubmissionState as State


class Stage(Enum):
    """From done to nobody there: the way that an institution goes, backwards. The value names the pattern of
    the part, and is the ``?state=`` that shows those institutions."""

    DONE = "done"
    ONLY_REGISTER = "only_register"
    READY = "ready"
    IN_PROGRESS = "in_progress"
    NOT_STARTED = "not_started"
    NOTHING = "nothing"
    NO_ACCOUNT = "no_account"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Stage.DONE: "приключили",
    Stage.ONLY_REGISTER: "липсва само карантината",
    Stage.READY: "готови без подпис",
    Stage.IN_PROGRESS: "в процес",
    Stage.NOT_STARTED: "незапочнати",
    Stage.NOTHING: "без записи и без „Проверих“",
    Stage.NO_ACCOUNT: "със записи, без активиран директор",
}
# Whose list is not done. Of the others it is asked whether they are done with the register as well.
UNDONE = (State.READY, State.IN_PROGRESS, State.NOT_STARTED, State.NOTHING, State.NO_ACCOUNT)


@dataclass(frozen=True)
class Part:
    """Of a bar: how many of how many, and where it begins and how long it is, in hundredths of the bar."""

    stage: Stage
    count: int
    of: int
    start: float
    length: float

    @property
    def percent(self) -> int:
        """To the nearest, so that they are about 100 together and equal parts say the same; but 100 only of
        everybody, and who is done rounded down, as in the heading."""
        if self.stage is Stage.DONE:
            return 100 * self.count // self.of
        return min((200 * self.count + self.of) // (2 * self.of), 99 if self.count < self.of else 100)


def parts(complete: int, lists: int, states: Mapping[State, int]) -> list[Part]:
    """The parts that are not empty, from the left; together they fill the bar. ``lists`` have done their
    list, ``complete`` of them the register too. Erased lists are waited for no longer."""
    counts = {Stage.DONE: complete, Stage.ONLY_REGISTER: lists - complete}
    counts |= {Stage(state.value): states.get(state, 0) for state in UNDONE}
    every, before, found = sum(counts.values()), 0, []
    for stage, count in counts.items():
        if count:
            start, length = round(100 * before / every, 3), round(100 * count / every, 3)
            found.append(Part(stage, count, every, start, length))
        before += count
    return found
