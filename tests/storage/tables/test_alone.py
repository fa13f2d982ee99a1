"""alone_at: work over many turns that nobody else begins meanwhile."""

import threading
from contextlib import contextmanager

import psycopg
import pytest

from portal.storage.tables.alone import alone_at, is_going_on
from portal.storage.tables.db import connected, db, is_sqlite, writing
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("database")


@contextmanager
def somebody_at(work: str):
    """Another connection holds it."""
    begun, over = threading.Event(), threading.Event()

    def holds():
        with connected(), alone_at(work, patience=0):
            begun.set()
            over.wait(10)

    other = threading.Thread(target=holds)
    other.start()
    assert begun.wait(10)
    try:
        yield over
    finally:
        over.set()
        other.join()


def test_one_at_a_time():
    with somebody_at("load"), alone_at("load", patience=0) as is_ours:
        assert not is_ours
    with alone_at("load", patience=0) as is_ours:
        assert is_ours


def test_who_waits_gets_it_when_the_other_is_done():
    with somebody_at("load") as over:
        threading.Timer(0.2, over.set).start()
        with alone_at("load", patience=10) as is_ours:
            assert is_ours


def test_everybody_sees_that_it_goes_on():
    assert not is_going_on("load")
    with somebody_at("load"):
        assert is_going_on("load")
        assert is_going_on("load"), "to look takes nothing away"
    assert not is_going_on("load")


def test_other_work_is_free():
    with somebody_at("load"), alone_at("other", patience=0) as is_ours:
        assert is_ours
        assert not is_going_on("third")


def test_turns_come_and_go_meanwhile():
    with alone_at("load", patience=0):
        for _ in range(2):
            with writing():
                pass
        assert is_going_on("load")


def test_it_ends_with_the_connection_of_who_held_it():
    if is_sqlite():
        return  # with the process, as a file's lock does: tests/web/campaigns/test_load_beside.py kills one
    with psycopg.connect(db.obj.database, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended('load', 1))")
        assert is_going_on("load")
        with alone_at("load", patience=0) as is_ours:
            assert not is_ours

    until(lambda: not is_going_on("load"))
