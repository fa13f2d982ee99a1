"""The signed file exactly as it was uploaded, for the institution whose list it signs."""

from dataclasses import dataclass, field

from portal.domain.errors import NotFound
from portal.domain.month import Month
from portal.domain.people import Scope, Staff, check_scope
from portal.domain.signing.qualified import QUALIFIED, Format
from portal.domain.submissions import Lock
from portal.storage.lists.current import list_of
from portal.storage.signing.standing import signature_numbered, standing_signature
from portal.storage.tables.qualified import evidence_of


@dataclass(frozen=True)
class KeptFile:
    """``name`` is for the download; it names no child."""

    content: bytes = field(repr=False)
    extension: str
    name: str


def kept_file(person: Staff, month: Month, number: str = "") -> KeptFile:
    """Of the signature that counts, or of an older one by its number."""
    check_scope(person, Scope.SIGN)
    submission = list_of(person.institution, month)
    if submission.lock is Lock.ERASED:
        raise NotFound("Списъкът и подписите са заличени след изтичане на срока за съхранение.")
    signature = signature_numbered(submission, number) if number else standing_signature(submission)
    evidence = None if signature is None or signature.kind != QUALIFIED else evidence_of(signature)
    if signature is None or evidence is None:
        raise NotFound("Няма файл, подписан с КЕП.")
    extension = Format(evidence.format).extension
    name = f"signature-{signature.number.replace('/', '-')}.{extension}"
    return KeptFile(bytes(signature.value), extension, name)
