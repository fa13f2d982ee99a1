"""The passkeys of an account: asking for one, and taking its answer, which counts once."""

import logging
import os
from datetime import datetime
from hashlib import sha256

from portal.actions.keys.factors import ALTERED
from portal.actions.keys.marks import added, is_marked
from portal.actions.site import Site
from portal.crypto.passkeys import (
    NONCE_BYTES,
    BadPasskey,
    NewKey,
    Party,
    challenge_of,
    count_of,
    credential_in,
    party_of,
)
from portal.domain.errors import Conflict, Refusal
from portal.domain.keys.passkeys import CHALLENGE_LASTS
from portal.domain.signing.declaration import canonical
from portal.storage.tables.db import lock_name, locked, writing
from portal.storage.tables.people import User
from portal.storage.tables.second_factor import Passkey, PasskeyChallenge, count_up, keys_of

logger = logging.getLogger(__name__)

LOGIN, NEW = "login", "new"  # what a key is asked for

NO_PARTY = "На този адрес на портала браузърите не допускат ключове за вход. Влезте с код."
OVER = "Времето за ключа изтече или отговорът му вече е използван. Опитайте отново."
WRONG_KEY = (
    "Това не е някой от вашите ключове за вход или не е потвърдено с него. Опитайте отново или "
    "напишете кода от приложението."
)
COPIED = (
    "Ключът каза число, което порталът вече е виждал: възможно е да е копиран. Влезте с кода от "
    "приложението, премахнете ключа от „Моят достъп“ и съобщете на ЦИОО."
)


def party(*, site: Site) -> Party:
    """Conflict where browsers know no passkeys."""
    found = party_of(site.base_url)
    if found is None:
        raise Conflict(NO_PARTY)
    return found


def own_keys(user: User | int, *, site: Site) -> list[Passkey]:
    """Those that the portal made; one that was written past it is nobody's."""
    found = keys_of(user)
    foreign = [key for key in found if not is_marked(key, site=site)]
    for key in foreign:
        logger.error("passkey %s is not as the portal made it", key.id)
    return [key for key in found if key not in foreign]


def begin_challenge(what: str, holder: bytes, user_id: int, *, site: Site, now: datetime) -> bytes:
    """What the key has to sign. The one before it, of the same login or step, is over."""
    nonce = os.urandom(NONCE_BYTES)
    with writing():
        stale = (PasskeyChallenge.holder == holder) | (PasskeyChallenge.made_at <= now - CHALLENGE_LASTS)
        PasskeyChallenge.delete().where(stale).execute()
        PasskeyChallenge.insert(holder=holder, user=user_id, nonce=nonce, made_at=now).execute()
    return _challenge(what, holder, user_id, nonce, site=site, now=now)


def take_challenge(what: str, holder: bytes, user_id: int, *, site: Site, now: datetime) -> bytes:
    """The one that was begun, which is over with this; Conflict if it is already, or too old."""
    with writing():
        this = (PasskeyChallenge.holder == holder) & (PasskeyChallenge.user == user_id)
        row: PasskeyChallenge | None = locked(PasskeyChallenge.select().where(this)).first()
        PasskeyChallenge.delete().where(this).execute()
    if row is None or not row.made_at <= now < row.made_at + CHALLENGE_LASTS:
        raise Conflict(OVER)
    return _challenge(what, holder, user_id, bytes(row.nonce), site=site, now=row.made_at)


def use_key(user: User, text: str, challenge: bytes, *, site: Site, now: datetime) -> Passkey:
    """Take a browser's answer: in the caller's transaction, over the locked account. One sentence for all
    that is not taken, but for a key that seems to be copied."""
    try:
        wanted = credential_in(text)
        key = next((each for each in own_keys(user, site=site) if bytes(each.credential_id) == wanted), None)
        if key is None:
            raise BadPasskey("unknown")
        count = count_of(text, party(site=site), challenge, bytes(key.public_key))
    except BadPasskey as error:
        logger.info("a passkey for user %s was not taken: %s", user.id, error)
        raise Refusal(WRONG_KEY, field="key") from None
    if not count_up(key, count, now=now):
        logger.error("passkey %s of user %s counts backwards: it may be copied", key.id, user.id)
        raise Refusal(COPIED, field="key")
    return key


def keep_key(user: User, new: NewKey, name: str, *, site: Site, now: datetime) -> Passkey:
    """One more key of the account; Conflict if it is somebody's already. In the caller's transaction."""
    if user.factor_at is None:
        raise Conflict(ALTERED)
    lock_name("passkeys")
    if Passkey.select().where(Passkey.credential_id == new.credential_id).exists():
        raise Conflict("Този ключ вече е добавен.")
    key = Passkey(
        user=user,
        credential_id=new.credential_id,
        public_key=new.public_key,
        sign_count=new.sign_count,
        name=name,
        made_at=now,
    )
    added(key, site=site)
    return key


def thing_of(key: Passkey) -> str:
    """What the audit calls it: row numbers come again, this does not."""
    return f"passkey:{sha256(bytes(key.credential_id)).hexdigest()[:16]}"


def key_digest(key: Passkey) -> str:
    """Of what was added, so that ``verify`` sees another key in its place."""
    said = {
        "user": str(key.user_id),
        "credential": bytes(key.credential_id).hex(),
        "key": bytes(key.public_key).hex(),
    }
    return sha256(canonical(said)).hexdigest()


def _challenge(what: str, holder: bytes, user_id: int, nonce: bytes, *, site: Site, now: datetime) -> bytes:
    return challenge_of(site.pepper, what.encode(), holder, str(user_id).encode(), nonce, at=now)
