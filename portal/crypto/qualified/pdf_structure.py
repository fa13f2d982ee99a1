"""What a signed PDF is made of, by pyHanko. It runs in a process of its own (pdf_process), because a hostile
file can keep a reader busy for hours or fill the memory."""

from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any

from portal.crypto.qualified.faults import Fault

MOST_RESPONSES = 20
SUBFILTERS = ("/ETSI.CAdES.detached", "/adbe.pkcs7.detached")
# With SHA-1 by their very definition; ISO 32000-2 (12.8.3.1) deprecates both.
OLD_SUBFILTERS = ("/adbe.pkcs7.sha1", "/adbe.x509.rsa_sha1")
STAMP_SUBFILTER = "/ETSI.RFC3161"
LARGEST_PICTURE = 595 * 842 / 4  # square points: a quarter of an A4 page


@dataclass(frozen=True)
class Structure:
    """``value`` is the signature as it stands in the file, with its padding; ``byte_range`` what it says that
    it covers. ``fault`` is what is wrong with the document around it, if something is; ``responses`` are DER
    of what was said of certificates (OCSP) in what was added to the file later."""

    value: bytes = field(repr=False)
    byte_range: list[int]
    fault: str = ""
    responses: list[bytes] = field(default_factory=list, repr=False)


def read_structure(content: bytes, issued: int, *, may_be_anywhere: bool = False) -> Structure:
    """Of a file whose first ``issued`` bytes are ours. Fault if there is not one signature to be read.

    ``may_be_anywhere``: in a document that reserves no box, a picture of the signature of a quarter of a page
    was accepted once.
    """
    try:
        reader = _reader(content)
        found = reader.embedded_regular_signatures
        if len(found) > 1:
            raise Fault("one_signer", "two_signers")
        if not found or found[0].sig_object.get("/SubFilter") not in SUBFILTERS:
            raise _not_ours(reader)
        signature = found[0]
        byte_range = [int(number) for number in signature.sig_object["/ByteRange"]]
        value = bytes(signature.pkcs7_content)
    except Fault:
        raise
    except Exception:  # a broken or hostile file: pyHanko trips in ways that it does not declare
        raise Fault("readable", "malformed") from None
    largest = LARGEST_PICTURE if may_be_anywhere else 0
    fault = _fault_of(content, issued, byte_range, value, largest)
    return Structure(value, byte_range, fault, [] if fault else _responses(reader))


def _not_ours(reader: Any) -> Fault:
    """Why there is nothing that we read: no signature, or of a kind that pyHanko passes over too."""
    from pyhanko.sign.fields import enumerate_sig_fields

    filled = enumerate_sig_fields(reader, filled_status=True)
    kinds = {str(value.get_object().get("/SubFilter")) for _, value, _ in filled} - {STAMP_SUBFILTER}
    if kinds & set(OLD_SUBFILTERS):
        return Fault("algorithms", "old_algorithm")
    return Fault("readable", "other_subfilter" if kinds else "not_signed")


def _fault_of(content: bytes, issued: int, byte_range: list[int], value: bytes, largest: float) -> str:
    """What was added beside the one signature, as a word; nothing if all of it may be there."""
    from portal.crypto.qualified.pdf_update import NotListed

    end = sum(byte_range[2:4])
    if len(byte_range) != 4 or not issued < end <= len(content):
        return "changed_after"
    try:
        _check_signed(content[:issued], content[:end], value, largest)
        if end < len(content):
            _check_after(content[:end], content)
    except NotListed as error:
        return error.fault
    except Exception:  # whatever pyHanko trips over, it is not the file that was issued and signed
        return "changed_before"
    return ""


def _responses(reader: Any) -> list[bytes]:
    """Of /DSS. Whether one is believed is asked of the responses themselves."""
    try:
        found = reader.root["/DSS"]["/OCSPs"]
        return [bytes(found[place].data) for place in range(min(len(found), MOST_RESPONSES))]
    except Exception:  # most files have none
        return []


def _check_signed(issued: bytes, signed: bytes, value: bytes, largest: float) -> None:
    """Raise NotListed unless the signed part, read as a file of its own, is what was issued and this one
    signature over all of it."""
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    from portal.crypto.qualified.pdf_additions import check_signed
    from portal.crypto.qualified.pdf_update import NotListed

    reader = _reader(signed)
    (signature,) = reader.embedded_signatures
    signature.compute_integrity_info()
    if bytes(signature.pkcs7_content) != value:
        raise NotListed("changed_after")
    if signature.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        raise NotListed("changed_after")
    check_signed(_reader(issued), reader, largest=largest)
    if _level_of(reader, 0) > ModificationLevel.FORM_FILLING:
        raise NotListed("changed_before")


def _check_after(signed: bytes, whole: bytes) -> None:
    """Raise NotListed unless what follows the signature only proves its time and its certificates."""
    from pyhanko.sign.diff_analysis import ModificationLevel

    from portal.crypto.qualified.pdf_additions import check_after
    from portal.crypto.qualified.pdf_update import NotListed

    before, reader = _reader(signed), _reader(whole)
    try:
        check_after(before, reader)
        level = _level_of(reader, before.xrefs.total_revisions - 1)
    except NotListed:
        raise
    except Exception:
        raise NotListed("changed_after") from None
    if level > ModificationLevel.LTA_UPDATES:
        raise NotListed("changed_after")


def _level_of(reader: Any, revision: int) -> Any:
    """How much pyHanko finds changed since a revision: a second opinion, by rules that are not ours."""
    from pyhanko.sign.diff_analysis import ModificationLevel, SuspiciousModification

    review = _policy().review_file(reader, reader.get_historical_resolver(revision))
    return (
        ModificationLevel.OTHER if isinstance(review, SuspiciousModification) else review.modification_level
    )


@cache
def _policy() -> Any:
    """pyHanko's own, but that a certifying signature may say so in the catalogue: it has no rule for that,
    since it looks only at what comes after one."""
    from pyhanko.sign.diff_analysis import (
        DEFAULT_DIFF_POLICY,
        CatalogModificationRule,
        ModificationLevel,
        ReferenceUpdate,
        StandardDiffPolicy,
        WhitelistRule,
    )
    from pyhanko.sign.diff_analysis.commons import compare_key_refs
    from pyhanko.sign.diff_analysis.constants import ROOT_EXEMPT_STRICT_COMPARISON

    class Permissions(WhitelistRule):
        def apply(self, old: Any, new: Any) -> Any:
            yield from map(ReferenceUpdate, compare_key_refs("/Perms", old, old.root, new.root))

    rules = [
        rule for rule in DEFAULT_DIFF_POLICY.global_rules if not isinstance(rule, CatalogModificationRule)
    ]
    catalogue = CatalogModificationRule(ignored_keys=ROOT_EXEMPT_STRICT_COMPARISON | {"/Perms"})
    permissions = Permissions().as_qualified(ModificationLevel.FORM_FILLING)
    return StandardDiffPolicy([catalogue, permissions, *rules], DEFAULT_DIFF_POLICY.form_rule)


def _reader(content: bytes) -> Any:
    from pyhanko.pdf_utils.reader import PdfFileReader

    return PdfFileReader(BytesIO(content))
