"""The institutions of the month with their people, and the files that the operator loads about them."""

import io
from datetime import datetime

from stdnum.bg import egn

from portal.actions.campaigns.answers import make_answer
from portal.actions.campaigns.campaigns import end_exception, make_exception, resume, suspend
from portal.actions.campaigns.closing import close_institution
from portal.actions.campaigns.sending import say_sent
from portal.actions.campaigns.window import Days, set_window
from portal.actions.loading.ended import load_ended
from portal.actions.loading.files import Source
from portal.domain.people import Operator, Role
from portal.domain.placement import InstitutionType
from portal.storage.people.persons import person_of
from portal.storage.tables.institutions import Institution
from tests.actions.loading.loaded import asp, enrol, enrolled, load_bytes
from tests.cast import add_delegation, add_user
from tests.month.behaviour import Behaviour
from tests.month.behaviours import BEHAVIOURS
from tests.month.days import CLOSES, EXCEPTION_UNTIL, MONTH, MOVED_TO, OPENS
from tests.month.deeds import OPERATOR, RUO, Place

FILE = "ASPCONF0321.txt"
ENDED, KEPT = "1|12|202104|решение", "0|00|000000|решението е отменено"
MOST_CHILDREN = 9  # of an institution


class Town:
    def __init__(self, count: int) -> None:
        """``count`` institutions, which behave in turn as the table says."""
        self.places = [(Place(number), BEHAVIOURS[number % len(BEHAVIOURS)]) for number in range(count)]
        self.oleg = self._operator()
        add_user(Role.RUO, "Нора Вълева", RUO, region=22)
        for place, behaviour in self.places:
            self._settle(place, behaviour)

    def _operator(self) -> Operator:
        found = person_of(add_user(Role.OPERATOR, "Олег Минчев", OPERATOR), OPENS)
        assert isinstance(found, Operator)
        return found

    def _settle(self, place: Place, behaviour: Behaviour) -> None:
        Institution.create(
            code=place.code,
            name=f"{place.number}. СУ „Пример“",
            type=InstitutionType.SCHOOL,
            region=22,
            region_name="София-град",
            email=place.address("mailbox") if behaviour.has_mailbox else "",
            phone="",
        )
        if behaviour.has_director:
            add_user(Role.DIRECTOR, "Ана Янева", place.address("director"), institution=place.code)
        if behaviour.delegate:
            scopes = ",".join(sorted(scope.value for scope in behaviour.delegate))
            user = add_user(Role.DELEGATE, "Дора Илиева", place.address("delegate"), institution=place.code)
            add_delegation(
                user, institution=place.code, scopes=scopes, until=behaviour.delegate_until, made_by=user
            )

    def loads(self, now: datetime) -> None:
        lines = [
            _line(place, child) for place, behaviour in self.places for child in range(behaviour.children)
        ]
        self._load(lines, now)

    def corrects(self, now: datetime) -> None:
        """The whole list once more, with other figures and more children."""
        lines = []
        for place, behaviour in self.places:
            children = behaviour.children + behaviour.more
            lines += [
                _line(place, child, other=behaviour.other_figure and not child) for child in range(children)
            ]
        self._load(lines, now)

    def enrols(self, now: datetime) -> None:
        """Some children are in the next institution."""
        moved = [
            enrolled(institution=Place(place.number + 1).code, number=_number(place, 0))
            for place, behaviour in self.places
            if behaviour.leaves
        ]
        enrol(*moved, month=MONTH, now=now)

    def _load(self, lines: list[str], now: datetime) -> None:
        content = "".join(f"{line}\r\n" for line in lines).encode("cp1251")
        done = load_bytes(content, name=FILE, now=now, person=self.oleg, window=Days(OPENS, CLOSES))
        assert (done.received, done.rejected) == (len(lines), 0)

    def moves(self, now: datetime) -> None:
        set_window(self.oleg, MONTH, Days(OPENS, MOVED_TO), now=now)

    def suspends(self, now: datetime) -> None:
        suspend(self.oleg, MONTH, "извънредно положение", now=now)

    def resumes(self, now: datetime) -> None:
        resume(self.oleg, MONTH, now=now)

    def closes_some(self, now: datetime) -> None:
        for place, behaviour in self.places:
            if behaviour.is_closed:
                close_institution(self.oleg, place.code, now.date(), now=now)

    def excepts_some(self, now: datetime) -> None:
        for place, behaviour in self.places:
            if behaviour.is_excepted:
                make_exception(
                    self.oleg, MONTH, place.code, EXCEPTION_UNTIL, "сървърът им не работеше", now=now
                )

    def ends_exceptions(self, now: datetime) -> None:
        for place, behaviour in self.places:
            if behaviour.exception_is_ended:
                end_exception(self.oleg, MONTH, place.code, now=now)

    def answers(self, now: datetime) -> None:
        make_answer(self.oleg, MONTH, io.BytesIO(), now=now, final=True)

    def says_sent(self, now: datetime) -> None:
        say_sent(self.oleg, MONTH, now.date(), now=now)

    def returns(self, now: datetime, *, changed: bool = False) -> None:
        """АСП says what it did about the second child of each institution that has two."""
        lines = [
            f"{_line(place, 1)}|{KEPT if changed and behaviour.result_changes else ENDED}"
            for place, behaviour in self.places
            if behaviour.children > 1
        ]
        content = "".join(f"{line}\r\n" for line in lines).encode("cp1251")
        done = load_ended(self.oleg, Source(io.BytesIO(content), "ASPEND0321.txt"), month=MONTH, now=now)
        assert (done.received, done.rejected) == (len(lines), 0)

    def changes_result(self, now: datetime) -> None:
        self.returns(now, changed=True)


def _line(place: Place, child: int, *, other: bool = False) -> str:
    return asp(
        institution=place.code,
        number=_number(place, child),
        absences="009.00" if other else "007.00",
        month=f"{MONTH.year}|{MONTH.number:02d}",
    )


def _number(place: Place, child: int) -> str:
    """An invented ЕГН of somebody born in 2008."""
    day, serial = divmod(place.number * MOST_CHILDREN + child, 1000)
    body = f"0847{day + 1:02d}{serial:03d}"
    return body + str(egn.calc_check_digit(body))
