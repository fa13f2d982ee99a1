"""Closing an institution, and taking that back: who no longer decides, and where its records wait."""

import logging
from datetime import date, datetime
from hashlib import sha256

from portal.domain.errors import NotFound, Refusal
from portal.domain.institutions import check_may_close, check_may_reopen, check_successor
from portal.domain.people import Operator
from portal.domain.signing.declaration import canonical
from portal.domain.times import today
from portal.storage.lists.held import hold_months, make_lists, put_back
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.db import lock_name, writing
from portal.storage.tables.institutions import Institution

logger = logging.getLogger(__name__)

CLOSED, REOPENED = "closed_institution", "reopened_institution"  # in the audit


def close_institution(
    person: Operator | None, code: str, on: date, successor: str = "", *, now: datetime
) -> Institution:
    """From 00:00 of ``on`` in Sofia nobody waits for the institution: it gets no list and no record, its
    people no longer decide, and what is not signed there waits for the operator, who is offered
    ``successor``. Nothing is moved or removed."""
    with writing():
        institution = _held(code)
        check_may_close(institution.closing, on, now=now)
        heir = _successor(code, successor) if successor else None
        institution.closed_on, institution.successor = on, heir
        _store(institution)
        _say(person, CLOSED, institution, now=now)
    logger.info("institution %s closed on %s", code, on)
    return institution


def reopen_institution(person: Operator | None, code: str, *, now: datetime) -> Institution:
    """Take the closing back: the institution has a list in every campaign that is not answered, and its
    records that nobody has routed lie there again, unless it is signed."""
    with writing():
        institution = _held(code)
        check_may_reopen(institution.closing)
        institution.closed_on = institution.successor = None
        _store(institution)
        campaigns = list(Campaign.select().where(Campaign.answered_at.is_null()))
        hold_months(campaign.month for campaign in campaigns)
        for campaign in campaigns:
            make_lists(campaign, day=today(now))
            put_back(campaign, code)
        _say(person, REOPENED, institution, now=now)
    logger.info("institution %s reopened", code)
    return institution


def closing_digest(institution: Institution) -> str:
    """Of what was said, for the audit."""
    said = {"on": str(institution.closed_on or ""), "successor": institution.successor_id or ""}
    return sha256(canonical(said)).hexdigest()


def _held(code: str) -> Institution:
    """The institution, and nobody loads, closes or opens one until the transaction ends."""
    lock_name("institutions")
    found: Institution | None = Institution.get_or_none(Institution.code == code)
    if found is None:
        raise NotFound(f"Няма институция с код {code}. Проверете кода.")
    return found


def _successor(code: str, successor: str) -> Institution:
    found: Institution | None = Institution.get_or_none(Institution.code == successor)
    if found is None:
        raise Refusal(f"Няма институция с код {successor}. Проверете кода.", field="successor")
    check_successor(code, successor, found.closing)
    return found


def _store(institution: Institution) -> None:
    institution.save(only=[Institution.closed_on, Institution.successor])


def _say(person: Operator | None, what: str, institution: Institution, *, now: datetime) -> None:
    audit.add(
        person,
        what,
        f"institution:{institution.code}",
        now=now,
        chain=institution.code,
        content=closing_digest(institution),
    )
