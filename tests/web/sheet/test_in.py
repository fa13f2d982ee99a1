"""POST /confirmations/<month>/sheet; GET, POST …/sheet/<token>, …/drop, …/faults.xlsx"""

import io
import zlib
from datetime import timedelta
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from portal.actions.lists.confirmations import decide
from portal.actions.sheet.kept import LASTS
from portal.actions.sheet.storing import MENDED
from portal.documents.sheet.layout import LINE
from portal.domain.decisions import Decided, Decision, RefusalReason
from portal.domain.month import Month
from portal.domain.people import Scope
from portal.domain.sheet.columns import FAULTS, Column
from portal.domain.sheet.saying import NOT_A_DECISION
from portal.domain.submissions import Lock
from portal.storage.sheet.tables import SheetUpload
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Submission
from tests.cast import AFTER, CLOSES, MONTH, NOW, OPENS, OTHER_SCHOOL, SCHOOL, add_record, stored
from tests.sheets import ADDRESS, REFUSED, at, fill, filled, page_of, row_of, saved


def send(client, content: bytes, name: str = "sheet.xlsx"):
    """The page of what the file would change, or the one that says why it was not taken."""
    answer = client.send(ADDRESS, files={"file": (io.BytesIO(content), name)})
    return client.get(answer.response.location) if answer.status_code == 303 else answer


def press(client, shown, deed: str = ""):
    """The button of the page that was shown, and the page that follows."""
    answer = client.send(address_of(shown) + deed)
    return client.get(answer.response.location) if answer.status_code == 303 else answer


def address_of(shown) -> str:
    return shown.response.request.path


@pytest.mark.both_databases
def test_shows_what_would_change_and_then_stores_just_that(client, world):
    to_confirm, to_refuse, untouched = add_record(), add_record(), add_record()
    client.sign_in(world.ana)

    def change(page):
        fill(page, to_confirm, decision="потвърждавам", note="Проверено.")
        fill(page, to_refuse, **REFUSED)

    shown = send(client, filled(client, change))
    assert shown.status_code == 200
    text = shown.page.text("main")
    assert "Ще се променят: 2 Не могат да се запишат: 0 Остават, както са: 1" in text
    assert "отказвам, 4,5, закъсняла медицинска бележка – Бележка от 12.12." in text
    assert "Семейните помощи за детето се прекратяват за срок до една година." in text
    assert [stored(each).decision for each in (to_confirm, to_refuse)] == [Decision.PENDING] * 2

    done = press(client, shown).page.text("body")
    assert "Записани решения: 2." in done
    assert "В таблицата няма какво да се запише. Деца за преглед в списъка: 1." in done
    assert (stored(to_confirm).decision, stored(to_confirm).note) == (Decision.CONFIRMED, "Проверено.")
    refused = stored(to_refuse)
    assert (refused.decision, refused.corrected) == (Decision.REFUSED, Decimal("4.50"))
    assert (refused.refusal_reason, refused.decided_by_id) == (RefusalReason.LATE_NOTE, world.ana.user_id)
    assert stored(untouched).version == untouched.version
    assert Submission.get(Submission.institution == SCHOOL).pending == 1
    objects = {entry.object for entry in AuditEntry.select()}
    assert {f"record:{to_confirm.id}", f"record:{to_refuse.id}"} <= objects


def test_pressed_or_sent_twice_changes_nothing_more(client, world):
    record = add_record()
    client.sign_in(world.ana)
    content = filled(client, lambda page: fill(page, record, decision="потвърждавам"))
    shown = send(client, content)
    press(client, shown)
    once = stored(record).version

    assert "Записани решения: 0." in press(client, shown).page.text("body")
    assert "В таблицата няма какво да се запише." in send(client, content).page.text("main")
    assert stored(record).version == once


def test_stores_the_good_rows_and_gives_back_the_bad_ones_to_be_put_right(client, world):
    good, bad = add_record(), add_record()
    client.sign_in(world.ana)

    def change(page):
        fill(page, good, decision="потвърждавам")
        fill(page, bad, **{**REFUSED, "corrected": 45})

    shown = send(client, filled(client, change))
    done = press(client, shown)
    assert "Записани решения: 1. Не са записани: 1." in done.page.text("body")
    assert stored(bad).decision is Decision.PENDING

    sheet = client.get(done.page.one("main .notice a").get("href"))
    assert sheet.headers["Content-Disposition"] == 'attachment; filename="sheet-2020-12-2200000-faults.xlsx"'
    book = load_workbook(io.BytesIO(sheet.data))
    page = page_of(book)
    row = row_of(page, bad)
    assert page.cell(row - 1, 14).value == FAULTS
    assert "по-малко от 5" in page.cell(row, 14).value
    assert page.cell(row, 8).value == "45"
    fill(page, bad, corrected="4,5")
    press(client, send(client, saved(book)))
    assert stored(bad).corrected == Decimal("4.50")


