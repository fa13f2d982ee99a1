"""Argon2id as most tests meet it: the cast's salt is stretched once, any other by a digest.

To stretch one password takes a fifth of a second, and hundreds of tests choose one. What a portal in another
process has to understand is of the cast, whose one salt is stretched as everywhere.
"""

import hashlib
from functools import cache

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from tests.cast import SALT


class Quick:
    def __init__(self, *, salt: bytes, length: int, **cost: int) -> None:
        self._salt, self._length, self._cost = salt, length, tuple(cost.items())

    def derive(self, password: bytes) -> bytes:
        if self._salt == SALT:
            return _stretched(password, self._length, self._cost)
        key = hashlib.sha256(repr((self._salt, self._cost)).encode()).digest()
        return hashlib.blake2b(password, key=key, digest_size=self._length).digest()


@cache
def _stretched(password: bytes, length: int, cost: tuple[tuple[str, int], ...]) -> bytes:
    return Argon2id(salt=SALT, length=length, **dict(cost)).derive(password)
