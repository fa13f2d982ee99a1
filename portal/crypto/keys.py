"""A person's keys: making, wrapping and unlocking them. X25519 receives sealed keys, Ed25519 signs."""

import hmac
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from portal.crypto.errors import CannotOpen, KeyChanged, WrongPassword
from portal.crypto.primitives import joined, keyed, opened, sealed

RECEIVES = "x25519"
SIGNS = "ed25519"


@dataclass(frozen=True)
class PersonKeys:
    """What the database keeps of one person; without password and pepper it opens and signs nothing."""

    x25519_public: bytes
    ed25519_public: bytes
    wrapped_x25519: bytes
    wrapped_ed25519: bytes
    mac: bytes  # over the public halves, by the pepper: a swapped key is noticed


def make_person_keys(unlock: bytes, pepper: bytes, person: str) -> PersonKeys:
    """Two new key pairs. ``person`` names the row that will hold them and never changes."""
    receives = X25519PrivateKey.generate()
    signs = Ed25519PrivateKey.generate()
    x_public = receives.public_key().public_bytes_raw()
    e_public = signs.public_key().public_bytes_raw()
    return PersonKeys(
        x25519_public=x_public,
        ed25519_public=e_public,
        wrapped_x25519=sealed(unlock, receives.private_bytes_raw(), _context(person, RECEIVES, x_public)),
        wrapped_ed25519=sealed(unlock, signs.private_bytes_raw(), _context(person, SIGNS, e_public)),
        mac=public_mac(pepper, person, x_public, e_public),
    )


def unwrap_x25519(unlock: bytes, wrapped: bytes, person: str, public: bytes) -> bytes:
    """The private key that opens what was sealed for this person; WrongPassword if it does not open."""
    return _unwrapped(unlock, wrapped, _context(person, RECEIVES, public))


def unwrap_ed25519(unlock: bytes, wrapped: bytes, person: str, public: bytes) -> bytes:
    """The private key that signs, for one signature only; WrongPassword if it does not open."""
    return _unwrapped(unlock, wrapped, _context(person, SIGNS, public))


def rewrap(old_unlock: bytes, new_unlock: bytes, keys: PersonKeys, person: str) -> PersonKeys:
    """The same keys under a new password, so that old signatures and grants stay the person's."""
    x_context = _context(person, RECEIVES, keys.x25519_public)
    e_context = _context(person, SIGNS, keys.ed25519_public)
    return replace(
        keys,
        wrapped_x25519=sealed(new_unlock, _unwrapped(old_unlock, keys.wrapped_x25519, x_context), x_context),
        wrapped_ed25519=sealed(
            new_unlock, _unwrapped(old_unlock, keys.wrapped_ed25519, e_context), e_context
        ),
    )


def public_mac(pepper: bytes, person: str, x25519_public: bytes, ed25519_public: bytes) -> bytes:
    """Binds both public keys to the person; only who has the pepper can make it."""
    return keyed(pepper, joined(b"public keys", person.encode(), x25519_public, ed25519_public))


def check_public(pepper: bytes, person: str, x25519_public: bytes, ed25519_public: bytes, mac: bytes) -> None:
    """Raise KeyChanged unless these are the public keys that were stored for this person."""
    if not hmac.compare_digest(public_mac(pepper, person, x25519_public, ed25519_public), mac):
        raise KeyChanged(f"the public keys of person {person} are not the stored ones")


def _context(person: str, purpose: str, public: bytes) -> bytes:
    return joined(b"private key", person.encode(), purpose.encode(), public)


def _unwrapped(unlock: bytes, wrapped: bytes, context: bytes) -> bytes:
    try:
        return opened(unlock, wrapped, context)
    except CannotOpen:
        raise WrongPassword("the private key does not open") from None
