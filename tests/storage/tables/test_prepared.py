"""portal.storage.tables.prepared: a kept text asks the same as Peewee would, on both databases."""

import pytest

from portal.storage.lists.current import list_with, records_of
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User
from portal.storage.tables.prepared import Columns, Prepared, slot
from tests.cast import MONTH, NOW, OTHER_SCHOOL, SCHOOL, add_record

_RECORD = Columns(Record)


def sent_back(institution: str = SCHOOL) -> Record:
    record = add_record(institution)
    record.submission, record.returned_at = None, NOW
    record.save()
    return record


def _of(institution: str) -> list[Record]:
    """As Peewee asks, and makes its rows."""
    return list(Record.select().where(Record.institution == institution).order_by(Record.id))


def test_rows_are_those_that_peewee_makes(world):
    add_record(figure="004.50", decided_by=world.ana.user_id, decided_at=NOW, note="бележка")
    sent_back()
    ours = Prepared(
        lambda: (
            Record.select(*_RECORD.selected)
            .where(Record.institution == slot(Record.institution, "institution"))
            .order_by(Record.id)
        )
    )

    rows = [_RECORD.row(values) for values in ours.rows(institution=SCHOOL)]

    assert rows
    assert [row.__data__ for row in rows] == [row.__data__ for row in _of(SCHOOL)]


def test_each_value_goes_where_its_slot_stands(world):
    here, there = add_record(SCHOOL), add_record(OTHER_SCHOOL)
    one = Prepared(
        lambda: Record.select(Record.id).where(
            (Record.institution == slot(Record.institution, "institution"))
            & (Record.version == 1)
            & (Record.id == slot(Record.id, "record"))
        )
    )

    assert one.one(record=here.id, institution=SCHOOL) == (here.id,)
    assert one.one(institution=SCHOOL, record=here.id) == (here.id,)
    assert one.one(institution=OTHER_SCHOOL, record=here.id) is None
    assert one.one(institution=OTHER_SCHOOL, record=there.id) == (there.id,)


def test_a_value_is_stored_as_its_column_stores_it(world):
    of_month = Prepared(
        lambda: Campaign.select(Campaign.id).where(Campaign.month == slot(Campaign.month, "m"))
    )

    assert of_month.one(m=MONTH) == (Campaign.get().id,)


def test_a_missing_value_is_a_defect(world):
    with pytest.raises(KeyError):
        Prepared(lambda: User.select(User.id).where(User.id == slot(User.id, "user"))).one()


def test_the_list_comes_with_its_month_and_its_institution(world):
    record = add_record(SCHOOL)

    submission, found = list_with(SCHOOL, MONTH, record.id)

    as_peewee_reads = Submission.get_by_id(submission.id)
    assert submission.__data__ == as_peewee_reads.__data__
    assert submission.campaign.__data__ == Campaign.get().__data__
    assert submission.institution.__data__ == Institution.get_by_id(SCHOOL).__data__
    assert found.__data__ == Record.get_by_id(record.id).__data__


def test_the_record_of_a_neighbour_does_not_come_with_it(world):
    theirs = add_record(OTHER_SCHOOL)

    assert list_with(SCHOOL, MONTH, theirs.id)[1] is None


def test_what_was_sent_back_stands_apart(world):
    listed = add_record(SCHOOL)
    returned = sent_back()
    sent_back(OTHER_SCHOOL)

    records = records_of(list_with(SCHOOL, MONTH, listed.id)[0])

    assert [record.id for record in records.listed] == [listed.id]
    assert [record.id for record in records.returned] == [returned.id]
