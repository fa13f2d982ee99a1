"""What people read while the database is away, from a portal that was started over one that is not there."""

import json
import urllib.error
import urllib.request

import pytest

from portal.crypto.tokens import new_token
from tests.page import Page
from tests.served import served

AWAY = "postgresql://nobody@127.0.0.1:1/nothing"


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with served(AWAY, tmp_path_factory.mktemp("away")) as found:
        yield found


def ask(portal, path, **headers):
    """Status, headers and body."""
    request = urllib.request.Request(portal.address + path, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


@pytest.mark.parametrize("cookie", ["", f"session={new_token()}"], ids=["a stranger", "somebody logged in"])
@pytest.mark.parametrize("path", ["/", "/login", "/confirmations/2020-12", "/nothing/here"])
def test_everybody_reads_a_page_that_says_what_to_do(portal, path, cookie):
    status, headers, body = ask(portal, path, Cookie=cookie)

    assert (status, headers["Retry-After"], headers["Cache-Control"]) == (503, "60", "no-store")
    assert Page(body).text("h1") == "Порталът временно не работи"
    assert "Записаното преди това е запазено" in body
    assert "Опитайте отново след минута" in body


def test_htmx_says_it_on_the_page_that_is_there(portal):
    status, headers, body = ask(portal, "/confirmations/2020-12", **{"HX-Request": "true"})

    assert (status, headers["HX-Retarget"], headers["Retry-After"]) == (503, "#alert", "60")
    assert "<h1" not in body
    assert "Опитайте отново след минута" in body


def test_the_process_says_that_it_serves_and_what_is_missing(portal):
    assert ask(portal, "/healthz")[::2] == (200, "ok")
    assert ask(portal, "/readyz")[::2] == (503, "the database cannot be used: away")


def test_the_stylesheet_comes_all_the_same(portal):
    page = Page(ask(portal, "/")[2])

    assert ask(portal, page.one('link[rel="stylesheet"]').get("href"))[0] == 200


@pytest.mark.parametrize("path", ["/", "/readyz", "/login"])
def test_a_request_that_fails_is_one_line_beside_that_of_the_access(portal, path):
    before = portal.log.stat().st_size
    ask(portal, path, Cookie=f"session={new_token()}")
    with portal.log.open("rb") as log:
        log.seek(before)
        lines = [json.loads(line) for line in log]

    assert [line["logger"] for line in lines if line["logger"] != "gunicorn.access"] in (
        [],
        ["portal.web.http.errors"],
    )
    assert portal.log.stat().st_size - before < 1000
