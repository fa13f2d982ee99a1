"""/quarantine/envelope: the code shown and printed, typed back, renewed, checked."""

import io
import re
from datetime import timedelta

import pytest
from pypdf import PdfReader

from portal.actions.register.keys.session import lock
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.register import Envelope
from tests.actions.register.unlocked import add_envelope, entered, keep, session_of
from tests.cast import NOW, PASSWORD

PAGE = "/quarantine/envelope"
CODE = r"([0-9A-Z]{4}-){13}[0-9A-Z]{4}"


@pytest.fixture
def director(client, world):
    return client.sign_in(world.ana)


def code_on(answer):
    return answer.page.text("#envelope-code")


def asked_on(answer):
    """What the page asks back, as it stands on the paper."""
    groups = code_on(answer).split("-")
    names = [field.get("name") for field in answer.page.all("input[name^=group_]")]
    return {name: groups[int(name.removeprefix("group_")) - 1] for name in names}


def proposal_on(answer):
    values = {field.get("value") for field in answer.page.all("input[name=proposal]")}
    assert len(values) == 1, "both forms carry the same code"
    return values.pop()


def make(client, address=PAGE):
    shown = client.get(address)
    answer = client.send(PAGE, proposal=proposal_on(shown), **asked_on(shown))
    assert (answer.status_code, answer.location) == (303, PAGE)
    return code_on(shown)


@pytest.mark.parametrize("who", ["dora", "nora", "oleg"])
def test_is_the_directors_alone(client, world, who):
    client.sign_in(getattr(world, who))
    assert client.get(PAGE).status_code == 403
    for address in (PAGE, f"{PAGE}/pdf", f"{PAGE}/check"):
        assert client.send(address).status_code == 403


def test_shows_a_code_and_asks_two_of_its_groups(director):
    answer = director.get(PAGE)
    assert re.fullmatch(CODE, code_on(answer))
    assert re.search(rf'id="envelope-code">{code_on(answer)}<', answer.text)  # bare text
    assert len(asked_on(answer)) == 2
    assert answer.headers["Cache-Control"] == "no-store"


def test_looking_keeps_nothing(director):
    first, second = director.get(PAGE), director.get(PAGE)
    assert code_on(first) != code_on(second)
    assert [table.select().count() for table in (Envelope, OutboxMessage, AuditEntry)] == [0, 0, 0]


def test_the_code_travels_only_sealed(director):
    answer = director.get(PAGE)
    code = code_on(answer)
    elsewhere = answer.text.replace(code, "")
    assert code not in elsewhere
    assert code.replace("-", "") not in elsewhere
    assert code.encode().hex() not in elsewhere


def test_two_groups_make_it_and_the_page_shows_when(director):
    make(director)
    page = director.get(PAGE).page
    assert not page.has("#envelope-code")
    assert "28.01.2021 г., 10:00 ч." in page.text(".facts")
    assert Envelope.select().count() == 1


def test_the_next_step_is_the_first_person(director, world):
    make(director)
    page = director.get(PAGE).page
    assert page.one(".card.is-next a.button").get("href") == "/quarantine/#new"
    assert page.text(".card.is-next a.button") == "Вписвам първото лице"
    entered(world.ana)
    assert not director.get(PAGE).page.has(".card")


def test_the_paper_has_the_same_code_in_numbered_groups(director):
    shown = director.get(PAGE)
    answer = director.send(f"{PAGE}/pdf", proposal=proposal_on(shown))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    reader = PdfReader(io.BytesIO(answer.data))
    text = reader.pages[0].extract_text()
    assert len(reader.pages) == 1
    assert re.sub(r"[^0-9A-Z]", "", code_on(shown)) in re.sub(r"\s|\b\d\d?\b", "", text)
    for words in ("39. СУ „Отец Паисий“", "никога не го изпращайте", "Ана Янева", "ЦИОО"):
        assert words.casefold() in " ".join(text.split()).casefold()
    assert Envelope.select().count() == 0


@pytest.mark.parametrize("htmx", [True, False])
def test_a_wrong_group_keeps_the_same_code_on_the_page(director, htmx):
    shown = director.get(PAGE)
    first, second = asked_on(shown)
    answer = director.send(
        PAGE, htmx=htmx, proposal=proposal_on(shown), **{first: asked_on(shown)[first], second: "WXYZ"}
    )
    assert answer.status_code == 422
    assert code_on(answer) == code_on(shown)
    assert "от отпечатания лист" in answer.page.text(f"#{second}-error")
    assert not answer.page.has(f"#{first}-error")
    assert answer.page.one(f"#{second}").get("value") == "WXYZ"
    again = director.send(PAGE, proposal=proposal_on(answer), **asked_on(shown))
    assert again.status_code == 303


