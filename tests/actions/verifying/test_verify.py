"""portal verify: whoever changes what was signed, past the portal and by whatever way, is noticed."""

import json
import unicodedata
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from peewee import IntegrityError

from portal.actions.campaigns.window import Days, set_window
from portal.actions.people.delegations import Appointment, change, name_delegate, revoke
from portal.actions.people.egn import set_at_activation
from portal.actions.people.egn_changes import ask_for_change, confirm_change
from portal.actions.retention.purging import PURGED, purge_mark
from portal.actions.signing.declarations import declaration_of
from portal.actions.signing.receipts import receipt_of
from portal.actions.signing.signing import sign, unsign
from portal.actions.verifying import Verified, steps_of, verify
from portal.actions.verifying.chains import Head
from portal.crypto.keys import make_person_keys
from portal.crypto.passwords import MINIMUM, derive_root, unlock_key
from portal.crypto.pepper import egn_hash
from portal.crypto.signatures import sign as make_signature
from portal.domain.decisions import Decision
from portal.domain.delegations import Terms
from portal.domain.errors import NotFound
from portal.domain.month import Month
from portal.domain.people import Scope
from portal.domain.signing.declaration import ENROLLED, canonical, digest
from portal.domain.signing.declared import read
from portal.domain.submissions import Lock
from portal.storage.lists.current import list_of
from portal.storage.people.persons import person_of
from portal.storage.schema.triggers import install_triggers
from portal.storage.signing.standing import standing_of
from portal.storage.tables import audit
from portal.storage.tables.audit import START, AuditEntry
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.db import db, is_sqlite, writing
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import Delegation, User, UserKey
from portal.storage.tables.qualified import EgnRequest
from portal.storage.tables.signatures import Declaration, Signature, SignatureRemoval
from tests.cast import (
    EGNS,
    MONTH,
    NOW,
    ORIGIN,
    OTHER_SCHOOL,
    PASSWORD,
    PEPPER,
    SALT,
    SCHOOL,
    SITE,
    add_record,
)

REASON = "Сбъркан е броят на едно дете."


@pytest.fixture
def world(world):
    """Without the delegate of the cast, whom no director has named."""
    Delegation.delete().execute()
    return world


@pytest.fixture
def signed(world):
    record = add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)
    add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)
    with writing():
        audit.add(world.ana, "confirmed", f"record:{record.id}", now=NOW, chain=SCHOOL)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
    return record


@pytest.fixture
def signed_twice(world, signed):
    unsign(world.ana, MONTH, REASON, now=NOW)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
    return signed


def findings(month=None, *, checkpoint=None):
    return list(verify(month, verified=Verified(), checkpoint=checkpoint, site=SITE))


def codes(**kwargs) -> set[str]:
    return {finding.code for finding in findings(**kwargs)}


def heads():
    verified = Verified()
    assert list(verify(None, verified=verified, site=SITE)) == []
    return verified.heads


@contextmanager
def past_the_triggers(*names: str):
    """As somebody would who has the database in their hands, and who tidies up afterwards."""
    for name in names:
        table = name.removesuffix("_no_update").removesuffix("_no_delete")
        table = "record" if table.startswith("record_signed") else table
        db.execute_sql(f"DROP TRIGGER {name}" + ("" if is_sqlite() else f" ON {table}"))
    yield
    with writing():
        install_triggers()


def without_foreign_keys(statement: str) -> None:
    if is_sqlite():
        db.execute_sql("PRAGMA foreign_keys = 0")
        db.execute_sql(statement)
        db.execute_sql("PRAGMA foreign_keys = 1")
        return
    with db.atomic():
        db.execute_sql("SET LOCAL session_replication_role = replica")
        db.execute_sql(statement)


def standing() -> Signature:
    return standing_of(list_of(SCHOOL, MONTH))


def test_finds_nothing_where_nothing_was_touched(world, signed_twice):
    verified = Verified()
    steps = []

    assert list(verify(None, verified=verified, step=lambda: steps.append(1), site=SITE)) == []

    assert (verified.lists, verified.signed, verified.entries) == (4, 1, 4)
    assert verified.heads == {SCHOOL: Head(4, audit.head(SCHOOL))}
    assert len(steps) == steps_of(None) == 5


