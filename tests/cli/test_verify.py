"""portal verify: 0 when all agrees, 1 and what differs, 2 for a call that makes no sense."""

import json

import pytest
from click.testing import CliRunner

from portal.actions.signing.signing import sign
from portal.cli import main
from portal.domain.decisions import Decision
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.people import Delegation
from tests.cast import MONTH, NOW, PASSWORD, PEPPER, SITE, add_record


@pytest.fixture
def world(world):
    """Without the delegate of the cast, whom no director has named."""
    Delegation.delete().execute()
    return world


@pytest.fixture
def portal(database, world, tmp_path, monkeypatch):
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
    return lambda *args: CliRunner().invoke(main, ["verify", *(str(arg) for arg in args)])


@pytest.fixture
def signed(world):
    add_record(decision=Decision.CONFIRMED)
    return sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)


def test_says_that_all_agrees(portal, signed):
    result = portal()

    assert (result.exit_code, result.stderr) == (0, "")
    assert "Проверени са 4 списъка, от тях 1 подписани" in result.output
    assert "2020-12: приключили 0 от 4 (списък 1, карантина 0)" in result.output
    assert result.output.endswith("Всичко съвпада.\n")


def test_says_what_differs(portal, signed):
    Submission.update(refused=3).where(Submission.id == signed.submission_id).execute()

    result = portal("2020-12")

    assert result.exit_code == 1
    assert f"РАЗЛИКА counts submission:{signed.submission_id}: 2020-12 2200000: броячите" in result.output
    assert "Разлики: 1." in result.output


def test_answers_a_script(portal, signed):
    good = portal("--json")
    assert good.exit_code == 0
    assert json.loads(good.output) == {
        "ok": True,
        "lists": 4,
        "signed": 1,
        "audit_entries": 1,
        "audit_chains": 1,
        "erased": {},
        "figures": {"2020-12": {"due": 4, "complete": 0, "lists": 1, "registers": 0}},
        "findings": [],
    }

    Submission.update(refused=3).where(Submission.id == signed.submission_id).execute()

    bad = portal("--json", "2020-12")
    assert bad.exit_code == 1
    [finding] = json.loads(bad.output)["findings"]
    assert finding.keys() == {"code", "thing", "sentence"}


def test_names_no_child(portal, signed):
    Submission.update(refused=3).execute()

    assert "Петрова" not in portal().output


def test_a_checkpoint_is_written_when_all_agrees_and_compared_later(portal, signed, tmp_path):
    kept = tmp_path / "heads.json"

    assert portal("--write-checkpoint", kept).exit_code == 0
    assert portal("--checkpoint", kept).exit_code == 0

    content = json.loads(kept.read_text("utf-8"))
    content["heads"]["2200000"][1] = "f" * 64
    kept.write_text(json.dumps(content), "utf-8")
    result = portal("--checkpoint", kept)
    assert result.exit_code == 1
    assert "checkpoint_differs" in result.output


def test_no_checkpoint_is_written_of_what_differs(portal, signed, tmp_path):
    Submission.update(refused=3).execute()
    kept = tmp_path / "heads.json"

    result = portal("--write-checkpoint", kept)

    assert result.exit_code == 1
    assert not kept.exists()
    assert "Контролната точка не е записана" in result.output


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"format": "portal.audit.checkpoint.1", "heads": {"a": [1]}}']
)
def test_refuses_a_file_that_is_no_checkpoint(portal, tmp_path, content):
    path = tmp_path / "heads.json"
    path.write_text(content, "utf-8")

    result = portal("--checkpoint", path)

    assert result.exit_code == 2
    assert "is no checkpoint" in result.stderr


def test_refuses_a_file_that_is_not_there(portal, tmp_path):
    assert portal("--checkpoint", tmp_path / "none").exit_code == 2
    assert portal("--write-checkpoint", tmp_path / "no folder" / "file").exit_code == 2


@pytest.mark.parametrize("month", ["2020-13", "december", "12-2020"])
def test_refuses_what_is_no_month(portal, month):
    assert portal(month).exit_code == 2


def test_says_that_there_is_no_such_campaign(portal):
    result = portal("2020-11")

    assert result.exit_code == 1
    assert "няма заредена кампания" in result.stderr
