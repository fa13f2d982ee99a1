"""What becomes of a line that was rejected, and when the operator may mend one."""

from datetime import datetime
from enum import Enum

from portal.domain.errors import Conflict
from portal.domain.submissions import Window


class Outcome(Enum):
    """A line that is ``LEFT`` stays rejected, as one that is ``OPEN`` does: only nobody looks at it any more,
    and it goes back to АСП. It can still be mended."""

    OPEN = "open"
    REPAIRED = "repaired"
    LEFT = "left"

    @property
    def label(self) -> str:
        return {"open": "за поправяне", "repaired": "поправен", "left": "оставен отхвърлен"}[self.value]

    @property
    def of_many(self) -> str:
        return {"open": "за поправяне", "repaired": "поправени", "left": "оставени отхвърлени"}[self.value]


def check_may_repair(
    window: Window, outcome: Outcome, *, is_finished: bool, is_whole: bool, now: datetime
) -> None:
    """Raise Conflict unless a rejected line can still be mended and placed: as long as a file with it could
    be loaded (``check_may_load``), and once its own file is loaded. ``is_whole``: it was read to its end."""
    check_unrepaired(outcome)
    if window.answered:
        raise Conflict("Отговорът до АСП за този месец вече е изготвен. Редът остава отхвърлен.")
    if window.is_past(now):
        assert window.closes_on is not None
        raise Conflict(
            f"Срокът изтече на {window.closes_on:%d.%m.%Y} г. Редът не е поправен. "
            "Ако институцията трябва да го обработи, първо определете нов срок."
        )
    if not is_finished:
        raise Conflict("Файлът още не е зареден докрай. Поправете реда след това.")
    if not is_whole:
        raise Conflict("Редът не е прочетен докрай и не може да се поправи тук. Върнете го на АСП.")


def check_unrepaired(outcome: Outcome) -> None:
    if outcome is Outcome.REPAIRED:
        raise Conflict("Редът вече е поправен.")
