"""Calls: what came of each, only ever added, and who is calling now."""

from peewee import AutoField, CharField, CompositeKey, ForeignKeyField

from portal.domain.calls.call import NOTE_LENGTH, PHONE_LENGTH, Outcome
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.db import Table
from portal.storage.tables.fields import EnumField, UtcField
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User


class PhoneCall(Table):
    """One call about one month. ``began_at`` is when its claim was taken: the same call is noted once.
    ``next_at`` is when the next one is due, of a promise until when it was promised; ``phone`` a number that
    was told. The note is about the institution."""

    id = AutoField()
    campaign = ForeignKeyField(Campaign, on_delete="RESTRICT", index=False)
    institution = ForeignKeyField(Institution, on_delete="RESTRICT")
    outcome = EnumField(Outcome)
    note = CharField(max_length=NOTE_LENGTH, default="")
    phone = CharField(max_length=PHONE_LENGTH, default="")
    next_at = UtcField()
    began_at = UtcField()
    at = UtcField()
    by = ForeignKeyField(User, on_delete="RESTRICT")
    campaign_id: int
    institution_id: str
    by_id: int

    class Meta:
        indexes = ((("campaign", "institution", "by", "began_at"), True),)


class CallClaim(Table):
    """Who is calling an institution about a month. The row stays when the call is over: ``until`` is past
    then, or ``by`` nobody. The turn is the institution's, whatever month it is about: see claims.py."""

    campaign = ForeignKeyField(Campaign, on_delete="RESTRICT")
    institution = ForeignKeyField(Institution, on_delete="RESTRICT")
    by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
    since = UtcField()
    until = UtcField()
    campaign_id: int
    institution_id: str
    by_id: int | None

    class Meta:
        primary_key = CompositeKey("campaign", "institution")
