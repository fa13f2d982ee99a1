"""Work that nobody else begins while it goes on, over many turns at writing: a lock that ends with whoever
holds it, so that a process that was killed leaves none."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from portal.storage.tables.db import db, is_sqlite

ASK_AGAIN = 0.05  # seconds
_KEY = "hashtextextended(%s, 1)"  # names of turns (``lock_name``) have seed 0
_IS_HELD = f"""
    SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1
    AND (classid::bigint << 32) + objid::bigint = {_KEY}
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""  # noqa: S608 - objsubid 1: a key of 64 bits


@contextmanager
def alone_at(work: str, *, patience: float) -> Iterator[bool]:
    """Hold ``work`` until the block ends; false where somebody else held it for ``patience`` seconds on."""
    with _from_file(work, patience) if is_sqlite() else _from_postgresql(work, patience) as is_ours:
        yield is_ours


def is_going_on(work: str) -> bool:
    """Whether anybody holds it now."""
    if is_sqlite():
        with _file(work) as lock:
            return not _taken(lock, fcntl.LOCK_SH)
    return db.execute_sql(_IS_HELD, (work,)).fetchone() is not None


@contextmanager
def _from_file(work: str, patience: float) -> Iterator[bool]:
    with _file(work) as lock:
        until = time.monotonic() + patience
        while not (is_ours := _taken(lock, fcntl.LOCK_EX)) and time.monotonic() < until:
            time.sleep(ASK_AGAIN)
        yield is_ours


@contextmanager
def _file(work: str) -> Iterator[int]:
    lock = os.open(f"{db.obj.database}.{work}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield lock
    finally:
        os.close(lock)


def _taken(lock: int, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _from_postgresql(work: str, patience: float) -> Iterator[bool]:
    """Of the connection, not of a transaction. The server gives it back when the connection ends."""
    until = time.monotonic() + patience
    while not (is_ours := _asked("pg_try_advisory_lock", work)) and time.monotonic() < until:
        time.sleep(ASK_AGAIN)
    try:
        yield is_ours
    finally:
        if is_ours and not db.is_closed():
            _asked("pg_advisory_unlock", work)


def _asked(function: str, work: str) -> bool:
    return bool(db.execute_sql(f"SELECT {function}({_KEY})", (work,)).fetchone()[0])
