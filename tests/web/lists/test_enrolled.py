"""Refusing „Отписан“: which certificate and class, compared with the enrolments where they are loaded."""

from datetime import date, timedelta

import pytest

from portal.domain.decisions import Decision, Reason
from portal.domain.enrolled import Enrolled
from portal.domain.month import Month
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.institutions import Enrolment, EnrolmentMonth
from tests.cast import AFTER, OTHER_SCHOOL, SCHOOL, add_enrolment, add_record, stored

LIST = "/confirmations/2020-12"
REFUSAL = {
    "decision": "refused", "reason": "moved", "note": "Дошло е на 3.12.",
    "certificate": "yes", "placed": "yes",
    "certificate_number": "№ 15-2021,", "certificate_date": "2021-01-05", "enrolled_class": " VII  а ",
    "enrolled_since": "3.12.2020 г.",
}  # fmt: skip
STATED = Enrolled("15-2021", date(2021, 1, 5), "VII а", date(2020, 12, 3))
DETAILS = ("certificate_number", "certificate_date", "enrolled_class", "enrolled_since")

pytestmark = pytest.mark.both_databases


@pytest.fixture
def record(world):
    return add_record(reason=Reason.UNENROLLED)


@pytest.fixture
def ana(client, world):
    return client.sign_in(world.ana)


def send(client, record, htmx=False, **fields):
    return client.send(f"{LIST}/records/{record.id}", htmx=htmx, **({"version": record.version} | fields))


def enrol(record, class_code=7, institution=SCHOOL, status=1) -> None:
    add_enrolment(
        month=Month(2020, 12), position=1, institution=institution, id_type=record.id_type,
        id_number=record.id_number, given="", middle="", family="", edu_form="1", class_code=class_code,
        status=status,
    )  # fmt: skip


@pytest.mark.parametrize("htmx", [True, False])
def test_certificate_and_class_are_kept_and_shown(ana, record, htmx):
    assert send(ana, record, htmx, **REFUSAL).status_code == (200 if htmx else 303)

    assert stored(record).enrolled == STATED
    row = ana.get(LIST).page.text(f"#record-{record.id}")
    assert "удостоверение № 15-2021 от 05.01.2021 г.; в VII а, от 03.12.2020 г." in row
    form = ana.get(LIST, open=record.id).page
    assert [form.one(f"#{name}-{record.id}").get("value") for name in DETAILS] == [
        "15-2021", "2021-01-05", "VII а", "2020-12-03",
    ]  # fmt: skip


@pytest.mark.parametrize("name", DETAILS)
@pytest.mark.parametrize("htmx", [True, False])
def test_what_is_missing_is_said_beside_its_field_and_the_rest_is_kept(ana, record, htmx, name):
    answer = send(ana, record, htmx, **REFUSAL | {name: " "})

    assert answer.status_code == 422
    wrong = [each for each in DETAILS if answer.page.has(f"#{each}-{record.id}-error")]
    assert wrong == [name]
    assert answer.page.text(f"#note-{record.id}") == REFUSAL["note"]
    assert answer.page.has(f"#certificate-{record.id}[checked]")
    assert stored(record).decision is Decision.PENDING


@pytest.mark.parametrize("typed", ["32.01.2021", "2021-13-01", "вчера", "1" * 30])
def test_what_is_no_date_is_asked_for_again_with_the_rest(ana, record, typed):
    answer = send(ana, record, True, **REFUSAL | {"certificate_date": typed, "note": ""})

    assert answer.page.text(f"#certificate_date-{record.id}-error") == (
        "Впишете датата на удостоверението, например 05.01.2021."
    )
    assert answer.page.has(f"#note-{record.id}-error")
    assert answer.page.one(f"#certificate_date-{record.id}").get("value") == typed


