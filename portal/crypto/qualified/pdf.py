"""A signed PDF: it is the one that was issued, signed once over all its bytes, and changed neither before nor
after. What proves the signature's time and certificates for years (LT, LTA) may follow it.

What the PDF says about itself is read by pyHanko in a separate process; which bytes the signature covers is
checked here, on the bytes themselves. Signature wrapping exploits the difference: a range that covers an
older signed file inside the new one, or a gap that is not where the signature stands.
"""

import hashlib
import re
from dataclasses import dataclass, field
from io import BytesIO

from portal.crypto.qualified.der import converted
from portal.crypto.qualified.faults import Fault
from portal.crypto.qualified.pdf_process import PROCESS

_IDENTITY = re.compile(rb"/ID\s*\[\s*<([0-9A-Fa-f]+)>")


@dataclass(frozen=True)
class SignedPdf:
    """``cms`` is DER of the signature inside; ``covered`` what it is over: all of the file until then, but
    itself. ``fault`` is what is wrong with the document around it, if something is."""

    cms: bytes = field(repr=False)
    covered: tuple[bytes, bytes] = field(repr=False)
    fault: str = ""
    responses: list[bytes] = field(default_factory=list, repr=False)  # DER of OCSP, beside the signature

    def digest(self, name: str) -> bytes:
        made = hashlib.new(name)
        for part in self.covered:
            made.update(part)
        return made.digest()


def read_pdf(content: bytes, issued: bytes | None, *, may_be_anywhere: bool = False) -> SignedPdf:
    """The one signature of a file that begins with the issued one, untouched: a PDF is changed by adding to
    it. Fault for any other file, which no reader is even shown. ``may_be_anywhere``: as ``read_structure``.
    """
    if issued is None or not content.startswith(issued):
        raise Fault("document", "rewritten") if _has_identity(content, issued) else _NEVER_ISSUED
    if content == issued:
        raise Fault("readable", "not_signed")
    structure = PROCESS.ask(content, len(issued), may_be_anywhere=may_be_anywhere)
    covered = _covered(content, issued, structure.byte_range, structure.value)
    return SignedPdf(_without_padding(structure.value), covered, structure.fault, structure.responses)


_NEVER_ISSUED = Fault("content", "never_issued")


def _covered(content: bytes, issued: bytes, byte_range: list[int], value: bytes) -> tuple[bytes, bytes]:
    """Everything before and behind the signature's value, as far as the file was written then; Fault unless
    the range says exactly that. What follows was judged as an addition of later."""
    if len(byte_range) != 4:
        raise Fault("document", "changed_before")
    start, gap, behind, rest = byte_range
    if start != 0 or not len(issued) <= gap < behind <= behind + rest <= len(content):
        raise Fault("document", "changed_after")
    if content[gap : gap + 1] != b"<" or content[behind - 1 : behind] != b">":
        raise Fault("document", "changed_before")
    try:
        stands_there = bytes.fromhex(content[gap + 1 : behind - 1].decode("ascii"))
    except ValueError:
        raise Fault("document", "changed_before") from None
    if stands_there != value:
        raise Fault("document", "changed_before")
    return content[:gap], content[behind : behind + rest]


def _has_identity(content: bytes, issued: bytes | None) -> bool:
    """Whether the permanent half of the issued file's /ID stands in it: programs that write a PDF anew keep
    it."""
    match = None if issued is None else _IDENTITY.search(issued)
    return match is not None and (match[1].upper() in content or match[1].lower() in content)


def attached(issued: bytes) -> list[bytes]:
    """The files inside a PDF of ours; none for what cannot be read."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        names = PdfFileReader(BytesIO(issued)).root["/Names"]["/EmbeddedFiles"]["/Names"]
        return [bytes(names[place]["/EF"]["/F"].data) for place in range(1, len(names), 2)]
    except Exception:  # somebody has changed it
        return []


def _without_padding(value: bytes) -> bytes:
    """The place for a signature is reserved before its length is known, and filled up with zeros."""
    der, length = converted(value)
    if value[length:].strip(b"\x00"):
        raise Fault("readable", "junk")
    return der
