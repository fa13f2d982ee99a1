"""Comparing an institution's copy of its lines with the answer that went to АСП."""

from collections.abc import Iterator
from hashlib import sha256

from portal.actions.campaigns.answers import written_again
from portal.actions.verifying.finding import Finding
from portal.domain.errors import Conflict
from portal.domain.month import Month
from portal.storage.campaigns.answers import final_answer
from portal.storage.tables.campaigns import Campaign

CODE = 2  # the field with the institution's code (formats.md, F2)


def check_copy(month: Month, copy: bytes, answer: bytes | None = None) -> Iterator[Finding]:
    """``answer`` is the file as it was sent; without it, it is made again. Either has to have the SHA-256
    that was recorded when it was made. No line is quoted: it names a child."""
    campaign = Campaign.for_month(month)
    made = final_answer(campaign)
    if made is None:
        raise Conflict("Окончателният отговор за този месец още не е изготвен.")
    whole = written_again(campaign) if answer is None else answer
    thing = f"answer:{campaign.id}"
    if sha256(whole).hexdigest() != made.sha256:
        yield Finding("answer_differs", thing, f"{month}: файлът няма записания SHA-256 {made.sha256}.")
        return
    theirs, ours = _lines(whole), _lines(copy)
    known = set(theirs)
    strange = [number for number, line in enumerate(ours, 1) if line not in known]
    if strange:
        numbers = ", ".join(map(str, strange[:20]))
        yield Finding(
            "copy_differs", thing, f"{month}: в копието има редове, които не са във файла: {numbers}."
        )
    places = {_place(line) for line in ours[1:]} - {b""}
    missing = len([line for line in theirs[1:] if _place(line) in places and line not in set(ours)])
    if missing:
        yield Finding(
            "copy_incomplete", thing, f"{month}: във файла има още редове на институцията: {missing}."
        )


def _lines(content: bytes) -> list[bytes]:
    return content.splitlines()


def _place(line: bytes) -> bytes:
    fields = line.split(b"|")
    return fields[CODE] if len(fields) > CODE else b""
