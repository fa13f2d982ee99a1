"""A sheet that refuses „Отписан“: which certificate and class, in the cells of the two facts."""

from datetime import date

import pytest

from portal.domain.decisions import Decision, Reason, RefusalReason
from portal.domain.enrolled import Enrolled
from portal.domain.month import Month
from portal.domain.sheet.columns import Column
from tests.cast import NOW, SCHOOL, add_enrolment, add_record, stored
from tests.sheets import at, fill, filled, page_of, row_of, saved, taken
from tests.web.sheet.test_in import press, send

STATED = Enrolled("15-2021", date(2021, 1, 5), "VII а", date(2020, 12, 3))
REFUSAL = {
    "decision": "отказвам", "refusal": "преместено", "note": "Дошло е на 3.12.",
    "certificate": "№ 15-2021 от 05.01.2021 г.", "placed": "VII а от 3.12.2020",
}  # fmt: skip

pytestmark = pytest.mark.both_databases


@pytest.fixture
def record(world):
    return add_record(reason=Reason.UNENROLLED)


@pytest.fixture
def ana(client, world):
    return client.sign_in(world.ana)


def bring(client, record, **values):
    return send(client, filled(client, lambda page: fill(page, record, **REFUSAL | values)))


def test_both_are_shown_and_stored_and_come_out_again(ana, record):
    shown = bring(ana, record)
    assert "удостоверение № 15-2021 от 05.01.2021 г., в VII а, от 03.12.2020 г." in shown.page.text("main")
    press(ana, shown)
    assert stored(record).enrolled == STATED

    book = taken(ana)
    page = page_of(book)
    row = row_of(page, record)
    assert page.cell(row, at(Column.CERTIFICATE)).value == "15-2021 от 05.01.2021"
    assert page.cell(row, at(Column.PLACED)).value == "VII а от 03.12.2020"
    assert "Остават, както са: 1" in send(ana, saved(book)).page.text("main")
    assert stored(record).version == 2


def test_a_row_that_is_changed_otherwise_keeps_them(ana, record):
    press(ana, bring(ana, record))
    press(ana, send(ana, filled(ana, lambda page: fill(page, record, note="Дошло е."))))

    assert (stored(record).note, stored(record).enrolled) == ("Дошло е.", STATED)


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        (
            "certificate",
            "15-2021",
            "Впишете номера и датата на удостоверението, например 15-2021 от 05.01.2021.",
        ),
        ("placed", "VII а", "Впишете паралелката или групата и от коя дата е детето в нея"),
        ("placed", "да", "Впишете паралелката или групата, например III а."),
        ("certificate", "1" * 41 + " от 05.01.2021", "Тук се побират до 40 знака."),
    ],
)
def test_what_is_missing_is_said_with_its_cell(ana, record, column, value, sentence):
    shown = bring(ana, record, **{column: value})

    assert sentence in shown.page.text("main")
    assert "Не могат да се запишат: 1" in shown.page.text("main")


def test_what_the_enrolments_say_otherwise_sends_to_the_page(ana, record):
    add_enrolment(
        month=Month(2020, 12), position=1, institution=SCHOOL, id_type=record.id_type,
        id_number=record.id_number, given="", middle="", family="", edu_form="1", class_code=6, status=1,
    )  # fmt: skip
    text = bring(ana, record).page.text("main")

    assert "детето е в друг клас или група: VI клас." in text
    assert "откажете детето от списъка на страницата" in text
    assert "Не могат да се запишат: 1" in text


def test_a_day_to_come_is_not_stored(ana, record):
    done = press(ana, bring(ana, record, certificate="15 от 29.01.2021"))

    assert "Записани решения: 0" in done.page.text("main")
    assert "29.01.2021 още не е настъпила" in done.page.text("main")
    assert stored(record).decision is Decision.PENDING


def test_a_refusal_from_before_goes_out_and_comes_back_with_its_two_facts(ana, world):
    record = add_record(
        reason=Reason.UNENROLLED, decision=Decision.REFUSED, refusal_reason=RefusalReason.MOVED,
        note="Учи тук.", certificate=True, placed=True, decided_by=world.ana.user_id, decided_at=NOW,
    )  # fmt: skip
    press(ana, send(ana, filled(ana, lambda page: fill(page, record, note="Учи тук от декември."))))

    assert (stored(record).note, stored(record).certificate) == ("Учи тук от декември.", True)
    assert stored(record).enrolled is None
