"""What may stand in the database, by what was answered; what is read later has to be among it."""

import threading
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Findings:
    """What went wrong, in words, and how often each answer came. Shared by all threads."""

    broken: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def breaks(self, promise: str) -> None:
        with self.guard:
            self.broken.append(promise)

    def counts(self, answer: str) -> None:
        with self.guard:
            self.answers[answer] += 1


@dataclass
class Kept:
    """One value that one person alone changes. ``possible`` has more than one member only while it is not
    known whether the last thing sent was stored."""

    name: str
    findings: Findings
    possible: set[Hashable]
    acknowledged: int = 0  # changes that were answered with „stored“

    def sending(self, value: Hashable) -> "Change":
        return Change(self, value, frozenset(self.possible))

    def seen(self, holds: Callable[[Any], bool], what: object) -> None:
        """It was read, by the person or at the end: ``holds`` says which values would read so."""
        left = {value for value in self.possible if holds(value)}
        if not left:
            self.findings.breaks(f"{self.name}: {sorted(map(str, self.possible))} expected, {what} read")
        self.possible = left or self.possible


@dataclass(frozen=True)
class Change:
    """Sent, and not yet answered: from here on both values are possible."""

    kept: Kept
    value: Hashable
    before: frozenset[Hashable]

    def __post_init__(self) -> None:
        self.kept.possible = {*self.before, self.value}

    def stored(self) -> None:
        self.kept.possible = {self.value}
        self.kept.acknowledged += 1

    def refused(self) -> None:
        self.kept.possible = set(self.before)
