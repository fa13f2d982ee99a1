"""Naming a delegate, changing what the delegate may do, and ending it."""

import logging
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from portal.actions.keys.marks import added
from portal.actions.keys.turns import hold_accounts_of
from portal.actions.letters.access_news import tell_of_delegate
from portal.actions.letters.links import end_links
from portal.actions.letters.outbox import enqueue
from portal.actions.people.invitations import TAKEN, NewAccount, add_account, invite_by_letter
from portal.actions.register.keys.giving import settle, withdraw
from portal.actions.register.keys.overdue import due_years
from portal.actions.register.keys.session import Session
from portal.actions.site import Site
from portal.domain.accounts import SECOND_CLICK, check_email, check_name
from portal.domain.delegations import Terms, check_terms
from portal.domain.errors import Conflict, NotFound, Refusal, check_all
from portal.domain.people import Director, Role
from portal.domain.signing.declaration import canonical
from portal.domain.times import today
from portal.mail.messages import delegation_granted, delegation_revoked
from portal.storage.people.delegations import standing
from portal.storage.people.logins import end_logins
from portal.storage.tables import audit
from portal.storage.tables.db import locked, writing
from portal.storage.tables.people import Delegation, User

logger = logging.getLogger(__name__)

NAMED, CHANGED, REVOKED = "delegated", "delegation_changed", "delegation_revoked"  # in the audit

ENDED = "Това упълномощаване вече е оттеглено или променено. Презаредете страницата, за да видите кое важи."


@dataclass(frozen=True)
class Appointment:
    """Whom the director authorises."""

    email: str
    name: str
    terms: Terms


def name_delegate(
    director: Director, wanted: Appointment, *, session: Session | None = None, site: Site, now: datetime
) -> Delegation:
    """Authorise somebody. Who has no account yet is invited; who has one in this institution is told, and
    gets the register's key at once if the director's ``session`` has it open. Pressed twice is once."""
    check_all(
        lambda: check_name(wanted.name),
        lambda: check_email(wanted.email),
        lambda: check_terms(wanted.terms, today(now)),
    )
    email, name = check_email(wanted.email), check_name(wanted.name)
    terms = check_terms(wanted.terms, today(now))
    with writing():
        hold_accounts_of(director.institution)
        user = _delegate(director, email, name, site=site, now=now)
        if (same := _just_given(director, user, terms, now=now)) is not None:
            return same
        _end_standing(user, director, now=now)
        row = _add(director, user, terms, site=site, now=now)
        settle(director, session, user, site=site, now=now)
        audit.add(
            director, NAMED, _thing(row), now=now, chain=director.institution, content=terms_digest(row)
        )
        if user.activated_at is None:
            invite_by_letter(user, site=site, now=now)
        else:
            _tell(user, director, terms, site=site, now=now)
        tell_of_delegate(director, row, site=site, now=now)
    logger.info("delegation %s of user %s by user %s", row.id, user.id, director.user_id)
    return row


def change(
    director: Director,
    delegation_id: int,
    terms: Terms,
    *,
    session: Session | None = None,
    site: Site,
    now: datetime,
) -> Delegation:
    """The same delegate on other terms: a new authorisation, and the old one revoked. The register's key is
    given or taken with them. Pressed twice is once."""
    terms = check_terms(terms, today(now))
    with writing():
        hold_accounts_of(director.institution)
        old = _held(director, delegation_id)
        if old.revoked_at is not None:
            if (same := _just_given(director, old.user, terms, now=now)) is not None:
                return same
            raise Conflict(ENDED)
        if old.user.disabled_at is not None:
            raise Conflict("Достъпът на това лице е спрян от ЦИОО. Оттеглете упълномощаването му.")
        _end(old, director, now=now)
        row = _add(director, old.user, terms, site=site, now=now)
        settle(director, session, old.user, site=site, now=now)
        audit.add(
            director,
            CHANGED,
            _thing(row),
            now=now,
            chain=director.institution,
            content=terms_digest(row),
        )
        _tell(old.user, director, terms, site=site, now=now)
        tell_of_delegate(director, row, site=site, now=now)
    logger.info("delegation %s replaces %s, by user %s", row.id, old.id, director.user_id)
    return row


