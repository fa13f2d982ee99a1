"""АСП's list of what was really ended (docs/ended-list.md, our proposal): a line of its first list, and what
became of it."""

import re
from dataclasses import dataclass
from typing import IO

from portal.domain.campaigns.ended import LONGEST_TERM, WHY_LENGTH, Outcome
from portal.domain.decisions import Reason
from portal.domain.month import Month
from portal.exchange import asp_list
from portal.exchange.asp_list import Key
from portal.exchange.fields import check_windows_1251, read_digits, read_name, wrong_count
from portal.exchange.kinds import Kind, wrong_kind
from portal.exchange.text import Line, Reading, Row, TextLines

FIELDS = Kind.ENDED.fields
NO_MONTH = "000000"

# What is wrong with a line that only the portal can know; the actions add it.
NOT_ANSWERED = "детето и причината не са в отговора до АСП за месеца"
OTHER_INSTITUTION = "код на институцията: не е нито този от списъка на АСП, нито този от отговора"
OTHER_NAMES = "имена: не са тези на детето с този идентификатор"
DISTANCE = "основание: при ОРЕС (2) помощ не се прекратява и в този файл няма такива редове"

_MONTH = re.compile(r"(20[0-9]{2})(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True)
class EndedLine:
    month: Month
    institution: str
    key: Key
    names: tuple[str, str, str]
    outcome: Outcome


@dataclass(frozen=True)
class EndedRow(Row[EndedLine]):
    """A received line; ``month`` also where the rest does not hold."""

    month: Month | None = None


def read_ended_list(stream: IO[bytes]) -> Reading[EndedRow]:
    """Every received line of the file, good or with all its faults."""
    lines = TextLines(stream)
    return Reading(lines.encoding, wrong_kind(lines, Kind.ENDED), lambda: map(_parse, lines))


def _parse(line: Line) -> EndedRow:
    if line.text is None:
        return EndedRow(line.number, line.windows_1251, None, (line.fault,))
    fields = line.text.split("|")
    if len(fields) != FIELDS:
        return EndedRow(line.number, line.windows_1251, None, (wrong_count(len(fields), FIELDS),))
    faults: list[str] = []
    first = asp_list.read_fields(fields[: asp_list.FIELDS], faults)
    if first.key is not None and first.key[2] is Reason.DISTANCE:
        faults.append(DISTANCE)
    outcome = _outcome(fields[asp_list.FIELDS :], first.month, faults)
    whole = None
    is_whole = first.month is not None and first.institution is not None and first.key is not None
    if is_whole and outcome is not None and not faults:
        assert first.month is not None and first.institution is not None and first.key is not None
        whole = EndedLine(first.month, first.institution, first.key, first.names, outcome)
    return EndedRow(line.number, line.windows_1251, whole, tuple(faults), first.month)


def _outcome(fields: list[str], about: Month | None, faults: list[str]) -> Outcome | None:
    """What АСП did; of a benefit that goes on neither a term nor a month can be true."""
    done, term, start, why = fields
    if done not in ("0", "1"):
        faults.append("прекратена: трябва да е 0 или 1")
    ended = done == "1"
    months = read_digits("срок в месеци", term, 2, faults)
    if months is not None and months > LONGEST_TERM:
        faults.append(f"срок в месеци: трябва да е от 00 до {LONGEST_TERM}")
    since = _since(start, faults)
    if done == "0" and (months or since is not None):
        faults.append("срок и месец: при непрекратена помощ трябва да са 00 и 000000")
    if ended and start == NO_MONTH:
        faults.append("от месец: липсва, а помощта е прекратена")
    if since is not None and about is not None and since < about:
        faults.append("от месец: не може да е преди месеца, за който е списъкът")
    read_name("защо", why, faults, obligatory=True, longest=WHY_LENGTH)
    check_windows_1251("защо", why, faults)
    return None if faults or months is None else Outcome(ended, months, since, why.strip())


def _since(text: str, faults: list[str]) -> Month | None:
    if text == NO_MONTH:
        return None
    found = _MONTH.fullmatch(text)
    if found is None:
        faults.append("от месец: трябва да е година и месец като 202101, или 000000")
        return None
    return Month(int(found[1]), int(found[2]))
