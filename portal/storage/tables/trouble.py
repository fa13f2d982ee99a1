"""What an error of the database says about the database, where it says nothing about the statement."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

import peewee
import psycopg
from playhouse.pool import MaxConnectionsExceeded


class Trouble(Enum):
    """Why nothing can be read or written now."""

    AWAY = "away"  # not to be reached, going down, out of space, or not to be read
    BUSY = "busy"  # somebody holds what is needed, for longer than anybody waits; nothing was written


class Unusable(Exception):
    """Raised by ``usable`` where the database cannot be worked with now."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


_SQLITE = {
    sqlite3.SQLITE_BUSY: Trouble.BUSY,
    sqlite3.SQLITE_LOCKED: Trouble.BUSY,
    sqlite3.SQLITE_READONLY: Trouble.AWAY,
    sqlite3.SQLITE_IOERR: Trouble.AWAY,
    sqlite3.SQLITE_CORRUPT: Trouble.AWAY,
    sqlite3.SQLITE_FULL: Trouble.AWAY,
    sqlite3.SQLITE_CANTOPEN: Trouble.AWAY,
    sqlite3.SQLITE_NOTADB: Trouble.AWAY,
}
# PostgreSQL, Appendix A: codes, and classes of codes. An error without a code comes from the connection.
_POSTGRES = {
    "55P03": Trouble.BUSY,  # lock_timeout
    "57014": Trouble.BUSY,  # statement_timeout
    "40001": Trouble.BUSY,  # could not be put in an order
    "40P01": Trouble.BUSY,  # two that wait for each other
    "25006": Trouble.AWAY,  # a standby, which takes no writes
}
_POSTGRES_CLASSES = ("08", "53", "57", "58", "XX")  # connection, resources, shutting down, system, its own


def trouble_of(error: BaseException | None) -> Trouble | None:
    """None for an error that says nothing of the kind: a defect of ours."""
    if isinstance(error, MaxConnectionsExceeded):
        return Trouble.BUSY
    if not isinstance(error, peewee.DatabaseError | peewee.InterfaceError):
        return None
    return _told_by(error) or trouble_of(_met_before(error))


def _met_before(error: BaseException) -> BaseException | None:
    """The error of Peewee's that was being handled when this one came. On a full disk SQLite has rolled back
    by itself, and the ROLLBACK that follows fails as a statement of ours would."""
    before = error.__context__
    while before is not None and not isinstance(before, peewee.PeeweeException):
        before = before.__context__
    return before


def _told_by(error: peewee.PeeweeException) -> Trouble | None:
    match getattr(error, "orig", None):  # the driver's, or what Peewee made of it where it connects by itself
        case peewee.PeeweeException() as cause:
            return trouble_of(cause)
        case sqlite3.Error() as cause:
            return _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
        case psycopg.Error() as cause:
            return _of_postgres(cause)
    # Peewee's own, of a connection that it finds closed.
    return Trouble.AWAY if isinstance(error, peewee.InterfaceError) else None


@contextmanager
def usable() -> Iterator[None]:
    """Unusable for an error that is the database's trouble; any other goes on as it is."""
    try:
        yield
    except (peewee.PeeweeException, MaxConnectionsExceeded) as error:
        trouble = trouble_of(error)
        if trouble is None:
            raise
        raise Unusable(trouble) from error


def _of_postgres(error: psycopg.Error) -> Trouble | None:
    if error.sqlstate is None:
        is_connection = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
        return Trouble.AWAY if is_connection else None
    found = _POSTGRES.get(error.sqlstate)
    return found or (Trouble.AWAY if error.sqlstate[:2] in _POSTGRES_CLASSES else None)
