# PostgreSQL keeps samples of every column beside the tables (pg_stats), where no erasing reaches them: of a child,
# none. To set a column's type to what it is drops the samples that are there, and rewrites nothing. That nearly every
# number is another's is said instead, so that the plans stay good.
from peewee import *

CHILDREN = {
    'record': {'id_number': 'VARCHAR(10)', 'given': 'VARCHAR(25)', 'middle': 'VARCHAR(25)', 'family': 'VARCHAR(25)', 'note': 'TEXT', 'returned_note': 'TEXT'},
    'enrolment': {'id_number': 'VARCHAR(10)', 'given': 'VARCHAR(60)', 'middle': 'VARCHAR(60)', 'family': 'VARCHAR(60)'},
    'rejected_line': {'line': 'BYTEA', 'faults': 'TEXT'},
    'declaration': {'content': 'BYTEA'},
    'declaration_pdf': {'content': 'BYTEA'},
    'signature': {'value': 'BYTEA'},
    'signature_removal': {'reason': 'TEXT'},
    'pending_signature': {'content': 'BYTEA'},
}


def up(migrator, db):
    if isinstance(db, SqliteDatabase):
        return
    for table, columns in CHILDREN.items():
        for column, type in columns.items():
            db.execute_sql('ALTER TABLE "%s" ALTER COLUMN "%s" TYPE %s, ALTER COLUMN "%s" SET STATISTICS 0' % (table, column, type, column))
    for table in ('record', 'enrolment'):
        db.execute_sql('ALTER TABLE "%s" ALTER COLUMN id_number SET (n_distinct = -0.9)' % table)


def down(migrator, db):
    if isinstance(db, SqliteDatabase):
        return
    for table, columns in CHILDREN.items():
        for column in columns:
            db.execute_sql('ALTER TABLE "%s" ALTER COLUMN "%s" SET STATISTICS -1' % (table, column))
    for table in ('record', 'enrolment'):
        db.execute_sql('ALTER TABLE "%s" ALTER COLUMN id_number RESET (n_distinct)' % table)
