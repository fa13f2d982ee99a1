"""Upgrading a database to this version of the portal, and checking whether that was done."""

from pathlib import Path

from peewee import OperationalError, ProgrammingError
from playhouse.migrations import Runner

from portal.storage.schema.triggers import install_triggers
from portal.storage.tables.db import db, lock_name, writing
from portal.storage.tables.trouble import Unusable, usable

MIGRATIONS = Path(__file__).parents[1] / "migrations"
HISTORY = "schema_migration"  # the table that says which were applied


def upgrade_database() -> list[str]:
    """Apply what is missing, then install the triggers; the names of what was applied."""
    applied: list[str] = _runner().up()
    with writing():
        lock_name("triggers")
        install_triggers()
    return applied


def is_current() -> bool:
    """Whether every migration of this version was applied. A database that cannot be used is an error."""
    db.execute_sql("SELECT 1")  # the runner takes a database that is away for an empty one
    try:
        return all(migration.applied for migration in _runner().status())
    except (OperationalError, ProgrammingError):
        return False


def migrations() -> list[str]:
    """The names of all that this version has, in order."""
    return [migration.name for migration in _runner().migrations()]


def applied_migrations() -> list[str]:
    """The names of those that this database has, in order."""
    return [migration.name for migration in _runner().status() if migration.applied]


def upgrade_to(migration: str) -> None:
    """The tables as they were after ``migration``, without triggers. In the caller's transaction."""
    _runner().up(migration)


def what_is_missing() -> str:
    """What keeps the database from being worked with, for who runs the portal; nothing where it is ready."""
    try:
        with usable():
            return "" if is_current() else "the database is empty or behind: run portal db upgrade"
    except Unusable as error:
        return f"the database cannot be used: {error}"


def _runner() -> Runner:
    return Runner(db.obj, str(MIGRATIONS), table_name=HISTORY)
