"""The quarantine register's collection keys, its sealed records, and the manifest over all of them."""

import hmac
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.crypto.errors import CannotOpen, ManifestBroken
from portal.crypto.primitives import KEY_BYTES, NONCE_BYTES, TAG_BYTES, VERSION, derived, joined, keyed

BLOCK = 256  # bytes: a short name and a long one, a basis and a longer basis, look the same from outside
LENGTH_BYTES = 4
COMMITMENT_BYTES = 32
_NONCE_AT = len(VERSION) + COMMITMENT_BYTES
_BOX_AT = _NONCE_AT + NONCE_BYTES


@dataclass(frozen=True)
class Place:
    """Where something sealed belongs; moved anywhere else, or to another revision, it does not open.

    ``purpose`` tells a record from a month's snapshot, a reason and the manifest.
    """

    purpose: str
    institution: str
    collection: str
    epoch: int
    record: str = ""
    revision: int = 0

    @property
    def context(self) -> bytes:
        return joined(
            b"quarantine",
            VERSION,
            self.purpose.encode(),
            self.institution.encode(),
            self.collection.encode(),
            str(self.epoch).encode(),
            self.record.encode(),
            str(self.revision).encode(),
        )


def new_collection_key() -> bytes:
    """The key of one institution's school year, until the next revocation makes another."""
    return os.urandom(KEY_BYTES)


def new_id() -> str:
    """22 random letters: the name of a row says nothing of what came first or how many there are."""
    return secrets.token_urlsafe(16)


def key_mac(pepper: bytes, key: bytes, institution: str, collection: str, epoch: int) -> bytes:
    """The portal's mark on a collection key. HPKE hides a key from others but anybody can seal one:
    without the mark, who writes to the database could hand the director a key of their own."""
    about = joined(b"collection key", institution.encode(), collection.encode(), str(epoch).encode())
    return keyed(derived(pepper, "collection key"), about + derived(key, "collection key mark"))


def check_key(
    pepper: bytes, key: bytes, institution: str, collection: str, epoch: int, expected: bytes
) -> None:
    """Raise CannotOpen unless the portal made this key for this collection and epoch."""
    if not hmac.compare_digest(key_mac(pepper, key, institution, collection, epoch), expected):
        raise CannotOpen("the collection key is not the portal's")


def seal_record(key: bytes, plaintext: bytes, place: Place) -> bytes:
    """Version, commitment, nonce, and the padded text under a key that only this nonce and place have."""
    nonce = os.urandom(NONCE_BYTES)
    context = place.context
    record_key, commitment = _record_key(key, nonce, context)
    return VERSION + commitment + nonce + AESGCM(record_key).encrypt(nonce, _padded(plaintext), context)


def open_record(key: bytes, sealed: bytes, place: Place) -> bytes:
    """The plaintext of ``seal_record``, or CannotOpen.

    GCM alone can be made to open under two keys with two texts. The commitment names the one key, and is
    compared before anything is decrypted.
    """
    if not sealed.startswith(VERSION) or len(sealed) < _BOX_AT + TAG_BYTES + BLOCK:
        raise CannotOpen("not sealed by this version")
    nonce = sealed[_NONCE_AT:_BOX_AT]
    context = place.context
    record_key, commitment = _record_key(key, nonce, context)
    if not hmac.compare_digest(commitment, sealed[len(VERSION) : _NONCE_AT]):
        raise CannotOpen("wrong key, wrong place, or changed")
    try:
        return _unpadded(AESGCM(record_key).decrypt(nonce, sealed[_BOX_AT:], context))
    except InvalidTag:
        raise CannotOpen("wrong key, wrong place, or changed") from None


def manifest(key: bytes, place: Place, entries: Iterable[tuple[str, int]]) -> bytes:
    """A MAC over every (record, revision) of the collection, in any order."""
    rows = [joined(record.encode(), str(revision).encode()) for record, revision in sorted(entries)]
    return keyed(derived(key, "register manifest"), joined(place.context, *rows))


def check_manifest(key: bytes, place: Place, entries: Iterable[tuple[str, int]], expected: bytes) -> None:
    """Raise ManifestBroken if a row was deleted, added or rolled back since ``expected`` was made."""
    if not hmac.compare_digest(manifest(key, place, entries), expected):
        raise ManifestBroken("rows were deleted, added or rolled back")


def _record_key(key: bytes, nonce: bytes, context: bytes) -> tuple[bytes, bytes]:
    length = KEY_BYTES + COMMITMENT_BYTES
    both = HKDF(algorithm=hashes.SHA256(), length=length, salt=nonce, info=context).derive(key)
    return both[:KEY_BYTES], both[KEY_BYTES:]


def _padded(plaintext: bytes) -> bytes:
    framed = len(plaintext).to_bytes(LENGTH_BYTES, "big") + plaintext
    return framed + bytes(-len(framed) % BLOCK)


def _unpadded(padded: bytes) -> bytes:
    end = LENGTH_BYTES + int.from_bytes(padded[:LENGTH_BYTES], "big")
    if end > len(padded):
        raise CannotOpen("the length inside is wrong")
    return padded[LENGTH_BYTES:end]
