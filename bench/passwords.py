"""What it costs to ask whether a password will do, also of one that is made to cost as much as it can."""

import random
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bench.table import Measure, show
from portal.actions.keys.passwords import stretched_anew
from portal.domain.errors import Refusal
from portal.domain.keys.passwords import LONGEST_PASSWORD, Owner, check_password
from portal.domain.keys.words import SMALL, WORDS

ANA = Owner("direktor@example.org", "Ана Янева", "39. СУ „Отец Паисий“")
USUAL = 200
# Signs of which each costs another search: letters in disguise, repetitions, dates, both alphabets.
COSTLY = (
    "4@8({[<369 1!|7 0$5+%2",
    "10ol",
    "0123456789",
    "0123456789-",
    "ab",
    "абвгде паролa",
    "аaеeоoсc",
    "1a!0|7",
    "\ufdfa",  # becomes eighteen letters
)
CRAFTED = 20  # of each
LOOKED_FOR = 200  # changes to the costliest of them, each kept where it costs more


def measured(folder: Path) -> bool:
    chance = random.Random(20)
    before = _memory()
    first = _seconds("зелен трактор пее тихо")
    lists = _memory() - before
    words = [*WORDS.split(), *SMALL.split()]
    usual = [" ".join(chance.choices(words, k=chance.randint(2, 6))) for _ in range(USUAL)]
    crafted = [_made(chance, signs) for signs in COSTLY for _ in range(CRAFTED)]
    worst = _climb(chance, max(crafted, key=_seconds))
    return show(
        "Asking whether a password will do",
        [
            Measure("the first in a process, with its lists", first * 1000, "ms", 500),
            Measure("memory of the lists", lists, "MB", 25),
            Measure("two to six words; median", _median(_seconds, usual) * 1000, "ms", 100),
            Measure("the costliest that was found", worst * 1000, "ms", 400),
            Measure("beside it: stretching a password", _median(_stretching, usual[:5]) * 1000, "ms"),
        ],
    )


def _made(chance: random.Random, signs: str) -> str:
    return "".join(chance.choices(signs, k=chance.choice((12, 40, 80, LONGEST_PASSWORD))))


def _climb(chance: random.Random, password: str) -> float:
    """Seconds of the costliest near this one, each tried twice: that the machine was busy is no cost."""
    worst = min(_seconds(password), _seconds(password))
    for _ in range(LOOKED_FOR):
        place = chance.randrange(len(password))
        other = password[:place] + chance.choice("".join(COSTLY)) + password[place + 1 :]
        seconds = min(_seconds(other), _seconds(other))
        if seconds > worst:
            password, worst = other, seconds
    return worst


def _seconds(password: str) -> float:
    started = time.perf_counter()
    with suppress(Refusal):
        check_password(password, ANA)
    return time.perf_counter() - started


def _stretching(password: str) -> float:
    started = time.perf_counter()
    stretched_anew(password)
    return time.perf_counter() - started


def _median(seconds: Callable[[str], float], passwords: list[str]) -> float:
    return statistics.median(map(seconds, passwords))


def _memory() -> float:
    """Of this process, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024
