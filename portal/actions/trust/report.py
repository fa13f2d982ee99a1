"""A report on the trust folder: what is in it, what expires when, and what has to be done."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from portal.actions.trust.files import of_addresses, of_passed_over, of_strangers, of_unread
from portal.actions.trust.notes import (
    Note,
    fingerprint,
    has_list_in_force,
    of_issuer,
    of_root,
    of_whole,
)
from portal.actions.trust.stampers import of_stamper
from portal.crypto.qualified.crls import Crl
from portal.crypto.qualified.identity import common_name
from portal.crypto.qualified.trust import Trust


@dataclass(frozen=True)
class ListShown:
    """A list of revoked certificates that an authority signed. ``is_part``: of some of its certificates."""

    sha256: str
    this_update: datetime
    next_update: datetime | None
    entries: int
    is_fresh: bool
    is_part: bool


@dataclass(frozen=True)
class AuthorityShown:
    """A root, a pinned issuer or an authority of time stampers. ``sha256`` is the certificate's fingerprint,
    to be compared with what the authority publishes."""

    name: str
    sha256: str
    valid_from: datetime
    valid_until: datetime
    lists: tuple[ListShown, ...]


@dataclass(frozen=True)
class TrustReport:
    """The folder at one moment."""

    roots: tuple[AuthorityShown, ...]
    issuers: tuple[AuthorityShown, ...]
    stampers: tuple[AuthorityShown, ...]
    notes: tuple[Note, ...]

    @property
    def is_good(self) -> bool:
        """Whether nothing has to be done now."""
        return all(note.is_warning for note in self.notes)


def report(trust: Trust, *, now: datetime, folder: Path) -> TrustReport:
    """What ``trust``, read from ``folder``, is worth at the moment ``now``."""
    return TrustReport(
        roots=tuple(_shown(root, trust, now=now) for root in trust.roots),
        issuers=tuple(_shown(issuer, trust, now=now) for issuer in trust.issuers),
        stampers=tuple(_shown(stamper, trust, now=now) for stamper in trust.stampers),
        notes=(
            *of_whole(trust),
            *(note for root in trust.roots for note in of_root(root, trust, now=now)),
            *(note for issuer in trust.issuers for note in of_issuer(issuer, trust, now=now)),
            *(note for stamper in trust.stampers for note in of_stamper(stamper, trust, now=now)),
            *of_strangers(trust, folder),
            *(of_unread(file) for file in trust.unread),
            *of_passed_over(folder),
            *of_addresses(folder),
        ),
    )


def lists_missing(trust: Trust, *, now: datetime) -> str:
    """What keeps signatures from counting at once, for who runs the portal; nothing where none waits."""
    issuers = [issuer for issuer in trust.issuers if issuer.not_valid_after_utc >= now]
    waiting = sum(not has_list_in_force(issuer, trust, now=now) for issuer in issuers)
    if not waiting:
        return ""
    what = f"lists of revoked certificates are missing or too old, of {waiting} issuer(s)"
    return f"{what}: run portal trust check"


def _shown(authority: x509.Certificate, trust: Trust, *, now: datetime) -> AuthorityShown:
    return AuthorityShown(
        common_name(authority.subject),
        fingerprint(authority),
        authority.not_valid_before_utc,
        authority.not_valid_after_utc,
        tuple(_list_shown(crl, trust, now=now) for crl in trust.crls_of(authority)),
    )


def _list_shown(crl: Crl, trust: Trust, *, now: datetime) -> ListShown:
    is_fresh = trust.is_in_force(crl, now=now)
    return ListShown(crl.sha256, crl.this_update, crl.next_update, crl.entries, is_fresh, bool(crl.scope))