def test_finds_nothing_after_a_removal_and_a_change(world, signed):
    unsign(world.ana, MONTH, REASON, now=NOW)
    Record.update(note="друго").where(Record.id == signed.id).execute()

    assert findings() == []


def test_a_name_is_the_same_however_its_letters_are_written(world):
    Institution.update(name=unicodedata.normalize("NFD", "ДГ „Йордан“")).execute()
    add_record(decision=Decision.CONFIRMED, note=unicodedata.normalize("NFD", "й"))
    director = person_of(User.get_by_id(world.ana.user_id), NOW.date())
    sign(director, MONTH, PASSWORD, site=SITE, now=NOW)

    assert findings() == []


@pytest.fixture
def issued_before(world):
    return issued_as("1", world, without=("counted_in", *ENROLLED))


def issued_as(version: str, world, *, without) -> Declaration:
    """A declaration as the portal issued it in that version of the schema, not signed yet."""
    add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)
    issued = declaration_of(world.ana, MONTH, now=NOW)
    facts = json.loads(bytes(issued.content)) | {"schema_version": version}
    for line in facts["records"]:
        for name in without:
            del line[name]
    content = canonical(facts)
    with past_the_triggers("declaration_no_update"):
        Declaration.update(content=content, sha256=digest(content)).execute()
    return issued


def test_what_was_declared_in_the_first_version_is_signed_read_and_verified(world, issued_before):
    signature = sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)

    assert signature.declaration_id == issued_before.id
    [child] = receipt_of(world.ana, MONTH).children
    assert (child.case.unit, child.decision) == ("уч. часа", Decision.CONFIRMED)
    assert findings() == []
    with past_the_triggers("record_signed_update"):
        Record.update(in_kindergarten=True).execute()
    assert codes() == {"records_changed"}


def test_the_first_version_cannot_say_that_a_kindergarten_counted(world, issued_before):
    Record.update(in_kindergarten=True).execute()
    signature = sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)

    assert signature.declaration_id != issued_before.id
    assert read(bytes(signature.declaration.content)).header.schema_version == "3"
    assert findings() == []


def test_what_was_declared_in_the_second_version_is_signed_and_verified(world):
    issued = issued_as("2", world, without=ENROLLED)
    signature = sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)

    assert signature.declaration_id == issued.id
    assert findings() == []
    with past_the_triggers("record_signed_update"):
        Record.update(enrolled_class="VII а").execute()
    assert codes() == {"records_changed"}


def test_the_second_version_cannot_say_which_certificate(world):
    issued = issued_as("2", world, without=ENROLLED)
    Record.update(certificate_number="15").execute()
    signature = sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)

    assert signature.declaration_id != issued.id
    assert read(bytes(signature.declaration.content)).header.schema_version == "3"
    assert findings() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("decision", 2),
        ("corrected", Decimal(1)),
        ("note", "друго"),
        ("family", "Друга"),
        ("absences", "009.00"),
        ("days", "01"),
        ("class_code", 3),
        ("band", "preschool"),
        ("in_kindergarten", True),
        ("certificate", True),
        ("certificate_number", "15"),
        ("certificate_date", date(2021, 1, 5)),
        ("enrolled_class", "III а"),
        ("enrolled_since", date(2021, 1, 6)),
        ("decided_by", None),
        ("refusal_reason", "other"),
        ("asp_institution", "2200004"),
    ],
)
def test_finds_a_changed_row_of_a_signed_list(world, signed, column, value):
    with past_the_triggers("record_signed_update"):
        Record.update({column: value}).where(Record.id == signed.id).execute()

    changed = [finding for finding in findings(MONTH) if finding.code == "records_changed"]

    assert len(changed) == 1
    fields = {"band": "band, counted_in", "in_kindergarten": "counted_in"}.get(column, column)
    assert f"запис {signed.id} ({fields})" in changed[0].sentence
    assert "Друга" not in changed[0].sentence


@pytest.mark.parametrize(
    ("column", "value"), [("band", "V"), ("corrected", "много"), ("refusal_reason", "x")]
)
def test_says_so_where_a_value_cannot_be_read(world, signed, column, value):
    with past_the_triggers("record_signed_update"):
        db.execute_sql(f"UPDATE record SET {column} = '{value}' WHERE id = {signed.id}")

    assert codes() == {"unreadable"}


