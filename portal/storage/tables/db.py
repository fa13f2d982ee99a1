"""The connection to the one database, SQLite or PostgreSQL, and taking turns at writing."""

import fcntl
import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import peewee
from peewee import Context, DatabaseProxy, Field, Model, SqliteDatabase
from playhouse.pool import PooledPostgresqlDatabase

db = DatabaseProxy()
as_peewee = peewee.__exception_wrapper__  # type: ignore[attr-defined]  # for errors of a driver's own cursor

SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",  # a decision a director was told is saved survives power loss
    "foreign_keys": 1,
    "recursive_triggers": 1,  # without it INSERT OR REPLACE walks past a delete trigger
    "secure_delete": 1,  # what is deleted is overwritten: an old grant, a letter with a link
    "busy_timeout": 10_000,
    "cache_size": -16_000,
}
# Of the pages alone, so that one thing that hangs does not take every thread with it: as long as SQLite waits
# for its turn, and longer than any statement of a page. Commands have time.
LOCK_WAIT, LONGEST_STATEMENT = "10s", "30s"
LONGEST_OF_A_LOAD = "15min"  # enrolments of a country, on a slow disk
# To compile a statement takes PostgreSQL longer than all of ours take uncompiled, and it compiles each anew.
NEVER_COMPILED = "-c jit=off"
CONNECTIONS = 16  # of one process; gunicorn runs at most this many threads in each


class Writer(Context):
    """Writes a table's column, most of what a statement consists of, as Peewee does, but in one step: Peewee
    takes five for each, two thirds of the time in which it writes a statement."""

    __slots__ = ()

    def sql(self, part: Any) -> Context:
        if getattr(type(part), "__sql__", None) is not Field.__sql__:  # an alias' column is written otherwise
            return super().sql(part)  # type: ignore[no-untyped-call, no-any-return]
        column, quote = part.column_name, self.state.quote or '""'
        if self.state.scope == peewee.SCOPE_VALUES:
            return self.literal(_quoted(column, quote))
        table = part.model._meta.table
        if table._alias:
            self.alias_manager[table] = table._alias
        return self.literal(f"{_quoted(self.alias_manager[table], quote)}.{_quoted(column, quote)}")


@cache
def _quoted(name: str, quote: str) -> str:
    return name.replace(quote[0], quote).join(quote)


class File(SqliteDatabase):
    """SQLite's database."""

    context_class = Writer


class Pool(PooledPostgresqlDatabase):
    """PostgreSQL's connections, each tried before it is used again only where it has something to say."""

    context_class = Writer

    def _is_closed(self, conn: Any) -> bool:
        """A server that is there keeps silent while nothing is asked; one that went away has said so. To ask
        each time would be one statement more in each request."""
        return bool(conn.closed) or (_has_spoken(conn) and bool(super()._is_closed(conn)))


def _has_spoken(conn: Any) -> bool:
    waiting = select.poll()
    waiting.register(conn.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


class Table(Model):
    """A table of the portal."""

    class Meta:
        database = db
        legacy_table_names = False


def open_database(url: str, *, for_pages: bool = False) -> None:
    """Point ``db`` at ``sqlite:///path`` or ``postgresql://…``; connections open when needed. ``for_pages``:
    nobody waits longer than people would."""
    db.initialize(make_database(url, for_pages=for_pages))


def make_database(url: str, *, for_pages: bool = False) -> peewee.Database:
    parts = urlsplit(url)
    if parts.scheme in ("postgres", "postgresql"):
        limits = f" -c lock_timeout={LOCK_WAIT} -c statement_timeout={LONGEST_STATEMENT}" if for_pages else ""
        pooled: peewee.Database = Pool(
            url,
            prefer_psycopg3=True,
            max_connections=CONNECTIONS,
            stale_timeout=300,
            timeout=20,
            options=NEVER_COMPILED + limits,
        )
        return pooled
    if parts.scheme != "sqlite":
        raise ValueError(f"not a database address that the portal knows: {parts.scheme}://")
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    return File(str(path), pragmas=SQLITE_PRAGMAS, lock_type="IMMEDIATE", timeout=10)


def release() -> None:
    """After a request. PostgreSQL's connection goes back to the pool; SQLite's stays with its thread, since
    opening one maps the log anew and sets seven pragmas."""
    if not is_sqlite():
        discard()


def discard() -> None:
    """After a request that broke: nothing that it left half read is there for the next one."""
    if not db.is_closed() and not db.in_transaction():
        db.close()


def is_sqlite() -> bool:
    return isinstance(db.obj, SqliteDatabase)


@contextmanager
def writing() -> Iterator[None]:
    """One write transaction, begun before the first read, so that what was checked is still true
    when it is written.

    SQLite: a file lock makes a fair queue in front of BEGIN IMMEDIATE (without it a writer waited
    up to 3 s in a measured queue of eight, with it 0.2 s). PostgreSQL: rows are locked by ``locked``.
    """
    if db.in_transaction():
        with db.atomic():
            yield
        return
    with _turn(), db.atomic():
        yield


@contextmanager
def _turn() -> Iterator[None]:
    if not is_sqlite() or db.obj.database == ":memory:":
        yield
        return
    lock = os.open(f"{db.obj.database}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


@contextmanager
def patiently() -> Iterator[None]:
    """Statements over a whole file take as long as it takes; everybody else's limits stay."""
    if is_sqlite():
        yield
        return
    usual = db.execute_sql("SHOW statement_timeout").fetchone()[0]
    db.execute_sql(f"SET statement_timeout = '{LONGEST_OF_A_LOAD}'")
    try:
        yield
    finally:
        if not db.is_closed():
            db.execute_sql(f"SET statement_timeout = '{usual}'")


def locked(query: Any) -> Any:
    """``query`` with its rows locked until the transaction ends (SQLite has locked everything)."""
    return query if is_sqlite() else query.for_update()


def lock_name(name: str) -> None:
    """Hold the turn for ``name`` until the transaction ends, where no row stands for it."""
    if not is_sqlite():
        db.execute_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (name,))


@contextmanager
def connected() -> Iterator[None]:
    """A connection for a command or a test; a web request has its own hooks."""
    opened = db.connect(reuse_if_open=True)
    try:
        yield
    finally:
        if opened and not db.is_closed():
            db.close()
