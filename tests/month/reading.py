"""What was read in a month beside what had to be: nothing missing, nothing too much, nothing out of hours."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from portal.storage.letters.reading import refused_addresses
from portal.storage.tables.letters import OutboxMessage
from tests.month.behaviour import Behaviour
from tests.month.behaviours import TRIED_IN_VAIN
from tests.month.days import LAST_LOOK
from tests.month.deeds import Place
from tests.month.letters import SAYINGS, Due
from tests.month.playing import Month
from tests.month.post import Taken

REMINDERS = ("early_reminder", "reminder")


@dataclass(frozen=True)
class Found:
    """``letters`` went, each counted once however often it came."""

    letters: int
    missing: list[str]
    too_many: list[str]
    out_of_hours: list[str]
    twice: dict[str, int]  # by address: letters that came under the same name again
    tried_in_vain: Counter[tuple[str, str]]
    refused: set[str]  # that stand on the operator's desk

    @property
    def is_right(self) -> bool:
        return not (self.missing or self.too_many or self.out_of_hours)


def found(month: Month) -> Found:
    once = {taken.name: taken for taken in reversed(month.post.taken)}
    kinds = {row.id: row.kind for row in OutboxMessage.select(OutboxMessage.id, OutboxMessage.kind)}
    read = Counter((taken.to, _due(taken, kinds)) for taken in once.values())
    expected = Counter(
        (address, due)
        for place, behaviour in month.town.places
        for address, dues in _by_address(place, behaviour)
        for due in dues
    )
    names = Counter(taken.name for taken in month.post.taken)
    return Found(
        letters=len(once),
        missing=_said(month, expected - read),
        too_many=_said(month, read - expected),
        out_of_hours=[f"{taken.at} {taken.to}" for taken in once.values() if _is_out_of_hours(taken, kinds)],
        twice=dict(Counter(taken.to for taken in once.values() if names[taken.name] == 2)),
        tried_in_vain=month.post.in_vain,
        refused={line.row.recipient for line in refused_addresses(LAST_LOOK)},
    )


def _by_address(place: Place, behaviour: Behaviour) -> Iterator[tuple[str, tuple[Due, ...]]]:
    for who, dues in behaviour.expected.items():
        yield place.address(who), dues
    yield from behaviour.offices.items()


def tries_expected(month: Month) -> Counter[tuple[str, str]]:
    """Of letters to an address that the server does not know: each is tried once."""
    return Counter((address, day) for address in month.post.refused for day in TRIED_IN_VAIN)


def _due(taken: Taken, kinds: dict[int, str]) -> Due:
    kind = _kind(taken, kinds)
    says = tuple(sorted(saying for saying in SAYINGS if saying in taken.text)) if kind in REMINDERS else ()
    return Due(f"{taken.at:%d.%m}", kind, says)


def _kind(taken: Taken, kinds: dict[int, str]) -> str:
    return kinds[int(taken.name.strip("<").partition(".")[0])]


def _is_out_of_hours(taken: Taken, kinds: dict[int, str]) -> bool:
    """Reminders: from eight to six, on a working day or the last one; the days are in what is expected."""
    return _kind(taken, kinds) in REMINDERS and not 8 <= taken.at.hour < 18


def _said(month: Month, letters: Counter[tuple[str, Due]]) -> list[str]:
    names = {
        place.address(who): behaviour.name
        for place, behaviour in month.town.places
        for who in ("director", "delegate", "new", "mailbox")
    }
    return sorted(f"{names.get(to, 'nobody of these')}: {to} {due}" for to, due in letters.elements())
