"""The register's whole life in a browser: the envelope, a class, a delegate and the end of it, a forgotten
password, and the way back by the envelope's code."""

import re

import pytest
from playwright.sync_api import expect

from portal.domain.identifiers import IdType
from portal.storage.tables.people import Delegation, Login, User
from portal.storage.tables.register import Collection, Entry, Grant
from tests.browser.conftest import pause
from tests.browser.test_main_job import log_in
from tests.cast import EGNS, MONTH, PASSWORD, SCHOOL, add_enrolment
from tests.mail.letters import letters, token_in
from tests.waiting import until

pytestmark = pytest.mark.browser

NEW_PASSWORD = "съвсем нова парола за Ана"
FAMILIES = ("Ангелова", "Бонева", "Венкова")


@pytest.fixture
def enrolled(world):
    enroll()


def enroll():
    for position, family in enumerate(FAMILIES):
        add_enrolment(
            month=MONTH, position=position, institution=SCHOOL, id_type=IdType.EGN, id_number=EGNS[position],
            given="Мария", middle="Иванова", family=family, edu_form="1", class_code=5, status=1,
        )  # fmt: skip


def press(tab, name: str) -> None:
    tab.locator("main").get_by_role("button", name=name, exact=True).first.click()


def text(tab) -> str:
    return tab.locator("main").inner_text()


def test_the_register_from_the_envelope_to_the_envelope(tab, portal, enrolled):
    log_in(tab, "ana@example.org")

    code = make_envelope(tab)
    enter_class(tab)
    assert Entry.select().count() == len(FAMILIES)
    assert all(family in text(tab) for family in FAMILIES)

    name_delegate(tab)
    revoke_delegate(tab)

    forget_password(tab)
    tab.goto("/quarantine/")
    assert "Ангелова" not in tab.content(), "a new password opens no names"

    open_by_code(tab, code)
    tab.goto("/quarantine/")
    assert all(family in text(tab) for family in FAMILIES)


def make_envelope(tab) -> str:
    tab.goto("/quarantine/")
    tab.goto("/quarantine/envelope")
    code = copy_groups(tab)
    press(tab, "Потвърждавам, че пликът е готов")
    tab.get_by_text("Пликът е в сила.").first.wait_for()
    return code


def copy_groups(tab) -> str:
    """The two that the page of a new envelope asks for."""
    code = tab.locator("#envelope-code").inner_text().strip()
    groups = code.split("-")
    for field in tab.locator("input[name^=group_]").all():
        number = int(field.get_attribute("name").removeprefix("group_"))
        field.fill(groups[number - 1])
    return code


def enter_class(tab) -> None:
    tab.goto("/quarantine/")
    tab.get_by_label("Випуск или група").select_option("5")
    press(tab, "Показвам децата")
    tab.get_by_text("Цял клас под карантина").first.wait_for()
    tab.get_by_label("контактно лице").check()
    tab.locator("[name=placed_on]").fill("2021-01-25")
    tab.locator("[name=planned_until]").fill("2021-02-05")
    press(tab, "Вписвам отбелязаните")
    tab.get_by_text("Под карантина до 05.02.2021").first.wait_for()


def test_a_child_is_found_and_filled_in_and_a_whole_class_takes_few_actions(tab, portal, enrolled):
    """An action is a click, a key or a field typed into, from the first page to the class that is entered."""
    log_in(tab, "ana@example.org")
    make_envelope(tab)
    tab.get_by_role("link", name="Вписвам първото лице").click()
    tab.get_by_label("Търсене в записванията").fill("бонева")
    tab.get_by_label("Търсене в записванията").press("Enter")
    tab.get_by_role("button", name="Попълвам Мария Иванова Бонева").click()
    tab.get_by_text("Попълнено е от записванията").wait_for()
    form = tab.locator("#enter form")
    assert form.get_by_label("Фамилия").input_value() == "Бонева"
    assert [field.input_value() for field in form.locator("[type=date]").all()] == ["", "", ""]
    form.get_by_label("контактно лице").check()
    form.locator("[name=placed_on]").fill("2021-01-25")
    form.locator("[name=planned_until]").fill("2021-02-05")
    form.locator("[name=planned_until]").press("Enter")
    until(lambda: Entry.select().count() == 1)
    assert "%" not in tab.url and "?" not in tab.url

    tab.goto("/")
    actions = [
        lambda: tab.get_by_role("link", name="Карантина", exact=True).click(),
        lambda: tab.get_by_label("Випуск или група").select_option("5"),
        lambda: press(tab, "Показвам децата"),
        lambda: tab.get_by_label("контактно лице").check(),
        lambda: tab.locator("[name=placed_on]").fill("2021-01-25"),
        lambda: tab.locator("[name=planned_until]").fill("2021-02-05"),
        lambda: press(tab, "Вписвам отбелязаните"),
    ]
    for act in actions:
        act()
    until(lambda: Entry.select().count() == len(FAMILIES))
    assert len(actions) <= 12


