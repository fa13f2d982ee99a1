"""verify, in a process of its own: what it loads, and that it goes nowhere."""

import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from portal.crypto.qualified.trust import read_trust
from portal.crypto.qualified.verifying import Expected, verify
from portal.documents.pdf import Document
from tests.actions.qualified.signed import NUMBERS
from tests.cast import NOW
from tests.crypto.qualified.authority import Authority
from tests.crypto.qualified.signed_files import by_hand, pdf, stamped

ROOT = Path(__file__).parents[3]
BODY = b'{"records":[]}'
LAST = b"nobody comes after this one"
PROGRAM = f"""
import sys
from datetime import datetime
from pathlib import Path
from portal.crypto.qualified.trust import read_trust
from portal.crypto.qualified.verifying import Expected, verify
at = datetime.fromisoformat({NOW.isoformat()!r})
expected = Expected({BODY!r}, at, None, lambda egn: egn == {NUMBERS["ana"]!r})
verified = verify(Path(sys.argv[1]).read_bytes(), expected, read_trust(Path(sys.argv[2])), now=at)
print(verified.outcome, verified.fault, "oscrypto" in sys.modules, "endesive" in sys.modules)
"""


def test_a_fresh_process_takes_a_good_signature_and_never_loads_oscrypto(tmp_path):
    """asn1crypto knows the attributes' names only once another of its modules was imported."""
    authority = Authority(NOW)
    (tmp_path / "signed.p7s").write_bytes(by_hand(BODY, authority.person(NUMBERS["ana"])))
    authority.write(tmp_path / "trust")

    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, tmp_path / "signed.p7s", tmp_path / "trust"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )

    assert ran.stdout.split() == ["good", "False", "False"]


@contextmanager
def listening():
    """The address of somebody who notes who comes, one after the other; last comes LAST."""
    came: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while LAST not in came:
                connection, _ = server.accept()
                with connection:
                    came.append(connection.recv(100))

        listener = threading.Thread(target=listen)
        listener.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}", came
        finally:
            with socket.create_connection(server.getsockname()) as connection:
                connection.sendall(LAST)
            listener.join()


@pytest.mark.parametrize("fresh", [True, False])
def test_no_address_in_a_certificate_is_ever_contacted(tmp_path, fresh):
    with listening() as (where, came):
        authority = Authority(NOW, where)
        card = authority.person(NUMBERS["ana"])
        document = Document("Лист", issuer="Училище", code="1", made_at=NOW).finished(to_sign=True)
        expected = Expected(BODY, NOW - timedelta(hours=1), document, lambda egn: True)
        trust = read_trust(authority.write(tmp_path / "trust", fresh=fresh))
        signed = by_hand(BODY, card)
        rogue = Authority(NOW, where).person(NUMBERS["ana"])
        outcomes = [
            verify(raw, expected, trust, now=NOW).outcome
            for raw in (
                signed,
                stamped(signed, authority, NOW),
                pdf(document, card, authority, stamped_at=NOW),
                by_hand(BODY, rogue),
                pdf(document, rogue, authority),
            )
        ]

    assert outcomes == ["good" if fresh else "waits"] * 3 + ["bad"] * 2
    assert came == [LAST]
