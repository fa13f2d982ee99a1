"""Declarations and signatures in the database: from rows to lines, and which signature is in force."""

from datetime import datetime
from typing import Any

from peewee import JOIN

from portal.domain.errors import Conflict, NotFound
from portal.domain.people import Staff
from portal.domain.signing.declaration import (
    SCHEMA_VERSION,
    Header,
    Line,
    declaration,
    digest,
    fixed,
    iso,
    timestamp,
)
from portal.domain.signing.declared import version_of
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Record, Submission
from portal.storage.tables.people import User, UserKey
from portal.storage.tables.signatures import Declaration, Signature, SignatureRemoval

NONE_BEFORE = ""


def line_of(record: Record) -> Line:
    """The record as it is declared. People are ids here: a name can be corrected, a declaration not."""
    return Line(
        id_type=record.id_type.name.lower(),
        id_number=record.id_number,
        given=record.given,
        middle=record.middle,
        family=record.family,
        class_code="" if record.class_code is None else str(record.class_code),
        band=record.band.value,
        asp_institution=record.asp_institution,
        reason=record.reason.name.lower(),
        absences=record.absences,
        days=record.days,
        counted_in=record.case(school_days=0).counted_in,
        decision=record.decision.code,
        corrected=fixed(record.corrected),
        refusal_reason=record.refusal_reason.value if record.refusal_reason else "",
        note=record.note,
        certificate=record.certificate,
        placed=record.placed,
        certificate_number=record.certificate_number,
        certificate_date=iso(record.certificate_date),
        enrolled_class=record.enrolled_class,
        enrolled_since=iso(record.enrolled_since),
        decided_by=str(record.decided_by_id or ""),
        decided_at=timestamp(record.decided_at) if record.decided_at else "",
    )


def lines_of(submission: Submission) -> list[Line]:
    return [line_of(record) for record in Record.on(submission)]


def header_of(issued: Declaration) -> Header:
    """All but the records, as it was when the declaration was issued."""
    submission = issued.submission
    return Header(
        month=str(submission.campaign.month),
        institution=submission.institution_id,
        institution_name=issued.institution_name,
        signatory=issued.signatory_name,
        signatory_id=str(issued.signatory_id),
        authority=issued.authority,
        issued_at=issued.issued_at,
        audit_head=issued.audit_head,
        previous=issued.previous,
        list_version=issued.list_version,
        schema_version=version_of(bytes(issued.content)) if issued.content else SCHEMA_VERSION,
    )


def rebuilt(issued: Declaration) -> bytes:
    """The bytes as today's rows and the stored header make them."""
    return declaration(header_of(issued), lines_of(issued.submission))


def current_declaration(person: Staff, submission: Submission) -> Declaration | None:
    """What was issued to this person for the list as it is now, and still says what the rows say."""
    issued = (
        Declaration.select()
        .where(
            (Declaration.submission == submission)
            & (Declaration.signatory == person.user_id)
            & (Declaration.list_version == submission.version)
            & (Declaration.institution_name == person.institution_name)
            & (Declaration.signatory_name == person.name)
            & (Declaration.authority == person.authority)
        )
        .order_by(Declaration.id.desc())
        .first()
    )
    if issued is None:
        return None
    issued.submission = submission
    found: Declaration = issued
    return found if rebuilt(found) == bytes(found.content) else None


def add_declaration(person: Staff, submission: Submission, *, now: datetime) -> Declaration:
    """Issue the list as it is now to this person, and keep the bytes. Called inside ``writing()``."""
    issued = Declaration(
        submission=submission,
        signatory=person.user_id,
        list_version=submission.version,
        institution_name=person.institution_name,
        signatory_name=person.name,
        authority=person.authority,
        issued_at=now,
        audit_head=audit.head(submission.institution_id),
        previous=_previous(submission),
    )
    issued.content = rebuilt(issued)
    issued.sha256 = digest(issued.content)
    issued.save(force_insert=True)
    return issued


def declarations_in(institution: str) -> Any:
    """Every declaration that the institution's people were issued, the newest first."""
    return (
        Declaration.select(Declaration)
        .join(Submission)
        .where(Submission.institution == institution)
        .order_by(Declaration.id.desc())
        .iterator()
    )


def _previous(submission: Submission) -> str:
    """The digest of the declaration of this list that was signed last, removed or not."""
    last = signatures_of(submission).order_by(Signature.id.desc()).first()
    return NONE_BEFORE if last is None else str(last.declaration.sha256)


def signatures_of(submission: Submission) -> Any:
    """Every signature that the list ever had, with declaration, signatory, key and removal; oldest first."""
    return (
        Signature.select(Signature, Declaration, User, UserKey, SignatureRemoval)
        .join(Declaration)
        .switch(Signature)
        .join(User)
        .switch(Signature)
        .join(UserKey, JOIN.LEFT_OUTER)
        .switch(Signature)
        .join(SignatureRemoval, JOIN.LEFT_OUTER, attr="removal")
        .where(Signature.submission == submission)
        .order_by(Signature.id)
    )


def removal_of(signature: Signature) -> SignatureRemoval | None:
    """How a signature from ``signatures_of`` was taken off, if it was."""
    removal: SignatureRemoval | None = getattr(signature, "removal", None)
    return removal


def standing_signature(submission: Submission) -> Signature | None:
    """The one that counts, if the list is signed."""
    found: Signature | None = signatures_of(submission).where(SignatureRemoval.signature.is_null()).first()
    return found


def standing_of(submission: Submission) -> Signature:
    """The signature of a signed list. One without is damaged: it stays locked until somebody looks."""
    standing = standing_signature(submission)
    if standing is None:
        raise Conflict("Списъкът е отбелязан като подписан, но подписът липсва. Обадете се на ЦИОО.")
    return standing


def signature_numbered(submission: Submission, number: str) -> Signature:
    """A signature of this list, removed or not."""
    found = signatures_of(submission).where(Signature.number == number).first()
    if found is None:
        raise NotFound("Няма такъв подпис на този списък.")
    signature: Signature = found
    return signature
