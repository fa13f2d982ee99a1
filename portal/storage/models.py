"""Every table, in an order in which they can be made."""

from portal.storage.audit import AuditEntry
from portal.storage.campaigns import AnswerFile, Campaign, Load, Record, RejectedLine, Submission
from portal.storage.db import Table
from portal.storage.institutions import (
    BandTerm,
    BandVacation,
    Closure,
    Enrolment,
    HolidayOverride,
    Institution,
)
from portal.storage.people import (
    Delegation,
    Device,
    Failures,
    Login,
    OneTimeLink,
    OutboxMessage,
    User,
    UserKey,
)
from portal.storage.qualified import (
    DeclarationPdf,
    EgnRequest,
    EvidenceMaterial,
    PendingSignature,
    SignatureEvidence,
    SigningRequest,
    TrustMaterial,
)
from portal.storage.register import (
    Collection,
    Entry,
    Envelope,
    Grant,
    Opening,
    RegisterMonth,
    RegisterUse,
)
from portal.storage.signatures import Declaration, Signature, SignatureRemoval

TABLES: list[type[Table]] = [
    Institution,
    Enrolment,
    BandTerm,
    BandVacation,
    HolidayOverride,
    Closure,
    User,
    UserKey,
    OneTimeLink,
    Login,
    Device,
    Failures,
    Delegation,
    OutboxMessage,
    Campaign,
    Submission,
    Record,
    Load,
    RejectedLine,
    AnswerFile,
    Declaration,
    Signature,
    SignatureRemoval,
    DeclarationPdf,
    SignatureEvidence,
    TrustMaterial,
    EvidenceMaterial,
    PendingSignature,
    SigningRequest,
    EgnRequest,
    AuditEntry,
    Envelope,
    Collection,
    Grant,
    Entry,
    RegisterMonth,
    RegisterUse,
    Opening,
]
