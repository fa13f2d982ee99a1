"""Taking one CMS signature apart, and the form that it must have.

pyHanko and OpenSSL accept a signature that has no signed attributes, or that does not say which certificate
it was made with; the same bytes could then be presented as another person's, or as content that nobody saw.
So everything here is obligatory (signing-and-sealing.md, section 2).
"""

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import (
    cms,
    tsp,  # noqa: F401 (it teaches cms the names of CAdES' attributes)
)
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from portal.crypto.qualified.certificates import UNREADABLE, WEAK_DIGESTS, read_certificate
from portal.crypto.qualified.faults import Fault

DIGESTS = ("sha256", "sha384", "sha512")
SCHEMES = ("rsassa_pkcs1v15", "rsassa_pss", "ecdsa")
BELIEVABLE = range(1950, 2100)  # years of a signing time
MOST_CERTIFICATES, MOST_ATTRIBUTES = 20, 30  # a full chain and every attribute of CAdES are fewer
SHORTEST_RSA = 2048  # bits
CURVES = ("secp256r1", "secp384r1", "secp521r1")
OBLIGATORY = {
    "content_type": "no_content_type",
    "message_digest": "no_message_digest",
    "signing_certificate_v2": "no_signing_certificate",
}
# What reading a structure lazily can raise where a value is not of the declared type.
SHAPELESS = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True)
class Cms:
    """A signature of one person. ``embedded`` is the content inside, if it is not detached."""

    data: Any  # asn1crypto.cms.SignedData
    signer: Any  # asn1crypto.cms.SignerInfo
    leaf: x509.Certificate
    digest_name: str
    message_digest: bytes
    embedded: bytes | None
    claimed_at: datetime | None

    @property
    def value(self) -> bytes:
        return bytes(self.signer["signature"].native)

    def is_over(self, content: bytes) -> bool:
        """Whether the signed digest is that of ``content``."""
        return hashlib.new(self.digest_name, content).digest() == self.message_digest


def read_cms(der: bytes) -> Cms:
    """The signature, if it has the form that it must have; Fault says what it lacks."""
    try:
        return _read(der)
    except Fault:
        raise
    except SHAPELESS:
        raise Fault("readable", "malformed") from None


def _read(der: bytes) -> Cms:
    info = cms.ContentInfo.load(der, strict=True)
    if info["content_type"].native != "signed_data":
        raise Fault("readable", "not_a_signature")
    data = info["content"]
    signers = data["signer_infos"]
    if len(signers) != 1:
        raise Fault("one_signer", "two_signers" if len(signers) else "no_signer")
    signer = signers[0]
    _check_bounds(data, signer)
    attributes = _attributes(signer)
    encapsulated = data["encap_content_info"]
    if {encapsulated["content_type"].native, attributes["content_type"][0].native} != {"data"}:
        raise Fault("attributes", "other_content_type")
    leaf = _leaf(data)
    _check_names_leaf(attributes["signing_certificate_v2"][0], leaf)
    digest_name = _check_algorithms(signer, leaf)
    content = encapsulated["content"]
    return Cms(
        data=data,
        signer=signer,
        leaf=leaf,
        digest_name=digest_name,
        message_digest=bytes(attributes["message_digest"][0].native),
        embedded=None if content.native is None else bytes(content.native),
        claimed_at=_claimed_at(attributes),
    )


def _check_bounds(data: Any, signer: Any) -> None:
    """No honest file is beyond them; thousands of attributes take seconds to read."""
    attributes = max(len(signer[name] or ()) for name in ("signed_attrs", "unsigned_attrs"))
    if attributes > MOST_ATTRIBUTES or len(data["certificates"] or ()) > MOST_CERTIFICATES:
        raise Fault("readable", "too_large")


