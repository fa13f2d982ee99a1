"""What is asked of the database: noted at the driver, so that no way of asking goes unseen."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial, wraps
from unittest.mock import patch

import peewee
import psycopg

AROUND = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


@dataclass
class Asked:
    """Statements as they were sent. ``around`` are those that only open, set up and close: they are noted
    and not counted."""

    statements: list[str] = field(default_factory=list)
    around: list[str] = field(default_factory=list)

    def note(self, statement: str) -> None:
        text = statement.strip()
        kept = self.around if text.upper().startswith(AROUND) else self.statements
        kept.append(text)

    def forget(self) -> None:
        self.statements.clear()
        self.around.clear()


@contextmanager
def noted() -> Iterator[Asked]:
    """Everything that this process asks, over every connection that it opens meanwhile."""
    asked = Asked()
    with (
        patch.object(peewee.sqlite3, "connect", _opening_noted(asked)),
        patch.object(psycopg.Cursor, "execute", _noting(psycopg.Cursor.execute, asked)),
        patch.object(psycopg.Cursor, "executemany", _noting(psycopg.Cursor.executemany, asked)),
    ):
        yield asked


def _opening_noted(asked: Asked) -> Callable:
    """``sqlite3.connect`` for connections that tell: the driver's own trace counts a statement once more for
    each trigger that it sets off."""

    class Cursor(sqlite3.Cursor):
        execute = _noting(sqlite3.Cursor.execute, asked)
        executemany = _noting(sqlite3.Cursor.executemany, asked)

    class Connection(sqlite3.Connection):
        def cursor(self, factory=Cursor):
            return super().cursor(factory)

    return partial(sqlite3.connect, factory=Connection)


def _noting(send: Callable, asked: Asked) -> Callable:
    @wraps(send)
    def noting(cursor, query, *args, **kwargs):
        asked.note(query if isinstance(query, str) else bytes(query).decode())
        return send(cursor, query, *args, **kwargs)

    return noting
