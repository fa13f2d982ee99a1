"""verify, of what a signed PDF has beyond the issued one: a list of what may be there, each kind made by
hand, and everything else refused though it is signed."""

from datetime import timedelta
from functools import cache
from io import BytesIO

import pytest
from asn1crypto.crl import CertificateList
from asn1crypto.ocsp import OCSPResponse
from cryptography.x509.ocsp import OCSPCertStatus
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore

from portal.crypto.qualified.crls import Crl
from portal.crypto.qualified.faults import BAD, GOOD, WAITS
from portal.crypto.qualified.pdf_additions import reserved_box
from portal.crypto.qualified.trust import Trust
from portal.crypto.qualified.verifying import Expected, Verified, verify
from portal.documents.pdf import Document
from tests.actions.qualified.signed import NUMBERS, authority, card
from tests.cast import NOW
from tests.crypto.qualified.ber import streamed
from tests.crypto.qualified.certificates import ocsp
from tests.crypto.qualified.pdf_by_hand import KIND, STAMP, continued, form_object, packed, signed
from tests.crypto.qualified.signed_files import apart, as_asn1, by_hand, pdf, stamper

BODY = b'{"records":[]}'


@cache
def issued(*, reserved: bool = True) -> bytes:
    """Of two pages, with and without a box for the signature on the last."""
    paper = Document("Декларация", issuer="Училище", code="1", made_at=NOW)
    for number in range(70):
        paper.paragraph(f"Потвърждавам дете {number}.")
    paper.attach("data.json", BODY, "Данните", mime_type="application/json")
    if reserved:
        paper.place_for_signature("Място за подписа", "Само тук.")
    return paper.finished(to_sign=True)


@cache
def trust() -> Trust:
    ours = authority()
    return Trust((ours.root.certificate,), (ours.issuing.certificate,), (Crl.load(ours.crl()),))


def asked(raw: bytes, document: bytes | None = None, among: Trust | None = None, **more) -> Verified:
    is_anas = lambda egn: egn == NUMBERS["ana"]  # noqa: E731
    expected = Expected(BODY, NOW - timedelta(hours=1), document or issued(), is_anas, **more)
    return verify(raw, expected, among or trust(), now=NOW)


def box() -> tuple[float, float, float, float]:
    found = reserved_box(PdfFileReader(BytesIO(issued())))
    assert found is not None
    return found


def rect(*, left: float = 0, bottom: float = 0, right: float = 0, top: float = 0) -> str:
    """The reserved box, with its sides moved so far."""
    return " ".join(str(side + by) for side, by in zip(box(), (left, bottom, right, top), strict=True))


PICTURE = form_object(b"1 g 0 0 100 50 re f")
FONT = "<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
LAYERS = form_object(
    b"/n0 Do /n2 Do",
    more="/Resources << /XObject << /n0 {free} 0 R /n2 {free1} 0 R >> /ProcSet [/PDF /Text] >>",
)

