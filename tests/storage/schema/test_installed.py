"""altered_triggers: a trigger that is gone, changed or not ours."""

import pytest

from portal.storage.schema.installed import altered_triggers
from portal.storage.schema.triggers import install_triggers
from portal.storage.tables.db import db, is_sqlite


def run(sqlite: str, postgresql: str) -> None:
    db.execute_sql(sqlite if is_sqlite() else postgresql)


def test_finds_nothing_in_a_database_as_it_is_made(database):
    assert list(altered_triggers()) == []


@pytest.mark.parametrize(
    "name", ["record_signed_insert", "record_signed_update", "audit_entry_no_delete", "signature_no_update"]
)
def test_finds_a_missing_trigger(database, name):
    table = name.rsplit("_", 2)[0]
    run(f"DROP TRIGGER {name}", f"DROP TRIGGER {name} ON {table}")

    assert list(altered_triggers()) == [(name, "missing")]

    install_triggers()
    assert list(altered_triggers()) == []


def test_finds_a_trigger_that_no_longer_refuses(database):
    if is_sqlite():
        db.execute_sql("DROP TRIGGER record_signed_update")
    run(
        "CREATE TRIGGER record_signed_update BEFORE UPDATE ON record BEGIN SELECT 1; END",
        "CREATE OR REPLACE FUNCTION record_signed_update() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RETURN NEW; END $$",
    )

    assert list(altered_triggers()) == [("record_signed_update", "changed")]


def test_finds_a_trigger_that_was_switched_off(database):
    if is_sqlite():
        db.execute_sql("DROP TRIGGER record_signed_update")
    run(
        "CREATE TRIGGER record_signed_update BEFORE UPDATE OF band ON record BEGIN SELECT 1; END",
        "ALTER TABLE record DISABLE TRIGGER record_signed_update",
    )

    assert list(altered_triggers()) == [("record_signed_update", "changed")]


def test_finds_a_trigger_that_is_not_ours(database):
    if not is_sqlite():
        db.execute_sql(
            "CREATE FUNCTION quietly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$"
        )
    run(
        "CREATE TRIGGER quietly AFTER INSERT ON audit_entry BEGIN SELECT 1; END",
        "CREATE TRIGGER quietly BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION quietly()",
    )

    assert list(altered_triggers()) == [("quietly", "foreign")]
