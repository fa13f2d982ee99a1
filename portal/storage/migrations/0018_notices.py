from peewee import *
from portal.storage.tables.fields import UtcField

TABLES = ('notice_round', 'notice_withdrawal', 'notice_reading', 'notice_recipient', 'notice_file', 'notice')

def up(migrator, db):
    class User(Model):
        class Meta:
            database = db
            table_name = 'user'

    class Institution(Model):
        code = CharField(max_length=7, primary_key=True)
        class Meta:
            database = db
            table_name = 'institution'

    class Notice(Model):
        id = AutoField()
        region = SmallIntegerField(null=True)
        office = CharField(max_length=80)
        number = CharField(max_length=40)
        dated_on = DateField()
        subject = CharField(max_length=200)
        text = TextField()
        deadline = DateField(null=True)
        addressed = CharField(max_length=200)
        published_at = UtcField()
        published_by = ForeignKeyField(User, on_delete='RESTRICT')
        replaces = ForeignKeyField('self', null=True, unique=True, on_delete='RESTRICT')
        class Meta:
            database = db
            table_name = 'notice'

    class NoticeFile(Model):
        id = AutoField()
        notice = ForeignKeyField(Notice, on_delete='RESTRICT')
        position = SmallIntegerField()
        name = CharField(max_length=120)
        size = IntegerField()
        sha256 = CharField(max_length=64)
        content = BlobField()
        class Meta:
            database = db
            table_name = 'notice_file'
            indexes = ((('notice', 'position'), True),)

    class NoticeRecipient(Model):
        notice = ForeignKeyField(Notice, on_delete='RESTRICT')
        institution = ForeignKeyField(Institution, on_delete='RESTRICT')
        class Meta:
            database = db
            table_name = 'notice_recipient'
            primary_key = CompositeKey('notice', 'institution')

    class NoticeReading(Model):
        notice = ForeignKeyField(Notice, on_delete='RESTRICT')
        user = ForeignKeyField(User, on_delete='RESTRICT')
        of_withdrawal = BooleanField(default=False)
        at = UtcField()
        class Meta:
            database = db
            table_name = 'notice_reading'
            primary_key = CompositeKey('notice', 'user', 'of_withdrawal')

    class NoticeWithdrawal(Model):
        notice = ForeignKeyField(Notice, primary_key=True, on_delete='RESTRICT')
        reason = CharField(max_length=500)
        at = UtcField()
        by = ForeignKeyField(User, on_delete='RESTRICT')
        class Meta:
            database = db
            table_name = 'notice_withdrawal'

    class NoticeRound(Model):
        id = AutoField()
        notice = ForeignKeyField(Notice, on_delete='RESTRICT')
        region = SmallIntegerField()
        number = SmallIntegerField()
        text = TextField()
        letters = IntegerField()
        at = UtcField()
        by = ForeignKeyField(User, on_delete='RESTRICT')
        class Meta:
            database = db
            table_name = 'notice_round'
            indexes = ((('notice', 'region', 'number'), True),)

    db.create_tables([Notice, NoticeFile, NoticeRecipient, NoticeReading, NoticeWithdrawal, NoticeRound])


def down(migrator, db):
    for table in TABLES:
        db.execute_sql('DROP TABLE "%s"' % table)
