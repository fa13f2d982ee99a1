"""take: a file signed with КЕП counts at once, or waits, or is refused with the reason."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from portal.actions.qualified.asking import NotTaken
from portal.actions.qualified.documents import pdf_of
from portal.actions.qualified.taking import RECEIVED
from portal.actions.signing.declarations import declaration_of
from portal.actions.signing.signing import NotAsShown, sign, unsign
from portal.actions.verifying import Verified, verify
from portal.documents.pdf import Document
from portal.domain.decisions import Decision
from portal.domain.errors import Conflict, Denied
from portal.domain.month import Month
from portal.domain.people import Scope
from portal.domain.signing.qualified import PendingState, Verdict
from portal.domain.submissions import Lock
from portal.storage.lists.current import list_of
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.people import Delegation, User
from portal.storage.tables.qualified import (
    DeclarationPdf,
    PendingSignature,
    SignatureEvidence,
    TrustMaterial,
    material_of,
    waiting_of,
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
from tests.cast import AFTER, MONTH, NOW, OTHER_SCHOOL, PASSWORD, SCHOOL, SITE, add_record
from tests.crypto.qualified.signed_files import by_hand, openssl, pdf, stamped
from tests.storage.tampering import past_the_triggers

REASON = "Сбъркан е един брой."


@pytest.fixture
def record(world):
    give_egn(world.ana)
    return add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)


@pytest.fixture
def fresh(tmp_path):
    return trust(tmp_path / "fresh")


@pytest.fixture
def bare(tmp_path):
    """No lists of revoked certificates."""
    return trust(tmp_path / "bare", fresh=False)


def the_list() -> Submission:
    return list_of(SCHOOL, MONTH)


def issued(person) -> bytes:
    """The printed form of what the person has to sign."""
    return pdf_of(person, MONTH, site=SITE, now=NOW)[1]


def differences() -> list[str]:
    found = verify(None, verified=Verified(), site=SITE)
    return [one.code for one in found if one.code != "delegation_changed"]


def refused(person, raw, among) -> str:
    with pytest.raises(NotTaken) as refusal:
        take_as(person, raw, among)
    assert the_list().lock is Lock.OPEN
    assert not Signature.select().exists()
    assert not PendingSignature.select().exists()
    return refusal.value.verdict.fault


@pytest.mark.parametrize("form", ["p7s", "p7m", "pdf", "pdf.p7s", "pdf.p7m"])
def test_locks_the_list_and_keeps_the_file_with_its_evidence(world, record, fresh, form):
    raw = {
        "p7s": lambda: openssl(declared(world.ana), card()),
        "p7m": lambda: openssl(declared(world.ana), card(), "-nodetach", form="PEM"),
        "pdf": lambda: signed_pdf(world.ana),
        "pdf.p7s": lambda: openssl(issued(world.ana), card()),
        "pdf.p7m": lambda: openssl(issued(world.ana), card(), "-nodetach"),
    }[form]()

    taken = take_as(world.ana, raw, fresh)

    signature = Signature.get()
    assert taken.signature.id == signature.id
    assert the_list().lock is Lock.SIGNED
    assert (signature.kind, signature.key_id, bytes(signature.value)) == ("qualified", None, raw)
    evidence = SignatureEvidence.get()
    assert (evidence.format, bytes(evidence.certificate)) == (form, card().der)
    verdict = Verdict.load(evidence.verdict)
    assert verdict.facts["holder"] == "Ана Янева"
    over_pdf = sha256(issued(world.ana)).hexdigest() if form.startswith("pdf.") else None
    assert verdict.facts.get("document") == over_pdf
    assert NUMBERS["ana"] not in evidence.verdict
    assert [kind for kind, _ in material_of(signature)] == ["crl", "issuer", "root"]
    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    assert (entry.what, entry.who, entry.content) == (
        "signed",
        world.ana.user_id,
        signature.declaration.sha256,
    )
    assert differences() == []


def test_a_file_that_was_filled_up_is_kept_as_it_came_and_the_verdict_says_so(world, record, fresh):
    raw = p7s(world.ana) + b"\r\n" + bytes(20)

    taken = take_as(world.ana, raw, fresh)

    assert bytes(Signature.get().value) == raw
    (noted,) = [each for each in taken.verdict.checks if each.check == "behind"]
    assert noted.sentence.startswith("Зад подписа във файла има само празни редове или нули")
    assert differences() == []


def test_what_many_signatures_rest_on_is_kept_once(world, record, fresh):
    take_as(world.ana, p7s(world.ana), fresh)
    count = TrustMaterial.select().count()
    unsign(world.ana, MONTH, REASON, now=NOW)

    take_as(world.ana, p7s(world.ana), fresh)

    assert TrustMaterial.select().count() == count == 3
    assert differences() == []


def test_a_time_stamp_is_kept_and_shown(world, record, fresh):
    taken = take_as(world.ana, stamped(p7s(world.ana), authority(), NOW), fresh)

    assert taken.verdict.facts["stamped_at"].startswith("2021-01-28T08:00")
    assert taken.verdict.facts["stamped_by"] == "Изпитателен времеви печат"
    assert differences() == []


# ---- What else was signed


def test_content_that_was_changed(world, record, fresh):
    raw = by_hand(declared(world.ana).replace(b'"confirmed"', b'"refused"'), card())

    assert refused(world.ana, raw, fresh) == "other_content"


def test_the_file_of_another_month(world, record, fresh):
    other = Campaign.create(month=Month(2020, 11), opens_on=NOW.date(), closes_on=AFTER.date(), made_at=NOW)
    Submission.create(campaign=other, institution=SCHOOL)
    add_record(decision=Decision.CONFIRMED, campaign=other)
    theirs = bytes(declaration_of(world.ana, Month(2020, 11), now=NOW).content)
    _, document = pdf_of(world.ana, Month(2020, 11), site=SITE, now=NOW)

    assert refused(world.ana, by_hand(theirs, card()), fresh) == "other_month"
    assert refused(world.ana, by_hand(theirs, card(), digest="sha512"), fresh) == "other_month"
    assert refused(world.ana, pdf(document, card(), authority()), fresh) == "other_month"
    assert refused(world.ana, by_hand(document, card()), fresh) == "other_month"


def test_the_file_of_another_person_of_the_school(world, record, fresh):
    dora = world.delegate(Scope.SIGN)
    give_egn(dora, "dora")

    assert refused(world.ana, by_hand(declared(dora), card()), fresh) == "other_signatory"
    assert refused(world.ana, signed_pdf(dora), fresh) == "other_signatory"
    assert refused(world.ana, by_hand(issued(dora), card()), fresh) == "other_signatory"
    assert refused(dora, p7s(world.ana), fresh) == "other_signatory"


def test_the_file_of_before_a_change(world, record, fresh):
    raw, document = p7s(world.ana), signed_pdf(world.ana)
    beside = by_hand(issued(world.ana), card())
    Record.update(note="друго").where(Record.id == record.id).execute()
    Submission.recount([record.submission_id])

    assert refused(world.ana, raw, fresh) == "older_version"
    assert refused(world.ana, document, fresh) == "older_version"
    assert refused(world.ana, beside, fresh) == "older_version"
    issued(world.ana)
    assert refused(world.ana, beside, fresh) == "older_version"


def test_a_neighbours_file_is_not_even_told_apart(world, record, fresh):
    give_egn(world.boris, "boris")
    add_record(OTHER_SCHOOL, decision=Decision.CONFIRMED)
    theirs = declared(world.boris)

    assert refused(world.ana, by_hand(theirs, card()), fresh) == "other_content"


# ---- PDF


def test_the_document_is_issued_once_and_stays_the_same(world, record):
    first = pdf_of(world.ana, MONTH, site=SITE, now=NOW)
    assert pdf_of(world.ana, MONTH, site=SITE, now=NOW + timedelta(hours=1)) == first
    assert DeclarationPdf.select().count() == 1

    Submission.recount([record.submission_id])
    assert pdf_of(world.ana, MONTH, site=SITE, now=NOW) != first
    assert DeclarationPdf.select().count() == 2


def changed(document: bytes) -> bytes:
    """The same document with another title, added as programs add."""
    from io import BytesIO

    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(BytesIO(document))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
    writer.update_container(page)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def rewritten(document: bytes) -> bytes:
    from io import BytesIO

    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.pdf_utils.writer import copy_into_new_writer

    old = PdfFileReader(BytesIO(document))
    writer = copy_into_new_writer(old)
    writer._document_id[0] = old.trailer["/ID"][0]  # as programs do that write a file anew
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


BAD_DOCUMENTS = {
    "not_signed": lambda ana, document: document,
    "changed_after": lambda ana, document: changed(pdf(document, card(), authority())),
    "changed_before": lambda ana, document: pdf(changed(document), card(), authority()),
    "rewritten": lambda ana, document: pdf(rewritten(document), card(), authority()),
    "two_signers": lambda ana, document: pdf(
        pdf(document, card(), authority()), card("boris"), authority(), field_name="Signature2"
    ),
    "other_person": lambda ana, document: pdf(document, card("boris"), authority()),
    "unknown_issuer": lambda ana, document: pdf(
        document, authority().rogue.person(NUMBERS["ana"]), authority().rogue
    ),
    "malformed": lambda ana, document: pdf(document, card(), authority())[:-400],
}


@pytest.mark.parametrize("fault", BAD_DOCUMENTS)
def test_a_document_that_does_not_hold(world, record, fresh, fault):
    _, document = pdf_of(world.ana, MONTH, site=SITE, now=NOW)

    assert refused(world.ana, BAD_DOCUMENTS[fault](world.ana, document), fresh) == fault


def test_bytes_behind_a_signed_document(world, record, fresh):
    assert refused(world.ana, signed_pdf(world.ana) + b"\n%% more", fresh) in ("changed_after", "malformed")


def test_a_document_of_somebody_else_is_not_ours(world, record, fresh):
    pdf_of(world.ana, MONTH, site=SITE, now=NOW)
    other = Document("Заповед", issuer="Училище", code="1", made_at=NOW).finished()

    assert refused(world.ana, pdf(other, card(), authority()), fresh) == "never_issued"


def test_a_document_that_somebody_put_in_the_database_is_not_given_out_or_taken(world, record, fresh):
    """Another page before the signatory, with its digest beside it: it lacks the portal's mark."""
    _, document = pdf_of(world.ana, MONTH, site=SITE, now=NOW)
    other = changed(document)
    with past_the_triggers("declaration_pdf"):
        DeclarationPdf.update(content=other, sha256=sha256(other).hexdigest()).execute()

    with pytest.raises(Conflict, match="не е онзи"):
        pdf_of(world.ana, MONTH, site=SITE, now=NOW)
    assert refused(world.ana, pdf(other, card(), authority()), fresh) == "never_issued"
    assert refused(world.ana, pdf(document, card(), authority()), fresh) == "never_issued"
    assert refused(world.ana, by_hand(other, card()), fresh) == "other_content"
    assert "document_changed" in differences()
    assert take_as(world.ana, p7s(world.ana), fresh).signature  # the data can be signed still


