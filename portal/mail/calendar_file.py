"""A deadline as a file for the reader's calendar (RFC 5545), which moves there when it is moved here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LONGEST_LINE = 75  # octets, without the end of the line (RFC 5545, 3.1)
PUBLISH, CANCEL = "PUBLISH", "CANCEL"


@dataclass(frozen=True)
class Deadline:
    """``uid`` is the same for all that is ever said of this deadline, ``sequence`` grows with each change of
    it.

    It is a whole day: it lasts „до края на деня“ in Sofia, and a day needs no time zone to mean the same
    there. The reminder comes at 9:00 of the day before."""

    uid: str
    sequence: int
    day: date
    title: str
    text: str
    link: str
    is_cancelled: bool = False

    @property
    def method(self) -> str:
        return CANCEL if self.is_cancelled else PUBLISH

    def as_text(self, *, at: datetime) -> str:
        return "".join(f"{part}\r\n" for line in self._lines(at) for part in _folded(line))

    def _lines(self, at: datetime) -> Iterator[str]:
        yield "BEGIN:VCALENDAR"
        yield "VERSION:2.0"
        yield "PRODID:-//Потвърждения към АСП//BG"
        yield "CALSCALE:GREGORIAN"
        yield f"METHOD:{self.method}"
        yield "X-WR-TIMEZONE:Europe/Sofia"
        yield "BEGIN:VEVENT"
        yield f"UID:{self.uid}"
        yield f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        yield f"SEQUENCE:{self.sequence}"
        yield f"STATUS:{'CANCELLED' if self.is_cancelled else 'CONFIRMED'}"
        yield f"DTSTART;VALUE=DATE:{self.day:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{self.day + timedelta(days=1):%Y%m%d}"
        yield f"SUMMARY:{_escaped(self.title)}"
        yield f"DESCRIPTION:{_escaped(self.text)}"
        yield f"URL:{self.link}"
        yield "TRANSP:TRANSPARENT"
        if not self.is_cancelled:
            yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_escaped(self.title)}")
            yield from ("TRIGGER:-PT15H", "END:VALARM")
        yield "END:VEVENT"
        yield "END:VCALENDAR"


def _escaped(text: str) -> str:
    """RFC 5545, 3.3.11."""
    for letter, instead in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(letter, instead)
    return text


def _folded(line: str) -> Iterator[str]:
    """At most 75 octets each, the first of a continuation being a blank; no letter is torn apart."""
    part, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > LONGEST_LINE:
            yield part
            part, size = " ", 1
        part, size = part + letter, size + octets
    yield part
