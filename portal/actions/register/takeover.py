"""Taking over a register that is not whole: its director reads what is lost, and goes on with what is there.

Who changed the database gains nothing by it: only who has the key takes over, with the password. Everything
gets a new key, so that no row of before opens again, whoever kept it (docs/decisions/0036).
"""

import logging
from datetime import datetime
from functools import partial

from portal.actions.keys.throttle import Origin
from portal.actions.register.keys import session as sessions
from portal.actions.register.keys.collection import hold_register
from portal.actions.register.keys.letters import tell_guardians
from portal.actions.register.keys.rotation import renew_key
from portal.actions.register.keys.session import Session
from portal.actions.register.losses import Loss, losses, seen
from portal.actions.site import Site
from portal.domain.errors import Conflict
from portal.domain.people import Director
from portal.mail.messages import register_taken_over
from portal.storage.register.told import TAKEN_OVER
from portal.storage.tables import audit
from portal.storage.tables.db import writing
from portal.storage.tables.people import User
from portal.storage.tables.register import Entry

logger = logging.getLogger(__name__)

CHANGED = "Междувременно регистърът отново е променен. Прочетете какво е изгубено сега и решете отново."


def take_over(  # six, and the password that is asked again
    director: Director,
    session: Session,
    password: str,
    read: str,
    *,
    origin: Origin,
    site: Site,
    now: datetime,
) -> None:
    """Go on with what opens in every school year that is not whole, if what is lost is still what was
    ``read``. Refusal for a wrong password. Where all is whole there is nothing to do: twice is once."""
    sessions.unlock(director, session, password, origin=origin, site=site, now=now)
    with writing():
        hold_register(director.institution)
        found = losses(director, session, site=site, now=now)
        if not found:
            return
        if seen(found) != read:
            raise Conflict(CHANGED)
        for loss in found:
            _go_on(loss, site=site, now=now)
        _tell(director, site=site, now=now)
    logger.warning("user %s took over a register that was not whole", director.user_id)


def _go_on(loss: Loss, *, site: Site, now: datetime) -> None:
    """What does not open goes: under the new key it never will."""
    collection = loss.register.collection
    lost = [name for name, _ in loss.unreadable]
    Entry.delete().where((Entry.collection == collection.id) & Entry.id.in_(lost)).execute()
    renew_key(loss.register, takes_over=True, site=site, now=now)
    thing = f"collection:{collection.id}"
    audit.add(loss.register.person, TAKEN_OVER, thing, now=now, chain=collection.institution_id)


def _tell(director: Director, *, site: Site, now: datetime) -> None:
    user = User.get_by_id(director.user_id)
    letter = partial(register_taken_over, institution=director.institution_name, person=director.name, at=now)
    tell_guardians(user, letter, TAKEN_OVER, also=[user], site=site, now=now)
