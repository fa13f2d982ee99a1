# What АСП did about each record of an answer.
from peewee import *
from portal.storage.tables.fields import MonthField


def up(migrator, db):
    class Campaign(Model):
        class Meta:
            database = db
            table_name = 'campaign'

    class Record(Model):
        class Meta:
            database = db
            table_name = 'record'

    class EndedRecord(Model):
        record = ForeignKeyField(Record, primary_key=True, on_delete='CASCADE')
        campaign = ForeignKeyField(Campaign, on_delete='RESTRICT')
        ended = BooleanField()
        months = SmallIntegerField()
        since = MonthField(null=True)
        why = CharField(max_length=200)
        class Meta:
            database = db
            table_name = 'ended_record'

    db.create_tables([EndedRecord])
    if not isinstance(db, SqliteDatabase):  # АСП may name a child: PostgreSQL keeps no samples of it (0011)
        db.execute_sql('ALTER TABLE "ended_record" ALTER COLUMN "why" SET STATISTICS 0')


def down(migrator, db):
    db.execute_sql('DROP TABLE "ended_record"')