def test_says_what_somebody_changed_meanwhile_and_keeps_it(client, world):
    touched, untouched = add_record(), add_record()
    client.sign_in(world.ana)
    content = filled(client, lambda page: fill(page, touched, decision="потвърждавам"))
    refusal = Decided(Decision.REFUSED, Decimal(2), RefusalReason.OWN_ERROR, "По дневника.")
    for record in (touched, untouched):
        decide(world.dora, MONTH, record.id, refusal, seen=record.version, now=NOW)

    shown = send(client, content)
    assert "Сега там стои: отказвам, 2, грешка на институцията." in shown.page.text("main")
    assert "Остават, както са: 1" in shown.page.text("main")
    assert not shown.page.has(f'form[action="{address_of(shown)}"]')
    assert stored(touched).decision is Decision.REFUSED


def test_what_was_changed_after_it_was_shown_is_left_and_the_rest_is_stored(client, world):
    late, good = add_record(), add_record()
    client.sign_in(world.ana)

    def change(page):
        for record in (late, good):
            fill(page, record, decision="потвърждавам")

    shown = send(client, filled(client, change))
    refusal = Decided(Decision.REFUSED, Decimal(2), RefusalReason.OWN_ERROR, "По дневника.")
    decide(world.dora, MONTH, late.id, refusal, seen=late.version, now=NOW)
    done = press(client, shown)
    assert "Записани решения: 1. Не са записани: 1." in done.page.text("body")
    assert "Сега там стои: отказвам, 2, грешка на институцията." in done.page.text("main")
    assert (stored(late).decision, stored(good).decision) == (Decision.REFUSED, Decision.CONFIRMED)


def test_a_csv_comes_back_as_well(client, world):
    record = add_record()
    client.sign_in(world.ana)
    empty = '"";' * 6
    text = client.get(f"{ADDRESS}.csv").text.lstrip("\ufeff")
    assert text.count(empty) == 1
    text = text.replace(empty, '"потвърждавам";' + '"";' * 5)
    press(client, send(client, text.encode("cp1251"), "sheet.csv"))
    assert stored(record).decision is Decision.CONFIRMED


def test_the_sheet_of_another_institution_or_month_is_told_from_ours(client, world):
    add_record()
    theirs = add_record(OTHER_SCHOOL)
    client.sign_in(world.boris)
    content = filled(client, lambda page: fill(page, theirs, decision="потвърждавам"))
    answer = send(client.sign_in(world.ana), content)
    assert answer.status_code == 422
    assert "Таблицата е на друга институция (код 2200004), а този списък е на 2200000." in answer.text
    assert stored(theirs).decision is Decision.PENDING

    earlier = Campaign.create(month=Month(2020, 11), opens_on=OPENS, closes_on=CLOSES, made_at=NOW)
    Submission.create(campaign=earlier, institution=SCHOOL)
    add_record(campaign=earlier)
    old = client.get("/confirmations/2020-11/sheet.xlsx").data
    answer = send(client, old)
    assert answer.status_code == 422
    assert "Таблицата е за ноември 2020 г., а този списък е за декември 2020 г." in answer.text


def test_a_row_whose_number_was_lost_comes_back_with_it_to_be_looked_at(client, world):
    record, other = add_record(), add_record()
    client.sign_in(world.ana)

    def change(page):
        fill(page, record, decision="потвърждавам", number=1.23e9)
        fill(page, other, decision="да")

    shown = send(client, filled(client, change))
    page = page_of(load_workbook(io.BytesIO(client.get(f"{address_of(shown)}/faults.xlsx").data)))
    row = row_of(page, record)
    assert page.cell(row, at(Column.NUMBER)).value.startswith("ЕГН ")
    assert page.cell(row, 14).value == f"Номер: {MENDED}"
    assert page.cell(row_of(page, other), 14).value == f"Решение: {NOT_A_DECISION}"
    assert page.row_dimensions[row].height > 2 * LINE


OVER = "Този преглед вече го няма"


def shown_to(client, person, record):
    """The page of a sheet in which ``record`` is confirmed."""
    client.sign_in(person)
    return send(client, filled(client, lambda page: fill(page, record, decision="потвърждавам")))


def test_is_found_again_by_its_address_and_from_the_page(client, world):
    shown = shown_to(client, world.ana, add_record())
    link = client.get(ADDRESS).page.one("main .notice a")
    assert link.get("href") == address_of(shown)
    client.at(NOW + LASTS - timedelta(minutes=1)).sign_in(world.ana)
    assert client.get(address_of(shown)).page.text("main") == shown.page.text("main")


def test_is_nobody_elses(client, world):
    record = add_record()
    shown = shown_to(client, world.ana, record)
    for other, status in ((world.dora, 409), (world.boris, 409), (world.nora, 403)):
        client.sign_in(other)
        for deed in ("", "/faults.xlsx"):
            assert client.get(address_of(shown) + deed).status_code == status
        for deed in ("", "/drop"):
            client.send(address_of(shown) + deed)
    assert OVER in client.sign_in(world.dora).get(address_of(shown)).page.text(".error-summary")
    assert not client.get(ADDRESS).page.has("main .notice")
    assert stored(record).decision is Decision.PENDING
    assert client.sign_in(world.ana).get(address_of(shown)).status_code == 200


