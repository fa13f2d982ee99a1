"""The school's own figures, for as long as the records that they were compared with."""

from peewee import CharField, CompositeKey, ForeignKeyField, IntegerField

from portal.storage.tables.campaigns import Record, Submission
from portal.storage.tables.db import Table
from portal.storage.tables.fields import FigureField, UtcField
from portal.storage.tables.people import User


class Diary(Table):
    """That a list was compared with a file of its school's diary, and with which; nothing else of the file is
    kept. ``version`` grows with every change of the figures: that of the list is what is signed."""

    submission = ForeignKeyField(Submission, primary_key=True, on_delete="RESTRICT")
    version = IntegerField(default=1)
    sha256 = CharField(max_length=64)
    at = UtcField()
    by = ForeignKeyField(User, on_delete="RESTRICT")
    submission_id: int
    by_id: int


class DiaryFigure(Table):
    """One record that was compared: unexcused absences by the diary, none where the child is not in it. It
    counts only beside the list that it was compared for: a record that moves leaves it behind."""

    submission = ForeignKeyField(Submission, on_delete="RESTRICT", index=False)
    record = ForeignKeyField(Record, on_delete="RESTRICT")
    unexcused = FigureField(null=True)
    submission_id: int
    record_id: int

    class Meta:
        primary_key = CompositeKey("submission", "record")
