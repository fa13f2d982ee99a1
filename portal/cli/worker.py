"""portal worker: the work nobody has to ask for. It sends letters, fetches lists of revoked certificates, and
settles the signatures that waited for them."""

import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from types import FrameType

import click

from portal.actions.letters.announcing import spread
from portal.actions.letters.delegation_letters import tell_of_ends
from portal.actions.letters.reminding import remind
from portal.actions.letters.sending import deliver
from portal.actions.notices.spreading import put_down
from portal.actions.qualified.completing import complete_waiting
from portal.actions.qualified.local import forget_old
from portal.actions.trust.fetching import Fetching
from portal.cli.settings import NO, now, read_config, site
from portal.config import Config
from portal.crypto.qualified.trust import Trust
from portal.logs import configure_logging
from portal.storage.campaigns.overview import is_some_list_open
from portal.storage.schema.upgrade import is_current
from portal.storage.tables.db import connected, open_database
from portal.storage.tables.trouble import Unusable, usable

logger = logging.getLogger(__name__)

ROUND = 30.0  # seconds from the end of one round to the next
LOOK_UP = 0.5  # seconds until it is noticed that the work shall end
COMPLETE_AGAIN = 300.0  # seconds: what waits is asked again, though no file has changed, as time went by


class Behind(Exception):
    """The database is missing or of another version: nothing is done until ``portal db upgrade`` was run."""


@click.command()
@click.option("--once", is_flag=True, help="Do one round and end; exit code 1 if a part of it failed.")
def worker(*, once: bool) -> None:
    """Keep delivering letters, fetching the lists named in crls.txt and completing what waits for them.

    Until SIGTERM or Ctrl-C, which end it between two pieces of work.
    """
    config = read_config()
    configure_logging()
    open_database(config.database_url)
    with _ending() as end:
        work = Worker(config, go_on=lambda: not end.is_asked)
        if not once:
            work.keep_on()
            return
        is_good = work.round()
    for line in work.said:
        click.echo(line)
    if not is_good:
        sys.exit(NO)


class Worker:
    """Its parts do not know each other: where one trips, the others go on, and it is tried again."""

    def __init__(self, config: Config, *, go_on: Callable[[], bool]) -> None:
        self._config = config
        self._go_on = go_on
        self._site = site(config)
        self._fetching = None if config.trust_dir is None else Fetching(config.trust_dir)
        self._completed: tuple[Trust, float] | None = None  # against what it was asked last, and when
        self.said: list[str] = []  # of the last round, for people

    def keep_on(self) -> None:
        logger.info("worker begins")
        if self._config.mail_url is None:
            logger.warning("PORTAL_MAIL_URL is not set: letters stay in the outbox")
        while self._go_on():
            self.round()
            until = time.monotonic() + ROUND
            while self._go_on() and time.monotonic() < until:
                time.sleep(LOOK_UP)
        logger.info("worker ends")

    def round(self) -> bool:
        """Every part once; whether all went well."""
        self.said = []
        parts = (
            ("reminders", self._reminders),
            ("letters", self._letters),
            ("lists", self._lists),
            ("signatures", self._signatures),
        )
        went_well = [self._safely(name, part) for name, part in parts if self._go_on()]
        return all(went_well)

    def _safely(self, name: str, part: Callable[[], bool]) -> bool:
        try:
            return part()
        except Behind:
            logger.warning("%s: the database is missing or behind; run portal db upgrade", name)
            self.said.append("Базата данни липсва или е от друга версия: изпълнете portal db upgrade.")
        except Exception:  # whatever it is, the worker outlives it
            logger.exception("%s: failed, to be tried again", name)
            self.said.append(f"Нещо се провали ({name}); вижте дневника.")
        return False

    def _reminders(self) -> bool:
        with _database():
            new = spread(go_on=self._go_on, now=self._now())
            new += put_down(go_on=self._go_on, now=self._now())
            new += tell_of_ends(now=self._now())
            new += remind(go_on=self._go_on, now=self._now())
        if new:
            logger.info("reminders and announcements: %s letters", new)
        return True

    def _letters(self) -> bool:
        config = self._config
        if config.mail_url is None:
            self.said.append("PORTAL_MAIL_URL не е зададен: писмата остават в портала.")
            return True
        with _database():
            done = deliver(
                config.mail_url,
                config.mail_sender,
                go_on=self._go_on,
                site=self._site,
                clock=self._now,
            )
        self.said.append(
            f"Писма: изпратени {done.sent}, за нов опит {done.later}, без повече опити {done.given_up}, "
            f"отпаднали {done.dropped}."
        )
        return not (done.later or done.given_up)

    def _lists(self) -> bool:
        if self._fetching is None:
            return True
        trust, at = self._site.trust(), self._now()
        done = self._fetching.fetch_due(trust, is_open=self._is_open(at), now=at, go_on=self._go_on)
        self.said += [f"Списък {each.code} {each.address.shown}: {each.sentence}" for each in done]
        return all(each.is_good for each in done)

    def _is_open(self, at: datetime) -> bool:
        """Whether somebody may be signing now; where the database cannot say, as if so."""
        try:
            with usable(), _database():
                return is_some_list_open(at)
        except (Behind, Unusable):
            return True

    def _signatures(self) -> bool:
        """Asked when the trust folder has changed, and now and then: a deadline may have passed."""
        with _database():
            forget_old(self._now())
        trust, ticks = self._site.trust(), time.monotonic()
        if self._completed is not None:
            against, at = self._completed
            if trust is against and ticks - at < COMPLETE_AGAIN:
                return True
        with _database():
            done = complete_waiting(go_on=self._go_on, site=self._site, clock=self._now)
        self._completed = trust, ticks
        counts = (done.accepted, done.refused, done.waiting)
        if any(counts):
            logger.info("signatures: %s accepted, %s refused, %s wait", *counts)
        self.said.append("Подписи с КЕП: приети {}, отказани {}, чакащи {}.".format(*counts))
        return True

    def _now(self) -> datetime:
        return now(self._config)


@contextmanager
def _database() -> Iterator[None]:
    """A connection for one piece of work: the next one gets another, should this one be broken."""
    with connected():
        if not is_current():
            raise Behind
        yield


class _Ending:
    """Whether somebody asked that the work end. A second time there is no waiting for it."""

    is_asked = False

    def ask(self, number: int, frame: FrameType | None) -> None:
        if self.is_asked:
            raise KeyboardInterrupt
        self.is_asked = True


@contextmanager
def _ending() -> Iterator[_Ending]:
    end = _Ending()
    before = {number: signal.signal(number, end.ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield end
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
