"""The cast: Ана and Борис direct two schools, Вяра a kindergarten; Дора is Ана's delegate, Нора works in
their regional office, Олег at the national operator. It is the end of January 2021."""

import itertools
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache

from portal.actions.campaigns.answers import ANSWERED
from portal.actions.keys.marks import added, mark
from portal.actions.keys.throttle import Origin
from portal.actions.site import Site
from portal.crypto.keys import make_person_keys
from portal.crypto.passwords import MINIMUM, derive_root, login_tag, unlock_key
from portal.crypto.qualified.trust import Trust
from portal.crypto.tokens import token_digest
from portal.domain.calendar import Band, band_of
from portal.domain.decisions import Decision, Reason
from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.domain.people import Delegate, Director, Operator, Role, Ruo, Scope
from portal.domain.placement import InstitutionType
from portal.storage.people.persons import person_of
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.db import writing
from portal.storage.tables.institutions import BandTerm, BandVacation, Enrolment, EnrolmentMonth, Institution
from portal.storage.tables.people import Delegation, Login, User, UserKey

PEPPER = b"p" * 32
SITE = Site(PEPPER, "http://localhost", frozenset({"password"}), Trust)  # nobody's КЕП is trusted
ORIGIN = Origin(network="192.0.2.1")  # a browser that has not logged in before
PASSWORD = "дълга парола за тестовете"
SALT = b"s" * 16
NOW = datetime(2021, 1, 28, 8, 0, tzinfo=UTC)  # Thursday, 10:00 in Sofia
AFTER = datetime(2021, 2, 2, 8, 0, tzinfo=UTC)  # the deadline was 1 February
MONTH = Month(2020, 12)
OPENS, CLOSES = date(2021, 1, 25), date(2021, 2, 1)

SCHOOL, OTHER_SCHOOL, KINDERGARTEN, FAR_SCHOOL = "2200000", "2200004", "2200001", "0300001"
_numbers = itertools.count(1)


@cache
def _root() -> bytes:
    """Every account of the tests has the same password and salt: deriving costs memory and time."""
    return derive_root(PASSWORD, SALT, MINIMUM)


def add_user(
    role: Role, name: str, email: str, *, institution: str | None = None, region: int | None = None
) -> User:
    """An activated account with keys and ``PASSWORD``."""
    user = User.create(
        email=email,
        name=name,
        role=role,
        institution=institution,
        region=region,
        invited_at=NOW,
        activated_at=NOW,
        salt=SALT,
        kdf_memory=MINIMUM.memory_kib,
        kdf_iterations=MINIMUM.iterations,
        kdf_lanes=MINIMUM.lanes,
        login_tag=login_tag(PEPPER, _root()),
    )
    mark(user, site=SITE)
    keys = make_person_keys(unlock_key(PEPPER, _root()), PEPPER, str(user.id))
    UserKey.create(
        user=user,
        x25519_public=keys.x25519_public,
        ed25519_public=keys.ed25519_public,
        wrapped_x25519=keys.wrapped_x25519,
        wrapped_ed25519=keys.wrapped_ed25519,
        mac=keys.mac,
        made_at=NOW,
    )
    return user


def add_institution(
    code: str, name: str, kind: InstitutionType, region: int = 22, region_name: str = "София-град"
):
    return Institution.create(
        code=code,
        name=name,
        type=kind,
        region=region,
        region_name=region_name,
        email=f"dir{code}@example.org",
        phone="02 900 0000",
    )


def add_login(token: str, user: User | int, *, now: datetime = NOW) -> None:
    """A login that the portal made, without the password and the minute of the audit."""
    added(Login(digest=token_digest(token), user=user, made_at=now, seen_at=now), site=SITE)


def add_delegation(user: User | int, **columns: object) -> Delegation:
    """An authorisation that the portal made, to decide at the school of the cast."""
    ordered = {
        "institution": SCHOOL,
        "scopes": Scope.DECIDE.value,
        "order_number": "РД-15/12.01.2021",
        "until": date(2021, 6, 30),
        "made_at": NOW,
    }
    row = Delegation(user=user, **(ordered | columns))
    added(row, site=SITE)
    return row


def change_delegations(**columns: object) -> None:
    """As if every authorisation had been given so from the beginning."""
    Delegation.update(**columns).execute()
    for row in Delegation.select():
        mark(row, site=SITE)