def _attributes(signer: Any) -> dict[str, Any]:
    """The signed attributes by name; each of the obligatory ones once, with one value."""
    signed = signer["signed_attrs"]
    if not len(signed):
        raise Fault("attributes", "no_signed_attributes")
    encoded = [attribute.dump() for attribute in signed]
    if encoded != sorted(encoded):
        raise Fault("readable", "ber")  # what is signed is the one DER spelling of the set
    counted = Counter(attribute["type"].dotted for attribute in signed)
    if any(count > 1 for count in counted.values()):
        raise Fault("attributes", "attribute_twice")
    found = {attribute["type"].native: attribute["values"] for attribute in signed}
    for name, fault in OBLIGATORY.items():
        if name not in found or len(found[name]) == 0:
            raise Fault("attributes", fault)
        if len(found[name]) > 1:
            raise Fault("attributes", "attribute_twice")
    return found


def _leaf(data: Any) -> x509.Certificate:
    from pyhanko.sign.general import CMSExtractionError, extract_certificate_info

    try:
        found = extract_certificate_info(data)
    except CMSExtractionError:
        raise Fault("attributes", "no_certificate") from None
    return read_certificate(found.signer_cert.dump())


def _check_names_leaf(signing_certificate: Any, leaf: x509.Certificate) -> None:
    """The attribute binds the signature to one certificate: another one for the same key will not do."""
    from asn1crypto import x509 as asn1
    from cryptography.hazmat.primitives.serialization import Encoding
    from pyhanko.sign.general import check_ess_certid

    named = signing_certificate["certs"]
    if len(named) == 0:
        raise Fault("attributes", "no_signing_certificate")
    digest = named[0]["hash_algorithm"]["algorithm"].native
    if digest not in DIGESTS:
        raise Fault("algorithms", "weak_digest" if digest in WEAK_DIGESTS else "unknown_algorithm")
    if not check_ess_certid(asn1.Certificate.load(leaf.public_bytes(Encoding.DER)), named[0]):
        raise Fault("attributes", "other_signing_certificate")


def _check_algorithms(signer: Any, leaf: x509.Certificate) -> str:
    """The digest's name; Fault unless digest, scheme and key are strong enough."""
    digest: str = signer["digest_algorithm"]["algorithm"].native
    algorithm = signer["signature_algorithm"]
    used = {digest, *_hash_of(algorithm)}
    if used & set(WEAK_DIGESTS):
        raise Fault("algorithms", "weak_digest")
    if not used <= set(DIGESTS) or len(used) > 1 or algorithm.signature_algo not in SCHEMES:
        raise Fault("algorithms", "unknown_algorithm")
    check_key(leaf)
    return digest


def check_key(leaf: x509.Certificate) -> None:
    """RSA of 2048 bits or P-256, and up."""
    try:
        key = leaf.public_key()
    except UNREADABLE:  # a curve that the library does not have
        raise Fault("algorithms", "unknown_algorithm") from None
    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size < SHORTEST_RSA:
            raise Fault("algorithms", "weak_key")
    elif not isinstance(key, ec.EllipticCurvePublicKey):
        raise Fault("algorithms", "unknown_algorithm")
    elif key.curve.name not in CURVES:
        raise Fault("algorithms", "weak_key" if key.curve.key_size < 256 else "unknown_algorithm")


def _hash_of(algorithm: Any) -> set[str]:
    """The digests that the signature's own algorithm names, if it names any; PSS names two."""
    try:
        named = {algorithm.hash_algo}
    except ValueError:  # plain rsaEncryption names none
        return set()
    if algorithm.signature_algo == "rsassa_pss":
        named.add(algorithm["parameters"]["mask_gen_algorithm"]["parameters"]["algorithm"].native)
    return named


def _claimed_at(attributes: dict[str, Any]) -> datetime | None:
    """What the signatory's own clock said."""
    values = attributes.get("signing_time")
    if values is None or len(values) != 1:
        return None
    claimed = values[0].native
    if not isinstance(claimed, datetime) or claimed.tzinfo is None or claimed.year not in BELIEVABLE:
        return None  # a clock that says so says nothing
    return claimed
