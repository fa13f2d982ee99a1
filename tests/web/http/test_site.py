"""portal.web.http.site: by which addresses visitors are counted, and whether those are their own."""

from datetime import timedelta

import pytest

from portal.web.http.site import origin
from tests.cast import NOW

WARNING = "PORTAL_TRUSTED_PROXIES is 0"
NOTICE = "Порталът не вижда от кои адреси идват хората"
FORWARDED = {"X-Forwarded-For": "203.0.113.9"}


@pytest.mark.parametrize(
    ("address", "network", "block"),
    [
        ("203.0.113.9", "203.0.113.9", ""),
        ("::ffff:203.0.113.9", "203.0.113.9", ""),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("nowhere", "nowhere", ""),
    ],
)
def test_counts_ipv6_by_household_and_by_block(app, address, network, block):
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        found = origin()
    assert (found.network, found.block) == (network, block)


@pytest.fixture
def warnings(app, caplog):
    """How many there were."""
    app.extensions.pop("proxy_noted_at", None)
    yield lambda: sum(WARNING in record.getMessage() for record in caplog.records)
    app.extensions.pop("proxy_noted_at", None)


def test_warns_once_an_hour_of_a_proxy_that_it_was_not_told_of(client, world, warnings):
    client.http.get("/login", headers=FORWARDED)
    client.http.get("/login", headers=FORWARDED)
    assert warnings() == 1
    client.at(NOW + timedelta(hours=1)).http.get("/login", headers=FORWARDED)
    assert warnings() == 2


def test_says_so_on_the_operators_first_page(client, world, warnings):
    client.sign_in(world.oleg)
    assert NOTICE not in client.get("/").text
    assert NOTICE in client.http.get("/", headers=FORWARDED).get_data(as_text=True)
    assert NOTICE in client.get("/").text


def test_says_nothing_without_a_proxy(client, world, warnings):
    client.get("/login")
    assert warnings() == 0
