"""The institution's envelope: made once its code is typed back from paper, and checked once a year."""

import logging
from collections.abc import Mapping
from datetime import datetime
from functools import partial

from portal.actions.register.keys.collection import Register, collections_of, hold_register
from portal.actions.register.keys.giving import registers_of
from portal.actions.register.keys.holders import envelope_holder, envelope_of, give
from portal.actions.register.keys.letters import tell_guardians
from portal.actions.register.keys.opened import NoKey, key_of
from portal.actions.register.keys.proposals import Proposal, check_groups
from portal.actions.register.keys.rotation import renew_key
from portal.actions.register.keys.session import Session, private_key
from portal.actions.site import Site
from portal.crypto.envelope import (
    GROUPS,
    envelope_mac,
    make_envelope,
    mistyped_groups,
    open_envelope,
)
from portal.crypto.errors import CannotOpen, MistypedCode
from portal.domain.errors import Conflict, Refusal
from portal.domain.people import Director
from portal.mail.messages import envelope_made
from portal.storage.tables import audit
from portal.storage.tables.db import writing
from portal.storage.tables.people import User
from portal.storage.tables.register import Collection, Envelope, Grant

logger = logging.getLogger(__name__)

NO_ENVELOPE = "Институцията още няма плик. Направете го от страницата „Плик на институцията“."
MISTYPED = (
    "Кодът е преписан с грешка: сгрешена, пропусната или разменена буква. "
    f"Той има {GROUPS} групи по четири знака. Сравнете го с листа група по група."
)
OPENS_NOTHING = (
    "Кодът отваря плика, но ключовете в базата данни не са онези, които порталът е записал. "
    "Обадете се на ЦИОО. Ако регистърът ви е отворен, направете нов плик."
)
ANOTHER = (
    "Кодът не отваря сегашния плик. Сравнете с листа всяка група, после и знака на плика: "
    "след нов плик старият код не отваря нищо."
)


def confirm(
    director: Director,
    session: Session,
    proposal: Proposal,
    typed: Mapping[int, str],
    *,
    site: Site,
    now: datetime,
) -> None:
    """Make the proposed code the envelope's, once the groups that were asked are typed back. Twice is once.

    With a register begun it must be open (Locked, NoKey): every school year gets a new key, which the new
    envelope opens and the one before does not.
    """
    check_groups(proposal, typed, site=site)
    with writing():
        hold_register(director.institution)
        if Envelope.get_or_none(Envelope.id == proposal.envelope) is not None:
            return
        old = envelope_of(director.institution)
        registers = _all_registers(director, session, site=site, now=now)
        anew = _make(director, proposal, site=site, now=now)
        for register in registers:
            _exchange(register, old, anew, site=site, now=now)
        if old is not None:
            Envelope.update(retired_at=now).where(Envelope.id == old.id).execute()
        what = "register_envelope_made" if old is None else "register_envelope_renewed"
        audit.add(director, what, f"envelope:{anew.id}", now=now, chain=director.institution)
        _announce(director, renewed=old is not None, site=site, now=now)
    logger.info("envelope %s made by user %s", anew.id, director.user_id)


def rehearse(director: Director, code: str, *, site: Site, now: datetime) -> None:
    """„Проверявам плика“: whether this code opens the envelope, and the envelope every school year's key."""
    envelope = envelope_of(director.institution)
    if envelope is None:
        raise Conflict(NO_ENVELOPE)
    private = private_of(envelope, code, site=site)
    for collection in collections_of(director.institution):
        if by_envelope(collection, envelope, director, private, site=site) is None:
            raise Conflict(OPENS_NOTHING)
    with writing():
        Envelope.update(rehearsed_at=now).where(Envelope.id == envelope.id).execute()
        thing = f"envelope:{envelope.id}"
        audit.add(director, "register_envelope_checked", thing, now=now, chain=director.institution)


def private_of(envelope: Envelope, code: str, *, site: Site) -> bytes:
    """The envelope's private half; Refusal for a wrong code, with each group that has a slip in it where that
    can be told; Conflict for a swapped public half."""
    envelope_holder(envelope, site=site)
    try:
        wrapped, public = bytes(envelope.wrapped_private), bytes(envelope.public)
        return open_envelope(code, wrapped, public, envelope.institution_id, envelope.id)
    except MistypedCode:
        Refusal.raise_all([_slip(number) for number in mistyped_groups(code)])
        raise Refusal(MISTYPED, field="code") from None
    except CannotOpen:
        raise Refusal(ANOTHER, field="code") from None


def _slip(number: int) -> Refusal:
    return Refusal(f"Група {number} е преписана с грешка. Сравнете я с листа.", field=f"group_{number}")


def by_envelope(
    collection: Collection, envelope: Envelope, director: Director, private: bytes, *, site: Site
) -> Register | None:
    """The collection by the envelope's grant; none if it was meddled with."""
    ours = (Grant.collection == collection) & (Grant.holder == f"envelope:{envelope.id}")
    grant: Grant | None = Grant.get_or_none(ours)
    if grant is None:
        return None
    try:
        return Register(collection, director, key_of(collection, grant, private, site=site))
    except NoKey:
        return None


def _all_registers(director: Director, session: Session, *, site: Site, now: datetime) -> list[Register]:
    every = collections_of(director.institution)
    if not every:
        return []
    registers = registers_of(director, private_key(session, now=now), site=site, now=now)
    if len(registers) < len(every):
        raise NoKey("Ключът ви не отваря регистъра за всяка учебна година. Въведете кода от досегашния плик.")
    return registers


def _make(director: Director, proposal: Proposal, *, site: Site, now: datetime) -> Envelope:
    public, wrapped = make_envelope(proposal.code, director.institution, proposal.envelope)
    return Envelope.create(
        id=proposal.envelope,
        institution=director.institution,
        public=public,
        wrapped_private=wrapped,
        mac=envelope_mac(site.pepper, director.institution, proposal.envelope, public),
        made_at=now,
        made_by=director.user_id,
    )


def _exchange(register: Register, old: Envelope | None, anew: Envelope, *, site: Site, now: datetime) -> None:
    if old is not None:
        theirs = (Grant.collection == register.collection) & (Grant.holder == f"envelope:{old.id}")
        Grant.delete().where(theirs).execute()
    give(
        register.collection,
        register.key,
        envelope_holder(anew, site=site),
        register.person.user_id,
        now=now,
    )
    renew_key(register, site=site, now=now)


def _announce(director: Director, *, renewed: bool, site: Site, now: datetime) -> None:
    user = User.get_by_id(director.user_id)
    place, name = director.institution_name, director.name
    letter = partial(envelope_made, institution=place, person=name, at=now, renewed=renewed)
    tell_guardians(user, letter, "envelope_made", also=[user], site=site, now=now)
