"""standings(campaign, now, region): the counters of every institution, from one query."""

from datetime import timedelta

import pytest

from portal.domain.decisions import Decision
from portal.domain.oversight.progress import Totals
from portal.domain.submissions import Counts, Lock, SubmissionState
from portal.storage.campaigns import progress
from portal.storage.campaigns.tallies import country
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.db import db
from portal.storage.tables.people import User
from portal.storage.tables.register import RegisterMonth
from tests.cast import AFTER, FAR_SCHOOL, KINDERGARTEN, MONTH, NOW, OTHER_SCHOOL, SCHOOL, add_record


@pytest.fixture
def standing(world):
    def of(institution=SCHOOL, now=NOW):
        found = {s.institution.code: s for s in progress.standings(world.campaign, now=now, region=None)}
        return found[institution]

    return of


def mark(institution=SCHOOL, **changes):
    Submission.update(**changes).where(Submission.institution == institution).execute()


def test_counts_what_is_decided(standing):
    add_record()
    add_record(decision=Decision.CONFIRMED)
    add_record(decision=Decision.REFUSED)

    assert standing().counts == Counts(total=3, pending=1, confirmed=1, refused=1)
    assert standing().state is SubmissionState.IN_PROGRESS
    assert standing().share == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("decision", "changes", "now", "state"),
    [
        (Decision.PENDING, {"lock": Lock.OPEN}, NOW, SubmissionState.NOT_STARTED),
        (Decision.CONFIRMED, {"lock": Lock.OPEN}, NOW, SubmissionState.READY),
        (Decision.CONFIRMED, {"lock": Lock.OPEN}, AFTER, SubmissionState.READY),
        (Decision.CONFIRMED, {"lock": Lock.SIGNED}, NOW, SubmissionState.SIGNED),
        (Decision.CONFIRMED, {"lock": Lock.SIGNED}, AFTER, SubmissionState.FINAL),
        (
            Decision.CONFIRMED,
            {"lock": Lock.SIGNED, "reopened_until": AFTER + timedelta(hours=1)},
            AFTER,
            SubmissionState.SIGNED,
        ),
        (
            Decision.CONFIRMED,
            {"lock": Lock.SIGNED, "reopened_until": AFTER},
            AFTER,
            SubmissionState.FINAL,
        ),
    ],
)
def test_says_the_state_of_a_list(standing, decision, changes, now, state):
    add_record(decision=decision)
    mark(**changes)

    assert standing(now=now).state is state


def test_tells_who_has_nothing_from_who_has_checked(standing):
    mark(OTHER_SCHOOL, checked_at=NOW)

    assert standing(SCHOOL).state is SubmissionState.NOTHING
    assert standing(OTHER_SCHOOL).state is SubmissionState.CHECKED
    assert standing(OTHER_SCHOOL).checked_at == NOW


@pytest.mark.parametrize("missing", [{"activated_at": None}, {"disabled_at": NOW}])
def test_a_director_who_cannot_come_in_is_no_account(standing, world, missing):
    add_record()
    User.update(**missing).where(User.id == world.ana.user_id).execute()

    assert standing().state is SubmissionState.NO_ACCOUNT


def test_a_delegate_alone_is_no_account(standing, world):
    add_record()
    User.update(disabled_at=NOW).where(User.id == world.ana.user_id).execute()

    assert world.dora.institution == SCHOOL
    assert standing().state is SubmissionState.NO_ACCOUNT


def test_one_living_director_of_two_is_an_account(standing, world):
    add_record()
    User.update(disabled_at=NOW).where(User.id == world.ana.user_id).execute()
    User.update(institution=SCHOOL).where(User.id == world.boris.user_id).execute()

    assert standing().state is SubmissionState.NOT_STARTED


def test_what_was_never_opened_shows_until_it_is_complete(standing):
    add_record()
    assert standing().never_opened

    mark(first_opened_at=NOW)
    assert not standing().never_opened
    assert standing().first_opened_at == NOW

    mark(OTHER_SCHOOL, checked_at=NOW)
    assert not standing(OTHER_SCHOOL).never_opened


def test_a_region_sees_only_its_own(world):
    codes = {s.institution.code for s in progress.standings(world.campaign, now=NOW, region=22)}

    assert codes == {SCHOOL, OTHER_SCHOOL, KINDERGARTEN}


def test_sums_up_the_regions_by_name(world):
    add_record(FAR_SCHOOL)
    add_record()
    mark(lock=Lock.SIGNED)
    mark(KINDERGARTEN, checked_at=NOW)
    RegisterMonth.create(campaign=world.campaign, institution=SCHOOL, confirmed_at=NOW)
    RegisterMonth.create(campaign=world.campaign, institution=OTHER_SCHOOL, confirmed_at=None)

    _, found = country(world.campaign, now=NOW)

    assert [(region.number, region.name) for region in found] == [(3, "Варна"), (22, "София-град")]
    sofia = found[1].totals
    assert (sofia.institutions, sofia.due, sofia.complete, sofia.percent) == (3, 3, 1, 33)
    assert (sofia.lists, sofia.registers, sofia.lack_one) == (2, 1, 1)
    assert sofia.counts.total == 1


def test_reads_no_record_and_asks_once(world, monkeypatch):
    add_record()
    asked = []
    execute = db.obj.execute_sql
    monkeypatch.setattr(db.obj, "execute_sql", lambda sql, *more: asked.append(sql) or execute(sql, *more))

    progress.standings(world.campaign, now=NOW, region=22)

    assert len(asked) == 1
    assert '"record"' not in asked[0]


def test_lists_the_months_newest_first(world):
    assert [each.month for each in progress.campaigns()] == [MONTH]


def test_nothing_due_is_wholly_complete():
    assert Totals.of([]).percent == 100
