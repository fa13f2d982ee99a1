"""From a password to keys: Argon2id makes one root, from which the login proof and the unlock key follow."""

import hmac
import os
import unicodedata
from dataclasses import dataclass

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from portal.crypto.errors import WeakParameters
from portal.crypto.primitives import KEY_BYTES, derived, keyed
from portal.crypto.slots import Slots

SALT_BYTES = 16


@dataclass(frozen=True)
class KdfParams:
    """What Argon2id costs; stored for each person."""

    memory_kib: int
    iterations: int
    lanes: int

    def covers(self, other: "KdfParams") -> bool:
        """Whether none of the three is below ``other``."""
        return (
            self.memory_kib >= other.memory_kib
            and self.iterations >= other.iterations
            and self.lanes >= other.lanes
        )


CURRENT = KdfParams(memory_kib=64 * 1024, iterations=3, lanes=1)
# OWASP Password Storage Cheat Sheet: the least that it accepts for Argon2id with two iterations.
MINIMUM = KdfParams(memory_kib=19 * 1024, iterations=2, lanes=1)
# A changed row must not make the server reserve all its memory either.
MAXIMUM = KdfParams(memory_kib=256 * 1024, iterations=12, lanes=4)

SLOTS = Slots()
# Browsers in which nobody has logged in take this turn first, and so at most one of the two: whoever floods
# the login leaves the other to signing and to those who were here before. Two of a process's eight threads
# may wait for it: more would be missing to those who are in already.
STRANGERS = Slots(name="stranger", count=1, places=2)


def new_salt() -> bytes:
    return os.urandom(SALT_BYTES)


def derive_root(password: str, salt: bytes, params: KdfParams = CURRENT, *, slots: Slots = SLOTS) -> bytes:
    """The 32 bytes that everything of this person begins with; takes about 0.2 s and 64 MiB.

    The password is taken in NFC, so that „й“ is one letter however the keyboard sends it. Raises
    WeakParameters for stored parameters outside MINIMUM and MAXIMUM, and Busy after a long wait for a turn.
    """
    if not (params.covers(MINIMUM) and MAXIMUM.covers(params)):
        raise WeakParameters("the stored parameters are outside the bounds")
    if len(salt) != SALT_BYTES:
        raise WeakParameters(f"a salt has {SALT_BYTES} bytes")
    # A lone surrogate is no text, but a request may carry one: it is a wrong password, not a defect.
    secret = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    stretch = Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=params.iterations,
        lanes=params.lanes,
        memory_cost=params.memory_kib,
    )
    with slots.turn():
        return stretch.derive(secret)


def needs_raise(params: KdfParams) -> bool:
    """Whether the person's parameters are behind today's: raise them at the next login."""
    return not params.covers(CURRENT)


def login_tag(pepper: bytes, root: bytes) -> bytes:
    """What the database keeps to know the password again. Without the pepper it cannot be tried against."""
    return keyed(pepper, derived(root, "login"))


def is_login(pepper: bytes, root: bytes, tag: bytes) -> bool:
    """Whether ``tag`` was made from this root; takes the same time either way."""
    return hmac.compare_digest(login_tag(pepper, root), tag)


def unlock_key(pepper: bytes, root: bytes) -> bytes:
    """The key that wraps the person's private keys."""
    return derived(root + pepper, "unlock")
