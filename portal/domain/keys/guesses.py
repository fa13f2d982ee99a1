"""How many tries a password takes of who tries likely ones first, and what it is made of; by zxcvbn, with
lists of our own."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import factorial, prod
from typing import Any

from portal.domain.keys import words
from portal.domain.keys.layouts import folded, readings, transliterated

LONGEST_PART = 40  # characters that are looked at together; the time grows with the square
MOST_SWAPS = 8  # ways to read 0 as o, 1 as i or l, … that are tried; a crafted password has hundreds

# Where each of our lists begins in the order of guessing. Two ordinary words are too few, three are enough.
_LIKELY, _NAME, _SMALL, _ORDINARY = 1, 60, 100, 1000
_SCHOOL = re.compile(
    r"\d{1,3}(?:во|то|ва|ро|ви|vo|to|va|ro|vi)?"
    r"(?:соу|sou|coy|оу|ou|oy|су|su|cy|ну|nu|ny|пмг|pmg|пг|pg|цдг|cdg|tsdg|одз|odz|дг|dg|ег|eg)"
)
_REPEATED = (re.compile(r"(.+?)\1+"), re.compile(r"(.+)\1+"))
_SYMBOLS = re.compile(r"[\W_]")
_FEWEST_SHARED = 2  # letters or digits of a word that is looked for

_LISTED = "listed"  # whatever list it is of

Ranked = Mapping[str, int]
Match = dict[str, Any]


@dataclass(frozen=True)
class Estimate:
    """``guesses`` in the weakest reading; ``kinds`` are names of lists and patterns that it is made of.
    ``is_as_typed`` unless that reading is of another keyboard layout."""

    guesses: int
    kinds: tuple[str, ...]
    is_as_typed: bool


def estimate(password: str, known: Iterable[str] = (), *, enough: int) -> Estimate:
    """The weakest reading of the strongest end: a part that takes ``enough`` guesses proves the whole.

    ``known`` are words that whoever guesses knows of the person. Looks at no more than twice LONGEST_PART
    characters, so that no password takes long.
    """
    own = {word: _LIKELY for each in known for word in _spellings(each)}
    text = folded(password)  # before it is cut: one sign of Arabic becomes eighteen
    parts = dict.fromkeys((text[:LONGEST_PART], text[-LONGEST_PART:]))
    found: list[Estimate] = []
    for part in parts:
        found.append(_of_part(part, own, enough))
        if found[-1].guesses >= enough:
            break
    return max(found, key=lambda each: each.guesses)


def _of_part(part: str, own: Ranked, enough: int) -> Estimate:
    weakest: Estimate | None = None
    for number, reading in enumerate(readings(part)):
        for text, more in _bare(reading):
            guesses, kinds = _guesses(text, {"own": own, _LISTED: _listed()})
            if weakest is None or guesses * more < weakest.guesses:
                weakest = Estimate(guesses * more, kinds, number == 0)
            if weakest.guesses < enough:
                return weakest
    assert weakest is not None
    return weakest


def _bare(text: str) -> list[tuple[str, int]]:
    """The text, and the same without the signs between its words; with how many times as often that has to be
    guessed: one kind of sign is tried with everything, each other costs three times."""
    signs = set(_SYMBOLS.findall(text))
    bare = _SYMBOLS.sub("", text)
    if not signs or not bare:
        return [(text, 1)]
    return [(text, 1), (bare, 3 ** (len(signs) - 1))]


def _guesses(text: str, lists: Mapping[str, Ranked]) -> tuple[int, tuple[str, ...]]:
    """Of the likeliest way to put the text together, and what it is put together of."""
    from zxcvbn.scoring import most_guessable_match_sequence

    matches = list(_matches(text, lists))
    parts = most_guessable_match_sequence(text, matches, _exclude_additive=True)["sequence"]
    guesses = factorial(len(parts)) * prod(int(part["guesses"]) for part in parts)
    return guesses, tuple(dict.fromkeys(_kind(part) for part in parts))


def _matches(text: str, lists: Mapping[str, Ranked]) -> Iterator[Match]:
    """What zxcvbn finds, but within bounds: its own search of repetitions and exchanged letters has none."""
    from zxcvbn import matching

    yield from matching.dictionary_match(text, lists)
    yield from matching.reverse_dictionary_match(text, lists)
    swaps = matching.relevant_l33t_subtable(text, matching.L33T_TABLE)
    if prod(len(signs) for signs in swaps.values()) <= MOST_SWAPS:
        yield from matching.l33t_match(text, lists)
    yield from matching.spatial_match(text)
    yield from matching.sequence_match(text)
    yield from matching.regex_match(text)
    yield from matching.date_match(text)
    for school in _SCHOOL.finditer(text):
        yield _match(school, "dictionary", rank=_LIKELY, dictionary_name="portal", reversed=False, l33t=False)
    for pattern in _REPEATED:
        for repeated in pattern.finditer(text):
            base = repeated[1]
            once, _ = _guesses(base, lists)
            yield _match(repeated, "repeat", base_guesses=once, repeat_count=len(repeated[0]) // len(base))


def _match(found: re.Match[str], pattern: str, **more: Any) -> Match:
    return {"pattern": pattern, "token": found[0], "i": found.start(), "j": found.end() - 1, **more}


def _kind(match: Match) -> str:
    pattern: str = match["pattern"]
    if pattern == "dictionary":
        name: str = match["dictionary_name"]
        return _list_of(match["matched_word"], match["rank"]) if name == _LISTED else name
    if pattern == "bruteforce":
        return "digits" if match["token"].isdecimal() else "letters"
    return pattern


def _list_of(word: str, rank: int) -> str:
    return next(name for name, ranked in _lists().items() if ranked.get(word) == rank)


@cache
def _listed() -> Ranked:
    """Every word of every list at its best place: zxcvbn cuts the text anew for each list it is given."""
    listed: dict[str, int] = {}
    for ranked in _lists().values():
        for word, rank in ranked.items():
            listed[word] = min(rank, listed.get(word, rank))
    return listed


@cache
def _lists() -> dict[str, Ranked]:
    """zxcvbn's lists and ours, made when the first password is chosen: some megabytes, and a moment."""
    from zxcvbn.matching import RANKED_DICTIONARIES

    stems = words.FAMILIES.split()
    ours = {
        "common": _ranked(words.COMMON.split(), _LIKELY),
        "portal": _ranked(words.PORTAL.split(), _LIKELY),
        "time": _ranked([*words.YEARS.split(), *words.TIME.split()], _LIKELY),
        "names": _ranked(words.GIVEN.split(), _NAME),
        "families": _ranked([stem + ending for stem in stems for ending in ("", "а")], _NAME),
        "places": _ranked(words.PLACES.split(), _NAME),
        "small": _ranked(words.SMALL.split(), _SMALL),
        "words": _ranked(words.WORDS.split(), _ORDINARY),
    }
    return {**ours, **RANKED_DICTIONARIES}


def _ranked(listed: Iterable[str], first: int) -> Ranked:
    """Each in every spelling; what stands twice is as likely as the first."""
    ranked: dict[str, int] = {}
    for number, word in enumerate(listed):
        for spelling in _spellings(word):
            ranked.setdefault(spelling, first + number)
    return ranked


def _spellings(word: str) -> list[str]:
    spelled = (word, transliterated(word))
    return [each for each in dict.fromkeys(spelled) if len(each) >= _FEWEST_SHARED]
