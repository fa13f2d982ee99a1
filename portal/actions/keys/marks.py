"""The portal's mark on an account: whose it is, in which role and place, and at which address.

Without it, anyone who can write to the database directly could move a director to another school, or have
the letter for a new password sent elsewhere (docs/decisions/0013-marks-on-accounts.md).
"""

import hmac
import logging

from portal.actions.site import Site
from portal.crypto.pepper import account_mark
from portal.domain.errors import Conflict
from portal.storage.tables.people import User

logger = logging.getLogger(__name__)

MOVED = (
    "Достъпът ви не е такъв, какъвто порталът го е записал: ролята, институцията или адресът са променени "
    "направо в базата данни. Нищо не е записано. Не опитвайте отново, а се обадете на ЦИОО."
)


def facts_of(user: User) -> tuple[str, ...]:
    """What the mark is over."""
    region = "" if user.region is None else str(user.region)
    return str(user.id), user.email, user.role.value, user.institution_id or "", region


def mark(user: User, *, site: Site) -> None:
    """For an account that the portal makes now. In the caller's transaction."""
    user.mac = account_mark(site.pepper, *facts_of(user))
    user.save(only=[User.mac])


def is_marked(user: User, *, site: Site) -> bool:
    """Whether the account is as the portal made it; one without a mark is not."""
    return hmac.compare_digest(account_mark(site.pepper, *facts_of(user)), bytes(user.mac or b""))


def check_mark(user: User, *, site: Site) -> None:
    """Conflict unless the account is as the portal made it."""
    if not is_marked(user, site=site):
        logger.error("the account of user %s is not as the portal made it", user.id)
        raise Conflict(MOVED)