def test_after_an_hour_one_starts_again(director):
    shown = director.get(PAGE)
    director.at(NOW + timedelta(hours=1))
    for address in (PAGE, f"{PAGE}/pdf"):
        answer = director.send(address, proposal=proposal_on(shown), **asked_on(shown))
        assert answer.status_code == 409
        assert code_on(answer) != code_on(shown)
        assert "повече от час" in answer.page.text(".is-wrong")
    assert Envelope.select().count() == 0


@pytest.mark.parametrize("proposal", ["", "00", "няма"])
def test_only_its_own_page_is_taken(director, proposal):
    assert director.send(PAGE, proposal=proposal).status_code == 409


def test_another_directors_page_is_not_taken(client, world):
    shown = client.sign_in(world.boris).get(PAGE)
    answer = client.sign_in(world.ana).send(PAGE, proposal=proposal_on(shown), **asked_on(shown))
    assert answer.status_code == 409
    assert Envelope.select().count() == 0


def test_a_new_one_is_made_while_the_register_is_open(client, world):
    keep(client, world.ana)
    entered(world.ana)
    make(client, f"{PAGE}?new=yes")
    assert Envelope.select().where(Envelope.retired_at.is_null()).count() == 1


def test_a_locked_register_asks_for_the_password_on_the_way(client, world):
    keep(client, world.ana)
    entered(world.ana)
    lock(session_of(client.token))
    shown = client.get(f"{PAGE}?new=yes")
    asked = client.send(PAGE, proposal=proposal_on(shown), **asked_on(shown))
    assert asked.status_code == 409
    kept = asked_on(shown)
    for name, value in kept.items():
        assert asked.page.one(f"input[name={name}]").get("value") == value

    answer = client.send(PAGE, proposal=proposal_on(asked), **kept, **{"unlock-password": PASSWORD})
    assert answer.status_code == 303
    assert Envelope.select().where(Envelope.retired_at.is_null(False)).count() == 1


def test_checks_the_code(client, world):
    code = add_envelope(world.ana)
    client.sign_in(world.ana)
    assert client.send(f"{PAGE}/check", code=code.lower()).status_code == 303
    assert Envelope.get().rehearsed_at == NOW
    assert "Кодът е верен" in client.get(PAGE).page.text("main")


@pytest.mark.parametrize("code", ["", "ABCD-EFGH", "0" * 56])
def test_says_what_is_wrong_with_a_code_beside_it(client, world, code):
    add_envelope(world.ana)
    answer = client.sign_in(world.ana).send(f"{PAGE}/check", code=code)
    assert answer.status_code == 422
    assert answer.page.text("#code-error")
    assert Envelope.get().rehearsed_at is None


def by_groups(code):
    return {f"group_{number}": group for number, group in enumerate(code.split("-"), 1)}


def test_takes_the_code_group_by_group_or_pasted_into_one_field(client, world):
    code = add_envelope(world.ana)
    client.sign_in(world.ana)
    page = client.get(PAGE).page
    form = page.one(f'form[action="{PAGE}/check"]')
    assert [name for name in page.fields(form) if name != "csrf_token"] == list(by_groups(code))
    blank = dict.fromkeys(by_groups(code), "")
    for typed in (
        by_groups(code),
        blank | {"group_1": code},
        blank | {"group_1": code.lower().replace("-", " ")},
    ):
        assert client.send(f"{PAGE}/check", **typed).status_code == 303


def test_says_which_group_has_a_slip_in_it(client, world):
    code = add_envelope(world.ana)
    typed = by_groups(code)
    typed["group_3"] = typed["group_3"][::-1] if typed["group_3"][::-1] != typed["group_3"] else "????"
    typed["group_9"] = typed["group_9"][:3]

    answer = client.sign_in(world.ana).send(f"{PAGE}/check", **typed)

    assert answer.status_code == 422
    page = answer.page
    assert page.text("#group_3-error") == "Група 3 е преписана с грешка. Сравнете я с листа."
    assert page.text("#group_9-error") == "Група 9 е преписана с грешка. Сравнете я с листа."
    assert [item.text for item in page.all("[data-slip]") if item.text] == [
        page.text("#group_3-error"), page.text("#group_9-error")
    ]  # fmt: skip
    assert page.one("#group_1").get("value") == typed["group_1"]
    assert Envelope.get().rehearsed_at is None


def test_the_groups_on_the_screen_are_numbered_as_on_paper(director):
    page = director.get(PAGE).page
    groups = page.text("#envelope-code").split("-")
    shown = [" ".join(item.text_content().split()) for item in page.all(".code-groups li")]
    assert shown == [f"{number} {group}" for number, group in enumerate(groups, 1)]


def test_checks_nothing_before_there_is_one(director):
    assert director.send(f"{PAGE}/check", code="").status_code == 409


def test_reminds_of_the_check_a_year_later(client, world):
    add_envelope(world.ana)
    client.sign_in(world.ana)
    year = timedelta(days=365)
    assert "годишната проверка" not in client.at(NOW + year - timedelta(seconds=1)).get(PAGE).text
    assert "годишната проверка" in client.at(NOW + year).get(PAGE).text
