"""Rows that open something, written past the portal: over HTTP they open nothing."""

import pytest

from portal.crypto.tokens import new_token, token_digest
from portal.storage.tables.people import Delegation, Login
from tests.cast import NOW

pytestmark = pytest.mark.both_databases


def test_a_login_that_the_portal_did_not_make_is_nobodys(client, world):
    client.token = new_token()
    Login.create(digest=token_digest(client.token), user=world.ana.user_id, made_at=NOW, seen_at=NOW)
    client.http.set_cookie("session", client.token, domain="localhost")

    answer = client.get("/confirmations/2020-12")

    assert (answer.status_code, answer.location) == (303, "/login?next=/confirmations/2020-12")


def test_nor_is_one_that_was_turned_to_another_person(client, world):
    client.sign_in(world.boris)
    Login.update(user=world.ana.user_id).execute()

    assert client.get("/confirmations/2020-12").status_code == 303


def test_a_delegate_may_not_do_what_was_written_into_the_order(client, world):
    Delegation.update(scopes="decide,sign").execute()

    assert client.sign_in(world.dora).get("/confirmations/2020-12/sign").status_code == 403