ALLOWED = {
    "unseen": {},
    "in the box": {"rect": rect(), "look": PICTURE},
    "in a part of the box": {"rect": rect(left=20, bottom=10, right=-200, top=-10), "look": PICTURE},
    "with a name to be read": {"field": "/TU (Ana Yaneva)"},
    "on no page at all": {"annotations": {}},
    "unseen on the first page": {"page": "first"},
    # drawinglayer and vcl: /DV beside /V, an empty picture, /Prop_Build with the program's name
    "as LibreOffice writes it": {
        "look": form_object(b"", box="0 0 0 0"),
        "field": "/DV {sig} 0 R",
        "signature": KIND + " /M (D:20210128100000+02'00') /Name (Ana Yaneva) /Reason (declared)"
        " /Prop_Build << /App << /Name /LibreOffice >> >>",
        "also": {"info": None},
        "spelled": streamed,
    },
    # layers n0 and n2, default resources with two fonts, a date and a producer
    "as iText writes it": {
        "rect": rect(left=5, bottom=5, right=-5, top=-5),
        "look": form_object(
            b"q 1 0 0 1 0 0 cm /FRM Do Q", more="/Resources << /XObject << /FRM {free2} 0 R >> >>"
        ),
        "field": "/DR << >> /MK << >>",
        "form": "/Fields [{field} 0 R] /SigFlags 3 /DA (/Helv 0 Tf 0 g )"
        " /DR << /Font << /Helv << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Name /Helv >> >> >>",
        "also": {
            "free2": LAYERS,
            "free": form_object(b"% DSBlank\n", more="/FormType 1 /Matrix [1 0 0 1 0 0]"),
            "free1": form_object(b"BT /F1 9 Tf (x) Tj ET", more=f"/Resources {FONT}"),
            "info": None,
        },
        "catalogue": "/Version /1.7 /Extensions << /ESIC << /BaseVersion /1.7 /ExtensionLevel 5 >> >>",
    },
    "with the signature in BER": {"spelled": streamed},
    "a picture with a mask of its own": {
        "rect": rect(),
        "look": form_object(b"/I Do", more="/Resources << /XObject << /I {free} 0 R >> >>"),
        "also": {
            "free": "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceRGB "
            "/BitsPerComponent 8 /SMask {free1} 0 R /Length 3 >>\nstream\nabc\nendstream",
            "free1": "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray "
            "/BitsPerComponent 8 /Length 1 >>\nstream\na\nendstream",
        },
    },
    "certified, as iText and pyHanko do": {
        "catalogue": "/Perms << /DocMDP {sig} 0 R >>",
        "signature": KIND + " /Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams "
        "<< /Type /TransformParams /P 1 /V /1.2 >> /Data {root} 0 R >>]",
    },
    "certified, in an object of its own": {
        "catalogue": "/Perms {free} 0 R",
        "also": {"free": "<< /DocMDP {sig} 0 R >>"},
    },
    "with the list of fields in an object of its own": {
        "form": "/Fields {free} 0 R /SigFlags 3",
        "also": {"free": "[{field} 0 R]"},
    },
}


def written(changes: dict) -> dict:
    """``info``: with what a program says of itself and of when."""
    also = dict(changes.get("also", {}))
    if also.get("info", "") is None:
        pieces = PdfFileReader(BytesIO(issued())).trailer["/Info"]
        said = {"/ModDate": "(D:20210128100000Z)", "/Producer": "(iText)"}
        kept = {key: f"<{pieces[key].original_bytes.hex()}>" for key in pieces}
        also["info"] = "<< " + " ".join(f"{key} {value}" for key, value in (kept | said).items()) + " >>"
    return changes | {"also": also}


@pytest.mark.parametrize("kind", ALLOWED)
def test_takes_what_honest_programs_write(kind):
    verified = asked(signed(issued(), card(), **written(ALLOWED[kind])))

    assert (verified.outcome, verified.fault) == (GOOD, "")


SCRIPT = "<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
COVER = (
    "<< /Type /Annot /Subtype /Widget /F 4 /Rect [0 0 595 842] /P {last} 0 R /Parent {free} 0 R"
    " /AP << /N {look} 0 R >> %s >>"
)


def family(cover: str = COVER % "", *, parent: str = "", signature: str = "") -> dict:
    """One field above, with /Kids: the signature's own, and a widget."""
    return {
        "look": None,
        "form": "/Fields [{free} 0 R] /SigFlags 3",
        "field": "/Parent {free} 0 R " + signature,
        "also": {
            "free": f"<< /FT /Sig /T (Above) /Kids [{{field}} 0 R {{free1}} 0 R] {parent} >>",
            "free1": cover,
            "look": PICTURE,
        },
        "annotations": {"last": "{field} 0 R {free1} 0 R"},
    }


def with_look(look: str, **also: str) -> dict:
    return {"rect": rect(), "look": look, "also": also}


