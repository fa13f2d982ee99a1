"""tallies() and country(): what the database counts is what the institutions say one by one."""

from collections import defaultdict
from datetime import timedelta

import pytest

from portal.domain.oversight.progress import Totals
from portal.storage.campaigns.progress import standings
from portal.storage.campaigns.tallies import country, tallies
from portal.storage.tables.db import db
from tests.cast import AFTER, NOW

pytestmark = pytest.mark.both_databases


def test_counts_what_the_institutions_say_one_by_one(months):
    for now in (NOW, AFTER, AFTER + timedelta(days=9)):
        for region in (None, 22, 3, 17):
            counted = tallies(months, now=now, region=region)

            assert counted == {
                campaign.id: Totals.of(standings(campaign, now=now, region=region)) for campaign in months
            }


def test_counts_a_month_region_by_region(months):
    for now in (NOW, AFTER, AFTER + timedelta(days=9)):
        for campaign in months:
            every = standings(campaign, now=now)
            by_hand = defaultdict(list)
            for each in every:
                by_hand[each.institution.region, each.institution.region_name].append(each)

            totals, regions = country(campaign, now=now)

            assert totals == Totals.of(every)
            assert {(each.number, each.name): each.totals for each in regions} == {
                key: Totals.of(of) for key, of in by_hand.items()
            }
            assert len(regions) > 1


def test_asks_once_for_all_months(months, monkeypatch):
    asked = []
    execute = db.obj.execute_sql
    monkeypatch.setattr(db.obj, "execute_sql", lambda sql, *more: asked.append(sql) or execute(sql, *more))

    tallies(months, now=NOW, region=22)

    assert len(asked) == 1
    assert not [sql for sql in asked if '"record"' in sql]


def test_no_month_is_no_question():
    assert tallies([], now=NOW) == {}
