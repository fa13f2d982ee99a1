# What the final answer said of each record, when it was handed to АСП, and what institutions ask to have corrected.
from peewee import *
from portal.storage.tables.fields import FigureField, MonthField, UtcField


def up(migrator, db):
    is_sqlite = isinstance(db, SqliteDatabase)
    flag, no = ('INTEGER', '0') if is_sqlite else ('BOOLEAN', 'false')
    db.execute_sql('ALTER TABLE "campaign" ADD COLUMN sent_on DATE')
    db.execute_sql('ALTER TABLE "answer_file" ADD COLUMN is_correction %s NOT NULL DEFAULT %s' % (flag, no))

    class Campaign(Model):
        class Meta:
            database = db
            table_name = 'campaign'

    class Institution(Model):
        code = CharField(primary_key=True, max_length=7)
        class Meta:
            database = db
            table_name = 'institution'

    class Record(Model):
        class Meta:
            database = db
            table_name = 'record'

    class User(Model):
        class Meta:
            database = db
            table_name = 'user'

    class AnsweredRecord(Model):
        record = ForeignKeyField(Record, primary_key=True, on_delete='CASCADE')
        campaign = ForeignKeyField(Campaign, on_delete='RESTRICT')
        institution = ForeignKeyField(Institution, on_delete='RESTRICT')
        decision = SmallIntegerField()
        corrected = FigureField(null=True)
        class Meta:
            database = db
            table_name = 'answered_record'

    class CorrectionRequest(Model):
        campaign = ForeignKeyField(Campaign, on_delete='RESTRICT')
        institution = ForeignKeyField(Institution, on_delete='RESTRICT')
        record = ForeignKeyField(Record, on_delete='CASCADE')
        reason = CharField(max_length=24)
        note = TextField(default='')
        document = CharField(max_length=60)
        asked_by = ForeignKeyField(User, on_delete='RESTRICT')
        asked_at = UtcField()
        supported = BooleanField(null=True)
        support_note = CharField(max_length=500, default='')
        supported_by = ForeignKeyField(User, null=True, on_delete='RESTRICT')
        supported_at = UtcField(null=True)
        granted = BooleanField(null=True)
        answer_note = CharField(max_length=500, default='')
        answered_by = ForeignKeyField(User, null=True, on_delete='RESTRICT')
        answered_at = UtcField(null=True)
        class Meta:
            database = db
            table_name = 'correction_request'
            indexes = ((('campaign', 'institution'), False),)

    db.create_tables([AnsweredRecord, CorrectionRequest])
    db.execute_sql(
        "INSERT INTO answered_record (record_id, campaign_id, institution_id, decision, corrected) "
        "SELECT record.id, record.campaign_id, record.institution_id, "
        "CASE WHEN submission.lock = 'signed' THEN record.decision ELSE 0 END, "
        "CASE WHEN submission.lock = 'signed' THEN record.corrected END "
        "FROM record JOIN campaign ON campaign.id = record.campaign_id "
        "LEFT JOIN submission ON submission.id = record.submission_id WHERE campaign.answered_at IS NOT NULL"
    )
    if not is_sqlite:  # a note may name a child: PostgreSQL keeps no samples of it (0011)
        db.execute_sql('ALTER TABLE "correction_request" ALTER COLUMN "note" SET STATISTICS 0')


def down(migrator, db):
    for table in ('correction_request', 'answered_record'):
        db.execute_sql('DROP TABLE "%s"' % table)
    migrator.migrate(migrator.drop_column('answer_file', 'is_correction'), migrator.drop_column('campaign', 'sent_on'))
