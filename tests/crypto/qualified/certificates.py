"""Certificates and lists that authority.py does not make: authorities with something amiss, lists
that libraries would not write."""

from datetime import datetime, timedelta

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as library

from tests.actions.qualified.signed import authority as issuers
from tests.actions.qualified.signed import card
from tests.cast import NOW
from tests.crypto.qualified.authority import Card, _usage, ec_key, name

POINT = "http://crl.example.org/1.crl"


def authority(
    common: str,
    now: datetime,
    *,
    by: Card | None = None,
    key=None,
    ends: timedelta = timedelta(days=900),
    begins: timedelta = timedelta(days=-900),
    digest: hashes.HashAlgorithm | None = None,
    crl_sign: bool = True,
    more=(),
) -> Card:
    """An authority's certificate; ``begins`` and ``ends`` are counted from ``now``."""
    key, subject = key or ec_key(), name(common)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if by is None else by.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=crl_sign), critical=True)
    )
    for extension, critical in more:
        builder = builder.add_extension(extension, critical=critical)
    return Card(builder.sign(key if by is None else by.key, digest or hashes.SHA256()), key)


def long_list(by: Card, now: datetime, serials: range) -> bytes:
    """A list as a country has one; the builder's own way of adding copies everything for each entry."""
    entry = x509.RevokedCertificateBuilder().revocation_date(now - timedelta(days=1))
    builder = x509.CertificateRevocationListBuilder(
        issuer_name=by.certificate.subject,
        last_update=now - timedelta(hours=1),
        next_update=now + timedelta(days=1),
        revoked_certificates=[entry.serial_number(serial).build() for serial in serials],
    )
    return builder.sign(by.key, hashes.SHA256()).public_bytes(Encoding.DER)


def bent_list(der: bytes, by: Card, bend) -> bytes:
    """The list after ``bend`` was at its inside, signed anew."""
    parsed = asn1_crl.CertificateList.load(der)
    bend(parsed["tbs_cert_list"])
    return _signed_anew(parsed, "tbs_cert_list", by)


def bent_certificate(der: bytes, by: Card, bend) -> bytes:
    parsed = asn1_x509.Certificate.load(der)
    bend(parsed["tbs_certificate"])
    return _signed_anew(parsed, "tbs_certificate", by, "signature_value")


def spelled_out(card: Card, by: Card) -> Card:
    """The card with ``cA FALSE`` spelled out in its certificate, where DER leaves out what goes without
    saying: so InfoNotary's are. Of bytes, as no library would write it."""
    parsed = asn1_x509.Certificate.load(card.der)
    tbs = parsed["tbs_certificate"]
    short, long = bytes.fromhex("04023000"), bytes.fromhex("04053003010100")
    extensions = b"".join(
        tlv(0x30, each.contents.replace(short, long))
        if each["extn_id"].native == "basic_constraints"
        else each.dump()
        for each in tbs["extensions"]
    )
    names = (
        "version",
        "serial_number",
        "signature",
        "issuer",
        "validity",
        "subject",
        "subject_public_key_info",
    )
    before = b"".join(tbs[name].dump() for name in names)
    inside = tlv(0x30, before + tlv(0xA3, tlv(0x30, extensions)))
    signature = by.key.sign(inside, ec.ECDSA(hashes.SHA256()))
    der = tlv(0x30, inside + parsed["signature_algorithm"].dump() + tlv(0x03, b"\x00" + signature))
    return Card(x509.load_der_x509_certificate(der), card.key)


def tlv(tag: int, content: bytes) -> bytes:
    """Tag, length and content, in DER."""
    length = len(content)
    octets = length.to_bytes((length.bit_length() + 7) // 8 or 1, "big")
    head = bytes([length]) if length < 128 else bytes([0x80 | len(octets)]) + octets
    return bytes([tag]) + head + content


def _signed_anew(parsed, inside: str, by: Card, place: str = "signature") -> bytes:
    parsed[place] = by.key.sign(parsed[inside].dump(force=True), ec.ECDSA(hashes.SHA256()))
    return parsed.dump(force=True)


def part(*names: str, relative: bool = False, **flags) -> tuple[x509.IssuingDistributionPoint, bool]:
    """The extension that says which part of an authority's certificates a list is about."""
    values = {
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    } | flags
    relative_name = None
    if relative:
        relative_name = x509.RelativeDistinguishedName([x509.NameAttribute(x509.NameOID.COMMON_NAME, "1")])
    full_name = [x509.UniformResourceIdentifier(one) for one in names] or None
    return x509.IssuingDistributionPoint(full_name=full_name, relative_name=relative_name, **values), True


def delta() -> tuple[x509.DeltaCRLIndicator, bool]:
    return x509.DeltaCRLIndicator(1), True


def ocsp(status, *, by=None, this_update=None, next_update=None, about=None, issuer=None) -> bytes:
    """DER of a response about Ана's card, if about no other, by the responder of her issuer."""
    by, issuer = by or issuers().answering, issuer or issuers().issuing
    revoked = status is library.OCSPCertStatus.REVOKED
    builder = (
        library.OCSPResponseBuilder()
        .add_response(
            cert=(about or card()).certificate,
            issuer=issuer.certificate,
            algorithm=hashes.SHA1(),
            cert_status=status,
            this_update=this_update or NOW - timedelta(minutes=5),
            next_update=next_update,
            revocation_time=NOW - timedelta(days=1) if revoked else None,
            revocation_reason=None,
        )
        .responder_id(library.OCSPResponderEncoding.HASH, by.certificate)
        .certificates([by.certificate])
    )
    return builder.sign(by.key, hashes.SHA256()).public_bytes(Encoding.DER)
