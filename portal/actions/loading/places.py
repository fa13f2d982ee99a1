"""Deciding where records go: the placement rules applied to a campaign's lists and the newest enrolments."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.domain.calendar import Band
from portal.domain.identifiers import birth_date
from portal.domain.month import Month
from portal.domain.placement import Enrolment, InstitutionType, Placement, band, place
from portal.domain.submissions import Lock
from portal.storage.campaigns.placing import Child, Picture, enrolments_of, newest_enrolments
from portal.storage.lists.held import Listed


@dataclass
class Places:
    """The lists of a held campaign, and the children of one batch. What closed by ``day`` gets no record."""

    month: Month
    lists: Mapping[str, Listed]
    day: date
    picture: Picture | None = field(default_factory=newest_enrolments)
    _enrolments: Mapping[Child, list[Enrolment]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._locks = {listed.id: listed.lock for listed in self.lists.values()}
        self._open = {code for code, listed in self.lists.items() if not listed.is_closed(self.day)}

    def look_up(self, children: Collection[Child]) -> None:
        """Read the enrolments of the batch."""
        self._enrolments = enrolments_of(self.picture, children, self._open)

    def placement(self, asp_institution: str, child: Child) -> Placement:
        return place(asp_institution, self._enrolments.get(child, ()))

    def band(self, placed: Placement, child: Child) -> Band:
        born = birth_date(*child) if placed.class_code is None else None
        return band(placed.class_code, self.lists[placed.institution].type, self.month, born)

    def is_kindergarten(self, institution: str | None) -> bool:
        """Whether what АСП sent of this institution was counted in a kindergarten."""
        listed = self.lists.get(institution or "")  # of a line that is not sound it can be any code
        return listed is not None and listed.type is InstitutionType.KINDERGARTEN

    def list_id(self, institution: str) -> int | None:
        """The list that a record of the institution goes to; none where it is closed, and the record waits
        for the operator."""
        return self.lists[institution].id if institution in self._open else None

    def is_locked(self, institution: str) -> bool:
        """Whether a record cannot go to the institution, as its list is signed. One that the portal does not
        know has none, and one that is closed takes no record."""
        return institution in self._open and self.lists[institution].lock is not Lock.OPEN

    def is_list_locked(self, submission_id: int | None) -> bool:
        """The same by the list; a record that was sent back lies on none."""
        return submission_id is not None and self._locks[submission_id] is not Lock.OPEN
