"""Declarations that were issued, and the signatures on them; rows are only ever added."""

from peewee import AutoField, BlobField, CharField, ForeignKeyField, IntegerField, TextField

from portal.storage.tables.campaigns import Submission
from portal.storage.tables.db import Table
from portal.storage.tables.fields import UtcField
from portal.storage.tables.people import User, UserKey


class Declaration(Table):
    """What one person could sign: the bytes, issued once for a version of the list and a signatory.

    Beside the bytes stands what ``verify`` cannot read from the rows: the header as it was issued.
    """

    id = AutoField()
    submission = ForeignKeyField(Submission, backref="declarations", on_delete="RESTRICT")
    signatory = ForeignKeyField(User, on_delete="RESTRICT")
    list_version = IntegerField()
    institution_name = CharField(max_length=200)
    signatory_name = CharField(max_length=120)
    authority = CharField(max_length=160)
    issued_at = UtcField()
    audit_head = CharField(max_length=64)
    previous = CharField(max_length=64)
    content = BlobField()
    sha256 = CharField(max_length=64)
    submission_id: int
    signatory_id: int

    class Meta:
        indexes = ((("submission", "signatory", "list_version"), False),)


class Signature(Table):
    """A signature that verified when it was stored. Removed ones stay, beside their removal."""

    id = AutoField()
    number = CharField(max_length=32, unique=True)
    submission = ForeignKeyField(Submission, backref="signatures", on_delete="RESTRICT")
    declaration = ForeignKeyField(Declaration, on_delete="RESTRICT")
    kind = CharField(max_length=12)  # password | qualified
    signatory = ForeignKeyField(User, on_delete="RESTRICT")
    key = ForeignKeyField(UserKey, null=True, on_delete="RESTRICT")
    value = BlobField()  # by the account's key 64 bytes; qualified: the file, byte for byte
    signed_at = UtcField()
    submission_id: int
    declaration_id: int
    signatory_id: int
    key_id: int | None


class SignatureRemoval(Table):
    """That a signature was taken off before the deadline, by whom and why."""

    signature = ForeignKeyField(Signature, primary_key=True, backref="removals", on_delete="RESTRICT")
    reason = TextField()
    by = ForeignKeyField(User, on_delete="RESTRICT")
    at = UtcField()
    by_id: int
