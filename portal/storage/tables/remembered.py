"""What is the same for every request of a process, asked of the database again after a few seconds."""

from collections.abc import Callable, Hashable
from time import monotonic
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from portal.storage.tables.db import db

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

SECONDS = 3.0  # within which a change by another process is seen


class Remembered(Generic[K, V]):
    """``ask``, whose result for a key is kept for ``SECONDS``, for the database that is open."""

    def __init__(self, ask: Callable[[K], V]) -> None:
        self._ask = ask
        self._kept: WeakKeyDictionary[Any, dict[K, tuple[float, V]]] = WeakKeyDictionary()

    def __call__(self, key: K) -> V:
        kept = self._kept.setdefault(db.obj, {})
        if key in kept and kept[key][0] > monotonic():
            return kept[key][1]
        asked = self._ask(key)
        kept[key] = monotonic() + SECONDS, asked
        return asked

    def forget(self) -> None:
        """Something of it has changed in this process: ask again."""
        self._kept.clear()
