"""The files that were loaded, and the lines of them that were not."""

from peewee import AutoField, BlobField, BooleanField, CharField, ForeignKeyField, IntegerField, TextField

from portal.domain.campaigns.rejected import Outcome
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.db import Table
from portal.storage.tables.fields import EnumField, MonthField, UtcField
from portal.storage.tables.people import User


class Load(Table):
    """A file that the operator loaded, and what became of its lines."""

    id = AutoField()
    kind = CharField(max_length=16)  # asp | ended | enrolments | calendar | institutions | holidays | people
    campaign = ForeignKeyField(Campaign, null=True, backref="loads", on_delete="RESTRICT")
    campaign_id: int | None
    month = MonthField(null=True)
    file_name = CharField(max_length=120)
    sha256 = CharField(max_length=64)
    encoding = CharField(max_length=24)
    received = IntegerField(default=0)
    distributed = IntegerField(default=0)
    rejected = IntegerField(default=0)
    repaired = IntegerField(default=0)  # rejected, and mended by the operator
    added = IntegerField(default=0)
    updated = IntegerField(default=0)
    unchanged = IntegerField(default=0)
    reset = IntegerField(default=0)  # decided records set back to pending by a changed figure
    moved = IntegerField(default=0)
    missing = IntegerField(default=0)  # records of the campaign that are not in this file
    removed = IntegerField(default=0)  # enrolments that a newer main file no longer has
    without_enrolment = IntegerField(default=0)  # records whose child no enrolment names
    unknown_institution = IntegerField(default=0)  # children enrolled where the portal knows nobody
    by_number = IntegerField(default=0)  # records matched by number alone: the type of identifier differs
    under_limit = IntegerField(default=0)  # absences that by themselves terminate no benefit
    at = UtcField()
    by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
    is_finished = BooleanField(default=False)  # else it goes on, was broken off, or failed
    read = IntegerField(default=0)  # lines read so far, where it is loaded beside its request
    failure = TextField(default="")  # why it was not loaded, for people
    question = TextField(default="")  # what it would take away, where that is asked about first (JSON)
    is_correction = BooleanField(default=False)  # of enrolments: it only corrects the month


class RejectedLine(Table):
    """A line that was not loaded, as it came, with every fault it has.

    ``standing`` is the line of the same file that stands for its child and reason, wherever in the file that
    one is. Of a line that was repaired, ``mended`` is the line that was placed instead, and ``salt`` keeps
    its digest in the audit from telling anything once the line is erased.
    """

    id = AutoField()
    load = ForeignKeyField(Load, backref="rejects", on_delete="CASCADE")
    number = IntegerField()
    line = BlobField()
    faults = TextField()  # joined by "; "
    standing = IntegerField(null=True)
    outcome = EnumField(Outcome, default=Outcome.OPEN)
    mended = BlobField(null=True)
    salt = BlobField(null=True)
    settled_at = UtcField(null=True)  # when it was mended, or left rejected
    settled_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
    load_id: int
    settled_by_id: int | None

    class Meta:
        indexes = ((("load", "outcome", "number"), False),)
