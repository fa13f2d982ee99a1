# A letter that was not taken goes once more, to the corrected address.
from peewee import *


def up(migrator, db):
    time = 'DATETIME' if isinstance(db, SqliteDatabase) else 'TIMESTAMP'
    db.execute_sql('ALTER TABLE "outbox_message" ADD COLUMN "readdressed_at" %s' % time)


def down(migrator, db):
    migrator.migrate(migrator.drop_column('outbox_message', 'readdressed_at'))
