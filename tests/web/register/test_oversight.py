"""GET /oversight/<YYYY-MM>: of the register only that the month was confirmed, and when."""

from datetime import date

import pytest

from portal.actions.register.months import confirm_month, say_nobody
from portal.storage.tables.db import db
from tests.actions.register.unlocked import draft, entered, opened_session
from tests.cast import MONTH, NOW, OTHER_SCHOOL, SCHOOL, SITE

HERE = "/oversight/2020-12"


@pytest.fixture
def confirmed(world):
    """Ана confirms one child, Борис says „няма лица“, Вяра nothing."""
    in_december = draft(placed_on=date(2020, 12, 7), planned_until=date(2020, 12, 18))
    entered(world.ana, in_december, draft(first_name="Ани", id_number="0942065635"))
    confirm_month(world.ana, opened_session(world.ana), MONTH, site=SITE, now=NOW)
    say_nobody(world.boris, opened_session(world.boris), MONTH, site=SITE, now=NOW)


def cell(page, code):
    return " ".join(page.one(f'#institution-{code} td[data-label="Карантина"]').text_content().split())


def test_says_who_has_confirmed_and_when(client, world, confirmed):
    page = client.sign_in(world.nora).get(HERE).page

    assert cell(page, SCHOOL) == "потвърдена на 28.01.2021 г., 10:00 ч."
    assert cell(page, "2200001") == "не"


def test_a_list_and_nobody_look_the_same(client, world, confirmed):
    page = client.sign_in(world.nora).get(HERE).page

    assert cell(page, SCHOOL) == cell(page, OTHER_SCHOOL)


def test_a_change_takes_it_back(client, world, confirmed):
    entered(
        world.ana, draft(placed_on=date(2020, 12, 8), planned_until=date(2020, 12, 9), id_number="1043183143")
    )

    assert cell(client.sign_in(world.nora).get(HERE).page, SCHOOL) == "не"


def test_the_operator_sees_the_same(client, world, confirmed):
    page = client.sign_in(world.oleg).get(HERE, region="22").page

    assert cell(page, SCHOOL) == "потвърдена на 28.01.2021 г., 10:00 ч."


def test_reads_nothing_but_the_time(client, world, confirmed, monkeypatch):
    asked = []
    execute = db.obj.execute_sql
    monkeypatch.setattr(db.obj, "execute_sql", lambda sql, *more: asked.append(sql) or execute(sql, *more))

    client.sign_in(world.nora).get(HERE)

    touching = [sql for sql in asked if '"register_month"' in sql]
    assert touching
    for sql in touching:
        assert not [name for name in ("snapshot", "revision", "confirmed_by", "collection") if name in sql]
    tables = ('"collection"', '"entry"', '"grant"', '"register_use"')
    assert [sql for sql in asked if any(table in sql for table in tables)] == []


def test_says_nothing_of_who_or_how_many(client, world, confirmed):
    for person in (world.nora, world.oleg):
        text = client.sign_in(person).get(HERE, region="22").text
        assert not [word for word in ("Калина", "Ани ", "няма лица", "Ана Янева") if word in text]
