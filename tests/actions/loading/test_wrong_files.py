"""Files of a wrong kind, as every load answers them; and why lines were rejected, equal faults together."""

import io

import pytest

from portal.actions.loading.asp_list import load_asp_list
from portal.actions.loading.calendars import load_calendar, load_holidays_override
from portal.actions.loading.enrolments import Picture, load_enrolments
from portal.actions.loading.faults import Fault, grouped
from portal.actions.loading.files import Source
from portal.actions.loading.institutions import load_institutions
from portal.domain.errors import Refusal
from portal.storage.loading.tables import Load, RejectedLine
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.institutions import BandTerm, Enrolment, HolidayOverride, Institution
from tests.actions.loading.loaded import DECEMBER, asp, enrol, enrolled, load, sample
from tests.cast import NOW
from tests.exchange.invented import DATA

pytestmark = pytest.mark.usefixtures("world")

LOADS = {
    "ASPCONF1220.txt": lambda source: load_asp_list(None, source, now=NOW),
    "MONZP1220.txt": lambda source: load_enrolments(
        None, source, picture=Picture(DECEMBER, is_correction=False), now=NOW
    ),
    "institutions.csv": lambda source: load_institutions(None, source, now=NOW),
    "calendar.csv": lambda source: load_calendar(None, source, now=NOW),
    "days.csv": lambda source: load_holidays_override(None, source, now=NOW),
}
WRONG = {
    "xlsx": b"PK\x03\x04\x14\x00[Content_Types].xml xl/workbook.xml",
    "html": b"<!DOCTYPE html>\r\n<html>",
    "pdf": b"%PDF-1.7",
    "utf-16 without a BOM": asp(0).encode("utf-16-be"),
    "diary": (DATA / "diary-2200000.txt").read_bytes(),
    "semicolons": (DATA / "semicolons-ASPCONF1220.txt").read_bytes(),
}
TABLES = (Load, RejectedLine, Enrolment, Institution, BandTerm, HolidayOverride, Campaign, AuditEntry)


def stored() -> list[int]:
    return [table.select().count() for table in TABLES]


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("wanted", LOADS)
def test_a_file_of_a_wrong_kind_is_refused_whole_and_nothing_is_stored(wanted, wrong):
    before = stored()
    with pytest.raises(Refusal) as refused:
        LOADS[wanted](Source(io.BytesIO(WRONG[wrong]), "файл"))

    assert refused.value.field == "file"
    assert stored() == before


@pytest.mark.parametrize("name", [name for name in LOADS if (DATA / name).exists()])
@pytest.mark.parametrize("wanted", LOADS)
def test_of_the_samples_each_is_taken_in_its_own_place_alone(wanted, name):
    load_institutions(None, sample("institutions.csv"), now=NOW)
    if wanted == name:
        assert LOADS[wanted](sample(name)).rejected == 0
        return
    with pytest.raises(Refusal):
        LOADS[wanted](Source(sample(name).stream, "файл"))


def test_a_list_in_utf_16_loads_as_the_same_in_windows_1251():
    first = load(asp(0), asp(1))
    again = load(asp(0), asp(1), codec="utf-16")

    assert (first.encoding, again.encoding) == ("windows-1251", "UTF-16")
    assert (again.received, again.unchanged) == (2, 2)


def test_equal_faults_are_counted_together_with_what_to_do():
    done = load(
        asp(0, institution="9999999"), asp(1, institution="9999999", absences="7"), asp(2), asp(2), asp(2)
    )

    repeated, unknown, absences = grouped(done)
    assert str(unknown) == "код на институцията: 9999999 не е в портала – 2 реда; първо заредете институциите"
    assert repeated == Fault("детето и причината се повтарят: валиден е по-ранен ред", 2)
    assert str(absences) == "отсъствия: трябва да са точно 6 знака като 007.00 – 1 ред"


def test_faults_that_are_all_different_are_not_counted():
    assert grouped(load(asp(0), "x", "x|y")) == []
    assert grouped(enrol(enrolled(0))) == []


def test_the_faults_of_other_files_are_not_counted():
    load("x", "x")

    assert grouped(load(asp(0), "x")) == []
