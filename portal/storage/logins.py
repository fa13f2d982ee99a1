"""Logins that are under way, found by the digest of the cookie."""

from datetime import datetime, timedelta

from portal.storage.institutions import Institution
from portal.storage.people import Login, User

IDLE = timedelta(hours=2)  # a director fetches class teachers' notes in between: our decision
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)  # how exact ``seen_at`` is: not every request writes


def find_login(digest: bytes, now: datetime) -> Login | None:
    """The login, with its account, unless it ended, slept too long, or the account was disabled."""
    login = (
        Login.select(Login, User, Institution)
        .join(User)
        .left_outer_join(Institution)
        .where(
            (Login.digest == digest)
            & (Login.seen_at > now - IDLE)
            & (Login.made_at > now - LONGEST)
            & User.disabled_at.is_null()
        )
        .get_or_none()
    )
    if login is not None and now - login.seen_at > SEEN_EVERY:
        Login.update(seen_at=now).where(Login.digest == digest).execute()
    return login


def forget_stale(now: datetime) -> None:
    """Delete what can no longer be used."""
    Login.delete().where((Login.seen_at <= now - IDLE) | (Login.made_at <= now - LONGEST)).execute()
