"""What stands in addresses: the number of a row, and of a regional office."""

import pytest
from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, Rule

from portal.web.http.converters import LARGEST_ID, IdConverter, asked_region, number_in

ADDRESSES = Map([Rule("/people/<id:user_id>", endpoint="show")], converters={"id": IdConverter}).bind(
    "localhost"
)


@pytest.mark.parametrize("number", [1, LARGEST_ID])
def test_a_row_has_its_number_in_its_address(number):
    assert ADDRESSES.match(f"/people/{number}") == ("show", {"user_id": number})
    assert ADDRESSES.build("show", {"user_id": number}) == f"/people/{number}"


@pytest.mark.parametrize("text", ["0", "-1", "1.0", "", "١", f"{LARGEST_ID + 1}", "9" * 5000, "egn"])
def test_what_no_row_can_have_is_no_address(text):
    with pytest.raises(NotFound):
        ADDRESSES.match(f"/people/{text}")


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("22", 22), ("022", 22), ("", None), ("-1", None), ("22x", None), ("²", None)],
)
def test_a_number_that_a_page_sends_is_read_or_is_none(text, number):
    assert number_in(text) == asked_region({"region": text}) == number


def test_a_number_larger_than_there_can_be_is_none():
    assert (number_in(f"{LARGEST_ID}"), number_in(f"{LARGEST_ID + 1}")) == (LARGEST_ID, None)
    assert (asked_region({"region": "999"}), asked_region({"region": "1000"})) == (999, None)
    assert asked_region({}) is None
