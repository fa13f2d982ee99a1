"""One long file of a kind at a time: who loads one now, for whoever has to wait for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from portal.domain.errors import Conflict
from portal.domain.times import stamp, unbroken
from portal.storage.campaigns.loads import ASP, ENROLMENTS, LOCKS, PEOPLE, loading_now
from portal.storage.tables.alone import alone_at

PATIENCE = 30.0  # seconds, for a load that is under way
SAID = {
    ASP: "В момента се зарежда друг списък от АСП.",
    ENROLMENTS: "В момента се зареждат други записвания.",
    PEOPLE: "В момента се изпращат поканите от друг файл.",
}


@contextmanager
def one_at_a_time(kind: str, patience: float | None = None) -> Iterator[None]:
    """Raise Conflict where another file of the kind is still being loaded after ``patience`` seconds."""
    with alone_at(LOCKS[kind], patience=PATIENCE if patience is None else patience) as is_ours:
        if not is_ours:
            raise Conflict(
                f"{SAID[kind]}{_said_of_other(kind)} Изчакайте да свърши и заредете този файл отново."
            )
        yield


def _said_of_other(kind: str) -> str:
    """Whose file is being loaded and how far it is, as sentences after others; nothing where nobody can tell
    yet."""
    other = loading_now(kind)
    if other is None:
        return ""
    load = other.load
    who = "от командния ред" if load.by is None else f"от {load.by.name}"
    told = f" „{load.file_name}“, започнат {who} на {stamp(load.at)}: {other.done} от {load.received} реда."
    return unbroken(told)
