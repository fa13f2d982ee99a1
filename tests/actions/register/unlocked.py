"""What tests of the register stand on: an envelope in force, a login that has just typed its password,
and invented people in quarantine."""

from dataclasses import replace
from datetime import date, datetime

from portal.actions.register.entering import enter
from portal.actions.register.keys.collection import Register
from portal.actions.register.keys.opened import Kept, entries_of, open_register
from portal.actions.register.keys.session import Session
from portal.actions.register.uses import OPENED
from portal.crypto.envelope import envelope_mac, make_envelope, new_code
from portal.crypto.keys import unwrap_x25519
from portal.crypto.passwords import unlock_key
from portal.crypto.register import new_id
from portal.crypto.tokens import new_token, token_digest, wrap_for_session
from portal.domain.month import Month
from portal.domain.people import Delegate, Staff
from portal.domain.register.entry import Draft
from portal.storage.tables import audit
from portal.storage.tables.db import writing
from portal.storage.tables.people import Login, UserKey
from portal.storage.tables.register import Envelope
from tests.cast import (
    NOW,
    PEPPER,
    SCHOOL,
    SITE,
    _root,
    add_login,
)
from tests.domain.invented import KALINA, TEACHER
from tests.page import Client

TODAY = NOW.date()
YEAR = Month.of(TODAY).school_year


def add_envelope(by: Staff, institution: str = SCHOOL, *, now: datetime = NOW) -> str:
    """The institution's envelope, as printed and typed back; the code that stands on it."""
    code, name = new_code(), new_id()
    public, wrapped = make_envelope(code, institution, name)
    Envelope.create(
        id=name,
        institution=institution,
        public=public,
        wrapped_private=wrapped,
        mac=envelope_mac(PEPPER, institution, name, public),
        made_at=now,
        made_by=by.user_id,
    )
    return code


def private_of(person: Staff) -> bytes:
    """What the person's password would unwrap."""
    key = UserKey.get((UserKey.user == person.user_id) & UserKey.retired_at.is_null())
    unlock = unlock_key(PEPPER, _root())
    return unwrap_x25519(unlock, bytes(key.wrapped_x25519), str(person.user_id), bytes(key.x25519_public))


def unlock(person: Staff, token: str, *, now: datetime = NOW) -> Session:
    """The login of ``token`` as it is after the password was typed; it keeps the key for ten minutes."""
    digest = token_digest(token)
    Login.update(wrapped_x25519=wrap_for_session(token, private_of(person), digest), unlocked_at=now).where(
        Login.digest == digest
    ).execute()
    return session_of(token)


def session_of(token: str) -> Session:
    """The login of ``token`` as a request would find it now."""
    return Session(Login.get(Login.digest == token_digest(token)), token)


def opened_session(person: Staff, *, now: datetime = NOW) -> Session:
    """A new login, with the register unlocked in it: for actions, which know no browser."""
    token = new_token()
    add_login(token, person.user_id, now=now)
    return unlock(person, token, now=now)


def keep(client: Client, person: Staff) -> Client:
    """The person's browser with the register unlocked, and an envelope at the institution; a delegate has
    said why."""
    if not Envelope.select().where(Envelope.institution == person.institution).exists():
        add_envelope(person, person.institution)
    client.sign_in(person)
    unlock(person, client.token, now=client.now)
    if isinstance(person, Delegate):
        with writing():
            audit.add(person, OPENED, "use:said", now=client.now, chain=person.institution)
    return client


def draft(**changes: object) -> Draft:
    """Калина from 5А, in quarantine at NOW: from 25 January until 5 February."""
    return replace(KALINA, **{"placed_on": date(2021, 1, 25), "planned_until": date(2021, 2, 5), **changes})


def teacher(**changes: object) -> Draft:
    """Her teacher, without an identifier, on the same days."""
    return replace(TEACHER, **{"placed_on": date(2021, 1, 25), "planned_until": date(2021, 2, 5), **changes})


def entered(person: Staff, *drafts: Draft, session: Session | None = None, now: datetime = NOW) -> list[str]:
    """The ids of ``drafts``, entered by the person, whose institution has an envelope from now on."""
    if not Envelope.select().where(Envelope.institution == person.institution).exists():
        add_envelope(person, person.institution)
    session = session or opened_session(person, now=now)
    return enter(person, session, list(drafts) or [draft()], site=SITE, now=now)


def register_of(
    person: Staff, session: Session | None = None, *, year: int = YEAR, now: datetime = NOW
) -> Register:
    """The open register of one school year."""
    found = open_register(person, session or opened_session(person, now=now), year, site=SITE, now=now)
    assert found is not None, "nothing was entered yet"
    return found


def kept(person: Staff, *, now: datetime = NOW) -> list[Kept]:
    """The rows of this school year, as the person can open them now."""
    return entries_of(register_of(person, now=now))


def fields(**changes: str) -> dict[str, str]:
    """What the form sends for ``draft()``."""
    return {
        "person": "child",
        "first_name": "Калина",
        "middle_name": "Петрова",
        "last_name": "Иванова-Симеонова",
        "id_type": "0",
        "id_number": KALINA.id_number,
        "class_name": "5А",
        "basis": "contact",
        "prescription": "РЗИ-1234/01.12.2020",
        "phone": "0888 123 456",
        "place": "София, ул. „Роза“ 1",
        "placed_on": "2021-01-25",
        "planned_until": "2021-02-05",
        "released_on": "",
        "note": "Съученичка с положителен тест.",
        **changes,
    }
