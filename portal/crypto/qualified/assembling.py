"""A signature made in two steps: the attributes go to the local service, and its signature comes back.

The local service (BISS) signs what it is given; the CMS around it is put together here, as RFC 5652,
section 5, and CAdES-B (ETSI EN 319 122-1) require.
"""

import hashlib
from datetime import datetime
from typing import Any

from asn1crypto import algos, cms, core
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from portal.crypto.qualified.certificates import read_certificate
from portal.crypto.qualified.cms import SHAPELESS
from portal.crypto.qualified.der import check_der
from portal.crypto.qualified.faults import Fault
from portal.crypto.qualified.trust import der_of

LARGEST_CERTIFICATE = 16 * 1024  # bytes


def read_chosen(der: bytes) -> x509.Certificate:
    """The certificate that the local service has chosen; Fault for what is none."""
    if len(der) > LARGEST_CERTIFICATE:
        raise Fault("readable", "malformed")
    check_der(der)
    return read_certificate(der)


def attributes_to_sign(declaration: bytes, leaf: x509.Certificate, *, now: datetime) -> bytes:
    """DER of the signed attributes: what is signed, with which certificate, and when by our clock."""
    from pyhanko.sign.general import as_signing_certificate_v2

    values: dict[str, Any] = {
        "content_type": "data",
        "signing_time": cms.Time({"utc_time": core.UTCTime(now.replace(microsecond=0))}),
        "message_digest": hashlib.sha256(declaration).digest(),
        "signing_certificate_v2": as_signing_certificate_v2(_asn1(leaf)),
    }
    made = [cms.CMSAttribute({"type": kind, "values": [value]}) for kind, value in values.items()]
    return bytes(cms.CMSAttributes(sorted(made, key=lambda each: bytes(each.dump()))).dump())


def assemble(attributes: bytes, leaf: x509.Certificate, chain: list[x509.Certificate], value: bytes) -> bytes:
    """DER of the detached signature; Fault for a value that no signature can be. Whether it is a good one
    is asked afterwards, as of any file."""
    key = leaf.public_key()
    is_ec = isinstance(key, ec.EllipticCurvePublicKey)
    if is_ec:
        value = _der_of_ecdsa(value, key)  # type: ignore[arg-type]
    try:
        signed = cms.CMSAttributes.load(attributes, strict=True)
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    name="issuer_and_serial_number",
                    value={"issuer": _asn1(leaf).issuer, "serial_number": _asn1(leaf).serial_number},
                ),
                "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
                "signed_attrs": signed,
                "signature_algorithm": {"algorithm": "sha256_ecdsa" if is_ec else "sha256_rsa"},
                "signature": value,
            }
        )
        data = {
            "version": "v1",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
            "encap_content_info": {"content_type": "data"},
            "certificates": [_asn1(one) for one in (leaf, *chain)],
            "signer_infos": [signer],
        }
        info = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(data)})
        return bytes(info.dump())
    except SHAPELESS:
        raise Fault("signature", "bad_signature") from None


def _der_of_ecdsa(value: bytes, key: ec.EllipticCurvePublicKey) -> bytes:
    """Smart cards give the two numbers bare and of equal length; CMS wants them in DER (RFC 3279, 2.2.3)."""
    size = (key.curve.key_size + 7) // 8
    if len(value) != 2 * size:
        return value
    return encode_dss_signature(int.from_bytes(value[:size], "big"), int.from_bytes(value[size:], "big"))


def _asn1(certificate: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(der_of(certificate))
