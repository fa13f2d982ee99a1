from peewee import *
from portal.storage.tables.fields import UtcField

def up(migrator, db):
    migrator.migrate(migrator.add_index('failures', ('last_at',), False))


def down(migrator, db):
    migrator.migrate(migrator.drop_index('failures', 'failures_last_at'))
