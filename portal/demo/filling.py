"""Filling the demo through the same actions that people use; existing data is left alone."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from io import BytesIO

from portal.actions.campaigns.window import Days
from portal.actions.loading.asp_list import load_asp_list
from portal.actions.loading.calendars import load_calendar
from portal.actions.loading.enrolments import load_enrolments, picture_of
from portal.actions.loading.files import Source
from portal.actions.loading.institutions import load_institutions
from portal.actions.people.delegations import Appointment, name_delegate
from portal.actions.people.egn import set_at_activation
from portal.actions.people.invitations import NewAccount, create_with
from portal.actions.site import Site
from portal.demo import files
from portal.demo.circular import has_circular, publish_circular
from portal.demo.quarantine import has_register, keep_register
from portal.demo.schools import ACCOUNTS, DELEGATE, EXPERT, OPERATOR, OWN, PASSWORD, Account
from portal.demo.stories import play
from portal.domain.calendar import SATURDAY
from portal.domain.delegations import Terms
from portal.domain.errors import Conflict
from portal.domain.month import Month
from portal.domain.people import Director, Operator, Role, Ruo, Scope
from portal.domain.times import today
from portal.storage.lists.public_holidays import public_holidays
from portal.storage.people.accounts import held
from portal.storage.people.persons import person_of
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.db import writing
from portal.storage.tables.institutions import BandTerm, Institution
from portal.storage.tables.people import User

OPENED = timedelta(days=2)  # before today
LASTS = timedelta(days=7)  # after today, or longer, up to a working day


def fill(tell: Callable[[str], None], *, site: Site, now: datetime) -> Month:
    """The month that can be worked on, made if there is none or its window has passed."""
    _check_is_demo()
    if not Institution.select().exists():
        tell("Зареждат се измислени институции…")
        load_institutions(None, _source("institutions.csv", files.institutions_csv()), now=now)
    _add_accounts(tell, site=site, now=now)
    last = Campaign.select().order_by(Campaign.month.desc()).first()
    if last is not None and last.answered_at is None and not last.window.is_past(now):
        month = Month.parse(str(last.month))
        if not has_register():  # of an older demo
            _keep_register(month, site=site, now=now)
        _publish_circular(month, now=now)
        return month
    month = Month.of(today(now)).plus(-1)
    if last is not None:
        month = max(month, last.month.plus(1))
    tell(f"Зареждат се деца за {month.label}…")
    _load_month(month, now=now)
    play(month, site=site, now=now)
    _keep_register(month, site=site, now=now)
    _publish_circular(month, now=now)
    return month


def _keep_register(month: Month, *, site: Site, now: datetime) -> None:
    director = person_of(user_of(Role.DIRECTOR, OWN.code), today(now))
    assert isinstance(director, Director)
    keep_register(director, month, site=site, now=now)


def _publish_circular(month: Month, *, now: datetime) -> None:
    expert = User.get_or_none((User.email == EXPERT.email) & User.disabled_at.is_null())
    if expert is None or has_circular(month):
        return
    ruo = person_of(expert, today(now))
    assert isinstance(ruo, Ruo)
    with suppress(Conflict):  # a visitor has published one of the same number today
        publish_circular(ruo, month, now=now)


def _check_is_demo() -> None:
    """Accounts with a known password have no business in a database of somebody's own."""
    if User.select().exists() and not User.select().where(User.email == OPERATOR.email).exists():
        raise Conflict(
            "Тази база данни не е на демонстрацията: в нея има други профили. Махнете PORTAL_DATABASE_URL."
        )


def _add_accounts(tell: Callable[[str], None], *, site: Site, now: datetime) -> None:
    there = {user.email for user in User.select(User.email)}
    missing = [account for account in ACCOUNTS if account.email not in there]
    if missing:
        tell("Създават се профили…")
    for account in missing:
        _add_account(account, site=site, now=now)
    _add_egns(site=site, now=now)


def _add_egns(*, site: Site, now: datetime) -> None:
    """To those of an older demo, which had none."""
    for account in ACCOUNTS:
        with writing():
            user = held(User.select().where((User.email == account.email) & User.egn_hash.is_null())).first()
            if account.egn and user is not None and user.is_active and user.role is account.role:
                set_at_activation(user, account.egn, site=site, now=now)


def _add_account(account: Account, *, site: Site, now: datetime) -> None:
    new = NewAccount(account.role, account.email, account.name, account.institution, account.region)
    create_with(new, PASSWORD, egn=account.egn or None, site=site, now=now)
    if account is DELEGATE:
        director = user_of(Role.DIRECTOR, OWN.code)
        person = person_of(director, today(now))
        assert isinstance(person, Director)
        until = today(now) + timedelta(days=180)
        terms = Terms({Scope.DECIDE}, f"РД-15/{today(now) - OPENED:%d.%m.%Y}", until)
        name_delegate(person, Appointment(account.email, account.name, terms), site=site, now=now)


def user_of(role: Role, institution: str | None = None) -> User:
    found = User.role == role
    if institution is not None:
        found &= User.institution == institution
    user: User = User.select().where(found & User.disabled_at.is_null()).get()
    return user


def _load_month(month: Month, *, now: datetime) -> None:
    operator = person_of(user_of(Role.OPERATOR), today(now))
    assert isinstance(operator, Operator)
    years = [y for y in (month.school_year, month.school_year + 1) if not _has_calendar(y)]
    if years:
        load_calendar(operator, _source("calendar.csv", files.calendar_csv(years)), now=now)
    name = files.file_name("MONZP", month)
    source = _source(name, files.enrolments(month))
    picture = picture_of(source, sure=True)  # every month the town has other children
    load_enrolments(operator, source, picture=picture, now=now)
    source = _source(files.file_name("ASPCONF", month), files.asp_list(month))
    load_asp_list(operator, source, window=window(today(now)), now=now)


def _has_calendar(school_year: int) -> bool:
    return bool(BandTerm.select().where(BandTerm.school_year == school_year).exists())


def window(day: date) -> Days:
    """Open since the day before yesterday, for a week, to a day on which people work."""
    closes_on = day + LASTS
    while closes_on.weekday() >= SATURDAY or closes_on in public_holidays(closes_on.year):
        closes_on += timedelta(days=1)
    return Days(day - OPENED, closes_on)


def _source(name: str, content: bytes) -> Source:
    return Source(BytesIO(content), name)
