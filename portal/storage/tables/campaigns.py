"""Campaigns, the institutions' lists in them, and their records."""

from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from typing import Any, Self

from peewee import (
    SQL,
    AutoField,
    BooleanField,
    CharField,
    DateField,
    ForeignKeyField,
    IntegerField,
    ModelSelect,
    SmallIntegerField,
    TextField,
    fn,
)

from portal.domain.calendar import Band
from portal.domain.decisions import Case, Decision, Reason, RefusalReason
from portal.domain.diary.agreement import ByDiary
from portal.domain.enrolled import MOST, NOTHING_STATED, Enrolled
from portal.domain.errors import NotFound
from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.domain.submissions import Counts, Lock, Window
from portal.storage.tables.db import Table
from portal.storage.tables.fields import CodeField, EnumField, FigureField, MonthField, UtcField
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User


class Campaign(Table):
    """One calendar month for which АСП asks."""

    id = AutoField()
    month = MonthField(unique=True)
    opens_on = DateField(null=True)
    closes_on = DateField(null=True)
    suspended_at = UtcField(null=True)
    suspended_reason = CharField(max_length=500, default="")
    answered_at = UtcField(null=True)
    sent_on = DateField(null=True)  # when the final answer was handed to АСП, so the operator
    made_at = UtcField()
    moves = IntegerField(default=0)  # how often the deadline became another, or none
    # Of its records, counted when a file was loaded (``counted_at``), and following what became of single
    # ones since, each time a version further: no page counts a country's children.
    counted_at = UtcField(null=True)
    counts_version = IntegerField(default=0)
    without_enrolment = IntegerField(default=0)
    unknown_institution = IntegerField(default=0)
    by_number = IntegerField(default=0)
    under_limit = IntegerField(default=0)

    @property
    def window(self) -> Window:
        return Window(
            self.opens_on, self.closes_on, self.suspended_at is not None, self.answered_at is not None
        )

    @classmethod
    def for_month(cls, month: Month) -> Self:
        campaign = cls.get_or_none(cls.month == month)
        if campaign is None:
            raise NotFound(f"За {month.label} няма заредена кампания.")
        found: Self = campaign
        return found


class Submission(Table):
    """The list of one institution in one campaign; every institution has one.

    The counts are kept here by ``recount``, so that the regional offices never touch a record.
    ``version`` grows with every change of the list.
    """

    id = AutoField()
    campaign = ForeignKeyField(Campaign, backref="submissions", on_delete="RESTRICT")
    institution = ForeignKeyField(Institution, backref="submissions", on_delete="RESTRICT")
    lock = EnumField(Lock, default=Lock.OPEN)
    version = IntegerField(default=1)
    total = IntegerField(default=0)
    pending = IntegerField(default=0)
    confirmed = IntegerField(default=0)
    refused = IntegerField(default=0)
    first_opened_at = UtcField(null=True)
    checked_at = UtcField(null=True)  # „Проверих – няма записи“
    checked_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
    signed_at = UtcField(null=True)
    reopened_until = UtcField(null=True, index=True)  # of few: they are found among a country's
    reopened_reason = CharField(max_length=500, default="")
    reopened_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
    told_at = UtcField(null=True)  # when the director was written that the list is there
    moves = IntegerField(default=0)  # how often its own deadline became another
    campaign_id: int
    institution_id: str
    reopened_by_id: int | None
    checked_by_id: int | None

    class Meta:
        indexes = ((("campaign", "institution"), True),)

    @property
    def counts(self) -> Counts:
        return Counts(self.total, self.pending, self.confirmed, self.refused)

    @property
    def window(self) -> Window:
        campaign = self.campaign
        return Window(
            campaign.opens_on,
            campaign.closes_on,
            campaign.suspended_at is not None,
            campaign.answered_at is not None,
            self.reopened_until,
            self.institution.closing,
            self.is_correction,
        )

    @property
    def is_correction(self) -> bool:
        """Whether its last exception was made after the final answer: one that was made before has ended."""
        answered, until = self.campaign.answered_at, self.reopened_until
        return answered is not None and until is not None and until > answered

    @classmethod
    def recount(cls, ids: Iterable[int]) -> None:
        """Bring the counts of these lists up to their records, and their versions one further."""
        wanted = sorted(set(ids))
        for start in range(0, len(wanted), 500):
            some = wanted[start : start + 500]
            cls.update(**counted(cls)).where(cls.id.in_(some)).execute()


def columns_of(enrolled: Enrolled | None) -> dict[str, Any]:
    """The columns of a record that hold what was stated of an enrolled child, or nothing."""
    return asdict(enrolled or NOTHING_STATED)


# The columns of a record on which nobody has decided, or no longer.
UNDECIDED: dict[str, Any] = {
    "decision": Decision.PENDING,
    "corrected": None,
    "refusal_reason": None,
    "note": "",
    "certificate": False,
    "placed": False,
    **columns_of(None),
    "decided_by": None,
    "decided_at": None,
}


