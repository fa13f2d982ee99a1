"""portal verify, of signatures made with КЕП: asked again years later, against what was kept then."""

from functools import partial
from hashlib import sha256

import pytest

from portal.actions.qualified import asking
from portal.actions.qualified.documents import pdf_of
from portal.actions.retention.purging import purge
from portal.actions.verifying import Verified, verify
from portal.crypto.qualified import verifying
from portal.crypto.qualified.trust import read_trust
from portal.crypto.qualified.verifying import Expected
from portal.documents.pdf import Document
from portal.domain.decisions import Decision
from portal.domain.month import Month
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.people import Delegation, User
from portal.storage.tables.qualified import (
    DeclarationPdf,
    EvidenceMaterial,
    PendingSignature,
    SignatureEvidence,
    TrustMaterial,
    material_of,
)
from portal.storage.tables.signatures import Signature
from tests.actions.qualified.signed import (
    NUMBERS,
    authority,
    card,
    declared,
    give_egn,
    p7s,
    signed_pdf,
    take_as,
    trust,
)
from tests.cast import AFTER, MONTH, NOW, SITE, add_record, end_month
from tests.crypto.qualified.signed_files import by_hand, stamped
from tests.crypto.qualified.test_stampers import Beside
from tests.storage.tampering import past_the_triggers


@pytest.fixture
def world(world):
    """Without the delegate of the cast, whom no director has named."""
    Delegation.delete().execute()
    return world


@pytest.fixture
def signed(world, tmp_path):
    give_egn(world.ana)
    add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)
    raw = stamped(p7s(world.ana), authority(), NOW)
    return take_as(world.ana, raw, trust(tmp_path / "trust")).signature


def codes() -> set[str]:
    return {one.code for one in verify(None, verified=Verified(), site=SITE)}


def test_says_nothing_of_what_stands_as_it_was_taken(signed):
    assert codes() == set()


def test_asks_what_was_kept_then_and_not_what_is_trusted_now(world, signed):
    """Years later the folder is another, the list has expired, and so has the card."""
    User.update(disabled_at=NOW).where(User.id == world.ana.user_id).execute()

    assert codes() == set()


def test_who_vouched_for_the_time_alone_is_kept_as_such(world, tmp_path):
    """An authority of stampers, which the folder names no more when it is asked again."""
    give_egn(world.ana)
    add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)
    beside, folder = Beside(), authority().write(tmp_path / "trust")
    (folder / "stampers/stamps.pem").write_bytes(beside.card.pem)
    (folder / "crls/stamps.crl").write_bytes(beside.crl().der)

    taken = take_as(world.ana, beside.stamp(p7s(world.ana), NOW), read_trust(folder)).signature

    kept = {(kind, der) for kind, der in material_of(taken) if kind in ("issuer", "stamper")}
    assert kept == {("issuer", authority().issuing.der), ("stamper", beside.card.der)}
    assert codes() == set()
    with past_the_triggers("evidence_material"):
        EvidenceMaterial.update(kind="issuer").where(EvidenceMaterial.kind == "stamper").execute()
    assert codes() == {"evidence_changed"}


def test_another_file_in_its_place_is_noticed(world, signed):
    other = by_hand(bytes(signed.declaration.content), card())
    with past_the_triggers("signature"):
        Signature.update(value=other).execute()

    assert codes() == {"evidence_changed"}


def test_a_file_that_does_not_verify_is_noticed(signed):
    with past_the_triggers("signature"):
        Signature.update(value=bytes(signed.value)[:-1] + b"\x00").execute()

    assert "evidence_changed" in codes()


def test_a_whole_forgery_lacks_the_portals_mark(world, signed):
    """Somebody's own authority, card and list, and rows that agree with each other."""
    rogue = authority().rogue
    forged = by_hand(bytes(signed.declaration.content), rogue.person("6101052430"))
    with past_the_triggers("signature", "evidence_material", "trust_material", "signature_evidence"):
        EvidenceMaterial.delete().execute()
        for kind, der in (
            ("root", rogue.root.der),
            ("issuer", rogue.issuing.der),
            ("crl", rogue.crl()),
        ):
            name = sha256(der).hexdigest()
            TrustMaterial.create(sha256=name, kind=kind, content=der)
            EvidenceMaterial.create(signature=signed, material=name, kind=kind)
        Signature.update(value=forged).execute()

    assert {"evidence_changed", "signature_other_card"} <= codes()


@pytest.mark.parametrize("column", ["verdict", "format", "certificate", "egn_hash", "validated_at"])
def test_any_change_of_the_evidence_is_noticed(signed, column):
    values = {
        "verdict": '{"checks":[],"facts":{}}',
        "format": "pdf",
        "certificate": card("boris").der,
        "egn_hash": b"x" * 32,
        "validated_at": NOW.replace(year=2022),
    }
    with past_the_triggers("signature_evidence"):
        SignatureEvidence.update({column: values[column]}).execute()

    assert "evidence_changed" in codes()


