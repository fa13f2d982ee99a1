"""Addresses with a NUL, of which PostgreSQL takes none, and with parameters that say nothing."""

import pytest

ADDRESSES = (
    "/audit?chain=%00",
    "/oversight/2020-12?q=%00&region=22",
    "/people/?role=%00",
    "/no-such-page/%00",
)


@pytest.mark.both_databases
@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("htmx", [True, False])
def test_a_nul_in_an_address_is_a_400(client, world, address, htmx):
    assert client.sign_in(world.oleg).get(address, htmx=htmx).status_code == 400


@pytest.mark.both_databases
@pytest.mark.parametrize("number", ["%00", "2020-12/2200000/1%00"])
def test_a_nul_in_the_number_of_a_signature_is_a_400(client, world, number):
    answer = client.sign_in(world.ana).get(f"/confirmations/2020-12/receipt.pdf?number={number}")
    assert answer.status_code == 400


def test_nobody_need_be_logged_in_for_that(client):
    assert client.get("/login?next=%00").status_code == 400
    assert client.get("/activate/%00").status_code == 400


@pytest.mark.parametrize(
    ("address", "clean"),
    [
        ("/oversight/2020-12?q=&state=ready&module=&type=&sort=", "/oversight/2020-12?state=ready"),
        ("/oversight/2020-12?q=&state=", "/oversight/2020-12"),
        ("/oversight/2020-12?q=&municipality=Горна+баня", "/oversight/2020-12?municipality="
         "%D0%93%D0%BE%D1%80%D0%BD%D0%B0+%D0%B1%D0%B0%D0%BD%D1%8F"),
        ("/audit?chain=", "/audit"),
        ("/people/without-director?region=", "/people/without-director"),
    ],
)  # fmt: skip
def test_what_filters_nothing_does_not_stay_in_an_address(client, world, address, clean):
    person = world.oleg if "oversight" not in address else world.nora
    answer = client.sign_in(person).get(address)
    assert (answer.status_code, answer.location) == (302, clean)
    assert client.get(clean).status_code == 200


def test_a_script_keeps_the_clean_address_in_the_bar(client, world):
    client.sign_in(world.nora)
    answer = client.get("/oversight/2020-12?q=&state=ready&module=&sort=", htmx=True)
    assert answer.status_code == 200
    assert answer.headers["HX-Push-Url"] == "/oversight/2020-12?state=ready"
