"""The step between the right password and the login: the code of a second factor, or a passkey."""

import logging
from datetime import datetime

from portal.actions.keys.factors import Code, count_code, trust, use_code
from portal.actions.keys.marks import check_mark, is_marked
from portal.actions.keys.passkeys import LOGIN, begin_challenge, own_keys, party, take_challenge, use_key
from portal.actions.keys.throttle import Origin
from portal.actions.letters.outbox import enqueue
from portal.actions.people.guesses import count_wrong
from portal.actions.people.logins import Entered, begin_login, chain_of
from portal.actions.site import Site
from portal.crypto.errors import MalformedToken
from portal.crypto.passkeys import party_of, request_options
from portal.crypto.tokens import token_digest, unwrap_for_session
from portal.domain.errors import Conflict, Refusal
from portal.domain.keys.news import Guess
from portal.mail.account_messages import recovery_code_used
from portal.storage.people.accounts import held
from portal.storage.people.logins import find_step
from portal.storage.tables import audit
from portal.storage.tables.db import writing
from portal.storage.tables.people import User
from portal.storage.tables.second_factor import LoginStep, RecoveryCode
from portal.storage.tables.throttle import Counted, forgive

logger = logging.getLogger(__name__)

NO_KEYS = "Достъпът няма ключ за вход. Напишете кода от приложението."
STEP_OVER = "Времето за кода изтече или входът е започнат отново. Влезте отново с адреса и паролата си."


def is_asked(token: str, *, now: datetime) -> bool:
    """Whether this is the cookie of somebody who may give a code."""
    return _step_of(token, now=now) is not None


def give_code(token: str, code: str, *, origin: Origin, site: Site, now: datetime) -> Entered:
    """A login for the right code, after the password. Refusal for another; Conflict once the time is over."""
    seen = _standing_step(token, site=site, now=now)
    counted = count_code(seen.user_id, site=site, now=now)
    try:
        with writing():
            user, step = _held(seen, token, site=site, now=now)
            kind = use_code(user, code, site=site, now=now)
            entered = _pass(user, step, counted, token=token, origin=origin, site=site, now=now)
            if kind is Code.RECOVERY:
                _tell_of_recovery(user, site=site, now=now)
    except Refusal:
        count_wrong(seen.user, Guess.CODE, site=site, now=now)
        raise
    logger.info("user %s gave a code (%s) and logged in", user.id, kind.value)
    return entered


def has_keys(token: str, *, site: Site, now: datetime) -> bool:
    """Whether who is at this step has a passkey to use instead of a code."""
    step = _step_of(token, now=now)
    return (
        step is not None and party_of(site.base_url) is not None and bool(own_keys(step.user_id, site=site))
    )


def ask_key(token: str, *, site: Site, now: datetime) -> str:
    """What the browser has to ask of one of the person's passkeys, as JSON; Conflict if there is none."""
    step = _standing_step(token, site=site, now=now)
    asked = party(site=site)
    known = own_keys(step.user_id, site=site)
    if not known:
        raise Conflict(NO_KEYS)
    challenge = begin_challenge(LOGIN, bytes(step.digest), step.user_id, site=site, now=now)
    return request_options(asked, challenge, [bytes(key.credential_id) for key in known])


def give_key(token: str, text: str, *, origin: Origin, site: Site, now: datetime) -> Entered:
    """The same for a browser's answer to ``ask_key``, which is over with this. Refusal for one that is not
    taken; Conflict once the time is over."""
    seen = _standing_step(token, site=site, now=now)
    challenge = take_challenge(LOGIN, bytes(seen.digest), seen.user_id, site=site, now=now)
    counted = count_code(seen.user_id, site=site, now=now)
    try:
        with writing():
            user, step = _held(seen, token, site=site, now=now)
            key = use_key(user, text, challenge, site=site, now=now)
            entered = _pass(user, step, counted, token=token, origin=origin, site=site, now=now)
    except Refusal:
        count_wrong(seen.user, Guess.CODE, site=site, now=now)
        raise
    logger.info("user %s used passkey %s and logged in", user.id, key.id)
    return entered


def _held(seen: LoginStep, token: str, *, site: Site, now: datetime) -> tuple[User, LoginStep]:
    """The account, locked, and the step, if it still stands: a changed password ends it."""
    user: User = held(User.select().where(User.id == seen.user_id)).get()
    step = _standing_step(token, site=site, now=now)
    check_mark(user, site=site)
    return user, step


def _pass(
    user: User, step: LoginStep, counted: Counted, *, token: str, origin: Origin, site: Site, now: datetime
) -> Entered:
    """The login that the password began; its browser is not asked again for a while."""
    forgive(counted.subject)
    LoginStep.delete().where(LoginStep.digest == step.digest).execute()
    wrapped = step.wrapped_x25519
    private = None if wrapped is None else unwrap_for_session(token, bytes(wrapped), bytes(step.digest))
    entered = begin_login(user, private, origin=origin, site=site, now=now)
    trust(user, entered.device, site=site, now=now)
    return entered


def _tell_of_recovery(user: User, *, site: Site, now: datetime) -> None:
    audit.add(user.id, "factor_code_used", f"user:{user.id}", now=now, chain=chain_of(user))
    left = RecoveryCode.select().where(RecoveryCode.user == user).count()
    letter = recovery_code_used(user.email, at=now, left=left, link=site.address("/account/two-factor"))
    enqueue(letter, "recovery_code_used", user=user, site=site, now=now)


def _standing_step(token: str, *, site: Site, now: datetime) -> LoginStep:
    step = _step_of(token, now=now)
    if step is None or not is_marked(step, site=site):
        raise Conflict(STEP_OVER)
    return step


def _step_of(token: str, *, now: datetime) -> LoginStep | None:
    try:
        return find_step(token_digest(token), now=now)
    except MalformedToken:
        return None
