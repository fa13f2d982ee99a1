"""What was read of a filled-in sheet, between showing what it would change and storing it."""

from peewee import BlobField, CharField, ForeignKeyField

from portal.storage.tables.campaigns import Submission
from portal.storage.tables.db import Table
from portal.storage.tables.fields import UtcField
from portal.storage.tables.people import User


class SheetUpload(Table):
    """At most one of a person and list: the newest. ``token`` stands in the address of its page, which is for
    that person alone; ``content`` is sealed."""

    token = CharField(primary_key=True, max_length=43)
    submission = ForeignKeyField(Submission, on_delete="RESTRICT", index=False)
    user = ForeignKeyField(User, on_delete="RESTRICT")
    content = BlobField()
    made_at = UtcField()

    class Meta:
        indexes = ((("submission", "user"), True), (("made_at",), False))
