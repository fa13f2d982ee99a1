"""What goes out as „няма информация“, and why."""

from enum import Enum


class Cause(Enum):
    """Why no signature stands for a record. The first ones are put right by one call."""

    READY = "ready"
    BEGUN = "begun"
    IDLE = "idle"
    UNOPENED = "unopened"
    SHUT = "shut"
    CLOSED = "closed"
    OFF = "off"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Cause.READY: "всичко е решено, липсва подпис",
    Cause.BEGUN: "започнат списък",
    Cause.IDLE: "отворен списък без нито едно решение",
    Cause.UNOPENED: "никой не е отварял списъка",
    Cause.SHUT: "няма активиран директор",
    Cause.CLOSED: "закрита институция",
    Cause.OFF: "записи, които не са в ничий списък",
}


def cause(*, is_closed: bool, has_account: bool, opened: bool, pending: bool, decided: bool) -> Cause:
    """Of an unsigned list with records. A closed institution signs nothing, whatever it decided."""
    if is_closed:
        return Cause.CLOSED
    if not has_account:
        return Cause.SHUT
    if not pending:
        return Cause.READY
    if decided:
        return Cause.BEGUN
    return Cause.IDLE if opened else Cause.UNOPENED
