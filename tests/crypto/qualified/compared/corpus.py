"""Files that are signed well, badly, or by tricks, each with our verdict, and who else takes it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from io import BytesIO

from asn1crypto import cms
from asn1crypto.crl import CertificateList
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID as Use
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper

from portal.crypto.qualified.pdf_additions import reserved_box
from tests.actions.qualified.signed import NUMBERS
from tests.crypto.qualified import hostile_pdf, pdf_by_hand, signed_files
from tests.crypto.qualified.authority import Authority, Card, ec_key, qc_statements, real_now, rsa_key
from tests.crypto.qualified.ber import in_ber, streamed
from tests.crypto.qualified.signed_files import (
    apart,
    as_asn1,
    attributes,
    by_hand,
    in_pem,
    openssl,
    raw_signature,
    signing_certificate,
    stamper,
    unsorted,
)
from tests.crypto.qualified.test_files import ASIC_E, XADES, archive
from tests.crypto.qualified.test_pdf_additions import (
    AFTERWARDS,
    ALLOWED,
    PICTURE,
    REFUSED,
    with_proof,
    written,
)
from tests.crypto.qualified.test_signed_pdf import another, issued

DATA = '{"records":[{"given":"Мария"}]}'.encode() * 20
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GOOD = "good"


@cache
def authority() -> Authority:
    """Of today: pdfsig judges certificates by the machine's clock alone."""
    return Authority(real_now().replace(microsecond=0))


def person(who: str = "ana", **more) -> Card:
    """As people's certificates of B-Trust are: qualified, and for mail. Where no use is named, poppler
    (22.12) takes the extension that it missed for a fault."""
    mail = x509.ExtendedKeyUsage([Use.EMAIL_PROTECTION])
    more.setdefault("statements", [(qc_statements(), False), (mail, False)])
    return authority().person(NUMBERS[who], key=more.pop("key", None) or ec_key(), **more)


@cache
def ana() -> Card:
    return person()


@cache
def with_rsa() -> Card:
    return person(key=rsa_key())


@cache
def boris() -> Card:
    return person("boris", key=with_rsa().key)


@cache
def revoked() -> Card:
    return person(key=with_rsa().key)


@cache
def held() -> Card:
    return person()


def crls() -> list[bytes]:
    """Of the issuer, and of its root."""
    since = authority().now - DAY
    on_hold = (held(), since, x509.ReasonFlags.certificate_hold)
    return [authority().crl((revoked(), since), on_hold), authority().crl(by=authority().root)]


# ---- Upon the data, or upon the PDF as any file


@cache
def good() -> bytes:
    return openssl(DATA, ana())


def by(card: Card) -> bytes:
    return by_hand(DATA, card)


def stating(**statements) -> bytes:
    return by(person(statements=[(qc_statements(**statements), False)]))


def for_servers() -> bytes:
    uses = x509.ExtendedKeyUsage([Use.SERVER_AUTH])
    return by(person(statements=[(qc_statements(), False), (uses, False)]))


def changed(**attribute) -> bytes:
    return by_hand(DATA, ana(), signed=attributes(DATA, ana(), **attribute))


def twice() -> bytes:
    signed = attributes(DATA, ana())
    return by_hand(DATA, ana(), signed=[*signed, signed[1]])


def flipped(at: int) -> bytes:
    return good()[:at] + bytes([good()[at] ^ 1]) + good()[at + 1 :]


def another_key() -> bytes:
    signed = cms.CMSAttributes(sorted(attributes(DATA, ana()), key=lambda each: each.dump()))
    return by_hand(DATA, ana(), value=raw_signature(boris(), signed.dump()))


def twin() -> bytes:
    """The certificate that was signed for is revoked; another one of the same key is shown."""
    shown = person(key=revoked().key)
    return by_hand(DATA, shown, signed=attributes(DATA, revoked()))


def attributes_as_content() -> bytes:
    signed = sorted(attributes(DATA, ana()), key=lambda each: each.dump())
    content = cms.CMSAttributes(signed).dump()
    value = raw_signature(ana(), content)
    return by_hand(content, ana(), without_attributes=True, embedded=content, value=value)


def of_an_authority_beside() -> bytes:
    """Of our own root; the operator has not pinned it."""
    other = authority()._authority("Друг издател", authority().root)
    leaf = person(by=other)
    return by_hand(DATA, leaf, certificates=(leaf, other))


def of_the_root_itself() -> bytes:
    return by(person(by=authority().root))


