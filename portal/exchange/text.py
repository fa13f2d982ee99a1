"""Reading text files line by line: encoding, line ends, and what cannot be read."""

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import IO, Generic, TypeVar

from portal.exchange import utf16

MAX_LINE = 4096  # bytes; our bound: the longest line of any format of formats.md has under 1,000

_UNREADABLE = "редът не може да се прочете"
_CUT = "редът е по-дълъг от"

_CHUNK = 64 * 1024
_LINE_END = re.compile(rb"\r\n|\r|\n")  # never str.splitlines(): 0x85 is „…“ in windows-1251
_BLANK = b" \t\x0b\x0c\x1a"  # a line of nothing but these, Ctrl-Z among them, is not received


class Encoding(Enum):
    """How a file was read; ``codec`` is that of its lines, ``label`` what people are told."""

    WINDOWS_1251 = ("cp1251", "windows-1251")
    UTF_8 = ("utf-8", "UTF-8")
    UTF_8_BOM = ("utf-8", "UTF-8 с BOM")
    UTF_16 = ("utf-8", "UTF-16")  # transcoded before it is cut into lines

    def __init__(self, codec: str, label: str) -> None:
        self.codec = codec
        self.label = label


@dataclass(frozen=True)
class Line:
    """One line of a file, without its end.

    ``number`` is physical and starts at 1. ``raw`` holds the bytes as they stand in the file (of one
    in UTF-16, as they would in UTF-8), at most MAX_LINE of them. ``text`` is None where the bytes cannot
    be read; ``fault`` says why.
    """

    number: int
    raw: bytes
    text: str | None
    fault: str = ""

    @property
    def windows_1251(self) -> bytes:
        """The line as it goes back to who sent it: what windows-1251 lacks is a ``?``, and what
        could not be read stays as it came."""
        return self.raw if self.text is None else self.text.encode("cp1251", "replace")


class TextLines:
    """The received lines of a seekable binary stream, in flat memory; iterate as often as needed,
    but not twice at once. Blank lines and Ctrl-Z lines are left out, and keep their numbers.

    ``head`` is how the file begins, as it came: by this its kind is told.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        stream.seek(0)
        self.head = stream.read(_CHUNK)
        self.encoding = _encoding(stream)

    def __iter__(self) -> Iterator[Line]:
        for number, raw in enumerate(_physical_lines(self._stream), start=1):
            if len(raw) > MAX_LINE or raw.strip(_BLANK):
                yield _line(number, raw, self.encoding)


def count_lines(stream: IO[bytes]) -> int:
    """How many lines of the file are received; it is only cut into lines, not read."""
    return sum(len(raw) > MAX_LINE or bool(raw.strip(_BLANK)) for raw in _physical_lines(stream))


L = TypeVar("L")
R = TypeVar("R")


@dataclass(frozen=True)
class Row(Generic[L]):
    """One received line: what it says, or every fault it has.

    ``raw`` is windows-1251 whatever the file was (see Line.windows_1251).
    """

    number: int
    raw: bytes
    line: L | None
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Reading(Generic[R]):
    """A file being read: its encoding, what is wrong with the whole of it, and its rows.

    With a ``fault`` (a sentence for people) there are no rows: nothing in it can be trusted.
    """

    encoding: Encoding
    fault: str | None
    rows: Callable[[], Iterator[R]]

    def __iter__(self) -> Iterator[R]:
        return iter(()) if self.fault is not None else self.rows()


def is_unreadable(fault: str) -> bool:
    """Whether it says that the bytes of a line are not the text of its file."""
    return fault.startswith(_UNREADABLE)


def is_cut(fault: str) -> bool:
    """Whether it says that a line was not read to its end."""
    return fault.startswith(_CUT)


def _encoding(stream: IO[bytes]) -> Encoding:
    """UTF-8 when most lines beyond ASCII are that, else windows-1251, over the whole file.

    Cyrillic words in windows-1251 are never valid UTF-8, so for any sound file all its lines
    agree. The vote is for a broken one: a damaged line must cost itself, not turn every other
    name into „РЎС‚РµС„Р°РЅ“ (our decision). A BOM decides alone.
    """
    if marked := _marked(stream):
        return marked
    votes = sum(1 if _is_utf8(raw) else -1 for raw in _physical_lines(stream) if not raw.isascii())
    return Encoding.UTF_8 if votes > 0 else Encoding.WINDOWS_1251


def _marked(stream: IO[bytes]) -> Encoding | None:
    """What the BOM says, if there is one; the stream stands where its text begins (UTF-16: at the BOM)."""
    stream.seek(0)
    bom = stream.read(len(codecs.BOM_UTF8))
    if bom == codecs.BOM_UTF8:
        return Encoding.UTF_8_BOM
    stream.seek(0)
    return Encoding.UTF_16 if bom.startswith(utf16.BOMS) else None


def _is_utf8(raw: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(raw, final=len(raw) <= MAX_LINE)  # a longer one may be cut inside a letter
    except UnicodeDecodeError:
        return False
    return True


def _physical_lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Every line without its end, cut after MAX_LINE + 1 bytes, so that a longer one shows.

    A Ctrl-Z at the very end of the file belongs to no line (CP/M's mark of the end).
    """
    kept = b""
    after_cr = False
    for chunk in _chunks(stream):
        if after_cr and chunk.startswith(b"\n"):
            chunk = chunk[1:]
        after_cr = chunk.endswith(b"\r")
        *ended, rest = _LINE_END.split(chunk)
        for piece in ended:
            yield (kept + piece[: MAX_LINE + 1])[: MAX_LINE + 1]
            kept = b""
        kept = (kept + rest[: MAX_LINE + 1])[: MAX_LINE + 1]
    if kept := kept.rstrip(b"\x1a"):
        yield kept


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """The bytes of the text, some at a time, never none."""
    marked = _marked(stream)
    chunks: Iterator[bytes] = iter(lambda: stream.read(_CHUNK), b"")
    return filter(None, utf16.as_utf8(chunks)) if marked is Encoding.UTF_16 else chunks


def _line(number: int, raw: bytes, encoding: Encoding) -> Line:
    if len(raw) > MAX_LINE:
        fault = f"{_CUT} {MAX_LINE} байта и не е прочетен докрай"
        return Line(number, raw[:MAX_LINE], None, fault)
    try:
        text = raw.decode(encoding.codec)
    except UnicodeDecodeError as error:
        byte = f"0x{raw[error.start]:02X}"
        return Line(number, raw, None, f"{_UNREADABLE} като {encoding.label}: байт {byte}")
    return Line(number, raw, text if text.isascii() else unicodedata.normalize("NFC", text))
