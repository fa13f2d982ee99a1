"""Looking for what must not be found: words in whatever a stolen thing may hold, in any spelling."""

import base64
import re
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Mapping

# How a text can stand: as it was typed, or as a search index, a sort key or a template may have bent it.
FORMS: Mapping[str, Callable[[str], str]] = {
    "as it is": str,
    "casefolded": str.casefold,
    "in capitals": str.upper,
    "reversed": lambda text: text[::-1],
}
CHARSETS = ("utf-8", "cp1251", "utf-16-le", "utf-16-be")
_HEX_OF_A_DUMP = re.compile(rb"\\\\?x((?:[0-9a-f]{2}){8,})")
SHORTEST = 5  # characters: a shorter word is found by chance


def spellings(text: str) -> dict[bytes, str]:
    """The bytes to look for, each with the name of its spelling."""
    assert len(text) >= SHORTEST, f"{text} is found by chance"
    found: dict[bytes, str] = {}
    for form, bend in FORMS.items():
        for way, needle in _encoded(bend(text)):
            found.setdefault(needle, f"{form}, {way}")
    return found


def _encoded(text: str) -> Iterator[tuple[str, bytes]]:
    for charset in CHARSETS:
        try:
            raw = text.encode(charset)
        except UnicodeEncodeError:  # not in cp1251
            continue
        yield charset, raw
        yield f"hex of {charset}", raw.hex().encode()
        yield f"HEX of {charset}", raw.hex().upper().encode()
        yield from _escaped(charset, [chr(byte) for byte in raw], {"repr": "\\x{:02x}", "octal": "\\{:03o}"})
        for shift in range(3):
            yield f"base64 of {charset}, {shift} later", _base64(raw, shift)
    bytewise = [chr(byte) for byte in text.encode()]
    yield from _escaped("utf-8", bytewise, {"URL": "%{:02X}", "small URL": "%{:02x}", "mail": "={:02X}"})
    yield "form", urllib.parse.quote_plus(text).encode()
    yield from _escaped(
        "text", list(text), {"JSON": "\\u{:04x}", "JSON in capitals": "\\u{:04X}", "HTML": "&#{};"}
    )


def _escaped(what: str, letters: list[str], ways: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Every letter escaped, and only those that have to be."""
    for name, way in ways.items():
        yield f"{name} of {what}, all", "".join(way.format(ord(one)) for one in letters).encode()
        some = (one if " " <= one <= "~" else way.format(ord(one)) for one in letters)
        yield f"{name} of {what}", "".join(some).encode()


def _base64(raw: bytes, shift: int) -> bytes:
    """What of ``raw`` is sure to stand in base64 when ``shift`` bytes stand before it: its whole letters."""
    begins, ends = -(-shift * 8 // 6), (shift + len(raw)) * 8 // 6
    return base64.b64encode(bytes(shift) + raw)[begins:ends]


def unfolded(dump: bytes) -> bytes:
    """A text in which what it holds as hex (``pg_dump``'s bytea) stands as bytes. The hex itself goes: in
    that of what is sealed a number of seven figures is found by chance once in a thousand times."""
    return _HEX_OF_A_DUMP.sub(lambda match: bytes.fromhex(match[1].decode()) + b"\n", dump)


def found_in(places: Mapping[str, bytes], words: Iterable[str]) -> list[str]:
    """Every word that is anywhere, with the place and the spelling."""
    wanted = {word: spellings(word) for word in words}
    return [
        f"{word} in {place} ({spelling})"
        for place, content in places.items()
        for word, needles in wanted.items()
        for needle, spelling in needles.items()
        if needle in content
    ]
