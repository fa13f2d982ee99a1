from peewee import *
from portal.storage.tables.fields import UtcField

def up(migrator, db):
    class User(Model):
        class Meta:
            database = db
            table_name = 'user'

    class AccessNews(Model):
        id = AutoField()
        user = ForeignKeyField(User, on_delete='CASCADE')
        kind = CharField(max_length=24)
        thing = CharField(default='', max_length=40)
        at = UtcField(index=True)
        class Meta:
            database = db
            table_name = 'access_news'

    class WrongGuesses(Model):
        day = DateField()
        who = IntegerField()
        guess = CharField(max_length=24)
        count = IntegerField()
        class Meta:
            database = db
            table_name = 'wrong_guesses'
            primary_key = CompositeKey('day', 'who', 'guess')

    db.create_tables([AccessNews, WrongGuesses])


def down(migrator, db):
    for table in ('access_news', 'wrong_guesses'):
        db.execute_sql('DROP TABLE "%s"' % table)
