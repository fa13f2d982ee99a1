"""What a PDF needs so that programs of other people sign it by adding one field, and no more."""

import re
from datetime import UTC, datetime
from hashlib import sha256

Box = tuple[float, float, float, float]  # left, bottom, right, top; points from the page's lower left corner
Edit = tuple[int, int, bytes]  # from where to where, and what stands there instead

_CATALOGUE = re.compile(
    rb"^\d+ 0 obj\n<</Type/Catalog.*?(?P<metadata>/Metadata \d+ 0 R).*?(?P<end>>>\nendobj\n)",
    re.DOTALL | re.MULTILINE,
)
_ATTACHED = re.compile(rb"^\d+ 0 obj\n<</Type/Filespec(?=/)", re.MULTILINE)
_IDENTITY = re.compile(rb"(?<=/ID\[)\([^)]*\)\([^)]*\)")
_PLACE = re.compile(rb"^\d{10}(?= 00000 n)|(?<=startxref\n)\d+", re.MULTILINE)


def signable(pdf: bytes, box: Box | None, at: datetime) -> bytes:
    """``pdf`` as typst writes it, with what a signing program would add besides its signature: pyHanko can
    then tell that nothing else was added (it needs a form on both sides to compare).

    An empty form, flagged as programs flag it (SignaturesExist, AppendOnly: add, do not write anew). And, in
    points, the ``box`` on the last page that a signature may be seen in: of the portal's own data in the file
    (ISO 32000-2, 14.5), which programs leave alone. What is attached is said to be the data that the document
    is drawn from (14.13): typst says so only in PDF/A and PDF 2.0.

    Without what the file says about itself in XMP: programs write that anew as they sign, title and all, and
    of what they write only a signature is accepted. The title stands in the file's information all the same.

    And its identity is its own digest in hexadecimal: by it a file is known that was written anew.
    """
    (catalogue,) = _CATALOGUE.finditer(pdf)
    said = b"/AcroForm<</Fields[]/SigFlags 3>>"
    if box is not None:
        sides = " ".join(f"{side:.2f}" for side in box)
        own = f"/LastModified(D:{at.astimezone(UTC):%Y%m%d%H%M%S}Z)/Private[{sides}]"
        said += f"/PieceInfo<</BGConfirmations<<{own}>>>>".encode()
    end = catalogue.start("end")
    edits = [(found.end(), found.end(), b"/AFRelationship/Data") for found in _ATTACHED.finditer(pdf)]
    return _edited(pdf, sorted([*edits, (*catalogue.span("metadata"), b""), (end, end, said)]))


def _edited(pdf: bytes, edits: list[Edit]) -> bytes:
    """With the places of what comes behind each edit corrected (7.5.4); ``edits`` in their order."""
    table = pdf.rindex(b"\nxref\n")

    def moved(found: re.Match[bytes]) -> bytes:
        place = int(found[0])
        by = sum(len(instead) - (until - start) for start, until, instead in edits if start < place)
        return b"%0*d" % (len(found[0]), place + by)

    parts, behind = [], 0
    for start, until, instead in edits:
        parts += [pdf[behind:start], instead]
        behind = until
    places = _IDENTITY.sub(2 * _identity(pdf), _PLACE.sub(moved, pdf[table:]))
    return b"".join([*parts, pdf[behind:table], places])


def _identity(pdf: bytes) -> bytes:
    return f"<{sha256(pdf).hexdigest()[:32].upper()}>".encode()
