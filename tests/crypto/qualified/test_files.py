"""verify: every kind of file that people upload, good and bad, and what is said of each."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from functools import cache
from io import BytesIO
from zipfile import ZipFile

import pytest
from asn1crypto import cms, core, tsp
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID as Use
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.actions.qualified.asking import verdict_of
from portal.crypto.qualified.container import MOST_SIGNATURE, read_upload
from portal.crypto.qualified.crls import Crl
from portal.crypto.qualified.faults import BAD, GOOD, NOTED, WAITS, Check, Fault
from portal.crypto.qualified.trust import Trust
from portal.crypto.qualified.verifying import Expected, verify
from portal.domain.signing.qualified import Format, certificate_facts
from tests.actions.qualified.signed import NUMBERS, authority, card
from tests.cast import NOW
from tests.crypto.qualified.authority import (
    NEVER,
    SIGNATURE,
    Authority,
    Card,
    ec_key,
    name,
    qc_statements,
    rsa_key,
)
from tests.crypto.qualified.ber import in_ber, streamed
from tests.crypto.qualified.certificates import bent_certificate, ocsp, part, spelled_out, tlv
from tests.crypto.qualified.signed_files import (
    attributes,
    by_hand,
    in_pem,
    openssl,
    raw_signature,
    signing_certificate,
    stamped,
    unsorted,
    with_unsigned,
)

BODY = '{"records":[{"given":"Мария"}]}'.encode() * 20
KIND, STATEMENTS = "0.4.0.1862.1.6", "1.3.6.1.5.5.7.1.3"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@cache
def trust(*crls: bytes) -> Trust:
    lists = crls or (authority().crl(),)
    return Trust(
        (authority().root.certificate,), (authority().issuing.certificate,), tuple(map(Crl.load, lists))
    )


def no_lists() -> Trust:
    return Trust((authority().root.certificate,), (authority().issuing.certificate,))


def expected(**changes) -> Expected:
    facts = {"declaration": BODY, "issued_at": NOW - HOUR, "is_owner": lambda egn: egn == NUMBERS["ana"]}
    return Expected(**facts | changes)


def asked(raw: bytes, *, among: Trust | None = None, now=NOW, **changes):
    return verify(raw, expected(**changes), trust() if among is None else among, now=now)


@cache
def good() -> bytes:
    return openssl(BODY, card())


GOOD_FILES = {
    "detached, by openssl": lambda: good(),
    "enveloped, by openssl": lambda: openssl(BODY, card(), "-nodetach"),
    "with the chain inside": lambda: openssl(BODY, card(), chain=(authority().issuing, authority().root)),
    "PEM": lambda: openssl(BODY, card(), form="PEM"),
    "PEM with Windows line ends": lambda: in_pem(good()).replace(b"\n", b"\r\n"),
    "PEM labelled CMS": lambda: in_pem(good(), "CMS"),
    "bare base64": lambda: b"".join(in_pem(good()).splitlines()[1:-1]),
    "SHA-512": lambda: by_hand(BODY, card(), digest="sha512"),
    "an EC key": lambda: openssl(BODY, card(elliptic=True)),
    "RSA-PSS": lambda: openssl(BODY, card(), "-keyopt", "rsa_padding_mode:pss"),
    "BER, as a streaming openssl writes it": lambda: openssl(BODY, card(), "-nodetach", "-stream"),
    "BER, of indefinite lengths, as BouncyCastle writes it": lambda: streamed(good()),
    "BER, with strings in parts": lambda: in_ber(good(), 1000, lengths=False),
    "BER throughout, with the content in pieces": lambda: in_ber(openssl(BODY, card(), "-nodetach"), 50),
    "BER in PEM": lambda: in_pem(in_ber(good())),
    "BER in base64": lambda: b"".join(in_pem(in_ber(good())).splitlines()[1:-1]),
    "put together by hand": lambda: by_hand(BODY, card()),
}


@pytest.mark.parametrize("kind", GOOD_FILES)
def test_takes_a_good_signature_in_every_form(kind):
    verified = asked(GOOD_FILES[kind]())

    assert (verified.outcome, verified.fault) == (GOOD, "")
    assert [check.check for check in verified.checks] == [
        "readable",
        "one_signer",
        "attributes",
        "algorithms",
        "content",
        "signature",
        "issuer",
        "certificate",
        "key_usage",
        "qualified",
        "identity",
        "revocation",
    ]
    assert {kind for kind, _ in verified.material} == {"root", "issuer", "crl"}


FILLED = {
    "DER with a line end": lambda: good() + b"\n",
    "DER with line ends of Windows": lambda: good() + b"\r\n\r\n",
    "DER filled with zeros": lambda: good() + bytes(512),
    "DER with both": lambda: good() + b"\r\n" + bytes(100) + b"\n",
    "BER filled with zeros": lambda: in_ber(good()) + bytes(2),
    "PEM with blank lines": lambda: in_pem(good()) + b"\r\n\n \n",
    "PEM filled with zeros": lambda: in_pem(good()) + bytes(512),
    "base64 filled with zeros": lambda: b"".join(in_pem(good()).splitlines()[1:-1]) + bytes(3),
    "DER with a line end, in PEM": lambda: in_pem(good() + b"\n"),
}


@pytest.mark.parametrize("kind", FILLED)
def test_leaves_out_what_fills_a_file_up_and_says_so(kind):
    verified = asked(FILLED[kind]())

    assert (verified.outcome, verified.fault) == (GOOD, "")
    assert [check for check in verified.checks if check.outcome != GOOD] == [Check("behind", NOTED, "filled")]


@pytest.mark.parametrize("behind", [b"\x01", b" ", b"\x1a", bytes(9) + b"x", b"\n0\n", b"\x30\x00"])
def test_anything_else_behind_is_no_filling(behind):
    assert asked(good() + behind).fault == "junk"


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=30) | st.text("\r\n\0", min_size=1, max_size=30).map(str.encode))
def test_only_line_ends_and_zeros_are_filling(behind):
    if set(behind) <= set(b"\r\n\0"):
        uploaded = read_upload(good() + behind, most=MOST_SIGNATURE)
        assert (uploaded.content, uploaded.is_filled) == (good(), True)
    else:
        with pytest.raises(Fault, match="junk"):
            read_upload(good() + behind, most=MOST_SIGNATURE)


@pytest.mark.parametrize("behind", [b"\0x", b"\n\nsee above", b"\n" + b"-----BEGIN CMS-----", b"\0\n="])
def test_anything_else_behind_pem_is_none_either(behind):
    assert asked(in_pem(good()) + behind).fault == "bad_pem"


def test_zeros_before_or_inside_a_text_are_no_filling():
    text = in_pem(good())

    assert asked(b"\0" + text).fault == "bad_pem"
    assert asked(text.replace(b"\n", b"\n\0", 3)).fault == "bad_pem"


DOCUMENT = b"%PDF-1.7 the printed form"
OVER_DOCUMENT = {
    "beside it": (lambda: openssl(DOCUMENT, card()), "pdf.p7s"),
    "around it": (lambda: openssl(DOCUMENT, card(), "-nodetach"), "pdf.p7m"),
    "around it, in pieces": (lambda: openssl(DOCUMENT, card(), "-nodetach", "-stream"), "pdf.p7m"),
    "with SHA-512": (lambda: by_hand(DOCUMENT, card(), digest="sha512"), "pdf.p7s"),
}


@pytest.mark.parametrize("kind", OVER_DOCUMENT)
def test_takes_a_signature_upon_the_printed_form_as_upon_any_file(kind):
    make, form = OVER_DOCUMENT[kind]

    verified = asked(make(), document=DOCUMENT)

    assert (verified.outcome, verified.format, verified.over) == (GOOD, form, DOCUMENT)


@pytest.mark.parametrize(
    "make",
    [
        lambda: openssl(DOCUMENT + b"\n", card()),
        lambda: openssl(DOCUMENT + b"\n", card(), "-nodetach"),
        lambda: by_hand(DOCUMENT, card(), embedded=BODY),
        lambda: by_hand(BODY, card(), embedded=DOCUMENT),
        lambda: by_hand(BODY, card(), embedded=b""),
        lambda: by_hand(BODY + DOCUMENT, card()),
    ],
    ids=[
        "a byte more",
        "a byte more, around it",
        "the digest of one around the other",
        "the other way round",
        "around nothing",
        "both in one",
    ],
)
def test_takes_nothing_that_is_almost_what_was_issued(make):
    verified = asked(make(), document=DOCUMENT)

    assert (verified.outcome, verified.fault) == (BAD, "other_content")


def test_a_signature_upon_a_printed_form_that_was_never_issued_is_refused():
    assert asked(openssl(DOCUMENT, card())).fault == "other_content"


def test_the_data_stay_what_is_signed_where_a_printed_form_was_issued_too():
    verified = asked(good(), document=DOCUMENT)

    assert (verified.outcome, verified.format, verified.over) == (GOOD, "p7s", BODY)


def without_attributes_but_their_bytes_as_content() -> bytes:
    """The classic trick: a signature over attributes, shown as one over content that equals their bytes."""
    signed = sorted(attributes(BODY, card()), key=lambda each: each.dump())
    content = cms.CMSAttributes(signed).dump()
    value = raw_signature(card(), content)
    return by_hand(content, card(), without_attributes=True, embedded=content, value=value)


def with_attributes(**changes) -> bytes:
    return by_hand(BODY, card(), signed=attributes(BODY, card(), **changes))


def attribute_repeated() -> bytes:
    signed = attributes(BODY, card())
    return by_hand(BODY, card(), signed=[*signed, signed[1]])


def mime() -> bytes:
    return openssl(BODY, card(), form="SMIME")


def long_length() -> bytes:
    der = good()
    count = der[1] & 0x7F
    return b"\x30" + bytes([0x80 | (count + 1)]) + b"\x00" + der[2:]


def encrypted() -> bytes:
    return cms.ContentInfo({"content_type": "data", "content": BODY}).dump()


def weak_person(key) -> bytes:
    return by_hand(BODY, authority().person(NUMBERS["ana"], key=key))


def person(**more):
    return by_hand(BODY, authority().person(NUMBERS["ana"], **more))


def stating(**statements) -> bytes:
    return person(statements=[(qc_statements(**statements), False)])


def told_twice(first: str, second: str) -> x509.UnrecognizedExtension:
    """Qualified, with one QcType after another: readers take the first, the last, or both."""
    one, other = (qc_statements(kinds=(kind,)).value for kind in (first, second))
    inside = [bytes(core.Sequence.load(each).contents) for each in (one, other)]
    rest = qc_statements(kinds=()).value
    both = inside[0] + inside[1].removeprefix(bytes(core.Sequence.load(rest).contents))
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(STATEMENTS), tlv(0x30, both))


def with_uses(*uses) -> bytes:
    """Qualified, and with an extended key usage."""
    return person(statements=[(qc_statements(), False), (x509.ExtendedKeyUsage(uses), False)])


def other_signing_certificate() -> bytes:
    return with_attributes(signing_certificate_v2=signing_certificate(card("boris")))


def weak_signing_certificate() -> bytes:
    weak = tsp.ESSCertIDv2(
        {"hash_algorithm": {"algorithm": "sha1"}, "cert_hash": hashlib.sha1(card().der).digest()}
    )
    return with_attributes(signing_certificate_v2=tsp.SigningCertificateV2({"certs": [weak]}))


def signing_certificate_of_the_old_kind() -> bytes:
    old = tsp.SigningCertificate({"certs": [tsp.ESSCertID({"cert_hash": hashlib.sha1(card().der).digest()})]})
    return with_attributes(signing_certificate_v2=None, signing_certificate=old)


def another_key() -> bytes:
    """The certificate of one person, the signature of another."""
    signed = cms.CMSAttributes(sorted(attributes(BODY, card()), key=lambda each: each.dump()))
    return by_hand(BODY, card(), value=raw_signature(card("boris"), signed.dump()))


def same_key_other_certificate() -> bytes:
    """Two certificates of one key: the one that was signed for is revoked, so the other is shown."""
    twin = authority().person(NUMBERS["ana"], key=card().key)
    return by_hand(BODY, twin, signed=attributes(BODY, card()))


def by_rogue() -> bytes:
    return by_hand(BODY, authority().rogue.person(NUMBERS["ana"]))


def by_rogue_with_chain() -> bytes:
    rogue = authority().rogue
    return openssl(BODY, rogue.person(NUMBERS["ana"]), chain=(rogue.issuing, rogue.root))


def by_unpinned() -> bytes:
    """Of our own root, but by an authority that the operator has not pinned."""
    other = authority()._authority("Друг издател", authority().root)
    leaf = authority().issue(name("Ана Янева", *[]), rsa_key(), by=other)
    return by_hand(BODY, leaf, certificates=(leaf, other))


def with_many_attributes() -> bytes:
    more = [
        cms.CMSAttribute({"type": f"1.2.3.{number}", "values": [core.Integer(1)]}) for number in range(31)
    ]
    return with_unsigned(good(), *more)


def pss_with_two_digests() -> bytes:
    """RSA-PSS of SHA-256 whose mask is made with SHA-1."""
    der = openssl(BODY, card(), "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_mgf1_md:sha1")
    algorithm = cms.ContentInfo.load(der)["content"]["signer_infos"][0]["signature_algorithm"]
    assert algorithm["parameters"]["mask_gen_algorithm"]["parameters"]["algorithm"].native == "sha1"
    return der


def as_infonotary_writes_it():
    return spelled_out(card(), authority().issuing)


def test_the_library_gives_up_on_what_infonotary_writes():
    """Or the tests below would show nothing."""
    with pytest.raises(ValueError, match="EncodedDefault"):
        _ = as_infonotary_writes_it().certificate.extensions


def test_takes_a_certificate_that_spells_out_that_it_is_no_authority():
    assert asked(by_hand(BODY, as_infonotary_writes_it())).outcome == GOOD


def test_it_is_found_in_a_list_about_a_part_of_the_people_too():
    leaf = as_infonotary_writes_it()

    def list_at(address: str, *revoked) -> Trust:
        return trust(authority().crl(*revoked, extensions=[part(address)]))

    assert asked(by_hand(BODY, leaf), among=list_at(f"{NEVER}/list.crl")).outcome == GOOD
    assert asked(by_hand(BODY, leaf), among=list_at(f"{NEVER}/other.crl")).outcome == WAITS
    assert (
        asked(by_hand(BODY, leaf), among=list_at(f"{NEVER}/list.crl", (leaf, NOW - DAY))).fault == "revoked"
    )


def test_responders_and_time_stampers_may_spell_it_out_too():
    spelled = Authority(NOW)
    spelled.__dict__.update(
        root=authority().root,
        issuing=authority().issuing,
        stamping=spelled_out(authority().stamping, authority().issuing),
    )
    by = spelled_out(authority().answering, authority().issuing)

    assert asked(with_answer(ocsp(statuses().GOOD, by=by)), among=no_lists()).outcome == GOOD
    assert asked(stamped(good(), spelled, NOW - timedelta(minutes=10))).stamp.at is not None


@pytest.mark.parametrize("whole", [False, True], ids=["what is signed", "the whole certificate"])
def test_takes_a_certificate_whose_length_ends_in_0x80(whole):
    """asn1crypto takes it for one of an indefinite length, and writes it anew: one of 256 is such."""
    leaf = of_length_0x80(whole=whole)

    assert asked(by_hand(BODY, leaf)).outcome == GOOD


def of_length_0x80(*, whole: bool) -> Card:
    """Spelled out besides, so that written anew it would be another."""
    for letters in range(40, 400):
        who = name(
            "А" * 10,
            (NameOID.ORGANIZATIONAL_UNIT_NAME, "x" * min(letters, 60)),
            (NameOID.LOCALITY_NAME, "y" * max(1, letters - 60)),
            (NameOID.SERIAL_NUMBER, f"PNOBG-{NUMBERS['ana']}"),
        )
        more = [(qc_statements(), False)]
        leaf = spelled_out(authority().issue(who, card().key, more=more), authority().issuing)
        measured = leaf.der if whole else leaf.certificate.tbs_certificate_bytes
        if measured[3] == 0x80:
            return leaf
    raise AssertionError("no length came out so")


def test_what_cannot_be_read_of_a_certificate_is_still_a_fault():
    def twice(tbs) -> None:
        tbs["extensions"].append(tbs["extensions"][0])

    plain = authority().person(NUMBERS["ana"], statements=[])
    der = bent_certificate(plain.der, authority().issuing, twice)
    leaf = Card(x509.load_der_x509_certificate(der), plain.key)

    assert asked(by_hand(BODY, leaf)).fault == "malformed"


def sha3_signing_certificate() -> bytes:
    strange = tsp.ESSCertIDv2(
        {"hash_algorithm": {"algorithm": "sha3_256"}, "cert_hash": hashlib.sha3_256(card().der).digest()}
    )
    return with_attributes(signing_certificate_v2=tsp.SigningCertificateV2({"certs": [strange]}))


XADES = '<?xml version="1.0"?>\n<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'


def archive(*entries: tuple[str, bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as made:
        for entry, content in entries:
            made.writestr(entry, content)
    return out.getvalue()


ASIC_E = (("mimetype", b"application/vnd.etsi.asic-e+zip"), ("META-INF/signatures001.xml", XADES.encode()))
ODT = (("mimetype", b"application/vnd.oasis.opendocument.text"), ("META-INF/documentsignatures.xml", b""))

BAD_FILES = {
    "an XML signature": (lambda: XADES.encode(), "readable", "xml_signature"),
    "an XML signature with a mark and blanks before it": (
        lambda: b"\xef\xbb\xbf\r\n" + XADES.encode(),
        "readable",
        "xml_signature",
    ),
    "an XML signature in UTF-16": (lambda: XADES.encode("utf-16"), "readable", "xml_signature"),
    "an XML signature in UTF-16, the other way round": (
        lambda: b"\xfe\xff" + XADES.encode("utf-16-be"),
        "readable",
        "xml_signature",
    ),
    "XML without a signature": (lambda: b"<?xml version='1.0'?><a/>", "readable", "not_a_signature"),
    "an ASiC container": (lambda: archive(*ASIC_E), "readable", "asic"),
    "an ASiC container that does not say so": (
        lambda: archive(("list.json", BODY), ("META-INF/signature.p7s", good())),
        "readable",
        "asic",
    ),
    "another archive": (lambda: archive(("list.json", BODY)), "readable", "not_a_signature"),
    "a signed text of LibreOffice": (lambda: archive(*ODT), "readable", "not_a_signature"),
    "SHA-3": (lambda: openssl(BODY, card(), "-md", "sha3-256"), "algorithms", "unknown_algorithm"),
    "SHA-3 of the signing certificate": (sha3_signing_certificate, "algorithms", "unknown_algorithm"),
    "SHA-512/256": (lambda: openssl(BODY, card(), "-md", "sha512-256"), "algorithms", "unknown_algorithm"),
    "SHA-224": (lambda: openssl(BODY, card(), "-md", "sha224"), "algorithms", "weak_digest"),
    "nothing": (lambda: b"", "readable", "empty"),
    "blanks": (lambda: b" \r\n ", "readable", "empty"),
    "the data themselves": (lambda: BODY, "readable", "data_unsigned"),
    "other data": (lambda: BODY + b" ", "readable", "not_a_signature"),
    "a photograph": (lambda: b"\xff\xd8\xff\xe0" + bytes(200), "readable", "not_a_signature"),
    "a certificate": (lambda: card().der, "readable", "malformed"),
    "a certificate in PEM": (lambda: card().pem, "readable", "bad_pem"),
    "CMS that is no signature": (encrypted, "readable", "not_a_signature"),
    "five megabytes": (lambda: good() + bytes(5 * 1024 * 1024), "readable", "too_large"),
    "cut off": (lambda: good()[:-20], "readable", "malformed"),
    "junk behind the end": (lambda: good() + b"junk", "readable", "junk"),
    "BER with junk behind it": (lambda: in_ber(good()) + b"junk", "readable", "junk"),
    "BER cut off": (lambda: in_ber(good())[:-20], "readable", "malformed"),
    "BER, a length too long": (long_length, "readable", "ber"),
    "half a megabyte around the signature": (
        lambda: with_unsigned(
            good(),
            cms.CMSAttribute({"type": "1.2.3.4", "values": [core.OctetString(bytes(MOST_SIGNATURE))]}),
        ),
        "readable",
        "too_large",
    ),
    "31 attributes": (with_many_attributes, "readable", "too_large"),
    "21 certificates": (
        lambda: by_hand(BODY, card(), certificates=(card(),) * 21),
        "readable",
        "too_large",
    ),
    "PEM with more around it": (lambda: b"see below\n" + in_pem(good()), "readable", "bad_pem"),
    "PEM cut off": (lambda: in_pem(good())[:-30], "readable", "bad_pem"),
    "a signed letter": (mime, "readable", "mime"),
    "two signers": (lambda: by_hand(BODY, card(), signers=2), "one_signer", "two_signers"),
    "no signer": (lambda: by_hand(BODY, card(), signers=0), "one_signer", "no_signer"),
    "no signed attributes": (
        lambda: openssl(BODY, card(), "-noattr", cades=False),
        "attributes",
        "no_signed_attributes",
    ),
    "attributes presented as content": (
        without_attributes_but_their_bytes_as_content,
        "attributes",
        "no_signed_attributes",
    ),
    "no signing certificate": (
        lambda: openssl(BODY, card(), cades=False),
        "attributes",
        "no_signing_certificate",
    ),
    "a signing certificate of the old kind": (
        signing_certificate_of_the_old_kind,
        "attributes",
        "no_signing_certificate",
    ),
    "another signing certificate": (other_signing_certificate, "attributes", "other_signing_certificate"),
    "another certificate of the same key": (
        same_key_other_certificate,
        "attributes",
        "other_signing_certificate",
    ),
    "no content type": (lambda: with_attributes(content_type=None), "attributes", "no_content_type"),
    "no message digest": (lambda: with_attributes(message_digest=None), "attributes", "no_message_digest"),
    "an attribute twice": (attribute_repeated, "attributes", "attribute_twice"),
    "an attribute with two values": (
        lambda: with_attributes(content_type=["data", "data"]),
        "attributes",
        "attribute_twice",
    ),
    "another content type": (
        lambda: with_attributes(content_type="signed_data"),
        "attributes",
        "other_content_type",
    ),
    "attributes out of order": (lambda: unsorted(BODY, card()), "readable", "ber"),
    "no certificate inside": (lambda: openssl(BODY, card(), "-nocerts"), "attributes", "no_certificate"),
    "SHA-1": (lambda: by_hand(BODY, card(), digest="sha1"), "algorithms", "weak_digest"),
    "SHA-1 of the signing certificate": (weak_signing_certificate, "algorithms", "weak_digest"),
    "RSA of 1024 bits": (lambda: weak_person(rsa_key(1024)), "algorithms", "weak_key"),
    "a small curve": (lambda: weak_person(ec_key(ec.SECP192R1())), "algorithms", "weak_key"),
    "a curve of others": (lambda: weak_person(ec_key(ec.SECP256K1())), "algorithms", "unknown_algorithm"),
    "a Brainpool curve": (
        lambda: weak_person(ec_key(ec.BrainpoolP256R1())),
        "algorithms",
        "unknown_algorithm",
    ),
    "PSS with a mask of SHA-1": (pss_with_two_digests, "algorithms", "weak_digest"),
    "other content": (lambda: openssl(BODY + b" ", card()), "content", "other_content"),
    "other content inside": (lambda: openssl(BODY + b" ", card(), "-nodetach"), "content", "other_content"),
    "our content inside, another digest": (
        lambda: by_hand(BODY + b" ", card(), embedded=BODY),
        "content",
        "other_content",
    ),
    "another key": (another_key, "signature", "bad_signature"),
    "a rogue authority of the same names": (by_rogue, "issuer", "unknown_issuer"),
    "the same with its chain": (by_rogue_with_chain, "issuer", "unknown_issuer"),
    "an authority that is not pinned": (by_unpinned, "issuer", "unknown_issuer"),
    "expired": (lambda: person(not_after=NOW - DAY), "certificate", "expired"),
    "not yet valid": (lambda: person(not_before=NOW + DAY), "certificate", "not_yet_valid"),
    "a certificate to log in with": (lambda: person(for_signing=False), "key_usage", "not_for_signing"),
    "a certificate for anything": (lambda: person(key_usage=False), "key_usage", "not_for_signing"),
    "a certificate for servers": (lambda: with_uses(Use.SERVER_AUTH), "key_usage", "not_for_signing"),
    "a certificate to log in with, and nothing else": (
        lambda: with_uses(Use.CLIENT_AUTH, Use.SMARTCARD_LOGON),
        "key_usage",
        "not_for_signing",
    ),
    "a certificate that says nothing of being qualified": (
        lambda: person(statements=[]),
        "qualified",
        "not_qualified",
    ),
    "an advanced signature": (lambda: stating(compliance=False), "qualified", "not_qualified"),
    "qualified, of no kind": (lambda: stating(kinds=()), "qualified", "not_qualified"),
    "qualified for websites": (lambda: stating(kinds=(f"{KIND}.3",)), "qualified", "not_qualified"),
    "qualified for signatures and websites": (
        lambda: stating(kinds=(SIGNATURE, f"{KIND}.3")),
        "qualified",
        "not_qualified",
    ),
    "qualified by the law of another country": (
        lambda: stating(more=("0.4.0.1862.1.7",)),
        "qualified",
        "not_qualified",
    ),
    "qualified, with the key in a file": (lambda: stating(device=False), "qualified", "no_device"),
    "the seal of an organisation": (lambda: stating(kinds=(f"{KIND}.2",)), "qualified", "seal"),
    "a seal that says it is a signature too": (
        lambda: stating(kinds=(SIGNATURE, f"{KIND}.2")),
        "qualified",
        "seal",
    ),
    "a seal, and in a second statement a signature": (
        lambda: person(statements=[(told_twice(f"{KIND}.2", SIGNATURE), False)]),
        "qualified",
        "seal",
    ),
    "for websites, and in a second statement for signatures": (
        lambda: person(statements=[(told_twice(f"{KIND}.3", SIGNATURE), False)]),
        "qualified",
        "not_qualified",
    ),
    "another person": (lambda: openssl(BODY, card("boris")), "identity", "other_person"),
    "no number": (lambda: person(numbers=[]), "identity", "no_number"),
    "two numbers": (
        lambda: person(numbers=[f"PNOBG-{NUMBERS['ana']}", f"PNOBG-{NUMBERS['boris']}"]),
        "identity",
        "several_numbers",
    ),
    "the number of a foreigner with the same digits": (
        lambda: person(numbers=[f"PI:BG-{NUMBERS['ana']}"]),
        "identity",
        "other_person",
    ),
    "a foreigner's of another country": (
        lambda: person(numbers=[f"PI:RO-{NUMBERS['ana']}"]),
        "identity",
        "other_number",
    ),
    "a tax number": (lambda: person(numbers=["TINBG-" + NUMBERS["ana"]]), "identity", "other_number"),
    "a passport": (lambda: person(numbers=["PASBG-381234567"]), "identity", "other_number"),
    "a number of another country": (
        lambda: person(numbers=[f"PNORO-{NUMBERS['ana']}"]),
        "identity",
        "other_number",
    ),
    "a number with something behind it": (
        lambda: person(numbers=[f"PNOBG-{NUMBERS['ana']}0"]),
        "identity",
        "other_number",
    ),
    "digits of another script": (
        lambda: person(numbers=["PNOBG-" + NUMBERS["ana"].translate({48 + n: 0x660 + n for n in range(10)})]),
        "identity",
        "other_number",
    ),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_says_what_is_wrong_with_a_bad_file(kind):
    make, check, fault = BAD_FILES[kind]

    verified = asked(make())

    assert (verified.outcome, verified.checks[-1].check, verified.fault) == (BAD, check, fault)
    assert [each.outcome for each in verified.checks[:-1]] == [GOOD] * (len(verified.checks) - 1)


@pytest.mark.parametrize(
    "uses",
    [
        (Use.EMAIL_PROTECTION, Use.CLIENT_AUTH),
        (Use.ANY_EXTENDED_KEY_USAGE,),
        (x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"),),
    ],
    ids=["mail and logging in, as B-Trust's", "anything", "documents"],
)
def test_takes_a_certificate_that_is_for_documents_too(uses):
    assert asked(with_uses(*uses)).outcome == GOOD


def test_statements_of_other_things_are_passed_over():
    """A limit of value, addresses of papers: they have a form of their own."""
    limit = bytes.fromhex("30150606 04008e460102 300b1303 42474e 020164 020100".replace(" ", ""))
    value = tlv(0x30, qc_statements().value[2:] + limit)
    both = x509.UnrecognizedExtension(x509.ObjectIdentifier(STATEMENTS), value)

    assert asked(person(statements=[(both, True)])).outcome == GOOD


@pytest.mark.parametrize("content", [XADES, "application/vnd.etsi.asic-e+zip"])
def test_data_that_only_speak_of_other_signatures_are_signed_as_any(content):
    """A note may quote whatever it likes."""
    body = BODY + content.encode()

    assert asked(openssl(body, card(), "-nodetach"), declaration=body).outcome == GOOD


def test_what_counted_before_certificates_had_to_be_qualified_still_does():
    plain = person(statements=[])

    verified = asked(plain, by_earlier_rules=True)

    assert verified.outcome == GOOD
    assert "qualified" not in [check.check for check in verified.checks]


def test_an_authority_that_was_pinned_without_its_root_leads_nowhere():
    among = Trust((), (authority().issuing.certificate,), (Crl.load(authority().crl()),))

    assert asked(good(), among=among).fault == "broken_path"


@pytest.mark.parametrize("content", [b" " * 1_000_000, b"=" * 1_000_000, b"-----BEGIN " * 90_000])
def test_a_megabyte_of_the_same_is_answered_at_once(content):
    """Regular expressions that try again from every place would take minutes: the suite would not end."""
    assert asked(content, declaration=bytes(2_000_000)).outcome == BAD


@pytest.mark.parametrize(
    ("claimed", "is_shown"),
    [
        ("500101000000Z", True),
        ("491231235959Z", True),
        ("19491231235959Z", False),
        ("99991231235959Z", False),
        ("00010101000000Z", False),
        ("20201215100000.5+0200", True),
        ("99991231235959-1400", False),
        ("201215100000+0200", True),
    ],
)
def test_whatever_the_signatorys_clock_says_the_answer_can_be_shown(claimed, is_shown):
    kind = core.UTCTime if claimed[:6].isdigit() and len(claimed.split("+")[0].rstrip("Z")) == 12 else None
    value = (kind or core.GeneralizedTime).load(tlv(0x17 if kind else 0x18, claimed.encode()))
    attribute = cms.CMSAttribute.load(
        tlv(0x30, core.ObjectIdentifier("1.2.840.113549.1.9.5").dump() + tlv(0x31, value.dump()))
    )
    signed = [*attributes(BODY, card()), attribute]

    verified = asked(by_hand(BODY, card(), signed=signed))
    shown = dict(certificate_facts(verdict_of(verified), Format.P7S))

    assert verified.outcome == GOOD
    assert ("Час, по компютъра" in shown) is is_shown


def test_an_account_without_egn_is_nobodys():
    assert asked(good(), is_owner=None).fault == "no_egn"


def signed_parts(raw: bytes) -> tuple[bytes, ...]:
    """All of the one signer but the version and the issuer's name; and the certificates."""
    signer, certificates = signer_of(raw), cms.ContentInfo.load(raw)["content"]["certificates"]
    names = ("digest_algorithm", "signed_attrs", "signature_algorithm", "signature")
    serial = signer["sid"].chosen["serial_number"]
    return (serial.dump(), *(signer[name].dump() for name in names), certificates.dump())


