"""A test authority: a root, a pinned issuing authority, people with cards, a time stamp authority, and a
rogue with the same names. Everything is invented; keys live as long as the process."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path

from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

BEFORE, AFTER = timedelta(days=400), timedelta(days=900)
NEVER = "http://127.0.0.1:9/never"  # written into certificates: nobody may ever go there
_serials = itertools.count(0x1001)


def rsa_key(bits: int = 2048):
    return rsa.generate_private_key(65537, bits)


def ec_key(curve: ec.EllipticCurve | None = None):
    return ec.generate_private_key(curve or ec.SECP256R1())


def name(common: str, *more: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    attributes = [(NameOID.COUNTRY_NAME, "BG"), (NameOID.ORGANIZATION_NAME, "Изпитателен издател АД")]
    return x509.Name(
        x509.NameAttribute(oid, text, None if text.isascii() else _ASN1Type.UTF8String)
        for oid, text in (*attributes, *more, (NameOID.COMMON_NAME, common))
    )


@dataclass(frozen=True)
class Card:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: object = field(repr=False)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@dataclass
class Authority:
    """``now`` is when the tests are; what is made is valid around it."""

    now: datetime
    where: str = NEVER  # what certificates say of where to ask about them

    @cached_property
    def root(self) -> Card:
        return self._authority("Изпитателен корен", None)

    @cached_property
    def issuing(self) -> Card:
        return self._authority("Изпитателен издател на КЕП", self.root)

    @cached_property
    def rogue(self) -> "Authority":
        """Other keys behind the very same names."""
        return Authority(self.now, self.where)

    @cached_property
    def stamping(self) -> Card:
        """The time stamp authority, of the same issuer."""
        only = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        return self.issue(name("Изпитателен времеви печат"), rsa_key(), more=[(only, True)])

    @cached_property
    def answering(self) -> Card:
        """Who answers about the issuer's certificates (OCSP)."""
        more = [
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False),
            (x509.OCSPNoCheck(), False),
        ]
        return self.issue(name("Изпитателен OCSP"), ec_key(), more=more, for_signing=False)

    @cached_property
    def site(self) -> Card:
        """An organisation's, by which the local service knows its site."""
        return self.issue(name("portal.example.org"), rsa_key(), for_signing=False)

    def person(
        self, egn: str | None, common: str = "Ана Янева", *, key=None, numbers=None, statements=None, **more
    ) -> Card:
        """A card of somebody. ``numbers`` replaces the one ``PNOBG-`` with others, or none; ``statements``
        the extension by which the certificate is qualified."""
        numbers = [f"PNOBG-{egn}"] if numbers is None else numbers
        more["more"] = [(qc_statements(), False)] if statements is None else statements
        subject = name(common, *[(NameOID.SERIAL_NUMBER, number) for number in numbers])
        return self.issue(subject, key or rsa_key(), **more)

    def issue(
        self,
        subject: x509.Name,
        key,
        *,
        by: Card | None = None,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        for_signing: bool = True,
        key_usage: bool = True,
        more=(),
        hash_algorithm=None,
    ) -> Card:
        by = by or self.issuing
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(by.certificate.subject)
            .public_key(key.public_key())
            .serial_number(next(_serials))
            .not_valid_before(not_before or self.now - BEFORE)
            .not_valid_after(not_after or self.now + AFTER)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.CRLDistributionPoints([_point(f"{self.where}/list.crl")]), critical=False)
            .add_extension(_access(self.where), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(by.certificate.public_key()),
                critical=False,
            )
        )
        if key_usage:
            builder = builder.add_extension(_usage(content_commitment=for_signing), critical=True)
        for extension, critical in more:
            builder = builder.add_extension(extension, critical=critical)
        return Card(builder.sign(by.key, hash_algorithm or hashes.SHA256()), key)

    def crl(
        self,
        *revoked: tuple[Card, datetime] | tuple[Card, datetime, x509.ReasonFlags],
        by: Card | None = None,
        this_update: datetime | None = None,
        next_update: datetime | None = None,
        extensions=(),
    ) -> bytes:
        """DER. Fresh for a day around ``now`` unless told otherwise."""
        by = by or self.issuing
        this_update = this_update or self.now - timedelta(hours=1)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(by.certificate.subject)
            .last_update(this_update)
            .next_update(next_update or this_update + timedelta(days=1))
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical=critical)
        for card, at, *reason in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(card.certificate.serial_number)
            entry = entry.revocation_date(at)
            if reason:
                entry = entry.add_extension(x509.CRLReason(reason[0]), critical=False)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(by.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def write(self, folder: Path, *crls: bytes, fresh: bool = True) -> Path:
        """A trust folder: the root, the pinned issuer, and ``crls`` or, if ``fresh``, an empty list."""
        for sub in ("roots", "issuers", "stampers", "crls"):
            (folder / sub).mkdir(parents=True, exist_ok=True)
        (folder / "roots/root.pem").write_bytes(self.root.pem)
        (folder / "issuers/issuing.pem").write_bytes(self.issuing.pem)
        for old in (folder / "crls").glob("*.crl"):
            old.unlink()
        for number, content in enumerate(crls or ([self.crl()] if fresh else [])):
            (folder / f"crls/{number}.crl").write_bytes(content)
        return folder

    def _authority(self, common: str, by: Card | None) -> Card:
        key = ec_key()
        subject = name(common)
        usage = _usage(key_cert_sign=True, crl_sign=True)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if by is None else by.certificate.subject)
            .public_key(key.public_key())
            .serial_number(next(_serials))
            .not_valid_before(self.now - 3 * BEFORE)
            .not_valid_after(self.now + 3 * AFTER)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        return Card(builder.sign(key if by is None else by.key, hashes.SHA256()), key)


