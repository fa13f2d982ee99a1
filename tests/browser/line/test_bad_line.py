"""A line that breaks: what was not saved is counted, goes again once, and nothing that was typed is lost."""

import pytest
from playwright.sync_api import expect

from portal.crypto.tokens import new_token
from portal.domain.decisions import Decision
from portal.domain.submissions import Lock
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Submission
from tests.browser.conftest import unheard
from tests.cast import NOW, PASSWORD, add_login, add_record, stored
from tests.waiting import until

pytestmark = pytest.mark.browser
LIST = "/confirmations/2020-12"
TYPED = {"corrected": "4,5", "note": "Бележка № 7"}


@pytest.fixture
def records(world):
    return [add_record(family=family) for family in ("Ангелова", "Бонева", "Василева", "Георгиева")]


@pytest.fixture
def page(browse, world, records):
    page = browse(world.ana, viewport={"width": 1280, "height": 900})
    page.goto(LIST)
    return page


def row(page, record):
    return page.locator(f"#record-{record.id}")


def confirm(page, record):
    row(page, record).locator("[value=confirmed]").click()


def type_refusal(page, record):
    row(page, record).locator("[data-editor^=refusal]").click()
    for name, text in TYPED.items():
        page.locator(f"#{name}-{record.id}").fill(text)
    page.locator(f"#reason-{record.id}").select_option("late_note")


def shown(page, record):
    fields = [page.locator(f"#{name}-{record.id}").input_value() for name in ("corrected", "note", "reason")]
    return fields == [*TYPED.values(), "late_note"]


def test_rows_that_were_not_saved_are_counted_and_go_by_themselves(page, records):
    first, second, *_ = records
    page.context.set_offline(True)
    confirm(page, first)
    expect(page.locator("#counts .unsaved")).to_have_text("1 ред не е записан")
    confirm(page, second)
    expect(page.locator("#counts .unsaved")).to_have_text("2 реда не са записани")
    page.context.set_offline(False)

    for record in (first, second):
        expect(row(page, record)).to_have_class("record is-confirmed")
    expect(page.locator("#counts .unsaved")).to_have_count(0)
    expect(page.locator("#counts")).to_contain_text("остават 2 · потвърдени: 2")
    assert AuditEntry.select().where(AuditEntry.what == "confirmed").count() == 2


def test_what_was_stored_while_its_answer_was_lost_is_stored_once(page, records):
    sent = []

    def lose_the_answer(route):
        sent.append(route.fetch().status)
        route.abort()

    page.route("**/records/*", lose_the_answer, times=1)
    with unheard(page):
        confirm(page, records[0])
        expect(page.locator("#counts .unsaved")).to_be_visible()

    expect(row(page, records[0])).to_have_class("record is-confirmed")
    assert sent == [200]
    assert (stored(records[0]).decision, stored(records[0]).version) == (Decision.CONFIRMED, 2)
    assert AuditEntry.select().where(AuditEntry.what == "confirmed").count() == 1


def test_what_somebody_goes_on_with_is_not_sent_behind_their_back(page, records):
    page.context.set_offline(True)
    for record in records[:2]:
        confirm(page, record)
        expect(row(page, record)).to_contain_text("Не е записано: няма връзка.")
    type_refusal(page, records[0])
    page.context.set_offline(False)

    expect(row(page, records[1])).to_have_class("record is-confirmed")
    assert stored(records[0]).decision is Decision.PENDING
    assert shown(page, records[0])
    page.locator(".editor button[value=refused]").click()
    expect(row(page, records[0])).to_have_class("record is-refused")


def test_goes_again_though_the_filter_shows_other_rows_by_now(page, records):
    page.route("**/records/*", lambda route: route.abort(), times=1)
    with unheard(page):
        confirm(page, records[0])
        expect(page.locator("#counts .unsaved")).to_have_text("1 ред не е записан")
        page.locator("#q").fill("Бонева")
        page.locator("#q").press("Enter")
        expect(page.locator(".shown")).to_contain_text("Показани 1 от 4")

    until(lambda: stored(records[0]).decision is Decision.CONFIRMED)
    expect(page.locator("#counts .unsaved")).to_have_count(0)