def signer_of(raw: bytes) -> cms.SignerInfo:
    (signer,) = cms.ContentInfo.load(raw)["content"]["signer_infos"]
    return signer


def with_changed(at: int, bits: int) -> bytes:
    """The good signature with these bits of one octet the other way round."""
    changed = bytearray(good())
    changed[at] ^= bits
    return bytes(changed)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_changed_byte_makes_another_signature_good(data):
    """Only what no signature covers may differ: the outer list of digest algorithms, the signer's version,
    and capitals in the issuer's name, by which the certificate is looked up (RFC 5652, 5.3 and 5.4)."""
    changed = with_changed(data.draw(st.integers(0, len(good()) - 1)), data.draw(st.integers(1, 255)))
    if asked(changed).outcome == GOOD:
        assert signed_parts(changed) == signed_parts(good())


def at_version() -> int:
    """Where the version of the signer lies: tag, length, and this one octet."""
    signer = signer_of(good())
    return good().index(signer.dump()) + len(signer.dump()) - len(signer.contents) + 2


def at_issuer() -> int:
    """Where the first letter of the issuer's country lies in the signer."""
    return good().index(b"BG", at_version())


@pytest.mark.parametrize(("place", "bits"), [(at_version, 0x02), (at_issuer, 0x20)])
def test_what_no_signature_covers_makes_no_other_signature(place, bits):
    """Once drawn by chance, and taken for a fault."""
    changed = with_changed(place(), bits)

    assert asked(changed).outcome == GOOD
    assert signed_parts(changed) == signed_parts(good())


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_whatever_is_uploaded_is_answered(raw):
    assert asked(raw).outcome == BAD
    assert asked(b"%PDF-1.4\n" + raw).outcome == BAD
    assert asked(b"\x30" + raw).outcome == BAD


