"""portal campaign sent, portal campaign correction, and portal verify --copy."""

import json

import pytest
from click.testing import CliRunner

from portal.actions.campaigns.answers import copy_of
from portal.cli import main
from portal.domain.decisions import Decision
from portal.domain.submissions import Lock
from portal.storage.tables.answers import AnsweredRecord, EndedRecord
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.db import connected, open_database
from portal.storage.tables.people import Delegation
from tests.cast import AFTER, PEPPER, SCHOOL, add_record


@pytest.fixture
def run(world, database, tmp_path, monkeypatch):
    """A command at AFTER, in the folder of the test."""
    pepper = tmp_path / "pepper"
    pepper.write_bytes(PEPPER)
    pepper.chmod(0o600)
    for name, value in {
        "PORTAL_ENV": "test", "PORTAL_DATABASE_URL": database, "PORTAL_CLOCK": AFTER.isoformat(),
        "PORTAL_PEPPER_FILE": str(pepper), "PORTAL_SECRET_KEY": "s" * 32,
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def run(*words: str):
        result = CliRunner().invoke(main, list(words))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        open_database(database)
        return result

    with connected():
        yield run


@pytest.fixture
def answered(world, run):
    Delegation.delete().execute()
    add_record(decision=Decision.CONFIRMED)
    assert run("campaign", "answer", "2020-12", "--out", "MONCONF1220.txt", "--final").exit_code == 0


def test_says_when_it_was_sent(run, answered):
    result = run("campaign", "sent", "2020-12", "--on", "2021-02-02")
    assert (result.exit_code, "изпратен на АСП на 2 февруари 2021 г." in result.output) == (0, True)
    again = run("campaign", "sent", "2020-12", "--on", "2021-02-02")
    assert again.exit_code == 1
    assert "Вече е отбелязано" in again.output + again.stderr


def test_writes_what_was_signed_anew(run, answered, tmp_path):
    nothing = run("campaign", "correction", "2020-12", "--out", "MONCONFC1220.txt")
    assert nothing.exit_code == 1
    assert not (tmp_path / "MONCONFC1220.txt").exists()

    signed = {"lock": Lock.SIGNED, "signed_at": AFTER.replace(hour=9)}
    Submission.update(**signed).where(Submission.institution == SCHOOL).execute()
    result = run("campaign", "correction", "2020-12", "--out", "MONCONFC1220.txt", "--json")

    assert result.exit_code == 0
    assert json.loads(result.output)["records"] == AnsweredRecord.select().count() == 1
    assert (tmp_path / "MONCONFC1220.txt.manifest.json").exists()


def test_compares_a_copy_with_the_file(run, answered, tmp_path):
    (tmp_path / "copy.txt").write_bytes(copy_of(Campaign.get(), SCHOOL))
    for words in ((), ("--answer", "MONCONF1220.txt")):
        assert run("verify", "2020-12", "--copy", "copy.txt", *words).exit_code == 0

    (tmp_path / "copy.txt").write_bytes(copy_of(Campaign.get(), SCHOOL).replace(b"007.00", b"009.00"))
    result = run("verify", "2020-12", "--copy", "copy.txt")
    assert result.exit_code == 1
    assert "РАЗЛИКА copy_differs" in result.output
    assert run("verify", "--copy", "copy.txt").exit_code == 2


def test_loads_what_was_ended(run, answered, tmp_path):
    record = Record.get()
    line = (
        f"2020|12|{SCHOOL}|{record.id_type:d}|{record.id_number}|{record.given}|{record.middle}|"
        f"{record.family}|{record.absences}|{record.reason:d}|{record.days}|0|00|000000|отказано"
    )
    (tmp_path / "ASPEND1220.txt").write_bytes(f"{line}\r\nбоклук\r\n".encode("cp1251"))
    result = run("campaign", "ended", "ASPEND1220.txt", "--json")

    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert (told["received"], told["distributed"], told["rejected"], told["added"]) == (2, 1, 1, 1)
    assert EndedRecord.select().count() == 1
    assert run("campaign", "rejects", "2020-12", "--ended", "--out", "back.txt").exit_code == 0
    assert (tmp_path / "back.txt").read_bytes().startswith("боклук|2|".encode("cp1251"))

    (tmp_path / "ASPEND1220.txt").write_bytes(line.encode("cp1251"))
    assert run("campaign", "ended", "ASPEND1220.txt").exit_code == 0
