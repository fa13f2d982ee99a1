"""What the people of one institution do, through the portal's own actions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from portal.actions.campaigns.requests import Asked, ask_correction, grant_correction, support_correction
from portal.actions.letters.choices import choose_letters
from portal.actions.lists.confirmations import decide, note_first_opening, say_nothing_to_confirm
from portal.actions.lists.ready import say_ready
from portal.actions.people.activation import Activation, open_account
from portal.actions.people.invitations import NewAccount, invite
from portal.actions.register.keys.session import opened_with
from portal.actions.register.months import say_nobody
from portal.actions.signing.signing import sign, unsign
from portal.domain.campaigns.corrections import Why
from portal.domain.decisions import Decided, Decision
from portal.domain.people import Operator, Person, Role, Ruo, Staff
from portal.domain.times import today
from portal.storage.lists.current import list_of
from portal.storage.people.persons import person_of
from portal.storage.tables.answers import CorrectionRequest
from portal.storage.tables.campaigns import Record
from portal.storage.tables.people import User
from tests.cast import PASSWORD, SITE
from tests.month.days import GRANTED_UNTIL, MONTH

ALL = 99
RUO, OPERATOR = "ruo@example.org", "oleg@example.org"


@dataclass(frozen=True)
class Place:
    """One institution, by its number; its people are found by their addresses."""

    number: int

    @property
    def code(self) -> str:
        return f"{2200000 + self.number}"

    def address(self, who: str) -> str:
        """``director``, ``delegate``, ``new`` (the director who comes later) or ``mailbox``."""
        return f"{who}{self.number}@example.org"

    def person(self, who: str, now: datetime) -> Staff:
        found = person_of(User.get(User.email == self.address(who)), today(now))
        assert isinstance(found, Staff)
        return found


Deed = Callable[[Place, datetime], object]


def opens(place: Place, now: datetime, who: str = "director") -> None:
    note_first_opening(place.person(who, now), list_of(place.code, MONTH), now=now)


def decides(count: int = ALL, who: str = "director") -> Deed:
    """So many of the records that wait for a decision."""

    def deed(place: Place, now: datetime) -> None:
        opens(place, now, who)
        pending = (Record.institution == place.code) & (Record.decision == Decision.PENDING)
        for record in list(Record.select().where(pending).order_by(Record.id).limit(count)):
            decided = Decided(Decision.CONFIRMED)
            decide(place.person(who, now), MONTH, record.id, decided, seen=record.version, now=now)

    return deed


def signs(who: str = "director") -> Deed:
    return lambda place, now: sign(place.person(who, now), MONTH, PASSWORD, site=SITE, now=now)


def decides_and_signs(place: Place, now: datetime, who: str = "director") -> None:
    decides(who=who)(place, now)
    signs(who)(place, now)


def removes_signature(place: Place, now: datetime) -> None:
    unsign(place.person("director", now), MONTH, "сбъркан ред", now=now)


def says_nobody(place: Place, now: datetime, who: str = "director") -> None:
    """Of the register's month."""
    person = place.person(who, now)
    session = opened_with(person, PASSWORD, site=SITE, now=now)
    assert session is not None
    say_nobody(person, session, MONTH, site=SITE, now=now)


def does_both(place: Place, now: datetime, who: str = "director") -> None:
    decides_and_signs(place, now, who)
    says_nobody(place, now, who)


def says_nothing_there(place: Place, now: datetime) -> None:
    opens(place, now)
    say_nothing_to_confirm(place.person("director", now), MONTH, now=now)


def says_ready(place: Place, now: datetime) -> None:
    say_ready(place.person("delegate", now), MONTH, now=now)


def asks_for_correction(place: Place, now: datetime) -> None:
    """Of the first child."""
    record = Record.select().where(Record.institution == place.code).order_by(Record.id).get()
    asked = Asked(record_id=record.id, reason=Why.LATE_NOTE, document=f"№ {place.number}")
    ask_correction(place.person("director", now), MONTH, asked, now=now)


def is_supported(place: Place, now: datetime) -> None:
    ruo = office(RUO, now)
    assert isinstance(ruo, Ruo)
    support_correction(ruo, MONTH, _request(place), supports=True, note="", now=now)


def is_granted(place: Place, now: datetime) -> None:
    oleg = office(OPERATOR, now)
    assert isinstance(oleg, Operator)
    grant_correction(oleg, MONTH, _request(place), GRANTED_UNTIL, "", now=now)


def office(address: str, now: datetime) -> Person | None:
    return person_of(User.get(User.email == address), today(now))


def _request(place: Place) -> int:
    return int(CorrectionRequest.get(CorrectionRequest.institution == place.code).id)


def declines_letters(place: Place, now: datetime) -> None:
    choose_letters(place.person("director", now), ())


class Invited:
    """The operator invites a director, who opens the account with the address in the letter."""

    def __init__(self) -> None:
        self._tokens: dict[Place, str] = {}

    def invites(self, place: Place, now: datetime) -> None:
        new = NewAccount(Role.DIRECTOR, place.address("new"), "Нина Колева", place.code)
        _, self._tokens[place] = invite(None, new, site=SITE, now=now)

    def activates(self, place: Place, now: datetime) -> None:
        open_account(self._tokens[place], Activation(PASSWORD, PASSWORD), site=SITE, now=now)
