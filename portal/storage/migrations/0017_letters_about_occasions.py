# Letters about occasions, and what the mail server said to each. What has its content still waits; what has none
# and was not sent was given up.
from peewee import *
from portal.storage.tables.fields import UtcField

PLAIN = {
    'state': CharField(max_length=24, default='waits'),
    'occasion': CharField(max_length=120, null=True),
    'facts': TextField(default=''),
    'subject': CharField(max_length=300, default=''),
    'body': TextField(default=''),
    'handing_at': UtcField(null=True),
    'verdict': CharField(max_length=24, null=True),
    'code': SmallIntegerField(null=True),
    'status': CharField(max_length=12, default=''),
    'reply': CharField(max_length=200, default=''),
    'replied_at': UtcField(null=True),
}
REFERENCES = {'campaign_id': ('INTEGER', 'campaign', 'id'), 'institution_id': ('VARCHAR(7)', 'institution', 'code')}


def up(migrator, db):
    migrator.migrate(*(migrator.add_column('outbox_message', name, field) for name, field in PLAIN.items()))
    for name, (kind, table, key) in REFERENCES.items():
        db.execute_sql(
            'ALTER TABLE "outbox_message" ADD COLUMN "%s" %s REFERENCES "%s" ("%s") ON DELETE CASCADE'
            % (name, kind, table, key)
        )
        db.execute_sql('CREATE INDEX "outboxmessage_%s" ON "outbox_message" ("%s")' % (name, name))
    db.execute_sql("UPDATE outbox_message SET state = 'sent' WHERE sent_at IS NOT NULL")
    db.execute_sql("UPDATE outbox_message SET state = 'given_up' WHERE sent_at IS NULL AND sealed IS NULL")
    db.execute_sql('DROP INDEX "outboxmessage_sent_at_not_before"')
    db.execute_sql('CREATE INDEX "outboxmessage_state_not_before" ON "outbox_message" ("state", "not_before")')
    db.execute_sql('CREATE UNIQUE INDEX "outboxmessage_occasion" ON "outbox_message" ("occasion")')
    for table in ('campaign', 'submission'):
        migrator.migrate(migrator.add_column(table, 'moves', IntegerField(default=0)))

    class Campaign(Model):
        class Meta:
            database = db
            table_name = 'campaign'

    class Announcement(Model):
        id = AutoField()
        occasion = CharField(max_length=24)
        campaign = ForeignKeyField(Campaign, on_delete='CASCADE')
        facts = TextField(default='')
        after = CharField(default='', max_length=7)
        made_at = UtcField()
        done_at = UtcField(null=True)
        class Meta:
            database = db
            table_name = 'announcement'

    class User(Model):
        class Meta:
            database = db
            table_name = 'user'

    class DeclinedLetter(Model):
        user = ForeignKeyField(User, on_delete='CASCADE')
        occasion = CharField(max_length=24)
        class Meta:
            database = db
            table_name = 'declined_letter'
            primary_key = CompositeKey('user', 'occasion')

    class ReminderRound(Model):
        campaign = ForeignKeyField(Campaign, on_delete='CASCADE')
        closes_on = DateField()
        days = SmallIntegerField()
        after = CharField(default='', max_length=7)
        done_at = UtcField(null=True)
        class Meta:
            database = db
            table_name = 'reminder_round'
            primary_key = CompositeKey('campaign', 'closes_on', 'days')

    db.create_tables([Announcement, DeclinedLetter, ReminderRound])


def down(migrator, db):
    for table in ('announcement', 'declined_letter', 'reminder_round'):
        db.execute_sql('DROP TABLE "%s"' % table)
    for table in ('campaign', 'submission'):
        migrator.migrate(migrator.drop_column(table, 'moves'))
    db.execute_sql('DROP INDEX "outboxmessage_state_not_before"')
    db.execute_sql('DROP INDEX "outboxmessage_occasion"')
    migrator.migrate(*(migrator.drop_column('outbox_message', name) for name in (*PLAIN, *REFERENCES)))
    db.execute_sql('CREATE INDEX "outboxmessage_sent_at_not_before" ON "outbox_message" ("sent_at", "not_before")')
