"""A simulated BISS: the program that signs with a card on a person's computer, as B-Trust's does over https.

For tests, ``with Biss(card) as biss:``; its attributes say how the person and the program behave.
For the demo, ``python -m tests.browser.biss``: an authority of its own, which the demo trusts, and the
card of its director.
"""

import argparse
import base64
import fcntl
import hashlib
import itertools
import json
import os
import re
import socket
import ssl
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from portal.crypto.qualified.trust import is_issued_by
from portal.demo.schools import ACCOUNTS
from portal.domain.signing.declaration import grouped
from portal.instance import INSTANCE
from tests.crypto.qualified import authority as authorities
from tests.crypto.qualified.authority import Authority, Card, computer, real_now
from tests.waiting import PATIENCE

HOST = "127.0.0.1"
PORTS = range(53952, 53956)
LOCK = Path(tempfile.gettempdir()) / "portal-tests-biss.lock"
TURN = 300  # seconds that one test waits for another's ports
LOCAL = re.compile(r"https?://(127\.0\.0\.1|localhost)(:\d+)?")  # who may ask: it signs without a PIN
ASKED_TO_SIGN = {
    "version": "1.0",
    "signatureType": "signature",
    "contentType": "data",
    "hashAlgorithm": "SHA256",
}
VOUCHED = {"signedContents", "signedContentsCert"}
MOST = 100_000  # bytes of a request


class Biss:
    """Serves ``cards``; the person chooses the first, unless ``chosen`` says another."""

    def __init__(self, *cards: Card, issuers: tuple[Card, ...] = (), identity: Card | None = None) -> None:
        self.cards = cards
        self.issuers = issuers  # follow the chosen certificate in its chain
        self.chosen = cards[0] if cards else None
        self.signs_with: Card | None = None  # somebody changed the card after the choice
        self.refuses = "401", "Грешен ПИН"  # what "/sign" says if it is cancelled
        self.cancels: set[str] = set()  # "/getsigner": no certificate is chosen; "/sign": no PIN is given
        self.garbage: set[str] = set()  # paths that answer something that is not JSON
        self.breaks: set[str] = set()  # paths that answer HTTP 500
        self.hangs_up: set[str] = set()  # paths that answer nothing at all
        self.slow: dict[str, float] = {}  # seconds that a path takes
        self.version: object = "2.32"
        self.says_numbers = False  # whether its codes are numbers, as of some versions
        self.demands = False  # whether it signs only for a site that vouches for what is to be signed
        self.raw = False  # whether an EC key signs as r and s side by side, as some cards do
        self.asked: list[tuple[str, dict, dict[str, str]]] = []  # path, JSON and headers of every POST
        self.languages: set[str | None] = set()  # in which it was asked to speak, by every request
        self.answered: list[str] = []  # their paths, whoever still listened
        self.signed: Callable[[bytes], None] = lambda attributes: None
        self._identity = identity or computer("localhost", HOST)
        self._server: ThreadingHTTPServer | None = None
        self._held: dict[str, threading.Event] = {}

    @property
    def address(self) -> str:
        assert self._server is not None
        return f"https://localhost:{self._server.server_address[1]}"

    def times(self, path: str) -> int:
        """How often it was asked."""
        return sum(asked == path for asked, _, _ in self.asked)

    def __enter__(self) -> "Biss":
        self._ports = the_ports()
        self._ports.__enter__()
        try:
            self.start()
        except BaseException:
            self._ports.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        self._ports.__exit__(None, None, None)

    def start(self) -> None:
        """Serve on the first port of the four that is free."""
        self._server = _listening(self)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile(suffix=".pem") as file:  # ssl reads keys from files only
            file.write(self._identity.pem + self._identity.key_pem)
            file.flush()
            context.load_cert_chain(file.name)
        # The handshake is the request's thread's: a connection that says nothing holds up nobody.
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self.release()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def hold(self, *paths: str) -> None:
        """The person takes all the time in the world, until ``release``."""
        self._held = {path: threading.Event() for path in paths}

    def release(self, *paths: str) -> None:
        """Let these paths answer, or all."""
        for path in paths or tuple(self._held):
            self._held.pop(path).set()

    def take_time(self, path: str) -> None:
        time.sleep(self.slow.get(path, 0))
        if gate := self._held.get(path):
            gate.wait()

    def choose(self, request: dict) -> dict:
        if "/getsigner" in self.cancels or self.chosen is None:
            return failed("400", "Операцията е отказана от потребителя")
        chain = [card.der for card in (self.chosen, *self.issuers)]
        return {"chain": [_base64(der) for der in chain], **fine("Избран е сертификат")}

    def sign(self, request: dict) -> dict:
        card = next((c for c in self.cards if _base64(c.der) == request.get("signerCertificateB64")), None)
        contents = request.get("contents")
        if {name: request.get(name) for name in ASKED_TO_SIGN} != ASKED_TO_SIGN or len(contents or ()) != 1:
            return failed("400", "Липсват задължителни параметри")
        if not all(isinstance(text, str) and text for text in request.get("confirmText") or [None]):
            return failed("400", "Няма какво да се покаже за потвърждение")
        if card is None:
            return failed("404", "Няма такъв сертификат")
        if "/sign" in self.cancels:
            return failed(*self.refuses)
        attributes = base64.b64decode(contents[0], validate=True)
        if (self.demands or request.keys() & VOUCHED) and not is_vouched(attributes, request):
            return failed("403", "Сайтът не е доверен: липсва сертификат на сайта")
        signature = signed((self.signs_with or card).key, attributes, raw=self.raw)
        self.signed(attributes)
        return {
            "signatures": [_base64(signature)],
            "signatureType": "signature",
            **fine("Подписано"),
        }


