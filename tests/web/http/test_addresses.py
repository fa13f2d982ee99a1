"""Addresses with a NUL in them: PostgreSQL takes none, so no view is asked."""

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
