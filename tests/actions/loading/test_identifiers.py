"""load_asp_list and load_enrolments: one child is one child, however its identifier is written."""

import pytest
from peewee import Value

from portal.domain.identifiers import IdType
from portal.domain.submissions import Lock
from portal.storage.schema.upgrade import upgrade_database
from portal.storage.tables.campaigns import Record, Submission
from portal.storage.tables.db import db
from portal.storage.tables.institutions import Enrolment
from tests.actions.loading.loaded import asp, enrol, enrolled, load, rejected
from tests.cast import EGNS, OTHER_SCHOOL, SCHOOL

pytestmark = pytest.mark.usefixtures("world")

IDN, LNCH = IdType.IDN, IdType.LNCH
BOTH_EGN_AND_LNCH = "1045120036"  # one valid ЕГН in ten passes the check of ЛНЧ, and an ИДН can be any digits
COPIED = [field for field in Record._meta.sorted_fields if field.name not in ("id", "id_number")]


def records() -> list[tuple[str, str, int]]:
    """Identifier, institution and version of each."""
    return [(r.id_number, r.institution_id, r.version) for r in Record.select().order_by(Record.id)]


def spell_small() -> None:
    """As it was stored before letters were read as capitals."""
    for table in (Record, Enrolment):
        table.update(id_number="ab1").where(table.id_type == IDN).execute()


def test_a_letter_in_either_case_is_one_child():
    enrol(enrolled(number="AB1", kind=IDN, institution=OTHER_SCHOOL))
    done = load(asp(number="ab1", kind=IDN), asp(number="aB1", kind=IDN))

    assert records() == [("AB1", OTHER_SCHOOL, 1)]
    assert rejected(done) == {2: "детето и причината се повтарят: валиден е ред 1"}


def test_a_correction_in_capitals_unenrols_who_was_enrolled_in_small_letters():
    enrol(enrolled(number="ab1", kind=IDN))
    enrol(enrolled(number="AB1", kind=IDN, status=3), correction=True)

    assert [(e.id_number, e.status) for e in Enrolment.select()] == [("AB1", 3)]


@pytest.mark.parametrize("lock", [Lock.OPEN, Lock.SIGNED])
def test_a_record_stored_in_small_letters_is_the_same_record(lock):
    load(asp(number="ab1", kind=IDN))
    spell_small()
    Submission.update(lock=lock).where(Submission.institution == SCHOOL).execute()
    done = load(asp(number="AB1", kind=IDN))

    assert (done.unchanged, done.added, done.missing, done.rejected) == (1, 0, 0, 0)
    assert records() == [("ab1", SCHOOL, 1)]


def test_a_record_stored_in_small_letters_follows_its_child():
    load(asp(number="ab1", kind=IDN))
    spell_small()
    enrol(enrolled(number="AB1", kind=IDN, institution=OTHER_SCHOOL))

    assert records() == [("ab1", OTHER_SCHOOL, 2)]


def test_of_two_records_of_one_child_the_capital_one_is_meant():
    load(asp(number="ab1", kind=IDN))
    spell_small()
    Record.update(id_number="Ab1").execute()
    Record.insert_from(Record.select(*COPIED, Value("AB1")), [*COPIED, Record.id_number]).execute()
    load(asp(number="ab1", kind=IDN, absences="009.00"))

    assert [(r.id_number, r.absences) for r in Record.select().order_by(Record.id)] == [
        ("Ab1", "007.00"), ("AB1", "009.00"),
    ]  # fmt: skip


def test_an_upgrade_brings_stored_enrolments_up_to_capitals():
    enrol(
        enrolled(number="AB1", kind=IDN, class_code=1),
        enrolled(number="CD2", kind=IDN),
        enrolled(number="EF3", kind=IDN),
        enrolled(number="EF3", kind=IDN, institution=OTHER_SCHOOL),
        enrolled(0),
    )
    Enrolment.update(id_number="cd2").where(Enrolment.id_number == "CD2").execute()
    Enrolment.update(id_number="eF3").where(Enrolment.institution == OTHER_SCHOOL).execute()
    twin = Enrolment.get(Enrolment.id_number == "AB1")
    twin.id, twin.id_number, twin.class_code, twin.position = None, "ab1", 5, 90
    twin.save(force_insert=True)
    db.execute_sql("DELETE FROM schema_migration WHERE name = '0006_identifiers_in_capitals'")

    assert upgrade_database() == ["0006_identifiers_in_capitals"]

    found = Enrolment.select().order_by(Enrolment.position)
    assert [(e.id_number, e.institution, e.class_code) for e in found] == [
        ("CD2", SCHOOL, 4), ("EF3", SCHOOL, 4), ("EF3", OTHER_SCHOOL, 4), (EGNS[0], SCHOOL, 4),
        ("AB1", SCHOOL, 5),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", [LNCH, IDN])
def test_another_type_of_identifier_with_the_same_number_is_the_child(kind):
    number = BOTH_EGN_AND_LNCH
    enrol(enrolled(number=number, kind=kind, institution=OTHER_SCHOOL, class_code=9))
    load(asp(number=number))

    (record,) = Record.select()
    assert (record.id_type, record.institution_id, record.class_code) == (IdType.EGN, OTHER_SCHOOL, 9)


def test_a_number_of_two_other_types_can_be_two_children():
    number = BOTH_EGN_AND_LNCH
    enrol(
        enrolled(number=number, kind=LNCH, institution=OTHER_SCHOOL),
        enrolled(number=number, kind=IDN, institution=OTHER_SCHOOL),
    )
    load(asp(number=number))

    assert records() == [(number, SCHOOL, 1)]


@pytest.mark.parametrize("status", [1, 3])
def test_the_childs_own_type_of_identifier_counts_before_any_other(status):
    number = BOTH_EGN_AND_LNCH
    enrol(
        enrolled(number=number, status=status),
        enrolled(number=number, kind=LNCH, institution=OTHER_SCHOOL),
    )
    load(asp(number=number))

    assert records() == [(number, SCHOOL, 1)]


def test_a_pending_record_follows_its_child_by_number_alone():
    load(asp(number=BOTH_EGN_AND_LNCH))
    enrol(enrolled(number=BOTH_EGN_AND_LNCH, kind=LNCH, institution=OTHER_SCHOOL))

    assert records() == [(BOTH_EGN_AND_LNCH, OTHER_SCHOOL, 2)]


def test_two_records_of_one_number_are_two_records():
    done = load(asp(number=BOTH_EGN_AND_LNCH), asp(number=BOTH_EGN_AND_LNCH, kind=LNCH))

    assert (done.added, done.rejected) == (2, 0)
