from peewee import *


def up(migrator, db):
    migrator.migrate(migrator.add_column('login', 'browser', CharField(max_length=40, default='')))


def down(migrator, db):
    migrator.migrate(migrator.drop_column('login', 'browser'))
