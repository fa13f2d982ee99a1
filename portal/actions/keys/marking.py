"""Marking what an older version left, once, in the upgrade that brings the marks."""

import hmac

from portal.actions.keys.marks import Marked, facts_of, mark, mark_of
from portal.actions.site import Site
from portal.crypto.pepper import row_mark
from portal.storage.schema.upgrade import upgrade_database
from portal.storage.tables.db import locked, writing
from portal.storage.tables.people import Delegation, OneTimeLink, User
from portal.storage.tables.register import Opening

SINCE = "0009_marks"  # the upgrade


def bring_up_to_date(*, site: Site) -> list[str]:
    """Every upgrade of the database that is missing, and what follows one that has to know the pepper; their
    names."""
    with writing():  # both or neither: an account that is never marked lets nobody in
        applied = upgrade_database()
        if SINCE in applied:
            mark_what_stands(site=site)
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


def _was_marked(user: User, *, site: Site) -> bool:
    earlier = row_mark(site.pepper, "account", *facts_of(user))
    found = bytes(user.mac or b"")
    return hmac.compare_digest(earlier, found) and not hmac.compare_digest(mark_of(user, site=site), found)
