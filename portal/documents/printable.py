"""What stands on paper for what people typed, in fonts that do not have every sign."""

import struct
import unicodedata
from collections.abc import Container
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
_GROUPS = 12  # the format of a table of characters that lists ranges of them


def printable(text: str, font: Container[int]) -> str:
    """What stands on paper for ``text``, in a font that has these code points: everything, a tab as a space,
    and what cannot be drawn as ☐ with its code (``☐U+1F984``).

    A signature covers what was typed, so nothing of it may be missing from the paper. Nor is a note with such
    a sign refused: telephones put them in by themselves, and the deadline does not wait. What is written from
    right to left would be drawn here from the left, which nobody could read, so it stands in codes, too.
    """
    return "".join(
        sign if _can_be_drawn(sign, font) else f"☐U+{ord(sign):04X}" for sign in text.replace("\t", " ")
    )


def _can_be_drawn(sign: str, font: Container[int]) -> bool:
    return sign == "\n" or (ord(sign) in font and unicodedata.bidirectional(sign) not in ("R", "AL"))


@cache
def code_points() -> frozenset[int]:
    """Those that both DejaVu Sans and its bold have: what is typed stands in either."""
    plain, bold = (
        _code_points((FONTS / name).read_bytes()) for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
    )
    return plain & bold


def _code_points(font: bytes) -> frozenset[int]:
    """Source: OpenType 1.9, ``cmap``, format 12: groups of first code, last code, glyph of the first."""
    (tables,) = struct.unpack_from("!H", font, 4)
    directory = (struct.unpack_from("!4sLLL", font, 12 + 16 * number) for number in range(tables))
    (start,) = (offset for tag, _, offset, _ in directory if tag == b"cmap")
    (maps,) = struct.unpack_from("!H", font, start + 2)
    places = (start + struct.unpack_from("!HHL", font, start + 4 + 8 * number)[2] for number in range(maps))
    at = next(place for place in places if struct.unpack_from("!H", font, place)[0] == _GROUPS)
    (groups,) = struct.unpack_from("!L", font, at + 12)
    ranges = (struct.unpack_from("!LL", font, at + 16 + 12 * number) for number in range(groups))
    return frozenset(code for first, last in ranges for code in range(first, last + 1))
