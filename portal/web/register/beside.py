"""The register's days, for pages that show them beside other figures while the register is open."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.actions.register.beside import DaysOf, days_beside, note_shown
from portal.actions.register.keys.session import Session, private_key
from portal.actions.register.uses import check_reason_given
from portal.domain.month import Month
from portal.domain.people import Delegate, Director, Scope, Staff
from portal.storage.register.holders import has_register
from portal.web.http import clock, cookies
from portal.web.http.guards import LISTS, REGISTER, allow, current_login
from portal.web.http.site import site
from portal.web.register.unlocking import is_open, register_session

beside = Blueprint("beside", __name__, url_prefix="/quarantine/<month:month>")


@beside.get("/list")
@allow(Director, Delegate, scopes=REGISTER)
def unlock(person: Staff, month: Month) -> ResponseReturnValue:
    """Back to АСП's list once the register is open: Locked and ReasonDue ask on the way."""
    session = register_session()
    private_key(session, now=clock.now())
    check_reason_given(person, session)
    page = "lists.index" if any(person.may(scope) for scope in LISTS) else "register_months.index"
    return redirect(url_for(page, month=month))


def is_locked_beside(person: Staff) -> bool:
    """Whether to say that the days can be seen once the register is unlocked: to who keeps it, alike
    whether or not anybody is in it."""
    return person.may(Scope.REGISTER) and not is_open() and has_register(person.institution)


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
