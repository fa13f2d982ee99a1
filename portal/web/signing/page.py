"""What the signing page shows: the declaration or why there is none, the signature, and earlier ones."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from portal.actions.keys.factors import check_signatory
from portal.actions.signing.declarations import RowsDoNotHold, declaration_of
from portal.actions.site import Site
from portal.domain.errors import Conflict, holds
from portal.domain.month import Month
from portal.domain.people import Staff
from portal.domain.signing.declaration import grouped
from portal.domain.signing.declared import Declared, read
from portal.domain.signing.qualified import (
    PASSWORD,
    QUALIFIED,
    Format,
    Verdict,
    certificate_facts,
    sentence_of,
)
from portal.domain.submissions import check_open
from portal.storage.history.months import Share, shares_of
from portal.storage.lists.reading import returned_from
from portal.storage.people.egn_requests import OwnEgn, own_egn
from portal.storage.signing.standing import removal_of, signatures_of
from portal.storage.tables.campaigns import Record, Submission
from portal.storage.tables.qualified import (
    PendingSignature,
    SignatureEvidence,
    ends_with,
    evidence_of,
    last_pending,
)
from portal.storage.tables.signatures import Declaration, Signature, SignatureRemoval
from portal.web.lists.summary import Summary, summary_of

NOTHING_TO_SAY = ("accepted", "replaced", "signed_otherwise")


@dataclass(frozen=True)
class SigningPage:
    """One list as it is now for one person who may sign it.

    ``declaration`` is what was signed, or what would be; without one ``why_not`` says the reason, and
    ``wrong`` names the decisions that no longer hold. ``returned`` were sent back as not the institution's.
    """

    summary: Summary
    declaration: Declaration | None
    signatures: list[Signature]
    returned: list[Record]
    site: Site
    why_not: str = ""
    wrong: tuple[tuple[Record, str], ...] = ()

    @classmethod
    def of(cls, person: Staff, month: Month, *, site: Site, now: datetime) -> "SigningPage":
        declaration, why_not = None, ""
        wrong: tuple[tuple[Record, str], ...] = ()
        try:
            declaration = declaration_of(person, month, now=now)
        except RowsDoNotHold as conflict:
            why_not, wrong = str(conflict), tuple(conflict.rows)
        except Conflict as conflict:
            why_not = str(conflict)
        summary = summary_of(person, month, now=now)
        submission = summary.submission
        signatures, returned = list(signatures_of(submission)), returned_from(submission)
        return cls(summary, declaration, signatures, returned, site, why_not, wrong)

    @property
    def submission(self) -> Submission:
        return self.summary.submission

    @cached_property
    def declared(self) -> Declared:
        assert self.declaration is not None
        return read(bytes(self.declaration.content))

    @property
    def digest(self) -> str:
        return "" if self.declaration is None else grouped(self.declaration.sha256)

    @property
    def standing(self) -> Signature | None:
        """The signature that counts."""
        return next((each for each in self.signatures if removal_of(each) is None), None)

    @property
    def removed(self) -> list[tuple[Signature, SignatureRemoval]]:
        """Those that count for nothing any more, the newest first."""
        pairs = [(each, removal_of(each)) for each in reversed(self.signatures)]
        return [(signature, removal) for signature, removal in pairs if removal is not None]

    @property
    def may_unsign(self) -> bool:
        return self.standing is not None and holds(check_open, self.submission.window, now=self.summary.now)

    @cached_property
    def prepared(self) -> list[Share]:
        """Who prepared how many decisions; none where the reader prepared them all."""
        people = {entry.line.decided_by for entry in self.declared.entries}
        return [] if people <= {str(self.summary.person.user_id)} else shares_of(self.submission)

    @cached_property
    def needs_factor(self) -> bool:
        """Whether the person has to set up a second factor before signing."""
        return not holds(check_signatory, self.summary.person.user_id, site=self.site)

    @property
    def takes_password(self) -> bool:
        return PASSWORD in self.site.signature_kinds

    @property
    def takes_qualified(self) -> bool:
        return QUALIFIED in self.site.signature_kinds

    @property
    def offers_qualified(self) -> bool:
        """Whether there is something that can be signed with КЕП now."""
        return self.takes_qualified and self.declaration is not None and self.standing is None

    @cached_property
    def egn(self) -> OwnEgn:
        """Whether the person's certificate can be told from others'."""
        return own_egn(self.summary.person.user_id)

    @cached_property
    def pending(self) -> "Pending | None":
        """The newest file that had to wait, while there is something to say of it: none once a later
        signature, standing or removed, took its place."""
        row = None if self.standing is not None else last_pending(self.submission)
        over = "" if row is None else ends_with(row, self.submission)
        if row is None or over in NOTHING_TO_SAY or self._is_overtaken(row):
            return None
        return Pending(row, over, self.summary.person.user_id)

    def _is_overtaken(self, row: PendingSignature) -> bool:
        return any(signature.signed_at > row.received_at for signature in self.signatures)

    @cached_property
    def proof(self) -> "Proof | None":
        """What a qualified signature was taken on."""
        found = None if self.standing is None else evidence_of(self.standing)
        return None if found is None else Proof(found)


@dataclass(frozen=True)
class Pending:
    """A file that waits to be checked, or why it does not count."""

    row: PendingSignature
    over: str
    reader: int

    @property
    def waits(self) -> bool:
        return not self.over

    @property
    def is_own(self) -> bool:
        """Whether the reader is who signed, and who gets the letter."""
        return bool(self.row.signatory_id == self.reader)

    @property
    def by(self) -> str:
        return str(self.row.declaration.signatory_name)

    @property
    def reason(self) -> str:
        """What it waits for, or why it is over."""
        return sentence_of(self.over or self.verdict.fault)

    @property
    def verdict(self) -> Verdict:
        return Verdict.load(self.row.verdict)


@dataclass(frozen=True)
class Proof:
    """The evidence of a qualified signature, as people read it."""

    row: SignatureEvidence

    @cached_property
    def verdict(self) -> Verdict:
        return Verdict.load(self.row.verdict)

    @property
    def format(self) -> Format:
        return Format(self.row.format)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Names and values; the signatory's own clock is called what it is."""
        return [("Начин", f"КЕП, {self.format.label}"), *certificate_facts(self.verdict, self.format)]
