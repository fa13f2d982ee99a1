"""Making and checking signatures on declarations."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from portal.crypto.primitives import joined

# A key signs declarations and nothing else: a signature made elsewhere with it would not verify here.
DOMAIN = joined(b"portal declaration v1")


def sign(private_ed25519: bytes, message: bytes) -> bytes:
    """The 64 bytes of the signature. ``message`` is the declaration, byte for byte."""
    return Ed25519PrivateKey.from_private_bytes(private_ed25519).sign(DOMAIN + message)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` was made over ``message`` with that key; anything malformed is False."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, DOMAIN + message)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True
