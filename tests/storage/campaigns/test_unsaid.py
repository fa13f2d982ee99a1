"""unsaid_by_region(), unsaid_in() and count_waits(): what the database counts is what is said one by one."""

from collections import Counter, defaultdict
from datetime import timedelta
from random import Random

import pytest

from portal.domain.calendar import Band
from portal.domain.campaigns.unsaid import Cause, cause
from portal.domain.decisions import Reason
from portal.domain.identifiers import IdType
from portal.domain.submissions import Lock
from portal.domain.times import today
from portal.storage.campaigns import unsaid
from portal.storage.campaigns.overview import campaigns_at
from portal.storage.campaigns.unsaid import unsaid_by_region, unsaid_in
from portal.storage.campaigns.waiting import count_waits, somebody_directs, waiting_in
from portal.storage.tables.campaigns import Record, Submission
from tests.cast import AFTER, NOW

pytestmark = pytest.mark.both_databases


@pytest.fixture
def records(months):
    """Some that lie on no list: sent back, or come while their institution was closed."""
    rnd = Random(8)
    for number, list_ in enumerate(rnd.sample(list(Submission.select()), 30)):
        code = list_.institution_id
        Record.create(
            campaign=list_.campaign, submission=None, institution=code, asp_institution=code,
            id_type=IdType.EGN, id_number=f"{number:010}", given="Мария", middle="", family="Иванова",
            reason=Reason.UNENROLLED, absences="000.00", days="00", band=Band.IV_VI,
            returned_at=rnd.choice((NOW, None)),
        )  # fmt: skip
    return months


def _one_by_one(campaign, now):
    """Of each list, and of what lies on none: the institution, how many records, and why."""
    for list_ in Submission.select().where(Submission.campaign == campaign):
        if list_.lock is Lock.OPEN and list_.total:
            place = list_.institution
            why = cause(
                is_closed=place.is_closed(today(now)),
                has_account=somebody_directs(place.code),
                opened=list_.first_opened_at is not None,
                pending=list_.pending > 0,
                decided=list_.confirmed + list_.refused > 0,
            )
            yield place, list_.total, why
    for record in Record.select().where((Record.campaign == campaign) & Record.submission.is_null()):
        yield record.institution, 1, Cause.OFF


def test_finds_the_causes_institution_by_institution(records, monkeypatch):
    monkeypatch.setattr(unsaid, "MOST", 6)
    for now in (NOW, AFTER + timedelta(days=9)):
        for campaign in records:
            regions, places = defaultdict(Counter), Counter()
            for place, many, why in _one_by_one(campaign, now):
                regions[place.region][why] += many
                places[place.code, place.region, why] += many
            assert len(places) > 6

            assert {each.number: each.records for each in unsaid_by_region(campaign, now=now)} == regions
            for region in (None, 22, 3):
                ours = [
                    (-many, code, why is Cause.OFF, why)
                    for (code, number, why), many in places.items()
                    if region in (None, number)
                ]
                found = [
                    (-each.records, each.code, each.why is Cause.OFF, each.why)
                    for each in unsaid_in(campaign, region, now=now)
                ]
                assert found == sorted(ours, key=lambda one: one[:3])[: 6 if region is None else None]


def test_counts_what_waits_institution_by_institution(records):
    for now in (NOW, AFTER + timedelta(days=9)):
        counted = count_waits(records, now=now)

        for campaign in records:
            groups = waiting_in(campaign, now=now)
            undirected = sum(one.records for one in groups if not one.is_closed and not one.has_director)
            assert counted[campaign.id].undirected == undirected
            assert sum(counted[campaign.id]) == sum(one.records for one in groups)
            assert sum(counted[campaign.id])


def test_the_closed_ones_are_routed_before_the_answer(records):
    """Of the overview: what lies on no list, and the unsigned records of closed institutions."""
    now = AFTER + timedelta(days=9)
    for one in campaigns_at(now):
        lists = Submission.select().where(
            (Submission.campaign == one.campaign) & (Submission.lock == Lock.OPEN)
        )
        closed = sum(each.total for each in lists if each.institution.is_closed(today(now)))
        off = Record.select().where((Record.campaign == one.campaign) & Record.submission.is_null()).count()

        assert one.to_route == (0 if one.campaign.answered_at else closed + off)
