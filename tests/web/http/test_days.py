"""The field for a date, on any form that has one."""

import pytest

GOOD = {"first": "2021-03-01", "last": "2021-03-02", "order_number": "РД-1"}


@pytest.mark.parametrize(
    "text", ["", "утре", "31.2.2021", "1.1.1", f"1.1.{'9' * 20}", "0001-01-01", "9999-12-31", "1.2.3.4", "²"]
)
@pytest.mark.parametrize("field", ["first", "last"])
def test_what_is_no_date_of_ours_is_said_beside_the_field(client, world, field, text):
    answer = client.sign_in(world.ana).send("/closures/", **{**GOOD, field: text})
    assert answer.status_code == 422
    assert answer.page.text(f"#{field}-error")


@pytest.mark.parametrize("text", ["2021-03-02", "2.3.2021", "02.03.2021 г."])
def test_takes_a_date_as_people_write_it(client, world, text):
    assert client.sign_in(world.ana).send("/closures/", **{**GOOD, "last": text}).status_code == 303
