from peewee import *
from portal.storage.tables.fields import UtcField

def up(migrator, db):
    class User(Model):
        class Meta:
            database = db
            table_name = 'user'

    class Passkey(Model):
        id = AutoField()
        user = ForeignKeyField(User, on_delete='CASCADE')
        credential_id = BlobField(unique=True)
        public_key = BlobField()
        sign_count = BigIntegerField()
        name = CharField(max_length=60)
        made_at = UtcField()
        used_at = UtcField(null=True)
        mac = BlobField()
        class Meta:
            database = db
            table_name = 'passkey'

    class PasskeyChallenge(Model):
        holder = BlobField(primary_key=True)
        user = ForeignKeyField(User, on_delete='CASCADE')
        nonce = BlobField()
        made_at = UtcField(index=True)
        class Meta:
            database = db
            table_name = 'passkey_challenge'

    db.create_tables([Passkey, PasskeyChallenge])


def down(migrator, db):
    for table in ('passkey_challenge', 'passkey'):
        db.execute_sql('DROP TABLE "%s"' % table)
