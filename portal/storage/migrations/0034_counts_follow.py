# What is counted of a month follows what becomes of single records: each time it is a version further.
from peewee import *


def up(migrator, db):
    db.execute_sql('ALTER TABLE campaign ADD COLUMN counts_version INTEGER NOT NULL DEFAULT 0')


def down(migrator, db):
    migrator.migrate(migrator.drop_column('campaign', 'counts_version'))
