"""Whom to invite (a table code;name;email;role): directors and experts of РУО, one a line.

The code is that of the institution by НЕИСПУО, or for an expert the number of the region.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from portal.domain.accounts import check_email, check_name
from portal.domain.errors import Refusal
from portal.domain.people import Role
from portal.exchange.institutions import REGIONS, read_code
from portal.exchange.kinds import Kind
from portal.exchange.tables import Table
from portal.exchange.text import Reading, Row

# As the contract has them, and as people write them. An operator is invited singly: there are few.
ROLES = {
    "director": Role.DIRECTOR,
    "директор": Role.DIRECTOR,
    "ruo": Role.RUO,
    "руо": Role.RUO,
    "експерт": Role.RUO,
}
_SHORT = re.compile(r"^[0-9]{6}$", re.ASCII)
_REGION = re.compile(r"0?[1-9]|1[0-9]|2[0-8]", re.ASCII)


@dataclass(frozen=True)
class PersonLine:
    """``institution`` of a director, ``region`` of an expert; the address is in its one spelling."""

    role: Role
    name: str
    email: str
    institution: str = ""
    region: int | None = None


def read_people(stream: IO[bytes]) -> Reading[Row[PersonLine]]:
    """Every line below the header that names somebody, good or with all its faults, each by itself."""
    table = Table(stream, Kind.PEOPLE)
    return Reading(table.encoding, table.fault, lambda: _rows(table))


def _rows(table: Table) -> Iterator[Row[PersonLine]]:
    for row in table:
        if not row.faults and not row.values["name"] and not row.values["email"]:
            continue  # of the table to fill in, a line that nobody filled in
        line = None if row.faults else _parse(row.values, row.faults)
        yield Row(row.number, row.raw, line, tuple(row.faults))


def _parse(values: dict[str, str], faults: list[str]) -> PersonLine | None:
    role = ROLES.get(values["role"].casefold())
    if role is None:
        faults.append("роля: трябва да е director или ruo")
    name = _read("име", values["name"], check_name, faults)
    email = _read("е-поща", values["email"], check_email, faults)
    if role is Role.RUO:
        if _REGION.fullmatch(values["code"]) is None:
            faults.append(f"код: за експерт в РУО е номерът на областта, от 1 до {REGIONS}")
        return None if faults else PersonLine(role, name, email, region=int(values["code"]))
    if role is None:
        return None  # of what the code should be, nothing is known
    # A spreadsheet takes the zero in front away from what it takes for a number. Here the code only finds an
    # institution that is there, and what was found is shown before anybody is written to.
    code = read_code(_SHORT.sub(r"0\g<0>", values["code"]), faults)
    if faults or code is None:
        return None
    return PersonLine(role, name, email, institution=code)


def _read(label: str, text: str, check: Callable[[str], str], faults: list[str]) -> str:
    try:
        return check(text)
    except Refusal as refusal:
        sentence = str(refusal)
        faults.append(f"{label}: {sentence[0].lower()}{sentence[1:].rstrip('.')}")
        return ""
