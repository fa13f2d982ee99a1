"""Giving the register's key to somebody who waits for it, and withdrawing it when access is lost."""

import logging
from datetime import datetime

from portal.actions.keys.turns import hold_accounts_of
from portal.actions.letters.outbox import enqueue
from portal.actions.register.keys.collection import Register, collections_of, hold_register
from portal.actions.register.keys.holders import Holder, give, holder_of
from portal.actions.register.keys.opened import NoKey, opened
from portal.actions.register.keys.overdue import leave_due, renew_or_mark
from portal.actions.register.keys.session import Locked, Session, private_key
from portal.actions.site import Site
from portal.domain.errors import Conflict, NotFound
from portal.domain.people import Director, Scope, Staff, check_scope
from portal.domain.times import today
from portal.mail.messages import register_key_given
from portal.storage.tables import audit
from portal.storage.tables.db import writing
from portal.storage.tables.people import User
from portal.storage.tables.register import Collection, Grant

logger = logging.getLogger(__name__)

NOT_STARTED = (
    "Регистърът още не е започнат и няма ключ за даване. Всеки, който може да го води, "
    "получава ключа с първото вписване."
)


def give_key(person: Staff, session: Session, user_id: int, *, site: Site, now: datetime) -> None:
    """Let a colleague who may see names open them: sealed to the colleague's key, in every school year
    that ``person`` can open. Locked or NoKey if that is none."""
    check_scope(person, Scope.REGISTER)
    private = private_key(session, now=now)
    with writing():
        hold_accounts_of(person.institution)
        hold_register(person.institution)
        user, holder = _colleague(person, user_id, site=site, now=now)
        registers = registers_of(person, private, site=site, now=now)
        if not registers:
            raise Conflict(NOT_STARTED)
        _give_all(registers, holder, person, now=now)
        letter = register_key_given(
            user.email, institution=person.institution_name, by=person.name, link=site.address("/quarantine/")
        )
        enqueue(letter, "register_key_given", user=user, site=site, now=now)
    logger.info("user %s gave the register's key to user %s", person.user_id, user_id)


def registers_of(person: Staff, private: bytes, *, site: Site, now: datetime) -> list[Register]:
    """Every school year that the person's key opens; NoKey if there are some and none opens."""
    every = collections_of(person.institution)
    found: list[Register] = []
    for collection in every:
        try:
            found.append(opened(collection, person, private, site=site, now=now))
        except NoKey:
            if collection is every[-1] and not found:
                raise
    return found


def settle(director: Director, session: Session | None, user: User, *, site: Site, now: datetime) -> None:
    """After the delegate's authorisation has changed: the key is given where it can be given at once, or
    taken away. In the caller's transaction, before it writes to the audit."""
    hold_register(director.institution)
    holder = holder_of(user, today(now), site=site)
    if holder is None:
        withdraw(director, session, user, site=site, now=now)
    elif session is not None:
        try:
            private = private_key(session, now=now)
            registers = registers_of(director, private, site=site, now=now)
        except (Locked, NoKey):
            return  # the delegate waits, and the page says so
        if registers:
            _give_all(registers, holder, director, now=now)


def withdraw(director: Director, session: Session | None, user: User, *, site: Site, now: datetime) -> bool:
    """Take the account's grants, and renew every key that it held, or leave that to the next opening; whether
    all were renewed. In the caller's transaction, before it writes to the audit. Never fails: the grants
    are gone in any case."""
    hold_register(director.institution)
    private = _private(session, now=now)
    renewed = True
    for collection in collections_of(director.institution):
        theirs = (Grant.collection == collection) & (Grant.holder == f"user:{user.id}")
        if not Grant.delete().where(theirs).execute():
            continue
        register = _open(collection, director, private, site=site, now=now)
        if register is None:
            leave_due(collection, now=now)
        renewed = register is not None and renew_or_mark(register, site=site, now=now) and renewed
    return renewed


def _open(
    collection: Collection, director: Director, private: bytes | None, *, site: Site, now: datetime
) -> Register | None:
    try:
        return None if private is None else opened(collection, director, private, site=site, now=now)
    except NoKey:
        return None


def _private(session: Session | None, *, now: datetime) -> bytes | None:
    try:
        return None if session is None else private_key(session, now=now)
    except Locked:
        return None


def _colleague(person: Staff, user_id: int, *, site: Site, now: datetime) -> tuple[User, Holder]:
    user: User | None = User.get_or_none((User.id == user_id) & (User.institution == person.institution))
    if user is None:
        raise NotFound("Няма такова лице във вашата институция.")
    holder = holder_of(user, today(now), site=site)
    if holder is None:
        raise Conflict(
            "На това лице не може да се даде ключ: достъпът му не е активиран или упълномощаването му "
            "не включва регистъра. Проверете го в „Упълномощени лица“."
        )
    return user, holder


def _give_all(registers: list[Register], holder: Holder, person: Staff, *, now: datetime) -> None:
    for register in registers:
        give(register.collection, register.key, holder, person.user_id, now=now)
    audit.add(person, "register_key_given", holder.name, now=now, chain=person.institution)
