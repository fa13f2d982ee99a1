"""The register's session in this request, and opening it with a password typed into another form."""

from dataclasses import replace

from portal.actions.register.keys.session import Session, is_unlocked, unlock
from portal.domain.people import Staff
from portal.storage.people.logins import find_login
from portal.web.http import clock, cookies
from portal.web.http.guards import current_login
from portal.web.http.site import origin, site


def register_session() -> Session:
    """Of a request that a guard has let in."""
    login = current_login()
    if login is None:
        raise RuntimeError("only a view of somebody who is logged in has a session")
    return Session(login, cookies.read(cookies.SESSION))


def is_open() -> bool:
    """Whether this login has the register open, so that no form has to ask for the password."""
    return is_unlocked(register_session(), now=clock.now())


def session_with(person: Staff, password: str) -> Session:
    """The session, opened with ``password`` if one was typed and it is locked. Refusal for a wrong one."""
    session = register_session()
    if not password or is_unlocked(session, now=clock.now()):
        return session
    now = clock.now()
    unlock(
        person,
        session,
        password,
        origin=origin(),
        site=site(),
        now=now,
    )
    found = find_login(bytes(session.login.digest), now=now)
    return session if found is None else replace(session, login=found.login)
