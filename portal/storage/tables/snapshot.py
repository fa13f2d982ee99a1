"""Reading much of the database as of one moment, a batch at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from portal.storage.tables.db import db, is_sqlite

BATCH = 500  # rows; psycopg's cursors hold all that they fetched


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything read inside is of one moment, and nobody waits for it."""
    with db.atomic("DEFERRED" if is_sqlite() else "REPEATABLE READ"):
        yield


def in_batches(query: Any, key: Any, size: int = BATCH) -> Iterator[list[Any]]:
    """The rows of ``query`` by growing ``key``, a column whose values are unique in it."""
    last: Any = None
    while True:
        after = query if last is None else query.where(key > last)
        batch = list(after.order_by(key).limit(size))
        if batch:
            yield batch
        if len(batch) < size:
            return
        last = getattr(batch[-1], key.name)
