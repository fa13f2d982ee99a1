# Which records there is a doubt of is kept as they were counted, so that no page looks for them among a country's. Of a
# month that is there already they are found with its next file.
from peewee import *


def up(migrator, db):
    class Campaign(Model):
        class Meta:
            database = db
            table_name = 'campaign'

    class Record(Model):
        class Meta:
            database = db
            table_name = 'record'

    class DoubtfulRecord(Model):
        record = ForeignKeyField(Record, primary_key=True, on_delete='CASCADE')
        campaign = ForeignKeyField(Campaign, on_delete='CASCADE', index=False)
        without_enrolment = BooleanField(default=False)
        unknown_institution = BooleanField(default=False)
        by_number = BooleanField(default=False)
        class Meta:
            database = db
            table_name = 'doubtful_record'
            indexes = ((('campaign', 'record'), True),)

    db.create_tables([DoubtfulRecord])


def down(migrator, db):
    db.execute_sql('DROP TABLE doubtful_record')
