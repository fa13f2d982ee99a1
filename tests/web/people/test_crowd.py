"""POST /login over HTTP, as gunicorn serves it: who waits for a turn, and who is told to come back."""

import os
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest

from portal.crypto.slots import Slots
from portal.crypto.tokens import new_token, token_digest
from portal.storage.tables.people import Device, Failures
from tests.cast import NOW, PASSWORD, add_login
from tests.served import served
from tests.waiting import PATIENCE

PROCESSES, PLACES, STRANGERS = 2, 2, 30
WRONG = "не е тази парола"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Browser:
    """Through a proxy that says where it comes from; with its own cookies."""

    def __init__(self, address, network, **cookies):
        self.line = HTTPConnection(address.removeprefix("http://"), timeout=PATIENCE)
        self.network = network
        self.cookies = cookies

    def ask(self, path, **form):
        """Status, headers and text."""
        headers = {
            "X-Forwarded-For": self.network,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.line.request("POST" if form else "GET", path, urlencode(form) or None, headers)
        response = self.line.getresponse()
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return response.status, response.headers, response.read().decode()

    def open_form(self):
        self.token = TOKEN.search(self.ask("/login")[2])[1]
        return self

    def log_in(self, email, password=PASSWORD):
        return self.ask("/login", csrf_token=self.token, email=email, password=password)


@pytest.fixture
def slots(tmp_path):
    """Where the server's processes keep their turns; whoever takes one here holds it against all of them."""
    return Slots(tmp_path / f"portal-slots-{os.getuid()}", name="stranger", count=1)


@pytest.fixture
def portal(world, database, tmp_path):
    with served(database, tmp_path, PORTAL_TRUSTED_PROXIES="1", TMPDIR=str(tmp_path)) as server:
        yield server.address


@pytest.fixture
def browser(portal):
    """Make one at an address."""
    made = []

    def new(network, **cookies):
        made.append(Browser(portal, network, **cookies))
        return made[-1]

    yield new
    for each in made:
        each.line.close()


@pytest.mark.both_databases
def test_a_flood_of_strangers_leaves_threads_for_everybody_else(browser, world, slots):
    inside = new_token()
    add_login(inside, world.ana.user_id)
    director = browser("198.51.100.7", session=inside)
    strangers = [browser(f"203.0.113.{number}").open_form() for number in range(STRANGERS)]
    with ThreadPoolExecutor(STRANGERS) as crowd, slots.turn():
        asked = [crowd.submit(stranger.log_in, "boris@example.org", WRONG) for stranger in strangers]
        answers = as_completed(asked, timeout=PATIENCE)
        told = [next(answers).result() for _ in range(STRANGERS - PROCESSES * PLACES)]
        assert director.ask("/confirmations/2020-12")[0] == director.ask("/healthz")[0] == 200

    assert {status for status, _, _ in told} == {503}
    assert all(1 <= int(headers["Retry-After"]) <= 3 for _, headers, _ in told)
    assert all("Сега влизат много хора" in text and WRONG not in text for _, _, text in told)
    statuses = Counter(answer.result()[0] for answer in asked)
    assert set(statuses) == {422, 503}
    assert statuses[422] <= PROCESSES * PLACES
    # One for the account, and for each who was tried one for the account there and one for the address.
    assert Failures.select().count() == 1 + 2 * statuses[422]


def test_a_known_browser_does_not_stand_in_that_line(browser, world, slots):
    device = new_token()
    Device.create(digest=token_digest(device), user=world.ana.user_id, made_at=NOW, seen_at=NOW)
    with slots.turn():
        assert browser("203.0.113.1", device=device).open_form().log_in("ana@example.org")[0] == 303