# ---- Revocation


def test_a_revoked_certificate_is_refused_by_any_list_however_old():
    revoked = authority().crl((card(), NOW - DAY))
    stale = authority().crl((card(), NOW - 9 * DAY), this_update=NOW - 8 * DAY)

    assert asked(good(), among=trust(revoked)).fault == "revoked"
    assert asked(good(), among=trust(stale)).fault == "revoked"
    assert asked(good(), among=trust(stale, authority().crl())).fault == "revoked"


@pytest.mark.parametrize(
    ("lists", "fault"),
    [
        ([], "no_data"),
        (["stale"], "stale_data"),
        (["future"], "no_data"),
        (["rogue"], "no_data"),
        (["of the root"], "no_data"),
    ],
)
def test_waits_while_nobody_can_say(lists, fault):
    made = {
        "stale": lambda: authority().crl(this_update=NOW - 3 * DAY),
        "future": lambda: authority().crl(this_update=NOW + DAY),
        "rogue": lambda: authority().rogue.crl(),
        "of the root": lambda: authority().crl(by=authority().root),
    }
    among = trust(*[made[kind]() for kind in lists]) if lists else no_lists()

    verified = asked(good(), among=among)

    assert (verified.outcome, verified.fault) == (WAITS, fault)
    assert verified.checks[-1].check == "revocation"


