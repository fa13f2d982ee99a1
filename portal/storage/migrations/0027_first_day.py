# From which day on somebody who is invited may begin.
from peewee import *


def up(migrator, db):
    migrator.migrate(migrator.add_column('user', 'starts_on', DateField(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column('user', 'starts_on'))
