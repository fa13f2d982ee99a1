"""portal purge: asks first, says what went, done twice it is done once."""

import json
import sys
from datetime import date

import pytest
from click.testing import CliRunner

from portal.actions.signing.signing import sign
from portal.cli import main
from portal.domain.decisions import Decision
from portal.storage.tables.campaigns import Campaign, Record
from portal.storage.tables.people import Delegation, Login
from portal.storage.tables.register import Collection
from tests.actions.register.unlocked import draft, entered
from tests.cast import MONTH, NOW, PASSWORD, PEPPER, SITE, add_record, end_month


@pytest.fixture
def portal(database, world, tmp_path, monkeypatch):
    pepper = tmp_path / "pepper"
    pepper.write_bytes(PEPPER)
    pepper.chmod(0o600)
    for name, value in {
        "PORTAL_ENV": "test",
        "PORTAL_DATABASE_URL": database,
        "PORTAL_PEPPER_FILE": str(pepper),
        "PORTAL_CLOCK": "2022-01-03T08:00:00+00:00",
    }.items():
        monkeypatch.setenv(name, value)
    return lambda *args, **more: CliRunner().invoke(main, [str(arg) for arg in args], **more)


@pytest.fixture
def answered(world):
    """December, signed by Ана and answered, with a child in her register of that school year."""
    add_record(
        decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW, family="Неповторимова"
    )
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
    entered(world.ana, draft(placed_on=date(2020, 12, 7), planned_until=date(2020, 12, 18)))
    end_month()


def purge(portal, *more, before="2021-09", **options):
    return portal("purge", "--before", before, *more, **options)


def test_says_what_went_and_verify_says_erased(portal, answered):
    result = purge(portal, "--yes")

    assert (result.exit_code, result.stderr) == (0, "")
    assert "Заличени: 2020-12 – 4 списъка, 1 записа." in result.output
    assert "Изтрити са карантинните регистри за 2020/2021." in result.output
    assert "Неповторимова" not in result.output
    Delegation.delete().execute()  # the cast's, which nobody ordered
    Login.delete().execute()  # made without the login form, which the audit would know of
    verified = portal("verify")
    assert verified.exit_code == 0, verified.output
    assert "2020-12: заличени след срока за съхранение списъци: 4" in verified.output


def test_done_twice_is_done_once(portal, answered):
    purge(portal, "--yes")
    result = purge(portal)

    assert (result.exit_code, result.output) == (0, "Няма какво да се заличи.\n")


def test_answers_a_script(portal, answered):
    result = purge(portal, "--yes", "--json")

    assert json.loads(result.output) == {
        "campaigns": ["2020-12"],
        "lists": 4,
        "records": 1,
        "enrolments": 0,
        "notices": 0,
        "letters": 1,
        "registers": ["2020/2021"],
        "overwritten": True,
        "waiting": [],
    }


def test_asks_nobody_where_nobody_is(portal, answered):
    result = purge(portal)

    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert Record.select().count() == 1


@pytest.mark.parametrize(("answer", "code", "left"), [("y\n", 0, 0), ("n\n", 1, 1), ("\n", 1, 1)])
def test_asks_on_a_terminal(portal, answered, monkeypatch, answer, code, left):
    monkeypatch.setattr(sys.modules["portal.cli.purge"], "is_terminal", lambda: True)
    result = purge(portal, input=answer)

    assert result.exit_code == code
    assert "Ще се заличат децата, решенията и подписите за: 2020-12." in result.stderr
    assert "учебните години: 2020/2021" in result.stderr
    assert Record.select().count() == left
    assert Collection.select().where(Collection.erased_at.is_null()).count() == left


def test_tells_what_stays_and_why(portal, answered):
    Campaign.update(answered_at=None).execute()
    result = purge(portal, "--yes")

    assert result.exit_code == 0
    assert "2020-12 остава: отговорът до АСП още не е изготвен." in result.output
    assert Record.select().count() == 1


@pytest.mark.parametrize("before", ["2022-02", "2020-13", "декември"])
def test_refuses_what_is_no_past_month(portal, answered, before):
    assert purge(portal, "--yes", before=before).exit_code == 2
    assert Record.select().count() == 1


def test_says_not_how_many_registers_there_were(portal, answered, world):
    entered(world.boris, draft(placed_on=date(2020, 12, 7), planned_until=date(2020, 12, 18)))
    result = purge(portal, "--yes")

    assert "Изтрити са карантинните регистри за 2020/2021.\n" in result.output
