"""Argon2id that stretches one password with one salt once: it would take as long again for the same bytes."""

from functools import cache

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id


@cache
def _stretched(password: bytes, cost: tuple[tuple[str, object], ...]) -> bytes:
    return Argon2id(**dict(cost)).derive(password)


class Remembering:
    def __init__(self, **cost: object) -> None:
        self._cost = tuple(cost.items())

    def derive(self, password: bytes) -> bytes:
        return _stretched(password, self._cost)