def of_a_person() -> bytes:
    """Issued with a card, which is no authority."""
    leaf = person(by=ana())
    return by_hand(DATA, leaf, certificates=(leaf, ana()))


def of_a_rogue() -> bytes:
    rogue = authority().rogue
    leaf = rogue.person(NUMBERS["ana"], key=ec_key())
    return by_hand(DATA, leaf, certificates=(leaf, rogue.issuing, rogue.root))


def stamped(der: bytes, of: Authority | None = None) -> bytes:
    return signed_files.stamped(der, of or authority(), authority().now - timedelta(minutes=5))


def encrypted() -> bytes:
    return cms.ContentInfo({"content_type": "data", "content": DATA}).dump()


def by_pyhanko() -> bytes:
    import asyncio

    signing = signed_files.signer(ana(), authority()).async_sign_general_data(
        DATA, "sha256", use_cades=True, detached=True
    )
    return apart(lambda: asyncio.run(signing)).dump()


# ---- A PDF that is signed


def pdf(card: Card | None = None, document: bytes | None = None, **more) -> bytes:
    return signed_files.pdf(document or issued(), card or with_rsa(), authority(), **more)


def box():
    return reserved_box(PdfFileReader(BytesIO(issued())))


@cache
def plain() -> bytes:
    return pdf()


def certified(permissions: MDPPerm) -> bytes:
    return pdf(certify=True, docmdp_permissions=permissions)


def with_certificates(signed: bytes) -> bytes:
    certificates = [as_asn1(authority().issuing), as_asn1(authority().root)]
    return with_proof(signed, certs=certificates, crls=[CertificateList.load(crls()[0])])


