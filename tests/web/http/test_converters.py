"""What stands in addresses: the number of a row."""

import pytest
from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, Rule

from portal.web.http.converters import LARGEST_ID, IdConverter

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
