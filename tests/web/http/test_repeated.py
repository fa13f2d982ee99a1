"""Forms in which a field comes more than once."""

from io import BytesIO

import pytest

from portal.domain.decisions import Decision
from portal.domain.people import Scope
from portal.storage.tables.people import Delegation, Login, User
from tests.cast import PASSWORD, add_record, stored

SENTENCE = "изпратено повече от веднъж"
TERMS = {"order_number": "РД-15/28.01.2021", "until": "2021-06-30"}


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize("other", ["refused", "confirmed"])
def test_a_decision_that_is_said_twice_is_none(client, world, other, htmx):
    record = add_record()
    address = f"/confirmations/2020-12/records/{record.id}"
    answer = client.sign_in(world.ana).send(
        address, decision=["confirmed", other], version=str(record.version), htmx=htmx
    )
    assert answer.status_code == 400
    assert SENTENCE in answer.text
    assert stored(record).decision is Decision.PENDING


@pytest.mark.parametrize("field", ["email", "password", "next"])
def test_nobody_logs_in_with_two_of_a_kind(client, world, field):
    fields = {"email": "ana@example.org", "password": PASSWORD, "next": "/"}
    answer = client.send("/login", **(fields | {field: [fields[field], "друго"]}))
    assert answer.status_code == 400
    assert SENTENCE in answer.page.text("main")
    assert Login.select().count() == 0


def test_two_files_in_one_field_are_none(client, world):
    files = {"file": [(BytesIO(b"a"), "a.txt"), (BytesIO(b"b"), "b.txt")]}
    answer = client.sign_in(world.oleg).send("/calendar/institutions", files=files)
    assert answer.status_code == 400
    assert SENTENCE in answer.page.text("main")


def test_boxes_that_are_ticked_together_are_taken_together(client, world):
    who = {"name": "Ема Ганева", "email": "ema@example.org"}
    answer = client.sign_in(world.ana).send("/delegates/", scopes=["decide", "quarantine"], **who, **TERMS)
    assert answer.status_code == 303
    ema = User.get(User.email == "ema@example.org")
    assert Delegation.get(Delegation.user == ema).scope_set == {Scope.DECIDE, Scope.REGISTER}


def test_a_delegate_with_two_addresses_is_not_named(client, world):
    answer = client.sign_in(world.ana).send(
        "/delegates/", scopes="decide", name="Ема", email=["ema@example.org", "eva@example.org"], **TERMS
    )
    assert answer.status_code == 400
    assert not User.select().where(User.email.startswith("e")).exists()


def test_who_is_not_logged_in_is_sent_to_the_login_all_the_same(client, world):
    answer = client.http.post("/account/elsewhere", data={"a": ["1", "2"]})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")


def test_a_foreign_form_is_told_to_be_that(client, world):
    answer = client.sign_in(world.ana).send("/account/elsewhere", token="", login=["1", "2"])
    assert answer.status_code == 400
    assert SENTENCE not in answer.text
