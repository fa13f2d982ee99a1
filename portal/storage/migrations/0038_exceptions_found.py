# Lists with an exception are few: they are found without reading every list of each month.
from peewee import *


def up(migrator, db):
    migrator.migrate(migrator.add_index('submission', ('reopened_until',), False))


def down(migrator, db):
    migrator.migrate(migrator.drop_index('submission', 'submission_reopened_until'))
