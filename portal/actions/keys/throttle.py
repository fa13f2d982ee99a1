"""Counting tries at a password, by account and by address, except in a browser that is already known."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime

from portal.actions.site import Site
from portal.crypto.errors import Busy, MalformedToken
from portal.crypto.passwords import STRANGERS
from portal.crypto.pepper import keyed_hash, throttle_key
from portal.crypto.tokens import token_digest
from portal.domain.accounts import FREE_FAILURES, FREE_FROM_NETWORK
from portal.storage.people.logins import is_known_device
from portal.storage.tables.db import writing
from portal.storage.tables.throttle import Limit, count_attempt, forget_failures, forgive, take_back


@dataclass(frozen=True)
class Origin:
    """Where somebody tries a password from: the browser's own mark, and the visitor's address; either is
    empty where it is not known."""

    device: str = field(default="", repr=False)
    network: str = ""


@dataclass(frozen=True)
class Attempt:
    """What was counted. ``own`` is forgiven by a good password, ``shared`` only loses this attempt."""

    own: Limit
    shared: Limit | None = None

    @property
    def is_known(self) -> bool:
        """Whether the account has logged in from this browser before."""
        return self.shared is None

    @property
    def limits(self) -> list[Limit]:
        return [self.own] if self.shared is None else [self.own, self.shared]


@contextmanager
def attempting(email: str, *, origin: Origin, site: Site, now: datetime) -> Iterator[Attempt]:
    """Count a try at the account's password before it is made; TooOften after too many.

    A browser in which the account has logged in before is counted by itself alone: whoever hammers at
    an account, or shares the director's address, cannot keep the director out on the last day. Browsers
    that are not known are tried one at a time.
    """
    with writing():
        forget_failures(now)
        attempt = _attempt(email, origin, site=site)
        count_attempt(attempt.limits, now=now)
    try:
        with nullcontext() if attempt.is_known else STRANGERS.turn():
            yield attempt
    except Busy:  # nothing was tried
        with writing():
            for limit in attempt.limits:
                take_back(limit.subject)
        raise


def forgiven(attempt: Attempt) -> None:
    """The password was right. In the caller's transaction."""
    forgive(attempt.own.subject)
    if attempt.shared is not None:
        take_back(attempt.shared.subject)


def count_request(what: str, *, origin: Origin, site: Site, now: datetime) -> None:
    """Count something that anybody may ask for, by address alone; in the caller's transaction."""
    count_attempt([Limit(_subject(f"{what}:{origin.network}", site=site), FREE_FROM_NETWORK)], now=now)


def _attempt(email: str, origin: Origin, *, site: Site) -> Attempt:
    try:
        digest = token_digest(origin.device)
    except MalformedToken:
        digest = None
    if digest is not None and is_known_device(digest, email):
        return Attempt(Limit(_subject(f"device:{digest.hex()}:{email}", site=site), FREE_FAILURES))
    return Attempt(
        Limit(_subject(f"account:{email}", site=site), FREE_FAILURES),
        Limit(_subject(f"network:{origin.network}", site=site), FREE_FROM_NETWORK),
    )


def _subject(text: str, *, site: Site) -> bytes:
    return keyed_hash(throttle_key(site.pepper), text)