def test_is_of_one_month(client, world):
    shown = shown_to(client, world.ana, add_record())
    earlier = Campaign.create(month=Month(2020, 11), opens_on=OPENS, closes_on=CLOSES, made_at=NOW)
    Submission.create(campaign=earlier, institution=SCHOOL)
    assert client.get(address_of(shown).replace("2020-12", "2020-11")).status_code == 409


@pytest.mark.both_databases
def test_a_newer_one_takes_its_place_and_the_older_page_stores_nothing(client, world):
    record = add_record()
    old = shown_to(client, world.ana, record)
    new = send(client, filled(client, lambda page: fill(page, record, **REFUSED)))
    answer = press(client, old)
    assert answer.status_code == 409
    assert OVER in answer.page.text(".error-summary")
    assert stored(record).decision is Decision.PENDING
    press(client, new)
    assert stored(record).decision is Decision.REFUSED
    assert SheetUpload.select().count() == 1


@pytest.mark.both_databases
def test_what_was_dropped_or_a_day_old_is_gone(client, world):
    record = add_record()
    dropped = shown_to(client, world.ana, record)
    assert "Прегледът е изтрит." in press(client, dropped, "/drop").page.text("body")
    assert SheetUpload.select().count() == 0
    old = shown_to(client, world.ana, record)
    client.at(NOW + LASTS).sign_in(world.ana)
    for shown in (dropped, old):
        assert client.get(address_of(shown)).status_code == 409
        assert press(client, shown).status_code == 409
    assert not client.get(ADDRESS).page.has("main .notice")
    assert stored(record).decision is Decision.PENDING
    shown_to(client, world.dora, record)
    assert [row.user_id for row in SheetUpload.select()] == [world.dora.user_id]


def test_nothing_of_it_can_be_read_in_the_database_or_moved_to_another_row(client, world):
    record = add_record()
    client.sign_in(world.ana)
    shown = send(client, filled(client, lambda page: fill(page, record, **REFUSED)))
    row = SheetUpload.get()
    with pytest.raises(zlib.error):
        zlib.decompress(bytes(row.content))
    assert record.family.encode() not in bytes(row.content)
    SheetUpload.update(user=world.dora.user_id).execute()
    assert client.sign_in(world.dora).get(address_of(shown)).status_code == 409


@pytest.mark.parametrize("too_late", ["signed", "over", "suspended"])
def test_is_answered_as_the_page_answers_when_nothing_can_be_changed(client, world, too_late):
    record = add_record()
    client.sign_in(world.ana)
    content = filled(client, lambda page: fill(page, record, decision="потвърждавам"))
    shown = send(client, content)
    if too_late == "signed":
        Submission.update(lock=Lock.SIGNED).where(Submission.institution == SCHOOL).execute()
    elif too_late == "over":
        client.at(AFTER)
    else:
        Campaign.update(suspended_at=NOW).execute()
    for answer in (send(client, content), client.get(address_of(shown)), press(client, shown)):
        assert answer.status_code == 409
        assert answer.page.has(".error-summary")
    assert not client.get(ADDRESS).page.has('input[type="file"]')
    assert stored(record).decision is Decision.PENDING


def test_a_delegate_may_where_she_may_decide_and_nobody_else(client, world):
    record = add_record()
    client.sign_in(world.dora)
    press(client, send(client, filled(client, lambda page: fill(page, record, decision="потвърждавам"))))
    assert stored(record).decided_by_id == world.dora.user_id
    for other in (world.nora, world.oleg, world.delegate(Scope.SIGN)):
        client.sign_in(other)
        assert client.get(ADDRESS).status_code == 403
        assert client.send(ADDRESS).status_code == 403


def test_without_a_file_or_with_what_is_none_says_what_to_do(client, world):
    add_record()
    client.sign_in(world.ana)
    assert "Изберете попълнената таблица." in client.send(ADDRESS).page.text("#file-error")
    answer = send(client, b"%PDF-1.7", "sheet.pdf")
    assert answer.status_code == 422
    assert "Това е PDF, а не таблица." in answer.page.text("#file-error")
    answer = send(client, bytes(6 * 1024 * 1024))
    assert answer.status_code == 413
    assert "Файлът е по-голям от 2 MB" in answer.page.text("#file-error")


def test_the_list_leads_there_who_may_decide(client, world):
    add_record()
    link = f'main a[href="{ADDRESS}"]'
    assert client.sign_in(world.ana).get("/confirmations/2020-12").page.has(link)
    client.sign_in(world.delegate(Scope.SIGN))
    assert not client.get("/confirmations/2020-12").page.has(link)