def test_a_day_to_come_is_refused(ana, record):
    answer = send(ana, record, True, **REFUSAL | {"enrolled_since": "2021-01-29"})

    assert answer.page.text(f"#enrolled_since-{record.id}-error") == (
        "Проверете датата: 29.01.2021 още не е настъпила."
    )
    assert send(ana, record, **REFUSAL | {"enrolled_since": "2021-01-28"}).status_code == 303


def test_two_facts_alone_are_enough_for_who_is_not_asked_for_more(ana, record):
    """The fields that scripts send, by the contract."""
    bare = {name: value for name, value in REFUSAL.items() if name not in DETAILS}

    assert send(ana, record, **bare).status_code == 303
    assert (stored(record).certificate, stored(record).placed, stored(record).enrolled) == (True, True, None)


@pytest.mark.parametrize("htmx", [True, False])
def test_who_says_otherwise_than_the_enrolments_is_asked_whether_it_is_so(ana, record, htmx):
    enrol(record, class_code=6)
    assert not ana.get(LIST, open=record.id).page.has(f"#differs-{record.id}")

    answer = send(ana, record, htmx, **REFUSAL)
    assert answer.status_code == 422
    assert answer.page.text(f"#differs-{record.id}-error") == (
        "По записванията за декември 2020 г. детето е в друг клас или група: VI клас. Поправете вписаното "
        "или отбележете, че е вярно."
    )
    assert stored(record).decision is Decision.PENDING

    box = answer.page.one(f"#differs-{record.id}")
    fields = answer.page.fields(next(box.iterancestors("form"))) | {"decision": "refused"}
    assert "differs" not in fields
    assert ana.send(f"{LIST}/records/{record.id}", htmx=htmx, **fields | {"differs": "yes"}).status_code in (
        200,
        303,
    )
    assert stored(record).enrolled == STATED


@pytest.mark.parametrize("enrolment", [{"class_code": 8}, {"institution": OTHER_SCHOOL}, {"class_code": -2}])
def test_each_difference_is_said_and_what_agrees_is_taken(ana, record, enrolment):
    enrol(record, **enrolment)
    assert send(ana, record, **REFUSAL).status_code == 422

    Enrolment.delete().execute()
    EnrolmentMonth.delete().execute()
    enrol(record)
    assert send(ana, record, **REFUSAL).status_code == 303


@pytest.mark.parametrize("reason", [Reason.ABSENCE, Reason.DISTANCE])
def test_of_other_children_no_certificate_is_kept(ana, world, reason):
    record = add_record(reason=reason)

    assert send(ana, record, **REFUSAL | {"corrected": "4"}).status_code == 303
    assert stored(record).enrolled is None


def test_nothing_of_it_stays_once_the_refusal_is_taken_back(ana, record):
    send(ana, record, **REFUSAL)
    send(ana, record, version=2, decision="pending")

    assert stored(record).enrolled is None


def test_sent_twice_it_is_stored_once(ana, record):
    send(ana, record, **REFUSAL)
    answer = send(ana, record, True, **REFUSAL)
    assert answer.status_code == 409
    assert "вече е записано" in answer.page.text(f"#record-{record.id}")

    other = send(ana, record, True, **REFUSAL | {"certificate_number": "16"})
    assert "Междувременно" in other.page.text(f"#record-{record.id}")
    assert stored(record).version == 2


def test_an_exception_after_the_deadline_takes_them_too(client, world, record):
    Submission.update(reopened_until=AFTER + timedelta(days=1)).where(
        Submission.institution == SCHOOL
    ).execute()

    assert send(client.at(AFTER).sign_in(world.ana), record, **REFUSAL).status_code == 303
    assert stored(record).enrolled == STATED


def test_is_nothing_for_the_neighbour_and_too_late_for_oneself(client, world, record):
    assert send(client.sign_in(world.boris), record, **REFUSAL).status_code == 404
    assert send(client.at(AFTER).sign_in(world.ana), record, **REFUSAL).status_code == 409
    assert stored(record).enrolled is None
