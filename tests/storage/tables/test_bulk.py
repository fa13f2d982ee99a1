"""tuples(query): what a page reads of many rows."""

import pytest
from peewee import Case, fn

from portal.domain.people import Role
from portal.domain.submissions import Lock
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.people import User
from tests.cast import MONTH, NOW, SCHOOL

pytestmark = pytest.mark.both_databases


def test_gives_domain_values_column_by_column(world):
    query = (
        Submission.select(
            Submission.campaign, Submission.institution, Submission.lock, Submission.signed_at, Campaign.month
        )
        .join(Campaign)
        .where(Submission.institution == SCHOOL)
    )
    assert tuples(query) == [(world.campaign.id, SCHOOL, Lock.OPEN, None, MONTH)]

    Submission.update(signed_at=NOW, lock=Lock.SIGNED).execute()

    assert tuples(query.clone()) == [(world.campaign.id, SCHOOL, Lock.SIGNED, NOW, MONTH)]


def test_reads_what_is_computed_of_a_column_as_that_column(world):
    Submission.update(signed_at=NOW).execute()

    assert tuples(Submission.select(fn.MAX(Submission.signed_at), fn.COUNT(Submission.id))) == [
        (NOW, Submission.select().count())
    ]
    is_director = Case(None, [(User.role == Role.DIRECTOR, 1)], 0)
    assert (Role.DIRECTOR, 1) in tuples(User.select(User.role, is_director))


def test_no_rows_are_none(world):
    assert tuples(Submission.select(Submission.lock).where(Submission.institution == "9999999")) == []
