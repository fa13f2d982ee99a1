"""Strangers' certificates, parsed completely up front so that nothing in them can break a later check."""

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

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


def read_certificate(der: bytes) -> x509.Certificate:
    """The certificate of one person; Fault unless every part of it that is asked for later can be read."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        _ = certificate.subject, certificate.issuer, certificate.serial_number
        _ = certificate.extensions, certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except UNREADABLE:
        raise Fault("readable", "malformed") from None
    return certificate
