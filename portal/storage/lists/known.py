"""What the newest enrolments say of one child, to be put beside what somebody states of it."""

from portal.domain.enrolled import Known
from portal.domain.identifiers import IdType, in_capitals
from portal.domain.placement import known_as
from portal.storage.campaigns.placing import enrolments_with, newest_enrolments


def known_of(kind: IdType, number: str) -> Known | None:
    """None where no enrolments are loaded. A child under another type of identifier is known by its number
    (``known_as``)."""
    newest = newest_enrolments()
    if newest is None:
        return None
    kinds = enrolments_with(newest, {in_capitals(number)}).get(in_capitals(number), {})
    as_kind = known_as(kind, kinds)
    return Known(newest.month, () if as_kind is None else kinds[as_kind])
