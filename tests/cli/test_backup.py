"""portal backup-key, portal backup, portal restore: what the operator does by hand, and is told."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.cli import main
from portal.storage.schema.models import TABLES
from portal.storage.tables.campaigns import Record
from portal.storage.tables.db import connected
from portal.storage.tables.people import Delegation
from tests.cast import NOW, PEPPER, add_record
from tests.storage.databases import close, wipe

ROOT = Path(__file__).parents[2]


@pytest.fixture
def portal(database, world, tmp_path, monkeypatch):
    Delegation.delete().execute()  # whom no director has named
    pepper = tmp_path / "pepper"
    pepper.write_bytes(PEPPER)
    pepper.chmod(0o600)
    for name, value in {
        "PORTAL_ENV": "test",
        "PORTAL_DATABASE_URL": database,
        "PORTAL_PEPPER_FILE": str(pepper),
        "PORTAL_CLOCK": NOW.isoformat(),
    }.items():
        monkeypatch.setenv(name, value)

    def run(*words):
        close()  # the command opens its own connections
        result = CliRunner().invoke(main, [str(word) for word in words])
        close()
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return run


@pytest.fixture
def key(portal, tmp_path) -> str:
    return portal("backup-key", tmp_path / "key").stdout.strip()


@pytest.fixture
def backup(portal, key, tmp_path) -> Path:
    add_record(family="Караджова")
    file = tmp_path / "kept"
    assert portal("backup", file, "--recipient", key).exit_code == 0
    return file


@pytest.mark.both_databases
def test_a_portal_comes_back(portal, key, database, tmp_path):
    add_record(family="Караджова")
    heads, file = tmp_path / "heads", tmp_path / "kept"
    assert portal("verify", "--write-checkpoint", heads).exit_code == 0

    made = portal("backup", file, "--recipient", key)
    assert made.exit_code == 0
    assert f" rows of {len(TABLES)} tables" in made.output
    assert file.stat().st_mode & 0o777 == 0o600
    wipe(database)
    done = portal("restore", file, "--identity", tmp_path / "key", "--checkpoint", heads)

    assert done.exit_code == 0
    assert "Копието е от 28.01.2021 г., 10:00 ч." in done.output
    assert "След контролната точка не са променяни" in done.output
    assert portal("verify", "--checkpoint", heads).output.endswith("Всичко съвпада.\n")
    with connected():
        assert Record.get().family == "Караджова"


def test_the_key_is_read_by_its_owner_alone_and_made_once(portal, key, tmp_path):
    assert key.startswith("age1")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600

    again = portal("backup-key", tmp_path / "key")

    assert again.exit_code == 1
    assert "is there already" in again.output


def test_never_over_a_file_that_is_there(portal, key, tmp_path):
    file = tmp_path / "kept"
    file.write_bytes(b"another")

    result = portal("backup", file, "--recipient", key)

    assert result.exit_code == 1
    assert "stays as it is" in result.output
    assert file.read_bytes() == b"another"


@pytest.mark.parametrize("words", [(), ("--unencrypted", "--recipient", "KEY"), ("--recipient", "age1no")])
def test_asks_for_whom_it_is(portal, key, tmp_path, words):
    result = portal("backup", tmp_path / "kept", *(word.replace("KEY", key) for word in words))

    assert result.exit_code == 2
    assert not (tmp_path / "kept").exists()


def test_the_recipients_can_stand_in_the_environment(portal, key, tmp_path, monkeypatch):
    other = portal("backup-key", tmp_path / "other").stdout.strip()
    monkeypatch.setenv("PORTAL_BACKUP_RECIPIENT", f"{key} {other}")

    assert portal("backup", tmp_path / "kept").exit_code == 0

    assert (tmp_path / "kept").read_bytes().count(b"-> X25519 ") == 2


def test_says_where_a_file_cannot_be_written(portal, key, tmp_path):
    result = portal("backup", tmp_path / "nowhere" / "kept", "--recipient", key)

    assert result.exit_code == 1
    assert "cannot be written: No such file or directory" in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "посочете файла с ключа му"),
        (("--identity", "other"), "не се отваря с този ключ"),
        (("--identity", "pepper"), "is no key"),
    ],
)
def test_without_its_key_nothing_is_restored(portal, backup, database, tmp_path, words, said):
    portal("backup-key", tmp_path / "other")
    wipe(database)

    result = portal("restore", backup, *(word if word[0] == "-" else tmp_path / word for word in words))

    assert (result.exit_code, len(result.output.splitlines())) == (1, 1)
    assert said in result.output
    assert not list(tmp_path.glob("portal.db*"))


def test_a_damaged_file_leaves_nothing_behind(portal, backup, database, tmp_path):
    backup.write_bytes(backup.read_bytes()[:-5])
    wipe(database)

    result = portal("restore", backup, "--identity", tmp_path / "key")

    assert (result.exit_code, len(result.output.splitlines())) == (1, 1)
    assert result.output.endswith("Нищо не е възстановено.\n")
    assert not list(tmp_path.glob("portal.db*"))


def test_a_database_in_use_is_refused(portal, backup, tmp_path):
    result = portal("restore", backup, "--identity", tmp_path / "key")

    assert result.exit_code == 1
    assert "Базата данни не е празна" in result.output


def test_names_no_child(portal, backup, database, tmp_path):
    wipe(database)

    assert "Караджова" not in portal("restore", backup, "--identity", tmp_path / "key").output


def test_who_was_killed_leaves_no_file_of_that_name(portal, key, tmp_path, database):
    """A real process, killed while it writes: a name stands for a whole backup."""
    script = (
        "import os, signal, portal.actions.backup.making as making\n"
        "making.write_content = lambda *args, **kwargs: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from portal.cli import main; main()"
    )
    words = ["backup", str(tmp_path / "kept"), "--recipient", key]

    done = subprocess.run([sys.executable, "-c", script, *words], cwd=ROOT, capture_output=True)

    assert done.returncode == -9
    assert not (tmp_path / "kept").exists()
