"""Upgrading a database to this version of the portal, and checking whether that was done."""

from pathlib import Path

from peewee import OperationalError, PeeweeException, ProgrammingError
from playhouse.migrations import Runner

from portal.storage.schema.triggers import install_triggers
from portal.storage.tables.db import db, lock_name, writing

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def upgrade_database() -> list[str]:
    """Apply what is missing, then install the triggers; the names of what was applied."""
    applied: list[str] = _runner().up()
    with writing():
        lock_name("triggers")
        install_triggers()
    return applied


def is_current() -> bool:
    """Whether every migration of this version was applied."""
    try:
        return all(migration.applied for migration in _runner().status())
    except (OperationalError, ProgrammingError):
        return False


def is_ready() -> bool:
    """Whether the database can be worked with; False as well where it is not to be reached."""
    try:
        return is_current()
    except PeeweeException:
        return False


def _runner() -> Runner:
    return Runner(db.obj, str(MIGRATIONS))