class Record(Table):
    """One child and reason that АСП asks about.

    ``absences`` and ``days`` stand as in АСП's file, byte for byte. ``institution`` is where the
    record lies, ``asp_institution`` the one that АСП named. A record sent back as „не е наше дете“
    is on no list (``submission`` is none) until somebody takes it. ``by_diary`` is read with the list, where
    that was compared with the school's diary.
    """

    id = AutoField()
    campaign = ForeignKeyField(Campaign, backref="records", on_delete="RESTRICT")
    submission = ForeignKeyField(Submission, null=True, backref="records", on_delete="RESTRICT")
    institution = ForeignKeyField(Institution, on_delete="RESTRICT")
    asp_institution = CharField(max_length=7)
    id_type = CodeField(IdType)
    id_number = CharField(max_length=10)
    given = CharField(max_length=25)
    middle = CharField(max_length=25)
    family = CharField(max_length=25)
    reason = CodeField(Reason)
    absences = CharField(max_length=6)
    days = CharField(max_length=2)
    class_code = SmallIntegerField(null=True)
    band = EnumField(Band)
    in_kindergarten = BooleanField(default=False)  # АСП named one: absences are days, whatever the class
    decision = CodeField(Decision, default=Decision.PENDING)
    corrected = FigureField(null=True)
    refusal_reason = EnumField(RefusalReason, null=True)
    note = TextField(default="")
    certificate = BooleanField(default=False)
    placed = BooleanField(default=False)
    certificate_number = CharField(max_length=MOST["certificate_number"], default="")
    certificate_date = DateField(null=True)
    enrolled_class = CharField(max_length=MOST["enrolled_class"], default="")
    enrolled_since = DateField(null=True)
    decided_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
    decided_at = UtcField(null=True)
    version = IntegerField(default=1)
    figure_before = FigureField(null=True)  # АСП's earlier figure, when a new file changed it
    figure_changed_at = UtcField(null=True)
    returned_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
    returned_at = UtcField(null=True)
    returned_note = TextField(default="")
    routed_at = UtcField(null=True)  # placed by hand: no later enrolment file moves it
    campaign_id: int
    submission_id: int | None
    returned_by_id: int | None
    institution_id: str
    decided_by_id: int | None
    by_diary: ByDiary | None = None

    class Meta:
        indexes = (
            (("campaign", "id_type", "id_number", "reason"), True),
            (("submission", "decision"), False),
            (("campaign", "institution"), False),
        )

    @classmethod
    def off_lists(cls, *campaigns: Campaign) -> Any:
        """That a record of these campaigns lies on no list. Few do: the sum keeps the database from going
        through all of a campaign to find them."""
        return cls.submission.is_null() & (cls.campaign + 0).in_([campaign.id for campaign in campaigns])

    @property
    def names(self) -> str:
        return " ".join(
            part for part in (self.given.strip(), self.middle.strip(), self.family.strip()) if part
        )

    @property
    def figure(self) -> Decimal | None:
        """АСП's number: hours or days of absence, days of distance learning, none if unenrolled."""
        match self.reason:
            case Reason.ABSENCE:
                return Decimal(self.absences)
            case Reason.DISTANCE:
                return Decimal(self.days)
        return None

    @property
    def enrolled(self) -> Enrolled | None:
        """What was stated of a child who is enrolled."""
        return Enrolled.stated(
            self.certificate_number, self.certificate_date, self.enrolled_class, self.enrolled_since
        )

    @property
    def is_pupil(self) -> bool:
        return bool(self.band is not Band.PRESCHOOL)

    def case(self, school_days: int) -> Case:
        return Case(self.reason, self.figure, self.is_pupil, school_days, self.in_kindergarten)

    @classmethod
    def on(cls, submission: Submission) -> "ModelSelect[Any]":
        """The records of one list. People's order (class, name) is made in Python: databases
        do not agree on the order of Cyrillic."""
        return cls.select().where(cls.submission == submission)


class DoubtfulRecord(Table):
    """A record of whose child nobody can be sure where it is, with what speaks for that: kept when a month's
    records are counted, so that no page looks for these few among a country's."""

    record = ForeignKeyField(Record, primary_key=True, on_delete="CASCADE")
    campaign = ForeignKeyField(Campaign, on_delete="CASCADE", index=False)
    without_enrolment = BooleanField(default=False)
    unknown_institution = BooleanField(default=False)
    by_number = BooleanField(default=False)

    class Meta:
        indexes = ((("campaign", "record"), True),)


def counted(table: type[Submission]) -> dict[str, Any]:
    """The columns of a list that follow from its records, and its next version."""
    return {
        "version": table.version + 1,
        "total": _count(table.id, None),
        "pending": _count(table.id, Decision.PENDING),
        "confirmed": _count(table.id, Decision.CONFIRMED),
        "refused": _count(table.id, Decision.REFUSED),
    }


def _count(submission: object, decision: Decision | None) -> "ModelSelect[Any]":
    counted = Record.alias("counted")
    query = counted.select(fn.COUNT(SQL("*"))).where(counted.submission == submission)
    return query if decision is None else query.where(counted.decision == decision)
