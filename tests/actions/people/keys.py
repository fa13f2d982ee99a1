"""A passkey in plain Python, as a browser and its key would answer: for tests that need no browser."""

import base64
import hashlib
import json
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN = "http://localhost"
HERE = "localhost"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40  # flags of what a key says (WebAuthn, 6.1)


def coded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Key:
    """``count`` is how often it has signed; one that never counts always says 0."""

    credential_id: bytes = b"credential of a key 1"
    count: int = 0
    counts: bool = True
    flags: int = PRESENT | VERIFIED
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def made(self, options: str, *, origin: str = ORIGIN, host: str = HERE) -> str:
        """The answer to ``navigator.credentials.create``."""
        attested = (
            bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + self._public()
        )
        said = self._said(host, self.flags | ATTESTED) + attested
        response = {
            "clientDataJSON": coded(client_data("webauthn.create", options, origin)),
            "attestationObject": coded(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": said})),
        }
        return self._answer(response)

    def used(self, options: str, *, origin: str = ORIGIN, host: str = HERE) -> str:
        """The answer to ``navigator.credentials.get``."""
        self.count += self.counts
        client = client_data("webauthn.get", options, origin)
        said = self._said(host, self.flags)
        signature = self.private.sign(said + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": coded(client),
            "authenticatorData": coded(said),
            "signature": coded(signature),
        }
        return self._answer(response)

    def _said(self, host: str, flags: int) -> bytes:
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _public(self) -> bytes:
        """COSE (RFC 9053): EC2, ES256, P-256."""
        point = self.private.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _answer(self, response: dict[str, str]) -> str:
        identity = coded(self.credential_id)
        return json.dumps({"id": identity, "rawId": identity, "type": "public-key", "response": response})


def client_data(kind: str, options: str, origin: str) -> bytes:
    said = {"type": kind, "challenge": json.loads(options)["challenge"], "origin": origin}
    return json.dumps(said | {"crossOrigin": False}).encode()
