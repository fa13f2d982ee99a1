# How far the letters about a circular are put down, some at a time.
from peewee import *


def up(migrator, db):
    class NoticeRound(Model):
        class Meta:
            database = db
            table_name = 'notice_round'

    class RoundUnderWay(Model):
        round = ForeignKeyField(NoticeRound, primary_key=True, on_delete='CASCADE')
        after = CharField(max_length=7, default='')
        letters = IntegerField(default=0)
        class Meta:
            database = db
            table_name = 'round_under_way'

    db.create_tables([RoundUnderWay])


def down(migrator, db):
    db.execute_sql('DROP TABLE "round_under_way"')
