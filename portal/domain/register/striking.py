"""Striking out an entry that was made by mistake: it stays where it is, and counts for nothing."""

from collections.abc import Iterable
from dataclasses import replace

from portal.domain.decisions import clean_note
from portal.domain.errors import Conflict, Refusal
from portal.domain.register.entry import Entry

WHY_LENGTH = 200  # characters, as the reason for opening: our bound
STRUCK_OUT = (
    "Записът е зачеркнат и не се променя. Ако лицето все пак е било под карантина, впишете го наново."
)


def struck_out(entry: Entry, why: str) -> Entry:
    """The entry as it stands from now on; Refusal without a reason, Conflict if it is struck out already."""
    check_stands(entry)
    return replace(entry, struck_out=check_why(why))


def check_stands(entry: Entry) -> None:
    """Raise Conflict for what was struck out: nothing of it changes any more."""
    if entry.is_struck_out:
        raise Conflict(STRUCK_OUT)


def check_why(text: str) -> str:
    """As it is kept: one line, that somebody can judge later."""
    why = " ".join(clean_note(text).split())
    if not any(c.isalpha() for c in why):
        raise Refusal("Напишете защо се зачерква, например „вписано е друго дете“.", field="why")
    if len(why) > WHY_LENGTH:
        raise Refusal(f"Обяснението е до {WHY_LENGTH} знака. Съкратете го.", field="why")
    return why


def counted(entries: Iterable[Entry | None]) -> list[Entry]:
    """Those that count in days, numbers, papers and months: that opened, and were not struck out."""
    return [entry for entry in entries if entry is not None and not entry.is_struck_out]