def revoke(
    director: Director, delegation_id: int, *, session: Session | None = None, site: Site, now: datetime
) -> bool:
    """At once: the authorisation and every login of the delegate end together, and the register gets a new
    key. Twice is once. Whether it has it already: false while it waits for the director to open it."""
    with writing():
        hold_accounts_of(director.institution)
        row = _held(director, delegation_id)
        if row.revoked_at is not None:
            return not due_years(director.institution, today(now))
        _end(row, director, now=now)
        renewed = withdraw(director, session, row.user, site=site, now=now)
        end_logins(row.user.id)
        end_links(row.user, now=now)
        audit.add(director, REVOKED, _thing(row), now=now, chain=director.institution)
        if row.user.disabled_at is None:
            letter = delegation_revoked(row.user.email, institution=director.institution_name, at=now)
            enqueue(letter, "delegation_revoked", user=row.user, site=site, now=now)
    logger.info("delegation %s revoked by user %s", row.id, director.user_id)
    return renewed


def _delegate(director: Director, email: str, name: str, *, site: Site, now: datetime) -> User:
    """The delegate's account: the one of this institution, or a new one. Nobody else's is named."""
    user: User | None = User.get_or_none((User.email == email) & User.disabled_at.is_null())
    if user is None:
        return add_account(NewAccount(Role.DELEGATE, email, name, director.institution), site=site, now=now)
    if user.role is not Role.DELEGATE or user.institution_id != director.institution:
        raise Refusal(TAKEN, field="email")
    if user.activated_at is None and user.name != name:
        user.name = name
        user.save(only=[User.name])
    return user


def _just_given(director: Director, user: User, terms: Terms, *, now: datetime) -> Delegation | None:
    """The authorisation that stands, if the director gave it on these terms a moment ago: the second of two
    clicks gives nothing, and writes no letter that ends the link in the first."""
    row = standing(user)
    if row is None or row.made_by_id != director.user_id or row.made_at <= now - SECOND_CLICK:
        return None
    found = (row.institution_id, row.scopes, row.order_number, row.until)
    same = (director.institution, terms.scope_words, terms.order_number, terms.until)
    return row if found == same else None


def _end_standing(user: User, director: Director, *, now: datetime) -> None:
    """One authorisation stands at a time: the newest order says it all."""
    Delegation.update(revoked_at=now, revoked_by=director.user_id).where(
        (Delegation.user == user) & Delegation.revoked_at.is_null()
    ).execute()


def _add(director: Director, user: User, terms: Terms, *, site: Site, now: datetime) -> Delegation:
    row = Delegation(
        institution=director.institution,
        user=user,
        scopes=terms.scope_words,
        order_number=terms.order_number,
        until=terms.until,
        made_at=now,
        made_by=director.user_id,
    )
    added(row, site=site)
    return row


def _end(row: Delegation, director: Director, *, now: datetime) -> None:
    Delegation.update(revoked_at=now, revoked_by=director.user_id).where(Delegation.id == row.id).execute()


def _held(director: Director, delegation_id: int) -> Delegation:
    """The authorisation, locked, if it is of the director's institution; for anyone else there is none."""
    row: Delegation | None = locked(
        Delegation.select().where(
            (Delegation.id == delegation_id) & (Delegation.institution == director.institution)
        )
    ).first()
    if row is None:
        raise NotFound("Няма такова упълномощаване.")
    return row


def _tell(user: User, director: Director, terms: Terms, *, site: Site, now: datetime) -> None:
    assert terms.until is not None
    letter = delegation_granted(
        user.email,
        institution=director.institution_name,
        order=terms.order_number,
        scopes=terms.scopes,
        until=terms.until,
        link=site.address("/"),
    )
    enqueue(letter, "delegation_granted", user=user, site=site, now=now)


def _thing(row: Delegation) -> str:
    return f"delegation:{row.id}"


def terms_digest(row: Delegation) -> str:
    """Of what was ordered, so that ``verify`` sees an altered row."""
    ordered = {
        "user": str(row.user.id),
        "scopes": row.scopes,
        "order": row.order_number,
        "until": row.until.isoformat(),
    }
    return sha256(canonical(ordered)).hexdigest()
