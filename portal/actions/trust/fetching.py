"""Fetching the lists of revoked certificates named in crls.txt, so that signatures do not wait forever.
Addresses found in certificates are never contacted."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from portal.actions.trust.addresses import Address, read_addresses
from portal.actions.trust.download import BOUNDS, Bounds, NotFetched, Stopped, download
from portal.actions.trust.lists import NEW, UNCHANGED, checked, dated, in_hand, store
from portal.actions.trust.notes import in_hours
from portal.crypto.qualified.crls import Crl
from portal.crypto.qualified.identity import common_name
from portal.crypto.qualified.trust import Trust

logger = logging.getLogger(__name__)

# Our decisions. An authority's list lasts a day or more, and it makes a new one before that, or at once.
OLDEST = timedelta(hours=6)
OFTEN = timedelta(hours=1)  # while lists are signed: a card that was stolen today should not count
RETRY = timedelta(minutes=10)  # after a failure, and while the authority has none that is fresh
AGAIN = timedelta(hours=1)  # when it had nothing newer yet


@dataclass(frozen=True)
class Fetched:
    """What became of one address. ``code`` is for scripts; the sentence is for the operator."""

    address: Address
    code: str
    sentence: str

    @property
    def is_good(self) -> bool:
        return self.code in (NEW, UNCHANGED)


def _always() -> bool:
    return True


def fetch_all(
    folder: Path,
    trust: Trust,
    *,
    now: datetime,
    bounds: Bounds = BOUNDS,
    go_on: Callable[[], bool] = _always,
) -> list[Fetched]:
    """Every list of crls.txt, once."""
    found = []
    for address in read_addresses(folder).listed:
        try:
            found.append(fetch(address, folder, trust, now=now, bounds=bounds, go_on=go_on))
        except Stopped:
            break
    return found


def fetch(
    address: Address,
    folder: Path,
    trust: Trust,
    *,
    now: datetime,
    bounds: Bounds = BOUNDS,
    go_on: Callable[[], bool] = _always,
) -> Fetched:
    """One list. Whatever is wrong with what came, the list in hand stays."""
    try:
        crl = checked(download(address.url, bounds, go_on), trust, now=now)
        code = store(crl, address.file_in(folder), now=now)
        if not crl.is_fresh(now):
            raise NotFetched(
                "stale", f"списъкът там е изтекъл{dated(crl.next_update)}: издателят няма по-нов."
            )
        if not trust.is_in_force(crl, now=now):
            raise NotFetched(
                "old",
                f"списъкът там е{dated(crl.this_update)}, а порталът не приема по-стар от "
                f"{in_hours(trust.greatest_age)} (PORTAL_CRL_MAX_AGE): издателят няма по-нов.",
            )
    except NotFetched as failure:
        return Fetched(address, failure.code, str(failure))
    what = "нов списък" if code == NEW else "няма по-нов списък от този"
    return Fetched(
        address,
        code,
        f"{what} на „{common_name(crl.issuer)}“{dated(crl.this_update)}, записи: {crl.entries}.",
    )


class Fetching:
    """Which list is fetched when, in one process. Several may do it at once: each puts its file there whole.

    ``ticks`` are seconds that pass also where the portal's clock stands still.
    """

    def __init__(
        self, folder: Path, *, bounds: Bounds = BOUNDS, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder = folder
        self._bounds = bounds
        self._ticks = ticks
        self._tried: dict[str, _Tried] = {}
        self._read: dict[Path, tuple[tuple[int, int, int], Crl | None]] = {}

    def due(self, trust: Trust, *, is_open: bool = False, now: datetime) -> list[Address]:
        """The addresses to ask now. ``is_open``: lists can be signed at this time."""
        rests = OFTEN if is_open else OLDEST
        if trust.greatest_age is not None:
            rests = min(rests, trust.greatest_age / 2)
        listed = read_addresses(self._folder).listed
        return [address for address in listed if self._is_due(address, trust, rests, now=now)]

    def fetch_due(
        self, trust: Trust, *, is_open: bool = False, now: datetime, go_on: Callable[[], bool] = _always
    ) -> list[Fetched]:
        found = []
        for address in self.due(trust, is_open=is_open, now=now):
            try:
                fetched = fetch(address, self._folder, trust, now=now, bounds=self._bounds, go_on=go_on)
            except Stopped:
                break
            self._tried[address.url] = _Tried(self._ticks(), now, fetched.is_good)
            found.append(fetched)
            level = logging.INFO if fetched.is_good else logging.WARNING
            logger.log(level, "list at %s: %s", address.shown, fetched.code)
        return found

    def _is_due(self, address: Address, trust: Trust, rests: timedelta, *, now: datetime) -> bool:
        crl, fetched_at = self._in_hand(address.file_in(self._folder))
        tried = self._tried.get(address.url)
        is_in_force = crl is not None and trust.is_in_force(crl, now=now)
        if tried is not None:
            pause = min(AGAIN, rests) if tried.is_good and is_in_force else RETRY
            if self._ticks() - tried.ticks < pause.total_seconds():
                return False
            if tried.is_good:
                fetched_at = max(fetched_at, tried.at)
        return not is_in_force or wants_new(crl, fetched_at, rests, now=now)

    def _in_hand(self, file: Path) -> tuple[Crl | None, datetime]:
        """The list of this address, and when it came; read again only when the file is another."""
        try:
            state = file.stat()
        except OSError:
            return None, datetime.min.replace(tzinfo=UTC)
        mark = (state.st_mtime_ns, state.st_ctime_ns, state.st_size)
        if self._read.get(file, (None,))[0] != mark:
            self._read[file] = mark, in_hand(file)
        return self._read[file][1], datetime.fromtimestamp(state.st_mtime, UTC)


@dataclass(frozen=True)
class _Tried:
    ticks: float
    at: datetime
    is_good: bool


def wants_new(crl: Crl | None, fetched_at: datetime, rests: timedelta = OLDEST, *, now: datetime) -> bool:
    """Whether the list in hand is missing, stale, past half of its time, or came so long ago."""
    if crl is None or crl.next_update is None or not crl.is_fresh(now):
        return True
    half = crl.this_update + (crl.next_update - crl.this_update) / 2
    return now >= half or now - fetched_at >= rests
