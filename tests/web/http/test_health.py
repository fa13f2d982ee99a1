"""GET /healthz and /readyz"""

from portal.storage.tables.db import db


def test_says_ok_while_the_process_serves(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.data) == (200, b"ok")


def test_is_ready_with_a_migrated_database(client):
    assert client.get("/readyz").status_code == 200


def test_is_not_ready_before_every_migration_ran(client):
    db.execute_sql("DELETE FROM schema_migration")

    assert client.get("/readyz").status_code == 503
