"""An institution's lists as people read them: filtered, searched, sorted, class by class."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.domain.decisions import Decision
from portal.domain.diary.agreement import Agreement
from portal.domain.names import finds, folded
from portal.domain.placement import class_labels
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.institutions import Institution

UNKNOWN_CLASS = "unknown"


@dataclass(frozen=True)
class Filter:
    """Which records are asked for; each of ``words`` is part of the names or ends the identifier.
    ``agreement`` is how the school's diary stands to АСП's figure."""

    state: Decision | None = None
    class_code: str = ""
    words: str = ""
    agreement: Agreement | None = None

    @property
    def is_on(self) -> bool:
        is_chosen = self.state is not None or self.agreement is not None
        return is_chosen or bool(self.class_code) or bool(self.words.strip())


EVERYTHING = Filter()


@dataclass(frozen=True)
class Group:
    """The records of one class."""

    label: str
    code: str
    records: list[Record]


def class_groups(records: Iterable[Record], wanted: Filter) -> list[Group]:
    """The records of a list, class by class; in a class by name as it is read aloud."""
    of_all = list(records)
    groups: dict[int | None, list[Record]] = {}
    for record in filtered(of_all, wanted):
        groups.setdefault(record.class_code, []).append(record)
    labels = class_labels(record.class_code for record in of_all)
    return [Group(labels[code], class_value(code), groups[code]) for code in labels if code in groups]


def filtered(records: Iterable[Record], wanted: Filter) -> list[Record]:
    words = folded(wanted.words).split()
    found = [
        record
        for record in records
        if (wanted.state is None or record.decision is wanted.state)
        and (not wanted.class_code or class_value(record.class_code) == wanted.class_code)
        and (wanted.agreement is None or agreement_of(record) is wanted.agreement)
        and finds(words, record.names, record.id_number)
    ]
    return sorted(found, key=lambda record: (folded(record.names), record.id_number, record.reason))


def agreement_of(record: Record) -> Agreement | None:
    """How the diary stands to it; none where it was not compared."""
    return None if record.by_diary is None else record.by_diary.agreement(record.case(school_days=0))


def classes_of(records: Iterable[Record]) -> list[tuple[str, str]]:
    """Value and label of each class on a list, in order."""
    labels = class_labels(record.class_code for record in records)
    return [(class_value(code), label) for code, label in labels.items()]


def class_value(code: int | None) -> str:
    """As it stands in an address."""
    return UNKNOWN_CLASS if code is None else str(code)


def lists_of(institution: str) -> list[Submission]:
    """The institution's list of every campaign, the newest month first."""
    return list(
        Submission.select(Submission, Campaign, Institution)
        .join(Campaign)
        .switch(Submission)
        .join(Institution)
        .where(Submission.institution == institution)
        .order_by(Campaign.month.desc())
    )


def returned_from(submission: Submission) -> list[Record]:
    """What the institution sent back to the operator as not its own, and nobody took yet."""
    return list(
        Record.select()
        .where(
            (Record.campaign == submission.campaign_id)
            & (Record.institution == submission.institution_id)
            & Record.submission.is_null()
            & Record.returned_at.is_null(False)
        )
        .order_by(Record.returned_at)
    )