def test_what_is_refused_behind_a_filter_goes_once_and_is_found_again(page, records):
    sent = []
    page.on("response", lambda answer: sent.append(answer.status) if "/records/" in answer.url else None)
    type_refusal(page, records[0])
    page.locator(f"#corrected-{records[0].id}").fill("900")
    page.route("**/records/*", lambda route: route.abort(), times=1)
    with unheard(page):
        page.locator(".editor button[value=refused]").click()
        expect(page.locator("#counts .unsaved")).to_have_text("1 ред не е записан")
        page.evaluate("sessionStorage.clear()")  # as where the script that keeps it came late
        page.locator("#q").fill("Бонева")
        page.locator("#q").press("Enter")
        expect(page.locator(".shown")).to_contain_text("Показани 1 от 4")

    named = page.locator("#counts .error")
    expect(named).to_have_text("Не е записано: Мария Иванова Ангелова")
    expect(page.locator("#counts .unsaved")).to_have_count(0)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    named.get_by_role("link").click()
    expect(page.locator(f"#corrected-{records[0].id}")).to_have_value("900")
    expect(page.locator(f"#note-{records[0].id}")).to_have_value(TYPED["note"])
    assert sent == [422]
    assert stored(records[0]).decision is Decision.PENDING


def test_a_reload_loses_nothing_that_was_typed(page, records):
    type_refusal(page, records[1])
    page.reload()
    assert shown(page, records[1])

    page.locator(".editor button[value=refused]").click()
    expect(row(page, records[1])).to_have_class("record is-refused")
    assert stored(records[1]).note == TYPED["note"]
    assert page.evaluate("sessionStorage.length") == 0
    page.reload()
    expect(page.locator(".editor")).to_have_count(0)


def test_what_was_typed_before_the_script_for_it_came_is_kept_too(page, records):
    held = []
    page.route("**/working-*", lambda route: held.append(route))
    type_refusal(page, records[1])
    assert page.evaluate("sessionStorage.length") == 0
    held[0].abort()  # and asked for again
    page.unroute("**/working-*")
    until(lambda: page.evaluate("sessionStorage.length") == 1)
    page.reload()

    assert shown(page, records[1])


def test_what_was_typed_for_an_older_version_is_not_put_beside_a_newer(page, records):
    type_refusal(page, records[1])
    other = page.context.new_page()
    other.goto(LIST)
    confirm(other, records[1])
    expect(row(other, records[1])).to_have_class("record is-confirmed")
    page.reload()

    expect(page.locator(".editor")).to_have_count(0)
    assert page.evaluate("sessionStorage.length") == 0


def test_what_was_closed_without_change_stays_closed(page, records):
    type_refusal(page, records[1])
    page.get_by_text("Затварям без промяна").click()
    page.reload()
    expect(page.locator(".editor")).to_have_count(0)


def test_nothing_that_was_typed_outlives_the_logout(page, records):
    type_refusal(page, records[1])
    assert page.evaluate("sessionStorage.length") == 1
    page.get_by_role("button", name="Изход").click()
    page.get_by_label("Парола").wait_for()
    assert page.evaluate("sessionStorage.length") == 0


def test_nobody_else_finds_what_was_typed(page, records, world):
    type_refusal(page, records[1])
    token = new_token()
    add_login(token, world.dora.user_id, now=NOW)
    old = page.context.cookies()
    page.context.add_cookies([{**cookie, "value": token} for cookie in old if cookie["name"] == "session"])
    page.goto(LIST)

    expect(page.locator(".editor")).to_have_count(0)
    assert page.evaluate("sessionStorage.length") == 0


def test_signing_on_a_dead_line_keeps_the_password_and_says_that_nothing_was_signed(browse, world):
    add_record(decision=Decision.CONFIRMED)
    page = browse(world.ana)
    page.goto(f"{LIST}/sign")
    page.get_by_label("Парола").fill(PASSWORD)
    page.context.set_offline(True)
    page.get_by_role("button", name="Подписвам").click()

    expect(page.locator("[data-failed]")).to_contain_text("Не е подписано: няма връзка.")
    assert page.get_by_label("Парола").input_value() == PASSWORD
    assert Submission.get().lock is Lock.OPEN
    page.context.set_offline(False)
    page.get_by_role("button", name="Подписвам").click()
    until(lambda: Submission.get().lock is Lock.SIGNED)
