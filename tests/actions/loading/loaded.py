"""Files for tests: lines of the exchange formats, and loading them as the operator would."""

import io
from datetime import date

from portal.actions.loading.asp_list import load_asp_list
from portal.actions.loading.enrolments import Picture, load_enrolments
from portal.actions.loading.files import COUNTS, Source
from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.domain.placement import Doubt
from portal.exchange.enrolments import HEADER
from portal.storage.loading.tables import Load, RejectedLine
from tests.cast import EGNS, NOW, SCHOOL
from tests.exchange.invented import DATA

DECEMBER = Month(2020, 12)
DOUBTS = [doubt.value for doubt in Doubt]
LATER_DAY = date(2021, 2, 5)


def asp(
    child: int = 0,
    *,
    institution: str = SCHOOL,
    reason: int = 0,
    absences: str | None = None,
    days: str | None = None,
    given: str = "Стефан",
    middle: str = "Ганчев",
    family: str = "Цветанов",
    number: str | None = None,
    kind: IdType = IdType.EGN,
    month: str = "2020|12",
) -> str:
    """A line of F1 about one of the invented children."""
    absences = absences or ("007.00" if reason == 0 else "000.00")
    days = days or ("09" if reason == 2 else "00")
    number = number or EGNS[child]
    return f"{month}|{institution}|{kind.value}|{number}|{given}|{middle}|{family}|{absences}|{reason}|{days}"


def load(*lines: str, codec: str = "cp1251", end: str = "\r\n", now=NOW, **more) -> Load:
    """Load these lines as АСП's list."""
    return load_bytes("".join(line + end for line in lines).encode(codec), now=now, **more)


def load_bytes(content: bytes, *, name: str = "ASPCONF1220.txt", now=NOW, person=None, **more) -> Load:
    return load_asp_list(person, Source(io.BytesIO(content), name), now=now, **more)


def enrolled(
    child: int = 0,
    *,
    institution: str = SCHOOL,
    class_code: int = 4,
    status: int = 1,
    number: str | None = None,
    kind: IdType = IdType.EGN,
) -> str:
    """A line of F5."""
    number = number or EGNS[child]
    return f"{institution}|{number}|{kind.value}|Стефан   |Ганчев   |Цветанов|1 |{class_code}|{status}"


def enrol(
    *lines: str, month: Month = DECEMBER, correction: bool = False, sure: bool = True, now=NOW, person=None
) -> Load:
    """Load these lines as the month's enrolments, whatever they take away."""
    content = "".join(f"{line}\r\n" for line in (HEADER, *lines)).encode("cp1251")
    source = Source(io.BytesIO(content), "записвания.txt")
    return load_enrolments(person, source, picture=Picture(month, correction, sure), now=now)


def counts(done: Load) -> dict[str, int]:
    """Those of its lines that are not zero."""
    return {name: getattr(done, name) for name in COUNTS if getattr(done, name) and name not in DOUBTS}


def doubts(done: Load) -> tuple[int, ...]:
    """Records without an enrolment, enrolled outside the portal, and known by their number alone."""
    return tuple(getattr(done, name) for name in DOUBTS)


def rejected(done: Load) -> dict[int, str]:
    """Faults by line number."""
    query = RejectedLine.select().where(RejectedLine.load == done).order_by(RejectedLine.number)
    return {reject.number: reject.faults for reject in query}


def sample(name: str) -> Source:
    """One of the files of tests/data."""
    return Source(io.BytesIO((DATA / name).read_bytes()), name)
