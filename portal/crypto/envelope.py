"""The institution's envelope: a code on paper in the school's safe, and the key pair it unlocks."""

import hmac
import secrets
from collections.abc import Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from portal.crypto.errors import CannotOpen, KeyChanged, MistypedCode
from portal.crypto.primitives import derived, joined, keyed, opened, sealed

# Base 32 without I, L, O and U (Crockford): what is read aloud or copied by hand is not mistaken.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUP = 4  # letters: three that are random, and one by which a slip in this very group is seen
GROUPS = 14  # 210 random bits

# The group's last letter is K + a·x + b·y + c·z in the field of 32 elements, where K is the group's number.
# All factors differ: one wrong letter, two swapped neighbours or two swapped groups never fit. Of anything
# else in a group, one in 32 fits. static/js/envelope.js does the same.
_FACTORS = (8, 4, 2)
_FIELD = 0b100101  # x⁵ + x² + 1

# Before, the last four letters of all made the whole, read as a number, a multiple of this prime, the largest
# below 32⁴. Such codes lie in safes.
_PRIME = 32**4 - 3

# How else people write these letters: look-alikes, and the same shapes of the Cyrillic keyboard.
_SAME = str.maketrans("OIL" + "АВСЕНКМОРТХІ", "011" + "ABCEHKM0PTX1")


def new_code() -> str:
    """A fresh code as it is printed: ``7KQ2-…``, 14 groups of four."""
    return "-".join(_group(number, secrets.randbits(15)) for number in range(1, GROUPS + 1))


def groups(code: str) -> tuple[str, ...]:
    """The code's groups of four, in order; the first is group 1 on paper."""
    letters = plain_letters(code)
    return tuple(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def read_code(text: str) -> str:
    """The letters of a code, however it was typed: small letters, spaces, dashes, O for 0, I and L for 1.

    MistypedCode if no such code was ever printed; that says nothing of whether it is the right one.
    """
    letters = plain_letters(text)
    if len(letters) != GROUPS * GROUP or not set(letters) <= set(ALPHABET):
        raise MistypedCode(f"a code has {GROUPS} groups of {GROUP} letters and digits")
    if (
        not all(_fits(number, typed) for number, typed in enumerate(groups(letters), 1))
        and _number(letters) % _PRIME
    ):
        raise MistypedCode("a letter is wrong, missing or in another place")
    return letters


def mistyped_groups(text: str) -> tuple[int, ...]:
    """The numbers of the groups with a slip in them. ``text`` has a dash between two groups, or four letters
    in each.

    None where fewer than half of them fit: then it is a code from before groups were checked one by one, or
    no code at all, and nothing can be said of a single group.
    """
    parts = text.split("-")
    typed = [plain_letters(part) for part in parts] if len(parts) == GROUPS else list(groups(text))
    wrong = tuple(number for number, letters in enumerate(typed, 1) if not _fits(number, letters))
    return wrong if len(typed) == GROUPS and 2 * len(wrong) < GROUPS else ()


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


def _group(number: int, bits: int) -> str:
    letters = [bits >> 5 * at & 31 for at in (2, 1, 0)]
    return "".join(ALPHABET[each] for each in (*letters, _check(number, letters)))


def _fits(number: int, typed: str) -> bool:
    """Whether the letters of one group, as ``plain_letters`` gives them, are such a group."""
    if len(typed) != GROUP or not set(typed) <= set(ALPHABET):
        return False
    *letters, check = (ALPHABET.index(letter) for letter in typed)
    return check == _check(number, letters)


def _check(number: int, letters: Sequence[int]) -> int:
    check = number
    for factor, letter in zip(_FACTORS, letters, strict=True):
        check ^= _product(factor, letter)
    return check


def _product(one: int, other: int) -> int:
    """In the field of 32 elements."""
    found = 0
    while other:
        found ^= one if other & 1 else 0
        one, other = one << 1, other >> 1
        one ^= _FIELD if one & 32 else 0
    return found


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number << 5 | ALPHABET.index(letter)
    return number


def _wrap_key(code: str) -> bytes:
    """Of 210 random bits, so nothing has to be stretched."""
    return derived(read_code(code).encode(), "envelope")


def _context(institution: str, envelope: str, public: bytes) -> bytes:
    return joined(b"envelope", institution.encode(), envelope.encode(), public)
