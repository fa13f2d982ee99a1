"""The portal's marks on rows that open something: accounts, logins, addresses, authorisations, openings,
and those that spare somebody the second factor.

Without them, anyone who can write to the database directly could move a director to another school, put their
own password behind a director's name, or insert a login, and nothing would show
(docs/decisions/0013-marks-on-accounts.md).
"""

import hmac
import logging
from collections.abc import Callable
from datetime import date
from typing import Any

from portal.actions.site import Site
from portal.crypto.pepper import row_mark
from portal.domain.errors import Conflict
from portal.domain.people import Person
from portal.domain.signing.declaration import timestamp
from portal.storage.people.delegations import standing
from portal.storage.people.persons import person_with
from portal.storage.tables.people import Delegation, Device, Login, OneTimeLink, User
from portal.storage.tables.register import Opening
from portal.storage.tables.second_factor import FactorRemoval, LoginStep, Passkey

logger = logging.getLogger(__name__)

MOVED = (
    "Достъпът ви не е такъв, какъвто порталът го е записал: ролята, институцията, адресът или паролата са "
    "променени направо в базата данни. Нищо не е записано. Не опитвайте отново, а се обадете на ЦИОО."
)


def facts_of(user: User) -> tuple[str, ...]:
    """Who the account is and where."""
    region = "" if user.region is None else str(user.region)
    return str(user.id), user.email, user.role.value, user.institution_id or "", region


def _account(user: User) -> tuple[str, ...]:
    """With the password: another account's, copied here, would else open this one. And with the second
    factor, if it has one: without its row the account opens nothing. And with the day from which it can be
    activated, where it was given one: an earlier one would let two direct an institution at once."""
    stretched = (user.kdf_memory, user.kdf_iterations, user.kdf_lanes)
    secret = (bytes(user.salt or b"").hex(), bytes(user.login_tag or b"").hex())
    factor = () if user.factor_at is None else ("second factor", timestamp(user.factor_at))
    start = () if user.starts_on is None else ("starts on", user.starts_on.isoformat())
    costs = ("" if cost is None else str(cost) for cost in stretched)
    return (*facts_of(user), *secret, *costs, *factor, *start)


def _login(login: Login | LoginStep) -> tuple[str, ...]:
    return bytes(login.digest).hex(), str(login.user_id), timestamp(login.made_at)


def _link(link: OneTimeLink) -> tuple[str, ...]:
    """Not when it was used or ended: who has its token and the database had the mailbox before."""
    times = (timestamp(link.made_at), timestamp(link.expires_at))
    return bytes(link.digest).hex(), str(link.user_id), link.purpose, *times


def _delegation(row: Delegation) -> tuple[str, ...]:
    ordered = (row.scopes, row.order_number, row.until.isoformat())
    return row.institution_id, str(row.user_id), *ordered, timestamp(row.made_at), str(row.made_by_id)


def _opening(row: Opening) -> tuple[str, ...]:
    return row.institution_id, str(row.user_id), timestamp(row.asked_at), timestamp(row.opens_at)


def _device(device: Device) -> tuple[str, ...]:
    """Nothing of a browser opens anything but that a code was given in it."""
    given_at = "" if device.factor_at is None else timestamp(device.factor_at)
    return bytes(device.digest).hex(), str(device.user_id), given_at


def _removal(row: FactorRemoval) -> tuple[str, ...]:
    agreed = () if row.agreed_at is None else (timestamp(row.agreed_at), str(row.agreed_by_id))
    return str(row.user_id), timestamp(row.asked_at), str(row.asked_by_id), *agreed


def _passkey(row: Passkey) -> tuple[str, ...]:
    """With the second factor that it is a part of: one that was taken away with it opens nothing again. Not
    how often it was used: the key itself says that."""
    since = row.user.factor_at
    key = (bytes(row.credential_id).hex(), bytes(row.public_key).hex())
    return str(row.user_id), *key, timestamp(row.made_at), "" if since is None else timestamp(since)


_FACTS: dict[type, tuple[str, Callable[[Any], tuple[str, ...]]]] = {
    User: ("account", _account),
    Login: ("login", _login),
    OneTimeLink: ("link", _link),
    Delegation: ("delegation", _delegation),
    Opening: ("opening", _opening),
    Device: ("device", _device),
    LoginStep: ("login step", _login),
    FactorRemoval: ("factor removal", _removal),
    Passkey: ("passkey", _passkey),
}
Marked = User | Login | OneTimeLink | Delegation | Opening | Device | LoginStep | FactorRemoval | Passkey


def mark_of(row: Marked, *, site: Site) -> bytes:
    """What its ``mac`` has to be."""
    purpose, facts = _FACTS[type(row)]
    return row_mark(site.pepper, purpose, *facts(row))


def mark(row: Marked, *, site: Site) -> None:
    """For a row that the portal makes or changes now. In the caller's transaction."""
    row.mac = mark_of(row, site=site)
    row.save(only=[type(row).mac])


def added(
    row: Login | OneTimeLink | Delegation | Opening | LoginStep | FactorRemoval | Passkey, *, site: Site
) -> None:
    """Store a new row with its mark."""
    row.mac = mark_of(row, site=site)
    row.save(force_insert=True)


def is_marked(row: Marked, *, site: Site) -> bool:
    """Whether the row is as the portal made it; one without a mark is not."""
    return hmac.compare_digest(mark_of(row, site=site), bytes(row.mac or b""))


def check_mark(user: User, *, site: Site) -> None:
    """Conflict unless the account is as the portal made it."""
    if not is_marked(user, site=site):
        logger.error("the account of user %s is not as the portal made it", user.id)
        raise Conflict(MOVED)


def marked_delegation(row: Delegation | None, *, site: Site) -> Delegation | None:
    """The authorisation, if the portal made it so: one that was written past it authorises to nothing."""
    if row is None or is_marked(row, site=site):
        return row
    logger.error("delegation %s is not as the portal made it", row.id)
    return None


def standing_delegation(user: User, *, site: Site) -> Delegation | None:
    """The account's authorisation that was neither revoked nor replaced, as the portal made it."""
    return marked_delegation(standing(user), site=site)


def marked_person(user: User, today: date, *, site: Site) -> Person:
    """The person behind an account, with what an authorisation of the portal's own allows."""
    return person_with(user, standing_delegation(user, site=site), today)
