# What is counted of a month's records when a file is loaded is kept with the month. Of a month that is there already
# it is counted with its next file.
from peewee import *

COUNTS = ('without_enrolment', 'unknown_institution', 'by_number', 'under_limit')


def up(migrator, db):
    time = 'DATETIME' if isinstance(db, SqliteDatabase) else 'TIMESTAMP'
    db.execute_sql('ALTER TABLE campaign ADD COLUMN counted_at %s' % time)
    for column in COUNTS:
        db.execute_sql('ALTER TABLE campaign ADD COLUMN %s INTEGER NOT NULL DEFAULT 0' % column)


def down(migrator, db):
    for column in (*reversed(COUNTS), 'counted_at'):
        migrator.migrate(migrator.drop_column('campaign', column))