REFUSED = {
    "a cover beside the signature, under one parent": family(),
    "a script of the sibling": family(COVER % f"/A {SCRIPT}"),
    "a script for events of the sibling": family(COVER % f"/AA << /PV {SCRIPT} >>"),
    "a script of the parent": family(parent=f"/AA << /C {SCRIPT} >>"),
    "an action of the parent": family(parent=f"/A {SCRIPT}"),
    "a parent without anything else": {
        "form": "/Fields [{free} 0 R] /SigFlags 3",
        "field": "/Parent {free} 0 R",
        "also": {"free": "<< /FT /Sig /T (Above) /Kids [{field} 0 R] >>"},
    },
    "a parent that the form does not know": {
        "field": "/Parent {free} 0 R",
        "also": {"free": "<< /T (Above) /Kids [{field} 0 R] >>"},
    },
    "kids": {
        "field": "/Kids [{free} 0 R]",
        "also": {"free": COVER.replace("{free}", "{field}") % ""},
        "look": PICTURE,
    },
    "a second field": {
        "form": "/Fields [{field} 0 R {free} 0 R] /SigFlags 3",
        "also": {"free": "<< /FT /Sig /T (b) /Type /Annot /Subtype /Widget /Rect [0 0 0 0] >>"},
    },
    "the same field twice": {"form": "/Fields [{field} 0 R {field} 0 R] /SigFlags 3"},
    "the widget on every page": {"annotations": {"first": "{field} 0 R", "last": "{field} 0 R"}},
    "the widget twice on a page": {"annotations": {"last": "{field} 0 R {field} 0 R"}},
    "a note beside it": {
        "annotations": {"last": "{field} 0 R {free} 0 R"},
        "also": {"free": "<< /Type /Annot /Subtype /FreeText /Rect [0 0 595 842] /Contents (x) >>"},
    },
    "a note in the page's own list": {
        "annotations": {"last": "{field} 0 R << /Subtype /Stamp /Rect [0 0 595 842] >>"}
    },
    "a script of the field": {"field": f"/A {SCRIPT}"},
    "a script for events of the field": {"field": f"/AA << /PO {SCRIPT} >>"},
    "a script when it is opened": {"catalogue": f"/OpenAction {SCRIPT}", "without": ("/OpenAction",)},
    "scripts of the document": {"catalogue": f"/AA << /WC {SCRIPT} >>"},
    "another page at which it opens": {
        "catalogue": "/OpenAction [{last} 0 R /Fit]",
        "without": ("/OpenAction",),
    },
    "a layer for the widget": {"field": "/OC {free} 0 R", "also": {"free": "<< /Type /OCG /Name (a) >>"}},
    "a layer in the picture": with_look(
        form_object(b"1 g", more="/OC {free} 0 R"), free="<< /Type /OCG /Name (a) >>"
    ),
    "layers named by the picture": with_look(
        form_object(b"/OC /a BDC EMC", more="/Resources << /Properties << /a {free} 0 R >> >>"),
        free="<< /Type /OCG /Name (a) >>",
    ),
    "layers of the document": {
        "catalogue": "/OCProperties << /OCGs [{free} 0 R] /D << >> >>",
        "also": {"free": "<< /Type /OCG /Name (a) >>"},
    },
    "pictures to be made anew": {"form": "/Fields [{field} 0 R] /SigFlags 3 /NeedAppearances true"},
    "a form of another kind": {"form": "/Fields [{field} 0 R] /SigFlags 3 /XFA (x)"},
    "an order of calculation": {"form": "/Fields [{field} 0 R] /SigFlags 3 /CO [{field} 0 R]"},
    "metadata": {
        "catalogue": "/Metadata {free} 0 R",
        "also": {
            "free": "<< /Type /Metadata /Subtype /XML /Length 40 >>\nstream\n"
            '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>   \nendstream'
        },
    },
    "an object that nothing refers to": {"also": {"free": "<< /Type /Page >>"}},
    "an object that no table lists, in a remark": {
        "also": {"free": "(x)\nendobj\n% \n{text} 0 obj << /Length 2 >>\nstream\nBT\nendstream"},
        "field": "/M {free} 0 R",
    },
    "an object that no table lists, with a remark within its number": with_look(
        PICTURE + "\nendobj\n{text} % \n0 obj << /Length 2 >>\nstream\nBT\nendstream"
    ),
    "an object that no table lists, its number and word in one": with_look(
        PICTURE + "\nendobj\n{text} 0obj << /Length 2 >>\nstream\nBT\nendstream"
    ),
    "an object that no table lists, within a picture": with_look(
        "<< /Type /XObject /Subtype /Form /BBox [0 0 1 1] /Length 24 >>\nstream\n"
        "% \n{text} 0 obj << >> endobj \nendstream"
    ),
    "objects that refer to each other alone": {"also": {"free": "[{free1} 0 R]", "free1": "[{free} 0 R]"}},
    "another text on a page": {"also": {"text": "<< /Length 2 >>\nstream\nBT\nendstream"}},
    "another text, as if it were part of the picture": with_look(
        form_object(b"/a Do", more="/Resources << /XObject << /a {text} 0 R >> >>"),
        text=form_object(b"0 g"),
    ),
    "another size of the page": {"annotations": {"last": "{field} 0 R] /Rotate 90 /x ["}},
    "another title": {"also": {"info": "<< /Title (x) >>"}},
    "a keyword for searches": {"also": {"info": "<< /Keywords (x) >>"}},
    "no attached data any more": {"without": ("/Names",)},
    "no box any more": {"without": ("/PieceInfo",)},
    "another box": {
        "without": ("/PieceInfo",),
        "catalogue": "/PieceInfo << /BGConfirmations << /Private [0 0 595 842] >> >>",
        "rect": "0 0 595 842",
    },
    "a widget that keeps its size while the page is made small": {"rect": rect(), "flags": 12},
    "another picture for when it is touched": {
        "field": "/AP << /N {free} 0 R /D {free} 0 R >>",
        "also": {"free": PICTURE},
    },
    "pictures to choose from": {"field": "/AP << /N << /On {free} 0 R >> >>", "also": {"free": PICTURE}},
    "a picture from another file": with_look(form_object(b"", more="/F (other.pdf)")),
    "glyphs that are drawn": with_look(
        form_object(b"", more="/Resources << /Font << /a << /Type /Font /CharProcs << >> >> >> >>")
    ),
    "a picture inside itself, without end": with_look(
        form_object(
            b"", more="/Resources " + "<< /XObject << /a << /Resources " * 20 + "<<>>" + " >> >> >>" * 20
        )
    ),
    "a picture of the widget that is an action": with_look(form_object(b"", more=f"/A {SCRIPT}")),
    "rights of another signature": {
        "catalogue": "/Perms << /DocMDP {free} 0 R >>",
        "also": {"free": f"<< {KIND} >>"},
    },
    "rights of Adobe's own kind": {"catalogue": "/Perms << /DocMDP {sig} 0 R /UR3 {sig} 0 R >>"},
    "an object given up": {"free": "text"},
    "a file that is locked": {"trailer": "/Encrypt << /Filter /Standard >>"},
    "a table of a kind that older readers do not see": {"trailer": "/XRefStm 20"},
    "dictionaries in what the signature says": {"signature": KIND + f" /Reason << /S {SCRIPT} >>"},
    "a reference to something else than the document": {
        "signature": KIND + " /Reference [<< /TransformMethod /DocMDP /Data {first} 0 R >>]"
    },
    "another default value": {"field": "/DV {free} 0 R", "also": {"free": "(x)"}},
    "proof of certificates within what is signed": {"catalogue": "/DSS << /Type /DSS >>"},
}


