"""Checking a qualified signature again as it was checked then: same file, same lists, same moment."""

import hmac
from collections.abc import Iterator
from hashlib import sha256

from portal.actions.qualified.documents import is_marked as is_drawn
from portal.actions.qualified.documents import issued_document
from portal.actions.qualified.evidence import is_marked, trust_then
from portal.actions.site import Site
from portal.actions.verifying.finding import Finding, of_signature
from portal.crypto.pepper import egn_hash
from portal.crypto.qualified.certificates import UNREADABLE
from portal.crypto.qualified.faults import GOOD
from portal.crypto.qualified.pdf import attached
from portal.crypto.qualified.trust import der_of
from portal.crypto.qualified.verifying import Expected, verify
from portal.domain.signing.qualified import Verdict
from portal.storage.tables.qualified import SignatureEvidence, document_row, evidence_of
from portal.storage.tables.signatures import Declaration, Signature


def check_qualified(signature: Signature, *, site: Site) -> Iterator[Finding]:
    """Whether the evidence is what the portal kept, and still says that the signature holds."""
    evidence = evidence_of(signature)
    if evidence is None:
        yield of_signature("evidence_missing", signature, "няма доказателствата, по които е приет")
        return
    if not is_marked(signature, evidence, site=site):
        yield of_signature(
            "evidence_changed", signature, "пази доказателства, които порталът не е записвал така"
        )
    try:
        trust = trust_then(signature)
    except (KeyError, *UNREADABLE):
        yield of_signature(
            "evidence_unreadable", signature, "пази доказателства, които не могат да се прочетат"
        )
        return
    expected = _expected(signature, evidence, site=site)
    verified = verify(bytes(signature.value), expected, trust, now=evidence.validated_at)
    if verified.outcome != GOOD:
        fault = verified.fault or "?"
        yield of_signature(
            "signature_invalid", signature, f"не издържа проверката с тогавашните данни ({fault})"
        )
    elif der_of(verified.leaf) != bytes(evidence.certificate):
        yield of_signature(
            "signature_other_card", signature, "е положен с друг сертификат, а не със записания"
        )


def check_document(declaration: Declaration, *, site: Site) -> Iterator[Finding]:
    """Whether the printed form is the one that was issued, with the declared data inside."""
    row = document_row(declaration)
    if row is None:
        return
    content = bytes(row.content)
    is_whole = sha256(content).hexdigest() == row.sha256 and is_drawn(row, declaration, site=site)
    if not is_whole or bytes(declaration.content) not in attached(content):
        yield Finding(
            "document_changed",
            f"declaration:{declaration.id}",
            f"PDF файлът на декларация {declaration.id} не е онзи, който порталът е издал.",
        )


def _expected(signature: Signature, evidence: SignatureEvidence, *, site: Site) -> Expected:
    declaration, person, kept = signature.declaration, str(signature.signatory_id), bytes(evidence.egn_hash)
    return Expected(
        declaration=bytes(declaration.content),
        issued_at=declaration.issued_at,
        document=issued_document(declaration, site=site),
        is_owner=lambda egn: hmac.compare_digest(egn_hash(site.pepper, person, egn), kept),
        by_earlier_rules=_is_by_earlier_rules(evidence),
    )


def _is_by_earlier_rules(evidence: SignatureEvidence) -> bool:
    """Whether it counts since before certificates were asked to be qualified: what was asked is in the
    verdict, under the portal's mark."""
    try:
        verdict = Verdict.load(str(evidence.verdict))
    except (ValueError, KeyError, TypeError):  # somebody has changed it, which is told of elsewhere
        return False
    return all(each.check != "qualified" for each in verdict.checks)
