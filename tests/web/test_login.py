"""GET and POST /login, POST /logout."""

import pytest

from portal.storage.people import Device, Failures, Login, User
from tests.cast import PASSWORD


@pytest.fixture
def log_in(client):
    def send(email="ana@example.org", password=PASSWORD, **more):
        return client.send("/login", email=email, password=password, **more)

    return send


def test_lets_the_director_in(client, log_in):
    answer = log_in()

    assert answer.status_code == 303
    assert answer.location == "/"
    assert client.http.get_cookie("session", domain="localhost") is not None
    assert client.get("/login").status_code == 303
    assert Login.get().user.name == "Ана Янева"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ana@example.org", "не е тази парола"),
        ("nobody@example.org", PASSWORD),
        ("", ""),
        ("ana@example.org", ""),
    ],
)
def test_answers_every_mistake_alike(log_in, email, password):
    answer = log_in(email, password)

    assert answer.status_code == 422
    assert "Адресът или паролата не са верни" in answer.page.text("#password-error")
    assert Login.select().count() == 0
