"""PDFs signed by hand, piece by piece: as LibreOffice, iText and PDFBox write them, which are not at hand in
the tests, and as somebody would who wants to deceive."""

import zlib
from collections.abc import Callable
from io import BytesIO

from pyhanko.pdf_utils.generic import Reference
from pyhanko.pdf_utils.reader import PdfFileReader

from tests.crypto.qualified import signed_files
from tests.crypto.qualified.authority import Card

ROOM = 8192  # hexadecimal digits for a signature
KIND = "/Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached"


class Pieces:
    """What is at hand to write with: ``{sig}``, ``{field}``, ``{look}`` and ``{free}``, ``{free1}`` and
    ``{free2}`` are numbers of new objects. Of what is there: ``{root}``, ``{info}``, ``{first}`` and
    ``{last}`` (pages), ``{text}`` (of the first page), ``{signed}`` and ``{value}`` (field, signature)."""

    def __init__(self, document: bytes) -> None:
        self.document = document
        self.reader = PdfFileReader(BytesIO(document))
        pages = self.reader.root["/Pages"]["/Kids"]
        size = int(self.reader.trailer["/Size"])
        self.numbers = {
            "sig": size,
            "field": size + 1,
            "look": size + 2,
            "free": size + 3,
            "free1": size + 4,
            "free2": size + 5,
            "root": self.reader.trailer.raw_get("/Root").idnum,
            "info": self.reader.trailer.raw_get("/Info").idnum,
            "first": pages.raw_get(0).idnum,
            "last": pages.raw_get(len(pages) - 1).idnum,
            "text": pages[0].raw_get("/Contents").idnum,
        }
        fields = self.reader.root["/AcroForm"]["/Fields"]
        if len(fields):
            self.numbers["signed"] = fields.raw_get(0).idnum
            self.numbers["value"] = fields[0].raw_get("/V").idnum

    def __call__(self, text: str) -> bytes:
        for name, number in self.numbers.items():
            text = text.replace(f"{{{name}}}", str(number))
        return text.encode("latin-1")

    def as_it_was(self, number: int, *without: str) -> bytes:
        """The dictionary of an object that was there, to be added to: without its end."""
        found = self.reader.get_object(Reference(number, 0, self.reader))
        for key in without:
            found.pop(key, None)
        out = BytesIO()
        found.write_to_stream(out, None)
        return out.getvalue().strip().removesuffix(b">>")


def signed(
    document: bytes,
    card: Card,
    *,
    rect: str = "0 0 0 0",
    page: str = "last",
    look: str | None = None,
    catalogue: str = "",
    form: str = "/Fields [{field} 0 R] /SigFlags 3",
    field: str = "",
    flags: int = 132,
    signature: str = KIND,
    annotations: dict[str, str] | None = None,
    also: dict[str, str] | None = None,
    without: tuple[str, ...] = (),
    trailer: str = "",
    free: str = "",
    spelled: Callable[[bytes], bytes] = bytes,
) -> bytes:
    """The document with one revision added, signed over all of it.

    ``annotations``: what is put on which page, instead of the field on ``page``; ``also``: further objects by
    their names; ``without``: keys of the catalogue that are left out; ``free``: an object that is given up;
    ``spelled``: how the signature is written.
    """
    pieces = Pieces(document)
    number = pieces.numbers
    on_pages = {page: "{field} 0 R"} if annotations is None else annotations
    widget = f"/Type /Annot /Subtype /Widget /FT /Sig /T (Signature1) /F {flags} /V {{sig}} 0 R"
    widget += f" /P {{{page}}} 0 R"
    objects = {
        number["sig"]: pieces(f"<< {signature} /ByteRange [0 {'#' * 30}] /Contents <")
        + b"0" * ROOM
        + b"> >>",
        number["root"]: pieces.as_it_was(number["root"], "/AcroForm", *without)
        + pieces(f" /AcroForm << {form} >> {catalogue} >>"),
    }
    shown = "" if look is None else "/AP << /N {look} 0 R >>"
    objects[number["field"]] = pieces(f"<< {widget} /Rect [{rect}] {shown} {field} >>")
    if look is not None:
        objects[number["look"]] = pieces(look)
    for where, what in on_pages.items():
        objects[number[where]] = pieces.as_it_was(number[where]) + pieces(f" /Annots [{what}] >>")
    for name, content in (also or {}).items():
        objects[number[name]] = pieces(content)
    given_up = number.get(free)
    return filled(revision(document, objects, trailer=pieces(trailer), given_up=given_up), card, spelled)


STAMP = "/Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161"


def continued(
    document: bytes,
    *,
    form: str = "/Fields [{signed} 0 R] /SigFlags 3",
    catalogue: str = "",
    also: dict[str, str] | None = None,
    annotations: dict[str, str] | None = None,
) -> bytes:
    """The signed document with one more revision, that no signature covers."""
    pieces = Pieces(document)
    number = pieces.numbers
    root = pieces.as_it_was(number["root"], "/AcroForm") + pieces(f" /AcroForm << {form} >> {catalogue} >>")
    objects = {number["root"]: root}
    for name, content in (also or {}).items():
        objects[number[name]] = pieces(content)
    for where, what in (annotations or {}).items():
        page = pieces.as_it_was(number[where], "/Annots")
        objects[number[where]] = page + pieces(f" /Annots [{what}] >>")
    return revision(document, objects)


