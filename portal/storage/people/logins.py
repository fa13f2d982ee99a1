"""Current logins, found by the digest of their cookie."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from portal.domain.keys.second_factor import STEP_LASTS
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import Delegation, Device, Login, User
from portal.storage.tables.prepared import Columns, Prepared, parted, slot
from portal.storage.tables.second_factor import LoginStep

IDLE = timedelta(hours=2)  # a director fetches class teachers' notes in between: our decision
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)  # how exact ``seen_at`` is: not every request writes
KEY_KEPT = timedelta(minutes=10)  # from a login or unlock, without use of the register
DEVICE_KEPT = timedelta(days=400)  # browsers keep no cookie longer


@dataclass(frozen=True)
class FoundLogin:
    """A login that is under way, with its account; ``delegation`` is the account's latest that was not
    revoked, if it has one."""

    login: Login
    delegation: Delegation | None


def find_login(digest: bytes, *, now: datetime) -> FoundLogin | None:
    """The login, unless it ended, slept too long, or the account was disabled."""
    found = _STANDING.one(digest=digest, seen_after=now - IDLE, made_after=now - LONGEST)
    if found is None:
        return None
    login, user, place, given = parted(found, _LOGIN, _USER, _PLACE, _DELEGATION)
    account = _USER.row(user, institution=None if place[0] is None else _PLACE.row(place))
    row = _LOGIN.row(login, user=account)
    if now - row.seen_at > SEEN_EVERY:
        Login.update(seen_at=now).where(Login.digest == digest).execute()
    return FoundLogin(row, None if given[0] is None else _DELEGATION.row(given))


def _standing() -> Any:
    other = Delegation.alias()
    latest = other.select(fn.MAX(other.id)).where((other.user == User.id) & other.revoked_at.is_null())
    return (
        Login.select(*_LOGIN.selected, *_USER.selected, *_PLACE.selected, *_DELEGATION.selected)
        .join(User)
        .left_outer_join(Institution)
        .switch(User)
        .left_outer_join(Delegation, on=(Delegation.id == latest))
        .where(
            (Login.digest == slot(Login.digest, "digest"))
            & (Login.seen_at > slot(Login.seen_at, "seen_after"))
            & (Login.made_at > slot(Login.made_at, "made_after"))
            & User.disabled_at.is_null()
        )
    )


_LOGIN, _USER, _PLACE, _DELEGATION = Columns(Login), Columns(User), Columns(Institution), Columns(Delegation)
_STANDING = Prepared(_standing)


def forget_stale(now: datetime) -> None:
    """Delete what can no longer be used."""
    Login.delete().where((Login.seen_at <= now - IDLE) | (Login.made_at <= now - LONGEST)).execute()
    Device.delete().where(Device.seen_at <= now - DEVICE_KEPT).execute()


def forget_keys(now: datetime) -> None:
    """Delete the wrapped keys of those who have not used the register for ten minutes."""
    Login.update(wrapped_x25519=None, unlocked_at=None).where(
        Login.unlocked_at.is_null(False) & (Login.unlocked_at <= now - KEY_KEPT)
    ).execute()


def end_logins(user_id: int, *, but: bytes | None = None) -> int:
    """End every login of the account, or every one ``but`` the login with this digest; how many ended. Who
    has given the password and not yet the code begins anew."""
    LoginStep.delete().where(LoginStep.user == user_id).execute()
    theirs = Login.user == user_id
    ended: int = Login.delete().where(theirs if but is None else theirs & (Login.digest != but)).execute()
    return ended


def end_all_logins() -> int:
    """Also those that stand before the code; how many ended."""
    LoginStep.delete().execute()
    ended: int = Login.delete().execute()
    return ended


def find_step(digest: bytes, *, now: datetime) -> LoginStep | None:
    """Where a code is still asked for, of an account that was not stopped."""
    row: LoginStep | None = (
        LoginStep.select(LoginStep, User)
        .join(User)
        .where(
            (LoginStep.digest == digest) & (LoginStep.made_at > now - STEP_LASTS) & User.disabled_at.is_null()
        )
        .first()
    )
    return row


def forget_steps(now: datetime) -> None:
    LoginStep.delete().where(LoginStep.made_at <= now - STEP_LASTS).execute()


@dataclass(frozen=True)
class Whereabouts:
    """A login that is under way, as its owner sees it. ``name`` is what the page ends it by; ``seen_at`` is
    exact to SEEN_EVERY."""

    name: str
    browser: str
    made_at: datetime
    seen_at: datetime
    is_here: bool


def logins_of(user_id: int, *, here: bytes, now: datetime) -> list[Whereabouts]:
    """Where the account is logged in now: ``here`` (a digest) first, then what was used last."""
    rows = Login.select().where((Login.user == user_id) & _is_alive(now)).order_by(Login.seen_at.desc())
    found = [_whereabouts(row, here) for row in rows]
    return sorted(found, key=lambda each: not each.is_here)


def _whereabouts(row: Login, here: bytes) -> Whereabouts:
    digest = bytes(row.digest)
    return Whereabouts(digest.hex(), row.browser, row.made_at, row.seen_at, digest == bytes(here))


def is_known_device(digest: bytes | None, email: str) -> bool:
    """Whether this account has logged in from this browser before."""
    if digest is None:
        return False
    known = Device.select().join(User).where((Device.digest == digest) & (User.email == email))
    return bool(known.exists())


def remember_device(digest: bytes, user_id: int, *, now: datetime) -> bool:
    """That the account logs in from this browser; whether it is the first time."""
    seen = Device.update(seen_at=now).where((Device.digest == digest) & (Device.user == user_id)).execute()
    if not seen:
        Device.create(digest=digest, user=user_id, made_at=now, seen_at=now)
    return not seen


def has_logged_in(user_id: int) -> bool:
    """Whether the account was ever logged in to, so the audit."""
    logins = (AuditEntry.object == f"user:{user_id}") & (AuditEntry.what == "logged_in")
    return bool(AuditEntry.select().where(logins).exists())


def _is_alive(now: datetime) -> Any:
    return (Login.seen_at > now - IDLE) & (Login.made_at > now - LONGEST)
