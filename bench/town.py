"""An invented region to measure on: institutions, accounts, and lists of АСП's records."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime

from stdnum.bg import egn

from portal.domain.month import Month

MONTH = Month(2020, 12)
NOW = datetime(2021, 1, 28, 8, 0, tzinfo=UTC)
OPENS, CLOSES = date(2021, 1, 25), date(2021, 2, 1)
GIVEN = ("Александра", "Борис", "Виктория", "Георги", "Даниела", "Емил", "Йоана", "Калоян", "Никол", "Теодор")
MIDDLE = ("Димитрова", "Георгиев", "Стоянова", "Иванов", "Петрова", "Асенов", "Руменова", "Мартинов")
FAMILY = ("Христова", "Николов", "Караджова", "Иванов", "Маринова", "Тодоров", "Ангелова", "Йорданов")


def institutions_file(count: int) -> bytes:
    """The first has code 2200000; every third is a kindergarten."""
    rows = ["code,name,type,region_code,region,email,phone"]
    for n in range(count):
        code, kind = 2200000 + n, "kindergarten" if n % 3 == 2 else "school"
        name = f"{n}. {'ДГ' if kind == 'kindergarten' else 'СУ'} „Пример“"
        rows.append(f"{code},{name},{kind},22,София-град,dir{code}@example.org,02 900 0000")
    return "\n".join(rows).encode()


def asp_file(lines: int, institutions: int) -> Iterator[bytes]:
    """АСП's list: ``lines`` children spread evenly over the institutions, never one twice."""
    rnd = random.Random(20201)
    for n in range(lines):
        reason = rnd.choice((0, 0, 0, 1, 2))
        hours = rnd.choice(("007.00", "005.50", "012.33")) if reason == 0 else "000.00"
        days = f"{rnd.randint(1, 17):02d}" if reason == 2 else "00"
        names = f"{rnd.choice(GIVEN)}|{rnd.choice(MIDDLE)}|{rnd.choice(FAMILY)}"
        line = f"2020|12|{2200000 + n % institutions}|0|{number(n)}|{names}|{hours}|{reason}|{days}\r\n"
        yield line.encode("cp1251")


def enrolments_file(children: int, institutions: int, *, moved: int = 0) -> Iterator[bytes]:
    """Where the children of ``asp_file`` are enrolled: in the twelve classes, in turn; with ``moved`` each
    child of so many in the next institution."""
    yield (
        b"InstitutionCode|PersonalID|PersonalIdtype|FirstName|MiddleName|LastName|StudentEduFormId"
        b"|BasicClassID|Status\r\n"
    )
    for n in range(children):
        place = (n + (moved > 0 and n // institutions % moved == 0)) % institutions
        line = f"{2200000 + place}|{number(n)}|0|А|Б|В|1|{1 + n % 12}|1\r\n"
        yield line.encode("cp1251")


def number(n: int) -> str:
    """The n-th invented ЕГН, with a good date and check digit."""
    year, rest = 2004 + n // 324_000, n % 324_000
    month, rest = 1 + rest // 27_000, rest % 27_000
    day, serial = 1 + rest // 1_000, rest % 1_000
    body = f"{year % 100:02d}{month + 40:02d}{day:02d}{serial:03d}"
    return body + str(egn.calc_check_digit(body))
