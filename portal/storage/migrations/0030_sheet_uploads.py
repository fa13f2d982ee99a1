# What was read of a filled-in sheet, until it is stored.
from peewee import *
from portal.storage.tables.fields import UtcField


def up(migrator, db):
    class Submission(Model):
        class Meta:
            database = db
            table_name = 'submission'

    class User(Model):
        class Meta:
            database = db
            table_name = 'user'

    class SheetUpload(Model):
        token = CharField(primary_key=True, max_length=43)
        submission = ForeignKeyField(Submission, on_delete='RESTRICT', index=False)
        user = ForeignKeyField(User, on_delete='RESTRICT')
        content = BlobField()
        made_at = UtcField()
        class Meta:
            database = db
            table_name = 'sheet_upload'
            indexes = ((('submission', 'user'), True), (('made_at',), False))

    db.create_tables([SheetUpload])


def down(migrator, db):
    db.execute_sql('DROP TABLE "sheet_upload"')
