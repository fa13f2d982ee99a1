# Letters are asked for by address and by institution of a month; a country has half a million in a year.


def up(migrator, db):
    db.execute_sql('CREATE INDEX "outboxmessage_recipient" ON "outbox_message" ("recipient")')
    db.execute_sql('DROP INDEX "outboxmessage_campaign_id"')
    db.execute_sql(
        'CREATE INDEX "outboxmessage_campaign_id_institution_id" ON "outbox_message" ("campaign_id", "institution_id")'
    )


def down(migrator, db):
    for name in ('recipient', 'campaign_id_institution_id'):
        db.execute_sql('DROP INDEX "outboxmessage_%s"' % name)
    db.execute_sql('CREATE INDEX "outboxmessage_campaign_id" ON "outbox_message" ("campaign_id")')
