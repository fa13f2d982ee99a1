"""Finding the right list for records that an institution sent back, or on which nobody there can decide."""

import logging
from datetime import datetime

from peewee import JOIN

from portal.actions.campaigns.window import held_campaign
from portal.actions.letters.campaign_letters import tell_of_list, tell_of_moves, tell_of_record_back
from portal.actions.loading.outcome import Done, put
from portal.actions.loading.places import Places
from portal.domain.errors import Conflict, NotFound, Refusal
from portal.domain.month import Month
from portal.domain.operating import check_may_route, check_somebody_decides
from portal.domain.people import Operator
from portal.domain.placement import Placement, place
from portal.domain.times import today
from portal.storage.campaigns.placing import enrolments_of
from portal.storage.campaigns.waiting import check_record, somebody_directs, waiting_at
from portal.storage.lists.counted import following
from portal.storage.lists.current import list_of
from portal.storage.lists.held import held_lists, known_codes, reopen_checked
from portal.storage.tables import audit
from portal.storage.tables.campaigns import UNDECIDED, Campaign, Record, Submission
from portal.storage.tables.db import writing

logger = logging.getLogger(__name__)

MOVED = ("submission", "institution", "class_code", "band", "returned_by", "returned_at", "returned_note")


def route(
    person: Operator, month: Month, record_id: int, institution: str, *, sure: bool = False, now: datetime
) -> Record:
    """Put a record that waits for the operator onto the unsigned list of ``institution``; one that was sent
    back may go to who sent it. No later enrolment file moves it from there. NobodyThere where nobody directs
    the institution, unless the operator is ``sure``."""
    with writing():
        campaign = held_campaign(month)
        source = _found(campaign, record_id).institution_id
        places = Places(month, held_lists(campaign, {source, institution}), today(now))
        record = _found(campaign, record_id)  # the institution may have taken it back meanwhile
        is_back = record.returned_at is not None and institution == source
        check_record(record, record.institution, has_director=somebody_directs(source), now=now)
        submission, done = _move(campaign, [record], institution, places, person, sure=sure, now=now)
        if is_back:
            tell_of_record_back(campaign, submission, record.id, now=now)
        else:
            tell_of_moves(campaign, done.arrived, done.left, now=now)
        tell_of_list(campaign, now=now)
    logger.info("record %s routed by user %s", record.id, person.user_id)
    return record


def route_all(
    person: Operator, month: Month, source: str, institution: str, *, sure: bool = False, now: datetime
) -> int:
    """The same with all that wait in ``source``, but for what was sent back, each with its own reason; how
    many they are."""
    with writing():
        campaign = held_campaign(month)
        places = Places(month, held_lists(campaign, {source, institution}), today(now))
        _, records = waiting_at(campaign, source, now=now)
        if not records:
            raise Conflict("В тази институция вече няма записи за насочване.")
        _, done = _move(campaign, records, institution, places, person, sure=sure, now=now)
        tell_of_moves(campaign, done.arrived, done.left, now=now)
        tell_of_list(campaign, now=now)
    logger.info("%s records of %s routed by user %s", len(records), source, person.user_id)
    return len(records)


def _found(campaign: Campaign, record_id: int) -> Record:
    query = Record.select(Record, Submission).join(Submission, JOIN.LEFT_OUTER)
    record = query.where((Record.id == record_id) & (Record.campaign == campaign)).first()
    if record is None:
        raise NotFound("Няма такъв запис в тази кампания.")
    found: Record = record
    return found


def _move(  # seven: what is held already is handed on
    campaign: Campaign,
    records: list[Record],
    institution: str,
    places: Places,
    person: Operator,
    *,
    sure: bool,
    now: datetime,
) -> tuple[Submission, Done]:
    """Onto the list of ``institution``, undecided, with class and band by the rules of placement."""
    submission = _target(records, institution, places, now=now)
    check_somebody_decides(somebody_directs(institution), sure=sure)
    children = {(record.id_type, record.id_number) for record in records}
    enrolments = enrolments_of(places.picture, children, known_codes())
    done = Done()
    with following(campaign, children):
        for record in records:
            seen, source = (record.version, record.submission_id), record.institution_id
            # An enrolment elsewhere tells at least the class.
            placed = place(institution, enrolments.get((record.id_type, record.id_number), ()))
            put(record, Placement(institution, placed.class_code), places, done)
            _store(record, seen, now=now)
            for chain in sorted({source, institution}):
                audit.add(person, "routed", f"record:{record.id}", now=now, chain=chain)
    reopen_checked([submission.id])
    Submission.recount(done.exchanged)
    return submission, done


def _target(records: list[Record], institution: str, places: Places, *, now: datetime) -> Submission:
    """The list they go to; Refusal or Conflict if they cannot."""
    if institution not in places.lists:
        raise Refusal(f"Няма институция с код {institution}. Проверете кода.", field="institution")
    list_id = places.list_id(institution)
    if list_id is None:
        raise Refusal("Тази институция е закрита и не приема записи. Изберете друга.", field="institution")
    if any(record.submission_id == list_id for record in records):
        raise Refusal("Записът вече е в списъка на тази институция. Изберете друга.", field="institution")
    submission = list_of(institution, places.month)
    check_may_route(submission.window, submission.lock, now=now)
    return submission


def _store(record: Record, seen: tuple[int, int | None], *, now: datetime) -> None:
    """Where it lies now, if it is still of the version and on the list that it was read with."""
    version, list_id = seen
    where = Record.submission.is_null() if list_id is None else (Record.submission == list_id)
    changes = {name: record.__data__[name] for name in MOVED}
    changed = (
        Record.update(version=version + 1, routed_at=now, **changes, **UNDECIDED)
        .where((Record.id == record.id) & (Record.version == version) & where)
        .execute()
    )
    if changed != 1:
        raise Conflict("Междувременно друг е променил този запис. Опитайте отново.")
