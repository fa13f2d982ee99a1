# What a regional office wrote to the institutions that it was shown.
from peewee import *
from portal.storage.tables.fields import UtcField


def up(migrator, db):
    class Campaign(Model):
        class Meta:
            database = db
            table_name = 'campaign'

    class User(Model):
        class Meta:
            database = db
            table_name = 'user'

    class OfficeLetter(Model):
        id = AutoField()
        campaign = ForeignKeyField(Campaign, on_delete='RESTRICT', index=False)
        region = SmallIntegerField()
        subject = CharField(max_length=120)
        text = TextField()
        shown = TextField()
        letters = IntegerField()
        prepared_at = UtcField()
        at = UtcField()
        by = ForeignKeyField(User, on_delete='RESTRICT')
        class Meta:
            database = db
            table_name = 'office_letter'
            indexes = ((('campaign', 'by', 'prepared_at'), True), (('campaign', 'region'), False))

    db.create_tables([OfficeLetter])
    if not isinstance(db, SqliteDatabase):  # what somebody wrote in spite of the warning: no samples of it (0011)
        for column in ('subject', 'text'):
            db.execute_sql('ALTER TABLE "office_letter" ALTER COLUMN "%s" SET STATISTICS 0' % column)


def down(migrator, db):
    db.execute_sql('DROP TABLE "office_letter"')