def packed(document: bytes, card: Card, *, besides: dict[str, str] | None = None, more: str = "") -> bytes:
    """Signed unseen, with all but the signature packed into one object (7.5.7), and a table that is a stream
    (7.5.8). ``besides``: objects in there that the table does not list; ``more``: keys of the one that holds
    them."""
    pieces = Pieces(document)
    number = pieces.numbers
    widget = "/Type /Annot /Subtype /Widget /FT /Sig /T (Signature1) /F 132 /Rect [0 0 0 0]"
    inside = [
        (
            number["root"],
            pieces.as_it_was(number["root"], "/AcroForm")
            + pieces(" /AcroForm << /Fields [{field} 0 R] /SigFlags 3 >> >>"),
        ),
        (number["field"], pieces(f"<< {widget} /V {{sig}} 0 R /P {{last}} 0 R >>")),
        (number["last"], pieces.as_it_was(number["last"]) + pieces(" /Annots [{field} 0 R] >>")),
    ]
    listed = [each for each, _ in inside]
    inside += [(number[name], pieces(content)) for name, content in (besides or {}).items()]
    signature = pieces(f"<< {KIND} /ByteRange [0 {'#' * 30}] /Contents <") + b"0" * ROOM + b"> >>"
    objects = {number["sig"]: signature, number["free"]: _holding(inside, pieces(more))}
    return filled(_with_packed_table(document, objects, number["free"], listed, number["free1"]), card)


def _holding(inside: list[tuple[int, bytes]], more: bytes) -> bytes:
    head, body = b"", b""
    for number, content in inside:
        head += b"%d %d " % (number, len(body))
        body += content + b" "
    content = zlib.compress(head + body)
    said = b"/Type /ObjStm /N %d /First %d /Filter /FlateDecode %s" % (len(inside), len(head), more)
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (said, len(content), content)


def _with_packed_table(
    document: bytes, objects: dict[int, bytes], holder: int, listed: list[int], table: int
) -> bytes:
    out, rows = document + b"\n", {}
    for number, content in objects.items():
        rows[number] = b"\x01" + len(out).to_bytes(4, "big") + b"\x00\x00"
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    for at, number in enumerate(listed):
        rows[number] = b"\x02" + holder.to_bytes(4, "big") + at.to_bytes(2, "big")
    rows[table] = b"\x01" + len(out).to_bytes(4, "big") + b"\x00\x00"
    trailer = PdfFileReader(BytesIO(document)).trailer
    root, info = (trailer.raw_get(key).idnum for key in ("/Root", "/Info"))
    previous = int(document[document.rindex(b"startxref") :].split()[1])
    content = zlib.compress(b"".join(rows[number] for number in sorted(rows)))
    index = b" ".join(b"%d 1" % number for number in sorted(rows))
    said = b"/Type /XRef /W [1 4 2] /Index [%s] /Size %d /Root %d 0 R /Info %d 0 R /Prev %d" % (
        *(index, table + 1, root, info, previous),
    )
    said += b" /Filter /FlateDecode /Length %d" % len(content)
    begin = len(out)
    out += b"%d 0 obj\n<< %s >>\nstream\n%s\nendstream\nendobj\n" % (table, said, content)
    return out + b"startxref\n%d\n%%%%EOF\n" % begin


def filled(out: bytes, card: Card, spelled: Callable[[bytes], bytes] = bytes) -> bytes:
    """With range and signature where room was left for them."""
    gap = out.rindex(b"<" + b"0" * ROOM)
    behind = gap + ROOM + 2
    numbers = b"%d %d %d" % (gap, behind, len(out) - behind)
    out = out.replace(b"#" * 30, numbers.ljust(30))
    value = spelled(signed_files.by_hand(out[:gap] + out[behind:], card))
    return out[: gap + 1] + value.hex().encode().ljust(ROOM, b"0") + out[behind - 1 :]


def revision(
    document: bytes, objects: dict[int, bytes], *, trailer: bytes = b"", given_up: int | None = None
) -> bytes:
    """The document and these objects, in an update to it."""
    reader = PdfFileReader(BytesIO(document))
    out, places = document + b"\n", {}
    for number, content in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    references = len(out)
    out += b"xref\n" + b"".join(b"%d 1\n%010d 00000 n \n" % (n, places[n]) for n in sorted(places))
    if given_up is not None:
        out += b"%d 1\n%010d 00001 f \n" % (given_up, 0)
    size = max(*places, int(reader.trailer["/Size"]) - 1) + 1
    root, info = (reader.trailer.raw_get(key).idnum for key in ("/Root", "/Info"))
    previous = int(document[document.rindex(b"startxref") :].split()[1])
    head = b"/Size %d /Root %d 0 R /Info %d 0 R /Prev %d %s" % (size, root, info, previous, trailer)
    return out + b"trailer\n<< %s >>\nstartxref\n%d\n%%%%EOF\n" % (head, references)


def form_object(content: bytes, box: str = "0 0 100 50", more: str = "") -> str:
    """A picture as an appearance is one; ``more`` goes into its dictionary."""
    packed = zlib.compress(content)
    head = (
        f"<< /Type /XObject /Subtype /Form /BBox [{box}] {more} /Filter /FlateDecode /Length {len(packed)} >>"
    )
    return f"{head}\nstream\n{packed.decode('latin-1')}\nendstream"
