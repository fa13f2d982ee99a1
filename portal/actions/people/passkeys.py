"""What people do with their own passkeys: add one, and take one away."""

import logging
from datetime import datetime

from portal.actions.keys.marks import check_mark
from portal.actions.keys.passkeys import (
    NEW,
    begin_challenge,
    keep_key,
    key_digest,
    own_keys,
    party,
    take_challenge,
    thing_of,
)
from portal.actions.letters.outbox import enqueue
from portal.actions.people.logins import chain_of
from portal.actions.people.proofs import IS_OFF, Here, Proof, counted_code, proved, with_code
from portal.actions.site import Site
from portal.crypto.passkeys import BadPasskey, creation_options, handle_of, made_key, party_of
from portal.domain.errors import Conflict
from portal.domain.keys.passkeys import MOST, check_key_name
from portal.domain.people import Person
from portal.mail import account_messages as letters
from portal.mail.messages import Message
from portal.storage.people.accounts import held
from portal.storage.tables import audit
from portal.storage.tables.db import writing
from portal.storage.tables.people import User
from portal.storage.tables.second_factor import Passkey, keys_of
from portal.storage.tables.throttle import forgive

logger = logging.getLogger(__name__)

ADDED, REMOVED = "passkey_added", "passkey_removed"  # in the audit

NOT_MADE = "Ключът не беше добавен: отговорът на браузъра не е за тази страница. Опитайте отново."
ENOUGH = f"Достъпът има вече {MOST} ключа. Премахнете някой, който не ползвате."


def may_have_keys(*, site: Site) -> bool:
    """Whether browsers know passkeys at the portal's address."""
    return party_of(site.base_url) is not None


def begin_key(person: Person, proof: Proof, name: str, *, here: Here, site: Site, now: datetime) -> str:
    """What the browser has to ask of the new key, as JSON, after password and code."""
    check_key_name(name)
    asked = party(site=site)
    seen = proved(person, proof, here.origin, site=site, now=now)
    counted = counted_code(seen, site=site, now=now)
    with writing():
        user = with_code(seen, proof, site=site, now=now)
        forgive(counted)
        known = _with_room(user)
    challenge = begin_challenge(NEW, here.login, person.user_id, site=site, now=now)
    return creation_options(
        asked,
        challenge,
        handle=handle_of(site.pepper, str(person.user_id)),
        email=person.email,
        name=person.name,
        known=[bytes(key.credential_id) for key in known],
    )


def add_key(person: Person, name: str, text: str, *, here: Here, site: Site, now: datetime) -> Passkey:
    """Keep the key that the browser's answer is of; Conflict if it is not to ours, or came before."""
    name = check_key_name(name)
    challenge = take_challenge(NEW, here.login, person.user_id, site=site, now=now)
    try:
        new = made_key(text, party(site=site), challenge)
    except BadPasskey as error:
        logger.info("a passkey of user %s was not made: %s", person.user_id, error)
        raise Conflict(NOT_MADE) from None
    with writing():
        user: User = held(User.select().where(User.id == person.user_id)).get()
        check_mark(user, site=site)
        if user.factor_at is None:
            raise Conflict(IS_OFF)
        _with_room(user)
        key = keep_key(user, new, name, site=site, now=now)
        letter = letters.passkey_added(user.email, name=name, at=now)
        _note(user, ADDED, key, letter, site=site, now=now)
    logger.info("user %s added passkey %s", person.user_id, key.id)
    return key


def remove_key(person: Person, key_id: int, *, site: Site, now: datetime) -> None:
    """The person's own key opens nothing from here on. Twice is once, and nobody else's is none: nothing that
    was locked is opened by it, so it needs no password; the person is written to."""
    with writing():
        user: User = held(User.select().where(User.id == person.user_id)).get()
        key: Passkey | None = Passkey.get_or_none((Passkey.id == key_id) & (Passkey.user == user))
        if key is None:
            return
        Passkey.delete().where(Passkey.id == key.id).execute()
        letter = letters.passkey_removed(user.email, name=key.name, at=now)
        _note(user, REMOVED, key, letter, site=site, now=now)
    logger.info("user %s removed passkey %s", person.user_id, key_id)


def listed_keys(person: Person, *, site: Site) -> list[Passkey]:
    return own_keys(person.user_id, site=site)


def _with_room(user: User) -> list[Passkey]:
    known = keys_of(user)
    if len(known) >= MOST:
        raise Conflict(ENOUGH)
    return known


def _note(user: User, what: str, key: Passkey, letter: Message, *, site: Site, now: datetime) -> None:
    content = key_digest(key) if what == ADDED else ""
    audit.add(user.id, what, thing_of(key), now=now, chain=chain_of(user), content=content)
    enqueue(letter, what, user=user, site=site, now=now)
