"""Telling a database that cannot be used from a statement that is wrong, by errors that both really give."""

import sqlite3

import peewee
import psycopg
import pytest
from playhouse.pool import MaxConnectionsExceeded

from portal.storage.tables.db import db, make_database
from portal.storage.tables.people import User
from portal.storage.tables.trouble import Trouble, Unusable, trouble_of, usable
from tests.storage.databases import POSTGRES


def error_of(deed):
    with pytest.raises((peewee.PeeweeException, MaxConnectionsExceeded)) as raised:
        deed()
    return raised.value


def test_a_statement_that_is_wrong_is_a_defect(database):
    assert trouble_of(error_of(lambda: db.execute_sql("SELECT nothing FROM nowhere"))) is None


def test_a_row_that_may_not_be_is_a_defect(world):
    again = User.select().first()

    assert trouble_of(error_of(lambda: User.create(email=again.email))) is None


def test_other_errors_say_nothing_of_the_database():
    assert trouble_of(ValueError("no")) is None
    assert trouble_of(None) is None


@pytest.fixture
def file(tmp_path):
    return make_database(f"sqlite:///{tmp_path / 'a.db'}")


def test_a_file_that_cannot_be_opened(tmp_path):
    there = make_database(f"sqlite:///{tmp_path}")

    assert trouble_of(error_of(there.connect)) is Trouble.AWAY


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "a.db").write_bytes(b"not a database, and long enough to be told" * 20)

    error = error_of(lambda: make_database(f"sqlite:///{tmp_path / 'a.db'}").execute_sql("SELECT 1 FROM a"))

    assert trouble_of(error) is Trouble.AWAY


def test_a_disk_without_space(file):
    file.execute_sql("CREATE TABLE a (b)")
    file.execute_sql("PRAGMA max_page_count = 1")

    error = error_of(lambda: file.execute_sql("INSERT INTO a VALUES (zeroblob(1000000))"))

    assert trouble_of(error) is Trouble.AWAY


def test_a_rollback_after_the_database_has_rolled_back_by_itself(file):
    file.execute_sql("CREATE TABLE a (b)")
    file.execute_sql("PRAGMA max_page_count = 1")

    def write():
        try:
            file.execute_sql("INSERT INTO a VALUES (zeroblob(1000000))")
        finally:
            file.rollback()

    assert trouble_of(error_of(write)) is Trouble.AWAY
    assert trouble_of(error_of(file.rollback)) is None


def test_a_database_that_may_only_be_read(file):
    file.execute_sql("CREATE TABLE a (b)")
    file.execute_sql("PRAGMA query_only = 1")

    assert trouble_of(error_of(lambda: file.execute_sql("INSERT INTO a VALUES (1)"))) is Trouble.AWAY


def test_a_turn_that_does_not_come(file):
    file.execute_sql("CREATE TABLE a (b)")
    file.execute_sql("PRAGMA busy_timeout = 1")
    with sqlite3.connect(file.database) as other:
        other.execute("INSERT INTO a VALUES (1)")

        assert trouble_of(error_of(lambda: file.execute_sql("INSERT INTO a VALUES (1)"))) is Trouble.BUSY


@pytest.fixture
def pool(postgres):
    made = make_database(POSTGRES)
    yield made
    made.close_all()


def test_a_server_that_does_not_answer():
    nobody = make_database("postgresql://nobody@127.0.0.1:1/nothing")

    assert trouble_of(error_of(nobody.connect)) is Trouble.AWAY
    assert trouble_of(error_of(lambda: nobody.execute_sql("SELECT 1"))) is Trouble.AWAY  # connects by itself


def test_a_server_that_goes_down_meanwhile(pool):
    with pool.connection_context():
        ours = pool.execute_sql("SELECT pg_backend_pid()").fetchone()[0]
        with psycopg.connect(POSTGRES, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 60000)", (ours,))

        assert trouble_of(error_of(lambda: pool.execute_sql("SELECT 1"))) is Trouble.AWAY


@pytest.mark.parametrize(
    ("limit", "statement"),
    [
        ("lock_timeout", "SELECT pg_advisory_xact_lock(7001)"),
        ("statement_timeout", "SELECT pg_sleep(60)"),
    ],
)
def test_a_server_that_lets_nobody_wait_longer(pool, limit, statement):
    with psycopg.connect(POSTGRES) as other, pool.connection_context(), pool.atomic():
        other.execute("SELECT pg_advisory_xact_lock(7001)")
        pool.execute_sql(f"SET LOCAL {limit} = '20ms'")

        assert trouble_of(error_of(lambda: pool.execute_sql(statement))) is Trouble.BUSY
        pool.rollback()


def test_more_at_once_than_there_are_connections():
    assert trouble_of(MaxConnectionsExceeded("all are taken")) is Trouble.BUSY


def test_what_is_no_trouble_goes_on_as_it_is(database):
    with pytest.raises(peewee.PeeweeException) as raised, usable():
        db.execute_sql("SELECT nothing FROM nowhere")

    assert not isinstance(raised.value, Unusable)


def test_trouble_is_told_by_its_word():
    with pytest.raises(Unusable, match=r"^away$"), usable():
        make_database("postgresql://nobody@127.0.0.1:1/nothing").connect()
