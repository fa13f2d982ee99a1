"""What people do with their own second factor: set it up, make new recovery codes, turn it off."""

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime

from portal.actions.keys.factors import (
    NO_CODE,
    keep_secret,
    make_recovery_codes,
    trust,
)
from portal.actions.keys.marks import check_mark
from portal.actions.letters.outbox import enqueue
from portal.actions.people.factor_removals import end_factor
from portal.actions.people.logins import chain_of
from portal.actions.people.proofs import Here, Proof, counted_code, proved, with_code
from portal.actions.site import Site
from portal.crypto.errors import CannotOpen
from portal.crypto.pepper import proposal_key
from portal.crypto.second_factor import new_secret, step_of, without_blanks
from portal.crypto.vault import Vault
from portal.domain.errors import Conflict, Refusal
from portal.domain.keys.second_factor import SETUP_LASTS
from portal.domain.people import Person
from portal.mail import account_messages as letters
from portal.mail.messages import Message
from portal.storage.people.accounts import held
from portal.storage.people.logins import end_logins
from portal.storage.tables import audit
from portal.storage.tables.db import writing
from portal.storage.tables.people import User
from portal.storage.tables.throttle import forgive

logger = logging.getLogger(__name__)

ON, RENEWED = "factor_on", "factor_codes_renewed"  # in the audit

NOT_THE_CODE = (
    "Това не е кодът, който приложението показва сега. Проверете дали часовникът на телефона е верен, "
    "изчакайте следващия код и го напишете."
)
IS_ON = "Вторият фактор вече е включен. За нов телефон първо го изключете."
STARTED_ANEW = "Времето за тази страница изтече. Напишете паролата си и започнете отначало."


@dataclass(frozen=True)
class Setup:
    """A secret that only the person's page and application know. ``sealed`` brings it back in the form."""

    secret: bytes = field(repr=False)
    sealed: str = field(repr=False)


def begin_setup(person: Person, password: str, *, here: Here, site: Site, now: datetime) -> Setup:
    """A new secret, after the password; nothing is stored."""
    user = proved(person, Proof(password), here.origin, site=site, now=now)
    if user.factor_at is not None:
        raise Conflict(IS_ON)
    secret = new_secret()
    content = secret + int(now.timestamp()).to_bytes(8, "big")
    return Setup(secret, _vault(site=site).seal(content, _place(person, here)).hex())


def setup_of(person: Person, sealed: str, *, here: Here, site: Site, now: datetime) -> Setup:
    """The one that the form brought back; Conflict if it is too old, or not this login's."""
    try:
        content = _vault(site=site).open(bytes.fromhex(sealed), _place(person, here))
    except (CannotOpen, ValueError):
        raise Conflict(STARTED_ANEW) from None
    secret, made_at = content[:-8], datetime.fromtimestamp(int.from_bytes(content[-8:], "big"), UTC)
    if not made_at <= now < made_at + SETUP_LASTS:
        raise Conflict(STARTED_ANEW)
    return Setup(secret, sealed)


def turn_on(person: Person, setup: Setup, code: str, *, here: Here, site: Site, now: datetime) -> list[str]:
    """The first code shows that the application has the secret; the recovery codes, which nobody sees again.
    Other logins of the account end: they were without."""
    typed = without_blanks(code)
    if not typed:
        raise Refusal(NO_CODE, field="code")
    step = step_of(setup.secret, typed, at=now)
    if step is None:
        raise Refusal(NOT_THE_CODE, field="code")
    with writing():
        user = _held(person)
        check_mark(user, site=site)
        if user.factor_at is not None:
            raise Conflict(IS_ON)
        keep_secret(user, setup.secret, step, site=site, now=now)
        codes = make_recovery_codes(user, site=site)
        end_logins(user.id, but=here.login)
        if here.origin.device:
            trust(user, here.origin.device, site=site, now=now)
        _note(user, ON, letters.factor_on(user.email, at=now), site=site, now=now)
    logger.info("user %s turned the second factor on", user.id)
    return codes


def renew_codes(person: Person, proof: Proof, *, here: Here, site: Site, now: datetime) -> list[str]:
    """Ten new ones; those before are over."""
    seen = proved(person, proof, here.origin, site=site, now=now)
    counted = counted_code(seen, site=site, now=now)
    with writing():
        user = with_code(seen, proof, site=site, now=now)
        forgive(counted)
        codes = make_recovery_codes(user, site=site)
        _note(user, RENEWED, letters.factor_codes_renewed(user.email, at=now), site=site, now=now)
    return codes


def turn_off(person: Person, proof: Proof, *, here: Here, site: Site, now: datetime) -> None:
    seen = proved(person, proof, here.origin, site=site, now=now)
    counted = counted_code(seen, site=site, now=now)
    with writing():
        user = with_code(seen, proof, site=site, now=now)
        forgive(counted)
        end_factor(user, by=user.id, site=site, now=now)


def _held(person: Person) -> User:
    user: User = held(User.select().where(User.id == person.user_id)).get()
    return user


def _note(user: User, what: str, letter: Message, *, site: Site, now: datetime) -> None:
    audit.add(user.id, what, f"user:{user.id}", now=now, chain=chain_of(user))
    enqueue(letter, what, user=user, site=site, now=now)


def _vault(*, site: Site) -> Vault:
    return Vault([proposal_key(site.pepper)])


def _place(person: Person, here: Here) -> str:
    return f"second factor/{person.user_id}/{here.login.hex()}"
