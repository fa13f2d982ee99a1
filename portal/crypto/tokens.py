"""Random tokens: what the database keeps of them, and what is sealed or proved with them."""

import base64
import hashlib
import hmac
import os
import re
import secrets

from portal.crypto.errors import MalformedToken
from portal.crypto.primitives import derived, joined, opened, sealed

TOKEN_BYTES = 32
TAG_BYTES = 6
PROOF_BYTES = 16  # of a form: nobody guesses 128 bits, and each page carries them, which no line shortens
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_MASKED = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def new_token() -> str:
    """256 random bits as URL-safe text of 43 letters: a session's id, an activation address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_digest(text: str) -> bytes:
    """What the database keeps instead of the token; MalformedToken for a text that cannot be one."""
    return hashlib.sha256(_checked(text)).digest()


def wrap_for_session(token: str, x25519_private: bytes, session_digest: bytes) -> bytes:
    """Seal the private key for one session row: only the cookie that holds ``token`` opens it."""
    return sealed(_session_key(token), x25519_private, joined(b"session", session_digest))


def unwrap_for_session(token: str, wrapped: bytes, session_digest: bytes) -> bytes:
    """The private key again; CannotOpen with another cookie or from another row."""
    return opened(_session_key(token), wrapped, joined(b"session", session_digest))


def csrf_secret(token: str) -> bytes:
    """What the forms of this login, or of this visitor without one, prove; it lives as long as the cookie."""
    return derived(_checked(token), "csrf")[:PROOF_BYTES]


def session_tag(token: str) -> str:
    """Eight letters by which a page's script tells this login from another; they prove nothing."""
    return base64.urlsafe_b64encode(derived(_checked(token), "tag")[:TAG_BYTES]).decode()


def mask(secret: bytes) -> str:
    """A fresh text for each form: an equal one in every response could be guessed by size (BREACH)."""
    if len(secret) != PROOF_BYTES:
        raise ValueError(f"a secret to mask has {PROOF_BYTES} bytes")
    pad = os.urandom(PROOF_BYTES)
    return base64.urlsafe_b64encode(pad + _xor(pad, secret)).rstrip(b"=").decode()


def unmask(text: str) -> bytes | None:
    """The secret inside, or None if nobody here made this text."""
    if _MASKED.fullmatch(text) is None:
        return None
    both = base64.urlsafe_b64decode(text + "=")
    return _xor(both[:PROOF_BYTES], both[PROOF_BYTES:])


def is_masked(secret: bytes, text: str) -> bool:
    """Whether ``text`` is a mask of ``secret``; takes the same time for every well-formed text."""
    found = unmask(text)
    return found is not None and hmac.compare_digest(found, secret)


def _checked(token: str) -> bytes:
    if _TOKEN.fullmatch(token) is None:
        raise MalformedToken("not a token")
    return token.encode("ascii")


def _session_key(token: str) -> bytes:
    return derived(_checked(token), "session")


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
