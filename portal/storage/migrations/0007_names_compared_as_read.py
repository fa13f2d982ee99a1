# Names are folded when they are compared: a copy kept beside them would be of an older rule on every signed list,
# whose triggers refuse a change. To drop a column changes no row.
from peewee import *

def up(migrator, db):
    migrator.migrate(
        migrator.drop_column('record', 'folded', cascade=False),
        migrator.drop_column('institution', 'folded', cascade=False),
    )


def down(migrator, db):
    for table, length in (('record', 80), ('institution', 400)):
        db.execute_sql("ALTER TABLE %s ADD COLUMN folded VARCHAR(%d) NOT NULL DEFAULT ''" % (table, length))
