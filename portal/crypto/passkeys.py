"""Passkeys (WebAuthn): what a browser is asked for, and whether what it sent back was signed by the key.

The library is loaded only where a passkey is used: it takes longer than everything else of a login.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from portal.crypto.errors import CryptoError
from portal.crypto.primitives import derived, joined, keyed

NAME = "Potvarzhdenia ASP"  # of the portal, in the window of the browser or the telephone
LOCAL = "localhost"  # the one name that browsers trust without TLS
WAITS = 120_000  # milliseconds, for the person to find the key
LONGEST = 16_384  # letters of what a browser sends: a certificate of the key's maker may be in it
NONCE_BYTES = 32


class BadPasskey(CryptoError):
    """What the browser sent is not from this key, for this page, or of this challenge. Which of them is never
    told."""


@dataclass(frozen=True)
class Party:
    """To whom a key belongs (the relying party): the host's name, and where pages have to come from. Both are
    of the portal's settings, never of a request."""

    id: str
    origin: str


@dataclass(frozen=True)
class NewKey:
    """What a key says of itself when it is made; ``public_key`` is in COSE's form."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def party_of(address: str) -> Party | None:
    """None where browsers know no passkeys: without TLS, and at a number instead of a name."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if not host or _is_number(host) or (parts.scheme != "https" and host != LOCAL):
        return None
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return Party(host, f"{parts.scheme}://{host}{port}")


def challenge_of(pepper: bytes, *facts: bytes, at: datetime) -> bytes:
    """What the key has to sign. ``facts`` say for what, in which login and with which nonce: who can write
    them into the database cannot choose the challenge."""
    moment = at.isoformat().encode()
    return keyed(derived(pepper, "passkey challenge"), joined(*facts, moment))


def handle_of(pepper: bytes, person: str) -> bytes:
    """By what the key knows the account: always the same, and nobody's number."""
    return keyed(derived(pepper, "passkey handle"), person.encode())


def creation_options(
    party: Party, challenge: bytes, *, handle: bytes, email: str, name: str, known: list[bytes]
) -> str:
    """For ``navigator.credentials.create``, as JSON. The key need not keep the account (no resident key): who
    is asked for it has typed the address. It asks its owner for a PIN or a finger if it can."""
    import webauthn
    from webauthn.helpers import structs

    chosen = structs.AuthenticatorSelectionCriteria(
        resident_key=structs.ResidentKeyRequirement.DISCOURAGED,
        user_verification=structs.UserVerificationRequirement.PREFERRED,
    )
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=NAME,
        user_id=handle,
        user_name=email,
        user_display_name=name,
        challenge=challenge,
        timeout=WAITS,
        attestation=structs.AttestationConveyancePreference.NONE,
        authenticator_selection=chosen,
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=each) for each in known],
    )
    return webauthn.options_to_json(options)


def request_options(party: Party, challenge: bytes, known: list[bytes]) -> str:
    """For ``navigator.credentials.get``, as JSON: any of the ``known`` keys will do."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=WAITS,
        allow_credentials=[structs.PublicKeyCredentialDescriptor(id=each) for each in known],
        user_verification=structs.UserVerificationRequirement.PREFERRED,
    )
    return webauthn.options_to_json(options)


def made_key(text: str, party: Party, challenge: bytes) -> NewKey:
    """The key in a browser's answer to ``creation_options``; BadPasskey if it is none."""
    import webauthn

    sent = _read(text)
    try:
        made = webauthn.verify_registration_response(
            credential=sent,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
        )
    except Exception as error:  # the library trips over bytes that nobody foresaw in ways of its own
        raise BadPasskey(type(error).__name__) from None
    return NewKey(made.credential_id, made.credential_public_key, made.sign_count)


def credential_in(text: str) -> bytes:
    """Which key a browser says it has asked."""
    import webauthn

    try:
        return webauthn.base64url_to_bytes(str(_read(text)["rawId"]))
    except Exception as error:  # as above
        raise BadPasskey(type(error).__name__) from None


def count_of(text: str, party: Party, challenge: bytes, public_key: bytes) -> int:
    """How often the key says that it has signed, in a browser's answer to ``request_options``, after checking
    that it has signed this; BadPasskey if not. Whether the number has grown is for the caller to ask."""
    import webauthn

    sent = _read(text)
    try:
        verified = webauthn.verify_authentication_response(
            credential=sent,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
        )
    except Exception as error:  # as above
        raise BadPasskey(type(error).__name__) from None
    return verified.new_sign_count


def _read(text: str) -> dict[str, object]:
    if len(text) > LONGEST:
        raise BadPasskey("too long")
    try:
        sent = json.loads(text)
    except (ValueError, RecursionError):
        raise BadPasskey("no JSON") from None
    if not isinstance(sent, dict):
        raise BadPasskey("no object")
    return sent


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