def with_stamp(signed: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    made = PdfTimeStamper(stamper(authority(), authority().now))
    return apart(lambda: made.timestamp_pdf(writer, "sha256", output=BytesIO())).getvalue()


def prepared(change) -> bytes:
    return hostile_pdf.prepared(issued(), with_rsa(), authority(), change)


def hand(**changes) -> bytes:
    return pdf_by_hand.signed(issued(), ana(), **changes)


def hand_by(card: Card) -> bytes:
    return pdf_by_hand.signed(issued(), card)


def of_kind(subfilter: str) -> bytes:
    return hand(signature=f"/Type /Sig /Filter /Adobe.PPKLite /SubFilter /{subfilter}")


def later(kind: str, signed: bytes | None = None) -> bytes:
    return pdf_by_hand.continued(signed or hand(), **AFTERWARDS[kind])


def wrapped() -> bytes:
    covered, value = hostile_pdf.signed_over(pdf_by_hand.signed(another(), ana()))
    return hostile_pdf.wrapped(issued(), covered, value)


def rewritten() -> bytes:
    out = BytesIO()
    copy_into_new_writer(PdfFileReader(BytesIO(issued()))).write(out)
    return pdf(document=out.getvalue())


def with_other_words() -> bytes:
    """A byte of what was issued is another one."""
    at = plain().index(b"stream", 2000) + 20
    return plain()[:at] + bytes([plain()[at] ^ 1]) + plain()[at + 1 :]


def with_a_hole() -> bytes:
    """The range leaves out bytes before the signature as well."""
    signed = hand()
    gap = int(signed[signed.rindex(b"/ByteRange") :].split()[2])
    return signed[:gap].replace(b"/ByteRange [0 %d " % gap, b"/ByteRange [0 %d " % (gap - 9)) + signed[gap:]


def two_of_them() -> bytes:
    return pdf(document=hand_by(boris()), field_name="Second")


@dataclass(frozen=True)
class File:
    """``verdict``: ours, ``good`` or the fault; ``taken``: who else takes it; ``why``: the name of the
    difference between the two, as the decision has it. ``over``: what it should be upon, none for a PDF."""

    make: Callable[[], bytes]
    verdict: str
    taken: str
    why: str = ""
    over: Callable[[], bytes] | None = None


def upon_data(make: Callable[[], bytes], verdict: str, taken: str, why: str = "") -> File:
    return File(make, verdict, taken, why, lambda: DATA)


def upon_pdf(make: Callable[[], bytes], verdict: str, taken: str, why: str = "") -> File:
    return File(make, verdict, taken, why, issued)


PYHANKO, OPENSSL, PDFSIG = "pyhanko", "openssl", "pdfsig"
TWO, ALL = f"{PYHANKO} {OPENSSL}", f"{PYHANKO} {OPENSSL} {PDFSIG}"
NOT_PYHANKO = f"{OPENSSL} {PDFSIG}"

GOOD_FILES = {
    "by openssl, in DER": upon_data(good, GOOD, TWO),
    "in PEM": upon_data(lambda: openssl(DATA, ana(), form="PEM"), GOOD, TWO),
    "in PEM, called CMS": upon_data(lambda: in_pem(good(), "CMS"), GOOD, TWO),
    "in base64 alone": upon_data(lambda: b"".join(in_pem(good()).splitlines()[1:-1]), GOOD, "", "spelling"),
    "by pyHanko": upon_data(by_pyhanko, GOOD, TWO),
    "by hand": upon_data(lambda: by(ana()), GOOD, TWO),
    "with RSA": upon_data(lambda: by(with_rsa()), GOOD, TWO),
    "with RSA-PSS": upon_data(
        lambda: openssl(DATA, with_rsa(), "-keyopt", "rsa_padding_mode:pss"), GOOD, TWO
    ),
    "with SHA-512": upon_data(lambda: by_hand(DATA, ana(), digest="sha512"), GOOD, TWO),
    "with P-384": upon_data(lambda: by(person(key=ec_key(ec.SECP384R1()))), GOOD, TWO),
    "with the chain inside": upon_data(
        lambda: openssl(DATA, ana(), chain=(authority().issuing, authority().root)), GOOD, TWO
    ),
    "with the data inside": upon_data(lambda: openssl(DATA, ana(), "-nodetach"), GOOD, TWO),
    "BER, written as a stream": upon_data(lambda: openssl(DATA, ana(), "-nodetach", "-stream"), GOOD, TWO),
    "BER of indefinite lengths": upon_data(lambda: streamed(good()), GOOD, TWO),
    "BER throughout, certificates too": upon_data(lambda: in_ber(good(), 50), GOOD, "", "spelling"),
    "BER throughout, in PEM": upon_data(lambda: in_pem(in_ber(good())), GOOD, "", "spelling"),
    "with a time stamp": upon_data(lambda: stamped(good()), GOOD, TWO),
    "a line end behind it": upon_data(lambda: good() + b"\r\n", GOOD, TWO),
    "zeros behind it": upon_data(lambda: good() + bytes(64), GOOD, TWO),
    "upon the PDF": upon_pdf(lambda: openssl(issued(), ana()), GOOD, TWO),
    "with the PDF inside": upon_pdf(lambda: openssl(issued(), ana(), "-nodetach"), GOOD, TWO),
    "PAdES": File(plain, GOOD, ALL),
    "PAdES, seen in its box": File(lambda: pdf(box=box()), GOOD, ALL),
    "PAdES, with a time stamp": File(
        lambda: pdf(stamped_at=authority().now - timedelta(minutes=5)), GOOD, ALL
    ),
    "PAdES, with P-256": File(hand, GOOD, ALL),
    "adbe.pkcs7.detached": File(lambda: pdf(subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED), GOOD, ALL),
    "certified, nothing may change": File(lambda: certified(MDPPerm.NO_CHANGES), GOOD, ALL),
    "certified, forms may be filled": File(lambda: certified(MDPPerm.FILL_FORMS), GOOD, ALL),
    "certified, notes may be added": File(lambda: certified(MDPPerm.ANNOTATE), GOOD, ALL),
    "as LibreOffice writes it": File(lambda: hand(**written(ALLOWED["as LibreOffice writes it"])), GOOD, ALL),
    "as iText writes it": File(lambda: hand(**written(ALLOWED["as iText writes it"])), GOOD, ALL),
    "with proof of certificates (LT)": File(lambda: with_certificates(plain()), GOOD, TWO, "archival"),
    "with proof and a stamp (LTA)": File(
        lambda: with_stamp(with_certificates(plain())), GOOD, TWO, "archival"
    ),
}

# Other content, or another signature; a form that would let more be read into it.
FORMS = {
    "other data": upon_data(lambda: openssl(DATA + b" ", ana()), "other_content", ""),
    "other data inside": upon_data(lambda: openssl(DATA + b" ", ana(), "-nodetach"), "other_content", ""),
    "our data inside, the digest of others": upon_data(
        lambda: by_hand(DATA + b" ", ana(), embedded=DATA), "other_content", ""
    ),
    "upon another PDF": upon_pdf(lambda: openssl(another(), ana()), "other_content", ""),
    "a bit of the value is another": upon_data(lambda: flipped(len(good()) - 1), "bad_signature", ""),
    "a bit of the digest is another": upon_data(
        lambda: flipped(good().rindex(bytes.fromhex("06092a864886f70d010904")) + 20), "other_content", ""
    ),
    "by another key": upon_data(another_key, "bad_signature", ""),
    "no signed attributes": upon_data(
        lambda: openssl(DATA, ana(), "-noattr", cades=False), "no_signed_attributes", TWO, "form"
    ),
    "its attributes shown as the content": upon_data(attributes_as_content, "no_signed_attributes", ""),
    "no signing certificate": upon_data(
        lambda: openssl(DATA, ana(), cades=False), "no_signing_certificate", PYHANKO, "form"
    ),
    "another signing certificate": upon_data(
        lambda: changed(signing_certificate_v2=signing_certificate(boris())), "other_signing_certificate", ""
    ),
    "another certificate of the same key": upon_data(twin, "other_signing_certificate", ""),
    "an attribute twice": upon_data(twice, "attribute_twice", ""),
    "no content type": upon_data(lambda: changed(content_type=None), "no_content_type", ""),
    "no digest": upon_data(lambda: changed(message_digest=None), "no_message_digest", ""),
    "of another content type": upon_data(
        lambda: changed(content_type="signed_data"), "other_content_type", OPENSSL, "form"
    ),
    "attributes out of order": upon_data(lambda: unsorted(DATA, ana()), "ber", TWO, "form"),
    "two signers": upon_data(lambda: by_hand(DATA, ana(), signers=2), "two_signers", OPENSSL, "form"),
    "no signer": upon_data(lambda: by_hand(DATA, ana(), signers=0), "no_signer", ""),
    "no certificate": upon_data(lambda: openssl(DATA, ana(), "-nocerts"), "no_certificate", ""),
    "words behind it": upon_data(lambda: good() + b"words", "junk", TWO, "form"),
    "cut off": upon_data(lambda: good()[:-20], "malformed", ""),
    "no signature, only data": upon_data(encrypted, "not_a_signature", ""),
    "a signed letter": upon_data(lambda: openssl(DATA, ana(), form="SMIME"), "mime", ""),
    "XML": upon_data(XADES.encode, "xml_signature", ""),
    "ASiC": upon_data(lambda: archive(*ASIC_E), "asic", ""),
    "the data themselves": upon_data(lambda: DATA, "data_unsigned", ""),
    "SHA-1": upon_data(lambda: by_hand(DATA, ana(), digest="sha1"), "weak_digest", OPENSSL, "strength"),
    "SHA-224": upon_data(lambda: openssl(DATA, ana(), "-md", "sha224"), "weak_digest", TWO, "strength"),
    "SHA-3": upon_data(
        lambda: openssl(DATA, with_rsa(), "-md", "sha3-256"), "unknown_algorithm", TWO, "strength"
    ),
    "RSA of 1024 bits": upon_data(lambda: by(person(key=rsa_key(1024))), "weak_key", OPENSSL, "strength"),
    "a curve of others": upon_data(
        lambda: by(person(key=ec_key(ec.SECP256K1()))), "unknown_algorithm", TWO, "strength"
    ),
}

CERTIFICATES = {
    "another person's": upon_data(lambda: by(boris()), "other_person", TWO, "whose"),
    "nobody's number": upon_data(lambda: by(person(numbers=[])), "no_number", TWO, "whose"),
    "of a rogue with the same names": upon_data(of_a_rogue, "unknown_issuer", ""),
    "of an authority that is not pinned": upon_data(of_an_authority_beside, "unknown_issuer", ""),
    "of the root itself": upon_data(of_the_root_itself, "unknown_issuer", PYHANKO, "pinned"),
    "issued with a card": upon_data(of_a_person, "unknown_issuer", ""),
    "expired": upon_data(lambda: by(person(not_after=authority().now - HOUR)), "expired", ""),
    "not yet valid": upon_data(lambda: by(person(not_before=authority().now + DAY)), "not_yet_valid", ""),
    "revoked": upon_data(lambda: by(revoked()), "revoked", ""),
    "on hold": upon_data(lambda: by(held()), "on_hold", ""),
    "to log in with": upon_data(lambda: by(person(for_signing=False)), "not_for_signing", OPENSSL, "purpose"),
    "for servers": upon_data(for_servers, "not_for_signing", PYHANKO, "purpose"),
    "not qualified": upon_data(lambda: by(person(statements=[])), "not_qualified", TWO, "purpose"),
    "advanced": upon_data(lambda: stating(compliance=False), "not_qualified", TWO, "purpose"),
    "qualified, the key in a file": upon_data(lambda: stating(device=False), "no_device", TWO, "purpose"),
    "a seal": upon_data(lambda: stating(kinds=("0.4.0.1862.1.6.2",)), "seal", TWO, "purpose"),
    "another person's, in a PDF": File(lambda: hand_by(boris()), "other_person", ALL, "whose"),
    "revoked, in a PDF": File(lambda: hand_by(revoked()), "revoked", PDFSIG, "list"),
    "expired, in a PDF": File(lambda: hand_by(person(not_after=authority().now - HOUR)), "expired", ""),
    "of a rogue, in a PDF": File(
        lambda: hand_by(authority().rogue.person(NUMBERS["ana"], key=ec_key())), "unknown_issuer", ""
    ),
}

DOCUMENTS = {
    "not signed": File(issued, "not_signed", ""),
    "another document": File(lambda: pdf_by_hand.signed(another(), ana()), "never_issued", ALL, "issued"),
    "written anew before it was signed": File(rewritten, "never_issued", ALL, "issued"),
    "another byte in what was issued": File(with_other_words, "rewritten", ""),
    "a blank behind the end": File(lambda: plain() + b" ", "changed_after", TWO, "whole"),
    "words behind the end": File(lambda: plain() + b"\n%% more\n", "changed_after", TWO, "whole"),
    "a range with a hole": File(with_a_hole, "changed_before", ""),
    "wrapped: a signature upon another document": File(wrapped, "changed_after", PYHANKO, "whole"),
    "two signatories": File(two_of_them, "two_signers", ALL, "one"),
    "adbe.pkcs7.sha1": File(lambda: of_kind("adbe.pkcs7.sha1"), "old_algorithm", NOT_PYHANKO, "kind"),
    "adbe.x509.rsa_sha1": File(lambda: of_kind("adbe.x509.rsa_sha1"), "old_algorithm", OPENSSL, "kind"),
    "of an unknown kind": File(lambda: of_kind("Some.Other"), "other_subfilter", OPENSSL, "kind"),
    "a stamp of the document alone": File(lambda: with_stamp(issued()), "not_signed", ""),
    "outside the box": File(lambda: hand(rect="0 0 200 100", look=PICTURE), "outside_box", ALL, "beside"),
    "over the whole page": File(lambda: hand(rect="0 0 595 842", look=PICTURE), "outside_box", ALL, "beside"),
    "by pyHanko with P-256, which writes metadata": File(lambda: pdf(ana()), "changed_before", ALL, "beside"),
    "a second field over the page": File(
        lambda: prepared(hostile_pdf.second_field), "changed_before", TWO, "beside"
    ),
    "a note upon the page": File(lambda: prepared(hostile_pdf.note), "changed_before", ALL, "beside"),
    "a script": File(lambda: prepared(hostile_pdf.script("/A")), "changed_before", ALL, "beside"),
    "a script when it is opened": File(
        lambda: prepared(hostile_pdf.when_opened), "changed_before", ALL, "beside"
    ),
    **{
        kind: File(lambda kind=kind: hand(**written(REFUSED[kind])), "changed_before", ALL, "beside")
        for kind in (
            "a layer for the widget",
            "metadata",
            "pictures to be made anew",
            "an object that nothing refers to",
            "another text on a page",
            "rights of another signature",
        )
    },
    "a cover beside the signature, under one parent": File(
        lambda: hand(**written(REFUSED["a cover beside the signature, under one parent"])),
        "changed_before",
        TWO,
        "beside",
    ),
    **{
        f"added later: {kind}": File(partial(later, kind), "changed_after", taken, "whole")
        for kind, taken in (
            ("another text", OPENSSL),
            ("a note on the page", OPENSSL),
            ("an empty field over the page", OPENSSL),
            ("metadata", OPENSSL),
            ("another title", TWO),
        )
    },
    "added later, though certified: a note on the page": File(
        lambda: later("a note on the page", hand(**ALLOWED["certified, as iText and pyHanko do"])),
        "changed_after",
        OPENSSL,
        "whole",
    ),
}

FILES = {**GOOD_FILES, **FORMS, **CERTIFICATES, **DOCUMENTS}
