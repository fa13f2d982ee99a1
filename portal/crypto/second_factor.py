"""Codes of a second factor: those that an application shows (TOTP, RFC 6238), and those for a lost phone."""

import base64
import hmac
import os
import re
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

from portal.crypto.envelope import ALPHABET, GROUP, plain_letters
from portal.crypto.primitives import derived, joined, keyed

SECRET_BYTES = 20  # RFC 4226, section 4, R6
STEP = 30  # seconds; with SHA-1 and six digits what every application can do
DIGITS = 6
DRIFT = 1  # steps to either side: clocks differ, and typing takes a while (RFC 6238, section 5.2)

RECOVERY_CODES = 10
RECOVERY_LETTERS = 12  # 60 random bits

_CODE = re.compile(rf"[0-9]{{{DIGITS}}}", re.ASCII)


def new_secret() -> bytes:
    return os.urandom(SECRET_BYTES)


def step_at(at: datetime) -> int:
    """In which step of time a moment lies."""
    return int(at.timestamp()) // STEP


def code_at(secret: bytes, step: int) -> str:
    """The code of one step (RFC 4226, section 5.3, with the step as the counter)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(secret: bytes, code: str, *, at: datetime) -> int | None:
    """The step that the code is of, if it is one of those that count at this moment."""
    here = step_at(at)
    steps = range(max(0, here - DRIFT), here + DRIFT + 1)
    found = [step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), code.encode())]
    return found[-1] if found else None


def is_totp(text: str) -> bool:
    """Whether this has the form of an application's code."""
    return _CODE.fullmatch(text) is not None


def without_blanks(text: str) -> str:
    """A code as applications and people group it: ``123 456``, ``123-456``."""
    return "".join(filter(str.isalnum, text))


def secret_text(secret: bytes) -> str:
    """For who types it into the application: base 32, in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def provisioning_uri(secret: bytes, *, issuer: str, account: str) -> str:
    """What the QR code says: ``otpauth://totp/ISSUER:ACCOUNT?secret=…&issuer=…``, the format that
    applications share."""
    named = urlencode({"secret": base64.b32encode(secret).decode(), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{named}"


def new_recovery_codes() -> list[str]:
    """As they are printed: ``7KQ2-M3TX-9ABC``."""
    return [
        _grouped("".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LETTERS)))
        for _ in range(RECOVERY_CODES)
    ]


def recovery_hash(pepper: bytes, person: str, code: str) -> bytes:
    """What the account ``person`` keeps of a code, however it is typed: copied to another account, or made
    without the pepper, it is nobody's."""
    return keyed(derived(pepper, "recovery code"), joined(person.encode(), plain_letters(code).encode()))


def second_factor_key(pepper: bytes) -> bytes:
    """Seals the secrets of second factors, each for its account."""
    return derived(pepper, "second factor")


def _grouped(code: str) -> str:
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))
