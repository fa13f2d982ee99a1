"""One thing that is not as it should be."""

from dataclasses import dataclass

from portal.storage.tables.campaigns import Submission
from portal.storage.tables.signatures import Signature


@dataclass(frozen=True)
class Finding:
    """``code`` is for scripts, ``thing`` names the object, ``sentence`` is for the operator; none of
    them tells of a child more than the number of its row."""

    code: str
    thing: str
    sentence: str


def of_list(code: str, submission: Submission, what: str) -> Finding:
    where = f"{submission.campaign.month} {submission.institution_id}"
    return Finding(code, f"submission:{submission.id}", f"{where}: {what}.")


def of_signature(code: str, signature: Signature, what: str) -> Finding:
    return Finding(code, f"signature:{signature.number}", f"Подпис {signature.number} {what}.")
