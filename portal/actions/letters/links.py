"""One-time addresses that open an account: making, finding and using them."""

import logging
from datetime import datetime
from typing import Any

from portal.actions.keys.marks import added, is_marked, mark_of
from portal.actions.site import Site
from portal.crypto.errors import MalformedToken
from portal.crypto.tokens import new_token, token_digest
from portal.domain.accounts import INVITATION, RESET, SECOND_CLICK
from portal.domain.errors import Conflict, NotFound
from portal.domain.keys.first_day import check_begun
from portal.domain.people import Role
from portal.domain.times import stamp, start_of, today
from portal.storage.people.accounts import held
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import OneTimeLink, User

logger = logging.getLogger(__name__)

ACTIVATE, RENEW = "activate", "reset"  # purposes
LIFETIME = {ACTIVATE: INVITATION, RENEW: RESET}
OPENING = {"invitation": ACTIVATE, "password_reset": RENEW}  # kinds of letters, and what their links are for

UNKNOWN = (
    "Тази връзка не отваря нищо. Ако сте я копирали от писмо, проверете дали е цяла: "
    "понякога се пренася на два реда."
)
USED = (
    "Тази връзка вече е използвана, а тя може да се използва само веднъж. "
    "Влезте с паролата, която сте избрали. Ако не я помните, поискайте нова от „Забравена парола“."
)
STOPPED = "Този достъп е спрян. Ако смятате, че е грешка, обадете се на ЦИОО."


def make_link(user: User, purpose: str, *, site: Site, now: datetime) -> str:
    """A new token; the account's earlier links end. In the caller's transaction."""
    end_links(user, now=now)
    token = new_token()
    link = OneTimeLink(
        digest=token_digest(token),
        user=user,
        purpose=purpose,
        made_at=now,
        expires_at=_expiry(user, purpose, now=now),
    )
    added(link, site=site)
    return token


def was_just_asked(user: User, purpose: str, *, now: datetime) -> bool:
    """Whether a letter for this was asked for a moment ago, and its address still opens the account; the
    invitation that made the account is not meant. In the caller's transaction, over the locked account."""
    lately = now - SECOND_CLICK
    links: int = (
        OneTimeLink.select()
        .where((OneTimeLink.user == user) & (OneTimeLink.purpose == purpose) & (OneTimeLink.made_at > lately))
        .count()
    )
    is_new = purpose == ACTIVATE and user.invited_at > lately
    return links > is_new and _has_usable(user, purpose, now=now)


def end_links(user: User, *, now: datetime) -> None:
    """Whatever was sent to the account and not used yet opens no longer."""
    OneTimeLink.update(ended_at=now).where((OneTimeLink.user == user) & _is_usable(now)).execute()


def end_all_links(*, now: datetime) -> int:
    """The same of every account; how many ended. In the caller's transaction."""
    ended: int = OneTimeLink.update(ended_at=now).where(_is_usable(now)).execute()
    return ended


def begin_link(letter: OutboxMessage, *, site: Site, now: datetime) -> None:
    """The time of the letter's link runs from when it was sent: who asked at an hour when the mail server was
    away would find it over. A link that was used or ended meanwhile stays so. In the caller's transaction."""
    purpose = OPENING.get(letter.kind)
    if purpose is None:
        return
    link = OneTimeLink.get_or_none(
        (OneTimeLink.user == letter.user_id)
        & (OneTimeLink.purpose == purpose)
        & (OneTimeLink.made_at == letter.made_at)
    )
    if link is None or not is_marked(link, site=site):
        return
    link.expires_at = _expiry(link.user, purpose, now=now)
    OneTimeLink.update(expires_at=link.expires_at, mac=mark_of(link, site=site)).where(
        (OneTimeLink.digest == link.digest) & OneTimeLink.used_at.is_null() & OneTimeLink.ended_at.is_null()
    ).execute()


def find_link(token: str, *, site: Site, now: datetime) -> OneTimeLink:
    """The link with its account, if it can be used; else the sentence that says what to do instead. One that
    the portal did not make is none."""
    try:
        digest = token_digest(token)
    except MalformedToken:
        raise NotFound(UNKNOWN) from None
    link: OneTimeLink | None = (
        OneTimeLink.select(OneTimeLink, User, Institution)
        .join(User)
        .left_outer_join(Institution)
        .where(OneTimeLink.digest == digest)
        .get_or_none()
    )
    if link is not None and not is_marked(link, site=site):
        logger.error("an address that opens the account of user %s was not made by the portal", link.user_id)
        link = None
    if link is None:
        raise NotFound(UNKNOWN)
    _check_usable(link, now=now)
    return link


def use_link(link: OneTimeLink, *, now: datetime) -> User:
    """Use it up, and hold its account; Conflict for the second of two at the same moment."""
    user: User = held(User.select().where(User.id == link.user.id)).get()
    used = (
        OneTimeLink.update(used_at=now).where((OneTimeLink.digest == link.digest) & _is_usable(now)).execute()
    )
    if not used:
        raise Conflict(USED)
    if user.disabled_at is not None:
        raise Conflict(STOPPED)
    return user


def _expiry(user: User, purpose: str, *, now: datetime) -> datetime:
    """Of somebody who begins on a later day the time runs from that day on."""
    start = user.starts_on if purpose == ACTIVATE else None
    return max(now, now if start is None else start_of(start)) + LIFETIME[purpose]


def _has_usable(user: User, purpose: str, *, now: datetime) -> bool:
    theirs = (OneTimeLink.user == user) & (OneTimeLink.purpose == purpose)
    return bool(OneTimeLink.select().where(theirs & _is_usable(now)).exists())


def _is_usable(now: datetime) -> Any:
    return OneTimeLink.used_at.is_null() & OneTimeLink.ended_at.is_null() & (OneTimeLink.expires_at > now)


def _check_usable(link: OneTimeLink, *, now: datetime) -> None:
    if link.user.disabled_at is not None:
        raise Conflict(STOPPED)
    if link.used_at is not None:
        raise Conflict(USED)
    ended_at = link.ended_at or link.expires_at
    if ended_at <= now:
        raise Conflict(f"Тази връзка изтече на {stamp(ended_at)} {_instead(link)}")
    if link.purpose == ACTIVATE:
        check_begun(link.user.starts_on, today(now))


def _instead(link: OneTimeLink) -> str:
    if link.purpose == RENEW:
        return "Поискайте нова от „Забравена парола“ на страницата за вход."
    if link.user.role is Role.DELEGATE:
        return "Помолете директора, който ви упълномощава, да ви изпрати нова покана."
    return "Поискайте нова покана от ЦИОО."
