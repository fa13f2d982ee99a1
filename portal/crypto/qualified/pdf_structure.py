"""What a signed PDF is made of, by pyHanko. It runs in a process of its own (pdf_process), because a hostile
file can keep a reader busy for hours or fill the memory."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from portal.crypto.qualified.faults import Fault

SUBFILTERS = ("/ETSI.CAdES.detached", "/adbe.pkcs7.detached")
FORBIDDEN = ("/A", "/AA", "/Kids")  # of the signature's field: what runs, and what would hide more fields
LARGEST_PICTURE = 595 * 842 / 4  # square points: a quarter of an A4 page


@dataclass(frozen=True)
class Structure:
    """``value`` is the signature as it stands in the file, with its padding; ``byte_range`` what it says that
    it covers. ``fault`` is what is wrong with the document around it, if something is."""

    value: bytes = field(repr=False)
    byte_range: list[int]
    fault: str = ""


def read_structure(content: bytes, issued: int) -> Structure:
    """Of a file whose first ``issued`` bytes are ours. Fault if there is not one signature to be read."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        reader = PdfFileReader(BytesIO(content))
        found = list(reader.embedded_signatures)
        if len(found) != 1:
            raise Fault("one_signer", "two_signers") if found else Fault("readable", "not_signed")
        signature = found[0]
        if signature.sig_object_type != "/Sig" or signature.sig_object.get("/SubFilter") not in SUBFILTERS:
            raise Fault("readable", "not_a_signature")
        byte_range = [int(number) for number in signature.sig_object["/ByteRange"]]
        value = bytes(signature.pkcs7_content)
    except Fault:
        raise
    except Exception:  # a broken or hostile file: pyHanko trips in ways that it does not declare
        raise Fault("readable", "malformed") from None
    return Structure(value, byte_range, _fault_of(reader, signature, content, issued))


def _fault_of(reader: Any, signature: Any, content: bytes, issued: int) -> str:
    """``changed_after`` or ``changed_before`` if more was added than one signature in a field of its own."""
    from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, SuspiciousModification
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    try:
        signature.compute_integrity_info()
        if signature.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
            return "changed_after"
        # Revision 0 must be what was issued, by its reader's own account.
        if reader.xrefs.get_startxref_for_revision(0) != _start_of_references(content[:issued]):
            return "changed_before"
        review = DEFAULT_DIFF_POLICY.review_file(reader, reader.get_historical_resolver(0))
        is_bare = not isinstance(review, SuspiciousModification) and _is_alone(reader, signature)
    except Exception:  # whatever pyHanko trips over, it is not the file that was issued and signed
        return "changed_before"
    return "" if is_bare else "changed_before"


def _is_alone(reader: Any, signature: Any) -> bool:
    """Whether the signature's field is the only one, does nothing, and hides no page. The difference policy
    lets further empty fields pass, with pictures and scripts of their own."""
    field_of = signature.sig_field
    if len(reader.root["/AcroForm"]["/Fields"]) != 1 or any(key in field_of for key in FORBIDDEN):
        return False
    if "/Rect" not in field_of:
        return True
    left, bottom, right, top = (float(side) for side in field_of["/Rect"])
    return abs(right - left) * abs(top - bottom) <= LARGEST_PICTURE


def _start_of_references(issued: bytes) -> int:
    """What the issued file itself says at its end."""
    return int(issued[issued.rindex(b"startxref") :].split()[1])
