# What came of each call to an institution that is late, and who is calling one now.
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

    class PhoneCall(Model):
        campaign = ForeignKeyField(Campaign, on_delete='RESTRICT', index=False)
        institution = ForeignKeyField(Institution, on_delete='RESTRICT')
        outcome = CharField(max_length=24)
        note = CharField(max_length=500, default='')
        phone = CharField(max_length=40, default='')
        next_at = UtcField()
        began_at = UtcField()
        at = UtcField()
        by = ForeignKeyField(User, on_delete='RESTRICT')
        class Meta:
            database = db
            table_name = 'phone_call'
            indexes = ((('campaign', 'institution', 'by', 'began_at'), True),)

    class CallClaim(Model):
        campaign = ForeignKeyField(Campaign, on_delete='RESTRICT')
        institution = ForeignKeyField(Institution, on_delete='RESTRICT')
        by = ForeignKeyField(User, null=True, on_delete='RESTRICT')
        since = UtcField()
        until = UtcField()
        class Meta:
            database = db
            table_name = 'call_claim'
            primary_key = CompositeKey('campaign', 'institution')

    db.create_tables([PhoneCall, CallClaim])
    if not isinstance(db, SqliteDatabase):  # what somebody wrote in spite of the warning: no samples of it (0011)
        db.execute_sql('ALTER TABLE "phone_call" ALTER COLUMN "note" SET STATISTICS 0')


def down(migrator, db):
    for table in ('call_claim', 'phone_call'):
        db.execute_sql('DROP TABLE "%s"' % table)
