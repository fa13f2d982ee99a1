"""Running every check on one file for one person's declaration, with the result in words people can read."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from portal.actions.keys.marks import check_mark
from portal.actions.people.egn import is_owner
from portal.actions.qualified.documents import issued_document
from portal.actions.site import Site
from portal.crypto.qualified.faults import Check
from portal.crypto.qualified.identity import common_name
from portal.crypto.qualified.verifying import Expected, Verified, verify
from portal.domain.errors import Refusal
from portal.domain.signing.declaration import timestamp
from portal.domain.signing.qualified import Checked, Format, Outcome, Verdict, sentence_of
from portal.storage.signing.standing import declarations_in
from portal.storage.tables.people import User
from portal.storage.tables.qualified import documents_in
from portal.storage.tables.signatures import Declaration

OTHER_CONTENT = ("other_content", "never_issued")


class NotTaken(Refusal):
    """The signature does not hold, and nothing was stored. ``verdict`` says what was asked of it."""

    def __init__(self, verdict: Verdict, field: str) -> None:
        super().__init__(sentence_of(verdict.fault), field=field)
        self.verdict = verdict


@dataclass(frozen=True)
class Asked:
    """A file, what was found out about it, and the account as it was then."""

    raw: bytes
    user: User
    declaration: Declaration
    verified: Verified
    format: Format
    received_at: datetime

    @property
    def verdict(self) -> Verdict:
        return verdict_of(self.verified)


def expected_of(declaration: Declaration, user: User, *, site: Site) -> Expected:
    """What must come back signed. An account that was moved past the portal signs nothing (Conflict)."""
    check_mark(user, site=site)
    return Expected(
        declaration=bytes(declaration.content),
        issued_at=declaration.issued_at,
        document=issued_document(declaration, site=site),
        is_owner=None if user.egn_hash is None else lambda egn: is_owner(user, egn, site=site),
    )


def ask(raw: bytes, declaration: Declaration, expected: Expected, *, site: Site, now: datetime) -> Verified:
    """What the library found; where something else was signed, with what that was, if it was ours."""
    verified = verify(raw, expected, site.trust(), now=now)
    if verified.fault in OTHER_CONTENT:
        fault = _what_else(raw, verified, declaration) or verified.fault
        last = verified.checks[-1]
        verified.checks[-1] = Check(last.check, last.outcome, fault)
    return verified


def verdict_of(verified: Verified) -> Verdict:
    """As it is kept and shown."""
    checks = tuple(Checked(each.check, Outcome(each.outcome), each.fault) for each in verified.checks)
    return Verdict(checks, dict(_facts(verified)))


def format_of(verified: Verified, *, is_local: bool) -> Format:
    return Format.BISS if is_local else Format(verified.format)


def _facts(verified: Verified) -> Iterator[tuple[str, str]]:
    """What people are shown of the certificate. Its ЕГН is not among it."""
    if verified.signed is None:
        return
    leaf = verified.leaf
    yield "holder", common_name(leaf.subject)
    yield "issuer", common_name(leaf.issuer)
    yield "serial", format(leaf.serial_number, "x")
    yield "valid_until", timestamp(leaf.not_valid_after_utc)
    yield "digest", verified.signed.digest_name
    if verified.over is not None and Format(verified.format).is_over_pdf:
        yield "document", hashlib.sha256(verified.over).hexdigest()
    if verified.signed.claimed_at is not None:
        yield "claimed_at", timestamp(verified.signed.claimed_at)
    if verified.stamp.at is not None and verified.stamp.by is not None:
        yield "stamped_at", timestamp(verified.stamp.at)
        yield "stamped_by", common_name(verified.stamp.by.subject)


def _what_else(raw: bytes, verified: Verified, declaration: Declaration) -> str:
    """Which of the institution's own declarations was signed instead."""
    institution = declaration.submission.institution_id
    if verified.format == Format.PDF.value:
        found = next((one for one, pdf in documents_in(institution) if raw.startswith(pdf)), None)
    else:
        assert verified.signed is not None
        found = next((one for one, given in _given_in(institution) if verified.signed.is_over(given)), None)
    if found is None or found.id == declaration.id:
        return ""
    if found.submission_id != declaration.submission_id:
        return "other_month"
    return "other_signatory" if found.signatory_id != declaration.signatory_id else "older_version"


def _given_in(institution: str) -> Iterator[tuple[Declaration, bytes]]:
    """Everything that the institution's people were given to sign: the data, then the printed forms."""
    for one in declarations_in(institution):
        yield one, bytes(one.content)
    yield from documents_in(institution)