@pytest.mark.parametrize("kind", REFUSED)
def test_refuses_what_is_not_on_the_list_though_it_is_signed(kind):
    verified = asked(signed(issued(), card(), **written(REFUSED[kind])))

    assert verified.outcome == BAD
    assert verified.fault in ("changed_before", "two_signers", "malformed")


def test_takes_objects_that_are_packed_together():
    assert asked(packed(issued(), card())).outcome == GOOD


@pytest.mark.parametrize(
    "hidden",
    [
        {"besides": {"first": "<< /Type /Page /Contents {sig} 0 R >>"}},
        {"besides": {"last": "<< /Type /Page /Contents {sig} 0 R >>"}},
        {"more": "/Extends {text} 0 R"},
    ],
    ids=["another page", "the same page twice", "others are said to be elsewhere"],
)
def test_refuses_what_is_packed_with_them_and_in_no_table(hidden):
    """A reader that mends a file looks for objects, and into those that hold others."""
    verified = asked(packed(issued(), card(), **hidden))

    assert (verified.outcome, verified.fault) == (BAD, "changed_before")


OUTSIDE = {
    "over the whole page": {"rect": "0 0 595 842"},
    "over a quarter of a page": {"rect": "0 0 400 300"},
    "a line beyond it at the top": {"rect": rect(top=1)},
    "a line beyond it on the left": {"rect": rect(left=-1)},
    "a line beyond it on the right": {"rect": rect(right=1)},
    "a line below it": {"rect": rect(bottom=-1)},
    "at the same place of the first page": {"rect": rect(), "page": "first"},
    "on the first page, while it says the last": {"rect": rect(), "annotations": {"first": "{field} 0 R"}},
    "on the last page, while it says the first": {
        "rect": rect(),
        "page": "first",
        "annotations": {"last": "{field} 0 R"},
    },
    "with the corners the other way round": {"rect": "595 842 0 0"},
}


