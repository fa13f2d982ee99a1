"""GET /static/portal-<digest>.css and .js: everything a page loads, once."""

import gzip
import re

import brotli
import pytest
from flask import Flask

from portal.domain.decisions import Decision
from portal.storage.tables.db import db
from portal.web.http.assets import CACHED_FOR_A_YEAR, HTMX, SCRIPTS, STATIC, STYLES, WORKING, init_assets
from tests.cast import add_record

# Bytes sent for htmx (12,001 of them), ours, and the list's forms, which need not come with each list;
# and for what few visits need, which is not sent until one does.
LARGEST_SCRIPT = 18_060
LARGEST_WORKING = 2_350
LARGEST_STYLE = 4_510


def address_of(client, name):
    """Where the login page, which anyone sees, says that the file is."""
    page = client.get("/healthz/not-there").page
    selector = 'link[rel="stylesheet"]' if name.endswith("css") else "script"
    return page.one(selector).get("href") or page.one(selector).get("src")


def fetch(client, address, coding="br", **headers):
    return client.http.get(address, headers={"Accept-Encoding": coding, **headers})


@pytest.mark.parametrize(("name", "mimetype"), [("portal.css", "text/css"), ("portal.js", "text/javascript")])
def test_is_kept_by_the_browser_for_good(client, name, mimetype):
    response = fetch(client, address_of(client, name))

    assert response.status_code == 200
    assert response.mimetype == mimetype
    assert response.headers["Cache-Control"] == CACHED_FOR_A_YEAR
    assert response.headers["Vary"] == "Accept-Encoding"
    assert not {"Set-Cookie", "ETag"} & set(response.headers.keys())


@pytest.mark.parametrize("name", ["portal.css", "portal.js"])
def test_is_the_same_in_every_coding(client, name):
    address = address_of(client, name)
    plain = fetch(client, address, "identity").data

    assert brotli.decompress(fetch(client, address, "gzip, deflate, br").data) == plain
    assert gzip.decompress(fetch(client, address, "gzip").data) == plain
    assert fetch(client, address, "").headers.get("Content-Encoding") is None


@pytest.mark.parametrize("coding", ["", "deflate", "zstd, compress", "identity;q=0", "*;q=0"])
def test_goes_out_plain_to_who_asks_for_no_coding_of_ours(client, coding):
    answer = fetch(client, address_of(client, "portal.css"), coding)

    assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, None)


def test_goes_out_plain_to_who_asks_for_none(client):
    answer = client.http.get(address_of(client, "portal.css"))

    assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, None)


def test_is_small_enough_for_a_slow_line(client):
    assert len(fetch(client, address_of(client, "portal.js")).data) <= LARGEST_SCRIPT
    assert len(fetch(client, address_of(client, "portal.css")).data) <= LARGEST_STYLE
    working = client.app.jinja_env.globals["asset"]("working.js")
    assert len(fetch(client, working).data) <= LARGEST_WORKING


def test_the_script_knows_where_the_second_one_is(client):
    script = fetch(client, address_of(client, "portal.js"), "identity").text

    assert script.endswith(f',"{client.app.jinja_env.globals["asset"]("working.js")}")')


@pytest.mark.parametrize("markup", ["<p>`</p>", "<p>\\u0431</p>", "<p>${htmx}</p>", "<p>\"'</p>"])
def test_markup_arrives_in_the_script_as_it_was(tmp_path, markup):
    app = Flask("portal", static_folder=None)
    init_assets(app, copied(tmp_path / "a"), markup={"portal.js": {"a": markup}})

    said = app.extensions["assets"]["portal.js"].codings["identity"].decode()
    assert unquoted(said[said.index('{"a":`') + 6 : said.rindex("`}")]) == markup.removesuffix("</p>")


def unquoted(template: str) -> str:
    """As a browser reads what stands between two marks."""
    return re.sub(r"\\(.)", r"\1", template)


def test_a_page_loads_two_files_and_nothing_else(client):
    page = client.get("/healthz/not-there").page

    loaded = [*page.root.xpath("//@src"), *page.root.xpath("//link/@href")]
    assert len([address for address in loaded if not address.startswith("data:")]) == 2
    assert page.one('link[rel="icon"]').get("href").startswith("data:")


