"""A child and a teacher in quarantine, invented."""

from dataclasses import replace
from datetime import UTC, date, datetime

from portal.domain.identifiers import IdType
from portal.domain.register.entry import Basis, Entry, PersonKind

TODAY = date(2020, 12, 10)
AT = datetime(2020, 12, 10, 9, 30, tzinfo=UTC)
EGN, OTHER_EGN, LNCH = "1241012004", "1045121238", "7000001233"

KALINA = Entry(
    person=PersonKind.CHILD,
    first_name="Калина",
    middle_name="Петрова",
    last_name="Иванова-Симеонова",
    id_type=IdType.EGN,
    id_number=EGN,
    class_name="5А",
    class_code=5,
    basis=Basis.CONTACT,
    prescription="РЗИ-1234/01.12.2020",
    phone="0888 123 456",
    place="София, ул. „Роза“ 1",
    placed_on=date(2020, 12, 1),
    planned_until=date(2020, 12, 14),
    note="Съученичка с положителен тест.",
)
TEACHER = replace(
    KALINA,
    person=PersonKind.TEACHER,
    first_name="Мария",
    last_name="Колева",
    id_type=None,
    id_number="",
    class_name="",
    class_code=None,
)


def day(number):
    return date(2020, 12, number)


def entry(first, last, *, released=None, of=KALINA):
    return replace(of, placed_on=day(first), planned_until=day(last), released_on=released and day(released))
