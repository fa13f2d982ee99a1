"""What every answer tells the browser about what it may load, keep and show."""

import pytest
from flask import Flask, Response

from portal.web.http.headers import allow_local_signing, init_headers
from portal.web.http.htmx import alert, init_htmx, page_or_fragment, redirect_whole_page

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ADDRESSES = ["/", "/healthz", "/not-there", "/confirmations/2020-12"]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("signed_in", [True, False])
def test_every_answer_is_guarded(client, world, address, signed_in):
    if signed_in:
        client.sign_in(world.ana)
    headers = client.get(address).headers

    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_what_is_swapped_into_a_page_says_only_what_that_does_not(client, world):
    headers = client.sign_in(world.ana).get("/confirmations/2020-12", htmx=True).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert sum(len(name) + len(value) + 4 for name, value in headers) < 300


@pytest.mark.parametrize("name", ["portal.css", "portal.js"])
def test_style_and_script_say_only_what_is_not_a_documents(client, name):
    headers = client.get(client.app.jinja_env.globals["asset"](name)).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not {"Content-Security-Policy", "Permissions-Policy", "Referrer-Policy"} & set(headers.keys())


@pytest.mark.parametrize("address", ["/not-there", "/confirmations/2020-12"])
def test_no_page_is_kept_by_the_browser(client, world, address):
    headers = client.sign_in(world.ana).get(address).headers

    assert headers["Cache-Control"] == "no-store"
    assert "HX-Request" in headers["Vary"]


def test_a_part_is_never_taken_for_its_page(client):
    assert "HX-Request" in client.get("/not-there", htmx=True).headers["Vary"]


def test_what_answers_a_post_with_a_part_is_kept_by_nobody(client, world):
    answer = client.sign_in(world.ana).send("/confirmations/2020-12/records/1", htmx=True, decision="pending")

    assert (answer.headers["Cache-Control"], "Vary" in answer.headers) == ("no-store", False)


def test_tells_browsers_to_stay_with_tls_where_there_is_tls(client):
    assert "Strict-Transport-Security" not in client.get("/healthz").headers
    secure = client.http.get("/healthz", base_url="https://localhost")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.fixture
def small():
    """An application of three views, to see what a view may change."""
    app = Flask("portal", static_folder=None, template_folder="../templates")
    init_headers(app)
    init_htmx(app)
    return app


def test_only_a_page_that_asks_reaches_the_local_signing_service(small):
    small.add_url_rule("/sign", "sign", lambda: allow_local_signing(Response("")))
    small.add_url_rule("/other", "other", lambda: Response(""))

    signing = small.test_client().get("/sign").headers["Content-Security-Policy"]
    assert "connect-src 'self' https://localhost:53952 https://localhost:53953" in signing
    assert signing.count("localhost") == 4
    assert "localhost" not in small.test_client().get("/other").headers["Content-Security-Policy"]


def test_a_view_may_let_its_answer_be_kept(small):
    small.get("/kept")(lambda: Response("", headers={"Cache-Control": "max-age=60"}))

    assert small.test_client().get("/kept").headers["Cache-Control"] == "max-age=60"


def test_an_alert_goes_to_the_top_of_the_page_that_stays(small):
    small.get("/alert")(lambda: alert("Файлът е твърде голям & <тежък>.", 413))

    answer = small.test_client().get("/alert", headers={"HX-Request": "true"})
    assert answer.status_code == 413
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#alert", "innerHTML")
    assert "Файлът е твърде голям &amp; &lt;тежък&gt;." in answer.text


def test_an_ended_login_moves_the_whole_page(small):
    small.get("/gone")(lambda: redirect_whole_page("/login", 401))

    answer = small.test_client().get("/gone")
    assert (answer.status_code, answer.headers["HX-Redirect"], answer.data) == (401, "/login", b"")


@pytest.mark.parametrize(
    ("headers", "part"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_a_part_is_sent_only_where_htmx_swaps_it_in(small, headers, part):
    names = {"heading": "Няма такава страница", "sentence": "Проверете адреса."}
    small.get("/")(lambda: page_or_fragment("errors/broken.html", "errors/_alert.html", **names))
    small.jinja_env.globals["asset"] = str

    text = small.test_client().get("/", headers=headers).text
    assert ("<html" not in text) is part
