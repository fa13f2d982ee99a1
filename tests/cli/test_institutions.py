"""portal institution: close, reopen"""

from datetime import date

import pytest
from click.testing import CliRunner

from portal.cli import main
from portal.storage.tables.db import connected, open_database
from portal.storage.tables.institutions import Institution
from tests.cast import NOW, OTHER_SCHOOL, SCHOOL, add_record

CLOSE = ["institution", "close", SCHOOL, "--on", "2021-02-01"]


@pytest.fixture
def portal(world, database, monkeypatch):
    """Run a command; the database is open again afterwards."""
    monkeypatch.setenv("PORTAL_ENV", "test")
    monkeypatch.setenv("PORTAL_DATABASE_URL", database)
    monkeypatch.setenv("PORTAL_CLOCK", NOW.isoformat())

    def run(*words: str):
        result = CliRunner().invoke(main, words)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        open_database(database)
        return result

    with connected():
        yield run


def test_closes_and_says_what_will_wait(portal):
    add_record()
    done = portal(*CLOSE, "--successor", OTHER_SCHOOL)

    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "39. СУ „Отец Паисий“ (2200000) е закрита от 1 февруари 2021 г. (понеделник).",
        "декември 2020 г.: 1 неподписани записа, които от този ден чакат насочване от ЦИОО.",
    ]
    closed = Institution.get_by_id(SCHOOL)
    assert (closed.closed_on, closed.successor_id) == (date(2021, 2, 1), OTHER_SCHOOL)


def test_a_second_time_is_one_sentence_and_exit_code_one(portal):
    assert portal(*CLOSE).exit_code == 0
    again = portal(*CLOSE)

    assert again.exit_code == 1
    assert again.stderr.startswith("Тази институция вече е закрита от 1 февруари 2021 г.")


@pytest.mark.parametrize(
    "words",
    [
        ("institution", "close", "9999999", "--on", "2021-02-01"),
        (*CLOSE, "--successor", "9999999"),
        (*CLOSE, "--successor", SCHOOL),
        ("institution", "close", SCHOOL, "--on", "2012-02-01"),
        ("institution", "reopen", SCHOOL),
    ],
)
def test_what_cannot_be_is_exit_code_one(portal, words):
    assert portal(*words).exit_code == 1
    assert Institution.get_by_id(SCHOOL).closed_on is None


@pytest.mark.parametrize(
    "words",
    [
        ("institution", "close", SCHOOL),
        ("institution", "close", SCHOOL, "--on", "утре"),
        ("institution", "close"),
    ],
)
def test_a_call_that_makes_no_sense_is_exit_code_two(portal, words):
    assert portal(*words).exit_code == 2


def test_takes_the_closing_back(portal):
    portal(*CLOSE)
    done = portal("institution", "reopen", SCHOOL)

    assert done.exit_code == 0
    assert done.output == "Закриването на 39. СУ „Отец Паисий“ (2200000) е отменено.\n"
    assert Institution.get_by_id(SCHOOL).closed_on is None
