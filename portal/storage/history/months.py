"""What became of an institution's lists, month by month: signed, removed, and what came back from АСП."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from portal.domain.campaigns.ended import Returned
from portal.domain.decisions import Decision
from portal.domain.submissions import Lock
from portal.storage.campaigns.ended import returned_to
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Record, Submission
from portal.storage.tables.people import User
from portal.storage.tables.signatures import Declaration, Signature, SignatureRemoval


@dataclass(frozen=True)
class Signed:
    """One signature: who signed, as the declaration has it, when, and when it was removed, if it was."""

    signatory: str
    at: datetime
    removed_at: datetime | None

    def stood(self, at: datetime) -> bool:
        return self.at <= at and (self.removed_at is None or at < self.removed_at)


@dataclass(frozen=True)
class Past:
    """One list with its ``signatures``, the oldest first; ``returned`` is none where nothing came back."""

    submission: Submission
    signatures: list[Signed]
    returned: Returned | None

    @property
    def standing(self) -> Signed | None:
        return next((each for each in self.signatures if each.removed_at is None), None)

    @property
    def removed(self) -> int:
        return sum(each.removed_at is not None for each in self.signatures)

    @property
    def unsaid(self) -> int:
        """How many of its records went out as „няма информация“, as no signature stood when the final answer
        was made."""
        at = self.submission.campaign.answered_at
        if (
            at is None
            or self.submission.lock is Lock.ERASED
            or any(each.stood(at) for each in self.signatures)
        ):
            return 0
        return int(self.submission.total)


def pasts_of(lists: Iterable[Submission]) -> list[Past]:
    """Of lists of one institution, in their order. Two queries, however many months there are; no column that
    names a child, and nothing of what was signed, is read."""
    every = list(lists)
    if not every:
        return []
    institution = every[0].institution_id
    signatures: dict[int, list[Signed]] = defaultdict(list)
    for list_id, *signed in tuples(_signatures(institution)):
        signatures[list_id].append(Signed(*signed))
    returned = returned_to(institution)
    return [Past(each, signatures[each.id], returned.get(each.campaign_id)) for each in every]


def _signatures(institution: str) -> Any:
    return (
        Signature.select(
            Signature.submission,
            Declaration.signatory_name,
            Signature.signed_at,
            SignatureRemoval.at,
        )
        .join(Declaration)
        .switch(Signature)
        .join(SignatureRemoval, JOIN.LEFT_OUTER)
        .switch(Signature)
        .join(Submission)
        .where(Submission.institution == institution)
        .order_by(Signature.id)
    )


@dataclass(frozen=True)
class Share:
    """How many of a list's decisions one person prepared."""

    user_id: int
    name: str
    refused: int
    confirmed: int

    @property
    def told(self) -> str:
        """``отказани 2, потвърдени 3``: the refusals first, as they are what is asked about."""
        counts = (("отказани", self.refused), ("потвърдени", self.confirmed))
        return ", ".join(f"{word} {count}" for word, count in counts if count)


def shares_of(submission: Submission) -> list[Share]:
    """Who prepared the decisions that stand; who refused most comes first."""
    counted: dict[tuple[int, str], dict[Decision, int]] = defaultdict(lambda: defaultdict(int))
    query = (
        Record.select(Record.decided_by, User.name, Record.decision, fn.COUNT(Record.id))
        .join(User, on=Record.decided_by)
        .where((Record.submission == submission) & (Record.decision != Decision.PENDING))
        .group_by(Record.decided_by, User.name, Record.decision)
    )
    for user_id, name, decision, count in tuples(query):
        counted[user_id, name][decision] += count
    shares = [
        Share(user_id, name, many[Decision.REFUSED], many[Decision.CONFIRMED])
        for (user_id, name), many in counted.items()
    ]
    return sorted(shares, key=lambda share: (-share.refused, -share.confirmed, share.name))
