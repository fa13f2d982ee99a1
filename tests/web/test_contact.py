"""Whom to call at the operator (PORTAL_CONTACT): at each foot, and where a deadline was missed."""

import dataclasses

import pytest

from tests.cast import AFTER, add_record

CALL = "02 123 4567, помощ от 9 до 17 ч."
OTHER = "02 123 4567, в работни дни"


@pytest.fixture
def config(config):
    return dataclasses.replace(config, contact=CALL)


def test_stands_at_the_foot_of_every_page(client, world):
    assert CALL in client.get("/login").page.text("footer")
    assert CALL in client.sign_in(world.nora).get("/").page.text("footer")
    assert CALL in client.get("/confirmations/2020-12").page.text("footer"), "of an error page as well"


def test_stands_on_the_page_of_who_has_tried_too_often(client, world):
    for _ in range(12):
        answer = client.send("/login", email="ana@example.org", password="не е тази парола")

    assert answer.status_code == 429
    assert CALL in answer.page.text("footer")


@pytest.mark.parametrize("address", ["/", "/confirmations/2020-12", "/confirmations/2020-12/sign"])
def test_is_told_to_who_missed_the_deadline(client, world, address):
    add_record()
    told = client.at(AFTER).sign_in(world.ana).get(address).page.text("main")

    assert "Не е подписано в срок: към АСП се подава „няма информация“." in told
    assert f"обадете се на ЦИОО: {CALL}" in told


def test_without_one_nothing_stands_there(client, world, config, app):
    portal = app.extensions["portal"]
    app.extensions["portal"] = dataclasses.replace(portal, config=dataclasses.replace(config, contact=""))

    assert "За въпроси" not in client.get("/login").page.text("footer")


def test_ends_its_sentence_with_one_full_stop(client, world, app):
    add_record()
    client.at(AFTER).sign_in(world.ana)
    assert f"обадете се на ЦИОО: {CALL}" in client.get("/confirmations/2020-12").page.text("main")
    assert f"{CALL}." not in client.get("/confirmations/2020-12").page.text("main")

    portal = app.extensions["portal"]
    app.extensions["portal"] = dataclasses.replace(
        portal, config=dataclasses.replace(portal.config, contact=OTHER)
    )
    assert f"обадете се на ЦИОО: {OTHER}." in client.get("/confirmations/2020-12").page.text("main")
