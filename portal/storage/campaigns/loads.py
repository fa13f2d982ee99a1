"""The loads so far, and which of them were not finished."""

from dataclasses import dataclass

from peewee import fn

from portal.domain.errors import NotFound
from portal.domain.month import Month
from portal.storage.tables.alone import is_going_on
from portal.storage.tables.campaigns import Campaign, Load

ASP = "asp"  # the kind of a load: АСП's list
ENDED = "ended"  # and its list of what was really ended
LOADING = "load"  # what nobody else begins while one goes on


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
    query = Load.select().where((Load.kind == "asp") & Load.campaign.is_null())
    return list(query.order_by(Load.id.desc()).limit(count))


def load_by_id(load_id: int) -> Load:
    found: Load | None = Load.get_or_none(Load.id == load_id)
    if found is None:
        raise NotFound("Няма такъв зареден файл.")
    return found


@dataclass(frozen=True)
class Unfinished:
    """A load that goes on, or was broken off."""

    load: Load
    is_going_on: bool

    @property
    def done(self) -> int:
        """Of the lines that it received."""
        return int(self.load.distributed + self.load.rejected)


def unfinished_loads(campaign: Campaign | None) -> list[Unfinished]:
    """The loads of АСП's list into the campaign, or of files that have none, that are not finished, without
    those whose file was loaded to its end later on; newest first."""
    later = Load.alias()
    done_later = later.select(later.id).where(
        (later.sha256 == Load.sha256) & (later.kind == ASP) & later.is_finished & (later.id > Load.id)
    )
    ours = Load.campaign.is_null() if campaign is None else (Load.campaign == campaign)
    begun = (Load.kind == ASP) & ~Load.is_finished
    found = list(Load.select().where(ours & begun & ~fn.EXISTS(done_later)).order_by(Load.id.desc()))
    if not found:
        return []
    (newest,) = Load.select(fn.MAX(Load.id)).where(begun).tuples()[0]
    goes_on = newest if is_going_on(LOADING) else None  # one at a time, and that is the one begun last
    return [Unfinished(load, load.id == goes_on) for load in found]


def last_load(month: Month, *, ended: bool = False) -> Load:
    """The newest of АСП's list for the month that came to its end: its rejects are what is still wrong. With
    ``ended`` that of what was really ended."""
    campaign = Campaign.for_month(month)
    loads = [load for load in (results_loaded if ended else loads_of)(campaign) if load.is_finished]
    if not loads:
        which = "списък на АСП за прекратените помощи" if ended else "списък от АСП"
        raise NotFound(f"За {month.label} още не е зареден {which}.")
    return loads[0]