def test_a_document_of_another_declaration_put_in_its_place_is_not_taken(world, record, fresh):
    pdf_of(world.ana, MONTH, site=SITE, now=NOW)
    Submission.recount([record.submission_id])
    old = DeclarationPdf.get()
    declaration = declaration_of(world.ana, MONTH, now=NOW)
    DeclarationPdf.insert({**old.__data__, "declaration": declaration.id}).execute()

    with pytest.raises(Conflict, match="не е онзи"):
        pdf_of(world.ana, MONTH, site=SITE, now=NOW)


# ---- Who, when, which kinds


def test_the_card_of_another_person_signs_nothing(world, record, fresh):
    assert refused(world.ana, p7s(world.ana, "boris"), fresh) == "other_person"


def test_an_account_without_egn_signs_nothing(world, record, fresh):
    User.update(egn_hash=None).execute()

    assert refused(world.ana, p7s(world.ana), fresh) == "no_egn"


def test_the_number_of_another_account_copied_in_the_database_is_nobodys(world, record, fresh):
    give_egn(world.boris, "boris")
    boris = User.get_by_id(world.boris.user_id)
    User.update(egn_hash=boris.egn_hash).where(User.id == world.ana.user_id).execute()

    assert refused(world.ana, p7s(world.ana, "boris"), fresh) == "other_person"


