"""Letters as rows: what waits, what was sent, and what the mail server said."""

from peewee import (
    AutoField,
    BlobField,
    CharField,
    CompositeKey,
    DateField,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
    TextField,
)

from portal.domain.letters.fate import LetterState, Verdict
from portal.domain.letters.kinds import Occasion
from portal.domain.oversight.writing import SUBJECT_LENGTH
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.db import Table
from portal.storage.tables.fields import EnumField, UtcField
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User


class OutboxMessage(Table):
    """A letter that waits or was sent. One that may open an account is ``sealed`` until then. One about an
    ``occasion`` (what, which version, to whom: once and only once) is written when it is sent, from ``facts``
    and what is true by then; what it said is kept. ``handing_at``: a try began, and nobody knows how it
    ended. ``readdressed_at``: it was not taken, and was put down once more for a corrected address."""

    id = AutoField()
    recipient = CharField(max_length=254, index=True)
    user = ForeignKeyField(User, null=True, on_delete="CASCADE")
    kind = CharField(max_length=24)
    state = EnumField(LetterState, default=LetterState.WAITS)
    sealed = BlobField(null=True)
    occasion = CharField(max_length=120, null=True, unique=True)
    campaign = ForeignKeyField(Campaign, null=True, on_delete="CASCADE", index=False)
    institution = ForeignKeyField(Institution, null=True, on_delete="CASCADE")
    facts = TextField(default="")
    subject = CharField(max_length=300, default="")
    body = TextField(default="")
    made_at = UtcField()
    not_before = UtcField()
    handing_at = UtcField(null=True)
    readdressed_at = UtcField(null=True)
    sent_at = UtcField(null=True)
    attempts = IntegerField(default=0)
    error = CharField(max_length=200, default="")  # why it waits still, was dropped or given up
    verdict = EnumField(Verdict, null=True)
    code = SmallIntegerField(null=True)
    status = CharField(max_length=12, default="")
    reply = CharField(max_length=200, default="")
    replied_at = UtcField(null=True)  # evidence of a delivery: no page asks for it
    user_id: int | None
    campaign_id: int | None
    institution_id: str | None

    class Meta:
        indexes = ((("state", "not_before"), False), (("campaign", "institution"), False))


class Announcement(Table):
    """What is written to every institution of a campaign: stored with what it announces, spread to the
    readers some at a time. ``after``: the last institution whose readers have it in the outbox."""

    id = AutoField()
    occasion = EnumField(Occasion)
    campaign = ForeignKeyField(Campaign, on_delete="CASCADE")
    facts = TextField(default="")
    after = CharField(max_length=7, default="")
    made_at = UtcField()
    done_at = UtcField(null=True)
    campaign_id: int


class ReminderRound(Table):
    """That everybody who had something left to do was put down for the reminder of that many days before the
    deadline: who has it from now on is not."""

    campaign = ForeignKeyField(Campaign, on_delete="CASCADE")
    closes_on = DateField()
    days = SmallIntegerField()
    after = CharField(max_length=7, default="")
    done_at = UtcField(null=True)
    campaign_id: int

    class Meta:
        primary_key = CompositeKey("campaign", "closes_on", "days")


class OfficeLetter(Table):
    """What a regional office wrote to the institutions that it was shown, ``letters`` of them; only ever
    added. ``shown`` is the part of the address that showed them (JSON); ``prepared_at`` when the preview was
    made: the same letter is sent once."""

    id = AutoField()
    campaign = ForeignKeyField(Campaign, on_delete="RESTRICT", index=False)
    region = SmallIntegerField()
    subject = CharField(max_length=SUBJECT_LENGTH)
    text = TextField()
    shown = TextField()
    letters = IntegerField()
    prepared_at = UtcField()
    at = UtcField()
    by = ForeignKeyField(User, on_delete="RESTRICT")
    campaign_id: int
    by_id: int

    class Meta:
        indexes = ((("campaign", "by", "prepared_at"), True), (("campaign", "region"), False))


class DeclinedLetter(Table):
    """A kind that a person does without."""

    user = ForeignKeyField(User, on_delete="CASCADE")
    occasion = EnumField(Occasion)

    class Meta:
        primary_key = CompositeKey("user", "occasion")
