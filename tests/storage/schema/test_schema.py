"""The migrated schema and the declared one are equal, triggers included."""

import pytest
from peewee import IntegrityError
from playhouse.schema_diff import diff_models

from portal.domain.submissions import Lock
from portal.storage.schema.models import TABLES
from portal.storage.schema.triggers import triggers
from portal.storage.schema.upgrade import is_current, upgrade_database
from portal.storage.tables.audit import AuditEntry, add
from portal.storage.tables.campaigns import Record, Submission
from portal.storage.tables.db import db, is_sqlite, writing
from tests.cast import NOW, add_record, stored


def installed_triggers() -> set[str]:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if is_sqlite()
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    return {row[0] for row in db.execute_sql(query).fetchall()}


def wanted_triggers() -> set[str]:
    return {trigger.name for trigger in triggers()}


def test_migrated_and_declared_tables_are_equal(database):
    assert str(diff_models(db.obj, TABLES)).strip() == ""


def test_a_missing_column_is_noticed(database):
    db.execute_sql("ALTER TABLE submission DROP COLUMN reopened_reason")

    assert "reopened_reason" in str(diff_models(db.obj, TABLES))


def test_every_trigger_is_there_after_an_upgrade(database):
    assert installed_triggers() == wanted_triggers()


def test_an_upgrade_puts_back_a_trigger_that_was_dropped(database):
    on = "" if is_sqlite() else " ON record"
    db.execute_sql(f"DROP TRIGGER record_signed_update{on}")
    assert installed_triggers() != wanted_triggers()

    assert upgrade_database() == []

    assert installed_triggers() == wanted_triggers()
    assert is_current()


@pytest.fixture
def signed(world):
    record = add_record()
    Submission.update(lock=Lock.SIGNED).where(Submission.id == record.submission_id).execute()
    return record


WAYS_IN = {
    "update": "UPDATE record SET decision = 1 WHERE id = {id}",
    "delete": "DELETE FROM record WHERE id = {id}",
    "move out": "UPDATE record SET submission_id = NULL WHERE id = {id}",
    "insert": "INSERT INTO record ({columns}) SELECT {values} FROM record WHERE id = {id}",
}


@pytest.mark.parametrize("way", WAYS_IN)
def test_a_signed_list_is_locked_for_every_statement(signed, way):
    names = [field.column_name for field in Record._meta.sorted_fields if field.name != "id"]
    values = ["'1111111110'" if name == "id_number" else f'"{name}"' for name in names]
    statement = WAYS_IN[way].format(
        id=signed.id, columns=", ".join(f'"{n}"' for n in names), values=", ".join(values)
    )
    before = Record.select().count()

    with pytest.raises(IntegrityError, match="signed list is locked"), db.atomic():
        db.execute_sql(statement)

    assert Record.select().count() == before
    assert stored(signed).decision == 0


def test_nothing_is_moved_onto_a_signed_list(signed, world):
    other = add_record("2200004")

    with pytest.raises(IntegrityError, match="signed list is locked"), db.atomic():
        Record.update(submission=signed.submission_id).where(Record.id == other.id).execute()


def test_replacing_a_row_of_a_signed_list_is_refused(signed):
    if not is_sqlite():
        with pytest.raises(IntegrityError), db.atomic():
            db.execute_sql("TRUNCATE record CASCADE")
        return
    with pytest.raises(IntegrityError, match="signed list is locked"), db.atomic():
        db.execute_sql(f"INSERT OR REPLACE INTO record SELECT * FROM record WHERE id = {signed.id}")


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET who = 0", "DELETE FROM audit_entry"])
def test_the_audit_is_only_ever_added_to(database, statement):
    with writing():
        add(None, "tested", "test:1", now=NOW)

    with pytest.raises(IntegrityError, match="only ever added"), db.atomic():
        db.execute_sql(statement)

    assert AuditEntry.select().count() == 1
