"""Sealing bytes so that they open only in their own place of storage."""

from collections.abc import Sequence

from portal.crypto.errors import CannotOpen
from portal.crypto.primitives import KEY_BYTES, joined, opened, sealed


class Vault:
    """Seals bytes for one place in the database. Keys come newest first: the first seals, all open."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise ValueError(f"a vault needs keys of {KEY_BYTES} bytes")
        self._keys = tuple(keys)

    def seal(self, plaintext: bytes, place: str) -> bytes:
        """``place`` names row and column (``outbox/42/body``); it is not secret."""
        return sealed(self._keys[0], plaintext, _context(place))

    def open(self, box: bytes, place: str) -> bytes:
        """What was sealed for this place; CannotOpen for anything else."""
        for key in self._keys:
            try:
                return opened(key, box, _context(place))
            except CannotOpen:
                continue
        raise CannotOpen("none of the keys opens it in this place")


def _context(place: str) -> bytes:
    return joined(b"vault", place.encode())
