"""What other programs say of a signed file, with the same root, issuer and list at hand: pyHanko by itself,
``openssl cms -verify``, and poppler's ``pdfsig``."""

import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import cms, pem
from asn1crypto import crl as asn1_crl

from tests.conftest import REQUIRED
from tests.crypto.qualified.authority import Authority
from tests.crypto.qualified.signed_files import apart, as_asn1

NEEDED = {"openssl": "openssl", "pdfsig": "poppler-utils", "certutil": "libnss3-tools"}
_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")


class Others:
    """``pyhanko``, ``openssl`` and ``pdfsig`` each say whether they take a file as one that is signed, whole,
    by a certificate that leads to the root, and not revoked as far as they look for that."""

    def __init__(self, authority: Authority, crls: list[bytes], folder: Path) -> None:
        for program, package in NEEDED.items():
            if shutil.which(program) is None:
                missing = pytest.fail if "signatures" in REQUIRED else pytest.skip
                missing(f"no {program} on this machine (apt-get install {package})")
        self._authority, self._crls, self._folder = authority, crls, folder
        self._write_store()
        self._write_database()

    def asked_of_file(self, raw: bytes, content: bytes) -> set[str]:
        """Who takes it as a signature of ``content``, whether that is inside or beside it."""
        said = {"pyhanko": self._pyhanko_of_cms(raw, content), "openssl": self._openssl(raw, content)}
        return {name for name, is_taken in said.items() if is_taken}

    def asked_of_pdf(self, raw: bytes) -> set[str]:
        """OpenSSL, which reads no PDF, is given what the first range covers and what stands in its gap."""
        said = {"pyhanko": self._pyhanko_of_pdf(raw), "pdfsig": self._pdfsig(raw)}
        found = _RANGE.findall(raw)
        if found:
            start, gap, behind, rest = map(int, found[0])
            covered = raw[start : start + gap] + raw[behind : behind + rest]
            said["openssl"] = self._openssl(_value_in(raw[gap:behind]), covered)
        return {name for name, is_taken in said.items() if is_taken}

    # ---- pyHanko

    def _pyhanko_of_cms(self, raw: bytes, content: bytes) -> bool:
        from pyhanko.sign.validation import async_validate_detached_cms
        from pyhanko.sign.validation.generic_cms import async_validate_cms_signature

        def ask() -> bool:
            import asyncio

            der = pem.unarmor(raw)[2] if pem.detect(raw) else raw
            data = cms.ContentInfo.load(der)["content"]
            inside = data["encap_content_info"]["content"].native
            if inside is None:
                asking = async_validate_detached_cms(content, data, self._context(), self._context())
                return bool(asyncio.run(asking).bottom_line)
            status = asyncio.run(async_validate_cms_signature(data, validation_context=self._context()))
            return inside == content and status.intact and status.valid and status.trusted

        return _unless_it_trips(ask)

    def _pyhanko_of_pdf(self, raw: bytes) -> bool:
        from pyhanko.pdf_utils.reader import PdfFileReader
        from pyhanko.sign.validation import validate_pdf_signature

        def ask() -> bool:
            found = PdfFileReader(BytesIO(raw)).embedded_regular_signatures
            said = [validate_pdf_signature(each, self._context(), self._context()) for each in found]
            return bool(said) and all(each.bottom_line for each in said)

        return _unless_it_trips(ask)

    def _context(self):
        from pyhanko_certvalidator import ValidationContext

        return ValidationContext(
            trust_roots=[as_asn1(self._authority.root)],
            other_certs=[as_asn1(self._authority.issuing)],
            crls=[asn1_crl.CertificateList.load(each) for each in self._crls],
            moment=self._authority.now,
            revocation_mode="require",
        )

    # ---- OpenSSL

    def _write_store(self) -> None:
        (self._folder / "crls.der").write_bytes(self._crls[0])
        listed = self._run("openssl", "crl", "-inform", "DER", "-in", "crls.der", "-outform", "PEM").stdout
        above = self._authority.root.pem + self._authority.issuing.pem
        (self._folder / "store.pem").write_bytes(above + listed)

    def _openssl(self, raw: bytes, content: bytes) -> bool:
        (self._folder / "signature").write_bytes(raw)
        (self._folder / "content").write_bytes(content)
        (self._folder / "out").unlink(missing_ok=True)
        form = "PEM" if b"-----BEGIN" in raw else "DER"
        detached = self._run(
            *("openssl", "cms", "-verify", "-binary", "-cades", "-inform", form, "-in", "signature"),
            *("-content", "content", "-CAfile", "store.pem", "-crl_check", "-out", "out"),
            *("-attime", str(int(self._authority.now.timestamp()))),
        )
        return detached.returncode == 0 and (self._folder / "out").read_bytes() == content

    # ---- pdfsig

    def _write_database(self) -> None:
        database = ("-d", "sql:nss")
        (self._folder / "nss").mkdir()
        self._run("certutil", "-N", *database, "--empty-password")
        for name, card, trusted in (
            ("root", self._authority.root, "C,C,C"),
            ("issuing", self._authority.issuing, ",,"),
        ):
            (self._folder / f"{name}.pem").write_bytes(card.pem)
            self._run("certutil", "-A", *database, "-n", name, "-t", trusted, "-i", f"{name}.pem", "-a")

    def _pdfsig(self, raw: bytes) -> bool:
        (self._folder / "signed.pdf").write_bytes(raw)
        said = self._run("pdfsig", "-nssdir", str(self._folder / "nss"), "-no-ocsp", "signed.pdf")
        text = said.stdout.decode("utf-8", "replace")
        count = len(re.findall(r"^Signature #", text, re.MULTILINE))
        whole = re.findall(r"^  - Total document signed", text, re.MULTILINE)
        valid = re.findall(r"^  - Signature Validation: Signature is Valid", text, re.MULTILINE)
        trusted = re.findall(r"^  - Certificate Validation: Certificate is Trusted", text, re.MULTILINE)
        return 0 < count == len(valid) == len(trusted) and bool(whole)

    def _run(self, *command: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(command, cwd=self._folder, capture_output=True)


def _unless_it_trips(ask) -> bool:
    try:
        return bool(apart(ask))
    except Exception:  # a refusal, in whichever way
        return False


def _value_in(gap: bytes) -> bytes:
    """What stands between < and >, in hexadecimal; nothing where it is spelled in another way."""
    try:
        return bytes.fromhex(gap[1:-1].decode("ascii"))
    except ValueError:
        return b""