@pytest.mark.parametrize("kind", OUTSIDE)
def test_refuses_a_picture_beyond_the_reserved_box(kind):
    verified = asked(signed(issued(), card(), look=PICTURE, **OUTSIDE[kind]))

    assert (verified.outcome, verified.fault) == (BAD, "outside_box")


# ---- What is added after the signature


def with_proof(signed: bytes, *, certs=(), ocsps=(), crls=()) -> bytes:
    """As a service for long-term signatures adds it (/DSS)."""
    contents = PdfFileReader(BytesIO(signed)).embedded_signatures[0].pkcs7_content.hex().encode()
    out = BytesIO(signed)
    DocumentSecurityStore.add_dss(out, contents, certs=certs, ocsps=ocsps, crls=crls, force_write=True)
    return out.getvalue()


def with_stamp(signed: bytes) -> bytes:
    """A document time stamp, by pyHanko."""

    def stamp() -> bytes:
        made = PdfTimeStamper(stamper(authority(), NOW)).timestamp_pdf(
            IncrementalPdfFileWriter(BytesIO(signed)), "sha256", output=BytesIO()
        )
        return made.getvalue()

    return apart(stamp)


def by_pyhanko() -> bytes:
    return pdf(issued(), card(), authority(), box=box())


def with_certificates(signed: bytes) -> bytes:
    certificates = [as_asn1(authority().issuing), as_asn1(authority().root)]
    return with_proof(signed, certs=certificates, crls=[CertificateList.load(authority().crl())])


@cache
def stamp_by_hand() -> str:
    return f"<< {STAMP} /ByteRange [0 1 2 3] /Contents <{by_hand(b'x', card()).hex()}> >>"


UNSEEN = "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Stamp) /F 132 /Rect [0 0 0 0] /V {sig} 0 R >>"
TWO = "/Fields [{signed} 0 R {field} 0 R] /SigFlags 3"
KEPT = {
    "proof of certificates": lambda: with_certificates(by_pyhanko()),
    "a time stamp": lambda: with_stamp(by_pyhanko()),
    "proof and a time stamp": lambda: with_stamp(with_certificates(by_pyhanko())),
    "a time stamp, proof of it, and another": lambda: with_stamp(with_certificates(with_stamp(by_pyhanko()))),
    "proof, on a signature made by hand": lambda: with_certificates(signed(issued(), card())),
    "proof, on a certifying signature": lambda: with_certificates(
        signed(issued(), card(), catalogue="/Perms << /DocMDP {sig} 0 R >>")
    ),
    "a time stamp that is on no page": lambda: continued(
        signed(issued(), card()), form=TWO, also={"field": UNSEEN, "sig": stamp_by_hand()}
    ),
    "proof by hand": lambda: continued(
        signed(issued(), card()),
        catalogue="/DSS << /Certs [{free} 0 R] /VRI << /%s << /Cert [{free} 0 R] /TU (D:20210128) >> >> >>"
        % ("AB" * 20),
        also={"free": "<< /Length 1 >>\nstream\nx\nendstream"},
    ),
}


@pytest.mark.parametrize("kind", KEPT)
def test_takes_what_is_added_later_to_prove_time_and_certificates(kind):
    verified = asked(KEPT[kind]())

    assert (verified.outcome, verified.fault) == (GOOD, "")


def test_a_response_among_what_was_added_is_word_that_the_certificate_is_not_revoked():
    """By a responder of the pinned authority, or it says nothing."""
    unlisted = Trust(trust().roots, trust().issuers)

    def outcome(by) -> str:
        response = OCSPResponse.load(ocsp(OCSPCertStatus.GOOD, by=by))
        return asked(with_proof(by_pyhanko(), ocsps=[response]), among=unlisted).outcome

    assert outcome(authority().answering) == GOOD
    assert outcome(authority().rogue.answering) == WAITS
    assert asked(with_certificates(by_pyhanko()), among=unlisted).outcome == WAITS


