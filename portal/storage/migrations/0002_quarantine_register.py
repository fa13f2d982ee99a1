# Generated from a schema diff on 2026-11-24 02:59.
from peewee import *
from portal.storage.tables.fields import UtcField

def up(migrator, db):
    class Campaign(Model):
        class Meta:
            database = db
            table_name = 'campaign'

    class Institution(Model):
        code = CharField(primary_key=True, max_length=7)
        class Meta:
            database = db
            table_name = 'institution'

    class User(Model):
        class Meta:
            database = db
            table_name = 'user'

    class UserKey(Model):
        class Meta:
            database = db
            table_name = 'user_key'

    class Collection(Model):
        id = CharField(primary_key=True, max_length=22)
        institution = ForeignKeyField(Institution, on_delete='RESTRICT')
        school_year = SmallIntegerField()
        epoch = IntegerField(default=1)
        manifest = BlobField()
        key_mac = BlobField()
        made_at = UtcField()
        erase_on = DateField()
        erased_at = UtcField(null=True)
        rotation_due_at = UtcField(null=True)
        class Meta:
            database = db
            table_name = 'collection'
            indexes = ((('institution', 'school_year'), True),)
    db.create_tables([Collection])

    class Entry(Model):
        id = CharField(primary_key=True, max_length=22)
        collection = ForeignKeyField(Collection, on_delete='CASCADE')
        revision = IntegerField()
        sealed = BlobField()
        class Meta:
            database = db
            table_name = 'entry'
    db.create_tables([Entry])

    class Envelope(Model):
        id = CharField(primary_key=True, max_length=22)
        institution = ForeignKeyField(Institution, on_delete='RESTRICT')
        public = BlobField()
        wrapped_private = BlobField()
        mac = BlobField()
        made_at = UtcField()
        made_by = ForeignKeyField(User, on_delete='RESTRICT')
        rehearsed_at = UtcField(null=True)
        retired_at = UtcField(null=True)
        class Meta:
            database = db
            table_name = 'envelope'
    db.create_tables([Envelope])

    class Grant(Model):
        collection = ForeignKeyField(Collection, on_delete='CASCADE')
        epoch = IntegerField()
        holder = CharField(max_length=34)
        key = ForeignKeyField(UserKey, null=True, on_delete='RESTRICT')
        envelope = ForeignKeyField(Envelope, null=True, on_delete='RESTRICT')
        scope = CharField(max_length=12)
        until = DateField(null=True)
        sealed = BlobField()
        made_at = UtcField()
        made_by = ForeignKeyField(User, on_delete='RESTRICT')
        class Meta:
            database = db
            table_name = 'grant'
            indexes = ((('collection', 'holder'), True),)
    db.create_tables([Grant])

    class Opening(Model):
        institution = ForeignKeyField(Institution, on_delete='RESTRICT')
        user = ForeignKeyField(User, on_delete='RESTRICT')
        asked_at = UtcField()
        opens_at = UtcField()
        done_at = UtcField(null=True)
        stopped_at = UtcField(null=True)
        stopped_by = ForeignKeyField(User, null=True, on_delete='RESTRICT')
        class Meta:
            database = db
            table_name = 'opening'
    db.create_tables([Opening])

    class RegisterMonth(Model):
        campaign = ForeignKeyField(Campaign, on_delete='RESTRICT')
        institution = ForeignKeyField(Institution, on_delete='RESTRICT')
        confirmed_at = UtcField(null=True)
        confirmed_by = ForeignKeyField(User, null=True, on_delete='RESTRICT')
        collection = ForeignKeyField(Collection, null=True, on_delete='SET NULL')
        revision = IntegerField(default=0)
        snapshot = BlobField(null=True)
        class Meta:
            database = db
            table_name = 'register_month'
            indexes = ((('campaign', 'institution'), True),)
    db.create_tables([RegisterMonth])

    class RegisterUse(Model):
        id = CharField(primary_key=True, max_length=22)
        collection = ForeignKeyField(Collection, on_delete='CASCADE')
        user = ForeignKeyField(User, on_delete='RESTRICT')
        at = UtcField()
        what = CharField(max_length=24)
        sealed = BlobField()
        class Meta:
            database = db
            table_name = 'register_use'
    db.create_tables([RegisterUse])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('register_use'))
    migrator.migrate(migrator.drop_table('register_month'))
    migrator.migrate(migrator.drop_table('opening'))
    migrator.migrate(migrator.drop_table('grant'))
    migrator.migrate(migrator.drop_table('envelope'))
    migrator.migrate(migrator.drop_table('entry'))
    migrator.migrate(migrator.drop_table('collection'))
