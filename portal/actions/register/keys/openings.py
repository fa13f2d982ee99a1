"""Opening the register with the envelope's code: at once after a lost password, or with a day's notice for a
new director."""

import logging
from datetime import datetime
from functools import partial

from portal.actions.keys.marks import added, is_marked
from portal.actions.keys.turns import hold_accounts_of
from portal.actions.register.keys.collection import collections_of, hold_register
from portal.actions.register.keys.envelopes import NO_ENVELOPE, OPENS_NOTHING, by_envelope, private_of
from portal.actions.register.keys.holders import envelope_of, give, holder_of
from portal.actions.register.keys.letters import tell_guardians
from portal.actions.register.keys.overdue import renew_or_mark
from portal.actions.site import Site
from portal.domain.errors import Conflict, NotFound
from portal.domain.people import Director, Scope, Staff, check_scope
from portal.domain.register.envelopes import NOTICE, check_notice
from portal.domain.times import today
from portal.mail.messages import (
    register_opened,
    register_opening_asked,
    register_opening_stopped,
)
from portal.storage.register.openings import announced, find_opening, opening_for
from portal.storage.tables import audit
from portal.storage.tables.db import writing
from portal.storage.tables.people import User
from portal.storage.tables.register import Envelope, Grant, Opening

logger = logging.getLogger(__name__)

KEYS_PAGE = "/quarantine/keys"
NOTHING_TO_OPEN = (
    "Регистърът още не е започнат и няма какво да се отваря. Впишете първото лице: тогава получавате и ключа."
)


def open_by_code(director: Director, code: str, *, site: Site, now: datetime) -> Opening | None:
    """None when the director has the key now; the announced opening when the day of notice has begun.

    Refusal for a wrong code, Conflict while the notice lasts.
    """
    envelope = envelope_of(director.institution)
    if envelope is None:
        raise Conflict(NO_ENVELOPE)
    private = private_of(envelope, code, site=site)
    with writing():
        hold_accounts_of(director.institution)
        hold_register(director.institution)
        if not collections_of(director.institution):
            raise Conflict(NOTHING_TO_OPEN)
        opening = opening_for(director.institution, director.user_id, now=now)
        if opening is not None and not is_marked(opening, site=site):
            logger.error("opening %s is not as the portal made it", opening.id)
            opening = None  # the day of notice begins now
        if not _had_key(director):
            if opening is None:
                return _ask(director, site=site, now=now)
            check_notice(announced(opening), now=now)
        _open_all(director, envelope, private, site=site, now=now)
        if opening is not None:
            Opening.update(done_at=now).where(Opening.id == opening.id).execute()
        _tell_opened(director, site=site, now=now)
    logger.info("user %s opened the register by code", director.user_id)
    return None


def stop(person: Staff, opening_id: int, *, site: Site, now: datetime) -> None:
    """Whoever may see names may object. Twice is once; what was opened stays open."""
    check_scope(person, Scope.REGISTER)
    with writing():
        hold_register(person.institution)
        opening = find_opening(person.institution, opening_id)
        if opening is None:
            raise NotFound("Няма такова обявено отваряне.")
        if opening.done_at is not None:
            raise Conflict("Регистърът вече е отворен с този код. Обадете се на ЦИОО, ако не е редно.")
        if opening.stopped_at is not None:
            return
        Opening.update(stopped_at=now, stopped_by=person.user_id).where(Opening.id == opening.id).execute()
        thing = f"opening:{opening.id}"
        audit.add(person, "register_opening_stopped", thing, now=now, chain=person.institution)
        letter = partial(
            register_opening_stopped,
            institution=person.institution_name,
            person=opening.user.name,
            by=person.name,
            at=now,
        )
        tell_guardians(opening.user, letter, "register_stopped", also=[opening.user], site=site, now=now)


def _had_key(director: Director) -> bool:
    """Whether this account could open every school year before: then only its password was lost. A new
    director gets the key of a year that begins, and still waits for the years before."""
    theirs = Grant.holder == f"user:{director.user_id}"
    return all(
        Grant.select().where((Grant.collection == row) & theirs).exists()
        for row in collections_of(director.institution)
    )


def _ask(director: Director, *, site: Site, now: datetime) -> Opening:
    user = User.get_by_id(director.user_id)
    row = announce_opening(director.institution, user, opens_at=now + NOTICE, site=site, now=now)
    audit.add(director, "register_opening_asked", f"opening:{row.id}", now=now, chain=director.institution)
    letter = partial(
        register_opening_asked,
        institution=director.institution_name,
        person=director.name,
        at=now,
        opens_at=row.opens_at,
        link=site.address(KEYS_PAGE),
    )
    tell_guardians(user, letter, "register_asked", site=site, now=now)
    return row


def announce_opening(
    institution: str, user: User, *, opens_at: datetime, site: Site, now: datetime
) -> Opening:
    row = Opening(institution=institution, user=user, asked_at=now, opens_at=opens_at)
    added(row, site=site)
    return row


def _open_all(director: Director, envelope: Envelope, private: bytes, *, site: Site, now: datetime) -> None:
    """Give the director the key of every school year that the envelope opens, and renew it: the code was
    typed, and what the lost password could open stays closed."""
    holder = holder_of(User.get_by_id(director.user_id), today(now), site=site)
    if holder is None:
        raise Conflict("Достъпът ви няма ключ. Поискайте нова парола от страницата за вход.")
    every = collections_of(director.institution)
    found = [by_envelope(collection, envelope, director, private, site=site) for collection in every]
    registers = [register for register in found if register is not None]
    if not registers:
        raise Conflict(OPENS_NOTHING)
    for register in registers:
        give(register.collection, register.key, holder, director.user_id, now=now)
        renew_or_mark(register, site=site, now=now)


def _tell_opened(director: Director, *, site: Site, now: datetime) -> None:
    user = User.get_by_id(director.user_id)
    audit.add(director, "register_opened_by_code", f"user:{user.id}", now=now, chain=director.institution)
    letter = partial(register_opened, institution=director.institution_name, person=director.name, at=now)
    tell_guardians(user, letter, "register_opened", also=[user], site=site, now=now)
