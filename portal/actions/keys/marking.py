"""Marking what an older version left, once, in the upgrade that brings the marks."""

import hmac
import logging

from portal.actions.keys.marks import Marked, facts_of, is_marked, mark
from portal.actions.site import Site
from portal.crypto.pepper import row_mark
from portal.domain.accounts import fold_email
from portal.storage.schema.upgrade import upgrade_database
from portal.storage.tables.db import locked, writing
from portal.storage.tables.people import Delegation, OneTimeLink, User
from portal.storage.tables.register import Opening

SINCE = "0009_marks"  # the upgrade
SPELLED_SINCE = "0015_addresses_in_ascii"

logger = logging.getLogger(__name__)


def bring_up_to_date(*, site: Site) -> list[str]:
    """Every upgrade of the database that is missing, and what follows one that has to know the pepper; their
    names."""
    with writing():  # both or neither: an account that is never marked lets nobody in
        applied = upgrade_database()
        if SINCE in applied:
            mark_what_stands(site=site)
        if SPELLED_SINCE in applied:
            spell_addresses(site=site)
    return applied


def mark_what_stands(*, site: Site) -> int:
    """Mark every account whose earlier mark, which said nothing of the password, fits; and the addresses,
    authorisations and openings that stand. How many rows were marked.

    What was altered before this is taken as it is found: ``portal verify`` of the older version tells it.
    """
    with writing():
        accounts = [user for user in locked(User.select()) if _was_marked(user, site=site)]
        rows: list[Marked] = [
            *accounts,
            *locked(OneTimeLink.select().where(OneTimeLink.used_at.is_null())),
            *locked(Delegation.select()),
            *locked(Opening.select()),
        ]
        for row in rows:
            mark(row, site=site)
    return len(rows)


def spell_addresses(*, site: Site) -> int:
    """Give every account its address in today's spelling, which its mark is over; how many had another.

    Where another account has it already, both stay as they are: each logs in with its own spelling.
    """
    spelled = 0
    with writing():
        users = list(locked(User.select().order_by(User.id)))
        taken = {user.email: user.id for user in users}
        for user in users:
            email = fold_email(user.email)
            if email == user.email:
                continue
            if email in taken:
                logger.warning("users %s and %s have one address: stop one of them", taken[email], user.id)
                continue
            was_marked = is_marked(user, site=site)
            taken[email], user.email = user.id, email
            user.save(only=[User.email])
            if was_marked:  # who was changed past the portal stays unmarked
                mark(user, site=site)
            spelled += 1
    return spelled


def _was_marked(user: User, *, site: Site) -> bool:
    """A mark of today is of more facts, and never one of these."""
    earlier = row_mark(site.pepper, "account", *facts_of(user))
    return hmac.compare_digest(earlier, bytes(user.mac or b""))
