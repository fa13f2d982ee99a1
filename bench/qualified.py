"""What a qualified signature costs: checking one, and the whole country's in the last hour of a window."""

import io
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from bench.loading import SITE, _source
from bench.table import Measure, show
from bench.town import CLOSES, MONTH, NOW, OPENS, asp_file, institutions_file, number
from portal.actions.campaigns.window import Days
from portal.actions.keys.marks import added, mark
from portal.actions.loading.asp_list import load_asp_list
from portal.actions.loading.institutions import load_institutions
from portal.actions.people.egn import keep_egn
from portal.actions.qualified.asking import ask, expected_of
from portal.actions.qualified.documents import pdf_of
from portal.actions.signing.declarations import declaration_of
from portal.app import create_app
from portal.config import Config
from portal.crypto.qualified.trust import TrustFolder, read_trust
from portal.crypto.tokens import csrf_secret, mask, new_token, token_digest
from portal.domain.decisions import Decision
from portal.domain.people import Director, Role
from portal.storage.people.persons import person_of
from portal.storage.schema.upgrade import upgrade_database
from portal.storage.tables.campaigns import Record, Submission
from portal.storage.tables.db import connected, writing
from portal.storage.tables.people import Login, User
from portal.storage.tables.signatures import Signature
from tests.crypto.qualified import signed_files
from tests.crypto.qualified.authority import Authority, Card, name, qc_statements, rsa_key

DIRECTORS, CHILDREN = 4_500, 60  # of the country; on the list of the school that is measured alone
REVOKED = 100_000
HOUR = 3_600  # seconds


def measured(folder: Path) -> bool:
    alone = _Country(folder / "alone", schools=1, lines=CHILDREN)
    checks = alone.checks()
    country = _Country(folder / "country", schools=DIRECTORS, lines=DIRECTORS)
    whole, each = country.last_hour()
    return show(
        f"Qualified signatures, with {REVOKED:,} revoked certificates (SQLite, synchronous=FULL)",
        [
            Measure(f"the list of {CHILDREN}: checking a .p7s, median", checks["p7s"], "ms", 100),
            Measure(f"the list of {CHILDREN}: checking a PDF, median", checks["pdf"], "ms", 500),
            Measure("the same with a time stamp", checks["stamped"], "ms", 250),
            Measure(f"the list of {CHILDREN}: drawing the PDF once", checks["drawing"], "ms", 3_000),
            Measure(f"reading the trust folder with {REVOKED:,} revoked", checks["folder"], "ms", 2_000),
            Measure("the first check of a process: loading the library", checks["first"], "ms", 5_000),
            Measure(f"{DIRECTORS:,} uploads one after another, one process", whole, "s", HOUR),
            Measure("one of them: the server's time, median", each, "ms", 500),
            Measure("memory of the process at its peak", _peak(), "MB"),
        ],
    )


