"""What a staged main file of enrolments changes in the picture that is in force."""

from typing import Any

from peewee import fn

from portal.domain.month import Month
from portal.domain.operating import Replaced
from portal.domain.placement import ENROLLED
from portal.storage.campaigns.placing import newest_month
from portal.storage.campaigns.staging import StagedEnrolment
from portal.storage.tables.institutions import Enrolment, EnrolmentMonth


def replaced_by_staged(month: Month) -> Replaced:
    """What the staged lines replace as the picture of ``month``."""
    after = StagedEnrolment.select().where(StagedEnrolment.status == ENROLLED)
    before = _in_force(month)
    if before is None:
        return Replaced(after=_count(after))
    stands = Enrolment.of(before) & (Enrolment.status == ENROLLED)
    again = after.where(
        (StagedEnrolment.id_type == Enrolment.id_type)
        & (StagedEnrolment.id_number == Enrolment.id_number)
        & (StagedEnrolment.institution == Enrolment.institution)
    )
    return Replaced(
        before=_count(Enrolment.select().where(stands)),
        after=_count(after),
        removed=_count(Enrolment.select().where(stands & ~fn.EXISTS(again))),
    )


def _in_force(month: Month) -> EnrolmentMonth | None:
    """Whose picture counted until now: the month's own, or for the first file of a newer month the newest."""
    own: EnrolmentMonth | None = EnrolmentMonth.get_or_none(EnrolmentMonth.month == month)
    newest = newest_month()
    return newest if own is None and newest is not None and newest.month < month else own


def _count(query: Any) -> int:
    return int(query.count())
