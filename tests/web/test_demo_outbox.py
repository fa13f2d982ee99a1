"""GET /demo/outbox"""

import dataclasses

import pytest

from portal.actions.people.accounts import send_reset
from portal.app import create_app
from tests.cast import NOW, SITE
from tests.page import Client


@pytest.fixture
def written(world):
    send_reset(world.oleg, world.ana.user_id, site=SITE, now=NOW)


def test_shows_the_letters_with_links_to_click(config, world, written):
    config = dataclasses.replace(config, env="demo")
    page = Client(create_app(config), config).get("/demo/outbox").page
    assert "До ana@example.org" in page.text("article")
    assert page.one("article a").get("href").startswith("http://localhost/activate/")


@pytest.mark.parametrize("env", ["test", "production"])
def test_shows_nobody_anothers_link_anywhere_else(config, world, written, env):
    config = dataclasses.replace(config, env=env)
    client = Client(create_app(config), config).sign_in(world.oleg)
    answer = client.get("/demo/outbox")
    assert answer.status_code == 404
    assert "ana@example.org" not in answer.text
