"""Changing an account's ЕГН: its owner asks, and the operator confirms by typing it from an official letter.

It takes both: the operator, who creates accounts, could otherwise sign as somebody else, and anyone who
found a director's browser open could replace the director's ЕГН with their own.
"""

import hmac
import logging
from datetime import datetime

from portal.actions.keys.marks import check_mark, is_marked
from portal.actions.keys.passwords import opens, stretched_for
from portal.actions.keys.throttle import Origin, attempting, forgiven
from portal.actions.letters.announcements import announce_director, former_director
from portal.actions.letters.outbox import enqueue
from portal.actions.people.egn import REFUSED, drop_request, end_request, is_owner, keep_egn, note_egn
from portal.actions.people.guesses import count_wrong
from portal.actions.site import Site
from portal.crypto.pepper import asked_egn_hash
from portal.domain.accounts import wrong_password
from portal.domain.errors import Conflict, Refusal, check_all
from portal.domain.identifiers import IdType
from portal.domain.people import Operator, Role, Staff
from portal.domain.signing.egn import EGN_TRIES, check_egn
from portal.mail import messages
from portal.mail.messages import News
from portal.storage.people.accounts import held_account
from portal.storage.people.egn_requests import request_of
from portal.storage.tables.db import writing
from portal.storage.tables.people import User
from portal.storage.tables.qualified import EgnRequest

logger = logging.getLogger(__name__)

ASKED, CHANGED, WITHDRAWN = "egn_change_asked", "egn_changed", "egn_change_withdrawn"  # in the audit

By = Operator | None  # None is the command line

NO_PASSWORD = "Напишете паролата, с която влизате в портала."  # noqa: S105
WRONG_PASSWORD = "Паролата не е вярна. Нищо не е поискано. Напишете я отново."  # noqa: S105
CHANGED_PASSWORD = "Междувременно паролата е сменена другаде. Влезте отново."  # noqa: S105
SAME = "Този номер вече е записан към достъпа ви. Не е нужно да правите нищо."
NOT_WAITING = "Няма искане за ЕГН или ЛНЧ, което чака: вече е решено или човекът го е оттеглил."
STOPPED = "Достъпът е спрян. ЕГН или ЛНЧ се записва само към достъп, който работи."
ALTERED = (
    "Този достъп не е такъв, какъвто порталът го е записал: променен е направо в базата данни. "
    "ЕГН или ЛНЧ не е записано. Пуснете „portal verify“."
)
ENDED = (
    f"Това не е поисканото ЕГН или ЛНЧ. Опитите бяха {EGN_TRIES} и искането е приключено. "
    "Човекът получава писмо и може да поиска отново."
)


def ask_for_change(  # six, and of what kind the number is
    person: Staff,
    egn: str,
    password: str,
    *,
    kind: IdType = IdType.EGN,
    origin: Origin,
    site: Site,
    now: datetime,
) -> None:
    """Ask the operator to keep this ЕГН for the person's own account. The password is typed for it: an open
    browser is not enough. A newer request takes the place of the one before; the same twice is once."""
    check_all(lambda: check_egn(egn, kind), lambda: _check_typed(password))
    wanted = check_egn(egn, kind)
    user: User = User.get_by_id(person.user_id)
    with attempting(user.email, origin=origin, site=site, now=now) as attempt:
        given = stretched_for(user, password)
    if not opens(user, given, site=site):
        count_wrong(user, site=site, now=now)
        raise wrong_password(WRONG_PASSWORD, password)
    with writing():
        forgiven(attempt)
    with writing():
        _ask(_unchanged(user), wanted, site=site, now=now)
    logger.info("user %s asked for an ЕГН", user.id)


def withdraw(person: Staff, *, now: datetime) -> None:
    """The person takes the request back. Twice is once."""
    with writing():
        end_request(held_account(person.user_id), now=now, by=person, what=WITHDRAWN)


