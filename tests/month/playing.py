"""The month as it goes by: at each moment the people do what they do, then a worker looks at what is due, and
on the mornings of reminders two."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from unittest.mock import patch

from portal.cli.worker import Worker
from portal.config import Config
from portal.domain.times import local
from portal.storage.letters import outbox
from portal.storage.tables.letters import OutboxMessage
from tests.month.days import (
    ANSWERED,
    AWAY,
    BUSY,
    CHANGED,
    CORRECTED,
    CRASH,
    ENROLLED,
    EXCEPTED,
    EXCEPTION_ENDED,
    LAST_LOOK,
    LOADED,
    MOVED,
    RESUMED,
    RETURNED,
    RETURNED_AGAIN,
    SENT,
    SUSPENDED,
    at,
)
from tests.month.post import Post
from tests.month.town import Town

NOWHERE = "smtp://127.0.0.1:1"
QUIET = ((8, 0),)  # when it looks on any day
BUSILY = (7, 50), (8, 0), (8, 10), (9, 0), (9, 10), (10, 15), (18, 5)
AFTERWARDS = timedelta(minutes=1), timedelta(minutes=11)  # what the operator does settles for ten minutes

Workers = Callable[[Config], None]


class Died(BaseException):
    """The process of a worker ends, between two statements."""


@dataclass
class Month:
    """``workers`` may have others work at a moment than one, or two threads with a connection each. ``post``
    is behind ``config.mail_url``."""

    config: Config
    town: Town
    post: Post
    workers: dict[datetime, Workers] = field(default_factory=dict)
    doomed: set[str] = field(default_factory=set)  # addresses: who sends to one dies, at CRASH
    died: bool = False
    again: set[str] = field(default_factory=set)  # those that are sent the same letter once more

    def __post_init__(self) -> None:
        met = set()
        for place, behaviour in self.town.places:
            address = place.address("director")
            if behaviour.address:
                getattr(self.post, behaviour.address).add(address)
            if behaviour.is_crash and behaviour.name not in met:  # there are but two workers to die
                self.doomed.add(address)
                self.again |= set() if behaviour.does else {address}
            met.add(behaviour.name)

    def play(self) -> None:
        deeds = sorted(self._deeds(), key=lambda deed: deed[0])
        looks = sorted({*_looks(), *(when + later for when, _ in deeds for later in AFTERWARDS)})
        with patch.object(outbox, "mark_sent", self._dying(outbox.mark_sent)):
            for now in looks:
                while deeds and deeds[0][0] <= now:
                    when, deed = deeds.pop(0)
                    deed(when)
                self.post.now = local(now)
                usual = self._two if now.date() in {morning.date() for morning in BUSY} else _one
                self.workers.get(now, usual)(self._config_at(now))

    def _deeds(self) -> Iterator[tuple[datetime, Callable[[datetime], object]]]:
        town = self.town
        yield LOADED, town.loads
        yield CORRECTED, town.corrects
        yield ENROLLED, town.enrols
        yield at(17, 4, 10), town.closes_some
        yield MOVED, town.moves
        yield SUSPENDED, town.suspends
        yield RESUMED, town.resumes
        yield EXCEPTED, town.excepts_some
        yield EXCEPTION_ENDED, town.ends_exceptions
        yield ANSWERED, town.answers
        yield SENT, town.says_sent
        yield RETURNED, town.returns
        yield RETURNED_AGAIN, town.returns
        yield CHANGED, town.changes_result
        for place, behaviour in town.places:
            for when, does in behaviour.does:
                for deed in does:
                    yield when, lambda now, deed=deed, place=place: deed(place, now)

    def _config_at(self, now: datetime) -> Config:
        is_away = AWAY[0] <= now <= AWAY[1]
        return replace(self.config, clock=now, mail_url=NOWHERE if is_away else self.config.mail_url)

    def _two(self, config: Config) -> None:
        barrier = threading.Barrier(2)

        def work() -> None:
            barrier.wait()
            with _dead():
                _one(config)

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.died:
            self.died = False
            _one(config)  # systemd begins another

    def _dying(self, mark_sent: Callable) -> Callable:
        def dying(letter: OutboxMessage, *args, **kwargs) -> None:
            if self.post.now == CRASH and letter.recipient in self.doomed:
                self.doomed.discard(letter.recipient)
                self.died = True
                raise Died
            mark_sent(letter, *args, **kwargs)

        return dying


def _one(config: Config) -> None:
    Worker(config, go_on=lambda: True).round()


@contextmanager
def _dead() -> Iterator[None]:
    try:
        yield
    except Died:
        return


def _looks() -> Iterator[datetime]:
    day = LOADED
    while day < LAST_LOOK:
        for hour, minute in QUIET:
            yield day.replace(hour=hour, minute=minute)
        day += timedelta(1)
    for morning in BUSY:
        for hour, minute in BUSILY:
            yield morning.replace(hour=hour, minute=minute)
