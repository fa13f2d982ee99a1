"""Documents that somebody wrote to deceive or to tire out, each beginning with the issued one: what the
portal issued is added to by hand, as no signing program would."""

import zlib
from collections.abc import Callable
from io import BytesIO

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NumberObject,
    StreamObject,
    TextStringObject,
    pdf_name,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field

from tests.crypto.qualified.authority import Authority, Card
from tests.crypto.qualified.signed_files import apart, signer

A4 = (0, 0, 595, 842)


def signed_over(signed: bytes) -> tuple[bytes, bytes]:
    """What the signature of a signed PDF is over, as one piece, and the signature."""
    signature = PdfFileReader(BytesIO(signed)).embedded_signatures[0]
    _, gap, behind, rest = (int(number) for number in signature.sig_object["/ByteRange"])
    return signed[:gap] + signed[behind : behind + rest], bytes(signature.pkcs7_content)


def wrapped(issued: bytes, covered: bytes, value: bytes) -> bytes:
    """The issued document with a signature that is over ``covered`` only, carried inside; the range is made
    so that its last part is empty and ends with the file, which a reader takes for all of it."""
    at = len(issued) + 1
    start = issued + b"\n" + covered + b"\n"
    padding = 0
    for _ in range(50):
        signature = (
            b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached "
            b"/ByteRange [0 0 %d %d] /Contents (%s%s) >>"
            % (at, len(covered), _escaped(value), b"\x00" * padding)
        )
        out = _with_form(start, issued, signature)
        missing = len(out) - len(covered) - 2 * (len(value) + padding) - 2
        if not missing:
            return out
        padding += missing
    raise AssertionError("the numbers do not come out even")


def _escaped(value: bytes) -> bytes:
    """As a literal string of PDF."""
    for byte in (b"\\", b"(", b")"):
        value = value.replace(byte, b"\\" + byte)
    return value.replace(b"\r", b"\\r")


def _with_form(start: bytes, issued: bytes, signature: bytes) -> bytes:
    """``start`` and a revision in which one field has this signature."""
    reader = PdfFileReader(BytesIO(issued))
    size, root = int(reader.trailer["/Size"]), reader.trailer.raw_get("/Root").idnum
    reader.root.pop("/AcroForm")
    written = BytesIO()
    reader.root.write_to_stream(written, None)
    catalogue = written.getvalue().strip().removesuffix(b">>")
    widget = b"/Type /Annot /Subtype /Widget /Rect [0 0 0 0] /F 132"
    objects = {
        size: signature,
        size + 1: b"<< /FT /Sig /T (Signature1) /V %d 0 R %s >>" % (size, widget),
        root: catalogue + b" /AcroForm << /Fields [%d 0 R] /SigFlags 3 >> >>" % (size + 1),
    }
    return revision(start, issued, objects)


def revision(start: bytes, issued: bytes, objects: dict[int, bytes]) -> bytes:
    """``start`` (which begins with the issued document) and these objects, in an update to it."""
    trailer = PdfFileReader(BytesIO(issued)).trailer
    out, places = start, {}
    for number, content in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    references = len(out)
    out += b"xref\n" + b"".join(b"%d 1\n%010d 00000 n \n" % (n, places[n]) for n in sorted(places))
    previous = int(issued[issued.rindex(b"startxref") :].split()[1])
    numbers = (max(*places, int(trailer["/Size"]) - 1) + 1, trailer.raw_get("/Root").idnum, previous)
    return out + b"trailer\n<< /Size %d /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        *numbers,
        references,
    )


def with_doubling_fields(issued: bytes, depth: int) -> bytes:
    """A form that is small to write and 2 ** ``depth`` fields long to read."""
    size = int(PdfFileReader(BytesIO(issued)).trailer["/Size"])
    start = _with_form(issued + b"\n", issued, b"<< /Type /Sig >>")
    names = range(size + 1, size + 1 + depth)
    objects = {n: b"<< /T (a) /Kids [%d 0 R %d 0 R] >>" % (n + 1, n + 1) for n in names}
    objects[size + 1 + depth] = b"<< /FT /Sig /T (S) >>"
    return revision(start, start, objects)


def with_many_references(issued: bytes, count: int) -> bytes:
    """A table of references that is short when packed."""
    table = zlib.compress(b"\x01\x00\x00\x00" * count, 9)
    head = b"/Type /XRef /W [1 2 1] /Size %d /Root 1 0 R /Filter /FlateDecode /Length %d" % (
        count,
        len(table),
    )
    out = issued + b"\n"
    return out + b"9999 0 obj\n<< %s >>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
        head,
        table,
        len(out),
    )


# ---- What is signed, but is more than the document


def prepared(
    issued: bytes, card: Card, authority: Authority, change: Callable[[IncrementalPdfFileWriter], None]
) -> bytes:
    """Signed over all of it, after ``change`` has been at it."""
    writer = IncrementalPdfFileWriter(BytesIO(issued))
    change(writer)
    meta = signers.PdfSignatureMetadata(
        field_name="Signature1", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"
    )
    signed = apart(lambda: signers.sign_pdf(writer, meta, signer=signer(card, authority), output=BytesIO()))
    return signed.getvalue()


def second_field(writer: IncrementalPdfFileWriter) -> None:
    """A field without a signature, with a picture over the whole page."""
    append_signature_field(writer, SigFieldSpec("Cover", on_page=0, box=A4))
    picture = StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): ArrayObject(map(NumberObject, A4)),
        },
        stream_data=b"1 g 0 0 595 842 re f",
    )
    _field(writer)[pdf_name("/AP")] = DictionaryObject({pdf_name("/N"): writer.add_object(picture)})
    append_signature_field(writer, SigFieldSpec("Signature1"))


def whole_page(writer: IncrementalPdfFileWriter) -> None:
    append_signature_field(writer, SigFieldSpec("Signature1", on_page=0, box=A4))


def script(key: str) -> Callable[[IncrementalPdfFileWriter], None]:
    def change(writer: IncrementalPdfFileWriter) -> None:
        append_signature_field(writer, SigFieldSpec("Signature1", on_page=0, box=(10, 10, 100, 40)))
        action = DictionaryObject(
            {
                pdf_name("/S"): pdf_name("/JavaScript"),
                pdf_name("/JS"): TextStringObject("app.alert(1)"),
            }
        )
        _field(writer)[pdf_name(key)] = action if key == "/A" else DictionaryObject({pdf_name("/PV"): action})

    return change


def note(writer: IncrementalPdfFileWriter) -> None:
    """A text of one's own upon the page."""
    page = writer.root["/Pages"]["/Kids"][0]
    annotation = DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): ArrayObject(map(NumberObject, A4)),
            pdf_name("/Contents"): TextStringObject("x"),
        }
    )
    page[pdf_name("/Annots")] = ArrayObject([writer.add_object(annotation)])
    writer.mark_update(page.container_ref)


def when_opened(writer: IncrementalPdfFileWriter) -> None:
    writer.root[pdf_name("/OpenAction")] = DictionaryObject(
        {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): TextStringObject("1")}
    )
    writer.update_root()


def _field(writer: IncrementalPdfFileWriter) -> DictionaryObject:
    return writer.root["/AcroForm"]["/Fields"][-1].get_object()
