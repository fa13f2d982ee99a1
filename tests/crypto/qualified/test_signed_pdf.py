"""verify, of signed PDFs: what is signed is the issued document, all of it, and no file costs too much."""

import os
import threading
from datetime import timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter

from portal.crypto.qualified import pdf_process
from portal.crypto.qualified.crls import Crl
from portal.crypto.qualified.faults import BAD, GOOD, Fault
from portal.crypto.qualified.pdf_additions import reserved_box
from portal.crypto.qualified.pdf_process import PdfProcess
from portal.crypto.qualified.trust import Trust
from portal.crypto.qualified.verifying import Expected, Verified, verify
from portal.documents.pdf import Document
from tests.actions.qualified.signed import NUMBERS, authority, card
from tests.cast import NOW
from tests.crypto.qualified import hostile_pdf, pdf_by_hand
from tests.crypto.qualified.signed_files import by_hand, openssl, pdf

BODY = b'{"records":[]}'


@cache
def issued() -> bytes:
    """Without a form in it, a difference could not be told; so it is made as declarations are."""
    paper = Document("Декларация", issuer="Училище", code="1", made_at=NOW)
    paper.paragraph("Потвърждавам 12 деца.")
    paper.place_for_signature("Място за подписа", "Само тук.")
    return paper.finished(to_sign=True)


@cache
def another() -> bytes:
    paper = Document("Заповед", issuer="Училище", code="1", made_at=NOW)
    paper.paragraph("Столът не работи в петък.")
    return paper.finished(to_sign=True)


@cache
def trust() -> Trust:
    ours = authority()
    return Trust((ours.root.certificate,), (ours.issuing.certificate,), (Crl.load(ours.crl()),))


def asked(raw: bytes) -> Verified:
    expected = Expected(BODY, NOW - timedelta(hours=1), issued(), lambda egn: egn == NUMBERS["ana"])
    return verify(raw, expected, trust(), now=NOW)


@pytest.mark.parametrize("is_seen", [False, True])
def test_takes_a_signature_that_is_unseen_or_in_its_box(is_seen):
    box = reserved_box(PdfFileReader(BytesIO(issued()))) if is_seen else None

    assert asked(pdf(issued(), card(), authority(), box=box)).outcome == GOOD


def test_takes_the_older_kind_of_signature_too():
    """``adbe.pkcs7.detached``, as many programs still write by default."""
    signed = pdf(issued(), card(), authority(), subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED)

    assert b"/adbe.pkcs7.detached" in signed
    assert asked(signed).outcome == GOOD


def of_kind(subfilter: str, **more) -> bytes:
    kind = f"/Type /Sig /Filter /Adobe.PPKLite /SubFilter /{subfilter}"
    return pdf_by_hand.signed(issued(), card(), signature=kind, **more)


@pytest.mark.parametrize(
    ("subfilter", "check", "fault"),
    [
        ("adbe.pkcs7.sha1", "algorithms", "old_algorithm"),
        ("adbe.x509.rsa_sha1", "algorithms", "old_algorithm"),
        ("Some.Other", "readable", "other_subfilter"),
    ],
)
@pytest.mark.parametrize(
    "spelled", [bytes, lambda value: b"\x04\x80" + bytes(128)], ids=["CMS", "a bare signature"]
)
def test_a_signature_of_an_older_or_unknown_kind_is_called_one(subfilter, check, fault, spelled):
    """pyHanko passes it over, and „не е подписан“ would be wrong."""
    verified = asked(of_kind(subfilter, spelled=spelled))

    assert (verified.outcome, verified.checks[-1].check, verified.fault) == (BAD, check, fault)


def test_a_stamp_of_the_document_alone_is_no_signature():
    stamped = pdf_by_hand.signed(issued(), card(), signature=pdf_by_hand.STAMP)

    assert asked(stamped).fault == "not_signed"


def test_a_signature_upon_another_document_carried_inside_is_refused():
    """Signature wrapping: years ago Ана signed something, and the school published it."""
    covered, value = hostile_pdf.signed_over(pdf(another(), card(), authority()))

    verified = asked(hostile_pdf.wrapped(issued(), covered, value))

    assert (verified.outcome, verified.fault) == (BAD, "changed_after")


