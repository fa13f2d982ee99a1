"""Files as people upload them, good and bad: made with OpenSSL, with pyHanko, and by hand where no tool
would make such a thing."""

import hashlib
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import algos, cms, keys, tsp
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from tests.conftest import REQUIRED
from tests.crypto.qualified.authority import Authority, Card


def openssl(
    content: bytes,
    card: Card,
    *more: str,
    chain: tuple[Card, ...] = (),
    form: str = "DER",
    cades: bool = True,
) -> bytes:
    """``openssl cms -sign``; detached unless ``-nodetach`` is among ``more``."""
    if shutil.which("openssl") is None:
        missing = pytest.fail if any(REQUIRED) else pytest.skip
        missing("no openssl on this machine (apt-get install openssl)")
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        (at / "content").write_bytes(content)
        (at / "card.pem").write_bytes(card.pem + card.key_pem)
        (at / "chain.pem").write_bytes(b"".join(each.pem for each in chain))
        command = ["openssl", "cms", "-sign", "-binary", "-outform", form, "-in", "content", "-out", "out"]
        command += ["-signer", "card.pem", *(["-cades"] if cades else []), *more]
        if chain:
            command += ["-certfile", "chain.pem"]
        subprocess.run(command, cwd=at, check=True, capture_output=True)
        return (at / "out").read_bytes()


def pdf(document: bytes, card: Card, authority: Authority, *, at: datetime | None = None, **more) -> bytes:
    """The PDF signed as PAdES by pyHanko, in one revision added to it. ``stamped_at``: with a time stamp;
    ``box``: where on the last page it is to be seen, or on ``page`` (counted from 0)."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter

    field, box = more.pop("field_name", "Signature1"), more.pop("box", None)
    stamped_at, page = more.pop("stamped_at", None), more.pop("page", -1)
    meta = signers.PdfSignatureMetadata(
        field_name=field,
        subfilter=more.pop("subfilter", SigSeedSubFilter.PADES),
        md_algorithm="sha256",
        **more,
    )
    out = apart(
        lambda: signers.sign_pdf(
            IncrementalPdfFileWriter(BytesIO(document)),
            meta,
            signer=signer(card, authority),
            timestamper=stamper(authority, stamped_at) if stamped_at else None,
            new_field_spec=SigFieldSpec(field, on_page=page, box=box),
            output=BytesIO(),
        )
    )
    return out.getvalue()


def apart(deed):
    """Done in a thread of its own: pyHanko runs a loop, and a browser's tests leave theirs running."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(deed).result()


def signer(card: Card, authority: Authority):
    """pyHanko's signer with this card."""
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    registry = SimpleCertificateStore()
    registry.register_multiple([as_asn1(authority.issuing)])
    return signers.SimpleSigner(as_asn1(card), _key_info(card), registry)


def stamper(authority: Authority, at: datetime):
    """A time stamp authority that answers without any network."""
    from pyhanko.sign.timestamps import DummyTimeStamper

    store = signer(authority.stamping, authority).cert_registry
    return DummyTimeStamper(
        as_asn1(authority.stamping), _key_info(authority.stamping), certs_to_embed=store, fixed_dt=at
    )


def as_asn1(card: Card) -> asn1.Certificate:
    return asn1.Certificate.load(card.der)


def _key_info(card: Card) -> keys.PrivateKeyInfo:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    der = card.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return keys.PrivateKeyInfo.load(der)


def raw_signature(card: Card, message: bytes, hash_algorithm=None) -> bytes:
    algorithm = hash_algorithm or hashes.SHA256()
    if isinstance(card.key, rsa.RSAPrivateKey):
        return card.key.sign(message, padding.PKCS1v15(), algorithm)
    return card.key.sign(message, ec.ECDSA(algorithm))


def signing_certificate(card: Card) -> tsp.SigningCertificateV2:
    return tsp.SigningCertificateV2(
        {"certs": [tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(card.der).digest()})]}
    )


def attributes(content: bytes, card: Card, *, digest: str = "sha256", **changes) -> list[cms.CMSAttribute]:
    """The three that are obligatory. ``changes`` by name: another value, a list of several, or None."""
    values = {
        "content_type": "data",
        "message_digest": hashlib.new(digest, content).digest(),
        "signing_certificate_v2": signing_certificate(card),
    } | changes
    return [
        cms.CMSAttribute({"type": kind, "values": value if isinstance(value, list) else [value]})
        for kind, value in values.items()
        if value is not None
    ]


