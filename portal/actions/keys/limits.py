"""What a try at a password is counted by: the account, the account at one address, and the addresses."""

from dataclasses import dataclass

from portal.actions.site import Site
from portal.crypto.pepper import keyed_hash, throttle_key
from portal.domain.accounts import (
    FREE_ACCOUNTS,
    FREE_FAILURES,
    FREE_REPEATS,
    FREE_REQUESTS,
    LONGEST_FOR_OTHERS,
    Allowance,
)
from portal.storage.tables.throttle import Found, Limit


@dataclass(frozen=True)
class Network:
    """Where a visitor comes from; others may come from there too, and ``room`` times as many."""

    name: str
    room: int = 1


@dataclass(frozen=True)
class Shared:
    """A network's limits. An account that failed there for the first time is one more of ``accounts``; what
    it fails at after that is counted among the ``repeats``."""

    accounts: Limit
    repeats: Limit
    room: int


@dataclass(frozen=True)
class Limits:
    """``own`` is the account's, or that of the browser which it is known in. In any other browser, ``here``
    is the account's at this address."""

    own: Limit
    here: Limit | None = None
    shared: tuple[Shared, ...] = ()

    @property
    def all(self) -> list[Limit]:
        networks = [limit for each in self.shared for limit in (each.accounts, each.repeats)]
        return [self.own, *([self.here] if self.here else []), *networks]

    def counting(self, found: Found) -> list[Limit]:
        """Those that the next try counts for."""
        if self.here is None:
            return [self.own]
        failed_before = self.failed_here(found)
        networks = [each.repeats if failed_before else each.accounts for each in self.shared]
        return [self.own, self.here, *networks]

    def failed_here(self, found: Found) -> int:
        return found[self.here.subject].count if self.here and self.here.subject in found else 0

    def rank(self, found: Found) -> int:
        """Who comes from where nothing failed goes first: a flood of wrong passwords is behind all others."""
        return sum(
            found[limit.subject].count // each.room
            for each in self.shared
            for limit in (each.accounts, each.repeats)
            if limit.subject in found
        )


def of_browser(digest: bytes, email: str, *, site: Site) -> Limits:
    """In a browser that the account is known in."""
    return Limits(_limit(f"device:{digest.hex()}:{email}", FREE_FAILURES, site=site))


def of_stranger(email: str, networks: list[Network], *, site: Site) -> Limits:
    """In any other; the first of ``networks`` is the visitor's own."""
    everywhere = _limit(f"account:{email}", FREE_FAILURES, site=site)
    return Limits(
        Limit(everywhere.subject, Allowance(FREE_FAILURES, longest=LONGEST_FOR_OTHERS)),
        _limit(f"here:{networks[0].name}:{email}", FREE_FAILURES, site=site),
        tuple(
            Shared(
                _limit(f"accounts:{each.name}", FREE_ACCOUNTS * each.room, site=site),
                _limit(f"repeats:{each.name}", FREE_REPEATS * each.room, site=site),
                each.room,
            )
            for each in networks
        ),
    )


def of_signing(user_id: int, *, site: Site) -> Limit:
    return _limit(f"signing:{user_id}", FREE_FAILURES, site=site)


def of_codes(user_id: int, *, site: Site) -> Limit:
    """Of a second factor."""
    return _limit(f"codes:{user_id}", FREE_FAILURES, site=site)


def of_request(what: str, networks: list[Network], *, site: Site) -> list[Limit]:
    """Of something that anybody may ask for."""
    return [_limit(f"{what}:{each.name}", FREE_REQUESTS * each.room, site=site) for each in networks]


def _limit(text: str, free: int, *, site: Site) -> Limit:
    return Limit(keyed_hash(throttle_key(site.pepper), text), Allowance(free))
