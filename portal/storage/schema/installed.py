"""Checking that the database still has every trigger exactly as this version makes it."""

from collections.abc import Iterator

from portal.storage.schema.triggers import Trigger, triggers
from portal.storage.tables.db import db, is_sqlite

# PostgreSQL, pg_trigger.h: the bits of tgtype.
_BEFORE = 2
_LEVELS = {"ROW": 1, "STATEMENT": 0}
_EVENTS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}


def altered_triggers() -> Iterator[tuple[str, str]]:
    """The name of each trigger that is not as it must be, and how: missing, changed or foreign."""
    wanted = {trigger.name: _signature(trigger) for trigger in triggers()}
    found = _in_sqlite() if is_sqlite() else _in_postgresql()
    for name in sorted(wanted.keys() | found.keys()):
        if name not in found:
            yield name, "missing"
        elif name not in wanted:
            yield name, "foreign"
        elif wanted[name] != found[name]:
            yield name, "changed"


def _signature(trigger: Trigger) -> tuple[object, ...]:
    """What of a trigger can be read back."""
    if is_sqlite():
        return (trigger.body,)
    kind = _BEFORE + _LEVELS[trigger.level] + _EVENTS[trigger.event]
    return trigger.table, kind, "O", True, trigger.name, trigger.body


def _in_sqlite() -> dict[str, tuple[object, ...]]:
    rows = db.execute_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    return {name: (sql,) for name, sql in rows}


def _in_postgresql() -> dict[str, tuple[object, ...]]:
    """Switched off (``tgenabled`` other than O), narrowed to a condition or to columns, or calling
    another function: all of that is a change."""
    rows = db.execute_sql(
        "SELECT t.tgname, c.relname, t.tgtype, t.tgenabled::text, "
        "t.tgqual IS NULL AND t.tgattr::text = '', p.proname, p.prosrc "
        "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace"
    ).fetchall()
    return {row[0]: tuple(row[1:]) for row in rows}
