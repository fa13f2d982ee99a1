"""The quarantine register as the database sees it: random ids, epochs, and bytes that only a key opens.

No name, identifier, date of a case, basis or count of people stands in clear in any of these tables
(letter of МОН 9105-322/30.09.2020). What does show is how many rows an institution has, and when its people
worked; docs/security.md says so.
"""

from peewee import (
    AutoField,
    BlobField,
    CharField,
    DateField,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
)

from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.db import Table
from portal.storage.tables.fields import UtcField
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User, UserKey


class Envelope(Table):
    """The institution's way back when every password is lost: a key pair whose private half opens
    only with the code that was printed once. ``confirmed_at`` is when two groups were typed back."""

    id = CharField(primary_key=True, max_length=22)  # random
    institution = ForeignKeyField(Institution, on_delete="RESTRICT")
    public = BlobField()
    wrapped_private = BlobField()
    mac = BlobField()
    made_at = UtcField()
    made_by = ForeignKeyField(User, on_delete="RESTRICT")
    rehearsed_at = UtcField(null=True)
    retired_at = UtcField(null=True)
    institution_id: str


class Collection(Table):
    """The register of one institution for one school year. ``epoch`` grows with each new key;
    ``manifest`` is a MAC over every entry's id and revision. ``rotation_due_at`` says that somebody
    lost access while nobody could open the register to renew its key."""

    id = CharField(primary_key=True, max_length=22)  # random
    institution = ForeignKeyField(Institution, on_delete="RESTRICT")
    school_year = SmallIntegerField()
    epoch = IntegerField(default=1)
    manifest = BlobField()
    key_mac = BlobField()  # the portal's mark on this epoch's key
    made_at = UtcField()
    erase_on = DateField()
    erased_at = UtcField(null=True)
    rotation_due_at = UtcField(null=True)
    institution_id: str

    class Meta:
        indexes = ((("institution", "school_year"), True),)


class Grant(Table):
    """The collection's key, sealed to one holder's public key for one epoch: a person's key pair, or
    the institution's envelope. ``scope`` and ``until`` are bound into what is sealed."""

    id = AutoField()
    collection = ForeignKeyField(Collection, backref="grants", on_delete="CASCADE")
    epoch = IntegerField()
    holder = CharField(max_length=34)  # user:7 | envelope:<id>
    key = ForeignKeyField(UserKey, null=True, on_delete="RESTRICT")
    envelope = ForeignKeyField(Envelope, null=True, on_delete="RESTRICT")
    scope = CharField(max_length=12)
    until = DateField(null=True)
    sealed = BlobField()
    made_at = UtcField()
    made_by = ForeignKeyField(User, on_delete="RESTRICT")
    key_id: int | None
    collection_id: str

    class Meta:
        indexes = ((("collection", "holder"), True),)


class Entry(Table):
    """One person in quarantine. All that it says, its earlier revisions too, is in ``sealed``."""

    id = CharField(primary_key=True, max_length=22)  # random
    collection = ForeignKeyField(Collection, backref="entries", on_delete="CASCADE")
    revision = IntegerField()
    sealed = BlobField()
    collection_id: str


class RegisterMonth(Table):
    """That an institution confirmed its register for a month, and when: all that РУО and the operator
    learn. Whether with names or „няма лица“ is inside ``snapshot``, sealed and padded."""

    id = AutoField()
    campaign = ForeignKeyField(Campaign, backref="register_months", on_delete="RESTRICT")
    institution = ForeignKeyField(Institution, on_delete="RESTRICT")
    confirmed_at = UtcField(null=True)
    confirmed_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
    collection = ForeignKeyField(Collection, null=True, on_delete="SET NULL")
    revision = IntegerField(default=0)  # of the snapshot, bound into it
    snapshot = BlobField(null=True)
    collection_id: str | None
    institution_id: str

    class Meta:
        indexes = ((("campaign", "institution"), True),)


class RegisterUse(Table):
    """Why somebody opened names: the short reason that a delegate gives, sealed like an entry. Who and
    when stand in the audit."""

    id = CharField(primary_key=True, max_length=22)  # random
    collection = ForeignKeyField(Collection, backref="uses", on_delete="CASCADE")
    user = ForeignKeyField(User, on_delete="RESTRICT")
    at = UtcField()
    what = CharField(max_length=24)
    sealed = BlobField()
    collection_id: str


class Opening(Table):
    """A new director's opening by the envelope's code: it takes effect a day after it was announced
    to the former director and the delegates, unless one of them stops it."""

    id = AutoField()
    institution = ForeignKeyField(Institution, on_delete="RESTRICT")
    user = ForeignKeyField(User, on_delete="RESTRICT")
    asked_at = UtcField()
    opens_at = UtcField()
    done_at = UtcField(null=True)
    stopped_at = UtcField(null=True)
    stopped_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")  # evidence: no page asks for it
    mac = BlobField(null=True)
    institution_id: str
    user_id: int
