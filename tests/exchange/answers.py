"""Reading an answer back as АСП would: field by field, with nothing of what wrote it."""

from decimal import Decimal

from portal.domain.decisions import Decision, Reason
from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.exchange.answer import AnswerRow


def read_back(content: bytes) -> list[AnswerRow]:
    assert content.endswith(b"\r\n")
    _, *lines = content.decode("cp1251").removesuffix("\r\n").split("\r\n")
    return [_row(line.split("|")) for line in lines]


def _row(fields: list[str]) -> AnswerRow:
    year, month, institution, number, kind, *rest = fields
    given, middle, family, absences, days, reason, decision, hours, corrected_days = rest
    correction = {Reason.ABSENCE: Decimal(hours), Reason.DISTANCE: Decimal(corrected_days)}
    is_refused, why = Decision(int(decision)) is Decision.REFUSED, Reason(int(reason))
    return AnswerRow(
        Month(int(year), int(month)), institution, IdType(int(kind)), number, given, middle, family,
        absences, days, why, Decision(int(decision)), correction.get(why) if is_refused else None,
    )  # fmt: skip
