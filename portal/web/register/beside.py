"""The register's days, for pages that show them beside other figures while the register is open."""

from portal.actions.register.beside import DaysOf, days_beside, note_shown
from portal.actions.register.keys.session import Session
from portal.domain.month import Month
from portal.domain.people import Staff
from portal.web.http import clock, cookies
from portal.web.http.guards import current_login
from portal.web.http.site import site


def days_of(person: Staff, month: Month) -> DaysOf | None:
    """None while the register is locked in this login, or not this person's to see."""
    login = current_login()
    if login is None or login.wrapped_x25519 is None:
        return None
    session = Session(login, cookies.read(cookies.SESSION))
    return days_beside(person, session, month, site=site(), now=clock.now())


def told_days_of(person: Staff, month: Month) -> DaysOf | None:
    """The same for a whole list, which the audit is told of."""
    found = days_of(person, month)
    if found is not None:
        note_shown(person, month, now=clock.now())
    return found
