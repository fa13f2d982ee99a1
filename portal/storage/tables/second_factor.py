"""An account's second factor, how it is used at the login, its removal, and the passkeys beside it."""

from datetime import datetime

from peewee import AutoField, BigIntegerField, BlobField, CharField, ForeignKeyField, IntegerField

from portal.domain.keys.passkeys import LONGEST_NAME
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


class Passkey(Table):
    """A key that its owner has, beside the codes of a second factor; the row goes with it. ``sign_count`` is
    the highest number that the key has told (some always tell 0)."""

    id = AutoField()
    user = ForeignKeyField(User, on_delete="CASCADE")
    credential_id = BlobField(unique=True)
    public_key = BlobField()
    sign_count = BigIntegerField()  # of 32 bits without a sign
    name = CharField(max_length=LONGEST_NAME)
    made_at = UtcField()
    used_at = UtcField(null=True)
    mac = BlobField()
    user_id: int


class PasskeyChallenge(Table):
    """That somebody is asked to sign with a key: ``holder`` is the digest of a login's cookie, or of that of
    the step before. The row goes when the answer comes, whatever it is."""

    holder = BlobField(primary_key=True)
    user = ForeignKeyField(User, on_delete="CASCADE")
    nonce = BlobField()
    made_at = UtcField(index=True)
    user_id: int


def keys_of(user: User | int) -> list[Passkey]:
    """With their account, in the order in which they were added."""
    query = Passkey.select(Passkey, User).join(User).where(Passkey.user == user)
    return list(query.order_by(Passkey.id))


def count_up(key: Passkey, sign_count: int, *, now: datetime) -> bool:
    """Keep the number that the key told; false if it has not grown, as that of a copy. In the caller's
    transaction."""
    has_grown = Passkey.sign_count < sign_count
    if sign_count == 0:
        has_grown = Passkey.sign_count == 0
    this = (Passkey.id == key.id) & has_grown
    return bool(Passkey.update(sign_count=sign_count, used_at=now).where(this).execute())