def test_an_impossible_decision_does_not_end_the_check(world, signed):
    with past_the_triggers("record_signed_update"):
        db.execute_sql(f"UPDATE record SET decision = 9 WHERE id = {signed.id}")
    Submission.update(total=99).where(Submission.institution == "2200004").execute()

    assert [finding.code for finding in findings()] == ["counts", "counts", "unreadable"]


def test_says_so_where_a_list_cannot_be_read(world, signed):
    db.execute_sql("UPDATE submission SET lock = 'ajar'")

    assert codes() == {"unreadable"}


def test_finds_a_row_that_is_gone(world, signed):
    with past_the_triggers("record_signed_delete"):
        Record.delete().where(Record.id == signed.id).execute()

    assert codes() == {"records_changed", "counts"}


def test_finds_a_row_that_was_added(world, signed):
    with past_the_triggers("record_signed_insert"):
        added = add_record(decision=Decision.CONFIRMED)

    [finding] = findings()
    assert finding.code == "records_changed"
    assert f"запис {added.id} не е деклариран" in finding.sentence


def test_finds_a_row_of_a_child_that_was_exchanged(world, signed):
    other = next(egn for egn in EGNS if not Record.select().where(Record.id_number == egn).exists())
    with past_the_triggers("record_signed_update"):
        Record.update(id_number=other).where(Record.id == signed.id).execute()

    assert codes() == {"records_changed"}


@pytest.mark.parametrize("column", ["total", "pending", "confirmed", "refused"])
def test_finds_changed_counters(world, signed, column):
    field = getattr(Submission, column)
    Submission.update({field: field + 1}).where(Submission.institution == SCHOOL).execute()

    assert codes() == {"counts"}


def test_finds_a_list_that_was_unlocked_by_hand(world, signed):
    Submission.update(lock=Lock.OPEN, signed_at=None).where(Submission.institution == SCHOOL).execute()

    assert codes() == {"signature_on_open_list", "figures_differ"}


def test_finds_a_list_that_was_locked_by_hand(world):
    record = add_record(decision=Decision.CONFIRMED)
    Submission.update(lock=Lock.SIGNED).where(Submission.id == record.submission_id).execute()

    assert codes() == {"signature_missing", "figures_differ"}


def test_finds_a_changed_time_of_signing(world, signed):
    later = NOW.replace(hour=9)
    Submission.update(signed_at=later).where(Submission.institution == SCHOOL).execute()
    assert codes() == {"signed_at"}

    with past_the_triggers("signature_no_update"):
        Signature.update(signed_at=later).execute()
    assert codes() == {"audit_misses_signature", "signature_deleted"}


def test_finds_a_signature_that_is_gone(world, signed):
    with past_the_triggers("signature_no_delete"):
        Signature.delete().execute()

    assert codes() == {"signature_missing", "signature_deleted", "figures_differ"}


def test_finds_a_removed_signature_that_is_gone_from_the_history(world, signed_twice):
    old = Signature.select().order_by(Signature.id).first()
    with past_the_triggers("signature_no_delete", "signature_removal_no_delete"):
        SignatureRemoval.delete().execute()
        Signature.delete().where(Signature.id == old.id).execute()

    assert codes() == {"signature_number", "signature_deleted"}


def test_finds_a_removal_that_was_taken_back(world, signed_twice):
    with past_the_triggers("signature_removal_no_delete"):
        SignatureRemoval.delete().execute()

    assert codes() == {"signature_twice", "signature_deleted"}


def test_finds_a_changed_reason_of_a_removal(world, signed_twice):
    with past_the_triggers("signature_removal_no_update"):
        SignatureRemoval.update(reason="друга причина").execute()

    assert codes() == {"audit_misses_signature", "signature_deleted"}


def test_finds_another_value_in_place_of_the_signature(world, signed):
    with past_the_triggers("signature_no_update"):
        Signature.update(value=b"\0" * 64).execute()

    assert codes() == {"signature_invalid"}