def test_evidence_that_is_gone_is_noticed(signed):
    with past_the_triggers("signature_evidence"):
        SignatureEvidence.delete().execute()

    assert codes() == {"evidence_missing"}


def test_material_that_is_gone_or_broken_is_noticed(signed):
    with past_the_triggers("evidence_material"):
        EvidenceMaterial.delete().where(EvidenceMaterial.kind == "crl").execute()
    assert {"evidence_changed", "signature_invalid"} <= codes()

    with past_the_triggers("trust_material"):
        TrustMaterial.update(content=b"x").execute()
    assert "evidence_unreadable" in codes()


def test_a_printed_form_that_was_changed_is_noticed(world, signed):
    pdf_of(world.ana, MONTH, site=SITE, now=NOW)
    assert codes() == set()
    with past_the_triggers("declaration_pdf"):
        content = bytes(DeclarationPdf.get().content).replace(b"/Title", b"/Titel")
        DeclarationPdf.update(content=content).execute()

    assert codes() == {"document_changed"}


def test_a_printed_form_with_other_data_inside_is_noticed(world, signed):
    pdf_of(world.ana, MONTH, site=SITE, now=NOW)
    other = Document("Декларация", issuer="Училище", code="1", made_at=NOW)
    other.attach("declaration.json", b"{}", "Данните", mime_type="application/json")
    content = other.finished()
    with past_the_triggers("declaration_pdf"):
        DeclarationPdf.update(content=content, sha256=sha256(content).hexdigest()).execute()

    assert codes() == {"document_changed"}


def test_a_signed_document_is_asked_again_too(world, tmp_path):
    give_egn(world.ana)
    add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)
    take_as(world.ana, signed_pdf(world.ana), trust(tmp_path / "trust"))

    assert codes() == set()


@pytest.fixture(params=["beside", "around"])
def over_document(request, world, tmp_path):
    give_egn(world.ana)
    add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)
    document = pdf_of(world.ana, MONTH, site=SITE, now=NOW)[1]
    embedded = document if request.param == "around" else None
    raw = by_hand(document, card(), embedded=embedded)
    return take_as(world.ana, raw, trust(tmp_path / "trust")).signature


def test_a_signature_upon_the_document_is_asked_again_with_the_document(over_document):
    assert codes() == set()


def test_it_falls_with_the_document(over_document):
    """It is over these bytes alone: the data could not stand in for them."""
    with past_the_triggers("declaration_pdf"):
        DeclarationPdf.update(content=bytes(DeclarationPdf.get().content) + b"\n").execute()
    assert codes() == {"document_changed", "signature_invalid"}

    with past_the_triggers("declaration_pdf"):
        DeclarationPdf.delete().execute()
    assert codes() == {"signature_invalid"}


@pytest.fixture
def rules_of_before(monkeypatch):
    """As the portal was when no certificate had to be qualified, and no document reserved a box."""
    monkeypatch.setattr(asking, "Expected", partial(Expected, by_earlier_rules=True))
    monkeypatch.setattr(Document, "place_for_signature", lambda *_: None)
    return monkeypatch


@pytest.mark.parametrize("kind", ["a certificate that is not qualified", "a picture upon the document"])
def test_what_was_accepted_by_the_rules_of_before_stands(world, tmp_path, rules_of_before, kind):
    give_egn(world.ana)
    add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)
    if kind.startswith("a picture"):
        raw = signed_pdf(world.ana, box=(20, 20, 250, 120))
    else:
        raw = by_hand(declared(world.ana), authority().person(NUMBERS["ana"], statements=[]))
    take_as(world.ana, raw, trust(tmp_path / "trust"))
    rules_of_before.undo()

    assert codes() == set()


def test_what_is_accepted_now_is_asked_by_the_rules_of_now(world, tmp_path, monkeypatch):
    """Were somebody to have signed past the check, verify would say so."""
    give_egn(world.ana)
    add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)
    with monkeypatch.context() as past:
        past.setattr(verifying, "check_qualified", lambda leaf: None)
        plain = authority().person(NUMBERS["ana"], statements=[])
        take_as(world.ana, by_hand(declared(world.ana), plain), trust(tmp_path / "trust"))

    assert codes() == {"signature_invalid"}


def test_retention_takes_file_evidence_and_document_away(world, signed, tmp_path):
    pdf_of(world.ana, MONTH, site=SITE, now=NOW)
    end_month()

    purge(Month(2022, 9), site=SITE, now=AFTER.replace(year=2023))

    for table in (Signature, SignatureEvidence, EvidenceMaterial, TrustMaterial, DeclarationPdf):
        assert not table.select().exists(), table
    assert codes() == set()


def test_retention_takes_away_what_waited(world, tmp_path):
    give_egn(world.ana)
    add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)
    take_as(world.ana, p7s(world.ana), trust(tmp_path / "bare", fresh=False))
    Campaign.update(answered_at=AFTER).execute()

    purge(Month(2022, 9), site=SITE, now=AFTER.replace(year=2023))

    assert not PendingSignature.select().exists()
