"""The key that signs: unwrapped with the password typed for it, for a single signature."""

import logging
from dataclasses import dataclass, field
from datetime import datetime

from portal.actions.keys.limits import of_signing
from portal.actions.keys.marks import check_mark, facts_of
from portal.actions.keys.passwords import current_key, opens, stretched_for
from portal.actions.site import Site
from portal.crypto.errors import Busy, KeyChanged, WrongPassword
from portal.crypto.keys import check_public, unwrap_ed25519
from portal.crypto.passwords import unlock_key
from portal.crypto.signatures import sign
from portal.domain.accounts import wrong_password
from portal.domain.errors import Conflict, Refusal
from portal.storage.tables.db import writing
from portal.storage.tables.people import User, UserKey
from portal.storage.tables.throttle import Counted, count_attempt, forgive, take_back

logger = logging.getLogger(__name__)

NO_PASSWORD = "Напишете паролата, с която влизате в портала. С нея се полага подписът."  # noqa: S105
WRONG_PASSWORD = "Паролата не е вярна. Нищо не е подписано. Напишете паролата, с която влизате в портала."  # noqa: S105
NO_KEY = (
    "Достъпът ви няма ключ за подписване. Нищо не е подписано. "
    "Поискайте нова парола от страницата за вход: с нея се прави и нов ключ."
)
KEY_CHANGED = (
    "Ключът ви за подписване в базата данни не е онзи, който порталът е създал за вас. Нищо не е подписано. "
    "Не опитвайте отново, а се обадете на ЦИОО."
)


@dataclass(frozen=True)
class SigningKey:
    """Lives as long as one request; ``private`` is written nowhere. ``facts`` are what the account was
    when the key was unwrapped."""

    row: UserKey
    facts: tuple[str, ...]
    private: bytes = field(repr=False)

    def sign(self, content: bytes) -> bytes:
        return sign(self.private, content)


def signing_key(user_id: int, password: str, *, site: Site, now: datetime) -> SigningKey:
    """The person's own key; takes about 0.2 s, so never inside a transaction.

    Failures are counted apart from those at the login: whoever found an open browser and tries
    passwords in it cannot lock its owner out.
    """
    if not password:
        raise Refusal(NO_PASSWORD, field="password")
    with writing():
        [counted] = count_attempt([of_signing(user_id, site=site)], now=now)
        user = User.get_by_id(user_id)
        row = current_key(user)
    if row is None or row.wrapped_ed25519 is None:
        raise Conflict(NO_KEY)
    unlock = _unlock(user, password, counted, site=site)
    check_mark(user, site=site)
    person, public = str(user.id), bytes(row.ed25519_public)
    try:
        check_public(site.pepper, person, bytes(row.x25519_public), public, bytes(row.mac))
        private = unwrap_ed25519(unlock, bytes(row.wrapped_ed25519), person, public)
    except (KeyChanged, WrongPassword):
        logger.error("the stored key of user %s is not the one that was made", user.id)
        raise Conflict(KEY_CHANGED) from None
    return SigningKey(row, facts_of(user), private)


def _unlock(user: User, password: str, counted: Counted, *, site: Site) -> bytes:
    """What opens the person's keys; a right password forgives the wrong ones before it."""
    try:
        given = stretched_for(user, password)
    except Busy:  # nothing was tried
        with writing():
            take_back([counted])
        raise
    if not opens(user, given, site=site):
        raise wrong_password(WRONG_PASSWORD, password)
    with writing():
        forgive(counted.subject)
    return unlock_key(site.pepper, given.root)
