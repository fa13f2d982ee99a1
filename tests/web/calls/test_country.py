"""call_list of the country: its first are those of the whole list, which is read one by one."""

from datetime import timedelta
from random import Random

import pytest

from portal.domain.calls.call import Outcome
from portal.domain.calls.order import Turn
from portal.domain.letters.fate import LetterState, Verdict
from portal.domain.placement import InstitutionType
from portal.domain.submissions import Lock
from portal.storage.calls.tables import CallClaim, PhoneCall
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.register import RegisterMonth
from portal.web.calls.page import call_list
from tests.cast import AFTER, MONTH, NOW, add_institution

pytestmark = pytest.mark.both_databases

HOUR = timedelta(hours=1)
EVER_SO_MANY = 40


@pytest.fixture
def country(world):
    """Institutions that stand as chance has it, with letters, calls and whoever is calling."""
    rnd = Random(27)
    for number in range(EVER_SO_MANY):
        name = f"{number % 7}. училище"
        add_institution(f"98{number:05d}", name, InstitutionType.SCHOOL, rnd.choice((3, 22)))
    for place in Institution.select():
        list_, _ = Submission.get_or_create(campaign=world.campaign, institution=place)
        Submission.update(**_some_list(rnd)).where(Submission.id == list_.id).execute()
        if rnd.random() < 0.3:
            RegisterMonth.create(campaign=world.campaign, institution=place, confirmed_at=NOW)
        if rnd.random() < 0.4:
            _call(rnd, world, place)
        for _ in range(rnd.choice((0, 1, 3))):
            _letter(rnd, world, place)
    return world


def _some_list(rnd):
    total = rnd.choice((0, 3, 3, 5))
    pending = rnd.randint(0, total)
    return {
        "total": total, "pending": pending, "confirmed": total - pending,
        "lock": rnd.choice((Lock.OPEN, Lock.OPEN, Lock.SIGNED)),
        "checked_at": rnd.choice((NOW, None)), "first_opened_at": rnd.choice((NOW, None)),
        "reopened_until": rnd.choice((None, None, AFTER, AFTER + HOUR)),
    }  # fmt: skip


def _call(rnd, world, place):
    about = {"campaign": world.campaign, "institution": place, "by": world.nora.user_id}
    for began in range(rnd.choice((1, 2))):
        outcome, hours = rnd.choice((Outcome.PROMISED, Outcome.NO_ANSWER)), rnd.choice((-2, -1, 1, 2))
        PhoneCall.create(
            outcome=outcome, next_at=NOW + HOUR * hours, began_at=NOW + HOUR * began, at=NOW, **about
        )
    if rnd.random() < 0.5:
        CallClaim.create(since=NOW, until=NOW + HOUR * rnd.choice((-1, 1)), **about)


def _letter(rnd, world, place):
    state, verdict = rnd.choice(
        (
            (LetterState.GIVEN_UP, Verdict.UNKNOWN_ADDRESS),
            (LetterState.GIVEN_UP, None),
            (LetterState.SENT, Verdict.ACCEPTED),
            (LetterState.SENT, Verdict.DEFERRED),
            (LetterState.WAITS, Verdict.DEFERRED),
        )
    )
    OutboxMessage.create(
        recipient=f"{rnd.choice('ab')}@example.org", kind="list_received", campaign=world.campaign,
        institution=place, made_at=NOW, not_before=NOW, state=state, verdict=verdict,
    )  # fmt: skip


@pytest.mark.parametrize("now", [NOW, AFTER])
def test_shows_the_first_of_the_whole_list(country, now):
    whole = call_list(country.campaign, None, country.nora.user_id, now=now)
    assert whole.total > 3
    assert {row.turn for row in whole.rows} == (set(Turn) if now == NOW else {Turn.NOW, Turn.OVERDUE})

    for most in (1, 5, 17, 200):
        first = call_list(country.campaign, None, country.nora.user_id, most=most, now=now)

        assert first.rows == whole.rows[:most]
        assert (first.total, first.regions) == (whole.total, whole.regions)


def test_reads_only_the_month_that_is_asked_for(country):
    empty = Campaign.create(month=MONTH.plus(1), made_at=NOW)

    assert call_list(empty, None, country.nora.user_id, most=5, now=NOW).rows == []
