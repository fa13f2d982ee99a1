"""GET and POST /forgotten"""

from time import perf_counter

import pytest

from portal.domain.accounts import FREE_REQUESTS
from portal.web.people.activation import EVEN_SECONDS
from tests.mail.letters import readers


@pytest.mark.parametrize(
    ("email", "written"), [("Ana@example.org", ["ana@example.org"]), ("nobody@example.org", [])]
)
def test_answers_alike_after_the_same_time(client, email, written):
    client.get("/login")
    started = perf_counter()
    answer = client.send("/forgotten", email=email)

    assert perf_counter() - started >= EVEN_SECONDS
    assert (answer.status_code, answer.location) == (303, "/forgotten/sent")
    assert "Ако има активиран достъп с този адрес" in client.get(answer.location).page.text("main")
    assert readers() == written


@pytest.mark.parametrize("email", ["", "ana"])
def test_asks_for_an_address(client, email):
    answer = client.send("/forgotten", email=email)
    assert answer.status_code == 422
    assert answer.page.text("#email-error")


def test_is_not_asked_without_end(client, monkeypatch):
    monkeypatch.setattr("portal.web.people.activation.EVEN_SECONDS", 0)
    for number in range(FREE_REQUESTS):
        assert client.send("/forgotten", email=f"n{number}@example.org").status_code == 303
    answer = client.send("/forgotten", email="ana@example.org")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "15")


def test_is_open_to_who_is_not_in(client):
    assert client.get("/forgotten").page.has('input[name="email"]')
