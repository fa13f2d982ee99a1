"""The files of a circular: PDF alone, known by its bytes, under a name that is safe on any computer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.domain.decisions import clean_note
from portal.domain.errors import Refusal, TooLarge

MOST_FILES = 3  # so that all of them fit into what nginx and the portal read of one request (20 MB)
LARGEST_FILE = 5 * 1024 * 1024  # bytes of each (issue 13)
LONGEST_NAME = 100  # characters

BEGINS, ENDS = b"%PDF-", b"%%EOF"
WITHIN = 1024  # bytes of the end in which the last mark stands (ISO 32000-1, 7.5.5, and Acrobat's practice)
_UNSAFE = re.compile(r'["*:<>?|;%\x00-\x1f\x7f]')


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes = field(repr=False)


def check_sizes(files: Sequence[Attachment]) -> None:
    """Raise TooLarge unless each is small enough."""
    large = [file.name for file in files if len(file.content) > LARGEST_FILE]
    if large:
        raise TooLarge(
            f"По-голям от 5 MB: {', '.join(large)}. Намалете файла или го разделете.", field="file"
        )


def check_attachments(files: Sequence[Attachment]) -> None:
    """Raise Refusal for whatever of them cannot go with a circular, each named."""
    if len(files) > MOST_FILES:
        raise Refusal(f"Изберете до {MOST_FILES} файла; избрани са {len(files)}.", field="file")
    others = [file.name for file in files if not is_pdf(file.content)]
    if others:
        raise Refusal(
            f"Не е PDF: {', '.join(others)}. Запазете документа като PDF и го изберете отново.", field="file"
        )


def is_pdf(content: bytes) -> bool:
    """Whether a reader would open it: the first bytes and the last mark, whatever the name says. What comes
    before the first mark could be another kind of file to somebody else, so nothing may."""
    return content.startswith(BEGINS) and ENDS in content[-WITHIN:]


def safe_name(name: str, number: int) -> str:
    """The name of the ``number``-th file as everybody gets it: no folder, nothing that a header or a file
    system reads as its own, and the right ending."""
    bare = clean_note(re.split(r"[/\\]", name)[-1]).replace("\n", " ")
    stem = re.sub(r"(?i)\.pdf$", "", _UNSAFE.sub("", bare)).strip(" .")
    return f"{stem[:LONGEST_NAME] or f'prilozhenie-{number}'}.pdf"
