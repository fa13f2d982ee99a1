"""What the operator does with an existing account: stop it, let it back in, renew its password."""

from datetime import datetime

from portal.actions.keys.turns import hold_accounts_of
from portal.actions.letters.announcements import announce_director, former_director
from portal.actions.letters.campaign_letters import tell_new_director
from portal.actions.letters.links import RENEW, make_link, was_just_asked
from portal.actions.letters.outbox import enqueue
from portal.actions.people.activation import stop_account
from portal.actions.people.logins import chain_of
from portal.actions.site import Site
from portal.domain.errors import Conflict, NotFound
from portal.domain.people import Operator, Role
from portal.mail.messages import News, password_reset
from portal.storage.people.accounts import held
from portal.storage.tables import audit
from portal.storage.tables.db import writing
from portal.storage.tables.people import User

DISABLED, ENABLED = "account_disabled", "account_enabled"  # in the audit

By = Operator | None  # None is the command line


def send_reset(by: By, user_id: int, *, site: Site, now: datetime) -> None:
    """A letter with an address for a new password. Only the mailbox ever sees it. Pressed twice is once."""
    with writing():
        user = held_account(user_id)
        if not user.is_active:
            raise Conflict("Нова парола се изпраща само на активиран достъп, който не е спрян.")
        if was_just_asked(user, RENEW, now=now):
            return
        post_reset(user, site=site, now=now)
        audit.add(by, "reset_requested", f"user:{user.id}", now=now, chain=chain_of(user))


def post_reset(user: User, *, site: Site, now: datetime) -> None:
    """In the caller's transaction."""
    link = site.address(f"/activate/{make_link(user, RENEW, site=site, now=now)}")
    letter = password_reset(user.email, link=link)
    enqueue(letter, "password_reset", user=user, site=site, now=now)


def disable(by: Operator, user_id: int, *, now: datetime) -> None:
    """Twice is once."""
    if by.user_id == user_id:
        raise Conflict("Не можете да спрете собствения си достъп. Помолете друг служител на ЦИОО.")
    with writing():
        user = held_account(user_id)
        if user.disabled_at is None:
            stop_account(user, now=now, by=by, what=DISABLED)


def enable(by: By, user_id: int, *, site: Site, now: datetime) -> None:
    """Twice is once. An institution has one director, an address one account; a director who comes back
    is announced as a new one is."""
    with writing():
        user = held_account(user_id)
        if user.disabled_at is None:
            return
        if " " in user.email:
            raise Conflict("Адресът на този достъп вече е на друг. Поканете човека отново с друг адрес.")
        if user.role is Role.DIRECTOR and _has_director(user):
            raise Conflict("Институцията вече има друг директор. За смяна поканете човека отново.")
        user.disabled_at = None
        user.save(only=[User.disabled_at])
        audit.add(by, ENABLED, f"user:{user.id}", now=now, chain=chain_of(user))
        if user.role is Role.DIRECTOR and user.activated_at is not None:
            announce_director(user, former_director(user), news=News.BACK, site=site, now=now)
            tell_new_director(user, now=now)


def held_account(user_id: int) -> User:
    """The account, locked, with its institution's other accounts held before it."""
    seen: User | None = User.get_or_none(User.id == user_id)
    if seen is None:
        raise NotFound("Няма такъв достъп.")
    hold_accounts_of(seen.institution_id)
    user: User = held(User.select().where(User.id == user_id)).get()
    return user


def _has_director(user: User) -> bool:
    """Whether another directs the institution of this one, who is stopped."""
    return bool(
        User.select()
        .where(
            (User.institution == user.institution_id)
            & (User.role == Role.DIRECTOR)
            & User.disabled_at.is_null()
        )
        .exists()
    )
