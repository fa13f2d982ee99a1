"""A signed PDF: that it is the one issued, signed once, and neither changed before nor after."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from portal.crypto.qualified.der import check_der, length_of
from portal.crypto.qualified.faults import Fault

SUBFILTERS = ("/ETSI.CAdES.detached", "/adbe.pkcs7.detached")


@dataclass(frozen=True)
class SignedPdf:
    """``cms`` is DER of the signature inside, ``reader`` what pyHanko made of the file."""

    cms: bytes = field(repr=False)
    reader: Any = field(repr=False)
    signature: Any = field(repr=False)
    content: bytes = field(repr=False)

    def digest(self) -> bytes:
        """Of all that the signature says it covers."""
        return bytes(self.signature.compute_digest())


def read_pdf(content: bytes) -> SignedPdf:
    """The one signature of a PDF; Fault if there is none, or more, or the file cannot be read."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.errors import SignatureValidationError

    try:
        reader = PdfFileReader(BytesIO(content))
        if reader.encrypted:
            raise Fault("readable", "encrypted")
        found = list(reader.embedded_signatures)
        if len(found) != 1:
            raise Fault("one_signer", "two_signers") if found else Fault("readable", "not_signed")
        signature = found[0]
        if signature.sig_object_type != "/Sig" or signature.sig_object.get("/SubFilter") not in SUBFILTERS:
            raise Fault("readable", "not_a_signature")
        der = signature.pkcs7_content
    except Fault:
        raise
    except (PdfError, SignatureValidationError, ValueError, TypeError, KeyError, IndexError, AttributeError,
            NotImplementedError, RecursionError, OverflowError, AssertionError):  # fmt: skip
        raise Fault("readable", "malformed") from None
    return SignedPdf(_without_padding(bytes(der)), reader, signature, content)


def check_document(signed: SignedPdf, issued: bytes | None, declaration: bytes) -> None:
    """Raise Fault unless the file is the issued one with one signature over all of it, and nothing else.

    The issued bytes stand at the beginning of the signed file, untouched: a PDF is changed by adding to
    it. What was added to be signed may be the signature and its field, nothing that a reader would see
    instead of the issued pages.
    """
    from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, SuspiciousModification
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    if issued is None or not signed.content.startswith(issued):
        is_ours = issued is not None and declaration in attached(signed.content)
        raise Fault("document", "rewritten") if is_ours else Fault("content", "never_issued")
    try:
        signed.signature.compute_integrity_info()
        covered = signed.signature.coverage
        if covered is not SignatureCoverageLevel.ENTIRE_FILE:
            raise Fault("document", "changed_after")
        # Revision 0 is what was issued, if a reader finds the same end there.
        first = signed.reader.get_historical_resolver(0)
        if _end_of_first(signed.reader) > len(issued):
            raise Fault("document", "changed_before")
        review = DEFAULT_DIFF_POLICY.review_file(signed.reader, first)
    except Fault:
        raise
    except Exception:  # a hostile file: whatever pyHanko trips over, it is not the one issued
        raise Fault("document", "changed_before") from None
    if isinstance(review, SuspiciousModification):
        raise Fault("document", "changed_before")


def attached(content: bytes) -> list[bytes]:
    """The files inside a PDF of ours; none for what cannot be read."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        names = PdfFileReader(BytesIO(content)).root["/Names"]["/EmbeddedFiles"]["/Names"]
        return [bytes(names[place]["/EF"]["/F"].data) for place in range(1, len(names), 2)]
    except Exception:  # somebody has changed it
        return []


def _end_of_first(reader: Any) -> int:
    """Where the first revision's cross-references stand."""
    start: int = reader.xrefs.get_startxref_for_revision(0)
    return start


def _without_padding(der: bytes) -> bytes:
    """The place for a signature is reserved before its length is known, and filled up with zeros."""
    length = length_of(der)
    if der[length:].strip(b"\x00"):
        raise Fault("readable", "junk")
    check_der(der[:length])
    return der[:length]