def test_finds_another_persons_key_behind_the_signature(world, signed):
    boris = UserKey.get(UserKey.user == world.boris.user_id)
    with past_the_triggers("signature_no_update"):
        Signature.update(key=boris).execute()

    assert codes() == {"key_of_other"}


def forged_key(world) -> tuple[UserKey, bytes]:
    """A key pair of somebody who can write to the database and has no pepper."""
    private = Ed25519PrivateKey.generate()
    keys = make_person_keys(unlock_key(PEPPER, derive_root(PASSWORD, SALT, MINIMUM)), b"q" * 32, "1")
    row = UserKey.get(UserKey.user == world.ana.user_id)
    row.ed25519_public = private.public_key().public_bytes_raw()
    row.mac = keys.mac
    row.save()
    return row, private.private_bytes_raw()


def test_finds_a_public_key_that_was_swapped(world, signed):
    forged_key(world)

    assert codes() == {"key_changed", "signature_invalid"}


def test_finds_a_swapped_key_with_a_new_signature_under_it(world, signed):
    row, private = forged_key(world)
    content = bytes(standing().declaration.content)
    with past_the_triggers("signature_no_update"):
        Signature.update(value=make_signature(private, content), key=row).execute()

    assert codes() == {"key_changed"}


def test_finds_a_swapped_key_that_has_signed_nothing_yet(world):
    forged_key(world)

    assert codes() == {"key_changed"}


def test_finds_changed_bytes_of_a_declaration(world, signed):
    content = bytes(standing().declaration.content).replace("потвърждавам".encode(), b"")
    value = json.loads(content)
    value["records"][0]["decision"] = "refused"
    with past_the_triggers("declaration_no_update"):
        Declaration.update(content=canonical(value)).execute()

    assert codes() == {"declaration_changed", "signature_invalid", "records_changed"}


def test_finds_a_declaration_changed_together_with_its_rows(world, signed):
    declaration = standing().declaration
    value = json.loads(bytes(declaration.content))
    for line in value["records"]:
        if line["id_number"] == signed.id_number:
            line["note"] = "друго"
    content = canonical(value)
    with past_the_triggers("declaration_no_update", "record_signed_update"):
        Record.update(note="друго").where(Record.id == signed.id).execute()
        Declaration.update(content=content, sha256=digest(content)).execute()

    assert codes() == {"signature_invalid", "audit_misses_signature", "signature_deleted"}


@pytest.mark.parametrize(
    ("column", "value"),
    [("signatory_name", "Друг Човек"), ("authority", "никой"), ("audit_head", START), ("previous", "0" * 64)],
)
def test_finds_a_changed_header_of_a_declaration(world, signed, column, value):
    with past_the_triggers("declaration_no_update"):
        Declaration.update({column: value}).execute()

    assert codes() == {"declaration_header", "records_changed"}


def test_finds_bytes_that_are_no_declaration(world, signed):
    with past_the_triggers("declaration_no_update"):
        Declaration.update(content=b"{}", sha256=digest(b"{}")).execute()

    assert {"declaration_unreadable", "signature_invalid"} <= codes()


def test_a_removed_signature_still_has_to_verify(world, signed):
    unsign(world.ana, MONTH, REASON, now=NOW)
    with past_the_triggers("declaration_no_update"):
        Declaration.update(content=b"{}").execute()

    assert {"declaration_changed", "signature_invalid"} <= codes()


def remove_entries(*sequences: int) -> None:
    with past_the_triggers("audit_entry_no_delete"):
        AuditEntry.delete().where((AuditEntry.chain == SCHOOL) & AuditEntry.sequence.in_(sequences)).execute()


def test_finds_an_entry_removed_from_the_middle_of_the_audit(world, signed):
    for _ in range(3):
        with writing():
            audit.add(world.ana, "opened", "submission:1", now=NOW, chain=SCHOOL)
    remove_entries(4)

    assert codes() == {"audit_gap"}


def test_finds_an_entry_removed_and_the_rest_moved_up(world, signed):
    for _ in range(3):
        with writing():
            audit.add(world.ana, "opened", "submission:1", now=NOW, chain=SCHOOL)
    remove_entries(4)
    with past_the_triggers("audit_entry_no_update"):
        AuditEntry.update(sequence=4).where(AuditEntry.sequence == 5).execute()

    assert {"audit_link", "audit_changed"} == codes()


