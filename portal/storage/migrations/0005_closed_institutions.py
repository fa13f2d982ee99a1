from peewee import *
from portal.storage.tables.fields import UtcField

def up(migrator, db):
    class Institution(Model):
        code = CharField(primary_key=True, max_length=7)
        class Meta:
            database = db
            table_name = 'institution'

    successor = ForeignKeyField(Institution, field=Institution.code, null=True, on_delete='RESTRICT')
    migrator.migrate(
        migrator.add_column('institution', 'missing_since', UtcField(null=True)),
        migrator.add_column('institution', 'closed_on', DateField(null=True)),
        migrator.add_column('institution', 'successor_id', successor),
        *(migrator.add_column('load', name, IntegerField(default=0)) for name in COUNTS),
    )
    # With a default of the database's own: Peewee would fill the column by an UPDATE of every record, which the
    # triggers of the signed lists refuse.
    db.execute_sql(
        'ALTER TABLE record ADD COLUMN in_kindergarten %s NOT NULL DEFAULT %s'
        % (('BOOL', '0') if isinstance(db, SqliteDatabase) else ('BOOLEAN', 'false'))
    )
    # What АСП counted in a kindergarten was counted in days, also on lists that are there already. The lists
    # that are signed keep what was signed: their triggers refuse a change, and their month is over for them.
    db.execute_sql(
        'UPDATE record SET in_kindergarten = ? WHERE asp_institution IN '
        '(SELECT code FROM institution WHERE type = ?) AND (submission_id IS NULL OR submission_id IN '
        "(SELECT id FROM submission WHERE lock = 'open'))".replace('?', db.param),
        (True, 'kindergarten'),
    )


COUNTS = ('removed', 'without_enrolment', 'unknown_institution', 'by_number', 'under_limit')


def down(migrator, db):
    migrator.migrate(
        migrator.drop_column('institution', 'missing_since'),
        migrator.drop_column('institution', 'closed_on'),
        migrator.drop_column('institution', 'successor_id'),
        migrator.drop_column('record', 'in_kindergarten'),
        *(migrator.drop_column('load', name) for name in COUNTS),
    )
