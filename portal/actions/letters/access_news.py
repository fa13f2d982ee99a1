"""Telling people what was done through their access, or tried at it: by letter, and on the first page."""

import logging
from datetime import datetime

from portal.actions.letters.outbox import enqueue
from portal.actions.site import Site
from portal.domain.keys.news import DAY, GRAVE, MOST_BROWSERS, TOLD_FOR, Guess, NewsKind
from portal.domain.people import Delegate, Director, Person
from portal.mail import access_messages as letters
from portal.mail.messages import Message
from portal.storage.home.access_news import of_reader, thing_of_login
from portal.storage.letters.outbox import count_lately
from portal.storage.tables.access_news import AccessNews
from portal.storage.tables.db import writing
from portal.storage.tables.people import Delegation, User
from portal.storage.tables.signatures import Signature

logger = logging.getLogger(__name__)

ACCOUNT, DELEGATES = "/account", "/delegates"


def tell_of_delegate(director: Director, row: Delegation, *, site: Site, now: datetime) -> None:
    """The director, that somebody was named who may sign or open the register: it could have been done by
    whoever sits at an open browser. In the caller's transaction."""
    grave = row.scope_set & GRAVE
    if not grave:
        return
    letter = letters.delegate_named(
        director.email,
        person=row.user.name,
        scopes=grave,
        until=row.until,
        at=now,
        link=site.address(f"{DELEGATES}/{row.id}"),
    )
    _tell(director.user_id, NewsKind.DELEGATE_NAMED, letter, f"delegation:{row.id}", site=site, now=now)


def tell_of_signature(signature: Signature, by: Person, *, site: Site, now: datetime) -> None:
    """The director, that a delegate signed. In the caller's transaction."""
    if not isinstance(by, Delegate):
        return
    month = signature.submission.campaign.month
    directors = User.select().where(User.is_director() & (User.institution == by.institution))
    for director in directors.order_by(User.id):
        letter = letters.delegate_signed(
            director.email,
            institution=by.institution_name,
            person=by.name,
            month=month,
            at=now,
            link=site.address(f"/confirmations/{month}/sign"),
        )
        _tell(director.id, NewsKind.DELEGATE_SIGNED, letter, f"signature:{signature.id}", site=site, now=now)


def tell_of_browser(user: User, login: bytes, *, site: Site, now: datetime) -> None:
    """The account's owner, that somebody logged in (the digest) from a browser which it was never used in.
    Letters are counted and not lines, which whoever is in could wipe out. In the caller's transaction."""
    kind = NewsKind.NEW_BROWSER
    if count_lately(user.id, kind.value, since=now - DAY) < MOST_BROWSERS:
        letter = letters.new_browser(user.email, at=now, link=site.address(ACCOUNT))
        _tell(user.id, kind, letter, thing_of_login(login), site=site, now=now)


def tell_of_guesses(user: User, guess: Guess, *, site: Site, now: datetime) -> None:
    """The account's owner, that many wrong passwords were tried, or wrong codes after the right password. In
    the caller's transaction."""
    write = letters.wrong_passwords if guess is Guess.PASSWORD else letters.wrong_codes
    letter = write(user.email, count=guess.many, at=now, link=site.address(ACCOUNT))
    _tell(user.id, guess.news, letter, site=site, now=now)


def mark_read(person: Person, upto: int, login: bytes) -> None:
    """The lines up to this one are gone from the first page. Twice is once."""
    with writing():
        seen = of_reader(person.user_id, login).where(AccessNews.id <= upto)
        AccessNews.delete().where(AccessNews.id.in_([row.id for row in seen])).execute()


def _tell(
    user_id: int, kind: NewsKind, letter: Message, thing: str = "", *, site: Site, now: datetime
) -> None:
    AccessNews.delete().where(AccessNews.at <= now - TOLD_FOR).execute()
    AccessNews.insert(user=user_id, kind=kind, thing=thing, at=now).execute()
    enqueue(letter, kind.value, user=user_id, site=site, now=now)
    logger.info("user %s is told: %s", user_id, kind.value)
