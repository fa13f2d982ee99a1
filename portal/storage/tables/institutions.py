"""Institutions, a month's enrolments, and the days on which there is school."""

from datetime import date
from typing import Any

from peewee import (
    AutoField,
    CharField,
    DateField,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
)

from portal.domain.calendar import Band, DayKind
from portal.domain.identifiers import IdType
from portal.domain.institutions import Closing
from portal.domain.placement import InstitutionType
from portal.storage.tables.db import Table
from portal.storage.tables.fields import CodeField, EnumField, MonthField, UtcField


class Institution(Table):
    """A school or a kindergarten, by its code in НЕИСПУО (7 digits)."""

    code = CharField(primary_key=True, max_length=7)
    name = CharField(max_length=200)
    type = EnumField(InstitutionType)
    region = SmallIntegerField(index=True)
    region_name = CharField(max_length=60)
    municipality = CharField(max_length=60, default="")
    email = CharField(max_length=254, default="")
    phone = CharField(max_length=40, default="")
    missing_since = UtcField(null=True)  # when a newer file of institutions first left it out
    closed_on = DateField(null=True)  # from this day on nobody waits for it, and it gets no new record
    successor = ForeignKeyField("self", null=True, on_delete="RESTRICT")  # who is offered its pending records
    successor_id: str | None

    @property
    def closing(self) -> Closing | None:
        """That it was closed, or will be. Only then the successor is read."""
        if self.closed_on is None:
            return None
        heir = self.heir
        return Closing(self.closed_on, "" if heir is None else heir.name)

    @property
    def heir(self) -> "Institution | None":
        """Who takes its records: the successor, or whoever came after it, that is not closed itself."""
        heir: Institution | None = self.successor
        while heir is not None and heir.closed_on is not None:
            heir = heir.successor
        return heir

    def is_closed(self, day: date) -> bool:
        return self.closed_on is not None and self.closed_on <= day

    @classmethod
    def closed_by(cls, day: date, of: Any = None) -> Any:
        """The condition that an institution is closed on this day; ``of`` is an alias of the table."""
        place = cls if of is None else of
        return place.closed_on.is_null(False) & (place.closed_on <= day)


class EnrolmentMonth(Table):
    """A month whose enrolments are loaded, and which of its pictures is in force: that of a whole file.

    A picture has the number of the load that brought it; 0 is older than these numbers. ``enrolments`` is how
    many it holds, kept because no page counts a country's children.
    """

    month = MonthField(primary_key=True)
    picture = IntegerField()
    enrolments = IntegerField(default=0)


class Enrolment(Table):
    """Where one child is enrolled, as the month's file says. ``position`` grows with each line
    read: of two enrolments that say as much (placement.py, ``rank``) the later line counts.

    What belongs to a ``picture`` that is not in force counts for nothing: its file is being loaded, was
    broken off, or was followed by another.
    """

    id = AutoField()
    month = MonthField()
    picture = IntegerField(default=0)
    position = IntegerField()
    institution = CharField(max_length=7)
    id_type = CodeField(IdType)
    id_number = CharField(max_length=10)
    given = CharField(max_length=60)
    middle = CharField(max_length=60)
    family = CharField(max_length=60)
    edu_form = CharField(max_length=4)
    class_code = SmallIntegerField()
    status = SmallIntegerField()

    class Meta:
        indexes = (
            (("month", "picture", "id_type", "id_number", "institution"), True),
            (("month", "institution"), False),
        )

    @classmethod
    def of(cls, month: EnrolmentMonth) -> Any:
        """That a line is of the month's picture that is in force when it is read: who reads it a moment after
        another came into force must not find half of the one before."""
        ours = EnrolmentMonth.alias("ours")
        now = ours.select(ours.picture).where(ours.month == month.month)
        return (cls.month == month.month) & (cls.picture == now)

    @classmethod
    def in_force(cls) -> Any:
        """What joins a line with its month, so that none of another picture is left."""
        return (cls.month == EnrolmentMonth.month) & (cls.picture == EnrolmentMonth.picture)


class BandTerm(Table):
    """The first and last school day of one class band in one school year."""

    id = AutoField()
    school_year = SmallIntegerField()
    band = EnumField(Band)
    first = DateField()
    last = DateField()

    class Meta:
        indexes = ((("school_year", "band"), True),)


class BandVacation(Table):
    """A vacation of one class band, by the Ministry's order for the school year."""

    id = AutoField()
    school_year = SmallIntegerField(index=True)
    band = EnumField(Band)
    first = DateField()
    last = DateField()
    name = CharField(max_length=200)


class HolidayOverride(Table):
    """A day that a decree moved after the library of holidays was released."""

    day = DateField(primary_key=True)
    kind = EnumField(DayKind)
    name = CharField(max_length=200)


class Closure(Table):
    """Days without school in one institution, by its own order."""

    id = AutoField()
    institution = ForeignKeyField(Institution, backref="closures", on_delete="CASCADE")
    first = DateField()
    last = DateField()
    order_number = CharField(max_length=60)