@pytest.mark.parametrize(
    ("age", "outcome"), [(24 * HOUR, GOOD), (24 * HOUR + timedelta(seconds=1), WAITS), (29 * DAY, WAITS)]
)
def test_a_list_that_is_valid_for_a_month_says_nothing_when_it_is_older_than_a_day(age, outcome):
    month = authority().crl(this_update=NOW - age, next_update=NOW + 2 * DAY)
    among = replace(trust(month), greatest_age=24 * HOUR)

    verified = asked(good(), among=among)

    assert (verified.outcome, verified.fault) == (outcome, "" if outcome == GOOD else "stale_data")
    assert asked(good(), among=trust(month)).outcome == GOOD  # by its own word alone


def test_an_old_list_that_revokes_is_believed():
    month = authority().crl((card(), NOW - 9 * DAY), this_update=NOW - 8 * DAY, next_update=NOW + 20 * DAY)

    assert asked(good(), among=replace(trust(month), greatest_age=24 * HOUR)).fault == "revoked"


def test_of_authorities_an_old_list_is_believed_that_one_is_on_hold():
    held = authority().crl(
        (authority().issuing, NOW - 99 * DAY, x509.ReasonFlags.certificate_hold),
        by=authority().root,
        this_update=NOW - 90 * DAY,
        next_update=NOW + 90 * DAY,
    )
    among = replace(trust(authority().crl(), held), greatest_age=24 * HOUR)

    assert asked(good(), among=among).fault == "issuer_revoked"


