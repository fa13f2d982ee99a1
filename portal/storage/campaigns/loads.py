"""The loads so far, and which of them were not finished."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import JOIN, fn

from portal.domain.errors import NotFound
from portal.domain.month import Month
from portal.storage.loading.tables import Load
from portal.storage.tables.alone import is_going_on
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.people import User

ASP = "asp"  # the kind of a load: АСП's list
ENDED = "ended"  # and its list of what was really ended
ENROLMENTS = "enrolments"
PEOPLE = "people"
LOADING = "load"  # what nobody else begins while АСП's list is loaded
LOCKS = {ASP: LOADING, ENROLMENTS: "load-enrolments", PEOPLE: "load-people"}  # the same, by kind


def loads_of(campaign: Campaign) -> list[Load]:
    """The loads of АСП's list into one campaign, newest first."""
    ours = (Load.campaign == campaign) & (Load.kind == ASP)
    return list(Load.select().where(ours).order_by(Load.id.desc()))


def results_loaded(campaign: Campaign) -> list[Load]:
    """The files of АСП about what was really ended, newest first."""
    ours = (Load.campaign == campaign) & (Load.kind == ENDED)
    return list(Load.select().where(ours).order_by(Load.id.desc()))


def latest_loads(*kinds: str, count: int = 20) -> list[Load]:
    """The newest loads of these kinds."""
    return list(Load.select().where(Load.kind.in_(kinds)).order_by(Load.id.desc()).limit(count))


def loads_without_month(count: int = 5) -> list[Load]:
    """Files that were meant as АСП's list and had not one good line: they have no campaign."""
    query = Load.select().where((Load.kind == ASP) & Load.campaign.is_null() & Load.is_finished)
    return list(query.order_by(Load.id.desc()).limit(count))


def load_by_id(load_id: int) -> Load:
    found: Load | None = Load.get_or_none(Load.id == load_id)
    if found is None:
        raise NotFound("Няма такъв зареден файл.")
    return found


@dataclass(frozen=True)
class Unfinished:
    """A load that goes on, or was broken off. It is read first; then its lines are stored.

    A file of a kind that has no lock is stored in one turn, or not at all: nobody sees it unfinished.
    """

    load: Load
    is_going_on: bool

    @property
    def done(self) -> int:
        """Of the lines that it received, those that are stored or rejected."""
        return int(self.load.distributed + self.load.rejected + self.load.repaired)

    @property
    def is_read(self) -> bool:
        """Whether the whole file is read, so that its lines are being stored."""
        return bool(self.done or self.load.read >= self.load.received)

    @property
    def is_stored(self) -> bool:
        """Of enrolments, whether they are in force, so that the records follow their children."""
        return bool(self.load.added + self.load.updated)

    @property
    def step(self) -> int:
        """The lines done of the step that it is at."""
        return self.done if self.is_read else int(self.load.read)


def unfinished_loads(campaign: Campaign | None) -> list[Unfinished]:
    """The loads into the campaign, or of files that have none, that are not finished, without those whose
    file was loaded to its end later on; newest first."""
    return _unfinished(Load.campaign.is_null() if campaign is None else (Load.campaign == campaign))


def unfinished_in(campaigns: Sequence[Campaign]) -> dict[int, list[Unfinished]]:
    """The same by campaign; without those that have none."""
    found = defaultdict(list)
    for each in _unfinished(Load.campaign.in_(campaigns)):
        found[each.load.campaign_id or 0].append(each)
    return found


def unfinished_anywhere() -> list[Unfinished]:
    """The same of all files, but for months whose answer has gone."""
    answered = Campaign.select(Campaign.id).where(Campaign.answered_at.is_null(False))
    return _unfinished(Load.campaign.is_null() | Load.campaign.not_in(answered))


def unfinished_of(kind: str) -> list[Unfinished]:
    """The same of one kind, whatever its month."""
    return _unfinished(Load.kind == kind)


def unfinished_as(load: Load) -> Unfinished | None:
    """How far this one is; none where it, or its file later on, came to its end, or it has failed."""
    found = [] if load.is_finished else _unfinished(Load.id == load.id)
    return found[0] if found else None


def loading_now(kind: str) -> Unfinished | None:
    """The load of this kind that goes on, if it has begun already."""
    return next((each for each in _unfinished(Load.kind == kind) if each.is_going_on), None)


def is_loaded_later(load: Load) -> bool:
    """Whether the same file came to its end afterwards."""
    same = (Load.sha256 == load.sha256) & (Load.kind == load.kind) & Load.is_finished & (Load.id > load.id)
    return bool(Load.select().where(same).exists())


def _unfinished(ours: Any) -> list[Unfinished]:
    """A file of which nothing counts yet is replaced by any later one of its month, but not by one that only
    corrects. What failed before anything was stored is not waited for: why stands on its page."""
    later = Load.alias()
    is_whole = Load.campaign.is_null() & (later.month == Load.month) & ~later.is_correction
    is_another = (later.kind == Load.kind) & ((later.sha256 == Load.sha256) | is_whole)
    done_later = later.select(later.id).where(is_another & later.is_finished & (later.id > Load.id))
    begun = (
        Load.kind.in_(list(LOCKS)) & ~Load.is_finished & ((Load.failure == "") | Load.campaign.is_null(False))
    )
    query = Load.select(Load, User).join(User, JOIN.LEFT_OUTER)
    found = list(query.where(begun & ~fn.EXISTS(done_later) & ours).order_by(Load.id.desc()))
    if not found:
        return []
    # One of a kind at a time, and that is the one begun last.
    newest = dict(tuples(Load.select(Load.kind, fn.MAX(Load.id)).where(begun).group_by(Load.kind)))
    going_on = {newest[kind] for kind in {load.kind for load in found} if is_going_on(LOCKS[kind])}
    return [Unfinished(load, load.id in going_on and not load.failure) for load in found]


def last_load(month: Month, *, ended: bool = False) -> Load:
    """The newest of АСП's list for the month that came to its end: its rejects are what is still wrong. With
    ``ended`` that of what was really ended."""
    campaign = Campaign.for_month(month)
    loads = [load for load in (results_loaded if ended else loads_of)(campaign) if load.is_finished]
    if not loads:
        which = "списък на АСП за прекратените помощи" if ended else "списък от АСП"
        raise NotFound(f"За {month.label} още не е зареден {which}.")
    return loads[0]
