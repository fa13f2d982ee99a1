# A load of many lines is stored over many turns: whether it came to its end. Those that are there did.
from peewee import *


def up(migrator, db):
    no, yes = ('0', '1') if isinstance(db, SqliteDatabase) else ('false', 'true')
    type = 'INTEGER' if isinstance(db, SqliteDatabase) else 'BOOLEAN'
    db.execute_sql('ALTER TABLE "load" ADD COLUMN is_finished %s NOT NULL DEFAULT %s' % (type, no))
    db.execute_sql('UPDATE "load" SET is_finished = %s' % yes)


def down(migrator, db):
    migrator.migrate(migrator.drop_column('load', 'is_finished'))
