"""АСП's list on its way to the lists of the institutions, turn by turn, so that nobody waits for all of it
(docs/decisions/0026-loading-in-turns.md)."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from portal.actions.campaigns.window import Days, put_window
from portal.actions.letters.announcing import spread
from portal.actions.letters.campaign_letters import tell_of_changes, tell_of_list, tell_of_moves
from portal.actions.loading.asp_lines import Batch, child_of
from portal.actions.loading.files import Source, begin, finish, reject
from portal.actions.loading.outcome import Done, note_counts, settle
from portal.actions.loading.places import Places
from portal.domain.month import Month
from portal.domain.operating import check_may_load
from portal.domain.people import Operator
from portal.domain.submissions import Window, check_window
from portal.domain.times import today
from portal.exchange.text import Encoding
from portal.storage.campaigns.placing import institutions_about, missing_from_file
from portal.storage.campaigns.rejects import keep_repaired_again
from portal.storage.campaigns.staging import StagedLine, any_sound
from portal.storage.lists.held import Listed, all_lists, held_lists, hold_months, make_lists
from portal.storage.loading.tables import Load
from portal.storage.tables import audit
from portal.storage.tables.bulk import BATCH, know_size
from portal.storage.tables.campaigns import Campaign, Record
from portal.storage.tables.db import writing

BEGUN = "began_asp"  # in the audit


def is_short(lines: int) -> bool:
    """Whether a file is not longer than a piece."""
    return lines <= BATCH


def whole_if_small(lines: int) -> AbstractContextManager[None]:
    """One turn for such a file: of it all is stored, or nothing."""
    return writing() if is_short(lines) else nullcontext()


@dataclass
class Turns:
    """One file. ``month`` is none where no line is well-formed, and from ``begin`` on where it would be a new
    one and none is good: then all of them go back to АСП, and no month of empty lists is begun. ``taken`` is
    the row of the load, where it was made when the file was taken."""

    person: Operator | None
    month: Month | None
    window: Days | None
    now: datetime
    taken: Load | None = None
    load: Load = field(init=False)
    _lists: Mapping[str, Listed] = field(init=False, default_factory=dict)

    def begin(self, source: Source, encoding: Encoding, received: int) -> Load:
        """Say that it is under way; make the campaign if it is new. Raise what speaks against the file."""
        with writing():
            month = self.month
            if month is not None and not _is_begun(month) and not any_sound():
                self.month = None
            campaign = None if self.month is None else self._made(self.month)
            load = self.taken or begin("asp", source, encoding, self.person, now=self.now, month=month)
            load.campaign, load.received, load.read = campaign, received, received
            load.save()
            if received > BATCH:
                audit.add(self.person, BEGUN, f"load:{load.id}", now=self.now, content=load.sha256)
        self.load = load
        return load

    def take(self, lines: Sequence[StagedLine]) -> None:
        """Store some lines, with all that follows for the lists that they go to."""
        with writing():
            done = Done()
            if self.month is None:
                done.rejected = [(line.number, line.line, line.faults) for line in lines]
            else:
                campaign = self._held(self.month)
                places = self._places(campaign, lines)
                Batch(campaign, places, done, now=self.now).distribute(lines)
                settle(done, self.person, now=self.now, content=self.load.sha256)
                changed = [institution for _, institution in done.reset]
                tell_of_changes(campaign, changed, now=self.now)
                tell_of_moves(campaign, done.arrived, done.left, now=self.now)
            self._count(done)

    def end(self) -> None:
        """Open the window that was asked for, write to the directors, and say that the file is loaded."""
        if self.month is not None:
            know_size(Record)
            campaign = self._opened(self.month)
            tell_of_list(campaign, now=self.now)
            spread(now=self.now)
            self.load.missing = missing_from_file(campaign)
            note_counts(self.load, [campaign], now=self.now)
        with writing():
            finish(self.load, self.person, now=self.now)

    def _made(self, month: Month) -> Campaign:
        """The campaign, with a list for every institution; nobody else works on the whole of it."""
        hold_months([month])
        campaign = Campaign.get_or_none(Campaign.month == month)
        if campaign is None:
            campaign = Campaign.create(month=month, made_at=self.now)
            audit.add(self.person, "made_campaign", f"campaign:{campaign.id}", now=self.now)
        if self.window is not None:
            days, answered = self.window, campaign.answered_at is not None
            check_window(days.opens_on, days.closes_on, answered=answered)
        check_may_load(self._window_of(campaign), now=self.now)
        make_lists(campaign, day=today(self.now))
        self._lists = all_lists(campaign)
        made: Campaign = campaign
        return made

    def _held(self, month: Month) -> Campaign:
        """The same in a later turn: meanwhile the answer may have gone."""
        hold_months([month])
        campaign = Campaign.for_month(month)
        check_may_load(self._window_of(campaign), now=self.now)
        return campaign

    def _window_of(self, campaign: Campaign) -> Window:
        """As it will be when the file is loaded."""
        if self.window is None:
            return campaign.window
        return replace(campaign.window, opens_on=self.window.opens_on, closes_on=self.window.closes_on)

    def _places(self, campaign: Campaign, lines: Sequence[StagedLine]) -> Places:
        return held_places(campaign, self._lists, lines, day=today(self.now))

    def _count(self, done: Done) -> None:
        load = self.load
        reject(load, done.rejected, done.standing)
        keep_repaired_again(load, done.repaired)
        load.repaired += len(done.repaired)
        load.added += done.added
        load.updated += done.updated
        load.unchanged += done.unchanged
        load.distributed += done.distributed
        load.reset += len(done.reset)
        load.moved += done.moves.total()
        load.save()

    def _opened(self, month: Month) -> Campaign:
        with writing():
            hold_months([month])
            campaign = Campaign.for_month(month)
            if self.window is not None:
                put_window(self.person, campaign, self.window, now=self.now)
        return campaign


def _is_begun(month: Month) -> bool:
    return bool(Campaign.select().where(Campaign.month == month).exists())


def held_places(
    campaign: Campaign, lists: Mapping[str, Listed], lines: Sequence[StagedLine], *, day: date
) -> Places:
    """With every list locked that these lines can change; no record moves and no enrolment changes while the
    month is held. ``lists`` are all of the campaign."""
    places = Places(campaign.month, lists, day)
    named = {(line.institution or "", child_of(line)) for line in lines if line.id_number is not None}
    children = {child for _, child in named}
    places.look_up(children)
    targets = {places.placement(code, child).institution for code, child in named}
    wanted = targets | {code for code, _ in named} | institutions_about(campaign, children)
    return replace(places, lists={**lists, **held_lists(campaign, wanted)})
