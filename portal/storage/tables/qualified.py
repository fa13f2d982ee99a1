"""What is kept of qualified signatures: the evidence for each, the files waiting to be checked, and the
requests made to the local signing service."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from peewee import AutoField, BlobField, CharField, CompositeKey, ForeignKeyField, IntegerField, TextField

from portal.domain.signing.qualified import PendingState
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.db import Table
from portal.storage.tables.fields import EnumField, UtcField
from portal.storage.tables.people import User
from portal.storage.tables.signatures import Declaration, Signature


class DeclarationPdf(Table):
    """The printed form of a declaration: drawn once, when somebody first asks for it, and kept, so that what
    comes back signed can be compared byte for byte. Rows are only ever added."""

    declaration = ForeignKeyField(Declaration, primary_key=True, on_delete="RESTRICT")
    content = BlobField()
    sha256 = CharField(max_length=64)
    made_at = UtcField()
    mac = BlobField()  # the portal's mark, by the pepper: nobody else can put another page before a signatory
    declaration_id: int


class SignatureEvidence(Table):
    """Why a qualified signature was taken, so that it can be asked again years later: the verdict with each
    check, and the moment that it is about. ``mac`` is the portal's mark, by the pepper, over all of it and
    what the signature's row holds. Rows are only ever added."""

    signature = ForeignKeyField(Signature, primary_key=True, backref="evidence", on_delete="RESTRICT")
    format = CharField(max_length=8)  # a value of domain.qualified.Format
    verdict = TextField()  # canonical JSON, domain.qualified.Verdict
    certificate = BlobField()  # DER
    egn_hash = BlobField()  # the account's, when the signature was taken
    received_at = UtcField()
    validated_at = UtcField()
    mac = BlobField()


class TrustMaterial(Table):
    """A certificate of an authority, or a list of revoked ones; kept once, whatever rests on it."""

    sha256 = CharField(primary_key=True, max_length=64)
    kind = CharField(max_length=8)  # root | issuer | crl
    content = BlobField()  # DER


class EvidenceMaterial(Table):
    """What one signature rests on. Rows are only ever added."""

    signature = ForeignKeyField(Signature, on_delete="RESTRICT")
    material = ForeignKeyField(TrustMaterial, on_delete="RESTRICT")
    kind = CharField(max_length=8)

    class Meta:
        primary_key = CompositeKey("signature", "material", "kind")


class PendingSignature(Table):
    """A signature in which nothing is wrong, but that nobody could say yet is not of a revoked certificate.

    It signs nothing: the list stays open. At most one of a list waits. What is over keeps its reason and
    loses the file.
    """

    id = AutoField()
    submission = ForeignKeyField(Submission, backref="pending_signatures", on_delete="RESTRICT")
    declaration = ForeignKeyField(Declaration, on_delete="RESTRICT")
    signatory = ForeignKeyField(User, on_delete="RESTRICT")
    state = EnumField(PendingState, default=PendingState.WAITS)
    format = CharField(max_length=8)
    content = BlobField()
    verdict = TextField()
    received_at = UtcField()
    checked_at = UtcField()
    reason = CharField(max_length=40, default="")  # why it is over: a fault of domain.signature_checks
    mac = BlobField()  # the portal's mark over what was taken, from whom and when
    submission_id: int
    signatory_id: int
    declaration_id: int

    class Meta:
        indexes = ((("submission", "state"), False), (("state",), False))


class SigningRequest(Table):
    """What one login asked the local signing service to sign; used at most once, for ten minutes."""

    digest = BlobField(primary_key=True)  # of the token that the page holds
    login = BlobField(index=True)  # digest of the login's cookie
    declaration = ForeignKeyField(Declaration, on_delete="CASCADE")
    certificate = BlobField()  # DER, the leaf that was chosen
    attributes = BlobField()  # DER, the signed attributes
    made_at = UtcField()
    used_at = UtcField(null=True)
    declaration_id: int


