"""What the portal holds of one person, as a text for that person that opens everywhere, the oldest Notepad
included.

Source: Regulation (EU) 2016/679, art. 15: a copy of the data, with why, from whom, for whom and how long.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from portal.domain.times import stamp

LAW = "чл. 15 от Регламент (ЕС) 2016/679"
INDENT = "  "
NOTHING = "Няма."

Facts = tuple[tuple[str, str], ...]  # what it is, and what it says; of what says nothing there is none


@dataclass(frozen=True)
class Section:
    """``said`` are sentences, ``things`` the facts of one row each."""

    heading: str
    things: tuple[Facts, ...] = ()
    said: tuple[str, ...] = ()


def told(*facts: tuple[str, str | None]) -> Facts:
    """Without those that say nothing."""
    return tuple((what, value) for what, value in facts if value)


@dataclass(frozen=True)
class Heading:
    """``number`` is of this copy: the audit has it, and no name."""

    title: str
    about: str
    number: str
    at: datetime


def write_disclosure(heading: Heading, sections: Iterable[Section]) -> bytes:
    """UTF-8 with a BOM and CRLF."""
    lines = [
        heading.title,
        "=" * len(heading.title),
        heading.about,
        f"Справка № {heading.number} от {stamp(heading.at)}, по {LAW}.",
    ]
    for number, section in enumerate(sections, start=1):
        lines += ["", "", *_section(f"{number}. {section.heading}", section)]
    return ("\ufeff" + "".join(f"{line.rstrip()}\r\n" for line in lines)).encode()


def _section(heading: str, section: Section) -> Iterator[str]:
    yield heading
    yield "-" * len(heading)
    yield from map(_printable, section.said)
    for number, facts in enumerate(section.things, start=1):
        yield ""
        yield f"{number} от {len(section.things)}"
        yield from _facts(facts)
    if not section.things and not section.said:
        yield NOTHING


def _facts(facts: Facts) -> Iterator[str]:
    for what, value in facts:
        first, *more = value.splitlines() or [""]
        yield f"{INDENT}{what}: {_printable(first)}"
        yield from (INDENT * 2 + _printable(line) for line in more)


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
