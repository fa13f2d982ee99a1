"""Lists of revoked certificates: whose they are, how old, and whether they list a certificate."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from asn1crypto import crl as asn1_crl
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import CRLEntryExtensionOID, ExtensionOID

from portal.crypto.qualified.certificates import (
    UNREADABLE,
    WEAK_DIGESTS,
    is_authority,
    key_usage,
    names_of,
    points_of,
)

SKEW = timedelta(minutes=5)  # between the clocks of an authority and ours
# What of a list this module knows to follow. Another critical extension means that it would be misread.
KNOWN_CRITICAL = (ExtensionOID.ISSUING_DISTRIBUTION_POINT,)


_PARTS = (
    "only_contains_user_certs",
    "only_contains_ca_certs",
    "only_contains_attribute_certs",
    "indirect_crl",
    "only_some_reasons",
    "relative_name",
)


class NotACrl(ValueError):
    """Bytes that are no list of revoked certificates."""


@dataclass(frozen=True)
class Revocation:
    """That a certificate is revoked, since when, and whether only for a while."""

    at: datetime
    on_hold: bool = False


@dataclass(frozen=True)
class Crl:
    """One list. Whether it was signed by the authority that it names is asked with ``is_by``."""

    der: bytes = field(repr=False)

    @classmethod
    def load(cls, content: bytes) -> "Crl":
        """From DER or PEM; NotACrl for anything else."""
        try:
            if content.lstrip().startswith(b"-----BEGIN X509 CRL-----"):
                parsed = x509.load_pem_x509_crl(content)
            else:
                parsed = x509.load_der_x509_crl(content)
            found = cls(parsed.public_bytes(Encoding.DER))
            _ = found.issuer, found.this_update, found.next_update, found._point
            return found
        except UNREADABLE as error:
            raise NotACrl("not a list of revoked certificates") from error

    @cached_property
    def _list(self) -> x509.CertificateRevocationList:
        return x509.load_der_x509_crl(self.der)

    @property
    def issuer(self) -> x509.Name:
        return self._list.issuer

    @property
    def this_update(self) -> datetime:
        return self._list.last_update_utc

    @property
    def next_update(self) -> datetime | None:
        return self._list.next_update_utc

    @property
    def entries(self) -> int:
        return len(self._list)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.der).hexdigest()

    def is_by(self, issuer: x509.Certificate) -> bool:
        """Whether this authority, which may sign lists, signed it; asked once, as a long list takes long."""
        known = self._signers.get(issuer)
        if known is None:
            known = self._signers[issuer] = self._is_signed_by(issuer)
        return known

    @cached_property
    def _signers(self) -> dict[x509.Certificate, bool]:
        return {}

    def _is_signed_by(self, issuer: x509.Certificate) -> bool:
        if self.issuer != issuer.subject or not _may_sign_lists(issuer):
            return False
        try:
            digest = self._list.signature_hash_algorithm  # none with Ed25519
            if digest is not None and digest.name in WEAK_DIGESTS:
                return False
            key = issuer.public_key()
            return self._list.is_signature_valid(key)  # type: ignore[arg-type]  # another kind: TypeError
        except (InvalidSignature, *UNREADABLE):
            return False

    @property
    def scope(self) -> frozenset[str]:
        """Which part of its authority's certificates it is about; empty for all of them."""
        point = self._point
        if point is None:
            return frozenset()
        flags = [name for name in _PARTS if getattr(point, name)]
        return frozenset([*flags, *(repr(name) for name in point.full_name or ())])

    @property
    def is_understood(self) -> bool:
        """Whether its entries, and what is not among them, mean what they say: no delta, no unknown critical
        rule, and nobody else's certificates in it."""
        critical = [e.oid for e in self._list.extensions if e.critical]
        is_delta = any(e.oid == ExtensionOID.DELTA_CRL_INDICATOR for e in self._list.extensions)
        return not (is_delta or self.is_indirect) and all(oid in KNOWN_CRITICAL for oid in critical)

    @property
    def is_indirect(self) -> bool:
        """Whether other authorities' certificates stand in it too, under numbers of their own."""
        return self._point is not None and self._point.indirect_crl

    def covers(self, certificate: x509.Certificate) -> bool:
        """Whether the certificate would stand in this list if it were revoked (RFC 5280, 6.3.3, b)."""
        if not self.is_understood or self.this_update > certificate.not_valid_after_utc:
            return False  # authorities drop those that have expired from their lists
        point = self._point
        if point is None:
            return True
        if point.only_contains_attribute_certs or point.only_some_reasons:
            return False
        if point.relative_name is not None:  # a part, and nobody can say which
            return False
        of_authority = is_authority(certificate)
        if point.only_contains_user_certs if of_authority else point.only_contains_ca_certs:
            return False
        named = names_of(asn1_crl.IssuingDistributionPoint.load(point.public_bytes())["distribution_point"])
        return not named or bool(named & points_of(certificate))

    def is_fresh(self, now: datetime) -> bool:
        """Whether the authority has not promised a newer one by now."""
        return self.this_update <= now + SKEW and self.next_update is not None and now <= self.next_update

    def find(self, serial: int) -> Revocation | None:
        """Whether this serial number stands in the list."""
        entry = self._list.get_revoked_certificate_by_serial_number(serial)
        if entry is None:
            return None
        try:
            reason = entry.extensions.get_extension_for_oid(CRLEntryExtensionOID.CRL_REASON).value
            flag = getattr(reason, "reason", None)
        except (x509.ExtensionNotFound, *UNREADABLE):
            flag = None
        if flag is x509.ReasonFlags.remove_from_crl:
            return None
        return Revocation(entry.revocation_date_utc, on_hold=flag is x509.ReasonFlags.certificate_hold)

    @cached_property
    def _point(self) -> x509.IssuingDistributionPoint | None:
        try:
            found = self._list.extensions.get_extension_for_class(x509.IssuingDistributionPoint)
        except x509.ExtensionNotFound:
            return None
        return found.value


def _may_sign_lists(issuer: x509.Certificate) -> bool:
    try:
        usage = key_usage(issuer)
    except UNREADABLE:
        return False
    return usage is None or "crl_sign" in usage
