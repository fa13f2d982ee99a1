"""Circulars: every row here is only ever added, so that nothing which was published changes silently; but for
how far letters about one are, which is gone when they are done."""

from peewee import (
    AutoField,
    BlobField,
    BooleanField,
    CharField,
    CompositeKey,
    DateField,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
    TextField,
)

from portal.storage.tables.db import Table
from portal.storage.tables.fields import UtcField
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User

WHOLE_COUNTRY = 0  # in ``NoticeRound.region``


class Notice(Table):
    """A circular as it was published, of a regional office or, without ``region``, of the national operator.
    ``office`` and ``addressed`` are in words, as of that day."""

    id = AutoField()
    region = SmallIntegerField(null=True)
    office = CharField(max_length=80)
    number = CharField(max_length=40)
    dated_on = DateField()
    subject = CharField(max_length=200)
    text = TextField()
    deadline = DateField(null=True)
    addressed = CharField(max_length=200)
    published_at = UtcField()
    published_by = ForeignKeyField(User, on_delete="RESTRICT")
    replaces = ForeignKeyField("self", null=True, unique=True, on_delete="RESTRICT")  # the one it corrects
    published_by_id: int
    replaces_id: int | None


class NoticeFile(Table):
    """A PDF that goes with it."""

    id = AutoField()
    notice = ForeignKeyField(Notice, on_delete="RESTRICT")
    position = SmallIntegerField()  # from 1
    name = CharField(max_length=120)
    size = IntegerField()  # bytes
    sha256 = CharField(max_length=64)
    content = BlobField()
    notice_id: int

    class Meta:
        indexes = ((("notice", "position"), True),)


class NoticeRecipient(Table):
    """An institution that it was published for: fixed on that day, whatever becomes of its state."""

    notice = ForeignKeyField(Notice, on_delete="RESTRICT")
    institution = ForeignKeyField(Institution, on_delete="RESTRICT")
    notice_id: int
    institution_id: str

    class Meta:
        primary_key = CompositeKey("notice", "institution")


class NoticeReading(Table):
    """That a person pressed „Запознах се“, of the circular or, ``of_withdrawal``, of its withdrawal."""

    notice = ForeignKeyField(Notice, on_delete="RESTRICT")
    user = ForeignKeyField(User, on_delete="RESTRICT")
    of_withdrawal = BooleanField(default=False)
    at = UtcField()
    notice_id: int
    user_id: int

    class Meta:
        primary_key = CompositeKey("notice", "user", "of_withdrawal")


class NoticeWithdrawal(Table):
    """That it was taken back, and why, for those who had to read it."""

    notice = ForeignKeyField(Notice, primary_key=True, on_delete="RESTRICT")
    reason = CharField(max_length=500)
    at = UtcField()
    by = ForeignKeyField(User, on_delete="RESTRICT")
    notice_id: int
    by_id: int


class NoticeRound(Table):
    """One writing to those who had not read it, of one region or of WHOLE_COUNTRY; ``number`` is from 1,
    ``text`` what was said to them."""

    id = AutoField()
    notice = ForeignKeyField(Notice, on_delete="RESTRICT")
    region = SmallIntegerField()
    number = SmallIntegerField()
    text = TextField()
    letters = IntegerField()
    at = UtcField()
    by = ForeignKeyField(User, on_delete="RESTRICT")
    notice_id: int

    class Meta:
        indexes = ((("notice", "region", "number"), True),)


class RoundUnderWay(Table):
    """A writing whose letters are not all put down: they are up to the institution ``after``, ``letters`` of
    them."""

    round = ForeignKeyField(NoticeRound, primary_key=True, on_delete="CASCADE")
    after = CharField(max_length=7, default="")
    letters = IntegerField(default=0)
    round_id: int
