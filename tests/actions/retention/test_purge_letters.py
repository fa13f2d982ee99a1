"""purge: old letters go, and no occasion comes up anew."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.actions.campaigns.window import Days, set_window
from portal.actions.letters.campaign_letters import tell_of_list
from portal.actions.letters.outbox import enqueue
from portal.actions.letters.reminding import remind
from portal.actions.retention.purging import plan_of, purge
from portal.mail.messages import Message
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.db import writing
from portal.storage.tables.letters import Announcement, OutboxMessage, ReminderRound
from tests.cast import AFTER, CLOSES, MONTH, NOW, OPENS, SITE, add_record

YEAR_LATER = datetime(2022, 1, 3, 8, 0, tzinfo=UTC)
FRIDAY = datetime(2021, 1, 29, 8, 0, tzinfo=UTC)


@pytest.fixture
def written(world):
    """Letters about a month, an announcement and a reminder with it, and one that opens an account."""
    add_record()
    tell_of_list(world.campaign, now=NOW)
    set_window(world.oleg, MONTH, Days(OPENS, CLOSES + timedelta(days=1)), now=NOW)
    set_window(world.oleg, MONTH, Days(OPENS, CLOSES), now=NOW)
    remind(now=FRIDAY)
    with writing():
        enqueue(Message("x@example.org", "Т", "Т"), "invitation", site=SITE, now=NOW)
    return world


def test_those_of_an_answered_month_go_with_all_that_stood_around_them(written):
    Campaign.update(answered_at=AFTER).execute()
    count = OutboxMessage.select().count()
    assert plan_of(MONTH.plus(2), now=YEAR_LATER).letters == count

    assert purge(MONTH.plus(2), site=SITE, now=YEAR_LATER).letters == count
    assert [table.select().count() for table in (OutboxMessage, Announcement, ReminderRound)] == [0, 0, 0]
    assert purge(MONTH.plus(2), site=SITE, now=YEAR_LATER).letters == 0


def test_those_about_a_month_without_an_answer_stay(written):
    assert purge(MONTH.plus(2), site=SITE, now=YEAR_LATER).letters == 1
    assert not OutboxMessage.select().where(OutboxMessage.campaign.is_null()).exists()
    assert Announcement.select().exists()
    assert ReminderRound.select().exists()


def test_those_of_the_last_weeks_stay(written):
    Campaign.update(answered_at=AFTER).execute()
    soon = NOW + timedelta(days=59)
    assert purge(MONTH.plus(2), site=SITE, now=soon).letters == 0


def test_nothing_is_told_anew_after_it(written):
    Campaign.update(answered_at=AFTER).execute()
    purge(MONTH.plus(2), site=SITE, now=YEAR_LATER)
    tell_of_list(Campaign.get(), now=FRIDAY)
    assert remind(now=YEAR_LATER) == 0
    assert OutboxMessage.select().count() == 0
