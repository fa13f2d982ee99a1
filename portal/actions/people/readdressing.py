"""Correcting the address of somebody who was invited and never activated the account."""

import logging
from datetime import datetime

from portal.actions.keys.marks import check_mark, mark
from portal.actions.letters.links import ACTIVATE, was_just_asked
from portal.actions.people.accounts import By, held_account
from portal.actions.people.activation import is_nameless
from portal.actions.people.invitations import free_address, invite_by_letter
from portal.actions.people.logins import chain_of
from portal.actions.site import Site
from portal.domain.accounts import check_correctable, check_email
from portal.domain.errors import Refusal
from portal.storage.letters.outbox import drop_waiting
from portal.storage.tables import audit
from portal.storage.tables.db import lock_name, writing
from portal.storage.tables.people import User

logger = logging.getLogger(__name__)

CORRECTED = "address_corrected"  # in the audit
OVER = "адресът е поправен и връзката вече не отваря нищо"


def correct_address(by: By, user_id: int, typed: str, *, site: Site, now: datetime) -> bool:
    """Write to somebody who was invited at a wrong address at the right one: the link in what was sent before
    opens nothing, and an invitation that waits is not sent. Whether anything was done: pressed twice is once.

    Nothing was done with the account yet, and nobody but its owner chooses the password.
    """
    email = check_email(typed)
    with writing():
        user = held_account(user_id)
        is_active, is_stopped = user.activated_at is not None, user.disabled_at is not None
        check_correctable(user.role, is_active=is_active, is_stopped=is_stopped)
        check_mark(user, site=site)
        if email == user.email:
            if was_just_asked(user, ACTIVATE, now=now):
                return False
            raise Refusal("Това е адресът и сега. Изпратете поканата отново.", field="email")
        lock_name(f"email:{email}")
        free_address(email, site=site)
        _write_to(user, email, site=site, now=now)
        audit.add(by, CORRECTED, f"user:{user.id}", now=now, chain=chain_of(user))
    logger.info("the address of user %s was corrected", user_id)
    return True


def _write_to(user: User, email: str, *, site: Site, now: datetime) -> None:
    if is_nameless(user):
        user.name = email
    user.email = email
    user.save(only=[User.email, User.name])
    mark(user, site=site)
    drop_waiting(user.id, "invitation", OVER)
    invite_by_letter(user, site=site, now=now)
