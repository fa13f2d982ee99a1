from peewee import *
from portal.storage.tables.fields import UtcField

def up(migrator, db):
    class User(Model):
        class Meta:
            database = db
            table_name = 'user'

    class SecondFactor(Model):
        user = ForeignKeyField(User, primary_key=True, on_delete='CASCADE')
        sealed = BlobField()
        last_step = IntegerField()
        class Meta:
            database = db
            table_name = 'second_factor'

    class RecoveryCode(Model):
        id = AutoField()
        user = ForeignKeyField(User, on_delete='CASCADE')
        hash = BlobField()
        class Meta:
            database = db
            table_name = 'recovery_code'

    class LoginStep(Model):
        digest = BlobField(primary_key=True)
        user = ForeignKeyField(User, on_delete='CASCADE')
        made_at = UtcField(index=True)
        wrapped_x25519 = BlobField(null=True)
        mac = BlobField()
        class Meta:
            database = db
            table_name = 'login_step'

    class FactorRemoval(Model):
        user = ForeignKeyField(User, primary_key=True, on_delete='CASCADE')
        asked_at = UtcField()
        asked_by = ForeignKeyField(User, on_delete='RESTRICT')
        agreed_at = UtcField(null=True)
        agreed_by = ForeignKeyField(User, null=True, on_delete='RESTRICT')
        mac = BlobField()
        class Meta:
            database = db
            table_name = 'factor_removal'

    db.create_tables([SecondFactor, RecoveryCode, LoginStep, FactorRemoval])
    migrator.migrate(
        migrator.add_column('user', 'factor_at', UtcField(null=True)),
        migrator.add_column('device', 'factor_at', UtcField(null=True)),
        migrator.add_column('device', 'mac', BlobField(null=True)),
    )


def down(migrator, db):
    for table in ('factor_removal', 'login_step', 'recovery_code', 'second_factor'):
        db.execute_sql('DROP TABLE "%s"' % table)
    migrator.migrate(
        migrator.drop_column('user', 'factor_at'),
        migrator.drop_column('device', 'factor_at'),
        migrator.drop_column('device', 'mac'),
    )
