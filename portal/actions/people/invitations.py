"""New accounts: invited by the operator, or created directly on the command line."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from portal.actions.keys.marks import is_marked, mark
from portal.actions.keys.passwords import stretched_anew
from portal.actions.keys.turns import hold_accounts_of
from portal.actions.letters.links import ACTIVATE, make_link, was_just_asked
from portal.actions.letters.outbox import enqueue
from portal.actions.people.accounts import By, held_account
from portal.actions.people.activation import begin_account
from portal.actions.people.egn import set_at_activation
from portal.actions.people.logins import chain_of
from portal.actions.site import Site
from portal.domain.accounts import check_email, check_name
from portal.domain.errors import Conflict, Refusal, check_all
from portal.domain.identifiers import IdType
from portal.domain.keys.passwords import Owner, check_password
from portal.domain.people import Role
from portal.domain.signing.egn import check_egn
from portal.domain.times import today
from portal.mail.messages import invitation
from portal.storage.people.persons import region_name
from portal.storage.tables import audit
from portal.storage.tables.db import lock_name, writing
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User

logger = logging.getLogger(__name__)

REGIONS = range(1, 29)  # Bulgaria has 28
TAKEN = (
    "Този адрес вече е на друг достъп. Ако човекът има и друга длъжност, за тази напишете друг негов адрес. "
    "Чий е заетият, порталът не казва."
)


@dataclass(frozen=True)
class NewAccount:
    """Whom to let in. A director has an institution, an expert of РУО a region, an operator neither."""

    role: Role
    email: str
    name: str = ""
    institution: str = ""
    region: int | None = None


def invite(by: By, new: NewAccount, *, site: Site, now: datetime) -> tuple[User, str]:
    """An account that waits for its owner, and the token that was mailed."""
    with writing():
        user = add_account(new, site=site, now=now)
        audit.add(by, "invited", f"user:{user.id}", now=now, chain=chain_of(user))
        token = invite_by_letter(user, site=site, now=now)
    logger.info("user %s invited as %s", user.id, user.role.value)
    return user, token


def create(  # six, and of what kind the number is
    new: NewAccount,
    password: str,
    *,
    egn: str | None = None,
    kind: IdType = IdType.EGN,
    by: By = None,
    site: Site,
    now: datetime,
) -> User:
    """An activated account at once; of the ЕГН, or ЛНЧ by its ``kind``, it keeps a keyed hash."""
    place, _ = _place(new)
    owner = Owner(check_email(new.email), new.name, "" if place is None else place.name)
    check_password(password, owner)
    return create_with(new, password, egn=egn, kind=kind, by=by, site=site, now=now)


def create_with(  # six, and of what kind the number is
    new: NewAccount,
    password: str,
    *,
    egn: str | None = None,
    kind: IdType = IdType.EGN,
    by: By = None,
    site: Site,
    now: datetime,
) -> User:
    """The same with whatever password: the demo's is easy to guess, as it is printed beside the address."""
    number = None if egn is None else check_egn(egn, kind)
    chosen = stretched_anew(password)
    with writing():
        hold_accounts_of(new.institution.strip() or None)
        user = add_account(new, site=site, now=now)
        begin_account(user, chosen, name=user.name, by=by or 0, site=site, now=now)
        if number is not None:
            set_at_activation(user, number, by=by, site=site, now=now)
    logger.info("user %s created as %s", user.id, user.role.value)
    return user


def resend(by: By, user_id: int, *, site: Site, now: datetime) -> str | None:
    """Another invitation; the address in the one before opens no longer. Its token, or none where one was
    sent again a moment ago: pressed twice is once."""
    with writing():
        user = held_account(user_id)
        if user.disabled_at is not None:
            raise Conflict("Достъпът е спрян. Първо го пуснете отново.")
        if user.activated_at is not None:
            raise Conflict("Достъпът вече е активиран. Изпратете адрес за нова парола.")
        if was_just_asked(user, ACTIVATE, now=now):
            return None
        audit.add(by, "invited_again", f"user:{user.id}", now=now, chain=chain_of(user))
        return invite_by_letter(user, site=site, now=now)


def check_new(new: NewAccount, *, needs_name: bool = False) -> None:
    """Raise Refusal with everything that is missing or wrong."""
    named = needs_name or new.name.strip()
    check_all(
        lambda: check_name(new.name) if named else None,
        lambda: check_email(new.email),
        lambda: _place(new),
    )


def add_account(new: NewAccount, starts_on: date | None = None, *, site: Site, now: datetime) -> User:
    """The row of somebody who was never here, and may begin on ``starts_on`` or at once; Refusal says what is
    missing. In the caller's transaction."""
    check_new(new)
    email, (institution, region) = check_email(new.email), _place(new)
    name = check_name(new.name) if new.name.strip() else email
    lock_name(f"email:{email}")
    free_address(email, site=site)
    user = User.create(
        email=email,
        name=name,
        role=new.role,
        institution=institution,
        region=region,
        invited_at=now,
        starts_on=starts_on,
    )
    mark(user, site=site)
    return user


def check_address(email: str, but: Collection[int] = ()) -> User | None:
    """The account that has the address, which is stopped or one of ``but``; Refusal for any other."""
    holder: User | None = User.get_or_none(User.email == email)
    if holder is not None and holder.disabled_at is None and holder.id not in but:
        raise Refusal(TAKEN, field="email")
    return holder


def free_address(email: str, *, site: Site) -> None:
    """An institution's mailbox outlives its directors: a stopped account gives its address up.

    Refusal while the account that has it is not stopped.
    """
    holder = check_address(email)
    if holder is None:
        return
    was_marked = is_marked(holder, site=site)
    holder.email = f"{email} #{holder.id}"[-254:]
    holder.save(only=[User.email])
    if was_marked:  # who was moved past the portal stays unmarked
        mark(holder, site=site)


def _place(new: NewAccount) -> tuple[Institution | None, int | None]:
    if new.role in (Role.DIRECTOR, Role.DELEGATE):
        code = new.institution.strip()
        if not code:
            raise Refusal("Напишете кода на институцията по НЕИСПУО.", field="institution")
        institution = Institution.get_or_none(Institution.code == code)
        if institution is None:
            raise Refusal("Няма заредена институция с този код. Проверете го.", field="institution")
        return institution, None
    if new.role is Role.RUO and new.region not in REGIONS:
        raise Refusal("Изберете областта на РУО, от 1 до 28.", field="region")
    return None, new.region if new.role is Role.RUO else None


def invite_by_letter(user: User, *, site: Site, now: datetime) -> str:
    """A new token in a letter; the earlier ones end. In the caller's transaction."""
    token = make_link(user, ACTIVATE, site=site, now=now)
    link = site.address(f"/activate/{token}")
    is_early = user.starts_on is not None and user.starts_on > today(now)
    letter = invitation(
        user.email,
        role=user.role,
        place=_place_name(user),
        link=link,
        opens_on=user.starts_on if is_early else None,
    )
    enqueue(letter, "invitation", user=user, site=site, now=now)
    return token


def _place_name(user: User) -> str:
    if user.institution_id is not None:
        return str(Institution.get_by_id(user.institution_id).name)
    return "" if user.region is None else f"РУО {region_name(user.region)}"
