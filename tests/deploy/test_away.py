"""What people read from nginx while the portal is away, and the pages themselves."""

import re

import pytest

from tests.page import Page
from tests.served import ROOT

PAGES = sorted((ROOT / "deploy" / "pages").glob("*.html"))
SHEETS = "".join(sheet.read_text() for sheet in (ROOT / "static" / "css").glob("*.css"))
COLOUR = re.compile(r"#[0-9a-f]{6}\b")


@pytest.mark.nginx
@pytest.mark.xdist_group("nginx")
@pytest.mark.parametrize(
    "path", ["/", "/login", "/confirmations/2020-12", "/healthz", "/static/portal-0.css"]
)
def test_everybody_reads_that_nothing_was_lost_and_the_browser_comes_back(alone, visitor, path):
    answer = visitor(alone).get(path)

    assert (answer.status, answer.heading) == (502, "Порталът временно не работи")
    assert "Записаното преди това е запазено" in answer.text
    assert (answer.headers["Retry-After"], answer.headers["Refresh"]) == ("60", "30")
    assert (answer.headers["Cache-Control"], answer.headers["Server"]) == ("no-store", "nginx")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.nginx
@pytest.mark.xdist_group("nginx")
@pytest.mark.parametrize(("path", "status"), [("/login", 502), ("/campaigns/load", 503)])
def test_what_was_sent_is_not_sent_again_by_itself(alone, visitor, path, status):
    answer = visitor(alone).send(path, email="ana@example.org")

    assert (answer.status, answer.heading) == (status, "Порталът временно не работи")
    assert answer.headers["Retry-After"] == "60"
    assert "Refresh" not in answer.headers


@pytest.mark.nginx
@pytest.mark.xdist_group("nginx")
def test_the_pages_have_no_address_of_their_own(alone, visitor):
    for page in PAGES:
        assert visitor(alone).get(f"/.pages/{page.name}").status == 404


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_needs_nothing_else_and_looks_like_the_portal(path):
    text = path.read_text()
    page = Page(text)

    assert page.text("title") == f"{page.text('h1')} – Потвърждения към АСП"
    assert "запазено" in page.text("main")
    assert page.root.xpath("//@href") == ["data:,", "/", "/"]
    assert not page.has("script, img, [src], [style], meta[http-equiv]")
    assert set(COLOUR.findall(text)) <= set(COLOUR.findall(SHEETS))
    assert page.text("style") == Page(PAGES[0].read_text()).text("style")
