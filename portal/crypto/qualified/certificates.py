"""Strangers' certificates, parsed completely up front so that nothing in them can break a later check.

Their extensions are read one by one, by asn1crypto: ``cryptography`` reads all of them at once, and gives up
on a whole certificate that spells out ``cA FALSE`` (``30 03 01 01 00``), as InfoNotary's do.
"""

from functools import lru_cache
from typing import Any

from asn1crypto import core
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

import portal.crypto.qualified.der  # noqa: F401 (it mends how asn1crypto writes values)
from portal.crypto.qualified.faults import Fault

WEAK_DIGESTS = ("md2", "md5", "sha1", "sha224")
# What reading certificates and lists of strangers can raise; not all of it is a ValueError.
UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
KEY_USAGE, EXTENDED_KEY_USAGE, BASIC_CONSTRAINTS = "2.5.29.15", "2.5.29.37", "2.5.29.19"
CRL_POINTS, POLICIES, QC_STATEMENTS = "2.5.29.31", "2.5.29.32", "1.3.6.1.5.5.7.1.3"


class _Statement(core.Sequence):  # type: ignore[misc]
    """RFC 3739, 3.2.6."""

    _fields: tuple[Any, ...] = (
        ("statement_id", core.ObjectIdentifier, {}),
        ("statement_info", core.Any, {"optional": True}),
    )


class _Statements(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _Statement


class _Identifiers(core.SequenceOf):  # type: ignore[misc]
    _child_spec = core.ObjectIdentifier


_SHAPES = {
    KEY_USAGE: asn1.KeyUsage,
    EXTENDED_KEY_USAGE: _Identifiers,
    BASIC_CONSTRAINTS: asn1.BasicConstraints,
    CRL_POINTS: asn1.CRLDistributionPoints,
    POLICIES: asn1.CertificatePolicies,
    QC_STATEMENTS: _Statements,
}


def read_certificate(der: bytes) -> x509.Certificate:
    """The certificate of one person; Fault unless every part of it that is asked for later can be read."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        _ = certificate.subject, certificate.issuer, certificate.serial_number
        _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        for oid in _SHAPES:
            _ = getattr(_extension(certificate, oid), "native", None)
    except UNREADABLE:
        raise Fault("readable", "malformed") from None
    return certificate


def is_authority(certificate: x509.Certificate) -> bool:
    try:
        found = _extension(certificate, BASIC_CONSTRAINTS)
        return found is not None and bool(found["ca"].native)
    except UNREADABLE:
        return False


def key_usage(certificate: x509.Certificate) -> frozenset[str] | None:
    """The uses by asn1crypto's names (``non_repudiation``, ``crl_sign`` …); none where nothing is said."""
    found = _extension(certificate, KEY_USAGE)
    return None if found is None else frozenset(found.native)


def extended_key_usage(certificate: x509.Certificate) -> tuple[list[str], bool] | None:
    """What it is for, as dotted identifiers, and whether nobody may pass that over; none where nothing is
    said."""
    found = _extension(certificate, EXTENDED_KEY_USAGE)
    if found is None:
        return None
    return [use.dotted for use in found], _extensions(certificate)[EXTENDED_KEY_USAGE][0]


def policies_of(certificate: x509.Certificate) -> set[str]:
    """Under which policies it was issued, or may be issued by it: dotted identifiers."""
    found = _extension(certificate, POLICIES) or ()
    return {policy["policy_identifier"].dotted for policy in found}


def points_of(certificate: x509.Certificate) -> set[bytes]:
    """Where it says its lists are, each name in DER. They are compared; nobody ever goes there."""
    try:
        points = _extension(certificate, CRL_POINTS) or ()
        return {name for point in points for name in names_of(point["distribution_point"])}
    except UNREADABLE:
        return set()


def names_of(point: Any) -> set[bytes]:
    """DER of the full names of a distribution point; of one that has none, or a relative one, nothing."""
    if point.native is None or point.name != "full_name":
        return set()
    return {name.dump() for name in point.chosen}


def statements_of(certificate: x509.Certificate) -> dict[str, list[str]]:
    """Each qualified statement by its dotted identifier, with the identifiers in it, where it is of such:
    of one that comes twice all of them."""
    found: dict[str, list[str]] = {}
    for statement in _extension(certificate, QC_STATEMENTS) or ():
        info = statement["statement_info"]
        is_sequence = isinstance(info, core.Any) and info.contents is not None and info.dump()[:1] == b"\x30"
        told = found.setdefault(statement["statement_id"].dotted, [])
        told += _identifiers(info.dump()) if is_sequence else []
    return found


def _identifiers(der: bytes) -> list[str]:
    try:
        return [each.dotted for each in _Identifiers.load(der, strict=True)]
    except ValueError:  # a statement of another kind: an amount, an address
        return []


def _extension(certificate: x509.Certificate, oid: str) -> Any:
    """The value, or none where the certificate has no such extension; ValueError for what cannot be read."""
    found = _extensions(certificate).get(oid)
    return None if found is None else _SHAPES[oid].load(found[1], strict=True)


@lru_cache(maxsize=256)  # of authorities and of who signs now: each is asked several times
def _extensions(certificate: x509.Certificate) -> dict[str, tuple[bool, bytes]]:
    """By dotted identifier: whether it is critical, and DER of its value. ValueError if one comes twice."""
    parsed = asn1.Certificate.load(certificate.public_bytes(Encoding.DER), strict=True)
    found: dict[str, tuple[bool, bytes]] = {}
    for extension in parsed["tbs_certificate"]["extensions"] or ():
        oid = extension["extn_id"].dotted
        if oid in found:
            raise ValueError("an extension twice")
        found[oid] = bool(extension["critical"].native), bytes(extension["extn_value"].contents)
    return found
