"""Files as a school's electronic diary exports them (formats.md, F3)."""

import io

from portal.domain.identifiers import IdType
from portal.domain.month import Month
from tests.cast import MONTH, SCHOOL

WARNING = "/confirmations/early-warning"
ADDRESS = f"/confirmations/{MONTH}/diary"


def line_of(record, unexcused: str, **fields: str) -> str:
    """The line of a record's child in its school's own diary."""
    kind = "" if record.id_type is IdType.EGN else str(record.id_type.value)
    return line(
        unexcused,
        **{
            "institution": record.institution_id,
            "kind": kind,
            "number": record.id_number,
            "names": f"{record.given}|{record.middle}|{record.family}",
            "class_code": "" if record.class_code is None else f"{max(record.class_code, 0):02d}",
            **fields,
        },
    )


def line(
    unexcused: str = "7.00",
    *,
    institution: str = SCHOOL,
    month: Month = MONTH,
    kind: str = "",
    number: str = "1351210628",
    names: str = "Мария|Иванова|Петрова",
    class_code: str = "07",
    class_name: str = "",
) -> str:
    return (
        f"{institution}|{month.school_year}|{month.number:02d}|{kind}|{number}|{names}|{class_code}|||"
        f"{class_name}|||1.00|{unexcused}"
    )


def diary(*lines: str, codec: str = "cp1251") -> bytes:
    return "\r\n".join([*lines, ""]).encode(codec)


def bring(client, content: bytes, address: str = ADDRESS, name: str = "absences.txt"):
    return client.send(address, files={"file": (io.BytesIO(content), name)})
