"""Who is enrolled where АСП's line says, under the names that stand in it."""

from portal.domain.names import folded
from portal.storage.campaigns.placing import newest_month
from portal.storage.tables.institutions import Enrolment

MOST = 5


def namesakes(institution: str, given: str, middle: str, family: str) -> list[Enrolment]:
    """Enrolled in ``institution`` by the newest file, with the same names as they read; none where either of
    the two is not said, or where so many have them that nobody can be meant."""
    month, names = newest_month(), [folded(name) for name in (given, middle, family)]
    if month is None or not institution or not (names[0] and names[2]):
        return []
    there = Enrolment.select().where(Enrolment.of(month) & (Enrolment.institution == institution))
    found = [each for each in there if [folded(n) for n in (each.given, each.middle, each.family)] == names]
    return found if len(found) <= MOST else []
