from peewee import *

# An ИДН is the only identifier with letters. The enrolments follow, because an index says that a child stands
# once in a month at an institution; the records do not: some lie on lists that are signed, and a record is found
# in either spelling (portal/storage/campaigns/placing.py).
IDN = 2


def up(migrator, db):
    db.execute_sql(
        'DELETE FROM enrolment WHERE id IN (SELECT id FROM (SELECT id, ROW_NUMBER() OVER '
        '(PARTITION BY month, institution, UPPER(id_number) ORDER BY position DESC) AS place '
        'FROM enrolment WHERE id_type = %s) AS spelled WHERE place > 1)' % IDN
    )
    db.execute_sql(
        'UPDATE enrolment SET id_number = UPPER(id_number) WHERE id_type = %s AND id_number <> UPPER(id_number)'
        % IDN
    )


def down(migrator, db):
    pass