def test_answers_that_nothing_changed_to_who_has_to_ask(client):
    address = "/static/portal-0000000000000000.css"
    tag = fetch(client, address).headers["ETag"]

    again = fetch(client, address, **{"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert fetch(client, address, "gzip", **{"If-None-Match": tag}).status_code == 200


def test_an_older_page_gets_todays_style_but_does_not_keep_it(client):
    response = fetch(client, "/static/portal-0000000000000000.css")

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("address", ["/static/other-00.css", "/static/portal.css", "/static/../wsgi.py"])
def test_serves_no_other_file(client, address):
    assert client.http.get(address).status_code == 404


def test_asks_the_database_nothing(client, monkeypatch):
    address = address_of(client, "portal.css")
    monkeypatch.setattr(db.obj, "connect", lambda **_: pytest.fail("connected"))

    assert fetch(client, address).status_code == 200


def test_the_name_changes_with_the_content(tmp_path):
    before, after = bundled(tmp_path / "a"), bundled(tmp_path / "b", style="p { margin: 0 }")

    assert before["portal.css"].address != after["portal.css"].address
    assert before["portal.js"].address == after["portal.js"].address


def test_leaves_out_comments(tmp_path):
    bundle = bundled(tmp_path / "a", style="/* why */\np {\n  margin: 0;\n}", script="// why\n  go('//x');")
    second = bundle["working.js"].address.encode()

    assert bundle["portal.css"].codings["identity"].strip() == b"p{margin:0}"
    assert (
        bundle["portal.js"]
        .codings["identity"]
        .endswith(b';\n(()=>{"use strict";go("//x")})({},"' + second + b'")')
    )


def test_a_script_of_one_page_has_its_own_name(tmp_path):
    folder = copied(tmp_path / "a")
    (folder / "js/signing.js").write_text("sign();", "utf-8")
    app = Flask("portal", static_folder=None)
    init_assets(app, folder)

    address = app.jinja_env.globals["asset"]("signing.js")
    assert re.fullmatch(r"/static/signing-[0-9a-f]{16}\.js", address)
    assert app.test_client().get(address, headers={"Accept-Encoding": "identity"}).data == b"sign()"


@pytest.mark.parametrize("page", ["", "/sign"])
def test_what_a_director_does_each_month_needs_one_style(client, world, page):
    add_record(decision=Decision.CONFIRMED)
    answer = client.sign_in(world.ana).get(f"/confirmations/2020-12{page}")

    assert len(styles_of(answer, "/static/")) == 1


def test_only_the_register_loads_its_style(client, world):
    client.sign_in(world.ana)

    assert not styles_of(client.get("/confirmations/2020-12"), "register")
    (address,) = styles_of(client.get("/quarantine/"), "register")
    assert ".code-groups" in fetch(client, address, "identity").text


def styles_of(answer, name):
    return [each for each in answer.page.root.xpath("//link[@rel='stylesheet']/@href") if name in each]


def test_another_htmx_stops_the_start(tmp_path):
    folder = copied(tmp_path / "a")
    with (folder / HTMX).open("a", encoding="utf-8") as file:
        file.write(" ")

    with pytest.raises(RuntimeError, match="SHA-256 differs"):
        init_assets(Flask("portal", static_folder=None), folder)


def copied(folder, style="", script=""):
    """A folder of assets with the real htmx and little else."""
    for name in ("css", "js/portal", "js/working", "vendor"):
        (folder / name).mkdir(parents=True)
    for name in STYLES:
        (folder / "css" / name).write_text(style if name == STYLES[0] else "", "utf-8")
    for name in SCRIPTS:
        (folder / "js/portal" / name).write_text(script if name == SCRIPTS[0] else "", "utf-8")
    for name in WORKING:
        (folder / "js/working" / name).write_text("", "utf-8")
    (folder / HTMX).write_bytes((STATIC / HTMX).read_bytes())
    return folder


def bundled(folder, **sources):
    app = Flask("portal", static_folder=None)
    init_assets(app, copied(folder, **sources))
    return app.extensions["assets"]
