"""What placing records changed, and what follows for the lists and the month: counts, checks, the audit."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from portal.actions.loading.places import Places
from portal.domain.people import Operator
from portal.domain.placement import Doubt, Placement
from portal.storage.lists.counted import count_anew
from portal.storage.lists.held import reopen_checked
from portal.storage.loading.tables import Load
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Campaign, Record, Submission


@dataclass
class Done:
    """What became of the lines so far. Lists are known by id, with their institution where it is asked."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[tuple[int, bytes, str]] = field(default_factory=list)  # of the current batch
    standing: dict[int, int] = field(default_factory=dict)  # of rejected lines, who stands for the child
    repaired: list[tuple[int, bytes, int]] = field(default_factory=list)  # lines read as they were mended
    reset: list[tuple[int, str]] = field(default_factory=list)  # records whose decision was cleared
    touched: set[int] = field(default_factory=set)
    received: set[int] = field(default_factory=set)  # lists that got a record
    exchanged: dict[int, str] = field(default_factory=dict)  # lists that gave or got a moved record
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)  # records by institution from and to
    arrived: Counter[int] = field(default_factory=Counter)  # records by the list that got them
    left: Counter[int] = field(default_factory=Counter)  # and by the one that gave them

    @property
    def distributed(self) -> int:
        return self.added + self.updated + self.unchanged - len(self.repaired)


def put(record: Record, placed: Placement, places: Places, done: Done) -> bool:
    """Set where the record lies, with class and band; whether that changes it. The caller stores it.

    Where the institution is closed, the record lies on no list and waits for the operator; one that lies on
    the list of the closed institution already waits there.
    """
    list_id = places.list_id(placed.institution)
    before = (record.institution_id, record.submission_id, record.class_code, record.band)
    if list_id is None and record.institution_id == placed.institution:
        list_id = record.submission_id
    elif record.submission_id != list_id or record.institution_id != placed.institution:
        done.moves[record.institution_id, placed.institution] += 1
        if list_id is not None:
            done.exchanged[list_id] = placed.institution
            done.received.add(list_id)
            done.arrived[list_id] += 1
        if record.submission_id is not None:
            done.left[record.submission_id] += 1
            done.exchanged[record.submission_id] = record.institution_id
        record.returned_by_id = record.returned_at = None
        record.returned_note = ""
    record.institution_id, record.submission_id = placed.institution, list_id
    record.class_code = placed.class_code
    record.band = places.band(placed, (record.id_type, record.id_number))
    if before == (record.institution_id, record.submission_id, record.class_code, record.band):
        return False
    if list_id is not None:
        done.touched.add(list_id)
    return True


def settle(done: Done, person: Operator | None, *, now: datetime, content: str) -> None:
    """Bring the lists up to their records. ``content`` is the digest of the file that did it."""
    reopen_checked(done.received)
    Submission.recount(done.touched | done.exchanged.keys())
    resets = [(chain, f"record:{record}", "reset_by_load") for record, chain in done.reset]
    moves = [(chain, f"submission:{listed}", "moved_by_load") for listed, chain in done.exchanged.items()]
    for chain, thing, what in sorted(resets + moves):  # chains in order, so that no two wait for each other
        audit.add(person, what, thing, now=now, chain=chain, content=content)


def note_counts(load: Load, campaigns: Iterable[Campaign], *, now: datetime) -> None:
    """Keep with each of these campaigns, and with the load for all of them together, of how many records
    nobody can be sure where their children are, and how many figures of АСП are under the limit; the caller
    stores the load."""
    for campaign in campaigns:
        count_anew(campaign, now=now)
        for doubt in Doubt:
            setattr(load, doubt.value, getattr(load, doubt.value) + getattr(campaign, doubt.value))
        if load.kind == "asp":
            load.under_limit = campaign.under_limit