@dataclass
class World:
    """The people, as the guards would hand them over, and the campaign of December 2020."""

    ana: Director
    boris: Director
    vyara: Director
    dora: Delegate
    nora: Ruo
    oleg: Operator
    campaign: Campaign

    @classmethod
    def made(cls) -> "World":
        add_institution(SCHOOL, "39. СУ „Отец Паисий“", InstitutionType.SCHOOL)
        add_institution(OTHER_SCHOOL, "10. СУ „Христо Ботев“", InstitutionType.SCHOOL)
        add_institution(KINDERGARTEN, "ДГ № 13 „Детелина“", InstitutionType.KINDERGARTEN)
        add_institution(FAR_SCHOOL, "ОУ „Васил Левски“", InstitutionType.SCHOOL, 3, "Варна")
        _calendar()
        users = {
            "ana": add_user(Role.DIRECTOR, "Ана Янева", "ana@example.org", institution=SCHOOL),
            "boris": add_user(Role.DIRECTOR, "Борис Тодоров", "boris@example.org", institution=OTHER_SCHOOL),
            "vyara": add_user(Role.DIRECTOR, "Вяра Колева", "vyara@example.org", institution=KINDERGARTEN),
            "dora": add_user(Role.DELEGATE, "Дора Илиева", "dora@example.org", institution=SCHOOL),
            "nora": add_user(Role.RUO, "Нора Петрова", "nora@example.org", region=22),
            "oleg": add_user(Role.OPERATOR, "Олег Минчев", "oleg@example.org"),
        }
        add_delegation(users["dora"], made_by=users["ana"])
        campaign = Campaign.create(month=MONTH, opens_on=OPENS, closes_on=CLOSES, made_at=NOW)
        for institution in Institution.select():
            Submission.create(campaign=campaign, institution=institution)
        people = {name: person_of(user, NOW.date()) for name, user in users.items()}
        return cls(campaign=campaign, **people)

    def delegate(self, *scopes: Scope) -> Delegate:
        """Дора with these scopes instead of ``decide``."""
        change_delegations(scopes=",".join(scope.value for scope in scopes))
        return replace(self.dora, scopes=frozenset(scopes))


def _calendar() -> None:
    """December 2020: 17 school days for I–XII, 20 for preschool (domain.md)."""
    for band in Band:
        BandTerm.create(school_year=2020, band=band, first=date(2020, 9, 15), last=date(2021, 5, 14))
        if band is not Band.PRESCHOOL:
            BandVacation.create(
                school_year=2020, band=band, first=date(2020, 12, 24), last=date(2021, 1, 3), name="коледна"
            )


# Invented, with good check digits.
EGNS = (
    "1351210628",
    "1043183143",
    "0744164373",
    "1249167466",
    "0642258084",
    "1248230630",
    "0646013623",
    "0942065635",
    "0647081812",
    "0750117072",
    "0847131079",
    "0743183722",
    "0746168697",
    "0444264113",
    "1248096183",
    "0944116388",
    "0642137689",
    "0542241302",
    "0951125613",
    "0344012993",
)


def add_enrolment(**columns: object) -> Enrolment:
    """A line of enrolments that are in force."""
    line = Enrolment.create(**columns)
    EnrolmentMonth.insert(month=line.month, picture=line.picture, enrolments=1).on_conflict(
        conflict_target=[EnrolmentMonth.month],
        update={EnrolmentMonth.enrolments: EnrolmentMonth.enrolments + 1},
    ).execute()
    return line


def end_month() -> None:
    """As the final answer leaves it, without the answer."""
    Campaign.update(answered_at=AFTER).execute()
    with writing():
        for campaign in Campaign.select():
            audit.add(None, ANSWERED, f"campaign:{campaign.id}", now=AFTER)


def add_record(
    institution: str = SCHOOL,
    reason: Reason = Reason.ABSENCE,
    figure: str | None = None,
    class_code: int | None = 7,
    *,
    campaign: Campaign | None = None,
    family: str | None = None,
    id_number: str | None = None,
    **more: object,
) -> Record:
    """One more record on the list of ``institution``: ``figure`` is ``007.00`` or, at distance, ``09``."""
    number = next(_numbers)
    campaign = campaign or Campaign.get(Campaign.month == MONTH)
    submission = Submission.get((Submission.campaign == campaign) & (Submission.institution == institution))
    asp_institution = more.pop("asp_institution", institution)
    names = ("Мария", "Иванова", family or f"Петрова{number}")
    record = Record.create(
        campaign=campaign,
        submission=submission,
        institution=institution,
        asp_institution=asp_institution,
        id_type=IdType.EGN,
        id_number=id_number or EGNS[number % len(EGNS)],
        given=names[0],
        middle=names[1],
        family=names[2],
        reason=reason,
        absences=(figure or "007.00") if reason is Reason.ABSENCE else "000.00",
        days=(figure or "09") if reason is Reason.DISTANCE else "00",
        class_code=class_code,
        band=Band.PRESCHOOL if class_code is None else band_of(class_code),
        in_kindergarten=asp_institution == KINDERGARTEN,
        decision=more.pop("decision", Decision.PENDING),
        **more,
    )
    Submission.recount([submission.id])
    return record


def stored(record: Record) -> Record:
    """The record as it is in the database now."""
    return Record.get_by_id(record.id)