class _Handler(BaseHTTPRequestHandler):
    biss: Biss
    timeout = 30  # seconds of silence

    def do_OPTIONS(self) -> None:
        self._answer(204, b"")

    def do_GET(self) -> None:
        version = {"version": self.biss.version, "httpMethods": "GET, POST", "contentTypes": "data, digest"}
        more = {"signatureTypes": "signature", "selectorAvailable": True, "hashAlgorithms": "SHA256, SHA512"}
        self._do({"/version": lambda request: version | more}, {})

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(min(size, MOST))
        try:
            request = json.loads(body)
        except ValueError:
            request = {}
        self.biss.asked.append((self.path, request, dict(self.headers)))
        try:
            self._do({"/getsigner": self.biss.choose, "/sign": self.biss.sign}, request)
        finally:
            self.biss.answered.append(self.path)

    def _do(self, deeds: dict[str, Callable[[dict], dict]], request: dict) -> None:
        deed = deeds.get(self.path)
        self.biss.languages.add(self.headers.get("Accept-Language"))
        if not self._may_ask():
            return self._answer(403, b"")
        if deed is None:
            return self._answer(404, b"")
        self.biss.take_time(self.path)
        if self.path in self.biss.hangs_up:
            return None
        if self.path in self.biss.garbage:
            return self._answer(200, b"<html>?</html>")
        if self.path in self.biss.breaks:
            return self._json(500, failed("500", "Вътрешна грешка"))
        return self._json(200, deed(request))

    def _may_ask(self) -> bool:
        origin = self.headers.get("Origin")
        return origin is None or LOCAL.fullmatch(origin) is not None

    def _json(self, status: int, answer: dict) -> None:
        if self.biss.says_numbers and "reasonCode" in answer:
            answer = answer | {"reasonCode": int(answer["reasonCode"])}
        self._answer(status, json.dumps(answer, ensure_ascii=False).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        if self.headers.get("Origin") and self._may_ask():
            self.send_header("Access-Control-Allow-Origin", self.headers["Origin"])
            self.send_header("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
            self.send_header("Access-Control-Allow-Headers", "Content-Type")
            self.send_header("Access-Control-Allow-Private-Network", "true")
            self.send_header("Access-Control-Allow-Local-Network-Access", "true")
            self.send_header("Vary", "Origin")
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *line: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a slow answer that nobody waits for any more
    allow_reuse_address = True

    def handle_error(self, request: object, address: object) -> None:
        """A browser that hangs up, or does not trust the certificate yet, is an everyday thing."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, address)


def _listening(biss: Biss) -> _Server:
    handler = type("Handler", (_Handler,), {"biss": biss})
    for port in PORTS:
        with suppress(OSError):
            return _Server((HOST, port), handler)
    raise OSError(f"None of the ports {PORTS[0]}…{PORTS[-1]} is free.")


@contextmanager
def the_ports() -> Iterator[None]:
    """Hold the four ports: two tests that run at once take turns. Nothing else may answer on them."""
    with LOCK.open("w") as lock:
        until = time.monotonic() + TURN
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise TimeoutError(f"{LOCK} is held by another test for too long.") from None
                time.sleep(0.05)
        # The system gives away these ports as well: a server of another test may have one for a moment.
        until = time.monotonic() + PATIENCE
        while taken := [port for port in PORTS if _answers(port)]:
            if time.monotonic() > until:
                raise OSError(
                    f"Something answers on port {taken[0]}: stop BISS, or the demo's, for the tests."
                )
            time.sleep(0.2)
        yield


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def fine(text: str) -> dict[str, str]:
    return {"status": "ok", "reasonCode": "200", "reasonText": text}


def failed(code: str, text: str) -> dict[str, str]:
    return {"status": "failed", "reasonCode": code, "reasonText": text}


def is_vouched(content: bytes, request: dict) -> bool:
    """Whether the certificate's key signed the content as BISS wants it: SHA-256 of SHA-256, PKCS#1 v1.5."""
    try:
        (signature,), (certificate,) = (request[each] for each in sorted(VOUCHED))
        key = x509.load_der_x509_certificate(base64.b64decode(certificate, validate=True)).public_key()
        digest = hashlib.sha256(content).digest()
        key.verify(base64.b64decode(signature, validate=True), digest, padding.PKCS1v15(), hashes.SHA256())
    except (KeyError, ValueError, TypeError, AttributeError, InvalidSignature):
        return False
    return True


def signed(key: object, content: bytes, *, raw: bool = False) -> bytes:
    """With SHA-256: PKCS#1 v1.5, or ECDSA as DER or as r and s side by side."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(content, padding.PKCS1v15(), hashes.SHA256())
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    signature = key.sign(content, ec.ECDSA(hashes.SHA256()))
    if not raw:
        return signature
    size = (key.curve.key_size + 7) // 8
    return b"".join(number.to_bytes(size, "big") for number in decode_dss_signature(signature))


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


# ---- For the demo

RENEWED = 3600  # seconds between two lists of revoked certificates
MARGIN = timedelta(days=30)  # what is to expire within it is made anew
PACE = 1.0  # seconds for each step, so that it can be seen


class Drawer:
    """Where the demo's cards lie, with their keys; nobody else may read it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def card(self, name: str, make: Callable[[], Card], now: datetime, *, by: Card | None = None) -> Card:
        """The one of this name; made if there is none, it is to expire, or ``by`` did not issue it."""
        path = self.folder / f"{name}.pem"
        if path.exists():
            content = path.read_bytes()
            found = Card(x509.load_pem_x509_certificate(content), load_pem_private_key(content, None))
            is_theirs = by is None or is_issued_by(found.certificate, by.certificate)
            if is_theirs and found.certificate.not_valid_after_utc > now + MARGIN:
                return found
        card = make()
        _write(path, card.pem + card.key_pem, 0o600)
        return card

    def authority(self, now: datetime) -> Authority:
        """The same in every run, whatever the hour."""
        new, kept = Authority(now), Authority(now)
        new.root = kept.root = self.card("root", lambda: new.root, now)
        kept.issuing = self.card("issuing", lambda: new.issuing, now, by=kept.root)
        return kept


def publish(authority: Authority, trust: Path) -> None:
    """Into a trust folder, beside what else it holds: root, issuer, a fresh list of revoked certificates."""
    files = {
        "roots/demo.pem": authority.root.pem,
        "issuers/demo.pem": authority.issuing.pem,
        "crls/demo.crl": authority.crl(),
    }
    for name, content in files.items():
        (trust / name).parent.mkdir(parents=True, exist_ok=True)
        _write(trust / name, content, 0o644)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Whole or not at all: the portal may be reading."""
    new = path.with_name(f".{path.name}.new")
    with suppress(FileNotFoundError):
        new.unlink()
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    new.replace(path)


def declared(attributes: bytes) -> str:
    """The SHA-256 that the signed attributes carry, as the page shows it."""
    try:
        found = {each["type"].native: each["values"] for each in cms.CMSAttributes.load(attributes)}
        digest = found["message_digest"][0].native.hex()
    except (ValueError, KeyError, TypeError):
        return f"something else, itself of SHA-256 {hashlib.sha256(attributes).hexdigest()}"
    return grouped(digest)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.browser.biss", description="A simulated BISS for the demo."
    )
    parser.add_argument("--email", default="direktor@example.org", help="whose card is in the reader")
    parser.add_argument(
        "--trust", type=Path, default=INSTANCE / "trust", help="the demo's PORTAL_TRUST_DIR", metavar="DIR"
    )
    options = parser.parse_args()
    account = next((each for each in ACCOUNTS if each.email == options.email), None)
    if account is None or not account.egn:
        parser.error(f"The demo has no {options.email}, or no ЕГН of theirs.")
    now = real_now()
    authorities._serials = itertools.count(time.time_ns())  # no number twice, in whatever run it is given
    drawer = Drawer(INSTANCE / "card")
    authority = drawer.authority(now)
    card = drawer.card(  # under a name of its own: cards of before were not qualified
        f"{account.egn}-qualified",
        lambda: authority.person(account.egn, account.name),
        now,
        by=authority.issuing,
    )
    publish(authority, options.trust)
    identity = drawer.card("localhost", lambda: computer("localhost", HOST), now)
    biss = Biss(card, issuers=(authority.issuing,), identity=identity)
    biss.slow = {"/getsigner": PACE, "/sign": PACE}
    biss.signed = lambda attributes: print(f"Signed: {declared(attributes)}", flush=True)
    biss.start()
    print(
        f"The card of {account.name} ({account.email}) is in the reader. There is no window and no PIN.\n\n"
        f"1. Open {biss.address}/version in the browser and accept its certificate, once.\n"
        f"2. Log in to the demo as {account.email} and sign with the card.\n\n"
        f"The demo trusts its issuer through {options.trust}. Ctrl-C ends it.\n",
        flush=True,
    )
    with suppress(KeyboardInterrupt):
        while True:
            time.sleep(RENEWED)
            authority.now = real_now()
            publish(authority, options.trust)
    biss.stop()


if __name__ == "__main__":
    main()
