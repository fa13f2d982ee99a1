"""POST /confirmations/<month>/sheet, …/sheet/faults"""

import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from portal.actions.lists.confirmations import decide
from portal.domain.decisions import Decided, Decision, RefusalReason
from portal.domain.month import Month
from portal.domain.people import Scope
from portal.domain.sheet.columns import FAULTS
from portal.domain.submissions import Lock
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Submission
from tests.cast import AFTER, CLOSES, MONTH, NOW, OPENS, OTHER_SCHOOL, SCHOOL, add_record, stored
from tests.sheets import ADDRESS, REFUSED, fill, filled, page_of, row_of, saved


def send(client, content: bytes, name: str = "sheet.xlsx"):
    return client.send(ADDRESS, files={"file": (io.BytesIO(content), name)})


def press(client, answer, action: str = ADDRESS):
    """The button of the page that was shown."""
    form = answer.page.one(f'main form[action="{action}"]')
    fields = {name: value for name, value in answer.page.fields(form).items() if name != "csrf_token"}
    return client.send(action, **fields)


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

    done = press(client, shown)
    assert "Записани решения: 2. Деца за преглед в списъка: 1." in done.page.text("main")
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

    again = press(client, shown)
    assert "Записани решения: 0. Вече бяха записани: 1." in again.page.text("main")
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
    assert "Записани решения: 1. Не са записани: 1." in done.page.text("main")
    assert stored(bad).decision is Decision.PENDING

    sheet = press(client, done, f"{ADDRESS}/faults")
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
    assert not shown.page.has('input[name="sure"]')
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
    assert "Записани решения: 1. Не са записани: 1." in done.page.text("main")
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


def test_the_page_of_another_person_stores_nothing(client, world):
    record = add_record()
    client.sign_in(world.ana)
    shown = send(client, filled(client, lambda page: fill(page, record, decision="потвърждавам")))
    answer = press(client.sign_in(world.dora), shown)
    assert answer.status_code == 422
    assert "Прегледът не дойде цял или не е ваш." in answer.page.text("main")
    assert stored(record).decision is Decision.PENDING


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
    for answer in (send(client, content), press(client, shown)):
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
