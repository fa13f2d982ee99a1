# Generated from a schema diff on 2026-11-24 03:57.
from peewee import *

def up(migrator, db):
    migrator.migrate(migrator.add_column('user', 'mac', BlobField(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column('user', 'mac'))
