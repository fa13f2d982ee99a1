"""Early warning: whose absences come near the limit before the month is over. Nothing of it is kept."""

import logging
from dataclasses import dataclass

from portal.actions.diary.reading import Fault, own_lines
from portal.domain.calendar import Band
from portal.domain.decisions import Case, Reason
from portal.domain.diary.agreement import is_in_hours
from portal.domain.diary.nearing import Attendance, NearClass, near_classes
from portal.domain.identifiers import birth_date, masked
from portal.domain.month import Month
from portal.domain.people import Scope, Staff, check_scope
from portal.domain.placement import InstitutionType, band
from portal.exchange.diary import DiaryLine
from portal.storage.tables.institutions import Institution

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class EarlyWarning:
    """``over`` is how many are beyond the limit already, ``children`` how many could be read."""

    month: Month
    classes: list[NearClass]
    children: int
    over: int
    faults: list[Fault]
    others: int

    @property
    def near(self) -> int:
        return sum(len(each.children) for each in self.classes)


def early_warning(person: Staff, content: bytes) -> EarlyWarning:
    """Of the month that the file is of. Refusal for what is no diary of this institution."""
    check_scope(person, Scope.DECIDE)
    own = own_lines(content, person.institution)
    kind = Institution.get_by_id(person.institution).type
    children = [_attendance(line, kind) for line in own.lines]
    logger.info("early warning of %s children for user %s", len(children), person.user_id)
    over = sum(child.is_over for child in children)
    return EarlyWarning(own.month, near_classes(children), len(children), over, own.faults, own.others)


def _attendance(line: DiaryLine, kind: InstitutionType) -> Attendance:
    by_age = band(None, kind, line.month, birth_date(line.id_type, line.id_number))
    is_pupil = is_in_hours(kind, line.class_code, is_pupil=by_age is not Band.PRESCHOOL)
    case = Case(Reason.ABSENCE, line.unexcused, is_pupil, school_days=0)
    name = line.names or f"{line.id_type.label} {masked(line.id_number)}"
    return Attendance(name, line.class_code, line.class_name, case)