def test_a_signature_of_a_file_of_any_kind_carried_inside_is_refused():
    minutes = "Протокол от родителска среща".encode()

    verified = asked(hostile_pdf.wrapped(issued(), minutes, openssl(minutes, card())))

    assert (verified.outcome, verified.fault) == (BAD, "changed_after")


def test_the_wrapping_is_one_that_a_reader_believes():
    """Or the two tests above would refuse what nobody would take."""
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    covered, value = hostile_pdf.signed_over(pdf(another(), card(), authority()))
    reader = PdfFileReader(BytesIO(hostile_pdf.wrapped(issued(), covered, value)))
    (signature,) = reader.embedded_signatures
    signature.compute_integrity_info()

    assert signature.coverage is SignatureCoverageLevel.ENTIRE_FILE


CHANGES = {
    "a second field, with a picture over the page": hostile_pdf.second_field,
    "a picture over the page": hostile_pdf.whole_page,
    "a script in the field": hostile_pdf.script("/A"),
    "a script for events of the field": hostile_pdf.script("/AA"),
    "a note upon the page": hostile_pdf.note,
    "a script for when it is opened": hostile_pdf.when_opened,
}


@pytest.mark.parametrize("kind", CHANGES)
def test_what_was_added_beside_the_signature_is_refused_though_it_is_signed(kind):
    verified = asked(hostile_pdf.prepared(issued(), card(), authority(), CHANGES[kind]))

    assert (verified.outcome, verified.fault) == (BAD, "changed_before")


def test_a_document_that_is_not_ours_is_not_even_read(monkeypatch):
    def no_reading(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(pdf_process.PROCESS, "ask", no_reading)

    assert asked(pdf(another(), card(), authority())).fault == "never_issued"
    assert asked(issued()).fault == "not_signed"


# ---- The process


@pytest.fixture
def process():
    process = PdfProcess(patience=1)
    yield process
    process.end()


def number_of(process: PdfProcess) -> int:
    assert process._process is not None
    return process._process.pid


TIRING = {
    "a form of 2 ** 40 fields": lambda: hostile_pdf.with_doubling_fields(issued(), 40),
    "ten million references": lambda: hostile_pdf.with_many_references(issued(), 10_000_000),
}


@pytest.mark.parametrize("kind", TIRING)
def test_a_file_without_end_is_given_up_and_the_next_one_is_read(process, kind):
    good = pdf(issued(), card(), authority())
    assert process.ask(good, len(issued())).fault == ""
    first = number_of(process)

    with pytest.raises(Fault) as fault:
        process.ask(TIRING[kind](), len(issued()))

    assert (fault.value.check, fault.value.fault) == ("document", "too_complex")
    assert not Path(f"/proc/{first}").exists()
    assert process.ask(good, len(issued())).fault == ""


def test_a_process_that_was_killed_is_begun_anew(process):
    good = pdf(issued(), card(), authority())
    process.ask(good, len(issued()))
    os.kill(number_of(process), 9)
    process._process.wait()

    assert process.ask(good, len(issued())).fault == ""


def test_many_ask_at_once_and_each_gets_its_own_answer(process):
    files = [pdf(issued(), card(who), authority()) for who in ("ana", "boris", "dora")]
    found: dict[int, bytes] = {}

    def ask(number: int) -> None:
        found[number] = process.ask(files[number % 3], len(issued())).value

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(found[number].hex().encode() in files[number % 3].lower() for number in range(9))


def test_the_process_knows_none_of_the_portals_secrets(process, monkeypatch):
    monkeypatch.setenv("PORTAL_PEPPER", "a secret")
    process.ask(pdf(issued(), card(), authority()), len(issued()))

    environment = Path(f"/proc/{number_of(process)}/environ").read_bytes()
    assert b"PORTAL" not in environment
    assert b"a secret" not in environment


def test_bytes_of_a_signature_that_hold_a_file_of_their_own_are_not_a_document():
    """A .p7s with the data inside, put where a signature of a PDF stands."""
    value = by_hand(b"x", card(), embedded=b"x")

    assert asked(hostile_pdf.wrapped(issued(), b"x", value)).outcome == BAD