SIGNATURE = "0.4.0.1862.1.6.1"


def qc_statements(
    *,
    compliance: bool = True,
    device: bool = True,
    kinds: tuple[str, ...] = (SIGNATURE,),
    more: tuple[str, ...] = (),
) -> x509.UnrecognizedExtension:
    """As in the leaves of B-Trust (2022) and StampIT (2023), which have all three: QcCompliance, QcSSCD, and
    QcType with what it is for. ``more``: further statements, that say nothing besides."""
    flags = [oid for oid, wanted in (("0.4.0.1862.1.1", compliance), ("0.4.0.1862.1.4", device)) if wanted]
    content = b"".join(_sequence(core.ObjectIdentifier(oid).dump()) for oid in (*flags, *more))
    if kinds:
        named = _sequence(*(core.ObjectIdentifier(kind).dump() for kind in kinds))
        content += _sequence(core.ObjectIdentifier("0.4.0.1862.1.6").dump(), named)
    return x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3"), _sequence(content))


def _sequence(*parts: bytes) -> bytes:
    return core.Sequence(contents=b"".join(parts)).dump()


def _usage(**wanted: bool) -> x509.KeyUsage:
    flags = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{flag: wanted.get(flag, flag == "digital_signature") for flag in flags})


def _point(address: str) -> x509.DistributionPoint:
    return x509.DistributionPoint([x509.UniformResourceIdentifier(address)], None, None, None)


def _access(where: str) -> x509.AuthorityInformationAccess:
    return x509.AuthorityInformationAccess(
        [
            x509.AccessDescription(method, x509.UniformResourceIdentifier(f"{where}/{what}"))
            for method, what in (
                (x509.AuthorityInformationAccessOID.OCSP, "ocsp"),
                (x509.AuthorityInformationAccessOID.CA_ISSUERS, "issuer.cer"),
            )
        ]
    )


def real_now() -> datetime:
    return datetime.now(UTC)


def computer(host: str, *addresses: str) -> Card:
    """What a server shows of itself under these names, signed by itself."""
    key, now = ec_key(), real_now()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    names = [x509.DNSName(host), *(x509.IPAddress(ip_address(address)) for address in addresses)]
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )
    return Card(builder.sign(key, hashes.SHA256()), key)
