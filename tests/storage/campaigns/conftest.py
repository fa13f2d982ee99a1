"""Months of institutions that stand as chance has it."""

from datetime import timedelta
from random import Random

import pytest

from portal.domain.submissions import Lock
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.institutions import Institution
from portal.storage.tables.register import RegisterMonth
from tests.cast import AFTER, CLOSES, MONTH, NOW, OPENS, add_institution

EVER_SO_MANY = 40


@pytest.fixture
def months(world):
    """Three months of institutions that stand as chance has it; a third have the cast's directors."""
    rnd = Random(14)
    kinds = [each.type for each in Institution.select()]
    for number in range(EVER_SO_MANY):
        add_institution(f"99{number:05d}", f"{number}. училище", rnd.choice(kinds), rnd.choice((3, 22)))
        if rnd.random() < 0.1:
            closed = rnd.choice((OPENS, CLOSES, CLOSES + timedelta(days=3)))
            Institution.update(closed_on=closed).where(Institution.code == f"99{number:05d}").execute()
    earlier = [
        Campaign.create(month=MONTH.plus(-1), opens_on=OPENS, closes_on=CLOSES, made_at=NOW, answered_at=NOW),
        Campaign.create(month=MONTH.plus(-2), made_at=NOW),
    ]
    for campaign in [world.campaign, *earlier]:
        for place in Institution.select():
            list_, _ = Submission.get_or_create(campaign=campaign, institution=place)
            if rnd.random() < 0.7:  # the others are all alike
                Submission.update(**_some_list(rnd)).where(Submission.id == list_.id).execute()
            if rnd.random() < 0.6:
                at = rnd.choice((NOW, None))
                RegisterMonth.create(campaign=campaign, institution=place, confirmed_at=at)
    return [world.campaign, *earlier]


def _some_list(rnd):
    total = rnd.choice((0, 0, 3))
    pending = rnd.randint(0, total)
    return {
        "total": total, "pending": pending, "confirmed": total - pending,
        "lock": rnd.choice((Lock.OPEN, Lock.OPEN, Lock.SIGNED, Lock.ERASED)),
        "checked_at": rnd.choice((NOW, None)), "first_opened_at": rnd.choice((NOW, None)),
        "reopened_until": rnd.choice((None, None, AFTER, AFTER + timedelta(hours=1))),
    }  # fmt: skip