def test_a_response_is_no_younger_than_its_making():
    among = replace(no_lists(), greatest_age=24 * HOUR)

    def outcome(age: timedelta) -> str:
        response = ocsp(statuses().GOOD, this_update=NOW - age, next_update=NOW + 30 * DAY)
        return asked(with_answer(response), among=among).outcome

    assert outcome(24 * HOUR) == GOOD
    assert outcome(25 * HOUR) == WAITS


def test_a_list_of_a_hundred_thousand_is_searched_to_its_end():
    others = [
        x509.RevokedCertificateBuilder().serial_number(10**9 + n).revocation_date(NOW - DAY).build()
        for n in range(100_000)
    ]

    def huge(*more) -> bytes:
        builder = (
            x509.CertificateRevocationListBuilder(revoked_certificates=[*others, *more])
            .issuer_name(authority().issuing.certificate.subject)
            .last_update(NOW - HOUR)
            .next_update(NOW + DAY)
        )
        from cryptography.hazmat.primitives import hashes, serialization

        made = builder.sign(authority().issuing.key, hashes.SHA256())
        return made.public_bytes(serialization.Encoding.DER)

    last = (
        x509.RevokedCertificateBuilder()
        .serial_number(card().certificate.serial_number)
        .revocation_date(NOW - DAY)
        .build()
    )
    assert asked(good(), among=trust(huge())).outcome == GOOD
    assert asked(good(), among=trust(huge(last))).fault == "revoked"


