"""What the home page asks the database, on both of them."""

from datetime import date, timedelta

from portal.domain.decisions import Decision
from portal.domain.people import Scope
from portal.domain.submissions import CampaignState
from portal.storage.home.duties import duties
from portal.storage.home.next_steps import (
    Mail,
    changed_by_asp,
    current_campaigns,
    current_lists,
    last_authorisation,
    removals_without_new,
    unsent_mail,
)
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import Delegation
from tests.cast import AFTER, MONTH, NOW, SCHOOL, add_record


def months():
    return [campaign.month for campaign in current_campaigns()]


def test_of_the_answered_months_only_the_last_concerns_people(world):
    for back in (1, 2, 3):
        Campaign.create(month=MONTH.plus(-back), made_at=NOW, answered_at=None if back == 3 else NOW)

    assert months() == [MONTH, MONTH.plus(-1), MONTH.plus(-3)]
    assert [submission.campaign.month for submission in current_lists(SCHOOL)] == [MONTH]


def test_a_list_that_was_never_signed_has_no_removal(world):
    assert removals_without_new(Submission.select()) == {}


def test_counts_what_asp_changed_on_this_list_alone(world):
    add_record(figure_changed_at=NOW)
    add_record()
    add_record("2200004", figure_changed_at=NOW)

    assert changed_by_asp(Submission.get(Submission.institution == SCHOOL)) == 1


def test_the_authorisation_in_force_comes_before_later_ones_that_were_revoked(world):
    Delegation.create(
        institution=SCHOOL,
        user=world.dora.user_id,
        scopes="sign,decide",
        order_number="РД-16",
        until=date(2021, 3, 1),
        made_at=NOW,
        made_by=world.ana.user_id,
        revoked_at=NOW,
    )

    standing = last_authorisation(world.dora.user_id)
    assert (standing.order_number, standing.by, standing.scopes) == (
        "РД-15/12.01.2021",
        "Ана Янева",
        (Scope.DECIDE,),
    )

    Delegation.update(revoked_at=NOW).execute()
    last = last_authorisation(world.dora.user_id)
    assert (last.order_number, last.scopes) == ("РД-16", (Scope.DECIDE, Scope.SIGN))
    assert last.is_over(date(2021, 1, 28))
    assert last_authorisation(world.ana.user_id) is None


def test_a_campaigns_duties(world):
    away = add_record(decision=Decision.PENDING)
    Record.update(submission=None, returned_at=NOW).where(Record.id == away.id).execute()

    (duty,) = duties(AFTER)

    assert (duty.state, duty.returned, duty.rejected, duty.warnings) == (CampaignState.CLOSED, 1, 0, [])
    assert not duty.lacks_window


def test_letters_that_wait_and_letters_that_failed(world):
    letter = {"recipient": "x@example.org", "kind": "test", "not_before": NOW}
    OutboxMessage.create(**letter, made_at=NOW, sealed=b"x")
    OutboxMessage.create(**letter, made_at=NOW, state="given_up", error="няма такъв адрес")
    OutboxMessage.create(**letter, made_at=NOW, state="dropped", error="списъкът вече е подписан")
    OutboxMessage.create(**letter, made_at=NOW - timedelta(days=15), state="given_up", error="отдавна")
    OutboxMessage.create(**letter, made_at=NOW, state="sent", sent_at=NOW)

    assert unsent_mail(NOW) == Mail(waiting=1, failed=1, refused=0)
