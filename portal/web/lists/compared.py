"""What the list's page says of the school's diary, where the two were compared."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.domain.decisions import Decision
from portal.domain.diary.agreement import Agreement
from portal.storage.diary.figures import diary_of
from portal.storage.lists.reading import agreement_of
from portal.storage.tables.campaigns import Record, Submission


@dataclass(frozen=True)
class WithDiary:
    """``at`` is when the file was uploaded; ``counts`` are of the records that stand on the list now, in the
    order of people's next steps; ``equal_pending`` could be confirmed together."""

    at: datetime
    counts: list[tuple[Agreement, int]]
    equal_pending: int

    @classmethod
    def of(cls, submission: Submission, records: Iterable[Record]) -> "WithDiary | None":
        """None where nothing on the list was compared; only then nothing is asked of the database."""
        compared = [(record, agreement_of(record)) for record in records if record.by_diary is not None]
        diary = diary_of(submission) if compared else None
        if diary is None:
            return None
        counted = Counter(agreement for _, agreement in compared)
        pending = Counter(agreement for record, agreement in compared if record.decision is Decision.PENDING)
        counts = [(agreement, counted[agreement]) for agreement in Agreement if counted[agreement]]
        return cls(diary.at, counts, pending[Agreement.EQUAL])
