"""verify beside pyHanko alone, ``openssl cms -verify`` and ``pdfsig``: never laxer than one of them, and
stricter only where a decision says why."""

import logging
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from portal.crypto.qualified.container import read_upload
from portal.crypto.qualified.crls import Crl
from portal.crypto.qualified.trust import Trust
from portal.crypto.qualified.verifying import Expected, Verified, verify
from tests.actions.qualified.signed import NUMBERS
from tests.crypto.qualified.authority import Authority, Card
from tests.crypto.qualified.compared.corpus import DATA, FILES, GOOD, HOUR, File, authority, crls
from tests.crypto.qualified.compared.others import Others
from tests.crypto.qualified.test_signed_pdf import issued

pytestmark = pytest.mark.xdist_group("compared")  # one authority and one database of NSS for all
DECISION = Path(__file__).parents[4] / "docs/decisions/0032-beside-other-programs.md"
SIGNED_BY_LIBREOFFICE = Path(__file__).parents[3] / "data/libreoffice"
# What we read and others do not: each says why ours is no laxer for it.
MORE_READ = ("spelling", "archival")


@pytest.fixture(scope="module")
def others(tmp_path_factory) -> Others:
    return Others(authority(), crls(), tmp_path_factory.mktemp("others"))


@pytest.fixture(autouse=True)
def quiet():
    """pyHanko tells the log of each refusal, at length."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def trust() -> Trust:
    ours = authority()
    lists = tuple(map(Crl.load, crls()))
    return Trust((ours.root.certificate,), (ours.issuing.certificate,), lists)


def asked(raw: bytes, trust: Trust) -> Verified:
    since = authority().now - HOUR
    expected = Expected(DATA, since, issued(), lambda number: number == NUMBERS["ana"])
    return verify(raw, expected, trust, now=authority().now)


def asked_elsewhere(others: Others, file: File, raw: bytes) -> set[str]:
    return others.asked_of_pdf(raw) if file.over is None else others.asked_of_file(raw, file.over())


@pytest.mark.parametrize("kind", FILES)
def test_is_never_laxer_than_others(kind, others, trust):
    file = FILES[kind]
    raw = file.make()

    verified, taken = asked(raw, trust), asked_elsewhere(others, file, raw)

    listed = set(file.taken.split())
    assert (verified.outcome if verified.outcome == GOOD else verified.fault) == file.verdict
    if file.verdict == GOOD:
        everybody = {"pyhanko", "openssl"} | ({"pdfsig"} if file.over is None else set())
        assert taken == listed
        assert listed == everybody or file.why in MORE_READ
    else:
        assert taken <= listed, "a difference that nobody has explained"
        assert ("pyhanko" in taken) == ("pyhanko" in listed)  # the others' versions are the machine's
        assert bool(file.why) == bool(listed)


@pytest.mark.parametrize("kind", [kind for kind, file in FILES.items() if file.why == "spelling"])
def test_what_others_do_not_read_is_what_they_take_once_we_have_spelled_it_out(kind, others):
    raw = FILES[kind].make()

    spelled_out = read_upload(raw, most=len(raw)).content

    assert others.asked_of_file(spelled_out, DATA) == {"pyhanko", "openssl"}


@pytest.mark.parametrize("kind", [kind for kind, file in FILES.items() if file.why == "archival"])
def test_what_follows_a_signature_is_all_that_pdfsig_has_against_it(kind, others):
    raw = FILES[kind].make()

    until_signed = sum(int(each) for each in re.findall(rb"/ByteRange \[0 \d+ (\d+) (\d+)", raw)[0])

    assert others.asked_of_pdf(raw[:until_signed]) == {"pyhanko", "openssl", "pdfsig"}


def test_takes_a_document_that_libreoffice_itself_signed(tmp_path, monkeypatch):
    """LibreOffice 7.4.7, asked over UNO to sign the issued file in its place, with keys made for it: it adds
    to the file, and writes the signature in BER. pdfsig, which knows no moment but now, took it then."""
    raw = (SIGNED_BY_LIBREOFFICE / "signed.pdf").read_bytes()
    theirs = Authority(datetime(2026, 11, 30, 0, 13, 40, tzinfo=UTC))
    for name in ("root", "issuing"):
        pem = (SIGNED_BY_LIBREOFFICE / f"{name}.pem").read_bytes()
        theirs.__dict__[name] = Card(x509.load_pem_x509_certificate(pem), None)
    lists = [(SIGNED_BY_LIBREOFFICE / f"{name}.crl").read_bytes() for name in ("issuing", "root")]
    trust = Trust((theirs.root.certificate,), (theirs.issuing.certificate,), tuple(map(Crl.load, lists)))
    document = raw[: raw.index(b"%%EOF") + len(b"%%EOF")]
    expected = Expected(DATA, theirs.now - HOUR, document, lambda number: number == NUMBERS["ana"])

    verified = verify(raw, expected, trust, now=theirs.now)

    assert (verified.outcome, verified.format) == (GOOD, "pdf")
    assert b"/Contents <3080" in raw, "a length that is known only at the end"
    others = Others(theirs, lists, tmp_path)
    assert others.asked_of_pdf(raw) - {"pdfsig"} == {"openssl"}
    monkeypatch.setattr("pyhanko.pdf_utils.generic.parse_pdf_date", lambda *_, **__: theirs.now)
    assert others.asked_of_pdf(raw) - {"pdfsig"} == {"pyhanko", "openssl"}, "it is the spelling of its date"


def test_the_decision_names_every_file_about_which_we_differ():
    rows = re.findall(r"^\| \*\*(\w+)\*\* \| (.+?) \|", DECISION.read_text("utf-8"), re.MULTILINE)
    told = {(why, kind) for why, kinds in rows for kind in kinds.split("; ")}

    differ = {(file.why, kind) for kind, file in FILES.items() if file.why}
    assert told == differ | {("date", "by LibreOffice itself")}


def test_there_are_enough_of_them():
    good = [file for file in FILES.values() if file.verdict == GOOD]

    assert len(FILES) >= 60
    assert len(good) >= 30