def hold(**more) -> bytes:
    return authority().crl((card(), NOW - DAY, x509.ReasonFlags.certificate_hold), **more)


def test_a_certificate_on_hold_is_refused_and_one_that_was_lifted_is_good():
    lifted = authority().crl(this_update=NOW - timedelta(minutes=10))

    assert asked(good(), among=trust(hold())).fault == "on_hold"
    assert asked(good(), among=trust(hold(), lifted)).outcome == GOOD
    assert asked(good(), among=trust(lifted, hold(this_update=NOW - timedelta(minutes=5)))).fault == "on_hold"


def test_a_hold_that_is_newer_than_the_good_word_has_to_be_cleared_up_first():
    """The list with the hold has expired already; the older one, which knew of none, lasts still."""
    older = authority().crl(this_update=NOW - 9 * HOUR, next_update=NOW + DAY)
    newer = hold(this_update=NOW - 5 * HOUR, next_update=NOW - HOUR)

    verified = asked(good(), among=trust(older, newer))

    assert (verified.outcome, verified.fault) == (WAITS, "stale_data")


def test_an_expired_list_with_a_hold_only_waits():
    assert asked(good(), among=trust(hold(this_update=NOW - 3 * DAY))).fault == "stale_data"


def test_a_delta_that_revokes_is_believed_and_one_that_does_not_says_nothing():
    delta = [(x509.DeltaCRLIndicator(1), True)]
    revoking = authority().crl((card(), NOW - DAY), extensions=delta)

    assert asked(good(), among=trust(authority().crl(), revoking)).fault == "revoked"
    assert asked(good(), among=trust(authority().crl(extensions=delta))).fault == "no_data"


