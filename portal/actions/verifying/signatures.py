"""Checking one signature: it covers the stored bytes, uses the signatory's own key, and matches the audit."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from portal.actions.signing.signing import REMOVED, SIGNED, removal_digest
from portal.actions.site import Site
from portal.actions.verifying.finding import Finding, of_signature
from portal.actions.verifying.qualified import check_qualified
from portal.crypto.errors import KeyChanged
from portal.crypto.keys import check_public
from portal.crypto.signatures import verify
from portal.domain.signing.declaration import declaration as issued
from portal.domain.signing.declaration import digest
from portal.domain.signing.declared import Unreadable, read
from portal.domain.signing.qualified import PASSWORD, QUALIFIED
from portal.storage.signing.standing import header_of, removal_of
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.people import UserKey
from portal.storage.tables.signatures import Declaration, Signature

Event = tuple[str, int, datetime, str, str]  # what, who, when, digest of the content, chain


def check_declaration(declaration: Declaration) -> Iterator[Finding]:
    """Whether the stored bytes are still those that were issued, and say what stands beside them."""
    thing = f"declaration:{declaration.id}"
    content = bytes(declaration.content)
    if digest(content) != declaration.sha256:
        yield Finding(
            "declaration_changed", thing, f"Съдържанието на декларация {declaration.id} е променено."
        )
    try:
        if issued(read(content).header, []) != issued(header_of(declaration), []):
            yield Finding(
                "declaration_header",
                thing,
                f"Данните до декларация {declaration.id} се различават от написаното в нея.",
            )
    except Unreadable:
        yield Finding("declaration_unreadable", thing, f"Декларация {declaration.id} не може да се прочете.")


def check_signature(signature: Signature, *, site: Site) -> Iterator[Finding]:
    """Whether it was made over the stored bytes with the key that was made for the signatory."""
    declaration, key = signature.declaration, signature.key
    if (declaration.submission_id, declaration.signatory_id) != (
        signature.submission_id,
        signature.signatory_id,
    ):
        yield of_signature("signature_misplaced", signature, "стои при чужда декларация")
    if signature.kind == QUALIFIED:
        yield from check_qualified(signature, site=site)
    elif signature.kind != PASSWORD:
        yield of_signature("signature_kind", signature, "е от вид, който тази версия не познава")
    elif key is None or key.user_id != signature.signatory_id:
        yield of_signature("key_of_other", signature, "не сочи ключ на подписалия")
    else:
        if not is_own_key(key, site=site):
            yield of_signature(
                "key_changed", signature, "сочи ключ, който порталът не е създавал за подписалия"
            )
        if not verify(bytes(key.ed25519_public), bytes(declaration.content), bytes(signature.value)):
            yield of_signature("signature_invalid", signature, "не е положен с този ключ върху тези данни")


def check_events(submission: Submission, signatures: list[Signature]) -> Iterator[Finding]:
    """Whether the audit tells of the same signatures and removals, at the same times, and of no others."""
    wanted = Counter(_expected(submission.institution_id, signatures))
    entries = AuditEntry.select().where(
        (AuditEntry.object == f"submission:{submission.id}") & AuditEntry.what.in_((SIGNED, REMOVED))
    )
    found = Counter((e.what, e.who, e.at, e.content, e.chain) for e in entries)
    thing = f"submission:{submission.id}"
    where = f"{submission.campaign.month} {submission.institution_id}"
    if wanted - found:
        yield Finding(
            "audit_misses_signature",
            thing,
            f"{where}: одитът не съдържа същото подписване или премахване (кой, кога, какво).",
        )
    if found - wanted:
        yield Finding(
            "signature_deleted", thing, f"{where}: в одита има подписване или премахване, което не се намира."
        )


def is_own_key(key: UserKey, *, site: Site) -> bool:
    """Whether the public halves are those that the portal stored for this account."""
    try:
        check_public(
            site.pepper, str(key.user_id), bytes(key.x25519_public), bytes(key.ed25519_public), bytes(key.mac)
        )
    except KeyChanged:
        return False
    return True


def _expected(chain: str, signatures: list[Signature]) -> Iterator[Event]:
    for signature in signatures:
        yield SIGNED, signature.signatory_id, signature.signed_at, signature.declaration.sha256, chain
        removal = removal_of(signature)
        if removal is not None:
            content = removal_digest(signature.number, removal.reason)
            yield REMOVED, removal.by_id, removal.at, content, chain
