"""A whole month over HTTP: from АСП's file to the answer, for all four roles."""

import io
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from portal.actions.loading.calendars import load_calendar
from portal.actions.loading.enrolments import Picture, load_enrolments
from portal.actions.loading.files import Source
from portal.actions.loading.institutions import load_institutions
from portal.domain.decisions import Decision, Reason
from portal.domain.people import Scope
from portal.domain.placement import InstitutionType
from portal.domain.submissions import Lock
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.institutions import Institution
from tests.cast import AFTER, MONTH, NOW, PASSWORD, SCHOOL

DATA = Path(__file__).parents[1] / "data"
LIST = "/confirmations/2020-12"
BEFORE = datetime(2021, 1, 20, 8, tzinfo=UTC)


@pytest.fixture
def empty(world, oleg_loads):
    """The institutions, enrolments and calendar of the samples, and no campaign yet."""
    Submission.delete().execute()
    Campaign.delete().execute()
    for load, name in ((load_institutions, "institutions.csv"), (load_calendar, "calendar.csv")):
        oleg_loads(load, name)
    oleg_loads(load_enrolments, "MONZP1220.txt", picture=Picture(MONTH, is_correction=False))
    return world


@pytest.fixture
def oleg_loads(world):
    def run(load, name, **named):
        with (DATA / name).open("rb") as stream:
            return load(world.oleg, Source(stream, name), now=BEFORE, **named)

    return run


@pytest.mark.both_databases
@pytest.mark.parametrize("htmx", [True, False])
def test_a_month_runs_from_the_file_to_the_answer(client, empty, htmx):
    sent = (DATA / "ASPCONF1220.txt").read_bytes()

    # The operator loads the list and sets the window.
    client.at(BEFORE).sign_in(empty.oleg)
    answer = client.send("/campaigns/load", files={"file": (io.BytesIO(sent), "ASPCONF1220.txt")})
    assert answer.status_code == 303
    assert "240" in client.get(answer.location).page.text("main")
    answer = client.send("/campaigns/2020-12/window", opens_on="2021-01-25", closes_on="2021-02-01")
    assert answer.status_code == 303

    # Before the window the director sees the list and can change nothing.
    record = Record.select().where(Record.institution == SCHOOL).first()
    client.sign_in(empty.ana)
    assert client.get(LIST).page.has(f"#record-{record.id}")
    early = client.send(f"{LIST}/records/{record.id}", htmx=htmx, decision="confirmed", version=1)
    assert early.status_code == 409

    # In the window the delegate prepares and the director signs.
    client.at(NOW).sign_in(empty.delegate(Scope.DECIDE))
    decide_all(client, htmx)
    assert client.send(f"{LIST}/sign", password=PASSWORD).status_code == 403
    client.sign_in(empty.ana)
    assert client.send(f"{LIST}/sign", password=PASSWORD, htmx=htmx).status_code in (200, 303)
    assert Submission.get(Submission.institution == SCHOOL).lock is Lock.SIGNED
    assert client.get(f"{LIST}/receipt.pdf").data.startswith(b"%PDF")

    # The regional office sees how far everybody is, and no child.
    seen = client.sign_in(empty.nora).get("/oversight/2020-12").page
    assert "подписано" in seen.text("main")
    assert record.family.strip() not in seen.text("main")

    # After the deadline nothing changes, and the answer says what was signed.
    client.at(AFTER).sign_in(empty.ana)
    late = client.send(f"{LIST}/unsign", reason="сгрешихме")
    assert late.status_code == 409
    client.sign_in(empty.oleg)
    assert client.send("/campaigns/2020-12/answer", sure="yes").status_code == 303
    made = client.send("/campaigns/2020-12/answer/download").data
    assert made == expected_answer(sent)
    assert client.send("/campaigns/2020-12/answer/download").data == made


def decide_all(client, htmx: bool) -> None:
    """Every third record is refused, the others are confirmed."""
    records = list(Record.select().where(Record.institution == SCHOOL).order_by(Record.id))
    for number, record in enumerate(records):
        fields = refusal(record) if number % 3 == 0 else {"decision": "confirmed"}
        address = f"{LIST}/records/{record.id}"
        answer = client.send(address, htmx=htmx, version=record.version, **fields)
        assert answer.status_code == (200 if htmx else 303)


def refusal(record: Record) -> dict[str, str]:
    fields = {"decision": "refused", "reason": "own_error", "note": "Проверено по дневника."}
    if record.reason is Reason.UNENROLLED:
        grade = record.class_code if record.class_code and 1 <= record.class_code <= 12 else "група"
        stated = {"certificate_number": f"{record.id}-2020", "certificate_date": "2020-09-15"}
        placed = {"enrolled_class": f"{grade} а", "enrolled_since": "2020-09-15"}
        return fields | {"certificate": "yes", "placed": "yes"} | stated | placed
    if record.reason is Reason.DISTANCE:
        return fields | {"corrected": "0" if record.days == "01" else "1"}
    return fields | {"corrected": "2,5"}


def expected_answer(sent: bytes) -> bytes:
    """АСП's own lines with what the database says of each, written as the format's table says."""
    head = (
        "Year|Month|SchoolID|IDNumber|intIDType|Name 1|Name 2|Name 3|AbsenceCount|DaysCount"
        "|ASPStatus|MONStatus|AbsenceCorrection|DaysCorrection"
    )
    lines = []
    for line in sent.decode("cp1251").split("\r\n"):
        if not line.strip("\x1a"):
            continue
        year, month, _, kind, number, given, middle, family, absences, reason, days = line.split("|")
        record = Record.get((Record.id_number == number) & (Record.reason == int(reason)))
        signed = record.submission.lock is Lock.SIGNED
        hours, corrected_days = "000.00", "00"
        if signed and record.decision is Decision.REFUSED and reason == "0":
            hours = f"{Decimal(record.corrected):06.2f}"
        if signed and record.decision is Decision.REFUSED and reason == "2":
            corrected_days = f"{int(record.corrected):02d}"
        status = int(record.decision) if signed else 0
        place = record.institution_id
        lines.append(
            ((place, kind, number, reason),
             f"{year}|{month}|{place}|{number}|{kind}|{given}|{middle}|{family}|{absences}|{days}"
             f"|{reason}|{status}|{hours}|{corrected_days}")
        )  # fmt: skip
    return "".join(f"{text}\r\n" for text in [head, *(text for _, text in sorted(lines))]).encode("cp1251")


def test_the_samples_hold_children_of_both_kinds(empty):
    assert {institution.type for institution in Institution.select()} == set(InstitutionType)
