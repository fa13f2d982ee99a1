# Of a child who is enrolled though АСП has it as unenrolled: the certificate, the class, and since when.
from peewee import *


def up(migrator, db):
    table = 'ALTER TABLE "record" ADD COLUMN '
    db.execute_sql(table + "certificate_number VARCHAR(40) NOT NULL DEFAULT ''")
    db.execute_sql(table + 'certificate_date DATE')
    db.execute_sql(table + "enrolled_class VARCHAR(30) NOT NULL DEFAULT ''")
    db.execute_sql(table + 'enrolled_since DATE')
    if not isinstance(db, SqliteDatabase):  # a certificate is of one child: PostgreSQL keeps no samples of it (0011)
        db.execute_sql('ALTER TABLE "record" ALTER COLUMN "certificate_number" SET STATISTICS 0')


def down(migrator, db):
    columns = ('certificate_number', 'certificate_date', 'enrolled_class', 'enrolled_since')
    migrator.migrate(*(migrator.drop_column('record', name) for name in columns))
