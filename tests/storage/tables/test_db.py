"""portal.storage.tables.db: connections between requests."""

from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest

from portal.storage.tables.db import Pool, db, discard, is_sqlite, make_database, patiently, release
from tests.statements import noted
from tests.storage.databases import POSTGRES


@pytest.fixture
def pool(postgres) -> Iterator[Pool]:
    made = make_database(POSTGRES)
    yield made
    made.close_all()


def served_by(pool: Pool) -> int:
    """The server's process behind the connection that is taken, and given back."""
    with pool.connection_context():
        return pool.execute_sql("SELECT pg_backend_pid()").fetchone()[0]


def test_a_thread_of_sqlite_keeps_its_connection_and_postgresql_gives_it_back(database):
    release()

    assert db.is_closed() is not is_sqlite()


def test_nothing_stays_after_a_request_that_broke(database):
    discard()

    assert db.is_closed()


def test_an_idle_connection_is_taken_without_a_question(pool):
    with noted() as asked:
        assert len({served_by(pool) for _ in range(3)}) == 1

    assert set(asked.statements) == {"SELECT pg_backend_pid()"}


def test_a_connection_that_the_server_ended_is_not_used_again(pool):
    ended = served_by(pool)
    with psycopg.connect(POSTGRES, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 60000)", (ended,))  # waits until it is gone

    assert served_by(pool) != ended


def limits(database) -> tuple[str, str]:
    return tuple(
        database.execute_sql(f"SHOW {name}").fetchone()[0] for name in ("lock_timeout", "statement_timeout")
    )


def test_pages_wait_for_nothing_longer_than_people_would(postgres):
    for_pages, for_commands = make_database(POSTGRES, for_pages=True), make_database(POSTGRES)

    assert limits(for_pages) == ("10s", "30s")
    assert limits(for_commands) == ("0", "0")
    for made in (for_pages, for_commands):
        made.close_all()


@pytest.mark.parametrize("for_pages", [True, False])
def test_postgresql_compiles_no_statement(postgres, for_pages):
    made = make_database(POSTGRES, for_pages=for_pages)

    assert made.execute_sql("SHOW jit").fetchone() == ("off",)
    made.close_all()


@pytest.mark.parametrize("error", [None, ZeroDivisionError])
def test_a_load_has_time_and_leaves_the_limits_as_they_were(database, error):
    if is_sqlite():
        return
    db.execute_sql("SET statement_timeout = '30s'")
    with suppress(ZeroDivisionError), patiently():
        assert limits(db)[1] == "15min"
        if error is not None:
            raise error

    assert limits(db)[1] == "30s"
    db.execute_sql("RESET statement_timeout")