def test_an_issuer_revoked_by_its_root_is_refused():
    by_root = authority().crl((authority().issuing, NOW - DAY), by=authority().root)

    assert asked(good(), among=trust(authority().crl(), by_root)).fault == "issuer_revoked"


def with_answer(answer: bytes) -> bytes:
    """In ``revocation-values`` of CAdES, where tools put it."""
    from asn1crypto import core
    from asn1crypto import ocsp as asn1

    basic = asn1.OCSPResponse.load(answer).basic_ocsp_response.dump()
    values = core.Sequence.load(tlv(0x30, tlv(0xA1, tlv(0x30, basic))))
    attribute = cms.CMSAttribute({"type": "1.2.840.113549.1.9.16.2.24", "values": [values]})
    return with_unsigned(good(), attribute)


def unsigned_of(der: bytes) -> list[cms.CMSAttribute]:
    return list(cms.ContentInfo.load(der)["content"]["signer_infos"][0]["unsigned_attrs"])


def statuses():
    from cryptography.x509 import ocsp as library

    return library.OCSPCertStatus


def test_an_answer_inside_the_file_is_word_enough():
    assert asked(with_answer(ocsp(statuses().GOOD)), among=no_lists()).outcome == GOOD
    assert asked(with_answer(ocsp(statuses().GOOD, by=authority().issuing)), among=no_lists()).outcome == GOOD


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (lambda: ocsp(statuses().REVOKED), BAD),
        (lambda: ocsp(statuses().UNKNOWN), WAITS),
        (lambda: ocsp(statuses().GOOD, this_update=NOW - 2 * HOUR), WAITS),
        (lambda: ocsp(statuses().GOOD, this_update=NOW + HOUR), WAITS),
        (lambda: ocsp(statuses().GOOD, about=card("boris")), WAITS),
        (lambda: ocsp(statuses().GOOD, by=card("boris")), WAITS),
        (lambda: ocsp(statuses().GOOD, by=authority().rogue.answering), WAITS),
        (lambda: ocsp(statuses().GOOD, by=authority().stamping), WAITS),
    ],
)
def test_an_answer_counts_only_by_whom_and_about_whom_it_must_be(answer, outcome):
    assert asked(with_answer(answer()), among=no_lists()).outcome == outcome


def test_an_answer_by_one_who_was_revoked_says_nothing():
    lists = trust(authority().crl((authority().answering, NOW - DAY), this_update=NOW - 3 * DAY))

    assert asked(with_answer(ocsp(statuses().GOOD)), among=lists).outcome == WAITS


def test_an_answer_that_has_expired_is_still_word_of_the_moment_of_a_stamp():
    at = NOW - 3 * HOUR
    other = authority().rogue  # trusted here, and the one that has a list: of the card only the answer says
    among = Trust(
        (authority().root.certificate, other.root.certificate),
        (authority().issuing.certificate, other.issuing.certificate),
        (Crl.load(other.crl()),),
    )
    stamps = unsigned_of(stamped(good(), other, at))

    def outcome(this_update, next_update) -> str:
        answer = ocsp(statuses().GOOD, this_update=this_update, next_update=next_update)
        raw = with_unsigned(good(), *stamps, *unsigned_of(with_answer(answer)))
        verified = asked(raw, among=among, issued_at=at - HOUR)
        assert verified.stamp.at == at
        return verified.outcome

    assert outcome(at + timedelta(minutes=1), NOW - HOUR) == GOOD
    assert outcome(at - 2 * HOUR, at - HOUR) == WAITS
    assert outcome(at - 2 * HOUR, at + HOUR) == WAITS


