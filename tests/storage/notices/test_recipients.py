"""tallies() and regions_of(): what the database counts is what the recipients say one by one."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from portal.domain.notices.recipients import Acquaintance, Tally, may_be_written_to
from portal.domain.people import Role
from portal.domain.placement import InstitutionType
from portal.storage.notices.recipients import recipients_of, regions_of, tallies
from portal.storage.notices.tables import NoticeReading
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User
from tests.cast import NOW, add_institution
from tests.circulars import WORDING, published

pytestmark = pytest.mark.both_databases

EVER_SO_MANY = 50
PLACES = {3: "Варна", 22: "София-град"}
REGIONS = (*PLACES, 17, None)


@pytest.fixture
def notices(world):
    """One for all and one for some; institutions, people and what they have read are as chance has it."""
    rnd = Random(31)
    for number in range(EVER_SO_MANY):
        region = rnd.choice(tuple(PLACES))
        code = f"97{number:05d}"
        add_institution(code, f"{number}. училище", InstitutionType.SCHOOL, region, PLACES[region])
        if rnd.random() < 0.3:
            Institution.update(email="").where(Institution.code == code).execute()
        for _ in range(rnd.choice((0, 1, 1, 2))):
            _person(rnd, code)
    some = [place.code for place in Institution.select() if rnd.random() < 0.5]
    found = [published(world.oleg), published(world.oleg, *some, wording=replace(WORDING, number="2"))]
    for notice in found:
        for user in User.select():
            if rnd.random() < 0.5:
                _read(notice, user)
                if rnd.random() < 0.2:
                    _read(notice, user, of_withdrawal=True)
    for place in Institution.select():
        if rnd.random() < 0.2:
            day = NOW.date() + timedelta(days=rnd.choice((-1, 0, 1)))
            Institution.update(closed_on=day).where(Institution.code == place.code).execute()
    return found


def _person(rnd, code):
    at = (None, NOW)
    User.create(
        email=f"{rnd.random()}@example.org", name="Вера", institution=code, invited_at=NOW,
        role=rnd.choice((Role.DIRECTOR, Role.DIRECTOR, Role.DELEGATE)),
        activated_at=rnd.choice((NOW, NOW, None)), disabled_at=rnd.choice((*at, None)),
    )  # fmt: skip


def _read(notice, user, **more):
    NoticeReading.create(notice=notice, user=user, at=NOW, **more)


def test_counts_what_the_recipients_say_one_by_one(notices):
    for region in REGIONS:
        counted = tallies([each.id for each in notices], region, now=NOW)

        assert counted == {each.id: Tally.of(recipients_of(each, region, now=NOW)) for each in notices}


def test_counts_region_by_region(notices):
    for notice in notices:
        every = recipients_of(notice, None, now=NOW)

        found = regions_of(notice, now=NOW)

        assert [(each.number, each.name) for each in found] == list(PLACES.items())
        for each in found:
            theirs = [recipient for recipient in every if recipient.region == each.number]
            assert each.tally == Tally.of(theirs)
            assert may_be_written_to([each]) is any(recipient.letter_to for recipient in theirs)
            assert each.mailboxes == sum(
                recipient.standing is Acquaintance.NO_DIRECTOR and recipient.email != ""
                for recipient in theirs
            )
