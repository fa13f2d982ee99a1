"""/quarantine/takeover"""

import pytest

from portal.actions.register.keys.session import lock
from portal.domain.people import Scope
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.register import Entry
from tests.actions.register.unlocked import draft, entered, fields, keep, kept, session_of, teacher
from tests.cast import PASSWORD

PAGE = "/quarantine/takeover"
REGISTER = "/quarantine/"


@pytest.fixture
def ana(client, world):
    """With Калина's row deleted past the portal."""
    kalina, _ = entered(world.ana, draft(), teacher())
    Entry.delete().where(Entry.id == kalina).execute()
    return keep(client, world.ana)


def form_on(answer):
    sent = answer.page.fields(answer.page.one(f'form[action="{PAGE}"]'))
    return {name: value for name, value in sent.items() if name != "csrf_token"}


def taken_over():
    return AuditEntry.select().where(AuditEntry.what == "register_taken_over").count()


def take(client, **changes):
    sent = form_on(client.get(PAGE)) | {"unlock-read": "yes", "unlock-password": PASSWORD}
    return client.send(PAGE, **sent | changes)


def test_the_register_says_where_to_read_what_is_lost(ana):
    page = ana.get(REGISTER).page
    assert page.has(f".notice.is-wrong a[href='{PAGE}']")


def test_says_what_is_lost_and_whom_to_call_first(ana):
    page = ana.get(PAGE).page
    text = page.text("main")
    assert "Първо се обадете на ЦИОО" in text
    assert "Липсват: 1 Запис, вписан на 28.01.2021 г., 10:00 ч., Ана Янева" in text
    assert page.one("#unlock-read").get("checked") is None
    assert page.one("#unlock-password").get("value") is None


def test_goes_on_with_what_is_there(ana, world):
    answer = take(ana)

    assert (answer.status_code, answer.location) == (303, REGISTER)
    page = ana.get(REGISTER).page
    assert "Регистърът е поет" in page.text("main")
    assert not page.has(".notice.is-wrong")
    assert ana.send("/quarantine/entries", **fields()).status_code == 303
    assert len(kept(world.ana)) == 2


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"unlock-read": ""}, "unlock-read", "Отбележете, че сте прочели"),
        ({"unlock-password": ""}, "unlock-password", "Паролата не е вярна"),
    ],
)
def test_wants_both_words(ana, changes, field, sentence):
    answer = take(ana, **changes)
    assert answer.status_code == 422
    assert answer.page.text(f"#{field}-error").startswith(sentence)
    assert taken_over() == 0


def test_a_wrong_password_is_asked_again_and_stands_nowhere(ana):
    answer = take(ana, **{"unlock-password": "друга парола"})
    assert answer.status_code == 422
    assert "друга парола" not in answer.text
    assert taken_over() == 0


def test_is_of_what_was_read(ana):
    read = form_on(ana.get(PAGE))
    Entry.delete().execute()
    answer = ana.send(PAGE, **read | {"unlock-read": "yes", "unlock-password": PASSWORD})
    assert answer.status_code == 409
    assert "отново е променен" in answer.page.text(".error-summary")
    assert "Липсват: 2" in answer.page.text("main")
    assert taken_over() == 0


def test_pressed_twice_it_is_done_once(ana):
    sent = form_on(ana.get(PAGE)) | {"unlock-read": "yes", "unlock-password": PASSWORD}
    assert [ana.send(PAGE, **sent).status_code for _ in range(2)] == [303, 303]
    assert taken_over() == 1


def test_a_locked_register_is_opened_on_the_way_and_keeps_no_password_in_the_page(ana):
    read = form_on(ana.get(PAGE))
    lock(session_of(ana.token))
    assert "Липсват" not in ana.get(PAGE).text
    answer = ana.send(PAGE, **read | {"unlock-read": "yes", "unlock-password": "друга парола"})
    assert answer.status_code == 422
    assert "друга парола" not in answer.text
    assert ana.send(PAGE, **read | {"unlock-read": "yes", "unlock-password": PASSWORD}).status_code == 303
    assert taken_over() == 1


def test_where_nothing_is_lost_there_is_nothing_to_take(client, world):
    entered(world.ana)
    keep(client, world.ana)
    sent = {"unlock-read": "yes", "unlock-password": PASSWORD, "unlock-seen": ""}
    for answer in (client.get(PAGE), client.send(PAGE, **sent), client.send(PAGE)):
        assert answer.status_code == 303
        assert answer.location == REGISTER
    assert taken_over() == 0


def test_is_the_directors_alone(ana, client, world):
    sent = form_on(ana.get(PAGE)) | {"unlock-read": "yes", "unlock-password": PASSWORD, "unlock-reason": "X"}
    for person in (world.nora, world.oleg, world.delegate(Scope.REGISTER, Scope.SIGN)):
        client.sign_in(person)
        assert client.get(PAGE).status_code == 403
        assert client.send(PAGE, **sent).status_code == 403
    assert keep(client, world.boris).send(PAGE, **sent).status_code == 303
    assert taken_over() == 0


def test_outside_the_institution_nobody_learns_of_it(ana, client, world):
    take(ana)
    page = client.sign_in(world.oleg).get("/audit").page
    assert "нецял" not in page.text("main")
