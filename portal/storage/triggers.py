"""What the database itself refuses: changes to signed lists, and to what is only ever added.

The code checks the same before it writes; these stand for every other way into the database. One
function installs them all and runs at the end of each upgrade, because rebuilding a table on
SQLite drops its triggers without a word.
"""

from portal.storage.db import db, is_sqlite

SIGNED = "a signed list is locked"
ADDED_ONLY = "rows of this table are only ever added"
APPEND_ONLY = ("audit_entry", "signature", "signature_removal", "declaration")
ERASABLE = ("signature", "signature_removal", "declaration")  # once their list is erased
COLUMNS = {
    "signature": "submission_id",
    "declaration": "submission_id",
}


def install_triggers() -> None:
    """Drop and make every trigger of the portal, in the caller's transaction."""
    for statement in _sqlite() if is_sqlite() else _postgresql():
        db.execute_sql(statement)


def _is_signed(row: str) -> str:
    return f"EXISTS (SELECT 1 FROM submission WHERE id = {row}.submission_id AND lock = 'signed')"


def _is_kept(table: str) -> str:
    """The condition under which an old row of an append-only table may not go."""
    if table == "audit_entry":
        return "1 = 1"
    if table == "signature_removal":
        return (
            "NOT EXISTS (SELECT 1 FROM signature JOIN submission ON submission.id = signature.submission_id "
            "WHERE signature.id = OLD.signature_id AND submission.lock = 'erased')"
        )
    return f"NOT EXISTS (SELECT 1 FROM submission WHERE id = OLD.{COLUMNS[table]} AND lock = 'erased')"


def _rules() -> list[tuple[str, str, str, str, str]]:
    """name, table, event, condition, message."""
    rules = [
        ("record_signed_insert", "record", "INSERT", _is_signed("NEW"), SIGNED),
        ("record_signed_update", "record", "UPDATE", f"{_is_signed('OLD')} OR {_is_signed('NEW')}", SIGNED),
        ("record_signed_delete", "record", "DELETE", _is_signed("OLD"), SIGNED),
    ]
    for table in APPEND_ONLY:
        rules.append((f"{table}_no_update", table, "UPDATE", "1 = 1", ADDED_ONLY))
        rules.append((f"{table}_no_delete", table, "DELETE", _is_kept(table), ADDED_ONLY))
    return rules


def _sqlite() -> list[str]:
    statements = []
    for name, table, event, condition, message in _rules():
        statements.append(f"DROP TRIGGER IF EXISTS {name}")
        statements.append(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
    return statements


def _postgresql() -> list[str]:
    statements = []
    for name, table, event, condition, message in _rules():
        result = "OLD" if event == "DELETE" else "NEW"
        statements.append(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {condition} THEN RAISE EXCEPTION '{message}' "
            f"USING ERRCODE = 'integrity_constraint_violation'; "
            f"END IF; RETURN {result}; END $$"
        )
        statements.append(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        statements.append(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
    for table in ("record", *APPEND_ONLY):
        name = f"{table}_no_truncate"
        statements.append(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{ADDED_ONLY}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        statements.append(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        statements.append(
            f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )
    return statements


def trigger_names() -> set[str]:
    """What the database must have."""
    names = {rule[0] for rule in _rules()}
    if not is_sqlite():
        names |= {f"{table}_no_truncate" for table in ("record", *APPEND_ONLY)}
    return names
