"""Finding the right list for a child that an institution sent back as not its own."""

import logging
from datetime import datetime

from portal.actions.campaigns.window import held_campaign
from portal.actions.letters.campaign_letters import tell_of_list
from portal.actions.loading.outcome import Done, put
from portal.actions.loading.places import Places
from portal.actions.site import Site
from portal.domain.errors import Conflict, NotFound, Refusal
from portal.domain.month import Month
from portal.domain.operating import check_may_route
from portal.domain.people import Operator
from portal.domain.placement import Placement, place
from portal.storage.campaigns.placing import enrolments_of
from portal.storage.lists.current import list_of
from portal.storage.lists.held import held_lists, known_codes, reopen_checked
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.db import writing

logger = logging.getLogger(__name__)


def route(
    person: Operator, month: Month, record_id: int, institution: str, *, site: Site, now: datetime
) -> Record:
    """Put a record that was sent back onto the unsigned list of ``institution``, which may be the
    one that sent it. No later enrolment file moves it from there."""
    with writing():
        campaign = held_campaign(month)
        source = _returned(campaign, record_id).institution_id
        places = Places(month, held_lists(campaign, {source, institution}))
        record = _returned(campaign, record_id)  # the institution may have taken it back meanwhile
        if institution not in places.lists:
            raise Refusal(f"Няма институция с код {institution}. Проверете кода.", field="institution")
        submission = list_of(institution, month)
        check_may_route(submission.window, submission.lock, now=now)
        _put(record, institution, places)
        record.routed_at = now
        record.version += 1
        record.save()
        reopen_checked([submission.id])
        Submission.recount([submission.id])
        for chain in sorted({source, institution}):
            audit.add(person, "routed", f"record:{record.id}", now=now, chain=chain)
        tell_of_list(campaign, site=site, now=now)
    logger.info("record %s routed by user %s", record.id, person.user_id)
    return record


def _returned(campaign: Campaign, record_id: int) -> Record:
    record = Record.get_or_none((Record.id == record_id) & (Record.campaign == campaign))
    if record is None:
        raise NotFound("Няма такъв запис в тази кампания.")
    if record.submission_id is not None:
        raise Conflict("Записът вече е в списъка на институция: тя си го е върнала или е пренасочен.")
    found: Record = record
    return found


def _put(record: Record, institution: str, places: Places) -> None:
    """With class and band by the same rules; an enrolment elsewhere tells at least the class."""
    child = (record.id_type, record.id_number)
    enrolments = enrolments_of(places.enrolments_month, {child}, known_codes())
    placed = place(institution, enrolments.get(child, ()))
    put(record, Placement(institution, placed.class_code), places, Done())