def test_finds_a_changed_entry(world, signed):
    with past_the_triggers("audit_entry_no_update"):
        AuditEntry.update(who=world.boris.user_id).where(AuditEntry.sequence == 1).execute()

    assert codes() == {"audit_changed"}


def test_finds_an_entry_that_was_written_anew(world, signed):
    entry = AuditEntry.get(AuditEntry.sequence == 1)
    entry.who = world.boris.user_id
    with past_the_triggers("audit_entry_no_update"):
        AuditEntry.update(who=entry.who, digest=entry.expected_digest()).where(
            AuditEntry.id == entry.id
        ).execute()

    assert codes() == {"audit_link", "audit_cut"}


def test_finds_the_last_entries_cut_off_by_the_head_in_a_later_declaration(world, signed_twice):
    """What was signed second carries the head that the cut took away."""
    remove_entries(3, 4)

    found = codes()

    assert "audit_cut" in found


def test_finds_the_last_entry_cut_off_by_a_checkpoint(world, signed):
    for _ in range(2):
        with writing():
            audit.add(world.ana, "opened", "submission:1", now=NOW, chain=SCHOOL)
    kept = heads()
    remove_entries(4)

    assert codes() == set()
    assert codes(checkpoint=kept) == {"audit_cut"}


def test_finds_an_audit_that_is_gone(world, signed):
    remove_entries(1, 2)

    assert codes() == {"audit_cut", "audit_misses_signature"}


def rewrite_audit(first: int, **changes) -> None:
    """From one entry on, with every digest made anew: the chain alone cannot tell."""
    previous = START
    with past_the_triggers("audit_entry_no_update"):
        for entry in list(
            AuditEntry.select().where(AuditEntry.chain == SCHOOL).order_by(AuditEntry.sequence)
        ):
            if entry.sequence == first:
                for name, value in changes.items():
                    setattr(entry, name, value)
            entry.previous = previous
            previous = entry.digest = entry.expected_digest()
            entry.save()


def test_finds_an_audit_written_anew_by_the_head_in_a_declaration(world, signed_twice):
    rewrite_audit(1, who=world.boris.user_id)

    assert codes() == {"audit_cut"}


def test_finds_an_audit_written_anew_by_a_checkpoint(world):
    for number in range(3):
        with writing():
            audit.add(world.ana, "opened", f"load:{number}", now=NOW, chain=SCHOOL)
    kept = heads()
    rewrite_audit(2, object="load:9")

    assert codes() == set()
    assert codes(checkpoint=kept) == {"checkpoint_differs"}


def test_a_chain_that_a_checkpoint_knows_and_nobody_else_is_missed(world):
    with writing():
        audit.add(None, "loaded", "load:1", now=NOW)
    kept = heads()
    with past_the_triggers("audit_entry_no_delete"):
        AuditEntry.delete().execute()

    assert codes(checkpoint=kept) == {"audit_cut"}


def test_a_later_audit_agrees_with_an_earlier_checkpoint(world, signed):
    kept = heads()
    unsign(world.ana, MONTH, REASON, now=NOW)

    assert findings(checkpoint=kept) == []


def test_finds_a_missing_trigger(world, signed):
    db.execute_sql("DROP TRIGGER record_signed_update" + ("" if is_sqlite() else " ON record"))

    [finding] = findings()
    assert (finding.code, finding.thing) == ("trigger_missing", "trigger:record_signed_update")


def test_a_declaration_that_is_gone_takes_its_signature_along(world, signed):
    with past_the_triggers("declaration_no_delete"):
        without_foreign_keys("DELETE FROM declaration")

    assert {"signature_missing", "signature_deleted"} <= codes()


def erase_by_hand() -> None:
    Submission.update(lock=Lock.ERASED).where(Submission.institution == SCHOOL).execute()


def delete_what_was_signed() -> None:
    Signature.delete().execute()
    Declaration.delete().execute()
    Record.delete().execute()


