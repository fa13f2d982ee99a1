"""portal.storage.tables.remembered: what every request would ask again, and when it is asked again."""

from portal.storage.lists.school_days import forget_calendar, school_days_of
from portal.storage.tables import remembered
from portal.storage.tables.db import db as current
from portal.storage.tables.db import make_database
from portal.storage.tables.institutions import Closure
from portal.storage.tables.remembered import Remembered
from tests.cast import MONTH, SCHOOL


def counting():
    asked = []
    return asked, Remembered(lambda key: asked.append(key) or len(asked))


def test_is_asked_once_for_a_key(database):
    asked, remember = counting()

    assert [remember("a"), remember("a"), remember("b")] == [1, 1, 2]
    assert asked == ["a", "b"]


def test_is_asked_again_when_its_seconds_are_over(database, monkeypatch):
    """What another process changed is seen then."""
    _, remember = counting()
    monkeypatch.setattr(remembered, "monotonic", lambda: 100.0)
    remember("a")

    monkeypatch.setattr(remembered, "monotonic", lambda: 100.0 + remembered.SECONDS)

    assert remember("a") == 2


def test_is_asked_again_after_a_change_in_this_process(database):
    _, remember = counting()
    remember("a")

    remember.forget()

    assert remember("a") == 2


def test_knows_one_database_from_another(database, tmp_path):
    _, remember = counting()
    remember("a")
    before = current.obj
    current.initialize(make_database(f"sqlite:///{tmp_path}/other.db"))
    try:
        assert remember("a") == 2
    finally:
        current.initialize(before)
    assert remember("a") == 1


def test_a_closure_is_never_remembered(world):
    """It bounds what a director may confirm in the same minute."""
    forget_calendar()
    before = school_days_of(SCHOOL, MONTH)
    day = min(next(iter(before.dates.values())))
    Closure.create(institution=SCHOOL, first=day, last=day, order_number="РД-1")

    after = school_days_of(SCHOOL, MONTH)

    assert all(day not in days for days in after.dates.values())
    assert {band: days - {day} for band, days in before.dates.items()} == after.dates
