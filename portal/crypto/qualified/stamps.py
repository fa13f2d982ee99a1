"""Time stamps (RFC 3161) delivered with a signature: proof of when a trusted authority saw it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from portal.crypto.qualified.certificates import UNREADABLE, extended_key_usage
from portal.crypto.qualified.cms import SHAPELESS, Cms
from portal.crypto.qualified.crls import SKEW, Crl
from portal.crypto.qualified.faults import GOOD, NOTED, Check
from portal.crypto.qualified.path import stamped_at
from portal.crypto.qualified.revocation import GOOD as NOT_REVOKED
from portal.crypto.qualified.revocation import ON_HOLD, REVOKED, status_of, status_of_path
from portal.crypto.qualified.trust import Trust

MOST_STAMPS = 3


@dataclass(frozen=True)
class Stamp:
    """``at`` is none where none can be relied on; ``check`` says why, or is none where there is no stamp."""

    check: Check | None = None
    at: datetime | None = None
    by: x509.Certificate | None = None
    path: tuple[x509.Certificate, ...] = ()
    crls: tuple[Crl, ...] = field(default=(), repr=False)


def read_stamp(signed: Cms, trust: Trust, *, issued_at: datetime, now: datetime) -> Stamp:
    """The first stamp that holds. One that does not is no fault of the signature: it is not relied on.

    ``issued_at`` is when what was signed came to be: an earlier stamp cannot be over it.
    """
    faults = []
    for token in _tokens(signed):
        stamp = _checked(token, signed, trust, issued_at, now=now)
        if stamp.at is not None:
            return stamp
        faults.append(stamp)
    return faults[0] if faults else Stamp()


def _checked(token: Any, signed: Cms, trust: Trust, issued_at: datetime, *, now: datetime) -> Stamp:
    found = stamped_at(token, signed.value, trust, now=now)
    if isinstance(found, str):
        return _unused(found)
    at, by = found
    path = trust.stamping_path_of(by)
    if path is None or not _may_stamp(by) or at > now + SKEW:
        return _unused("stamp_not_trusted")
    if at < issued_at - SKEW:
        return _unused("stamp_too_early")
    status = status_of(by, path[0], trust, (), moment=now, now=now)
    if status.fault != NOT_REVOKED or status.crl is None:
        return _unused("stamp_not_trusted")
    above, crls = status_of_path(path, trust, moment=now, now=now)
    if above in (REVOKED, ON_HOLD):
        return _unused("stamp_not_trusted")
    return Stamp(Check("timestamp", GOOD), min(at, now), by, tuple(path), (status.crl, *crls))


def _may_stamp(by: x509.Certificate) -> bool:
    """A certificate for nothing but time stamps (RFC 3161, 2.3): a person's own is none."""
    try:
        return extended_key_usage(by) == ([ExtendedKeyUsageOID.TIME_STAMPING.dotted_string], True)
    except UNREADABLE:
        return False


def _unused(fault: str) -> Stamp:
    return Stamp(Check("timestamp", NOTED, fault))


def _tokens(signed: Cms) -> Iterator[Any]:
    """SignedData of each token in the unsigned attributes."""
    count = 0
    try:
        for attribute in signed.signer["unsigned_attrs"] or ():
            if attribute["type"].native != "signature_time_stamp_token":
                continue
            for value in attribute["values"]:
                if value["content_type"].native == "signed_data" and count < MOST_STAMPS:
                    count += 1
                    yield value["content"]
    except SHAPELESS:
        return
