"""portal verify: deadlines, exceptions and „няма записи“ that were written past the portal."""

import io
from datetime import date, timedelta

import pytest

from portal.actions.campaigns.answers import make_answer
from portal.actions.campaigns.campaigns import end_exception, make_exception, resume, suspend
from portal.actions.campaigns.window import Days, set_window
from portal.actions.lists.confirmations import say_nothing_to_confirm
from portal.actions.verifying import Verified, verify
from portal.domain.month import Month
from portal.storage.lists.current import list_of
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.people import Delegation
from tests.cast import AFTER, MONTH, NOW, OPENS, SCHOOL, SITE

MOVED = date(2021, 2, 15)


@pytest.fixture
def world(world):
    """Without the delegate of the cast, whom no director has named."""
    Delegation.delete().execute()
    return world


@pytest.fixture
def ours(world):
    return list_of(SCHOOL, MONTH)


def codes(month: Month | None = None) -> list[str]:
    return [finding.code for finding in verify(month, verified=Verified(), site=SITE)]


def change(ours, **columns) -> None:
    Submission.update(**columns).where(Submission.id == ours.id).execute()


@pytest.fixture
def window(world):
    set_window(world.oleg, MONTH, Days(OPENS, date(2021, 2, 2)), now=NOW)


def test_a_window_that_the_operator_moved_agrees(world, window):
    set_window(world.oleg, MONTH, Days(OPENS, date(2021, 2, 3)), now=NOW)

    assert codes() == []


@pytest.mark.parametrize(
    "columns", [{"closes_on": MOVED}, {"opens_on": date(2021, 1, 1)}, {"closes_on": None}]
)
def test_finds_a_window_that_was_moved_by_hand(window, columns):
    Campaign.update(**columns).execute()

    assert codes() == codes(MONTH) == ["window_changed"]


def test_a_month_that_was_suspended_and_resumed_agrees(world):
    suspend(world.oleg, MONTH, "Извънредно положение.", now=NOW)
    assert codes() == []

    resume(world.oleg, MONTH, now=AFTER)
    assert codes() == []


def test_finds_a_month_that_was_suspended_or_resumed_by_hand(world):
    Campaign.update(suspended_at=NOW).execute()
    assert codes() == codes(MONTH) == ["suspension_changed"]

    Campaign.update(suspended_at=None).execute()
    suspend(world.oleg, MONTH, "Извънредно положение.", now=NOW)
    Campaign.update(suspended_at=None).execute()
    assert codes() == ["suspension_changed"]


def test_finds_a_month_that_was_ended_or_taken_back_by_hand(world):
    Campaign.update(answered_at=AFTER).execute()
    assert codes() == codes(MONTH) == ["answered_changed"]

    Campaign.update(answered_at=None).execute()
    make_answer(None, MONTH, io.BytesIO(), now=AFTER, final=True)
    assert codes() == []
    Campaign.update(answered_at=None).execute()
    assert codes() == ["answered_changed"]


def test_an_exception_agrees_while_it_lasts_and_after_it_ended(world, ours):
    make_exception(world.oleg, MONTH, SCHOOL, MOVED, "Пожар в училището.", now=AFTER)
    assert codes() == []

    end_exception(world.oleg, MONTH, SCHOOL, now=AFTER + timedelta(hours=1))
    assert codes() == []


@pytest.mark.parametrize(
    "columns",
    [
        {"reopened_until": AFTER + timedelta(days=99)},
        {"reopened_reason": "друго"},
        {"reopened_until": None, "reopened_reason": ""},
    ],
)
def test_finds_an_exception_that_was_changed_by_hand(world, ours, columns):
    make_exception(world.oleg, MONTH, SCHOOL, MOVED, "Пожар в училището.", now=AFTER)
    change(ours, **columns)

    assert codes() == ["exception_changed"]


def test_finds_an_exception_that_nobody_made(ours):
    change(ours, reopened_until=AFTER + timedelta(days=99))

    assert codes() == ["exception_changed"]


def test_a_list_that_its_director_said_is_empty_agrees(world, ours):
    say_nothing_to_confirm(world.ana, MONTH, now=NOW)

    assert codes() == []


def test_finds_a_list_that_nobody_said_is_empty(world, ours):
    change(ours, checked_at=NOW, checked_by=world.ana.user_id)

    assert codes() == ["checked_unsaid"]


@pytest.mark.parametrize("columns", [{"checked_at": AFTER}, {"checked_by": None}])
def test_finds_that_another_said_so_or_at_another_time(world, ours, columns):
    say_nothing_to_confirm(world.ana, MONTH, now=NOW)
    change(ours, **columns)

    assert codes() == ["checked_unsaid"]
