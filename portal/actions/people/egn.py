"""The ЕГН of an account, which ties a qualified signature (КЕП) to the account's owner.

Only a keyed hash is kept, bound to the account. It is given at activation; later changes are in
``egn_changes``. Source: signing-and-sealing.md, section 2.
"""

import hmac
from datetime import date, datetime
from hashlib import sha256

from portal.actions.people.logins import chain_of
from portal.actions.site import Site
from portal.crypto.pepper import egn_hash
from portal.domain.people import Person, Role, Scope
from portal.domain.signing.egn import EgnNeed, egn_need
from portal.storage.people.delegations import standing
from portal.storage.people.egn_requests import request_of
from portal.storage.tables import audit
from portal.storage.tables.people import User
from portal.storage.tables.qualified import EgnRequest

SET, REFUSED = "egn_set", "egn_change_refused"  # in the audit

Doer = Person | int | None  # None is the command line


def need_of(user: User, today: date, *, site: Site) -> EgnNeed:
    """Whether the person is asked for an ЕГН on opening the account."""
    return egn_need(user.role, site.signature_kinds, may_sign=_may_sign(user, today))


def set_at_activation(user: User, egn: str, *, by: Doer = None, site: Site, now: datetime) -> None:
    """For an account that begins now. In the caller's transaction."""
    keep_egn(user, egn, by=by, what=SET, site=site, now=now)


def is_owner(user: User, egn: str, *, site: Site) -> bool:
    """Whether this is the ЕГН that the account keeps; an account that keeps none is nobody's."""
    try:
        hashed = egn_hash(site.pepper, str(user.id), egn)
    except ValueError:
        return False
    return hmac.compare_digest(hashed, bytes(user.egn_hash or b""))


def drop_request(user: User, *, now: datetime, by: Doer) -> None:
    """What the account asked for is not confirmed: it was refused, or the account was stopped. In the
    caller's transaction."""
    end_request(user, now=now, by=by, what=REFUSED)


def end_request(user: User, *, now: datetime, by: Doer, what: str) -> None:
    """In the caller's transaction, which holds the account. Twice is once."""
    row = request_of(user)
    if row is not None:
        EgnRequest.delete().where(EgnRequest.user == user).execute()
        note_egn(user, bytes(row.egn_hash), now=now, by=by, what=what)


def keep_egn(user: User, egn: str, *, by: Doer, what: str, site: Site, now: datetime) -> None:
    """In the caller's transaction, which holds the account."""
    hashed = egn_hash(site.pepper, str(user.id), egn)
    user.egn_hash = hashed
    user.save(only=[User.egn_hash])
    note_egn(user, hashed, now=now, by=by, what=what)


def note_egn(user: User, hashed: bytes, *, now: datetime, by: Doer, what: str) -> None:
    audit.add(by, what, f"user:{user.id}", now=now, chain=chain_of(user), content=kept_digest(hashed))


def kept_digest(hashed: bytes) -> str:
    """What the audit says of a hash, so that ``verify`` sees another in its place."""
    return sha256(hashed).hexdigest()


def _may_sign(user: User, today: date) -> bool:
    if user.role is not Role.DELEGATE:
        return user.role is Role.DIRECTOR
    row = standing(user)
    return row is not None and Scope.SIGN in row.scope_set and today <= row.until
