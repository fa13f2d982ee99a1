# A long file is loaded beside its request: how far it was read, and why it was not loaded.
from peewee import *


def up(migrator, db):
    db.execute_sql('ALTER TABLE "load" ADD COLUMN read INTEGER NOT NULL DEFAULT 0')
    db.execute_sql("ALTER TABLE \"load\" ADD COLUMN failure TEXT NOT NULL DEFAULT ''")


def down(migrator, db):
    for column in ('failure', 'read'):
        migrator.migrate(migrator.drop_column('load', column))
