# How many enrolments a month holds is kept with it: no page counts a million of them.
from peewee import *


def up(migrator, db):
    db.execute_sql('ALTER TABLE enrolment_month ADD COLUMN enrolments INTEGER NOT NULL DEFAULT 0')
    db.execute_sql('UPDATE enrolment_month SET enrolments = (SELECT COUNT(*) FROM enrolment AS e '
                   'WHERE e.month = enrolment_month.month AND e.picture = enrolment_month.picture)')


def down(migrator, db):
    migrator.migrate(migrator.drop_column('enrolment_month', 'enrolments'))
