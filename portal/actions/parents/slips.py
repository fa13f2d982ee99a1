"""Slips by class for the class teachers, to be filled in by hand."""

import logging
from datetime import datetime

from portal.documents.slips import SlipChild, Slips, slips_pdf
from portal.domain.errors import NotFound
from portal.domain.lists.slips import check_slips
from portal.domain.month import Month
from portal.domain.people import Scope, Staff, check_scope
from portal.storage.lists.current import list_of, records_of
from portal.storage.lists.reading import Filter, class_groups

logger = logging.getLogger(__name__)

NOBODY = "В списъка няма деца, за които да се направи бланка."
NO_SUCH_CLASS = "В списъка няма деца от този клас."


def make_slips(person: Staff, month: Month, class_code: str, *, now: datetime) -> bytes:
    """A page or more for each class of the list, or for the one of ``class_code`` as it stands in an address.
    NotFound for a class that is not on the list, Conflict when they are of no use any more."""
    check_scope(person, Scope.DECIDE)
    submission = list_of(person.institution, month)
    check_slips(submission.window, submission.lock, now=now)
    groups = class_groups(records_of(submission).listed, Filter(class_code=class_code))
    if not groups:
        raise NotFound(NO_SUCH_CLASS if class_code else NOBODY)
    logger.info("slips of %s classes for user %s", len(groups), person.user_id)
    return slips_pdf(
        Slips(
            institution=person.institution_name,
            code=person.institution,
            month=month,
            closes_on=submission.campaign.closes_on,
            classes=[
                (group.label, [SlipChild(each.names, each.case(school_days=0)) for each in group.records])
                for group in groups
            ],
            made_at=now,
        )
    )
