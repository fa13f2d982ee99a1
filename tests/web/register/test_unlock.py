"""POST /quarantine/unlock, and /quarantine/lock"""

from datetime import timedelta

import pytest

from portal.actions.register.reasons import reasons_of
from portal.domain.people import Scope
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.people import Login
from portal.storage.tables.register import Grant, RegisterUse
from tests.actions.register.unlocked import add_envelope, entered, keep, opened_session, session_of
from tests.cast import NOW, PASSWORD, SITE

ADDRESS = "/quarantine/unlock"


@pytest.fixture
def dora(world):
    return world.delegate(Scope.REGISTER)


@pytest.fixture
def entry(world, dora):
    return entered(world.ana)


def opened(person):
    return [
        row.object.partition(":")[0]
        for row in AuditEntry.select().where(
            (AuditEntry.what == "register_opened") & (AuditEntry.who == person.user_id)
        )
    ]


def test_the_password_opens_the_register(client, world, entry):
    answer = client.sign_in(world.ana).send(ADDRESS, password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/quarantine/")
    assert "Калина" in client.get("/quarantine/").text
    assert opened(world.ana) == ["collection"]


def test_goes_back_to_the_page_that_was_wanted(client, world, entry):
    address = f"/quarantine/entries/{entry[0]}"
    page = client.sign_in(world.ana).get(address).page
    back = page.fields(page.one(f'form[action="{ADDRESS}"]'))["next"]
    assert back == address
    assert client.send(ADDRESS, password=PASSWORD, next=back).location == address


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org", "/logout", "/quarantine//example.org", "/\\x", ""]
)
def test_goes_nowhere_else(client, world, entry, elsewhere):
    answer = client.sign_in(world.ana).send(ADDRESS, password=PASSWORD, next=elsewhere)
    assert answer.location == "/quarantine/"


def test_a_wrong_password_is_said_beside_its_field(client, world, entry):
    answer = client.sign_in(world.ana).send(ADDRESS, password="друга", next="/quarantine/2020-12")
    page = answer.page
    assert answer.status_code == 422
    assert page.text("#password-error").startswith("Паролата не е вярна. Въведете я отново.")
    assert page.one("input[name=next]").get("value") == "/quarantine/2020-12"
    assert session_of(client.token).login.wrapped_x25519 is None
    assert opened(world.ana) == []


def test_waits_after_many_wrong_passwords(client, world, entry):
    client.sign_in(world.ana)
    for _ in range(5):
        assert client.send(ADDRESS, password="друга").status_code == 422
    answer = client.send(ADDRESS, password=PASSWORD)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.page.has(f'form[action="{ADDRESS}"]')
    assert client.at(NOW + timedelta(minutes=30)).send(ADDRESS, password=PASSWORD).status_code == 303


def test_who_has_no_key_opens_nothing_with_the_password(client, world, entry):
    Grant.delete().where(Grant.holder == f"user:{world.ana.user_id}").execute()
    client.sign_in(world.ana).send(ADDRESS, password=PASSWORD)
    assert "Калина" not in client.get("/quarantine/").text
    assert opened(world.ana) == []


# ---- A delegate says why


@pytest.mark.parametrize("reason", ["", "  ", "х" * 201])
def test_a_delegate_gives_a_short_reason(client, dora, entry, reason):
    answer = client.sign_in(dora).send(ADDRESS, password=PASSWORD, reason=reason)
    assert answer.status_code == 422
    assert answer.page.has("#reason-error")
    assert session_of(client.token).login.wrapped_x25519 is None


def test_the_reason_is_kept_sealed_for_the_director(client, world, dora, entry):
    client.sign_in(dora).send(ADDRESS, password=PASSWORD, reason="Майката на Калина се обади.")

    (use,) = RegisterUse.select()
    assert (use.user.id, use.at, use.what) == (dora.user_id, NOW, "opened")
    assert "Калина".encode() not in bytes(use.sealed)
    told = reasons_of(world.ana, opened_session(world.ana), [use.id], site=SITE, now=NOW)
    assert told == {use.id: "Майката на Калина се обади."}
    assert opened(dora) == ["use"]
    assert "Калина" in client.get("/quarantine/").text


def test_a_director_is_asked_for_no_reason(client, world, entry):
    client.sign_in(world.ana).send(ADDRESS, password=PASSWORD, reason="някаква")
    assert not RegisterUse.select().exists()


def test_there_is_nothing_to_give_a_reason_for_before_the_first_entry(client, world, dora):
    add_envelope(world.ana)
    page = client.sign_in(dora).get("/quarantine/").page
    assert not page.has("input[name=reason]")
    assert client.send(ADDRESS, password=PASSWORD).status_code == 303


# ---- Locking


def test_locks_at_once(client, world, entry):
    keep(client, world.ana)
    answer = client.send("/quarantine/lock")
    assert (answer.status_code, answer.location) == (303, "/quarantine/")
    assert "Калина" not in client.get("/quarantine/").text
    assert session_of(client.token).login.wrapped_x25519 is None


def test_locking_what_is_locked_is_no_fault(client, world, entry):
    client.sign_in(world.ana)
    assert client.send("/quarantine/lock").status_code == 303


# ---- Who may


@pytest.mark.parametrize("path", ["unlock", "lock"])
def test_other_offices_have_nothing_to_unlock(client, world, entry, path):
    signer = world.delegate(Scope.DECIDE, Scope.SIGN)
    for person in (world.nora, world.oleg, signer):
        client.sign_in(person)
        assert client.send(f"/quarantine/{path}", password=PASSWORD, reason="x").status_code == 403
    assert (
        not Login.select()
        .where(Login.wrapped_x25519.is_null(False) & (Login.user != world.ana.user_id))
        .exists()
    )


def test_a_password_inside_another_form_unlocks_nothing_for_other_offices(client, world, entry):
    client.sign_in(world.nora)
    answer = client.send("/quarantine/entries", **{"unlock-password": PASSWORD})
    assert answer.status_code == 403
    assert session_of(client.token).login.wrapped_x25519 is None
