"""Counting tries at a password, by account and by address, except in a browser that is already known."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime

from portal.actions.keys.limits import Limits, Network, of_browser, of_request, of_stranger
from portal.actions.site import Site
from portal.crypto.errors import Busy, MalformedToken
from portal.crypto.passwords import STRANGERS
from portal.crypto.tokens import token_digest
from portal.domain.accounts import ROOM_OF_BLOCK
from portal.storage.people.logins import is_known_device
from portal.storage.tables.db import writing
from portal.storage.tables.throttle import (
    Counted,
    check_limits,
    count,
    count_attempt,
    forget_failures,
    forgive,
    hold,
    take_back,
)


@dataclass(frozen=True)
class Origin:
    """Where somebody tries a password from: the browser's own mark, and the visitor's address; either is
    empty where it is not known. ``block`` is what an IPv6 address is a part of. ``browser`` says of what kind
    it is, in words for its owner; it is kept with the login."""

    device: str = field(default="", repr=False)
    network: str = ""
    block: str = ""
    browser: str = ""

    @property
    def networks(self) -> list[Network]:
        return [Network(self.network), *([Network(self.block, ROOM_OF_BLOCK)] if self.block else [])]


@dataclass(frozen=True)
class Attempt:
    """A try, and what was counted for it before it was made."""

    limits: Limits
    counted: Sequence[Counted]
    failed_here: int  # what the account had failed at this address before it


@contextmanager
def attempting(email: str, *, origin: Origin, site: Site, now: datetime) -> Iterator[Attempt]:
    """Count a try at the account's password before it is made; TooOften after too many.

    A browser in which the account has logged in before is counted by itself alone: whoever hammers at
    an account, or shares the director's address, cannot keep the director out on the last day. Browsers
    that are not known are tried one at a time; Busy, at once, where enough of them wait already.
    """
    limits = _limits(email, origin, site=site)
    with _turn(limits, now=now):
        with writing():
            forget_failures(now)
            hold(limits.all)
            found = check_limits(limits.all, now=now)
            counted = count(limits.counting(found), found, now=now)
        try:
            yield Attempt(limits, counted, limits.failed_here(found))
        except Busy:  # nothing was tried
            with writing():
                take_back(counted)
            raise


def forgiven(attempt: Attempt) -> None:
    """The password was right: what this account failed at here were slips, and nobody at this address waits
    for them, nor for the try itself. In the caller's transaction."""
    limits = attempt.limits
    if limits.here is None:
        forgive(limits.own.subject)
        return
    hold(limits.all)
    forgive(limits.own.subject, limits.here.subject)
    counted = {each.subject: each for each in attempt.counted}
    at = attempt.counted[0].at
    take_back(
        [
            replace(counted.get(limit.subject, Counted(limit.subject, at)), times=times)
            for each in limits.shared
            for limit, times in ((each.accounts, 1), (each.repeats, attempt.failed_here))
            if times > 0
        ]
    )


def count_request(what: str, *, origin: Origin, site: Site, now: datetime) -> None:
    """Count something that anybody may ask for, by address alone; in the caller's transaction."""
    count_attempt(of_request(what, origin.networks, site=site), now=now)


def _limits(email: str, origin: Origin, *, site: Site) -> Limits:
    try:
        digest = token_digest(origin.device)
    except MalformedToken:
        digest = None
    if digest is not None and is_known_device(digest, email):
        return of_browser(digest, email, site=site)
    return of_stranger(email, origin.networks, site=site)


def _turn(limits: Limits, *, now: datetime) -> AbstractContextManager[None]:
    """Nobody waits who is then told to have failed too often."""
    if limits.here is None:
        return nullcontext()
    return STRANGERS.turn(limits.rank(check_limits(limits.all, now=now)))