def confirm_change(
    by: By, user_id: int, egn: str, *, kind: IdType = IdType.EGN, site: Site, now: datetime
) -> None:
    """Keep the ЕГН that was asked for, if the operator typed the same from the letter.

    Refusal for another; Conflict when that was one too many, or nothing waits. So of two who confirm at once
    one is told so, and nothing here tells whether an ЕГН is the one that the account keeps already.
    """
    typed = check_egn(egn, kind)
    with writing():
        user, row = _asked(user_id)
        _check_works(user, site=site)
        hashed = asked_egn_hash(site.pepper, str(user.id), typed)
        if hmac.compare_digest(hashed, bytes(row.egn_hash)):
            _change(by, user, typed, site=site, now=now)
            return
        left = EGN_TRIES - row.tries - 1
        if left > 0:
            EgnRequest.update(tries=row.tries + 1).where(EgnRequest.user == user).execute()
        else:
            _refuse(by, user, site=site, now=now)
    if left <= 0:
        raise Conflict(ENDED)
    tries = "още един опит" if left == 1 else f"още {left} опита"
    raise Refusal(f"Това не е поисканото ЕГН или ЛНЧ. Сверете го с писмото: имате {tries}.", field="egn")


def refuse_change(by: By, user_id: int, *, site: Site, now: datetime) -> None:
    """No letter came, or another ЕГН stands in it. What the account keeps stays."""
    with writing():
        user, _ = _asked(user_id)
        _refuse(by, user, site=site, now=now)


def _check_typed(password: str) -> None:
    if not password:
        raise Refusal(NO_PASSWORD, field="password")


def _ask(user: User, egn: str, *, site: Site, now: datetime) -> None:
    check_mark(user, site=site)
    if is_owner(user, egn, site=site):
        raise Refusal(SAME, field="egn")
    hashed = asked_egn_hash(site.pepper, str(user.id), egn)
    row = request_of(user)
    if row is not None and hmac.compare_digest(hashed, bytes(row.egn_hash)):
        return
    EgnRequest.delete().where(EgnRequest.user == user).execute()
    EgnRequest.create(user=user, egn_hash=hashed, asked_at=now)
    note_egn(user, hashed, now=now, by=user.id, what=ASKED)
    letter = messages.egn_change_asked(user.email, at=now, link=site.address("/account"))
    enqueue(letter, ASKED, user=user, site=site, now=now)


def _change(by: By, user: User, egn: str, *, site: Site, now: datetime) -> None:
    keep_egn(user, egn, by=by, what=CHANGED, site=site, now=now)
    EgnRequest.delete().where(EgnRequest.user == user).execute()
    enqueue(messages.egn_changed(user.email, at=now), CHANGED, user=user, site=site, now=now)
    if user.role is Role.DIRECTOR:
        announce_director(user, former_director(user), news=News.EGN, site=site, now=now)
    logger.info("the ЕГН of user %s was confirmed", user.id)


def _refuse(by: By, user: User, *, site: Site, now: datetime) -> None:
    drop_request(user, now=now, by=by)
    if user.disabled_at is None:  # a stopped account's address may be somebody else's by now
        letter = messages.egn_change_refused(user.email, at=now, link=site.address("/account"))
        enqueue(letter, REFUSED, user=user, site=site, now=now)


def _asked(user_id: int) -> tuple[User, EgnRequest]:
    """The account, locked, with what it asked for."""
    user = held_account(user_id)
    row = request_of(user)
    if row is None:
        raise Conflict(NOT_WAITING)
    return user, row


def _check_works(user: User, *, site: Site) -> None:
    """Raise Conflict for an account that is stopped, or that was changed past the portal."""
    if not user.is_active:
        raise Conflict(STOPPED)
    if not is_marked(user, site=site):
        logger.error("the account of user %s is not as the portal made it", user.id)
        raise Conflict(ALTERED)


def _unchanged(seen: User) -> User:
    """The account, locked, if its password is still the one that was checked."""
    user = held_account(seen.id)
    if not user.is_active or user.login_tag != seen.login_tag:
        raise Conflict(CHANGED_PASSWORD)
    return user
