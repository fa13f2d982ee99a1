# Generated from a schema diff on 2026-11-26 21:52.
from peewee import *
from portal.storage.tables.fields import EnumField
from portal.storage.tables.fields import UtcField

def up(migrator, db):
    class Declaration(Model):
        class Meta:
            database = db
            table_name = 'declaration'

    class Signature(Model):
        class Meta:
            database = db
            table_name = 'signature'

    class Submission(Model):
        class Meta:
            database = db
            table_name = 'submission'

    class User(Model):
        egn_hash = BlobField(null=True)
        class Meta:
            database = db
            table_name = 'user'

    # Made before hashes were bound to their accounts: they fit nobody, and the audit knows of none.
    User.update(egn_hash=None).execute()

    class DeclarationPdf(Model):
        declaration = ForeignKeyField(Declaration, primary_key=True, on_delete='RESTRICT')
        content = BlobField()
        sha256 = CharField(max_length=64)
        made_at = UtcField()
        mac = BlobField()
        class Meta:
            database = db
            table_name = 'declaration_pdf'
    db.create_tables([DeclarationPdf])

    class EgnRequest(Model):
        user = ForeignKeyField(User, primary_key=True, on_delete='CASCADE')
        egn_hash = BlobField()
        asked_at = UtcField()
        tries = IntegerField(default=0)
        class Meta:
            database = db
            table_name = 'egn_request'
    db.create_tables([EgnRequest])

    class TrustMaterial(Model):
        sha256 = CharField(primary_key=True, max_length=64)
        kind = CharField(max_length=8)
        content = BlobField()
        class Meta:
            database = db
            table_name = 'trust_material'
    db.create_tables([TrustMaterial])

    class EvidenceMaterial(Model):
        signature = ForeignKeyField(Signature, on_delete='RESTRICT')
        material = ForeignKeyField(TrustMaterial, on_delete='RESTRICT')
        kind = CharField(max_length=8)
        class Meta:
            database = db
            table_name = 'evidence_material'
            primary_key = CompositeKey('signature', 'material', 'kind')
    db.create_tables([EvidenceMaterial])

    class PendingSignature(Model):
        submission = ForeignKeyField(Submission, on_delete='RESTRICT')
        declaration = ForeignKeyField(Declaration, on_delete='RESTRICT')
        signatory = ForeignKeyField(User, on_delete='RESTRICT')
        state = EnumField(default='waits')
        format = CharField(max_length=8)
        content = BlobField()
        verdict = TextField()
        received_at = UtcField()
        checked_at = UtcField()
        reason = CharField(max_length=40, default='')
        mac = BlobField()
        class Meta:
            database = db
            table_name = 'pending_signature'
            indexes = ((('submission', 'state'), False), (('state',), False))
    db.create_tables([PendingSignature])

    class SignatureEvidence(Model):
        signature = ForeignKeyField(Signature, primary_key=True, on_delete='RESTRICT')
        format = CharField(max_length=8)
        verdict = TextField()
        certificate = BlobField()
        egn_hash = BlobField()
        received_at = UtcField()
        validated_at = UtcField()
        mac = BlobField()
        class Meta:
            database = db
            table_name = 'signature_evidence'
    db.create_tables([SignatureEvidence])

    class SigningRequest(Model):
        digest = BlobField(primary_key=True)
        login = BlobField(index=True)
        declaration = ForeignKeyField(Declaration, on_delete='CASCADE')
        certificate = BlobField()
        attributes = BlobField()
        made_at = UtcField()
        used_at = UtcField(null=True)
        class Meta:
            database = db
            table_name = 'signing_request'
    db.create_tables([SigningRequest])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('signing_request'))
    migrator.migrate(migrator.drop_table('signature_evidence'))
    migrator.migrate(migrator.drop_table('pending_signature'))
    migrator.migrate(migrator.drop_table('evidence_material'))
    migrator.migrate(migrator.drop_table('trust_material'))
    migrator.migrate(migrator.drop_table('egn_request'))
    migrator.migrate(migrator.drop_table('declaration_pdf'))