def test_finds_a_list_that_no_purge_erased(world, signed):
    erase_by_hand()

    found = findings()

    assert [finding.code for finding in found] == ["erased_unsaid", "erased_holds"]
    assert "липсва запис „purged“" in found[0].sentence
    assert "записи: 2, декларации: 1, подписи: 1" in found[1].sentence


def test_a_list_that_no_purge_erased_keeps_what_was_signed(world, signed):
    erase_by_hand()

    for table in (Signature, Declaration):
        with pytest.raises(IntegrityError):
            table.delete().execute()


def test_finds_a_list_emptied_by_hand_past_the_triggers(world, signed):
    erase_by_hand()
    with past_the_triggers("signature_no_delete", "declaration_no_delete"):
        delete_what_was_signed()

    assert codes() == {"erased_unsaid"}


@pytest.mark.parametrize("content", ["", "0" * 64])
def test_finds_a_purge_that_somebody_else_wrote_into_the_audit(world, signed, content):
    with writing():
        audit.add(None, PURGED, f"campaign:{world.campaign.id}", now=NOW, content=content)
    erase_by_hand()
    delete_what_was_signed()

    assert codes() == {"erased_unsaid"}


def test_finds_the_purge_of_another_month_written_for_this_one(world, signed):
    other = Campaign.create(month=Month(2020, 11), made_at=NOW)
    with writing():
        mark = purge_mark(other, NOW, site=SITE)
        audit.add(None, PURGED, f"campaign:{world.campaign.id}", now=NOW, content=mark)
    erase_by_hand()
    delete_what_was_signed()

    assert codes() == {"erased_unsaid"}


def test_finds_a_whole_list_that_is_gone(world, signed):
    """With it goes all that would say so, but the audit."""
    with past_the_triggers("signature_no_delete", "declaration_no_delete", "record_signed_delete"):
        delete_what_was_signed()
        Submission.delete().where(Submission.id == signed.submission_id).execute()

    assert "submission_deleted" in codes()


def test_finds_a_month_that_is_gone(world):
    made = Campaign.create(month=Month(2020, 11), made_at=NOW)
    set_window(world.oleg, made.month, Days(date(2021, 1, 4), date(2021, 1, 8)), now=NOW)
    assert codes() == set()

    made.delete_instance()
    assert codes() == {"campaign_deleted"}


@pytest.mark.parametrize("column", ["institution", "campaign"])
def test_finds_a_signed_record_that_is_of_another_institution_or_month(world, signed, column):
    """It goes to АСП with the code of its own row."""
    elsewhere = (
        OTHER_SCHOOL if column == "institution" else Campaign.create(month=Month(2020, 11), made_at=NOW)
    )
    with past_the_triggers("record_signed_update"):
        Record.update({column: elsewhere}).where(Record.id == signed.id).execute()

    (finding,) = findings()
    assert (finding.code, finding.thing) == ("records_misplaced", f"submission:{signed.submission_id}")


def test_looks_only_at_the_lists_of_the_month_asked_for(world, signed):
    Submission.update(total=99).execute()

    assert codes(month=MONTH) == {"counts"}
    with pytest.raises(NotFound):
        findings(Month(2020, 11))


@pytest.fixture
def named(world) -> Delegation:
    """Дора, authorised by Ана to decide, and then to sign as well."""
    terms = Terms(frozenset({Scope.DECIDE}), "РД-15", date(2021, 6, 30))
    first = name_delegate(
        world.ana, Appointment("dora@example.org", "Дора Илиева", terms), site=SITE, now=NOW
    )
    terms = Terms(frozenset({Scope.DECIDE, Scope.SIGN}), "РД-16", date(2021, 3, 31))
    return change(world.ana, first.id, terms, site=SITE, now=NOW)


def test_finds_nothing_wrong_with_what_directors_ordered(world, named):
    assert findings() == []
    revoke(world.ana, named.id, site=SITE, now=NOW)
    assert findings() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("scopes", "decide,sign,quarantine"),
        ("until", date(2031, 3, 31)),
        ("order_number", "РД-17"),
        ("institution", OTHER_SCHOOL),
    ],
)
def test_finds_other_terms_than_the_director_ordered(world, named, column, value):
    Delegation.update(**{column: value}).where(Delegation.id == named.id).execute()

    [found] = findings()
    assert (found.code, found.thing) == ("delegation_changed", f"delegation:{named.id}")


