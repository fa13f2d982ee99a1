"""portal verify: who is done, counted from signatures and confirmed months; and who is closed."""

from datetime import date

import pytest

from portal.actions.campaigns.closing import close_institution, reopen_institution
from portal.actions.lists.confirmations import say_nothing_to_confirm
from portal.actions.register.months import say_nobody
from portal.actions.signing.signing import sign, unsign
from portal.actions.verifying import Verified, verify
from portal.actions.verifying.figures import Figures
from portal.domain.decisions import Decision
from portal.domain.submissions import Lock
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import Delegation, Login
from portal.storage.tables.register import RegisterMonth
from tests.actions.register.unlocked import draft, entered, opened_session
from tests.cast import KINDERGARTEN, MONTH, NOW, OTHER_SCHOOL, PASSWORD, SCHOOL, SITE, add_record


@pytest.fixture
def world(world):
    """Without the delegate of the cast, whom no director has named."""
    Delegation.delete().execute()
    return world


@pytest.fixture
def done(world):
    """Ана has done both, Борис his list, Вяра her register; the far school nothing."""
    add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
    say_nothing_to_confirm(world.boris, MONTH, now=NOW)
    for director in (world.ana, world.vyara):
        say_nobody(director, opened_session(director), MONTH, site=SITE, now=NOW)
    return world


def checked():
    """Without the logins, which the tests make and no door has seen."""
    Login.delete().execute()
    verified = Verified()
    return [finding.code for finding in verify(None, verified=verified, site=SITE)], verified.figures


def test_proves_the_figures(done):
    assert checked() == ([], {"2020-12": Figures(due=4, complete=1, lists=2, registers=2)})


def test_follows_what_was_taken_back(done):
    unsign(done.ana, MONTH, "Сбъркан е броят.", now=NOW)
    entered(done.vyara, draft(placed_on=date(2020, 12, 7), planned_until=date(2020, 12, 18)))

    assert checked() == ([], {"2020-12": Figures(due=4, complete=0, lists=1, registers=1)})


def test_an_institution_that_closes_later_does_not_disturb(done):
    close_institution(None, OTHER_SCHOOL, date(2021, 1, 29), now=NOW)

    assert checked()[0] == []


@pytest.mark.parametrize(
    ("code", "changes"),
    [(KINDERGARTEN, {"confirmed_at": None}), (SCHOOL, {"confirmed_at": NOW.replace(hour=7)})],
)
def test_finds_a_month_of_the_register_that_was_changed_by_hand(done, code, changes):
    RegisterMonth.update(**changes).where(RegisterMonth.institution == code).execute()

    found, figures = checked()

    assert "register_month_unsaid" in found
    assert figures == {}


def test_finds_a_month_that_nobody_confirmed(done):
    RegisterMonth.create(campaign=Campaign.get(), institution=OTHER_SCHOOL, confirmed_at=NOW)

    assert set(checked()[0]) == {"register_month_unsaid", "figures_differ"}


def test_finds_a_list_that_is_shown_as_done_and_is_not(done):
    Submission.update(lock=Lock.SIGNED, signed_at=NOW).where(Submission.institution == KINDERGARTEN).execute()

    assert "figures_differ" in checked()[0]


def test_a_closing_that_was_taken_back_agrees(world):
    close_institution(None, OTHER_SCHOOL, date(2021, 1, 29), SCHOOL, now=NOW)
    assert checked()[0] == []

    reopen_institution(None, OTHER_SCHOOL, now=NOW)
    assert checked()[0] == []


@pytest.mark.parametrize("closed_on", [None, date(2021, 1, 1)])
def test_finds_a_closing_that_was_changed_by_hand(world, closed_on):
    close_institution(None, OTHER_SCHOOL, date(2021, 1, 29), SCHOOL, now=NOW)
    Institution.update(closed_on=closed_on).where(Institution.code == OTHER_SCHOOL).execute()

    assert checked()[0] == ["closing_changed"]


def test_finds_an_institution_that_nobody_closed(world):
    Institution.update(closed_on=date(2021, 1, 1)).where(Institution.code == OTHER_SCHOOL).execute()

    assert checked()[0] == ["closing_changed"]
