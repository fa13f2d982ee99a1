"""What people are told about their own access, and the wrong passwords of a day."""

from datetime import date
from typing import Any

from peewee import AutoField, CharField, CompositeKey, DateField, ForeignKeyField, IntegerField

from portal.domain.keys.news import Guess, NewsKind
from portal.storage.tables.db import Table
from portal.storage.tables.fields import EnumField, UtcField
from portal.storage.tables.people import User

NOBODY = 0  # in ``WrongGuesses.who``: an address that no account has


class AccessNews(Table):
    """A line on the first page of ``user`` until it was read: then the row goes. ``thing`` is what it is
    about, as the audit says it: ``delegation:17``, ``signature:5``; of a login how its digest begins."""

    id = AutoField()
    user = ForeignKeyField(User, on_delete="CASCADE")
    kind = EnumField(NewsKind)
    thing = CharField(max_length=40, default="")
    at = UtcField(index=True)
    user_id: int


class WrongGuesses(Table):
    """How many wrong passwords or codes an account had on one day (Sofia); ``who`` is its id, or NOBODY. The
    row goes into the audit when the day is over."""

    day = DateField()
    who = IntegerField()
    guess = EnumField(Guess)
    count = IntegerField()

    class Meta:
        primary_key = CompositeKey("day", "who", "guess")


def count_guess(day: date, who: int, guess: Guess) -> int:
    """One more; how many there are by now. In the caller's transaction."""
    row = WrongGuesses.insert(day=day, who=who, guess=guess, count=1)
    one_more: Any = WrongGuesses.count + 1
    target = [WrongGuesses.day, WrongGuesses.who, WrongGuesses.guess]
    counted = row.on_conflict(conflict_target=target, update={WrongGuesses.count: one_more})
    ((count,),) = counted.returning(WrongGuesses.count).tuples().execute()
    return int(count)


def guesses_before(day: date, most: int) -> list[WrongGuesses]:
    """Those of days that are over, the oldest first."""
    query = WrongGuesses.select().where(WrongGuesses.day < day)
    return list(query.order_by(WrongGuesses.day, WrongGuesses.who, WrongGuesses.guess).limit(most))


def taken(row: WrongGuesses) -> bool:
    """Take the row away, as it was counted to; false if somebody else did. In the caller's transaction."""
    this = (WrongGuesses.day == row.day) & (WrongGuesses.who == row.who) & (WrongGuesses.guess == row.guess)
    return bool(WrongGuesses.delete().where(this & (WrongGuesses.count == row.count)).execute())
