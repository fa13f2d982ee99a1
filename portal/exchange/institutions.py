"""The list of institutions (institutions.csv)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from portal.domain.placement import InstitutionType
from portal.exchange.fields import read_institution, read_name
from portal.exchange.kinds import Kind
from portal.exchange.tables import Table, TableRow
from portal.exchange.text import Reading, Row

REGIONS = 28  # regional directorates; 22 is София-град (formats.md)
# Our bounds, in characters, as wide as the columns that keep them.
NAME_LENGTH, PLACE_LENGTH, PHONE_LENGTH = 200, 60, 40
EMAIL_LENGTH = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets

_REGION = re.compile(r"0?[1-9]|1[0-9]|2[0-8]", re.ASCII)
_WITHOUT_ZERO = re.compile(r"[1-9][0-9]{5}", re.ASCII)
_AS_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?E[+]?[0-9]+|[0-9]+[.,][0-9]+", re.ASCII | re.IGNORECASE)
_EMAIL = re.compile(
    r"[A-Za-z0-9_%+'-]+(?:\.[A-Za-z0-9_%+'-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,}",
    re.ASCII,
)


@dataclass(frozen=True)
class InstitutionLine:
    """One kindergarten or school. E-mail, phone and municipality may be empty: an institution
    without an address still gets its list, and РУО calls it."""

    code: str
    name: str
    type: InstitutionType
    region_code: int
    region: str
    email: str
    phone: str
    municipality: str


def read_institutions(stream: IO[bytes]) -> Reading[Row[InstitutionLine]]:
    """Every line below the header, good or with all its faults."""
    table = Table(stream, Kind.INSTITUTIONS, optional=("municipality",))
    return Reading(table.encoding, table.fault, lambda: _rows(table))


def _rows(table: Table) -> Iterator[Row[InstitutionLine]]:
    seen: dict[str, int] = {}
    for row in table:
        line = None
        if not row.faults:
            line = _parse(row.values, row.faults)
            first = seen.setdefault(row.values["code"], row.number)
            if first != row.number:
                row.faults.append(f"кодът се повтаря: валиден е ред {first}")
        yield _checked(row, line)


def _checked(row: TableRow, line: InstitutionLine | None) -> Row[InstitutionLine]:
    return Row(row.number, row.raw, None if row.faults else line, tuple(row.faults))


def _parse(values: dict[str, str], faults: list[str]) -> InstitutionLine | None:
    code = read_code(values["code"], faults)
    name = read_name("име", values["name"], faults, obligatory=True, longest=NAME_LENGTH)
    kinds = {kind.value: kind for kind in InstitutionType}
    if values["type"] not in kinds:
        faults.append("вид: трябва да е school или kindergarten")
    if _REGION.fullmatch(values["region_code"]) is None:
        faults.append(f"код на областта: трябва да е от 1 до {REGIONS}")
    region = read_name("област", values["region"], faults, obligatory=True, longest=PLACE_LENGTH)
    if values["email"] and not is_email(values["email"]):
        faults.append("е-поща: трябва да е един адрес като direktor@example.org")
    phone = read_name("телефон", values["phone"], faults, longest=PHONE_LENGTH)
    municipality = read_name("община", values["municipality"], faults, longest=PLACE_LENGTH)
    if faults or code is None:
        return None
    return InstitutionLine(
        code, name, kinds[values["type"]], int(values["region_code"]), region, values["email"], phone,
        municipality,
    )  # fmt: skip


def read_code(text: str, faults: list[str]) -> str | None:
    """The code in a table. It has a leading zero in regions 1–9; Excel takes it for a number and writes it
    without."""
    if _WITHOUT_ZERO.fullmatch(text):
        faults.append("код на институцията: с една цифра по-малко, Excel е махнал нулата отпред")
        return None
    if _AS_NUMBER.fullmatch(text):
        faults.append("код на институцията: Excel го е записал като число, а трябва да са точно 7 цифри")
        return None
    return read_institution(text, faults)


def is_email(text: str) -> bool:
    """One plain address; what the mail servers of the institutions really use, not all of RFC 5322."""
    return len(text) <= EMAIL_LENGTH and _EMAIL.fullmatch(text) is not None