def test_a_delegate_signs_with_the_own_card_and_the_scope(world, record, fresh):
    dora = world.delegate(Scope.SIGN)
    give_egn(dora, "dora")

    assert take_as(dora, p7s(dora, "dora"), fresh).signature.signatory_id == dora.user_id
    assert differences() == []
    with pytest.raises(Denied):
        take_as(world.delegate(Scope.DECIDE), b"x", fresh)


@pytest.mark.parametrize("kinds", [frozenset({"password"}), frozenset()])
def test_where_qualified_signatures_do_not_count_none_is_taken(world, record, fresh, kinds):
    with pytest.raises(Conflict, match="КЕП не се приема"):
        take_as(world.ana, p7s(world.ana), fresh, kinds=kinds)


def test_where_only_qualified_signatures_count_the_password_signs_nothing(world, record):
    with pytest.raises(Conflict, match="с КЕП, а не с парола"):
        sign(world.ana, MONTH, PASSWORD, site=replace(SITE, signature_kinds={"qualified"}), now=NOW)


def test_nothing_is_taken_after_the_deadline_or_with_something_pending(world, record, fresh):
    raw = p7s(world.ana)
    with pytest.raises(Conflict, match="Срокът изтече"):
        take_as(world.ana, raw, fresh, now=AFTER)
    add_record()
    with pytest.raises(Conflict, match="необработен"):
        take_as(world.ana, raw, fresh)


