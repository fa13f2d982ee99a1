"""What АСП was answered, file by file and record by record, and what is to be corrected afterwards."""

from peewee import (
    AutoField,
    BlobField,
    BooleanField,
    CharField,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
    TextField,
)

from portal.domain.campaigns.corrections import Why
from portal.domain.campaigns.ended import WHY_LENGTH, Outcome
from portal.domain.decisions import Decision
from portal.storage.tables.campaigns import Campaign, Record
from portal.storage.tables.db import Table
from portal.storage.tables.fields import CodeField, EnumField, FigureField, MonthField, UtcField
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User


class AnswerFile(Table):
    """That an answer to АСП was exported; the final one closes the campaign for good, and a correction
    carries what was changed after it. The manifest is kept as it was made; of files that were made before
    manifests were kept there is none, nor name and size. The file itself is made again from the records: so
    no second copy of every child outlives them."""

    id = AutoField()
    campaign = ForeignKeyField(Campaign, backref="answers", on_delete="RESTRICT")
    final = BooleanField()
    is_correction = BooleanField(default=False)
    name = CharField(max_length=60, default="")
    size = IntegerField(default=0)  # bytes
    records = IntegerField(default=0)
    sha256 = CharField(max_length=64)
    manifest = BlobField(null=True)
    at = UtcField()
    by = ForeignKeyField(User, null=True, on_delete="RESTRICT")

    @property
    def kind(self) -> str:
        return "окончателен" if self.final else "поправка" if self.is_correction else "предварителен"


class AnsweredRecord(Table):
    """What the final answer said of one record. Kept, since a late correction changes the record itself."""

    record = ForeignKeyField(Record, primary_key=True, on_delete="CASCADE")
    campaign = ForeignKeyField(Campaign, on_delete="RESTRICT")
    institution = ForeignKeyField(Institution, on_delete="RESTRICT")
    decision = CodeField(Decision)
    corrected = FigureField(null=True)
    record_id: int
    institution_id: str


class EndedRecord(Table):
    """What АСП did about one record, as its newest file says. ``why`` may name a child."""

    record = ForeignKeyField(Record, primary_key=True, on_delete="CASCADE")
    campaign = ForeignKeyField(Campaign, on_delete="RESTRICT")
    ended = BooleanField()
    months = SmallIntegerField(default=0)
    since = MonthField(null=True)
    why = CharField(max_length=WHY_LENGTH)
    record_id: int

    @property
    def outcome(self) -> Outcome:
        return Outcome(self.ended, self.months, self.since, self.why)


class CorrectionRequest(Table):
    """What an institution asks for after its deadline. ``note`` may name the child: the regional office never
    reads it. ``supported`` is the office's word, ``granted`` the operator's; none until they gave it."""

    id = AutoField()
    campaign = ForeignKeyField(Campaign, on_delete="RESTRICT")
    institution = ForeignKeyField(Institution, on_delete="RESTRICT")
    record = ForeignKeyField(Record, on_delete="CASCADE")
    reason = EnumField(Why)
    note = TextField(default="")
    document = CharField(max_length=60)
    asked_by = ForeignKeyField(User, on_delete="RESTRICT")
    asked_at = UtcField()
    supported = BooleanField(null=True)
    support_note = CharField(max_length=500, default="")
    supported_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
    supported_at = UtcField(null=True)
    granted = BooleanField(null=True)
    answer_note = CharField(max_length=500, default="")
    answered_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
    answered_at = UtcField(null=True)
    institution_id: str
    record_id: int
    campaign_id: int
    asked_by_id: int
    supported_by_id: int
    answered_by_id: int

    class Meta:
        indexes = ((("campaign", "institution"), False),)
