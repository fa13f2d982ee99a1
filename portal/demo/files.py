"""Invented versions of the files that the operator loads; the demo takes them in as any other file."""

import csv
import io
from collections.abc import Iterable
from itertools import pairwise

from portal.demo.children import Child, children_of
from portal.demo.schools import SCHOOLS
from portal.domain.calendar import Band
from portal.domain.decisions import Reason
from portal.domain.month import Month
from portal.exchange.enrolments import HEADER

ENROLLED, UNENROLLED = 1, 3
TERM_ENDS = {
    Band.PRESCHOOL: "09-14",
    Band.I_III: "05-31",
    Band.IV_VI: "06-15",
    Band.VII_XI: "06-30",
    Band.XII: "05-15",
}
# From, to (of the school year's second calendar year where ``+`` stands before) and name.
VACATIONS = (
    ("10-30", "11-01", "есенна ваканция"),
    ("12-24", "+01-03", "коледна ваканция"),
    ("+01-31", "+02-04", "междусрочна ваканция"),
    ("+04-03", "+04-11", "пролетна ваканция"),
)


def institutions_csv() -> bytes:
    rows = [(s.code, s.name, s.type.value, s.region[0], s.region[1], s.email, s.phone) for s in SCHOOLS]
    return _csv(("code", "name", "type", "region_code", "region", "email", "phone"), rows)


def calendar_csv(years: Iterable[int]) -> bytes:
    """Like the calendars of the Ministry; the dates of no real school year."""
    rows = []
    for year in years:
        for band, ends in TERM_ENDS.items():
            rows.append((year, band.value, "term", f"{year}-09-15", f"{year + 1}-{ends}", "учебна година"))
            if band is not Band.PRESCHOOL:
                rows += [
                    (year, band.value, "vacation", _day(year, first), _day(year, last), name)
                    for first, last, name in VACATIONS
                ]
    return _csv(("school_year", "band", "kind", "first", "last", "name"), rows)


def asp_list(month: Month) -> bytes:
    """F1, with three lines in it that nobody can load."""
    lines = [_asp_line(month, child) for child in _children(month)]
    good = lines[0].split("|")
    lines.append("|".join((*good[:4], "1234567890", *good[5:])))
    lines.append("|".join((*good[:2], "2299999", *good[3:])))
    lines.append(lines[1])
    return "\r\n".join([*lines, ""]).encode("cp1251")


def enrolments(month: Month) -> bytes:
    """F5: where the children are now. One has moved from each school to the one before."""
    moved = {
        later[0].egn: earlier[0].institution
        for earlier, later in pairwise(filter(None, _by_school(month)))
        if later[0].reason is not Reason.UNENROLLED and min(earlier[0].class_code, later[0].class_code) > 0
    }
    lines = [HEADER]
    for child in _children(month):
        status = UNENROLLED if child.reason is Reason.UNENROLLED else ENROLLED
        lines.append(
            f"{moved.get(child.egn, child.institution)}|{child.egn}|0|{child.given:<25}|{child.middle:<25}"
            f"|{child.family:<25}|1 |{child.class_code}|{status}"
        )
    return "\r\n".join([*lines, "\x1a"]).encode("cp1251")


def file_name(kind: str, month: Month) -> str:
    """``ASPCONF1220.txt``"""
    return f"{kind}{month.number:02d}{month.year % 100:02d}.txt"


def _children(month: Month) -> list[Child]:
    return [child for children in _by_school(month) for child in children]


def _by_school(month: Month) -> list[list[Child]]:
    """Whoever the invented numbers made twins is left to the first school."""
    seen: set[str] = set()
    found = []
    for school in SCHOOLS:
        own = [child for child in children_of(school, month) if child.egn not in seen]
        seen |= {child.egn for child in own}
        found.append(own)
    return found


def _asp_line(month: Month, child: Child) -> str:
    return (
        f"{month.year}|{month.number:02d}|{child.institution}|0|{child.egn}|{child.given}|{child.middle}"
        f"|{child.family}|{child.absences}|{child.reason.value}|{child.days}"
    )


def _day(year: int, text: str) -> str:
    return f"{year + 1}-{text[1:]}" if text.startswith("+") else f"{year}-{text}"


def _csv(header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")
