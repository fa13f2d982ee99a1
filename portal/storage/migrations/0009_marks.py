from peewee import *
from portal.storage.tables.fields import UtcField

def up(migrator, db):
    # Whoever is logged in logs in again: a login without a mark opens nothing.
    db.execute_sql('DELETE FROM login')
    migrator.migrate(
        *(migrator.add_column(table, 'mac', BlobField(null=True)) for table in TABLES),
        migrator.add_column('one_time_link', 'ended_at', UtcField(null=True)),
    )


TABLES = ('login', 'one_time_link', 'delegation', 'opening')


def down(migrator, db):
    migrator.migrate(
        *(migrator.drop_column(table, 'mac') for table in TABLES),
        migrator.drop_column('one_time_link', 'ended_at'),
    )