def test_twice_is_once(world, record, fresh):
    raw = p7s(world.ana)
    take_as(world.ana, raw, fresh)

    with pytest.raises(Conflict, match="вече е подписан"):
        take_as(world.ana, raw, fresh)
    assert Signature.select().count() == 1


def test_a_signature_that_was_removed_does_not_sign_again(world, record, fresh):
    raw = p7s(world.ana)
    take_as(world.ana, raw, fresh)
    unsign(world.ana, MONTH, REASON, now=NOW)

    assert refused_again(world.ana, raw, fresh) == "older_version"


def refused_again(person, raw, among) -> str:
    with pytest.raises(NotTaken) as refusal:
        take_as(person, raw, among)
    return refusal.value.verdict.fault


def test_a_removed_signature_does_not_sign_again_though_the_list_is_set_back(world, record, fresh):
    """Past the portal: the list's version as it was, so that the declaration is the current one again."""
    raw, version = p7s(world.ana), the_list().version
    take_as(world.ana, raw, fresh)
    unsign(world.ana, MONTH, REASON, now=NOW)
    Submission.update(version=version).execute()

    with pytest.raises(NotAsShown):
        take_as(world.ana, raw, fresh)
    assert the_list().lock is Lock.OPEN
    assert Signature.select().count() == 1


def test_a_declaration_that_was_signed_twice_is_noticed(world, record, fresh):
    first = take_as(world.ana, p7s(world.ana), fresh).signature
    unsign(world.ana, MONTH, REASON, now=NOW)
    facts = dict(first.__data__, id=None, number=first.number[:-1] + "2")
    Signature.insert({name: value for name, value in facts.items() if name != "id"}).execute()

    assert "declaration_signed_twice" in differences()


