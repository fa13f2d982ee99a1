# The school's own figures of absences beside АСП's, and of which file of its diary they are.
from peewee import *
from portal.storage.tables.fields import FigureField, UtcField


def up(migrator, db):
    class Submission(Model):
        class Meta:
            database = db
            table_name = 'submission'

    class Record(Model):
        class Meta:
            database = db
            table_name = 'record'

    class User(Model):
        class Meta:
            database = db
            table_name = 'user'

    class Diary(Model):
        submission = ForeignKeyField(Submission, primary_key=True, on_delete='RESTRICT')
        version = IntegerField(default=1)
        sha256 = CharField(max_length=64)
        at = UtcField()
        by = ForeignKeyField(User, on_delete='RESTRICT')
        class Meta:
            database = db
            table_name = 'diary'

    class DiaryFigure(Model):
        submission = ForeignKeyField(Submission, on_delete='RESTRICT', index=False)
        record = ForeignKeyField(Record, on_delete='RESTRICT')
        unexcused = FigureField(null=True)
        class Meta:
            database = db
            table_name = 'diary_figure'
            primary_key = CompositeKey('submission', 'record')

    db.create_tables([Diary, DiaryFigure])
    if not isinstance(db, SqliteDatabase):  # a figure is a child's: PostgreSQL keeps no samples of it (0011)
        db.execute_sql('ALTER TABLE "diary_figure" ALTER COLUMN "unexcused" SET STATISTICS 0')


def down(migrator, db):
    for table in ('diary_figure', 'diary'):
        db.execute_sql('DROP TABLE "%s"' % table)
