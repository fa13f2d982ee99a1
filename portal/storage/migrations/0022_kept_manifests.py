# The manifest of each answer is kept as it was made: made again later it would say another time and other states.
from peewee import *


def up(migrator, db):
    is_sqlite = isinstance(db, SqliteDatabase)
    table = 'ALTER TABLE "answer_file" ADD COLUMN '
    db.execute_sql(table + "name VARCHAR(60) NOT NULL DEFAULT ''")
    db.execute_sql(table + 'size INTEGER NOT NULL DEFAULT 0')
    db.execute_sql(table + 'records INTEGER NOT NULL DEFAULT 0')
    db.execute_sql(table + ('manifest BLOB' if is_sqlite else 'manifest BYTEA'))


def down(migrator, db):
    columns = ('name', 'size', 'records', 'manifest')
    migrator.migrate(*(migrator.drop_column('answer_file', name) for name in columns))
