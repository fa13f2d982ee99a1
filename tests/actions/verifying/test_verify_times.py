"""portal verify: deadlines, exceptions and „няма записи“ that were written past the portal."""

from datetime import date, timedelta

import pytest

from portal.actions.campaigns.campaigns import end_exception, make_exception
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


def test_an_exception_agrees_while_it_lasts_and_after_it_ended(world, ours):
    make_exception(world.oleg, MONTH, SCHOOL, MOVED, "Пожар в училището.", now=AFTER)
    assert codes() == []

    end_exception(world.oleg, MONTH, SCHOOL, now=AFTER + timedelta(hours=1))
    assert codes() == []


@pytest.mark.parametrize(
    "columns", [{"reopened_until": AFTER + timedelta(days=99)}, {"reopened_reason": "друго"}]
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
