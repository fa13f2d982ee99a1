"""portal.actions.letters.campaign_letters: whom a changed list concerns, and what of it is over."""

from decimal import Decimal

import pytest

from portal.actions.letters.campaign_letters import tell_new_director, tell_of_changes, tell_of_moves
from portal.actions.letters.matter import NoLonger
from portal.actions.letters.occasions import About, queue
from portal.actions.letters.outbox import message_of
from portal.domain.decisions import Decision
from portal.domain.letters.kinds import Occasion
from portal.domain.submissions import Lock
from portal.storage.letters.readers import Reader
from portal.storage.lists.current import list_of
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.db import writing
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import User
from tests.cast import AFTER, MONTH, NOW, SCHOOL, SITE, add_record

FACTS = {"added": 1, "removed": 0, "version": 1, "count": 1}
ABOUT_CHANGES = [Occasion.LIST_CHANGED, Occasion.CHANGED_AFTER_DECISION, Occasion.RECORD_BACK]


def sign() -> None:
    Record.update(decision=Decision.CONFIRMED).execute()
    Submission.recount([list_of(SCHOOL, MONTH).id])
    Submission.update(lock=Lock.SIGNED, signed_at=NOW).where(Submission.institution == SCHOOL).execute()


def written(world, occasion: Occasion, *, now=NOW):
    reader = Reader("ana@example.org", SCHOOL, world.ana.user_id)
    with writing():
        queue(About(occasion, "submission:1/1", world.campaign.id, FACTS), [reader], now=NOW)
    return message_of(OutboxMessage.get(), site=SITE, now=now)


@pytest.mark.parametrize("occasion", ABOUT_CHANGES)
def test_no_change_is_told_once_the_deadline_is_over_or_the_list_signed(world, occasion):
    add_record(SCHOOL, figure_changed_at=NOW, figure_before=Decimal(3))
    assert written(world, occasion)
    with pytest.raises(NoLonger, match="изтекъл"):
        written(world, occasion, now=AFTER)
    sign()
    with pytest.raises(NoLonger, match="подписан"):
        written(world, occasion)


def test_nor_one_that_was_decided_again(world):
    add_record(SCHOOL)
    with pytest.raises(NoLonger, match="решени отново"):
        written(world, Occasion.CHANGED_AFTER_DECISION)


@pytest.mark.parametrize(
    ("columns", "count"),
    [({}, 1), ({"told_at": None}, 0), ({"lock": Lock.SIGNED, "signed_at": NOW}, 0)],
    ids=["who knows the list", "who does not", "who signed it"],
)
def test_who_is_told_that_the_list_is_another(world, columns, count):
    Submission.update(**{"told_at": NOW, **columns}).execute()
    with writing():
        tell_of_moves(world.campaign, {list_of(SCHOOL, MONTH).id: 1}, {}, now=NOW)
    assert [row.recipient for row in OutboxMessage.select()] == ["ana@example.org"] * count


def test_a_closed_institution_hears_of_no_change(world):
    Submission.update(told_at=NOW).execute()
    Institution.update(closed_on=NOW.date()).where(Institution.code == SCHOOL).execute()
    with writing():
        tell_of_moves(world.campaign, {list_of(SCHOOL, MONTH).id: 1}, {}, now=NOW)
        tell_of_changes(world.campaign, [SCHOOL], now=NOW)
    assert OutboxMessage.select().count() == 0


def test_a_new_director_is_told_of_their_own_list_alone(world):
    with writing():
        tell_new_director(User.get_by_id(world.ana.user_id), now=NOW)
    assert [row.institution_id for row in Submission.select().where(Submission.told_at == NOW)] == [SCHOOL]


def test_and_of_none_that_is_answered(world):
    Campaign.update(answered_at=NOW).execute()
    with writing():
        tell_new_director(User.get_by_id(world.ana.user_id), now=NOW)
    assert OutboxMessage.select().count() == 0