class _Country:
    """Schools with a director each, everything decided, and cards that differ in the person alone: making
    4,500 keys is the card makers' work."""

    def __init__(self, folder: Path, *, schools: int, lines: int) -> None:
        self.authority = Authority(NOW)
        self.key = rsa_key()
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = self.authority.write(folder / "trust", _long_list(self.authority))
        config = Config(
            env="test", base_url="http://localhost", database_url=f"sqlite:///{folder}/portal.db",
            secret_key="only for measuring, and long enough", pepper=SITE.pepper, clock=NOW,
            signatures=frozenset({"qualified"}), trust_dir=self.folder,
        )  # fmt: skip
        self.client = create_app(config).test_client()
        with connected():
            upgrade_database()
            load_institutions(None, _source("institutions.csv", [institutions_file(schools)]), now=NOW)
            file = _source("ASPCONF1220.txt", asp_file(lines, schools))
            load_asp_list(None, file, window=Days(OPENS, CLOSES), now=NOW)
            self.directors = self._directors(schools)
            Record.update(decision=Decision.CONFIRMED, decided_at=NOW).where(
                Record.reason != 2  # days of distance learning have rules of their own
            ).execute()
            Record.update(
                decision=Decision.REFUSED, corrected=0, refusal_reason="other_days", note="По дневника.",
                decided_at=NOW,
            ).where(Record.reason == 2).execute()  # fmt: skip
            Submission.recount([row.id for row in Submission.select(Submission.id)])

    def _directors(self, schools: int) -> list[tuple[Director, str]]:
        found = []
        with writing():
            for n in range(schools):
                user = User.create(
                    email=f"d{n}@example.org", name=f"Директор {n}", role=Role.DIRECTOR,
                    institution=str(2200000 + n), invited_at=NOW, activated_at=NOW,
                )  # fmt: skip
                mark(user, site=SITE)
                keep_egn(user, number(n), by=user.id, what="egn_set", site=SITE, now=NOW)
                token = new_token()
                added(Login(digest=token_digest(token), user=user, made_at=NOW, seen_at=NOW), site=SITE)
                person = person_of(user, NOW.date())
                assert isinstance(person, Director)
                found.append((person, token))
        return found

    def card(self, n: int) -> Card:
        subject = name(f"Директор {n}", (x509.NameOID.SERIAL_NUMBER, f"PNOBG-{number(n)}"))
        return self.authority.issue(subject, self.key, more=[(qc_statements(), False)])

    def checks(self) -> dict[str, float]:
        """Milliseconds of each kind of check, of drawing, and of what is done once."""
        card = self.card(0)
        with connected():
            person = self.directors[0][0]
            started = time.perf_counter()
            _, document = pdf_of(person, MONTH, site=SITE, now=NOW)
            drawing = time.perf_counter() - started
            declaration = declaration_of(person, MONTH, now=NOW)
            expected = expected_of(declaration, User.get_by_id(person.user_id), site=SITE)
            trust = read_trust(self.folder)
            site = replace(SITE, trust=lambda: trust)
            body = bytes(declaration.content)
            p7s = signed_files.by_hand(body, card)
            files = {
                "p7s": p7s,
                "pdf": signed_files.pdf(document, card, self.authority),
                "stamped": signed_files.stamped(p7s, self.authority, NOW + timedelta(minutes=1)),
            }

            def check(raw: bytes) -> None:
                asked = ask(raw, declaration, expected, site=site, now=NOW + timedelta(minutes=2))
                assert asked.outcome == "good", asked.fault

            found = {kind: _median(15, lambda raw=raw: check(raw)) for kind, raw in files.items()}
        found["drawing"] = drawing * 1000
        found["folder"] = _median(3, lambda: TrustFolder(self.folder).read())
        found["first"] = _first_check()
        return found

    def last_hour(self) -> tuple[float, float]:
        """Seconds in which all have sent their file, one after another, and the median's milliseconds."""
        taken = []
        for n, (person, token) in enumerate(self.directors):
            with connected():
                raw = signed_files.by_hand(
                    bytes(declaration_of(person, MONTH, now=NOW).content), self.card(n)
                )
            self.client.delete_cookie("flash")  # what the portal told the one before
            self.client.set_cookie("session", token, domain="localhost")
            fields = {"csrf_token": mask(csrf_secret(token)), "file": (io.BytesIO(raw), "signed.p7s")}
            started = time.perf_counter()
            answer = self.client.post(f"/confirmations/{MONTH}/signature", data=fields)
            taken.append(time.perf_counter() - started)
            assert answer.status_code == 303, answer.status_code
        with connected():
            assert Signature.select().count() == len(self.directors)
        return sum(taken), statistics.median(taken) * 1000


def _long_list(authority: Authority) -> bytes:
    entries = [
        x509.RevokedCertificateBuilder().serial_number(10**12 + n).revocation_date(NOW).build()
        for n in range(REVOKED)
    ]
    builder = (
        x509.CertificateRevocationListBuilder(revoked_certificates=entries)
        .issuer_name(authority.issuing.certificate.subject)
        .last_update(NOW - timedelta(hours=1))
        .next_update(NOW + timedelta(days=1))
    )
    return builder.sign(authority.issuing.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _first_check() -> float:
    """Milliseconds to load what checking needs, in a process of its own."""
    code = "import pyhanko.sign.validation.ades, pyhanko.sign.diff_analysis"
    bare, loaded = (
        _median(3, lambda c=c: subprocess.run([sys.executable, "-c", c], check=True)) for c in ("", code)
    )
    return loaded - bare


def _median(times: int, what: Callable[[], Any]) -> float:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        what()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1000


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
