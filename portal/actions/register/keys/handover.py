"""Handing the register over to the next director, who does not have a key to seal it to yet."""

import logging
from datetime import datetime
from functools import partial

from portal.actions.keys.turns import hold_accounts_of
from portal.actions.register.keys.collection import hold_register
from portal.actions.register.keys.envelopes import NO_ENVELOPE
from portal.actions.register.keys.giving import registers_of
from portal.actions.register.keys.holders import envelope_of
from portal.actions.register.keys.letters import tell_guardians
from portal.actions.register.keys.openings import announce_opening
from portal.actions.register.keys.session import Session, private_key
from portal.actions.site import Site
from portal.domain.errors import Conflict, NotFound
from portal.domain.people import Director
from portal.domain.register.envelopes import OPENING_KEPT
from portal.mail.messages import register_handed_over
from portal.storage.people.accounts import directors_of
from portal.storage.register.openings import opening_for
from portal.storage.tables import audit
from portal.storage.tables.db import writing
from portal.storage.tables.people import User
from portal.storage.tables.register import Opening

logger = logging.getLogger(__name__)

NOTHING_TO_HAND_OVER = (
    "Регистърът още не е започнат и няма какво да се предава. Предайте на новия директор плика от сейфа."
)


def hand_over(director: Director, session: Session, user_id: int, *, site: Site, now: datetime) -> Opening:
    """The director who leaves lets the next one open the register with the envelope's code at once. The
    envelope itself goes from hand to hand; the portal never sees it on the way. Twice is once."""
    private = private_key(session, now=now)
    with writing():
        hold_accounts_of(director.institution)
        hold_register(director.institution)
        incoming = next((user for user in incoming_directors(director) if user.id == user_id), None)
        if incoming is None:
            raise NotFound("Няма поканен нов директор с този достъп.")
        if envelope_of(director.institution) is None:
            raise Conflict(NO_ENVELOPE)
        if not registers_of(director, private, site=site, now=now):
            raise Conflict(NOTHING_TO_HAND_OVER)
        standing = opening_for(director.institution, incoming.id, now=now)
        if standing is not None:
            return standing
        row = announce_opening(director.institution, incoming, opens_at=now, site=site, now=now)
        audit.add(
            director, "register_handed_over", f"user:{incoming.id}", now=now, chain=director.institution
        )
        _tell_handed_over(director, incoming, row, site=site, now=now)
    logger.info("user %s handed the register over to user %s", director.user_id, incoming.id)
    return row


def incoming_directors(director: Director) -> list[User]:
    """Invited directors of the institution who have not begun yet."""
    return [user for user in directors_of(director.institution) if user.activated_at is None]


def _tell_handed_over(director: Director, incoming: User, row: Opening, *, site: Site, now: datetime) -> None:
    letter = partial(
        register_handed_over,
        institution=director.institution_name,
        former=director.name,
        person=incoming.name,
        at=now,
        until=row.opens_at + OPENING_KEPT,
    )
    also = [User.get_by_id(director.user_id), incoming]
    tell_guardians(incoming, letter, "register_handed_over", also=also, site=site, now=now)
