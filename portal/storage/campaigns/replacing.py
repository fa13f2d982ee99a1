"""What a staged main file of enrolments changes in the picture that is in force."""

from typing import Any

from peewee import fn

from portal.domain.month import Month
from portal.domain.operating import Replaced
from portal.domain.placement import ENROLLED
from portal.storage.campaigns.placing import newest_enrolments
from portal.storage.campaigns.staging import StagedEnrolment
from portal.storage.tables.institutions import Enrolment


def replaced_by_staged(month: Month) -> Replaced:
    """What the staged lines replace as the picture of ``month``."""
    after = StagedEnrolment.select().where(StagedEnrolment.status == ENROLLED)
    stands = (Enrolment.month == _in_force(month)) & (Enrolment.status == ENROLLED)
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


def _in_force(month: Month) -> Month:
    """Whose picture counted until now: the month's own, or for the first file of a newer month the newest."""
    newest = newest_enrolments()
    if newest is None or Enrolment.select().where(Enrolment.month == month).exists():
        return month
    return min(month, newest)


def _count(query: Any) -> int:
    return int(query.count())
