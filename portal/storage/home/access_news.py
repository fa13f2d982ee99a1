"""What a person has not read yet about their own access, for the first page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.domain.keys.news import TOLD_FOR, NewsKind
from portal.domain.month import Month
from portal.domain.people import Scope
from portal.storage.tables.access_news import AccessNews
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.people import Delegation, User
from portal.storage.tables.signatures import Signature

SHOWN = 10  # the newest


@dataclass(frozen=True)
class Line:
    """``name`` is the delegate's, where one did it or was named; ``delegation`` and ``month`` lead to where
    something can be done about it."""

    id: int
    kind: NewsKind
    at: datetime
    name: str = ""
    scopes: tuple[Scope, ...] = ()
    delegation: int | None = None
    month: Month | None = None


@dataclass(frozen=True)
class Unread:
    """The newest lines; by the number ``upto`` the person says that they, and all before, were read."""

    lines: list[Line]
    upto: int


def unread(user_id: int, login: bytes, *, now: datetime) -> Unread:
    """What the person, in the login with this digest, has to be told. Of this very login they know; and who
    should not be in it can neither read nor wipe that out."""
    query = of_reader(user_id, login).where(AccessNews.at > now - TOLD_FOR)
    rows = list(query.order_by(AccessNews.id.desc()).limit(SHOWN))
    if not rows:
        return Unread([], 0)
    plain: dict[str, dict[str, Any]] = {row.thing: {} for row in rows if not row.kind.is_of_delegate}
    told = plain | _of_delegations(rows) | _of_signatures(rows)
    lines = [Line(row.id, row.kind, row.at, **told[row.thing]) for row in rows if row.thing in told]
    return Unread(lines, rows[0].id)


def of_reader(user_id: int, login: bytes) -> Any:
    """Every line to the person but the one about this login."""
    return AccessNews.select().where(
        (AccessNews.user == user_id) & (AccessNews.thing != thing_of_login(login))
    )


def thing_of_login(digest: bytes) -> str:
    return f"login:{digest.hex()[:32]}"


def _of_delegations(rows: Iterable[AccessNews]) -> dict[str, dict[str, Any]]:
    if not (ids := _ids(rows, "delegation")):
        return {}
    query = Delegation.select(Delegation, User).join(User, on=Delegation.user).where(Delegation.id.in_(ids))
    return {
        f"delegation:{row.id}": {
            "name": row.user.name,
            "scopes": tuple(scope for scope in Scope if scope in row.scope_set),
            "delegation": row.id,
        }
        for row in query
    }


def _of_signatures(rows: Iterable[AccessNews]) -> dict[str, dict[str, Any]]:
    if not (ids := _ids(rows, "signature")):
        return {}
    query = (
        Signature.select(Signature, User, Submission, Campaign)
        .join(User, on=Signature.signatory)
        .switch(Signature)
        .join(Submission)
        .join(Campaign)
        .where(Signature.id.in_(ids))
    )
    return {
        f"signature:{row.id}": {"name": row.signatory.name, "month": row.submission.campaign.month}
        for row in query
    }


def _ids(rows: Iterable[AccessNews], kind: str) -> list[int]:
    found = {row.thing.partition(":") for row in rows}
    return [int(key) for name, _, key in found if name == kind and key.isdecimal()]