def test_finds_the_authorisation_of_another(world, named):
    Delegation.update(user=world.nora.user_id).where(Delegation.id == named.id).execute()

    assert codes() == {"delegation_changed"}


def test_finds_an_authorisation_that_no_director_gave(world):
    Delegation.create(
        institution=SCHOOL,
        user=world.dora.user_id,
        scopes="sign",
        order_number="РД-1",
        until=date(2031, 1, 1),
        made_at=NOW,
        made_by=world.ana.user_id,
    )

    assert codes() == {"delegation_changed"}


def test_finds_one_that_was_taken_back_and_stands_again(world, named):
    revoke(world.ana, named.id, site=SITE, now=NOW)
    Delegation.update(revoked_at=None).where(Delegation.id == named.id).execute()

    assert codes() == {"delegation_revived"}


def test_finds_one_that_was_replaced_and_stands_again(world, named):
    Delegation.update(revoked_at=None).execute()

    assert codes() == {"delegation_revived"}


def test_finds_one_that_is_gone(world, named):
    Delegation.delete().where(Delegation.id == named.id).execute()

    [found] = findings()
    assert (found.code, found.thing) == ("delegation_deleted", f"delegation:{named.id}")


def test_bytes_that_are_kept_as_text_are_a_finding(world):
    if not is_sqlite():  # PostgreSQL keeps nothing but bytes there
        return
    db.execute_sql("UPDATE user_key SET mac = CAST(x'00ff' AS TEXT)")

    assert "unreadable" in codes()


EGN, OTHER_EGN = EGNS[:2]


@pytest.fixture
def with_egn(world):
    """Ана gave hers, and the operator confirmed Борис's."""
    with writing():
        set_at_activation(User.get_by_id(world.ana.user_id), EGN, site=SITE, now=NOW)
    ask_for_change(world.boris, OTHER_EGN, PASSWORD, origin=ORIGIN, site=SITE, now=NOW)
    confirm_change(world.oleg, world.boris.user_id, OTHER_EGN, site=SITE, now=NOW)
    return world


def egn_of(person, hashed) -> None:
    User.update(egn_hash=hashed).where(User.id == person.user_id).execute()


def test_finds_nothing_wrong_with_what_was_given_and_confirmed(with_egn):
    ask_for_change(with_egn.ana, OTHER_EGN, PASSWORD, origin=ORIGIN, site=SITE, now=NOW)
    assert findings() == []
    confirm_change(with_egn.oleg, with_egn.ana.user_id, OTHER_EGN, site=SITE, now=NOW)
    assert findings() == []


@pytest.mark.parametrize("hashed", [None, b"h" * 32])
@pytest.mark.parametrize("who", ["ana", "boris"])
def test_finds_another_egn_or_none_where_one_was_set(with_egn, who, hashed):
    person = getattr(with_egn, who)
    egn_of(person, hashed)

    [found] = findings()
    assert (found.code, found.thing) == ("egn_changed_unsaid", f"user:{person.user_id}")


def test_finds_an_egn_that_nobody_set(with_egn):
    egn_of(with_egn.vyara, egn_hash(PEPPER, str(with_egn.vyara.user_id), EGN))

    [found] = findings()
    assert (found.code, found.thing) == ("egn_changed_unsaid", f"user:{with_egn.vyara.user_id}")


def test_finds_an_older_egn_put_back(with_egn):
    before = User.get_by_id(with_egn.boris.user_id).egn_hash
    ask_for_change(with_egn.boris, EGN, PASSWORD, origin=ORIGIN, site=SITE, now=NOW)
    confirm_change(with_egn.oleg, with_egn.boris.user_id, EGN, site=SITE, now=NOW)
    egn_of(with_egn.boris, before)

    assert codes() == {"egn_changed_unsaid"}


def test_finds_an_egn_that_was_only_asked_for(with_egn):
    ask_for_change(with_egn.ana, OTHER_EGN, PASSWORD, origin=ORIGIN, site=SITE, now=NOW)
    egn_of(with_egn.ana, EgnRequest.get().egn_hash)

    assert codes() == {"egn_changed_unsaid"}
