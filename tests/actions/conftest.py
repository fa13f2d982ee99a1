"""What every test of an action asks besides its own: that nothing is written outside a transaction."""

import sys
from pathlib import Path

import peewee
import pytest

import portal.actions
from portal.actions.keys import marks
from portal.actions.lists.confirmations import note_first_opening
from portal.actions.register.keys.session import lock, private_key

ACTIONS = str(Path(portal.actions.__file__).parent)
CHANGES = ("INSERT", "UPDATE", "DELETE")
ALONE = {
    each.__code__ for each in (note_first_opening, lock, private_key)
}  # one statement, which says it all


@pytest.fixture(autouse=True)
def nothing_is_written_outside_a_transaction(monkeypatch):
    """A row that an action writes on its own stays when the rest fails, and what was checked before it may
    hold no longer. Tests write as they like."""
    send = peewee.Database.execute_sql

    def sending(database, sql, *args, **kwargs):
        if sql.startswith(CHANGES) and not database.in_transaction():
            assert not _is_acting(), f"Written outside writing(): {sql}"
        return send(database, sql, *args, **kwargs)

    monkeypatch.setattr(peewee.Database, "execute_sql", sending)


def _is_acting() -> bool:
    """Whether an action writes, and not a test, which may mark a row of its own."""
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(ACTIONS) and name != marks.__file__:
            return frame.f_code not in ALONE
        frame = frame.f_back
    return False
