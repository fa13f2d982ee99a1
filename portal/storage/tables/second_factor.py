"""What an account's second factor is, how it is used at the login, and its removal."""

from peewee import AutoField, BlobField, ForeignKeyField, IntegerField

from portal.storage.tables.db import Table
from portal.storage.tables.fields import UtcField
from portal.storage.tables.people import User


class SecondFactor(Table):
    """The secret that an account shares with an application. ``sealed`` opens only with the pepper, for this
    account and its ``factor_at``; ``last_step`` is that of the last code, which counts once."""

    user = ForeignKeyField(User, primary_key=True, on_delete="CASCADE")
    sealed = BlobField()
    last_step = IntegerField()
    user_id: int


class RecoveryCode(Table):
    """A code for who lost the phone; the row goes when it is used."""

    id = AutoField()
    user = ForeignKeyField(User, on_delete="CASCADE")
    hash = BlobField()
    user_id: int


class LoginStep(Table):
    """Somebody whose password was right, and who has not given the code yet; found by the digest of a
    cookie, with which alone ``wrapped_x25519`` opens."""

    digest = BlobField(primary_key=True)
    user = ForeignKeyField(User, on_delete="CASCADE")
    made_at = UtcField(index=True)
    wrapped_x25519 = BlobField(null=True)
    mac = BlobField()
    user_id: int


class FactorRemoval(Table):
    """The operator asked for somebody's second factor to be taken away; one who has to, agreed."""

    user = ForeignKeyField(User, primary_key=True, on_delete="CASCADE")
    asked_at = UtcField()
    asked_by = ForeignKeyField(User, on_delete="RESTRICT")
    agreed_at = UtcField(null=True)
    agreed_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
    mac = BlobField()
    user_id: int
    asked_by_id: int
    agreed_by_id: int | None
