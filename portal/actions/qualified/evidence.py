"""The evidence behind a qualified signature, kept with it so that it can be verified again years later."""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime

from portal.actions.qualified.asking import Asked
from portal.actions.site import Site
from portal.crypto.pepper import evidence_mark
from portal.crypto.qualified.trust import Trust, der_of
from portal.domain.errors import Conflict
from portal.domain.signing.declaration import timestamp
from portal.storage.tables.qualified import EvidenceMaterial, SignatureEvidence, TrustMaterial, material_of
from portal.storage.tables.signatures import Signature

POISONED = (
    "Доказателствата за подписа в базата данни не са онези, които порталът е записал. Нищо не е подписано. "
    "Не опитвайте отново, а се обадете на ЦИОО."
)


def add_evidence(signature: Signature, asked: Asked, *, site: Site, now: datetime) -> SignatureEvidence:
    """In the caller's transaction. What many signatures rest on is stored once."""
    for kind, der in asked.verified.material:
        name = hashlib.sha256(der).hexdigest()
        TrustMaterial.insert(sha256=name, kind=kind, content=der).on_conflict_ignore().execute()
        if bytes(TrustMaterial.get_by_id(name).content) != der:
            raise Conflict(POISONED)
        EvidenceMaterial.create(signature=signature, material=name, kind=kind)
    evidence = SignatureEvidence(
        signature=signature,
        format=asked.format.value,
        verdict=asked.verdict.dump(),
        certificate=der_of(asked.verified.leaf),
        egn_hash=asked.user.egn_hash,
        received_at=asked.received_at,
        validated_at=now,
        mac=b"",
    )
    evidence.mac = evidence_mark(site.pepper, *_facts(signature, evidence))
    evidence.save(force_insert=True)
    return evidence


def is_marked(signature: Signature, evidence: SignatureEvidence, *, site: Site) -> bool:
    """Whether the portal kept exactly this."""
    return hmac.compare_digest(evidence_mark(site.pepper, *_facts(signature, evidence)), bytes(evidence.mac))


def trust_then(signature: Signature) -> Trust:
    """What the signature was checked against; ValueError if it cannot be read any more."""
    return Trust.of_material(material_of(signature))


def _facts(signature: Signature, evidence: SignatureEvidence) -> Iterator[bytes]:
    yield str(signature.number).encode()
    yield str(signature.signatory_id).encode()
    yield str(signature.declaration.sha256).encode()
    yield hashlib.sha256(bytes(signature.value)).digest()
    yield str(evidence.format).encode()
    yield str(evidence.verdict).encode()
    yield hashlib.sha256(bytes(evidence.certificate)).digest()
    yield bytes(evidence.egn_hash)
    yield timestamp(evidence.received_at).encode()
    yield timestamp(evidence.validated_at).encode()
    for kind, der in material_of(signature):
        yield kind.encode() + hashlib.sha256(der).digest()
