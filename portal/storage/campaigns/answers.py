"""A campaign's records in the order of the answer, and the answers made so far."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from portal.domain.decisions import Decision
from portal.domain.errors import Conflict, NotFound
from portal.domain.operating import check_may_answer
from portal.domain.submissions import Lock
from portal.storage.campaigns.loads import unfinished_loads
from portal.storage.loading.tables import Load
from portal.storage.tables.answers import AnswerFile
from portal.storage.tables.bulk import batches, tuples
from portal.storage.tables.campaigns import Campaign, Record, Submission

INSTITUTIONS = 50  # whose records are in memory together; none has more than some hundreds


def records_to_answer(campaign: Campaign, *, unsigned_too: bool) -> Iterator[tuple[Record, bool]]:
    """Each record, and whether it lies on a signed list, by institution and identifier.

    An institution's records are read at one moment. The order is made here: databases do not agree
    on that of letters, which an ИДН can hold.
    """
    ours = Record.select(Record.institution).distinct().where(Record.campaign == campaign)
    for codes in batches(sorted(code for (code,) in tuples(ours)), INSTITUTIONS):
        query = (
            Record.select(Record, Submission.lock.alias("lock"))
            .join(Submission, JOIN.LEFT_OUTER)
            .where((Record.campaign == campaign) & Record.institution.in_(codes))
        )
        if not unsigned_too:
            query = query.where(Submission.lock == Lock.SIGNED)
        for record in sorted(query.objects(), key=order_of):
            yield record, vars(record)["lock"] is Lock.SIGNED


def said_by_answer(campaign: Campaign) -> Any:
    """What is another as soon as the answer, or the manifest beside it, would say anything else: whatever
    changes a record moves the version of its list, or its own where it lies on none."""
    lists = Submission.select(
        Submission.id, Submission.version, Submission.lock, Submission.checked_at, Submission.reopened_until
    ).where(Submission.campaign == campaign)
    off_lists = Record.select(Record.id, Record.version, Record.institution).where(Record.off_lists(campaign))
    loads = Load.select(Load.id, Load.is_finished, Load.repaired).where(Load.campaign == campaign)
    return campaign.window, sorted(tuples(lists)), sorted(tuples(off_lists)), sorted(tuples(loads))


def order_of(record: Record) -> Any:
    """Of records in the answer."""
    return record.institution_id, record.id_type, record.id_number, record.reason


def expected_decisions(campaign: Campaign) -> dict[Decision, int]:
    """What the final answer would say now, from the lists' counters and the few records that lie on none."""
    is_signed = Submission.lock == Lock.SIGNED
    query = Submission.select(
        fn.SUM(Submission.total),
        fn.SUM(Submission.confirmed).filter(is_signed),
        fn.SUM(Submission.refused).filter(is_signed),
    ).where(Submission.campaign == campaign)
    ((listed, confirmed, refused),) = tuples(query)
    confirmed, refused = int(confirmed or 0), int(refused or 0)
    off_lists = Record.select().where(Record.off_lists(campaign)).count()
    every = int(listed or 0) + int(off_lists)
    return {
        Decision.CONFIRMED: confirmed,
        Decision.REFUSED: refused,
        Decision.PENDING: every - confirmed - refused,
    }


def open_exceptions(campaign: Campaign, *, now: datetime) -> int:
    """How many institutions may still work on their lists after the deadline."""
    return exceptions_in([campaign], now=now).get(campaign.id, 0)


def exceptions_in(campaigns: Sequence[Campaign], *, now: datetime) -> dict[int, int]:
    """By campaign, how many there are; without those that have none."""
    running = Submission.select(Submission.campaign).where(Submission.reopened_until > now)
    wanted = {each.id for each in campaigns}
    return Counter(campaign for (campaign,) in tuples(running) if campaign in wanted)


def answer_fault(campaign: Campaign, *, now: datetime) -> Conflict | None:
    """Why the final answer cannot be made now."""
    try:
        check_may_answer(
            campaign.window,
            open_exceptions(campaign, now=now),
            is_unfinished=bool(unfinished_loads(campaign)),
            now=now,
        )
    except Conflict as why:
        return why
    return None


def final_answer(campaign: Campaign) -> AnswerFile | None:
    """The final answer, if there is one. Of some months downloads are kept beside it as if each had made it:
    the first did."""
    found: AnswerFile | None = (
        AnswerFile.select()
        .where((AnswerFile.campaign == campaign) & AnswerFile.final)
        .order_by(AnswerFile.id)
        .first()
    )
    return found


def answers_of(campaign: Campaign, count: int) -> list[AnswerFile]:
    """The newest, without what their manifests say; the final one is there once."""
    columns = [field for field in AnswerFile._meta.sorted_fields if field is not AnswerFile.manifest]
    query = AnswerFile.select(*columns, AnswerFile.manifest.is_null(False).alias("has_manifest"))
    first = AnswerFile.alias("first")
    made = first.select(fn.MIN(first.id)).where((first.campaign == campaign) & first.final)
    ours = query.where((AnswerFile.campaign == campaign) & (~AnswerFile.final | (AnswerFile.id == made)))
    return list(ours.order_by(AnswerFile.id.desc()).limit(count).objects())


def answer_with(sha256: str) -> AnswerFile | None:
    """The first answer of any month that had this digest, with its campaign."""
    query = AnswerFile.select(AnswerFile, Campaign).join(Campaign)
    found: AnswerFile | None = query.where(AnswerFile.sha256 == sha256).order_by(AnswerFile.id).first()
    return found


def manifest_of(campaign: Campaign, answer_id: int) -> tuple[str, bytes]:
    """The name of the file that it stands beside, and the manifest as it was made."""
    ours = (AnswerFile.id == answer_id) & (AnswerFile.campaign == campaign)
    found = AnswerFile.get_or_none(ours)
    if found is None or found.manifest is None:
        raise NotFound("Няма такъв пазен манифест за този месец.")
    return found.name, bytes(found.manifest)
