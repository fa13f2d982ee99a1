"""The operator's pages ask the database as much for a country of many institutions as for one of a few."""

import pytest

from portal.domain.month import Month
from portal.domain.placement import InstitutionType
from portal.storage.tables import remembered
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.db import connected
from tests.cast import MONTH, NOW, add_institution, add_record
from tests.statements import noted

PAGE = f"/campaigns/{MONTH}"
PAGES = (
    "/campaigns/",
    PAGE,
    f"{PAGE}/no-information",
    f"{PAGE}/no-information?region=22",
    f"{PAGE}/answers",
    f"{PAGE}/history",
    f"/oversight/{MONTH}",
    "/calendar/",
)


@pytest.fixture
def asked(monkeypatch):
    monkeypatch.setattr(remembered, "SECONDS", 3600.0)
    with noted() as asked:
        yield asked


def grow() -> None:
    """Twenty institutions in ten more regions, each with a record, and months before this one."""
    for number in range(20):
        region = number % 10 + 4
        code = f"{3000000 + number}"
        add_institution(code, f"{number}. ОУ", InstitutionType.SCHOOL, region, f"Област {region}")
        Submission.create(campaign=Campaign.for_month(MONTH), institution=code)
        add_record(code, id_number=f"{1234567000 + number}")
    for number in range(1, 7):
        campaign = Campaign.create(month=Month(2020, number), made_at=NOW, answered_at=NOW)
        Submission.create(campaign=campaign, institution="3000000", total=3, pending=3)


@pytest.mark.parametrize("address", PAGES)
def test_a_larger_country_with_more_months_asks_no_more(asked, client, world, address):
    client.sign_in(world.oleg)
    with connected():
        add_record()
    client.get(address)
    asked.forget()
    assert client.get(address).status_code == 200
    before = list(asked.statements)
    with connected():
        grow()
    asked.forget()

    client.get(address)

    assert len(asked.statements) == len(before), "\n".join(asked.statements)
