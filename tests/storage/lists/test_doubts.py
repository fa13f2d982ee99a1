"""portal.storage.lists.doubts: which records, and that the counts say what placing does."""

from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.domain.identifiers import IdType
from portal.domain.placement import Doubt
from portal.storage.campaigns.placing import enrolments_of, newest_enrolments
from portal.storage.lists.doubts import Doubtful, count_doubts, doubtful, records_of
from portal.storage.lists.held import known_codes
from portal.storage.tables.bulk import BATCH
from portal.storage.tables.campaigns import Campaign, Record
from portal.storage.tables.db import db
from tests.cast import EGNS, MONTH, OTHER_SCHOOL, SCHOOL, add_enrolment, add_record

NOBODY = "9999999"
NUMBERS = EGNS[:3]

pytestmark = pytest.mark.usefixtures("world")


def campaign() -> Campaign:
    return Campaign.for_month(MONTH)


def add(number: str, kind: IdType = IdType.EGN, institution: str = SCHOOL, status: int = 1) -> None:
    add_enrolment(
        month=MONTH, position=0, class_code=4,
        institution=institution, id_type=kind, id_number=number, given="А", middle="", family="",
        edu_form="1", status=status,
    )  # fmt: skip


def test_says_of_each_record_what_is_known_and_where_it_lies():
    add_record(id_number=EGNS[0])
    lost, away = add_record(OTHER_SCHOOL, id_number=EGNS[1]), add_record(id_number=EGNS[2])
    add(EGNS[0])
    add(EGNS[2], IdType.LNCH, NOBODY)
    add(EGNS[2], IdType.LNCH, SCHOOL, status=3)

    found = list(doubtful(campaign()))
    assert found == [
        Doubtful(lost.id, frozenset({Doubt.WITHOUT_ENROLMENT}), (), None),
        Doubtful(away.id, frozenset({Doubt.UNKNOWN_INSTITUTION, Doubt.BY_NUMBER}), (NOBODY,), IdType.LNCH),
    ]
    assert count_doubts(found) == dict.fromkeys(Doubt, 1)
    assert [(record.institution.code, about) for record, about in records_of(found)] == [
        (SCHOOL, found[1]), (OTHER_SCHOOL, found[0]),
    ]  # fmt: skip


kinds = st.sampled_from(IdType)
enrolments = st.lists(
    st.tuples(
        st.sampled_from(NUMBERS),
        kinds,
        st.sampled_from([SCHOOL, OTHER_SCHOOL, NOBODY]),
        st.sampled_from([1, 3]),
    ),
    max_size=8,
    unique_by=lambda enrolment: enrolment[:3],
)


@given(enrolments, st.lists(st.tuples(kinds, st.sampled_from(NUMBERS)), unique=True, min_size=1))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_record_without_doubt_is_placed_by_its_own_identifier_and_every_other_is_told_of(found, children):
    with db.atomic() as whole:
        records = {}
        for kind, number in children:
            record = add_record(id_number=f"new {len(records)}")
            Record.update(id_type=kind, id_number=number).where(Record.id == record.id).execute()
            records[record.id] = (kind, number)
        for enrolment in found:
            add(*enrolment)
        add(EGNS[9])  # there are enrolments of the month
        said = {each.record_id: each.doubts for each in doubtful(campaign())}
        placed = enrolments_of(newest_enrolments(), set(children), known_codes())
        whole.rollback()

    for record_id, (kind, number) in records.items():
        has_own = any(each[:2] == (number, kind) for each in found)
        is_placed = any(each.status == 1 for each in placed.get((kind, number), ()))
        of_this = said.get(record_id, frozenset())
        assert is_placed == (not of_this & {Doubt.WITHOUT_ENROLMENT, Doubt.UNKNOWN_INSTITUTION})
        assert not (has_own and Doubt.BY_NUMBER in of_this)
        assert not (is_placed and not has_own and Doubt.BY_NUMBER not in of_this)


def test_the_statements_do_not_grow_with_the_records():
    assert len(EGNS) < BATCH
    for number in EGNS[:2]:
        add_record(id_number=number)
    few = asked(campaign())
    for number in EGNS[2:]:
        add_record(id_number=number)

    assert asked(campaign()) == few


def asked(of: Campaign) -> int:
    """How many statements counting takes."""
    with patch.object(db.obj, "execute_sql", wraps=db.obj.execute_sql) as sent:
        list(doubtful(of))
    return sent.call_count
