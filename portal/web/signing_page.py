"""What the signing page shows: the declaration, or why there is none; the signature, and the ones before."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from portal.actions.declarations import RowsDoNotHold, Signatory, declaration_of
from portal.domain.declaration import grouped
from portal.domain.declared import Declared, read
from portal.domain.errors import Conflict, holds
from portal.domain.month import Month
from portal.domain.submissions import check_open
from portal.storage.campaigns import Record, Submission
from portal.storage.declared import removal_of, signatures_of
from portal.storage.lists import returned_from
from portal.storage.signatures import Declaration, Signature, SignatureRemoval
from portal.web.listing import Summary, summary_of


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
    why_not: str = ""
    wrong: tuple[tuple[Record, str], ...] = ()

    @classmethod
    def of(cls, person: Signatory, month: Month, now: datetime) -> "SigningPage":
        declaration, why_not = None, ""
        wrong: tuple[tuple[Record, str], ...] = ()
        try:
            declaration = declaration_of(person, month, now=now)
        except RowsDoNotHold as conflict:
            why_not, wrong = str(conflict), tuple(conflict.rows)
        except Conflict as conflict:
            why_not = str(conflict)
        summary = summary_of(person, month, now)
        submission = summary.submission
        return cls(
            summary, declaration, list(signatures_of(submission)), returned_from(submission), why_not, wrong
        )

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
        return self.standing is not None and holds(check_open, self.submission.window, self.summary.now)
