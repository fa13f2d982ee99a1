"""What retention erases: a campaign's children and declarations, a register's keys and entries."""

import time
from datetime import date, datetime
from typing import Any

from portal.domain.month import Month
from portal.domain.submissions import Lock
from portal.domain.times import start_of
from portal.storage.calls.tables import CallClaim, PhoneCall
from portal.storage.diary.tables import Diary, DiaryFigure
from portal.storage.loading.tables import Load, RejectedLine
from portal.storage.sheet.tables import SheetUpload
from portal.storage.tables.answers import AnsweredRecord, CorrectionRequest, EndedRecord
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, DoubtfulRecord, Record, Submission
from portal.storage.tables.db import db, is_sqlite, locked
from portal.storage.tables.institutions import Enrolment, EnrolmentMonth
from portal.storage.tables.letters import OfficeLetter
from portal.storage.tables.qualified import (
    DeclarationPdf,
    EvidenceMaterial,
    PendingSignature,
    SignatureEvidence,
    TrustMaterial,
)
from portal.storage.tables.register import Collection, Entry, Grant, RegisterMonth, RegisterUse
from portal.storage.tables.signatures import Declaration, Signature, SignatureRemoval

PATIENCE, ASK_AGAIN = 60.0, 0.2  # seconds, for whoever reads the database as it was
FORGOTTEN = (  # what held a child, or a key
    "record",
    "answered_record",
    "ended_record",
    "correction_request",
    "enrolment",
    "rejected_line",
    "declaration",
    "declaration_pdf",
    "signature",
    "signature_removal",
    "pending_signature",
    "grant",
    "entry",
    "register_use",
    "register_month",
    "outbox_message",
    "notice",  # and who read it
    "notice_file",
    "notice_reading",
    "notice_withdrawal",
    "diary",
    "diary_figure",
    "phone_call",  # who noted what of an institution
    "call_claim",
    "office_letter",
    "pg_statistic",  # samples of columns, also of tables that are gone; for who owns the database
)


def campaigns_to_erase(before: Month) -> list[Campaign]:
    """Of months before ``before``, those that still hold a child and went to АСП; oldest first."""
    return [campaign for campaign in _holding(before) if campaign.answered_at is not None]


def campaigns_to_wait_for(before: Month) -> list[Campaign]:
    """Those whose answer АСП has not got: nothing of them is taken away."""
    return [campaign for campaign in _holding(before) if campaign.answered_at is None]


def _holding(before: Month) -> list[Campaign]:
    unerased = Submission.select(Submission.campaign).where(Submission.lock != Lock.ERASED)
    with_records = Record.select(Record.campaign).distinct()
    with_rejects = Load.select(Load.campaign).join(RejectedLine).distinct()  # also where no list was made
    holding = Campaign.id.in_(unerased) | Campaign.id.in_(with_records) | Campaign.id.in_(with_rejects)
    return list(Campaign.select().where((Campaign.month < before) & holding).order_by(Campaign.month))


def is_erased(campaign: Campaign) -> bool:
    """Whether its lists hold nobody any more."""
    erased = (Submission.campaign == campaign) & (Submission.lock == Lock.ERASED)
    return bool(Submission.select().where(erased).exists())


def erase_campaign(campaign: Campaign) -> tuple[int, int]:
    """How many lists and records are gone. The lists stay with their counts, marked as erased: only then,
    and where the audit says so already, do the database's own triggers let their signatures go. In the
    caller's transaction."""
    lists = Submission.select(Submission.id).where(Submission.campaign == campaign)
    of_campaign = Submission.campaign == campaign
    erased: int = (
        Submission.update(lock=Lock.ERASED, version=Submission.version + 1)
        .where(of_campaign & (Submission.lock != Lock.ERASED))
        .execute()
    )
    signatures = Signature.select(Signature.id).where(Signature.submission.in_(lists))
    for hanging in (SignatureRemoval, SignatureEvidence, EvidenceMaterial):
        hanging.delete().where(hanging.signature.in_(signatures)).execute()
    Signature.delete().where(Signature.submission.in_(lists)).execute()
    _erase_unused_material()
    PendingSignature.delete().where(PendingSignature.submission.in_(lists)).execute()
    SheetUpload.delete().where(SheetUpload.submission.in_(lists)).execute()
    declarations = Declaration.select(Declaration.id).where(Declaration.submission.in_(lists))
    DeclarationPdf.delete().where(DeclarationPdf.declaration.in_(declarations)).execute()
    Declaration.delete().where(Declaration.submission.in_(lists)).execute()
    for after in (EndedRecord, AnsweredRecord, CorrectionRequest, PhoneCall, CallClaim, OfficeLetter):
        after.delete().where(after.campaign == campaign).execute()
    for beside in (DiaryFigure, Diary):
        beside.delete().where(beside.submission.in_(lists)).execute()
    DoubtfulRecord.delete().where(DoubtfulRecord.campaign == campaign).execute()
    records: int = Record.delete().where(Record.campaign == campaign).execute()
    _erase_rejects(Load.campaign == campaign)
    return erased, records


