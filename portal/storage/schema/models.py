"""Every table, in an order in which they can be created."""

from portal.storage.calls.tables import CallClaim, PhoneCall
from portal.storage.diary.tables import Diary, DiaryFigure
from portal.storage.loading.tables import Load, RejectedLine
from portal.storage.notices.tables import (
    Notice,
    NoticeFile,
    NoticeReading,
    NoticeRecipient,
    NoticeRound,
    NoticeWithdrawal,
    RoundUnderWay,
)
from portal.storage.sheet.tables import SheetUpload
from portal.storage.tables.access_news import AccessNews, WrongGuesses
from portal.storage.tables.answers import AnsweredRecord, AnswerFile, CorrectionRequest, EndedRecord
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, DoubtfulRecord, Record, Submission
from portal.storage.tables.db import Table
from portal.storage.tables.institutions import (
    BandTerm,
    BandVacation,
    Closure,
    Enrolment,
    EnrolmentMonth,
    HolidayOverride,
    Institution,
)
from portal.storage.tables.letters import (
    Announcement,
    DeclinedLetter,
    OfficeLetter,
    OutboxMessage,
    ReminderRound,
)
from portal.storage.tables.people import Delegation, Device, Failures, Login, OneTimeLink, User, UserKey
from portal.storage.tables.qualified import (
    DeclarationPdf,
    EgnRequest,
    EvidenceMaterial,
    PendingSignature,
    SignatureEvidence,
    SigningRequest,
    TrustMaterial,
)
from portal.storage.tables.register import (
    Collection,
    Entry,
    Envelope,
    Grant,
    Opening,
    RegisterMonth,
    RegisterUse,
)
from portal.storage.tables.second_factor import (
    FactorRemoval,
    LoginStep,
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
    SecondFactor,
)
from portal.storage.tables.signatures import Declaration, Signature, SignatureRemoval

TABLES: list[type[Table]] = [
    Institution,
    EnrolmentMonth,
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
    AccessNews,
    WrongGuesses,
    SecondFactor,
    RecoveryCode,
    LoginStep,
    FactorRemoval,
    Passkey,
    PasskeyChallenge,
    Delegation,
    Campaign,
    Submission,
    OutboxMessage,
    Announcement,
    ReminderRound,
    DeclinedLetter,
    Record,
    DoubtfulRecord,
    Load,
    RejectedLine,
    AnswerFile,
    AnsweredRecord,
    EndedRecord,
    CorrectionRequest,
    SheetUpload,
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
    Notice,
    NoticeFile,
    NoticeRecipient,
    NoticeReading,
    NoticeWithdrawal,
    NoticeRound,
    RoundUnderWay,
    PhoneCall,
    CallClaim,
    OfficeLetter,
    Diary,
    DiaryFigure,
]
