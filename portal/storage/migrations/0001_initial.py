# Generated from a schema diff on 2026-11-24 02:20.
from peewee import *
from portal.storage.tables.fields import CodeField
from portal.storage.tables.fields import EnumField
from portal.storage.tables.fields import FigureField
from portal.storage.tables.fields import MonthField
from portal.storage.tables.fields import UtcField

def up(migrator, db):
    class Campaign(Model):
        month = MonthField(unique=True)
        opens_on = DateField(null=True)
        closes_on = DateField(null=True)
        suspended_at = UtcField(null=True)
        suspended_reason = CharField(max_length=500, default='')
        answered_at = UtcField(null=True)
        made_at = UtcField()
        class Meta:
            database = db
            table_name = 'campaign'
    db.create_tables([Campaign])

    class Institution(Model):
        code = CharField(primary_key=True, max_length=7)
        name = CharField(max_length=200)
        folded = CharField(max_length=400)
        type = EnumField()
        region = SmallIntegerField(index=True)
        region_name = CharField(max_length=60)
        municipality = CharField(max_length=60, default='')
        email = CharField(max_length=254, default='')
        phone = CharField(max_length=40, default='')
        class Meta:
            database = db
            table_name = 'institution'
    db.create_tables([Institution])

    class User(Model):
        email = CharField(unique=True, max_length=254)
        name = CharField(max_length=120)
        role = EnumField()
        institution = ForeignKeyField(Institution, null=True, on_delete='RESTRICT')
        region = SmallIntegerField(null=True)
        invited_at = UtcField()
        activated_at = UtcField(null=True)
        disabled_at = UtcField(null=True)
        salt = BlobField(null=True)
        kdf_memory = IntegerField(null=True)
        kdf_iterations = IntegerField(null=True)
        kdf_lanes = IntegerField(null=True)
        login_tag = BlobField(null=True)
        egn_hash = BlobField(null=True)
        class Meta:
            database = db
            table_name = 'user'
    db.create_tables([User])

    class AnswerFile(Model):
        campaign = ForeignKeyField(Campaign, on_delete='RESTRICT')
        final = BooleanField()
        sha256 = CharField(max_length=64)
        at = UtcField()
        by = ForeignKeyField(User, null=True, on_delete='RESTRICT')
        class Meta:
            database = db
            table_name = 'answer_file'
    db.create_tables([AnswerFile])

    class AuditEntry(Model):
        chain = CharField(max_length=8)
        sequence = IntegerField()
        at = UtcField()
        who = IntegerField()
        what = CharField(max_length=40)
        object = CharField(max_length=80)
        content = CharField(max_length=64, default='')
        previous = CharField(max_length=64)
        digest = CharField(max_length=64)
        class Meta:
            database = db
            table_name = 'audit_entry'
            indexes = ((('chain', 'sequence'), True), (('object',), False))
    db.create_tables([AuditEntry])

    class BandTerm(Model):
        school_year = SmallIntegerField()
        band = EnumField()
        first = DateField()
        last = DateField()
        class Meta:
            database = db
            table_name = 'band_term'
            indexes = ((('school_year', 'band'), True),)
    db.create_tables([BandTerm])

    class BandVacation(Model):
        school_year = SmallIntegerField(index=True)
        band = EnumField()
        first = DateField()
        last = DateField()
        name = CharField(max_length=200)
        class Meta:
            database = db
            table_name = 'band_vacation'
    db.create_tables([BandVacation])

    class Closure(Model):
        institution = ForeignKeyField(Institution, on_delete='CASCADE')
        first = DateField()
        last = DateField()
        order_number = CharField(max_length=60)
        class Meta:
            database = db
            table_name = 'closure'
    db.create_tables([Closure])

    class Submission(Model):
        campaign = ForeignKeyField(Campaign, on_delete='RESTRICT')
        institution = ForeignKeyField(Institution, on_delete='RESTRICT')
        lock = EnumField(default='open')
        version = IntegerField(default=1)
        total = IntegerField(default=0)
        pending = IntegerField(default=0)
        confirmed = IntegerField(default=0)
        refused = IntegerField(default=0)
        first_opened_at = UtcField(null=True)
        checked_at = UtcField(null=True)
        checked_by = ForeignKeyField(User, null=True, on_delete='RESTRICT')
        signed_at = UtcField(null=True)
        reopened_until = UtcField(null=True)
        reopened_reason = CharField(max_length=500, default='')
        reopened_by = ForeignKeyField(User, null=True, on_delete='RESTRICT')
        told_at = UtcField(null=True)
        class Meta:
            database = db
            table_name = 'submission'
            indexes = ((('campaign', 'institution'), True),)
    db.create_tables([Submission])

    class Declaration(Model):
        submission = ForeignKeyField(Submission, on_delete='RESTRICT')
        signatory = ForeignKeyField(User, on_delete='RESTRICT')
        list_version = IntegerField()
        institution_name = CharField(max_length=200)
        signatory_name = CharField(max_length=120)
        authority = CharField(max_length=160)
        issued_at = UtcField()
        audit_head = CharField(max_length=64)
        previous = CharField(max_length=64)
        content = BlobField()
        sha256 = CharField(max_length=64)
        class Meta:
            database = db
            table_name = 'declaration'
            indexes = ((('submission', 'signatory', 'list_version'), False),)
    db.create_tables([Declaration])

    class Delegation(Model):
        institution = ForeignKeyField(Institution, on_delete='RESTRICT')
        user = ForeignKeyField(User, on_delete='RESTRICT')
        scopes = CharField(max_length=40)
        order_number = CharField(max_length=60)
        until = DateField()
        made_at = UtcField()
        made_by = ForeignKeyField(User, on_delete='RESTRICT')
        revoked_at = UtcField(null=True)
        revoked_by = ForeignKeyField(User, null=True, on_delete='RESTRICT')
        class Meta:
            database = db
            table_name = 'delegation'
    db.create_tables([Delegation])

    class Device(Model):
        digest = BlobField(index=True)
        user = ForeignKeyField(User, on_delete='CASCADE')
        made_at = UtcField()
        seen_at = UtcField()
        class Meta:
            database = db
            table_name = 'device'
    db.create_tables([Device])

    class Enrolment(Model):
        month = MonthField()
        position = IntegerField()
        institution = CharField(max_length=7)
        id_type = CodeField()
        id_number = CharField(max_length=10)
        given = CharField(max_length=60)
        middle = CharField(max_length=60)
        family = CharField(max_length=60)
        edu_form = CharField(max_length=4)
        class_code = SmallIntegerField()
        status = SmallIntegerField()
        class Meta:
            database = db
            table_name = 'enrolment'
            indexes = ((('month', 'id_type', 'id_number', 'institution'), True), (('month', 'institution'), False))
    db.create_tables([Enrolment])

    class Failures(Model):
        subject = BlobField(primary_key=True)
        count = IntegerField()
        last_at = UtcField()
        class Meta:
            database = db
            table_name = 'failures'
    db.create_tables([Failures])

    class HolidayOverride(Model):
        day = DateField(primary_key=True)
        kind = EnumField()
        name = CharField(max_length=200)
        class Meta:
            database = db
            table_name = 'holiday_override'
    db.create_tables([HolidayOverride])

    class Load(Model):
        kind = CharField(max_length=16)
        campaign = ForeignKeyField(Campaign, null=True, on_delete='RESTRICT')
        month = MonthField(null=True)
        file_name = CharField(max_length=120)
        sha256 = CharField(max_length=64)
        encoding = CharField(max_length=24)
        received = IntegerField(default=0)
        distributed = IntegerField(default=0)
        rejected = IntegerField(default=0)
        added = IntegerField(default=0)
        updated = IntegerField(default=0)
        unchanged = IntegerField(default=0)
        reset = IntegerField(default=0)
        moved = IntegerField(default=0)
        missing = IntegerField(default=0)
        at = UtcField()
        by = ForeignKeyField(User, null=True, on_delete='RESTRICT')
        class Meta:
            database = db
            table_name = 'load'
    db.create_tables([Load])

    class Login(Model):
        digest = BlobField(primary_key=True)
        user = ForeignKeyField(User, on_delete='CASCADE')
        made_at = UtcField()
        seen_at = UtcField()
        wrapped_x25519 = BlobField(null=True)
        unlocked_at = UtcField(null=True)
        class Meta:
            database = db
            table_name = 'login'
    db.create_tables([Login])

    class OneTimeLink(Model):
        digest = BlobField(primary_key=True)
        user = ForeignKeyField(User, on_delete='CASCADE')
        purpose = CharField(max_length=12)
        made_at = UtcField()
        expires_at = UtcField()
        used_at = UtcField(null=True)
        class Meta:
            database = db
            table_name = 'one_time_link'
    db.create_tables([OneTimeLink])

    class OutboxMessage(Model):
        recipient = CharField(max_length=254)
        user = ForeignKeyField(User, null=True, on_delete='CASCADE')
        kind = CharField(max_length=24)
        sealed = BlobField(null=True)
        made_at = UtcField()
        not_before = UtcField()
        sent_at = UtcField(null=True)
        attempts = IntegerField(default=0)
        error = CharField(max_length=200, default='')
        class Meta:
            database = db
            table_name = 'outbox_message'
            indexes = ((('sent_at', 'not_before'), False),)
    db.create_tables([OutboxMessage])

    class Record(Model):
        campaign = ForeignKeyField(Campaign, on_delete='RESTRICT')
        submission = ForeignKeyField(Submission, null=True, on_delete='RESTRICT')
        institution = ForeignKeyField(Institution, on_delete='RESTRICT')
        asp_institution = CharField(max_length=7)
        id_type = CodeField()
        id_number = CharField(max_length=10)
        given = CharField(max_length=25)
        middle = CharField(max_length=25)
        family = CharField(max_length=25)
        folded = CharField(max_length=80)
        reason = CodeField()
        absences = CharField(max_length=6)
        days = CharField(max_length=2)
        class_code = SmallIntegerField(null=True)
        band = EnumField()
        decision = CodeField(default=0)
        corrected = FigureField(null=True)
        refusal_reason = EnumField(null=True)
        note = TextField(default='')
        certificate = BooleanField(default=False)
        placed = BooleanField(default=False)
        decided_by = ForeignKeyField(User, null=True, on_delete='RESTRICT')
        decided_at = UtcField(null=True)
        version = IntegerField(default=1)
        figure_before = FigureField(null=True)
        figure_changed_at = UtcField(null=True)
        returned_by = ForeignKeyField(User, null=True, on_delete='RESTRICT')
        returned_at = UtcField(null=True)
        returned_note = TextField(default='')
        routed_at = UtcField(null=True)
        class Meta:
            database = db
            table_name = 'record'
            indexes = ((('campaign', 'id_type', 'id_number', 'reason'), True), (('submission', 'decision'), False), (('campaign', 'institution'), False))
    db.create_tables([Record])

    class RejectedLine(Model):
        load = ForeignKeyField(Load, on_delete='CASCADE')
        number = IntegerField()
        line = BlobField()
        faults = TextField()
        class Meta:
            database = db
            table_name = 'rejected_line'
    db.create_tables([RejectedLine])

    class UserKey(Model):
        user = ForeignKeyField(User, on_delete='RESTRICT')
        x25519_public = BlobField()
        ed25519_public = BlobField()
        wrapped_x25519 = BlobField(null=True)
        wrapped_ed25519 = BlobField(null=True)
        mac = BlobField()
        made_at = UtcField()
        retired_at = UtcField(null=True)
        class Meta:
            database = db
            table_name = 'user_key'
    db.create_tables([UserKey])

    class Signature(Model):
        number = CharField(unique=True, max_length=32)
        submission = ForeignKeyField(Submission, on_delete='RESTRICT')
        declaration = ForeignKeyField(Declaration, on_delete='RESTRICT')
        kind = CharField(max_length=12)
        signatory = ForeignKeyField(User, on_delete='RESTRICT')
        key = ForeignKeyField(UserKey, null=True, on_delete='RESTRICT')
        value = BlobField()
        signed_at = UtcField()
        class Meta:
            database = db
            table_name = 'signature'
    db.create_tables([Signature])

    class SignatureRemoval(Model):
        signature = ForeignKeyField(Signature, primary_key=True, on_delete='RESTRICT')
        reason = TextField()
        by = ForeignKeyField(User, on_delete='RESTRICT')
        at = UtcField()
        class Meta:
            database = db
            table_name = 'signature_removal'
    db.create_tables([SignatureRemoval])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('signature_removal'))
    migrator.migrate(migrator.drop_table('signature'))
    migrator.migrate(migrator.drop_table('user_key'))
    migrator.migrate(migrator.drop_table('rejected_line'))
    migrator.migrate(migrator.drop_table('record'))
    migrator.migrate(migrator.drop_table('outbox_message'))
    migrator.migrate(migrator.drop_table('one_time_link'))
    migrator.migrate(migrator.drop_table('login'))
    migrator.migrate(migrator.drop_table('load'))
    migrator.migrate(migrator.drop_table('holiday_override'))
    migrator.migrate(migrator.drop_table('failures'))
    migrator.migrate(migrator.drop_table('enrolment'))
    migrator.migrate(migrator.drop_table('device'))
    migrator.migrate(migrator.drop_table('delegation'))
    migrator.migrate(migrator.drop_table('declaration'))
    migrator.migrate(migrator.drop_table('submission'))
    migrator.migrate(migrator.drop_table('closure'))
    migrator.migrate(migrator.drop_table('band_vacation'))
    migrator.migrate(migrator.drop_table('band_term'))
    migrator.migrate(migrator.drop_table('audit_entry'))
    migrator.migrate(migrator.drop_table('answer_file'))
    migrator.migrate(migrator.drop_table('user'))
    migrator.migrate(migrator.drop_table('institution'))
    migrator.migrate(migrator.drop_table('campaign'))
