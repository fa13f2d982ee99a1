"""portal trust check, portal trust fetch: 0 when all is well, 1 when something has to be done."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.cli import main
from portal.domain.times import stamp
from tests.actions.trust.list_server import serving
from tests.cast import NOW, PEPPER
from tests.crypto.qualified.authority import Authority
from tests.crypto.qualified.certificates import authority as made

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def authority():
    return Authority(NOW)


@pytest.fixture
def folder(authority, tmp_path) -> Path:
    folder = authority.write(tmp_path / "trust")
    (folder / "crls.txt").write_text("http://crl.example.bg/list.crl\n")
    return folder


@pytest.fixture
def portal(folder, tmp_path, monkeypatch):
    pepper = tmp_path / "pepper"
    pepper.write_bytes(PEPPER)
    pepper.chmod(0o600)
    for name, value in {
        "PORTAL_ENV": "test",
        "PORTAL_PEPPER_FILE": str(pepper),
        "PORTAL_SECRET_KEY": "tests only, and long enough to be one",
        "PORTAL_CLOCK": NOW.isoformat(),
        "PORTAL_TRUST_DIR": str(folder),
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return lambda *args: CliRunner().invoke(main, ["trust", *args])


@pytest.fixture
def server():
    with serving() as server:
        yield server


def test_prints_what_is_there(portal, authority):
    done = portal("check")

    assert (done.exit_code, done.stderr) == (0, "")
    assert done.output.endswith("\nВсичко е наред.\n")
    for line in (
        "Корени: 1\n  Изпитателен корен\n    SHA-256  ",
        "Издатели на КЕП: 1\n  Изпитателен издател на КЕП\n    SHA-256  ",
        f"    важи до  {stamp(authority.root.certificate.not_valid_after_utc)}\n",
        "    списък   от 28.01.2021 г., 09:00 ч. до 29.01.2021 г., 09:00 ч. – актуален, записи: 0\n",
    ):
        assert line in done.output
    digest = next(line for line in done.output.splitlines() if "SHA-256" in line).split()[1]
    assert len(bytes.fromhex(digest.replace(":", ""))) == 32


def test_prints_who_stamps_where_somebody_is_there(portal, folder, authority):
    assert "времеви печати" not in portal("check").output
    (folder / "stampers").mkdir(exist_ok=True)
    (folder / "stampers/root.pem").write_bytes(authority.root.pem)
    (folder / "crls/root.crl").write_bytes(authority.crl(by=authority.root))

    assert "\nИздатели на времеви печати: 1\n  Изпитателен корен\n" in portal("check").output
    (shown,) = json.loads(portal("check", "--json").output)["stampers"]
    assert shown["name"] == "Изпитателен корен"


def test_a_coming_expiry_is_a_warning_and_no_failure(portal, folder):
    (folder / "roots/other.pem").write_bytes(made("Стар корен", NOW, ends=30 * DAY).pem)

    done = portal("check")

    assert done.exit_code == 0
    assert "ВНИМАНИЕ expires_soon root:" in done.output
    assert "Сертификатът на „Стар корен“ изтича на 27.02.2021 г." in done.output
    assert done.output.endswith("\nПроблеми: няма. Предупреждения: 1.\n")


def test_what_has_to_be_done_is_said_first_and_is_a_failure(portal, folder, authority):
    (folder / "roots/other.pem").write_bytes(made("Стар корен", NOW, ends=30 * DAY).pem)
    (folder / "crls/0.crl").write_bytes(authority.crl(this_update=NOW - 3 * DAY))

    done = portal("check")

    assert done.exit_code == 1
    assert "НЕ Е АКТУАЛЕН" in done.output
    assert done.output.index("ПРОБЛЕМ stale_list issuer:") < done.output.index("ВНИМАНИЕ expires_soon")
    assert done.output.endswith("\nПроблеми: 1. Предупреждения: 1.\n")


def test_answers_a_script(portal, folder):
    good = portal("check", "--json")
    assert good.exit_code == 0
    facts = json.loads(good.output)
    assert (facts["ok"], facts["notes"]) == (True, [])
    assert facts["issuers"][0]["lists"][0]["this_update"] == (NOW - HOUR).isoformat()
    assert facts["roots"][0].keys() == {"name", "sha256", "valid_from", "valid_until", "lists"}

    (folder / "crls/0.crl").unlink()
    bad = portal("check", "--json")
    assert bad.exit_code == 1
    (note,) = json.loads(bad.output)["notes"]
    assert (note["code"], note["is_warning"]) == ("no_list", False)


@pytest.mark.parametrize("command", ["check", "fetch"])
def test_needs_a_folder(portal, monkeypatch, command):
    monkeypatch.delenv("PORTAL_TRUST_DIR")

    done = portal(command)

    assert done.exit_code == 2
    assert "Set PORTAL_TRUST_DIR: a directory with roots/*.pem" in done.stderr


def test_fetches_what_is_listed(portal, folder, authority, server):
    (folder / "crls/0.crl").unlink()
    (folder / "crls.txt").write_text(f"{server.url}/list.crl\n")
    server.answers["/list.crl"] = authority.crl()
    assert portal("check").exit_code == 1

    done = portal("fetch")

    assert done.exit_code == 0
    assert done.output.startswith(
        f"ДОБРЕ new {server.url}/list.crl: нов списък на „Изпитателен издател на КЕП“"
    )
    assert portal("check").exit_code == 0
    assert portal("fetch").output.startswith("ДОБРЕ unchanged ")


def test_says_what_did_not_come(portal, folder, authority, server):
    (folder / "crls.txt").write_text(f"{server.url}/list.crl\nldap://x\n{server.url}/404.crl\n")
    server.answers["/list.crl"] = authority.crl()

    done = portal("fetch")
    facts = json.loads(portal("fetch", "--json").output)

    assert done.exit_code == 1
    assert "ПРОБЛЕМ wrong_address crls.txt:2: На ред 2 адресът трябва да започва с" in done.output
    assert f"ДОБРЕ new {server.url}/list.crl: " in done.output
    assert f"ПРОБЛЕМ status {server.url}/404.crl: отговори с грешка 404." in done.output
    assert [(each["line"], each["code"], each["ok"]) for each in facts["fetched"]] == [
        (1, "unchanged", True),
        (3, "status", False),
    ]
    assert [line["line"] for line in facts["wrong_lines"]] == [2]


def test_says_that_there_is_nothing_to_fetch(portal, folder):
    (folder / "crls.txt").unlink()

    done = portal("fetch")

    assert (done.exit_code, done.output.startswith("В crls.txt няма адреси.")) == (0, True)
