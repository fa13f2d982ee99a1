"""The institution's envelope: a code on paper in the school's safe, and the key pair it unlocks."""

import hmac
import secrets
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from portal.crypto.errors import CannotOpen, KeyChanged, MistypedCode
from portal.crypto.primitives import derived, joined, keyed, opened, sealed

# Base 32 without I, L, O and U (Crockford): what is read aloud or copied by hand is not mistaken.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUP = 4  # letters
GROUPS = 14
SECRET_LETTERS, CHECK_LETTERS = 52, 4  # 260 random bits, the first whole letter above 256

# The whole code, read as a number, is a multiple of this prime, the largest below 32⁴. One wrong letter adds
# d·32ᵏ and two swapped neighbours d·31·32ᵏ with 0 < |d| < 32: never a multiple of it. Of anything else wrong,
# about one in a million passes.
_PRIME = 32**CHECK_LETTERS - 3

# How else people write these letters: look-alikes, and the same shapes of the Cyrillic keyboard.
_SAME = str.maketrans("OIL" + "АВСЕНКМОРТХІ", "011" + "ABCEHKM0PTX1")


def new_code() -> str:
    """A fresh code as it is printed: ``7KQ2-…``, 14 groups of four."""
    number = secrets.randbits(5 * SECRET_LETTERS) << 5 * CHECK_LETTERS
    number += -number % _PRIME
    letters = [ALPHABET[number >> 5 * at & 31] for at in reversed(range(SECRET_LETTERS + CHECK_LETTERS))]
    return "-".join(groups("".join(letters)))


def groups(code: str) -> tuple[str, ...]:
    """The code's groups of four, in order; the first is group 1 on paper."""
    letters = plain_letters(code)
    return tuple(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def read_code(text: str) -> str:
    """The letters of a code, however it was typed: small letters, spaces, dashes, O for 0, I and L for 1.

    MistypedCode if no such code was ever printed; that says nothing of whether it is the right one.
    """
    letters = plain_letters(text)
    if len(letters) != SECRET_LETTERS + CHECK_LETTERS or not set(letters) <= set(ALPHABET):
        raise MistypedCode(f"a code has {GROUPS} groups of {GROUP} letters and digits")
    number = 0
    for letter in letters:
        number = number << 5 | ALPHABET.index(letter)
    if number % _PRIME:
        raise MistypedCode("a letter is wrong, missing or in another place")
    return letters


def groups_mac(pepper: bytes, envelope: str, typed: Mapping[int, str]) -> bytes:
    """What is kept of the groups that are asked back, instead of the code: it proves them, and gives away
    no more than those groups to who has the pepper too."""
    parts = [joined(str(number).encode(), plain_letters(typed[number]).encode()) for number in sorted(typed)]
    return keyed(derived(pepper, "envelope groups"), joined(envelope.encode(), *parts))


def are_groups(pepper: bytes, envelope: str, typed: Mapping[int, str], mac: bytes) -> bool:
    """Whether these are the groups with these numbers, typed as tolerantly as the code."""
    return hmac.compare_digest(groups_mac(pepper, envelope, typed), mac)


def make_envelope(code: str, institution: str, envelope: str) -> tuple[bytes, bytes]:
    """A new X25519 pair: the public half, and the private half that only the code unwraps."""
    private = X25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    context = _context(institution, envelope, public)
    return public, sealed(_wrap_key(code), private.private_bytes_raw(), context)


def open_envelope(code: str, wrapped: bytes, public: bytes, institution: str, envelope: str) -> bytes:
    """The private half. MistypedCode for a slip of the hand, CannotOpen for another envelope's code."""
    private = opened(_wrap_key(code), wrapped, _context(institution, envelope, public))
    if X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw() != public:
        raise CannotOpen("the two halves do not belong together")
    return private


def envelope_mac(pepper: bytes, institution: str, envelope: str, public: bytes) -> bytes:
    """Binds the public half to its envelope, as ``keys.public_mac`` does for a person."""
    return keyed(pepper, joined(b"envelope key", institution.encode(), envelope.encode(), public))


def check_envelope(pepper: bytes, institution: str, envelope: str, public: bytes, mac: bytes) -> None:
    """Raise KeyChanged unless this is the key that the portal stored: else grants would go to a stranger."""
    if not hmac.compare_digest(envelope_mac(pepper, institution, envelope, public), mac):
        raise KeyChanged(f"the public key of envelope {envelope} is not the stored one")


def plain_letters(text: str) -> str:
    """What was meant by a code that a person typed, whatever the dashes and spaces are."""
    return "".join(filter(str.isalnum, text)).upper().translate(_SAME)


def _wrap_key(code: str) -> bytes:
    """Of 260 random bits, so nothing has to be stretched."""
    return derived(read_code(code).encode(), "envelope")


def _context(institution: str, envelope: str, public: bytes) -> bytes:
    return joined(b"envelope", institution.encode(), envelope.encode(), public)
