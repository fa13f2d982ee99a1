"""What stands on every page."""

import re
from pathlib import Path

import pytest

from portal.domain.decisions import Decision
from tests.cast import add_record


@pytest.mark.parametrize(
    ("who", "address", "part"),
    [
        ("ana", "/", "Начало"),
        ("ana", "/confirmations/", "Потвърждения"),
        ("ana", "/confirmations/2020-12", "Потвърждения"),
        ("ana", "/confirmations/2020-12/sign", "Потвърждения"),
        ("ana", "/confirmations/2020-12/history", "Потвърждения"),
        ("ana", "/audit", "История"),
        ("ana", "/account", "Моят достъп"),
        ("dora", "/confirmations/2020-12/history", "Потвърждения"),
        ("nora", "/oversight/2020-12", "Изпълнение"),
        ("nora", "/letters/2020-12/2200000", "Изпълнение"),
        ("nora", "/letters/", "Писма до вас"),
        ("oleg", "/campaigns/2020-12", "Кампании"),
        ("oleg", "/audit", "История"),
    ],
)
def test_the_navigation_says_where_one_is(client, world, who, address, part):
    add_record(decision=Decision.CONFIRMED)

    page = client.sign_in(getattr(world, who)).get(address).page

    assert page.text("nav [aria-current]") == part


def test_no_date_is_torn_at_the_end_of_a_line(client, world):
    add_record()
    answer = client.sign_in(world.ana).get("/")

    for words in ("4 дни", "1 февруари", "2021 г.", "10:00 ч."):
        assert words.replace(" ", "\N{NO-BREAK SPACE}") in answer.text


def test_no_month_is_torn_from_its_year(app):
    """A month's own label has an ordinary space, which mail and tables are searched for; pages bind it."""
    torn = {
        path.name: found
        for path in Path(app.template_folder).rglob("*.html")
        if (found := re.findall(r"\bmonth\.label\b(?!\s*\|\s*unbroken)", path.read_text("utf-8")))
    }
    assert torn == {}