def test_a_stamp_of_the_document_is_not_relied_on():
    """It covers the signature, but nobody has looked at whose it is."""
    assert asked(with_stamp(by_pyhanko())).stamp.at is None


AFTERWARDS = {
    "another text": {"also": {"text": "<< /Length 2 >>\nstream\nBT\nendstream"}},
    "a note on the page": {
        "annotations": {"first": "{free} 0 R"},
        "also": {"free": "<< /Subtype /FreeText /Rect [0 0 595 842] /Contents (x) >>"},
    },
    # pyHanko alone rates it as an update for long-term archival: an empty field, with a picture
    "an empty field over the page": {
        "form": TWO,
        "annotations": {"first": "{field} 0 R"},
        "also": {
            "field": "<< /Type /Annot /Subtype /Widget /FT /Sig /T (x) /Rect [0 0 595 842] /F 4"
            " /AP << /N {look} 0 R >> >>",
            "look": PICTURE,
        },
    },
    "a stamp that is seen": {
        "form": TWO,
        "annotations": {"first": "{field} 0 R"},
        "also": {
            "field": UNSEEN.replace("0 0 0 0", "0 0 595 842"),
            "sig": stamp_by_hand(),
        },
    },
    "the signature's own field with another picture": {
        "also": {"signed": UNSEEN.replace("Stamp", "Signature1").replace("{sig}", "{value}")}
    },
    "no signature any more": {"form": "/Fields [] /SigFlags 3"},
    "metadata": {
        "catalogue": "/Metadata {free} 0 R",
        "also": {"free": "<< /Type /Metadata /Subtype /XML /Length 1 >>\nstream\nx\nendstream"},
    },
    "rights": {"catalogue": "/Perms << /DocMDP {free} 0 R >>", "also": {"free": "<< /Type /Sig >>"}},
    "a script in the proof": {"catalogue": f"/DSS << /JS {SCRIPT} >>"},
    "a script beside the proof": {"catalogue": f"/DSS << /Certs [{SCRIPT}] >>"},
    "proof that is written over a text": {
        "catalogue": "/DSS << /Certs [{text} 0 R] >>",
        "also": {"text": "<< /Length 1 >>\nstream\nx\nendstream"},
    },
    "an object that nothing refers to": {"also": {"free": "(x)"}},
    "another title": {"also": {"info": "<< /Title (x) >>"}},
}


@pytest.mark.parametrize("kind", AFTERWARDS)
def test_refuses_everything_else_that_is_added_later(kind):
    verified = asked(continued(signed(issued(), card()), **AFTERWARDS[kind]))

    assert verified.outcome == BAD
    assert verified.fault in ("changed_after", "not_signed", "malformed")


def test_another_person_who_signs_too_is_a_second_signatory():
    assert (
        asked(pdf(by_pyhanko(), card("boris"), authority(), field_name="Signature2")).fault == "two_signers"
    )


def test_what_is_behind_the_end_without_being_an_update_is_refused():
    assert asked(by_pyhanko() + b"\n%% more\n").fault in ("changed_after", "malformed")


# ---- Documents that were issued before there was a box


def test_an_unseen_signature_in_a_document_without_a_box_is_taken():
    document = issued(reserved=False)

    assert asked(signed(document, card()), document).outcome == GOOD


def test_in_a_document_without_a_box_nothing_is_covered():
    document = issued(reserved=False)
    verified = asked(signed(document, card(), rect="20 20 250 120", look=PICTURE), document)

    assert (verified.outcome, verified.fault) == (BAD, "no_box")


def test_what_was_accepted_by_the_earlier_rule_still_holds():
    document = issued(reserved=False)

    def outcome(rect: str) -> str:
        return asked(
            signed(document, card(), rect=rect, look=PICTURE), document, by_earlier_rules=True
        ).outcome

    assert outcome("20 20 250 120") == GOOD
    assert outcome("0 0 595 842") == BAD
    in_box = signed(issued(), card(), rect="20 20 250 120", look=PICTURE)
    assert asked(in_box, by_earlier_rules=True).fault == "outside_box"
