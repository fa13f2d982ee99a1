"""The lines that a load rejected, and what has become of each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from portal.domain.campaigns.rejected import Outcome
from portal.domain.errors import NotFound
from portal.domain.month import Month
from portal.storage.campaigns.loads import ASP
from portal.storage.loading.tables import Load, RejectedLine
from portal.storage.tables.bulk import BATCH, add_rows, tuples
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.people import User

AGAIN = ("faults", "outcome", "mended", "salt", "settled_at", "settled_by")


@dataclass(frozen=True)
class Repair:
    """A line that was mended. ``at`` and ``by`` (a name) are of the repair itself, also where the line stands
    here because its file was loaded once more."""

    id: int
    load_id: int
    file_name: str
    sha256: str
    number: int
    line: bytes
    mended: bytes
    salt: bytes
    faults: str
    at: datetime
    by: str


def some_rejects(load: Load, count: int) -> list[RejectedLine]:
    """The first lines that are still rejected, as many as fit a page."""
    return list(_still(load).order_by(RejectedLine.number).limit(count))


def rejects_page(load: Load, outcome: Outcome, *, after: int, count: int) -> list[RejectedLine]:
    """Lines of one outcome, those after line ``after``, each with who mended or left it."""
    query = RejectedLine.select(RejectedLine, User).join(User, JOIN.LEFT_OUTER)
    ours = (RejectedLine.load == load) & (RejectedLine.outcome == outcome) & (RejectedLine.number > after)
    return list(query.where(ours).order_by(RejectedLine.number).limit(count))


def outcomes_of(load: Load) -> dict[Outcome, int]:
    """How many of the lines that the load rejected have each outcome; of erased ones none."""
    query = RejectedLine.select(RejectedLine.outcome, fn.COUNT(RejectedLine.id))
    found = dict(tuples(query.where(RejectedLine.load == load).group_by(RejectedLine.outcome)))
    return {outcome: found.get(outcome, 0) for outcome in Outcome}


def rejected_line(load: Load, line_id: int) -> RejectedLine:
    found: RejectedLine | None = _of(load).where(RejectedLine.id == line_id).first()
    if found is None:
        raise NotFound("Няма такъв отхвърлен ред. Може би е заличен след срока за съхранение.")
    return found


def next_open(load: Load, after: int) -> RejectedLine | None:
    """The first line after line ``after`` that nobody has mended or left yet, or else the first of all."""
    waits = _of(load).where(RejectedLine.outcome == Outcome.OPEN).order_by(RejectedLine.number)
    found: RejectedLine | None = waits.where(RejectedLine.number > after).first() or waits.first()
    return found


def open_rejects(campaigns: Sequence[Campaign]) -> dict[int, int]:
    """By campaign, how many lines АСП's last file had wrong, without those that the operator left rejected:
    what an earlier one had wrong may have been put right since."""
    asp = Load.campaign.in_(campaigns) & (Load.kind == ASP) & Load.is_finished
    last = Load.select(fn.MAX(Load.id)).where(asp).group_by(Load.campaign)
    left = RejectedLine.select(fn.COUNT(RejectedLine.id)).where(
        (RejectedLine.load == Load.id) & (RejectedLine.outcome == Outcome.LEFT)
    )
    query = Load.select(Load.campaign, Load.rejected - left).where(Load.id.in_(last) & (Load.rejected > 0))
    return dict(tuples(query))


def repairs_in(month: Month) -> list[Repair]:
    """All of a month, in the order of the loads; a line of a file that was loaded twice is there twice."""
    query = (
        RejectedLine.select(
            RejectedLine.id, Load.id, Load.file_name, Load.sha256, RejectedLine.number, RejectedLine.line,
            RejectedLine.mended, RejectedLine.salt, RejectedLine.faults, RejectedLine.settled_at, User.name,
        )
        .join(Load)
        .switch(RejectedLine)
        .join(User, JOIN.LEFT_OUTER)
        .where((Load.month == month) & (Load.kind == ASP) & (RejectedLine.outcome == Outcome.REPAIRED))
        .order_by(Load.id, RejectedLine.number)
    )  # fmt: skip
    return [
        Repair(id, load, name, sha256, number, bytes(line), bytes(mended), bytes(salt), faults, at, by or "")
        for id, load, name, sha256, number, line, mended, salt, faults, at, by in tuples(query)
    ]


def keep_repaired_again(load: Load, lines: Iterable[tuple[int, bytes, int]]) -> None:
    """Keep lines of ``load`` that were read as an earlier repair has them: number, as it came, repair."""
    some = list(lines)
    if not some:
        return
    wanted = RejectedLine.select().where(RejectedLine.id.in_({repair for _, _, repair in some}))
    repairs = {row.id: row.__data__ for row in wanted}
    rows = [
        (load.id, number, raw, *(repairs[repair][name] for name in AGAIN)) for number, raw, repair in some
    ]
    add_rows(RejectedLine, ("load", "number", "line", *AGAIN), rows)


def faults_of(load: Load) -> list[tuple[str, int]]:
    """What is wrong with the lines still rejected, joined by ``; `` as it is kept, and with how many."""
    counted = fn.COUNT(RejectedLine.id)
    query = RejectedLine.select(RejectedLine.faults, counted).where(RejectedLine.load == load)
    return list(tuples(query.where(_is_rejected()).group_by(RejectedLine.faults)))


def rejects_of(load: Load) -> Iterator[tuple[int, bytes, str]]:
    """Number, the line as it came, and its faults joined by ``; ``, of what is still rejected; some at a
    time."""
    last = 0
    columns = (RejectedLine.number, RejectedLine.line, RejectedLine.faults)
    while True:
        query = RejectedLine.select(*columns).where(
            (RejectedLine.load == load) & _is_rejected() & (RejectedLine.number > last)
        )
        some = list(tuples(query.order_by(RejectedLine.number).limit(BATCH)))
        if not some:
            return
        last = some[-1][0]
        yield from ((number, bytes(line), faults) for number, line, faults in some)


def _of(load: Load) -> Any:
    return RejectedLine.select().where(RejectedLine.load == load)


def _still(load: Load) -> Any:
    return _of(load).where(_is_rejected())


def _is_rejected() -> Any:
    return RejectedLine.outcome != Outcome.REPAIRED
