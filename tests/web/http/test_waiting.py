"""A turn that does not come: the person reads so, nothing is stored, and the next try is taken."""

import sqlite3
from contextlib import closing, contextmanager

import psycopg
import pytest

from portal.app import create_app
from portal.domain.decisions import Decision
from portal.storage.tables.db import LOCK_WAIT, LONGEST_STATEMENT, db, is_sqlite
from tests.cast import add_record, stored
from tests.storage.databases import close

pytestmark = pytest.mark.both_databases


@contextmanager
def somebody_writes(record, database):
    """Another process holds the record's list; ours waits a moment for it, not ten seconds."""
    if is_sqlite():
        db.execute_sql("PRAGMA busy_timeout = 20")
        with closing(sqlite3.connect(db.obj.database)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    db.execute_sql("SET lock_timeout = '20ms'")
    with psycopg.connect(database) as other:
        other.execute("SELECT 1 FROM submission WHERE id = %s FOR UPDATE", (record.submission_id,))
        yield


def test_a_decision_that_has_to_wait_too_long_is_not_stored(client, world, database):
    record = add_record()
    address = f"/confirmations/2020-12/records/{record.id}"
    fields = {"decision": "confirmed", "version": "1"}
    client.sign_in(world.ana)

    with somebody_writes(record, database):
        waited = client.send(address, htmx=True, **fields)

    assert (waited.status_code, waited.headers["Retry-After"]) == (503, "30")
    assert "Изпратеното не е записано" in waited.text
    assert stored(record).decision is Decision.PENDING
    assert client.send(address, htmx=True, **fields).status_code == 200
    assert stored(record).decision is Decision.CONFIRMED


def test_the_pages_of_a_portal_do_not_wait_for_ever(config):
    close()  # the portal opens its own
    create_app(config)

    if not is_sqlite():
        assert db.execute_sql("SHOW lock_timeout").fetchone()[0] == LOCK_WAIT
        assert db.execute_sql("SHOW statement_timeout").fetchone()[0] == LONGEST_STATEMENT
