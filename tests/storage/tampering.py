"""Changing what the portal keeps, as somebody would who has the database in their hands."""

from collections.abc import Iterator
from contextlib import contextmanager

from portal.storage.schema.triggers import install_triggers
from portal.storage.tables.db import db, is_sqlite, writing


@contextmanager
def past_the_triggers(*tables: str) -> Iterator[None]:
    """Of tables to which rows are only ever added; afterwards it is tidied up."""
    for table in tables:
        for event in ("update", "delete"):
            db.execute_sql(f"DROP TRIGGER {table}_no_{event}" + ("" if is_sqlite() else f" ON {table}"))
    yield
    with writing():
        install_triggers()
