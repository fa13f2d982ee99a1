"""The pages of a month whose data went with retention: they say so, and none of them breaks."""

import pytest

from portal.actions.retention.purging import purge
from portal.actions.signing.signing import sign
from portal.domain.decisions import Decision
from portal.storage.tables.campaigns import Campaign
from tests.cast import AFTER, MONTH, NOW, PASSWORD, SITE, add_record

LIST = "/confirmations/2020-12"


@pytest.fixture(autouse=True)
def erased(world):
    record = add_record(
        decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW, family="Неповторимова"
    )
    add_record(world.boris.institution)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
    Campaign.update(answered_at=AFTER).execute()
    purge(MONTH.plus(1), site=SITE, now=AFTER)
    return record


@pytest.mark.parametrize("who", ["ana", "boris"])
def test_the_first_page_says_that_it_is_erased(client, world, who):
    client.sign_in(getattr(world, who)).at(AFTER)
    card = client.get("/").page.text("#month-2020-12")

    assert "заличено" in card
    assert "заличени след изтичане на срока за съхранение" in card
    assert "receipt" not in client.get("/").text


@pytest.mark.parametrize("address", [LIST, f"{LIST}/history", f"{LIST}/sign", "/confirmations/"])
@pytest.mark.parametrize("who", ["ana", "boris"])
def test_every_page_of_it_answers(client, world, who, address):
    answer = client.sign_in(getattr(world, who)).at(AFTER).get(address)

    assert answer.status_code == 200
    assert "заличен" in answer.page.text().casefold() or address.endswith("history")
    assert "Неповторимова" not in answer.text


@pytest.mark.parametrize("address", [f"{LIST}/receipt.pdf", f"{LIST}/declaration.json"])
def test_its_papers_are_gone(client, world, address):
    answer = client.sign_in(world.ana).at(AFTER).get(address)

    assert answer.status_code in (404, 409)
    assert "заличен" in answer.page.text()


def test_nothing_can_be_changed(client, world, erased):
    ana = client.sign_in(world.ana).at(AFTER)

    assert ana.send(f"{LIST}/records/{erased.id}", decision="refused", version="1").status_code == 404
    assert ana.send(f"{LIST}/sign", password=PASSWORD).status_code == 409
    assert ana.send(f"{LIST}/nothing").status_code == 409
    assert ana.send(f"{LIST}/confirm-rest", sure="yes").status_code in (404, 409)


def test_regional_offices_see_it_as_erased_with_its_counts(client, world):
    page = client.sign_in(world.nora).at(AFTER).get("/oversight/2020-12").page

    assert "заличено" in page.text("#institution-2200000")
    assert "28.01.2021" in page.text("#institution-2200000")
