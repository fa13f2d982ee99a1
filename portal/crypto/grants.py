"""Granting a collection key to one person or envelope: only their private key can take it out."""

import hmac
from dataclasses import dataclass
from datetime import date

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from portal.crypto.errors import CannotOpen, KeyChanged
from portal.crypto.primitives import KEY_BYTES, VERSION, derived, joined, keyed

MARK_BYTES = 32
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)  # RFC 9180, base mode


@dataclass(frozen=True)
class GrantContext:
    """What the grant is for. A row changed in any of it no longer opens: no later end, no wider scope.

    ``holder`` is ``user:<id>`` or ``envelope:<id>``; ``until`` is the last day, none for no end.
    """

    institution: str
    collection: str
    epoch: int
    holder: str
    scope: str
    until: date | None = None

    @property
    def info(self) -> bytes:
        return joined(
            b"quarantine grant",
            VERSION,
            self.institution.encode(),
            self.collection.encode(),
            str(self.epoch).encode(),
            self.holder.encode(),
            self.scope.encode(),
            (self.until.isoformat() if self.until else "").encode(),
        )


def seal_grant(public_x25519: bytes, key: bytes, context: GrantContext) -> bytes:
    """The collection key for one holder. The public key must have been checked (``keys.check_public``,
    ``envelope.check_envelope``); KeyChanged for bytes that nobody can receive with."""
    if len(key) != KEY_BYTES:
        raise ValueError(f"a collection key has {KEY_BYTES} bytes")
    try:
        public = X25519PublicKey.from_public_bytes(public_x25519)
        box = VERSION + _SUITE.encrypt(key, public, info=context.info)
    except ValueError:  # a wrong length, or a point of low order
        raise KeyChanged(f"the public key of {context.holder} is none") from None
    return box + _mark(key, public_x25519, box, context)


def open_grant(private_x25519: bytes, sealed: bytes, context: GrantContext) -> bytes:
    """The collection key; CannotOpen for another holder, another context, or changed bytes."""
    if not sealed.startswith(VERSION):
        raise CannotOpen("not sealed by this version")
    try:
        private = X25519PrivateKey.from_private_bytes(private_x25519)
        key = _SUITE.decrypt(sealed[len(VERSION) : -MARK_BYTES], private, info=context.info)
    except (InvalidTag, ValueError):
        raise CannotOpen("wrong key, wrong place, or changed") from None
    if len(key) != KEY_BYTES or not is_grant(key, private.public_key().public_bytes_raw(), sealed, context):
        raise CannotOpen("no collection key inside")
    return key


def is_grant(key: bytes, public_x25519: bytes, sealed: bytes, context: GrantContext) -> bool:
    """Whether somebody who had the key gave it to this public key.

    A row that looks like a grant can be written by anybody who writes to the database; whoever renews the
    key must not take it for one, or the next epoch would be sealed to a stranger.
    """
    box, mark = sealed[:-MARK_BYTES], sealed[-MARK_BYTES:]
    return hmac.compare_digest(mark, _mark(key, public_x25519, box, context))


def _mark(key: bytes, public_x25519: bytes, box: bytes, context: GrantContext) -> bytes:
    return keyed(derived(key, "grant mark"), joined(context.info, public_x25519, box))