# ---- Time stamps


def test_a_time_stamp_in_ber_holds_too():
    """Older authorities write it so; the signature around it may be in DER."""
    raw = stamped(good(), authority(), NOW - timedelta(minutes=10))
    (attribute,) = unsigned_of(raw)
    token = attribute["values"][0].dump()
    around = raw[: raw.index(token)]
    assert raw.endswith(token)
    in_parts = in_ber(token, 200)

    verified = asked(in_ber_around(around, token, in_parts))

    assert (verified.outcome, verified.stamp.at) == (GOOD, NOW - timedelta(minutes=10))


def in_ber_around(around: bytes, token: bytes, instead: bytes) -> bytes:
    """What ends with the token, with another in its place: lengths around it are known at the end."""
    out, at, opened = b"", 0, 0
    while at < len(around):
        tag, begin = around[at], at
        count = around[at + 1] & 0x7F if around[at + 1] & 0x80 else 0
        length = int.from_bytes(around[at + 2 : at + 2 + count], "big") if count else around[at + 1]
        start = at + 2 + count
        if tag & 0x20 and start + length == len(around) + len(token):
            out, at, opened = out + bytes([tag, 0x80]), start, opened + 1
        else:
            out, at = out + around[begin : start + length], start + length
    return out + instead + b"\x00\x00" * opened


def test_a_time_stamp_says_when_and_is_kept():
    verified = asked(stamped(good(), authority(), NOW - timedelta(minutes=10)))

    assert verified.outcome == GOOD
    assert verified.stamp.at == NOW - timedelta(minutes=10)
    assert "timestamp" in [check.check for check in verified.checks]


def test_a_certificate_that_expired_after_the_stamp_was_good_then():
    brief = authority().person(NUMBERS["ana"], not_after=NOW - timedelta(minutes=20))
    signed = by_hand(BODY, brief)
    lists = trust(authority().crl(this_update=NOW - timedelta(minutes=30)))

    assert asked(signed, among=lists).fault == "expired"
    assert asked(stamped(signed, authority(), NOW - timedelta(minutes=25)), among=lists).outcome == GOOD


def test_a_certificate_revoked_after_the_stamp_was_good_then():
    lists = trust(authority().crl((card(), NOW - timedelta(minutes=6))))

    assert asked(good(), among=lists).fault == "revoked"
    assert asked(stamped(good(), authority(), NOW - timedelta(minutes=20)), among=lists).outcome == GOOD
    assert asked(stamped(good(), authority(), NOW - timedelta(minutes=2)), among=lists).fault == "revoked"


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda: stamped(good(), authority(), NOW, over=b"something else"), "stamp_broken"),
        (lambda: stamped(good(), authority().rogue, NOW), "stamp_not_trusted"),
        (lambda: stamped(good(), authority(), NOW + DAY), "stamp_not_trusted"),
        (lambda: stamped(good(), authority(), NOW - DAY), "stamp_too_early"),
    ],
)
def test_a_stamp_that_does_not_hold_is_not_relied_on_and_no_obstacle(make, fault):
    verified = asked(make())

    assert verified.outcome == GOOD
    assert verified.stamp.at is None
    assert [check.fault for check in verified.checks if check.outcome == NOTED] == [fault]


def test_a_stamp_that_cannot_be_read_is_no_obstacle_either():
    """A bit of its head is another: what is around the stamp is as good as before."""
    raw = stamped(good(), authority(), NOW - timedelta(minutes=10))
    inside = raw.index(bytes.fromhex("060b2a864886f70d0109100104")) - 4  # what is stamped, by its kind

    verified = asked(raw[:inside] + bytes([raw[inside] ^ 0x80]) + raw[inside + 1 :])

    assert (verified.outcome, verified.stamp.at) == (GOOD, None)
    assert [check.fault for check in verified.checks if check.outcome == NOTED] == ["stamp_broken"]


def card_of_more_uses():
    """Time stamps among other uses: RFC 3161 wants a certificate for nothing else."""
    uses = x509.ExtendedKeyUsage([Use.TIME_STAMPING, Use.EMAIL_PROTECTION])
    return authority().issue(name("Печат и поща"), rsa_key(), more=[(uses, True)])


@pytest.mark.parametrize("make", [lambda: card("boris"), card_of_more_uses], ids=["card", "more uses"])
def test_who_is_not_there_for_time_stamps_stamps_nothing(make):
    pretender = Authority(NOW)
    pretender.__dict__.update(
        root=authority().root, issuing=authority().issuing, stamping=make()
    )  # what is made once is kept there

    verified = asked(stamped(good(), pretender, NOW - timedelta(minutes=10)))

    assert verified.outcome == GOOD
    assert verified.stamp.at is None
    assert [check.fault for check in verified.checks if check.outcome == NOTED] == ["stamp_not_trusted"]


def test_a_stamp_of_an_authority_that_is_not_pinned_is_not_relied_on():
    other = Authority(NOW)
    other.__dict__.update(root=authority().root)

    verified = asked(stamped(good(), other, NOW - timedelta(minutes=10)))

    assert verified.stamp.at is None
    assert [check.fault for check in verified.checks if check.outcome == NOTED] == ["stamp_not_trusted"]


def test_a_stamp_of_a_revoked_authority_is_not_relied_on():
    lists = trust(authority().crl((authority().stamping, NOW - DAY)))

    verified = asked(stamped(good(), authority(), NOW - timedelta(minutes=10)), among=lists)

    assert verified.outcome == GOOD
    assert verified.stamp.at is None


# ---- Years later


def test_the_material_kept_says_the_same_years_later():
    raw = stamped(good(), authority(), NOW - timedelta(minutes=10))
    then = asked(raw)

    again = verify(raw, expected(), Trust.of_material(then.material), now=NOW)

    assert [(c.check, c.outcome) for c in again.checks] == [(c.check, c.outcome) for c in then.checks]
    assert verify(raw, expected(), Trust.of_material(then.material), now=NOW + 1500 * DAY).outcome != GOOD