def test_an_account_that_was_moved_signs_nothing(world, record, fresh):
    raw = p7s(world.ana)
    User.update(email="other@example.org").where(User.id == world.ana.user_id).execute()

    with pytest.raises(Conflict, match="обадете на ЦИОО"):
        take_as(world.ana, raw, fresh)


def test_a_delegate_revoked_meanwhile_signs_nothing(world, record, fresh):
    dora = world.delegate(Scope.SIGN)
    give_egn(dora, "dora")
    raw = p7s(dora, "dora")
    Delegation.update(revoked_at=NOW, revoked_by=world.ana.user_id).execute()

    with pytest.raises(Denied):
        take_as(dora, raw, fresh)


def test_what_the_page_showed_is_what_counts(world, record, fresh):
    issued = declaration_of(world.ana, MONTH, now=NOW)

    with pytest.raises(NotAsShown):
        take_as(world.ana, p7s(world.ana), fresh, issued=issued.id + 1)


# ---- Waiting


def test_a_signature_without_word_of_its_certificate_waits_and_signs_nothing(world, record, bare):
    raw = p7s(world.ana)

    taken = take_as(world.ana, raw, bare)

    assert taken.signature is None
    waits = waiting_of(the_list())
    assert (waits.state, bytes(waits.content), taken.verdict.fault) == (PendingState.WAITS, raw, "no_data")
    assert the_list().lock is Lock.OPEN
    assert not Signature.select().exists()
    assert AuditEntry.select().where(AuditEntry.what == RECEIVED).count() == 1
    assert differences() == []


def test_a_newer_file_replaces_the_one_that_waits(world, record, bare):
    take_as(world.ana, p7s(world.ana), bare)
    take_as(world.ana, signed_pdf(world.ana), bare)

    old, new = PendingSignature.select().order_by(PendingSignature.id)
    assert (old.state, bytes(old.content), old.reason) == (PendingState.REPLACED, b"", "replaced")
    assert (new.state, new.format) == (PendingState.WAITS, "pdf")


def test_signing_otherwise_ends_what_waits(world, record, bare, fresh):
    take_as(world.ana, p7s(world.ana), bare)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)

    row = PendingSignature.get()
    assert (row.state, row.reason, bytes(row.content)) == (PendingState.VOID, "signed_otherwise", b"")
    assert differences() == []


def test_evidence_cannot_be_changed_or_deleted_even_past_the_portal(world, record, fresh):
    take_as(world.ana, signed_pdf(world.ana), fresh)

    for statement in (
        SignatureEvidence.update(verdict="{}"),
        SignatureEvidence.delete(),
        DeclarationPdf.update(content=b""),
        DeclarationPdf.delete(),
        TrustMaterial.update(content=b""),
        TrustMaterial.delete(),
    ):
        with pytest.raises(Exception, match="only ever added"):
            statement.execute()


def test_evidence_that_was_poisoned_before_is_not_rested_on(world, record, fresh):
    """Somebody put other bytes under the digest of a list that is to be kept."""
    name = sha256(authority().issuing.der).hexdigest()
    TrustMaterial.insert(sha256=name, kind="issuer", content=b"other bytes").execute()

    with pytest.raises(Conflict, match="не са онези"):
        take_as(world.ana, p7s(world.ana), fresh)
    assert the_list().lock is Lock.OPEN
    assert not Signature.select().exists()
    assert not SignatureEvidence.select().exists()


def test_the_account_of_the_signature_is_asked_again_in_the_transaction(world, record, fresh, monkeypatch):
    """An ЕГН that the operator changes while the file is being checked."""
    from portal.actions.qualified import taking

    whole = taking.ask

    def asks(*args, **place):
        verified = whole(*args, **place)
        give_egn(world.ana, "boris")
        return verified

    monkeypatch.setattr(taking, "ask", asks)
    with pytest.raises(Conflict, match="ЕГН или ЛНЧ на достъпа ви е сменено"):
        take_as(world.ana, p7s(world.ana), fresh)
    assert the_list().lock is Lock.OPEN
