"""portal export: a copy of what is held of one person; the number of a child stands in no argument."""

import stat

import pytest
from click.testing import CliRunner

from portal.cli import main
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.db import connected, open_database
from tests.actions.loading.loaded import asp, load
from tests.cast import EGNS, NOW


@pytest.fixture
def portal(world, database, tmp_path, monkeypatch):
    """Run a command, with these lines on its stdin; then what it wrote to the file."""
    for name, value in {
        "PORTAL_ENV": "test", "PORTAL_DATABASE_URL": database, "PORTAL_CLOCK": NOW.isoformat(),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    out = tmp_path / "copy.txt"

    def run(*words: str, stdin: str = ""):
        result = CliRunner().invoke(main, ["export", *words, "--out", str(out)], input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        open_database(database)
        return result, out

    with connected():
        yield run


def test_writes_what_is_held_of_a_child(portal):
    load(asp(0, given="Калина"))
    result, out = portal("child", stdin=f"{EGNS[0]}\n")

    assert result.exit_code == 0, result.output
    assert "Калина" in out.read_text("utf-8-sig")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "редове от базата: 1." in result.stdout
    assert EGNS[0] not in result.output
    assert "Калина" not in result.output
    assert AuditEntry.select().where(AuditEntry.what == "exported_child").count() == 1


def test_asks_for_another_type(portal):
    load(asp(0, number="AB12", given="Калина").replace("|0|AB12", "|2|AB12"))
    result, out = portal("child", "--type", "idn", stdin="ab12\n")

    assert result.exit_code == 0, result.output
    assert "Калина" in out.read_text("utf-8-sig")


def test_what_is_no_identifier_is_refused_and_writes_nothing(portal):
    result, out = portal("child", stdin="123\n")

    assert (result.exit_code, out.exists()) == (1, False)
    assert "Това не е ЕГН" in result.stderr


def test_writes_what_is_held_of_an_account(portal):
    result, out = portal("account", " ANA@example.org")

    assert result.exit_code == 0, result.output
    assert "Ана Янева" in out.read_text("utf-8-sig")


def test_an_account_that_is_not_there_is_no_defect(portal):
    result, out = portal("account", "nobody@example.org")

    assert (result.exit_code, out.exists()) == (1, False)
    assert "Няма профил" in result.stderr