def name_delegate(tab) -> None:
    """Дора, who decides already, is named anew with the register; her key is given at once."""
    tab.goto("/delegates/")
    tab.get_by_label("Име и фамилия").fill("Дора Илиева")
    tab.get_by_label("Електронна поща").fill("dora@example.org")
    tab.get_by_label("Води карантинния регистър").check()
    tab.get_by_label("Номер и дата на заповедта").fill("РД-21/28.01.2021")
    tab.get_by_label("Последен ден").fill("2021-06-30")
    press(tab, "Упълномощавам")
    tab.get_by_text("РД-21/28.01.2021").first.wait_for()
    dora = User.get(User.email == "dora@example.org")
    assert Grant.select().where(Grant.holder == f"user:{dora.id}").count() == 1


def revoke_delegate(tab) -> None:
    before = Collection.get().epoch
    tab.goto("/delegates/")
    details = tab.locator("details", has_text="Оттегляне").first
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    press(tab, "Оттеглям упълномощаването")
    tab.get_by_text("оттеглено на").first.wait_for()
    dora = User.get(User.email == "dora@example.org")
    assert Grant.select().where(Grant.holder == f"user:{dora.id}").count() == 0
    assert Collection.get().epoch == before + 1
    assert Delegation.select().where(Delegation.revoked_at.is_null()).count() == 0


def forget_password(tab) -> None:
    tab.locator("header form button").click()
    tab.goto("/login")
    tab.get_by_role("link", name="Забравена парола").click()
    tab.get_by_label("Електронна поща").fill("ana@example.org")
    tab.locator("main form button").click()
    until(lambda: letters("password_reset"))
    tab.goto(f"/activate/{token_in(letters('password_reset')[-1])}")
    for field in tab.locator("main input[type=password]").all():
        field.fill(NEW_PASSWORD)
    tab.locator("main form .is-primary").click()
    tab.wait_for_url(re.compile(r"/$"))
    assert Login.select().count() == 1


def open_by_code(tab, code: str) -> None:
    """Pasted into the first field: a script spreads it, and without one it is taken as it is."""
    tab.goto("/quarantine/keys")
    tab.locator("[name=group_1]").fill(code.lower().replace("-", " "))
    with tab.expect_response(lambda answer: answer.request.method == "POST"):
        tab.locator("main form:has([name=group_1]) button").click()


def test_a_mistake_is_struck_out_and_a_broken_register_taken_over(tab, portal, enrolled):
    log_in(tab, "ana@example.org")
    make_envelope(tab)
    enter_class(tab)
    row = tab.locator("tr[data-record]", has_text="Ангелова")
    name = row.get_attribute("id")
    row.get_by_role("link", name="поправям").click()
    row = tab.locator(f"#{name}")
    row.get_by_text("записът е грешка…").click()
    press(tab, "Зачерквам записа")
    expect(row).to_contain_text("Напишете защо се зачерква")
    row.get_by_label("Защо се зачерква").fill("Вписано е друго дете.")
    pause(tab)
    press(tab, "Зачерквам записа")
    expect(row).to_contain_text("Зачеркнат на")
    expect(tab.locator("#counts")).to_contain_text("2 деца")

    Entry.delete().where(Entry.id == name.removeprefix("entry-")).execute()
    tab.goto("/quarantine/")
    tab.get_by_role("link", name="Какво е изгубено").click()
    expect(tab.locator("main")).to_contain_text("Липсват: 1")
    tab.get_by_label("Прочетох какво е изгубено").check()
    tab.get_by_label("Паролата, с която влизате").fill(PASSWORD)
    press(tab, "Поемам регистъра")
    tab.get_by_text("Регистърът е поет и вече е цял.").wait_for()
    expect(tab.locator("#counts")).to_contain_text("2 деца")


def test_the_code_is_copied_group_by_group(tab, portal, javascript):
    """With a script each group is checked at once, and a letter typed moves on to the next group."""
    log_in(tab, "ana@example.org")
    code = make_envelope(tab)
    groups = code.split("-")
    tab.goto("/quarantine/envelope")
    wrong = groups[1][:3] + ("2" if groups[1][3] != "2" else "3")
    for number, group in enumerate([groups[0], wrong, *groups[2:]], 1):
        if javascript:
            expect(tab.locator(f"[name=group_{number}]")).to_be_focused() if number > 1 else None
            tab.locator(f"[name=group_{number}]").press_sequentially(group.lower())
        else:
            tab.locator(f"[name=group_{number}]").fill(group)
    if javascript:
        assert tab.locator(".code-groups .is-done").count() == len(groups) - 1
        expect(tab.locator("#group_2-error")).to_have_text("Сравнете с листа.")
    press(tab, "Проверявам плика")
    expect(tab.locator("#group_2-error")).to_have_text("Група 2 е преписана с грешка. Сравнете я с листа.")
    tab.locator("[name=group_2]").fill(groups[1])
    press(tab, "Проверявам плика")
    tab.get_by_text("Кодът е верен и отваря плика.").wait_for()


def test_the_password_is_asked_again_where_the_register_is_locked(tab, portal, enrolled):
    log_in(tab, "ana@example.org")
    make_envelope(tab)
    Login.update(wrapped_x25519=None, unlocked_at=None).execute()

    tab.goto("/quarantine/")
    tab.get_by_label("Парола").fill("не е тази")
    tab.locator("main form:has(input[type=password]) .is-primary").click()
    tab.locator("main .error").first.wait_for()
    tab.get_by_label("Парола").fill(PASSWORD)
    tab.locator("main form:has(input[type=password]) .is-primary").click()
    tab.get_by_text("Отключен до").wait_for()
