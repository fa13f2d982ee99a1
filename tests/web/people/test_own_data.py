"""/account/data: what the portal holds of one's own account, to be kept."""

import pytest

from portal.storage.tables.audit import AuditEntry
from tests.cast import PASSWORD

ADDRESS = "/account/data"


@pytest.mark.parametrize("who", ["ana", "dora", "nora", "oleg"])
def test_everybody_gets_what_is_held_of_him(client, world, who):
    person = getattr(world, who)
    answer = client.sign_in(person).send(ADDRESS)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="account-')
    assert answer.headers["Cache-Control"] == "no-store"
    text = answer.data.decode("utf-8-sig")
    assert f"  Имена: {person.name}\r\n" in text
    assert f"  Номер на профила: {person.user_id}\r\n" in text
    made = AuditEntry.select().where(AuditEntry.what == "exported_account").get()
    assert made.who == person.user_id


def test_nobody_gets_what_is_held_of_another(client, world):
    text = client.sign_in(world.boris).send(f"{ADDRESS}?user={world.ana.user_id}", user=world.ana.user_id)

    assert "Ана Янева" not in text.data.decode()


def test_a_stranger_is_asked_to_log_in(client, world):
    assert client.send(ADDRESS).status_code == 303


def test_a_link_from_elsewhere_makes_no_copy(client, world):
    assert client.sign_in(world.ana).send(ADDRESS, token="forged").status_code == 400
    assert client.get(ADDRESS).status_code == 405
    assert AuditEntry.select().count() == 0


def test_the_page_of_the_account_leads_there(client, world):
    page = client.sign_in(world.ana).get("/account").page

    assert page.has(f'form[action="{ADDRESS}"]')
    assert PASSWORD not in page.text("main")