class EgnRequest(Table):
    """Somebody asks for another ЕГН on the account; the operator confirms by typing it from a letter."""

    user = ForeignKeyField(User, primary_key=True, on_delete="CASCADE")
    egn_hash = BlobField()
    asked_at = UtcField()
    tries = IntegerField(default=0)  # of the operator; a few, then it is asked anew


def evidence_of(signature: Signature) -> SignatureEvidence | None:
    found: SignatureEvidence | None = SignatureEvidence.get_or_none(SignatureEvidence.signature == signature)
    return found


def ends_with(row: PendingSignature, submission: Submission) -> str:
    """Why it does not count any more, told at once, though the worker has not come by yet; empty while it
    waits."""
    if row.state is PendingState.ACCEPTED:
        return "accepted"
    if row.state is not PendingState.WAITS:
        return str(row.reason)
    return "" if row.declaration.list_version == submission.version else "list_changed"


def waits_on(submission: Submission) -> bool:
    """Whether a signature on the list as it is now waits to be checked."""
    row = waiting_of(submission)
    return row is not None and not ends_with(row, submission)


def material_of(signature: Signature) -> list[tuple[str, bytes]]:
    """Kind and DER of everything that the signature rests on."""
    rows: Any = (
        EvidenceMaterial.select(EvidenceMaterial.kind, TrustMaterial.content)
        .join(TrustMaterial)
        .where(EvidenceMaterial.signature == signature)
        .order_by(EvidenceMaterial.kind, EvidenceMaterial.material)
        .tuples()
    )
    return [(kind, bytes(content)) for kind, content in rows]


def document_row(declaration: Declaration | int) -> DeclarationPdf | None:
    """The printed form as it was issued, if somebody asked for it."""
    found: DeclarationPdf | None = DeclarationPdf.get_or_none(DeclarationPdf.declaration == declaration)
    return found


def documents_in(institution: str) -> Iterator[tuple[Declaration, bytes]]:
    """Every printed form that the institution's people were issued, the newest first."""
    rows = (
        DeclarationPdf.select(DeclarationPdf, Declaration)
        .join(Declaration)
        .join(Submission)
        .where(Submission.institution == institution)
        .order_by(Declaration.id.desc())
    )
    for row in rows.iterator():
        yield row.declaration, bytes(row.content)


def waiting_of(submission: Submission) -> PendingSignature | None:
    """The signature on this list that waits to be checked."""
    found: PendingSignature | None = (
        PendingSignature.select()
        .where((PendingSignature.submission == submission) & (PendingSignature.state == PendingState.WAITS))
        .order_by(PendingSignature.id.desc())
        .first()
    )
    return found


def end_waiting(submission: Submission, state: PendingState, reason: str, *, now: datetime) -> bool:
    """What waits on this list is over, and its file is not kept; whether anything did. In the caller's
    transaction."""
    ended: int = (
        PendingSignature.update(state=state, reason=reason, content=b"", checked_at=now)
        .where((PendingSignature.submission == submission) & (PendingSignature.state == PendingState.WAITS))
        .execute()
    )
    return ended > 0


def last_pending(submission: Submission) -> PendingSignature | None:
    """The newest that waited, whatever became of it."""
    found: PendingSignature | None = (
        PendingSignature.select()
        .where(PendingSignature.submission == submission)
        .order_by(PendingSignature.id.desc())
        .first()
    )
    return found


def waiting_signatures() -> list[int]:
    """The ids of all that wait, the oldest first."""
    rows: Any = (
        PendingSignature.select(PendingSignature.id)
        .where(PendingSignature.state == PendingState.WAITS)
        .order_by(PendingSignature.id)
        .tuples()
    )
    return [number for (number,) in rows]


def count_waiting_signatures() -> int:
    """Those that can still count: a change of the list has voided the others."""
    count: int = (
        PendingSignature.select()
        .join(Declaration)
        .switch(PendingSignature)
        .join(Submission)
        .where(
            (PendingSignature.state == PendingState.WAITS) & (Declaration.list_version == Submission.version)
        )
        .count()
    )
    return count
