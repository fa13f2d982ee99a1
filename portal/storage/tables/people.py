"""Accounts, their keys, links, logins and authorisations."""

from typing import Any

from peewee import (
    AutoField,
    BlobField,
    CharField,
    DateField,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
)

from portal.domain.people import Role, Scope
from portal.storage.tables.db import Table
from portal.storage.tables.fields import EnumField, UtcField
from portal.storage.tables.institutions import Institution


class User(Table):
    """An account. ``salt`` and what follows it are set when it is activated; of the password the
    database keeps only a keyed hash of a key derived from it."""

    id = AutoField()
    email = CharField(max_length=254, unique=True)  # case folded in Python
    name = CharField(max_length=120)
    role = EnumField(Role)
    institution = ForeignKeyField(Institution, null=True, on_delete="RESTRICT")
    region = SmallIntegerField(null=True)
    invited_at = UtcField()
    activated_at = UtcField(null=True)
    disabled_at = UtcField(null=True)
    starts_on = DateField(null=True)  # the day from which the account can be activated; none: at once
    salt = BlobField(null=True)
    kdf_memory = IntegerField(null=True)  # KiB
    kdf_iterations = IntegerField(null=True)
    kdf_lanes = IntegerField(null=True)
    login_tag = BlobField(null=True)
    egn_hash = BlobField(null=True)
    factor_at = UtcField(null=True)  # since when it has a second factor
    mac = BlobField(null=True)  # over what it is, where, and what opens it, by the pepper: as all that follow
    institution_id: str | None

    @property
    def is_active(self) -> bool:
        return self.activated_at is not None and self.disabled_at is None

    @classmethod
    def is_director(cls, of: Any = None) -> Any:
        """The condition that an account is an active director's; ``of`` is an alias of the table."""
        user = cls if of is None else of
        return (user.role == Role.DIRECTOR) & user.activated_at.is_null(False) & user.disabled_at.is_null()

    @classmethod
    def places_with_director(cls) -> Any:
        """The codes of the institutions that somebody directs."""
        return cls.select(cls.institution).where(cls.is_director())


class UserKey(Table):
    """The key pairs of one account; at most one row is not retired. A retired row keeps its public
    halves for ``verify`` and loses the private ones."""

    id = AutoField()
    user = ForeignKeyField(User, backref="keys", on_delete="RESTRICT")
    x25519_public = BlobField()
    ed25519_public = BlobField()
    wrapped_x25519 = BlobField(null=True)
    wrapped_ed25519 = BlobField(null=True)
    mac = BlobField()
    made_at = UtcField()
    retired_at = UtcField(null=True)
    user_id: int


class OneTimeLink(Table):
    """An activation or reset address; the database keeps only the digest of its token."""

    digest = BlobField(primary_key=True)
    user = ForeignKeyField(User, on_delete="CASCADE")
    purpose = CharField(max_length=12)  # activate | reset
    made_at = UtcField()
    expires_at = UtcField()
    used_at = UtcField(null=True)
    ended_at = UtcField(null=True)  # by a newer one, or with the account
    mac = BlobField(null=True)
    user_id: int


class Login(Table):
    """A login that is under way, found by the digest of the cookie. ``wrapped_x25519`` opens only
    with the cookie itself and is deleted ten minutes after the register was last used."""

    digest = BlobField(primary_key=True)
    user = ForeignKeyField(User, on_delete="CASCADE")
    made_at = UtcField()
    seen_at = UtcField()
    browser = CharField(max_length=40, default="")  # of what kind, in words
    wrapped_x25519 = BlobField(null=True)
    unlocked_at = UtcField(null=True)
    mac = BlobField(null=True)
    user_id: int


class Device(Table):
    """A browser in which this account has logged in before: it is spared the delay of failures, and for a
    while the code of a second factor, which was last given in it at ``factor_at``."""

    id = AutoField()
    digest = BlobField(index=True)
    user = ForeignKeyField(User, on_delete="CASCADE")
    made_at = UtcField()
    seen_at = UtcField()
    factor_at = UtcField(null=True)
    mac = BlobField(null=True)  # over that code alone
    user_id: int


class Failures(Table):
    """How often a login failed lately, for one account, address or browser (a keyed hash)."""

    subject = BlobField(primary_key=True)
    count = IntegerField()
    last_at = UtcField(index=True)  # each try forgets what is old


class Delegation(Table):
    """What a director lets one person do, by which order and until when (inclusive)."""

    id = AutoField()
    institution = ForeignKeyField(Institution, on_delete="RESTRICT")
    user = ForeignKeyField(User, backref="delegations", on_delete="RESTRICT")
    scopes = CharField(max_length=40)  # values of Scope joined by commas
    order_number = CharField(max_length=60)
    until = DateField()
    made_at = UtcField()
    made_by = ForeignKeyField(User, on_delete="RESTRICT")
    revoked_at = UtcField(null=True)
    revoked_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
    mac = BlobField(null=True)
    institution_id: str
    user_id: int
    made_by_id: int

    @property
    def scope_set(self) -> frozenset[Scope]:
        return frozenset(Scope(word) for word in str(self.scopes).split(",") if word)
