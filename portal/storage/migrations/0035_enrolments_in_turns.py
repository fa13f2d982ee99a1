# A file of enrolments is stored beside the picture that is in force and takes its place when it is whole. Of a load
# that is asked about, or that only corrects, its row says so.
from peewee import *

OLD, NEW = ('month', 'id_type', 'id_number', 'institution'), ('month', 'picture', 'id_type', 'id_number', 'institution')


def up(migrator, db):
    db.execute_sql('CREATE TABLE enrolment_month (month VARCHAR(7) NOT NULL PRIMARY KEY, picture INTEGER NOT NULL)')
    db.execute_sql('INSERT INTO enrolment_month (month, picture) SELECT DISTINCT month, 0 FROM enrolment')
    db.execute_sql('ALTER TABLE enrolment ADD COLUMN picture INTEGER NOT NULL DEFAULT 0')
    migrator.migrate(migrator.drop_index('enrolment', 'enrolment_' + '_'.join(OLD)))
    migrator.migrate(migrator.add_index('enrolment', NEW, True))
    db.execute_sql("ALTER TABLE \"load\" ADD COLUMN question TEXT NOT NULL DEFAULT ''")
    db.execute_sql('ALTER TABLE "load" ADD COLUMN is_correction BOOLEAN NOT NULL DEFAULT FALSE')


def down(migrator, db):
    for column in ('is_correction', 'question'):
        migrator.migrate(migrator.drop_column('load', column))
    db.execute_sql('DELETE FROM enrolment WHERE NOT EXISTS (SELECT 1 FROM enrolment_month AS m '
                   'WHERE m.month = enrolment.month AND m.picture = enrolment.picture)')
    migrator.migrate(migrator.drop_index('enrolment', 'enrolment_' + '_'.join(NEW)))
    migrator.migrate(migrator.drop_column('enrolment', 'picture'))
    migrator.migrate(migrator.add_index('enrolment', OLD, True))
    db.execute_sql('DROP TABLE enrolment_month')
