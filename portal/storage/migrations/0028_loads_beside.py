# A long file is loaded beside its request: how far it was read, why it was not loaded, and what was asked first.
from peewee import *


def up(migrator, db):
    db.execute_sql('ALTER TABLE "load" ADD COLUMN read INTEGER NOT NULL DEFAULT 0')
    for column in ('failure', 'question'):
        db.execute_sql("ALTER TABLE \"load\" ADD COLUMN %s TEXT NOT NULL DEFAULT ''" % column)


def down(migrator, db):
    for column in ('question', 'failure', 'read'):
        migrator.migrate(migrator.drop_column('load', column))
