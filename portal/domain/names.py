"""Names of people and places as they are compared when sorting and searching; they are kept as they came."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

FEWEST_SIGNS = 4  # of an identifier's end that find its holder (our decision)

# By shape, small letters: „Aнна“ with a Latin A is Анна, and „5А“ is one class, whichever keyboard typed it.
# Apostrophes and quotation marks are typed in many ways or not at all.
_SHAPES = str.maketrans("abcehkmoptxy", "авсенкмортху", "'’‘ʼ`´„“”\"«»")
_ACCENTS = re.compile("[\u0300-\u036f]")
_DASHES = re.compile("[-\u2010-\u2015\u2212]")
_BREVE = "\u0306"
_PARTS = re.compile(r"[0-9]+|[^0-9]+")


def folded(text: str) -> str:
    """One spelling of what reads alike: small letters, Cyrillic for Latin ones of the same shape, й in one
    code point and no other accent, no apostrophes or quotation marks, one space for spaces and dashes.

    Folding twice is folding once. What is searched together with names (addresses, codes) is folded, too.
    """
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
    bare = _ACCENTS.sub("", apart.replace(f"и{_BREVE}", "й"))
    return " ".join(_DASHES.sub(" ", bare.translate(_SHAPES)).split())


def finds(words: Sequence[str], text: str, number: str = "") -> bool:
    """Whether each of the folded ``words``, in whatever order, is part of ``text`` or ends the identifier."""
    if not words:
        return True
    whole = folded(text)
    return all(word in whole or ends(number, word) for word in words)


def ends(number: str, word: str) -> bool:
    """Whether the folded ``word`` is an identifier, or its last four digits or more."""
    return len(word) >= FEWEST_SIGNS and folded(number).endswith(word)


def by_number(name: str) -> list[tuple[int, str]]:
    """Sort key of a name in which ``9. ОУ`` stands before ``10. СУ``."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in _PARTS.findall(folded(name))]


@lru_cache(maxsize=8192)
def place_order(name: str) -> list[tuple[int, str]]:
    """The same of an institution's name, remembered: they are put in order on page after page."""
    return by_number(name)
