"""What the final answer said of each record, beside what the record says now."""

from collections.abc import Iterator

from peewee import JOIN, SQL, Case, Value

from portal.domain.decisions import Decision
from portal.domain.submissions import Lock
from portal.storage.campaigns.answers import order_of
from portal.storage.tables.answers import AnsweredRecord, AnswerFile
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.snapshot import in_batches

AT_A_TURN = 2_000  # records: less than a tenth of a second


def records_in_turns(campaign: Campaign) -> Iterator[tuple[int, int]]:
    """The first and the last id of each so many records as are kept in one turn."""
    for some in in_batches(Record.select(Record.id).where(Record.campaign == campaign), Record.id, AT_A_TURN):
        yield some[0].id, some[-1].id


def keep_answered(campaign: Campaign, first: int, last: int) -> None:
    """Keep what the answer says of the records with these ids. It counts from the moment that the campaign is
    answered: what was kept for an answer that was not made then is written over."""
    is_signed = Submission.lock == Lock.SIGNED
    said = (
        Record.select(
            Record.id,
            Record.campaign,
            Record.institution,
            Case(None, [(is_signed, Record.decision)], Value(int(Decision.PENDING), converter=False)),
            Case(None, [(is_signed, Record.corrected)], SQL("NULL")),
        )
        .join(Submission, JOIN.LEFT_OUTER)
        .where((Record.campaign == campaign) & Record.id.between(first, last))
    )
    fields = AnsweredRecord._meta.sorted_fields
    AnsweredRecord.insert_from(said, fields=fields).on_conflict(
        conflict_target=[AnsweredRecord.record], preserve=fields[1:]
    ).execute()


def said_of(campaign: Campaign, institution: str) -> list[AnsweredRecord]:
    """Of one institution's records, each with its record, in the order of the answer."""
    query = (
        AnsweredRecord.select(AnsweredRecord, Record)
        .join(Record)
        .where((AnsweredRecord.campaign == campaign) & (AnsweredRecord.institution == institution))
    )
    return sorted(query, key=lambda said: order_of(said.record))


def said_where_reopened(campaign: Campaign) -> dict[int, AnsweredRecord]:
    """By record, of lists that were opened again after the answer: only there a record may say something
    else by now."""
    if campaign.answered_at is None:
        return {}
    reopened = Submission.select(Submission.institution).where(
        (Submission.campaign == campaign) & (Submission.reopened_until > campaign.answered_at)
    )
    query = AnsweredRecord.select().where(
        (AnsweredRecord.campaign == campaign) & AnsweredRecord.institution.in_(reopened)
    )
    return {said.record_id: said for said in query}


def resigned_records(campaign: Campaign) -> list[tuple[Record, AnsweredRecord]]:
    """The records of lists whose signature was given after the final answer, each with what that said, in the
    order of the answer."""
    if campaign.answered_at is None:
        return []
    query = (
        AnsweredRecord.select(AnsweredRecord, Record)
        .join(Record)
        .join(Submission)
        .where((AnsweredRecord.campaign == campaign) & (Submission.lock == Lock.SIGNED))
        .where(Submission.signed_at > campaign.answered_at)
    )
    pairs = [(said.record, said) for said in query]
    return sorted(pairs, key=lambda pair: order_of(pair[0]))


def resigned_since(campaign: Campaign, answer: AnswerFile) -> bool:
    """Whether a list was signed after this file was made."""
    later = (Submission.campaign == campaign) & (Submission.lock == Lock.SIGNED)
    return bool(Submission.select().where(later & (Submission.signed_at > answer.at)).exists())


def last_correction(campaign: Campaign) -> AnswerFile | None:
    found: AnswerFile | None = (
        AnswerFile.select()
        .where((AnswerFile.campaign == campaign) & AnswerFile.is_correction)
        .order_by(AnswerFile.id.desc())
        .first()
    )
    return found