def by_hand(
    content: bytes,
    card: Card,
    *,
    signed: list[cms.CMSAttribute] | None = None,
    without_attributes: bool = False,
    digest: str = "sha256",
    embedded: bytes | None = None,
    certificates: tuple[Card, ...] | None = None,
    unsigned: list | None = None,
    signers: int = 1,
    value: bytes | None = None,
) -> bytes:
    """A SignedData put together piece by piece."""
    signed = attributes(content, card, digest=digest) if signed is None else signed
    signed = sorted(signed, key=lambda each: each.dump())
    signed_attributes = cms.CMSAttributes(signed)
    message = content if without_attributes else signed_attributes.dump()
    hash_algorithm = {"sha1": hashes.SHA1, "sha256": hashes.SHA256, "sha512": hashes.SHA512}[digest]()
    scheme = "rsassa_pkcs1v15" if isinstance(card.key, rsa.RSAPrivateKey) else f"{digest}_ecdsa"
    info = {
        "version": "v1",
        "sid": {
            "issuer_and_serial_number": {
                "issuer": as_asn1(card).issuer,
                "serial_number": as_asn1(card).serial_number,
            }
        },
        "digest_algorithm": {"algorithm": digest},
        "signature_algorithm": {"algorithm": scheme},
        "signature": value or raw_signature(card, message, hash_algorithm),
    }
    if not without_attributes:
        info["signed_attrs"] = signed_attributes
    if unsigned:
        info["unsigned_attrs"] = cms.CMSAttributes(unsigned)
    data = {
        "version": "v1",
        "digest_algorithms": [algos.DigestAlgorithm({"algorithm": digest})],
        "encap_content_info": {"content_type": "data", **({} if embedded is None else {"content": embedded})},
        "certificates": [as_asn1(each) for each in ((card,) if certificates is None else certificates)],
        "signer_infos": [cms.SignerInfo(info)] * signers,
    }
    return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(data)}).dump()


def unsorted(content: bytes, card: Card) -> bytes:
    """A signature over the attributes in another order than DER's, which some tools would take."""
    pieces = sorted(each.dump() for each in attributes(content, card))
    backwards = b"".join(reversed(pieces))
    head = cms.CMSAttributes(attributes(content, card)).dump()[: -len(backwards)]
    signed = by_hand(content, card, value=raw_signature(card, head + backwards))
    return signed.replace(b"".join(pieces), backwards)


def stamped(der: bytes, authority: Authority, at: datetime, *, over: bytes | None = None) -> bytes:
    """The same signature with a time stamp over its value (or over something else)."""
    import asyncio

    info = cms.ContentInfo.load(der)
    signer_info = info["content"]["signer_infos"][0]
    imprint = hashlib.sha256(signer_info["signature"].native if over is None else over).digest()
    token = apart(lambda: asyncio.run(stamper(authority, at).async_timestamp(imprint, "sha256")))
    return with_unsigned(der, cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]}))


def with_unsigned(der: bytes, *added: cms.CMSAttribute) -> bytes:
    """The same signature with unsigned attributes; what is signed stays as it is."""
    info = cms.ContentInfo.load(der)
    old = info["content"]["signer_infos"][0]
    fields = {name: old[name] for name in ("version", "sid", "digest_algorithm", "signed_attrs")}
    fields |= {name: old[name] for name in ("signature_algorithm", "signature")}
    signer_info = cms.SignerInfo({**fields, "unsigned_attrs": cms.CMSAttributes(list(added))})
    data = info["content"]
    rebuilt = {
        name: data[name] for name in ("version", "digest_algorithms", "encap_content_info", "certificates")
    }
    built = cms.SignedData({**rebuilt, "signer_infos": [signer_info]})
    return cms.ContentInfo({"content_type": "signed_data", "content": built}).dump()


def in_pem(der: bytes, label: str = "PKCS7") -> bytes:
    import base64

    body = base64.encodebytes(der).decode()
    return f"-----BEGIN {label}-----\n{body}-----END {label}-----\n".encode()