def _erase_unused_material() -> None:
    """Authorities' certificates and lists that no signature rests on any more."""
    used = EvidenceMaterial.select(EvidenceMaterial.material)
    TrustMaterial.delete().where(TrustMaterial.sha256.not_in(used)).execute()


def enrolment_months(before: Month) -> list[Month]:
    """Months before ``before`` whose enrolments no campaign needs any more."""
    unanswered = Campaign.select(Campaign.month).where(Campaign.answered_at.is_null())
    query = Enrolment.select(Enrolment.month).distinct()
    wanted = query.where((Enrolment.month < before) & Enrolment.month.not_in(unanswered))
    return sorted(month for (month,) in tuples(wanted))


def erase_enrolments(month: Month) -> int:
    """How many lines are gone. In the caller's transaction."""
    gone: int = Enrolment.delete().where(Enrolment.month == month).execute()
    EnrolmentMonth.delete().where(EnrolmentMonth.month == month).execute()
    return gone


def erase_stray_rejects(before: Month) -> int:
    """Lines of old files, and of old months, that belong to no campaign: also where no line of the file was
    good, so that nothing else of it is there to be erased. In the caller's transaction."""
    of_old_file = Load.month.is_null() & (Load.at < start_of(before.first))
    needed = Campaign.select(Campaign.month).where(Campaign.answered_at.is_null())
    of_old_month = (Load.month < before) & Load.month.not_in(needed)
    return _erase_rejects(Load.campaign.is_null() & (of_old_file | of_old_month))


def _erase_rejects(of_loads: Any) -> int:
    loads = Load.select(Load.id).where(of_loads)
    gone: int = RejectedLine.delete().where(RejectedLine.load.in_(loads)).execute()
    return gone


def collections_to_erase(before: Month, day: date) -> list[Collection]:
    """Registers whose date has come by ``day``, of school years that ended before ``before``."""
    last_year = before.school_year - 1
    return list(
        Collection.select()
        .where(
            Collection.erased_at.is_null()
            & (Collection.erase_on <= day)
            & (Collection.school_year <= last_year)
        )
        .order_by(Collection.school_year, Collection.institution)
    )


def erase_collection(collection_id: str, *, now: datetime) -> bool:
    """Destroy the keys first: what is left of the entries anywhere, in a backup too, opens for nobody who
    has only that. False if somebody was faster. In the caller's transaction."""
    row = locked(
        Collection.select().where((Collection.id == collection_id) & Collection.erased_at.is_null())
    ).first()
    if row is None:
        return False
    for table in (Grant, Entry, RegisterUse):
        table.delete().where(table.collection == collection_id).execute()
    RegisterMonth.update(snapshot=None, collection=None).where(
        RegisterMonth.collection == collection_id
    ).execute()
    Collection.update(erased_at=now, manifest=b"", key_mac=b"", rotation_due_at=None).where(
        Collection.id == collection_id
    ).execute()
    return True


def forget_deleted(patience: float = PATIENCE) -> bool:
    """Leave nothing that was deleted in the files of the database. Outside any transaction. False where
    somebody still reads the database as it was before, a backup perhaps: PostgreSQL keeps it for them.

    SQLite overwrites what it deletes (``secure_delete``). PostgreSQL writes each table and its indexes anew:
    a mere VACUUM gives room back and leaves in it what stood there. Meanwhile nobody else uses the table.
    """
    if is_sqlite():
        db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return True
    (now,) = db.execute_sql("SELECT pg_current_xact_id()::xid::text").fetchone()
    until = time.monotonic() + patience
    while (is_read := _somebody_reads_before(now)) and time.monotonic() < until:
        time.sleep(ASK_AGAIN)
    for table in FORGOTTEN:
        db.execute_sql(f'VACUUM FULL "{table}"')
    return not is_read


def _somebody_reads_before(transaction: str) -> bool:
    """Whether another connection to this database has a snapshot or a transaction that is older."""
    older = db.execute_sql(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND greatest(age(backend_xmin), age(backend_xid)) > age(%s::xid) LIMIT 1",
        (transaction,),
    )
    return older.fetchone() is not None
