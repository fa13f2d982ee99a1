"""Enrolments on their way into force, turn by turn: nobody waits for all of them, and the picture that is in
force stays so until the new one is whole (docs/decisions/0047-enrolments-in-turns.md)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.actions.loading.asp_turns import is_short, whole_if_small
from portal.actions.loading.files import Source, Watch, begin, finish, reject
from portal.actions.loading.moving import Moves, move_pending, moves_by
from portal.actions.loading.outcome import note_counts
from portal.domain.errors import Conflict
from portal.domain.month import Month
from portal.domain.operating import Loss, Replaced, check_may_replace
from portal.domain.people import Operator
from portal.exchange.text import Encoding
from portal.storage.campaigns import pictures
from portal.storage.campaigns.loads import ENROLMENTS
from portal.storage.campaigns.overview import campaigns_under_way, unanswered_months
from portal.storage.campaigns.placing import newest_enrolments, staged_enrolments
from portal.storage.campaigns.replacing import replaced_by_staged
from portal.storage.campaigns.staging import StagedEnrolment, staged_rejects
from portal.storage.lists.held import hold_months
from portal.storage.loading.tables import Load
from portal.storage.tables.bulk import know_size, planned_anew
from portal.storage.tables.db import writing
from portal.storage.tables.institutions import Enrolment, EnrolmentMonth


@dataclass(frozen=True)
class Picture:
    """Which month a file is about, whether it only corrects it, and whether the operator is ``sure`` of what
    is asked about otherwise."""

    month: Month
    is_correction: bool
    sure: bool = False

    @property
    def corrected(self) -> EnrolmentMonth | None:
        """What a correction corrects; Conflict where there is nothing yet."""
        if not self.is_correction:
            return None
        before = pictures.in_force(self.month)
        if before is None:
            raise Conflict(
                f"За {self.month.label} още няма записвания. Първо заредете основния файл (MONZP…)."
            )
        return before


@dataclass
class Turns:
    """One file that is staged, of so many ``good`` and ``rejected`` lines. ``taken`` is the row of the load,
    where it was made when the file was taken."""

    person: Operator | None
    picture: Picture
    good: int
    rejected: int
    watch: Watch
    now: datetime
    taken: Load | None = None
    load: Load = field(init=False)

    @property
    def received(self) -> int:
        return self.good + self.rejected

    def store(self, source: Source, encoding: Encoding) -> Load:
        """TakesAway, before anything is stored, where the file takes much away and nobody is sure of it.

        A short one is one turn, whole or not at all. Of a long one nothing counts until it is whole; then the
        pending records follow their children, some in each turn. Broken off, the load stays unfinished, and
        the same file loaded again does what is missing.
        """
        before, replaced = self.picture.corrected, self._replaced()
        pictures.sweep()  # of what was broken off
        with whole_if_small(self.received):
            self._begin(source, encoding)
            if self.good:  # a file of nothing but rejects empties no month
                self._bring_in(before)
                moves = move_pending(self.person, self.load.sha256, step=self._moved, now=self.now)
                self.load.removed, self.load.moved = replaced.removed, moves.total()
            with planned_anew():
                note_counts(self.load, campaigns_under_way(now=self.now), now=self.now)
            with writing():
                finish(self.load, self.person, now=self.now)
        pictures.sweep()
        return self.load

    def _replaced(self) -> Replaced:
        if self.picture.is_correction or not self.good:
            return Replaced()
        replaced = replaced_by_staged(self.picture.month)
        if replaced.before and not self.picture.sure:
            check_may_replace(Loss(replaced, self._moves()), sure=False)
        return replaced

    def _moves(self) -> Moves:
        newest, month = newest_enrolments(), self.picture.month
        is_newest = newest is None or newest.month <= month
        with planned_anew():
            return moves_by(staged_enrolments(month) if is_newest else newest, now=self.now)

    def _begin(self, source: Source, encoding: Encoding) -> None:
        month = self.picture.month
        with writing():
            taken = self.taken or begin(ENROLMENTS, source, encoding, self.person, now=self.now, month=month)
            taken.received = taken.read = self.received
            taken.is_correction = self.picture.is_correction
            taken.save()
        self.load = taken
        for rejects in staged_rejects():
            with writing():
                reject(taken, rejects)
                taken.save()

    def _bring_in(self, before: EnrolmentMonth | None) -> None:
        """Make the staged lines the month's picture, or put them over it; a later line counts more."""
        month, load = self.picture.month, self.load
        updated = 0 if before is None else pictures.named_already(before)
        if before is not None and is_short(self.received):
            with writing():
                self._hold()
                pictures.put_over(before, updated)
                self._count(updated)
        else:
            after = 0 if before is None else pictures.last_position(before)
            if before is not None:
                self._in_turns((lines, 0) for lines in pictures.rest_of(before, load.id))
            self._in_turns(pictures.staged_lines(month, load.id, after=after))
            know_size(Enrolment)
            enrolments = pictures.count_of(month, load.id)  # nobody adds to it any more
            with writing():
                self._hold()
                pictures.put_in_force(month, load.id, enrolments)
                self._count(updated)

    def _in_turns(self, parts: Iterable[tuple[Any, int]]) -> None:
        for lines, count in parts:
            with writing():
                pictures.store(lines)
                self.load.distributed += count
                self.load.save()
            self._told()

    def _hold(self) -> None:
        """From then on every record is placed by the new picture: whoever loads АСП's list has stored the
        lines of his turn, which follow with the others, or stores them by it."""
        hold_months(unanswered_months())

    def _count(self, updated: int) -> None:
        """Once they are in force: by these counts the page tells it."""
        self.load.distributed = self.good  # also what another line of the file does not let stand
        self.load.added, self.load.updated = StagedEnrolment.select().count() - updated, updated
        self.load.save()

    def _moved(self, count: int) -> None:
        self.load.moved = count
        with writing():
            self.load.save(only=[Load.moved])
        self._told()

    def _told(self) -> None:
        self.watch(self.load.distributed + self.load.rejected, self.received)
