# A rejected line that the operator mended or left as it is, and how many of a file's lines were mended.
from peewee import *

LINE, LOAD = '"rejected_line"', '"load"'


def up(migrator, db):
    is_sqlite = isinstance(db, SqliteDatabase)
    bytes_, time = ('BLOB', 'DATETIME') if is_sqlite else ('BYTEA', 'TIMESTAMP')
    db.execute_sql('ALTER TABLE %s ADD COLUMN repaired INTEGER NOT NULL DEFAULT 0' % LOAD)
    db.execute_sql('ALTER TABLE %s ADD COLUMN standing INTEGER' % LINE)
    db.execute_sql("ALTER TABLE %s ADD COLUMN outcome VARCHAR(24) NOT NULL DEFAULT 'open'" % LINE)
    db.execute_sql('ALTER TABLE %s ADD COLUMN mended %s' % (LINE, bytes_))
    db.execute_sql('ALTER TABLE %s ADD COLUMN salt %s' % (LINE, bytes_))
    db.execute_sql('ALTER TABLE %s ADD COLUMN settled_at %s' % (LINE, time))
    db.execute_sql(
        'ALTER TABLE %s ADD COLUMN settled_by_id INTEGER REFERENCES "user" ("id") ON DELETE RESTRICT' % LINE
    )
    db.execute_sql('CREATE INDEX "rejectedline_settled_by_id" ON %s ("settled_by_id")' % LINE)
    db.execute_sql('CREATE INDEX "rejectedline_load_id_outcome_number" ON %s ("load_id", "outcome", "number")' % LINE)
    if not is_sqlite:  # a line names a child: PostgreSQL keeps no samples of it (0011)
        db.execute_sql('ALTER TABLE %s ALTER COLUMN mended SET STATISTICS 0' % LINE)


def down(migrator, db):
    db.execute_sql('DROP INDEX "rejectedline_load_id_outcome_number"')
    db.execute_sql('DROP INDEX "rejectedline_settled_by_id"')
    for column in ('settled_by_id', 'settled_at', 'salt', 'mended', 'outcome', 'standing'):
        migrator.migrate(migrator.drop_column('rejected_line', column))
    migrator.migrate(migrator.drop_column('load', 'repaired'))
