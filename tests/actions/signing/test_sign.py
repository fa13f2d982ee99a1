"""sign: what the director signed is what stands in the database."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from portal.actions.keys.marks import MOVED
from portal.actions.keys.signing_key import signing_key
from portal.actions.signing.declarations import RowsDoNotHold, declaration_of
from portal.actions.signing.signing import NotAsShown, freeze, sign, sign_with, unsign
from portal.crypto.signatures import verify
from portal.domain.decisions import Decision, Reason
from portal.domain.errors import Conflict, Denied, Refusal, TooOften
from portal.domain.people import Scope
from portal.domain.signing.declaration import digest
from portal.domain.signing.declared import read
from portal.domain.submissions import Lock
from portal.storage.lists.current import list_of
from portal.storage.tables.audit import AuditEntry, head
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.db import writing
from portal.storage.tables.institutions import Closure
from portal.storage.tables.people import Delegation, User, UserKey
from portal.storage.tables.signatures import Declaration, Signature
from tests.cast import (
    AFTER,
    MONTH,
    NOW,
    OTHER_SCHOOL,
    PASSWORD,
    SCHOOL,
    SITE,
    add_record,
    change_delegations,
    stored,
)


@pytest.fixture
def record(world):
    return add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)


def sign_as(person, *, password=PASSWORD, shown="", now=NOW):
    return sign(person, MONTH, password, shown=shown, site=SITE, now=now)


def the_list(person) -> Submission:
    return list_of(person.institution, MONTH)


def test_locks_the_list_and_keeps_a_signature_that_verifies(world, record):
    signature = sign_as(world.ana)

    content = bytes(signature.declaration.content)
    assert the_list(world.ana).lock is Lock.SIGNED
    assert the_list(world.ana).signed_at == NOW
    assert signature.number == f"2020-12/{SCHOOL}/1"
    key = UserKey.get(UserKey.user == world.ana.user_id)
    assert verify(bytes(key.ed25519_public), content, bytes(signature.value))
    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    assert (entry.what, entry.who, entry.chain, entry.content) == (
        "signed",
        world.ana.user_id,
        SCHOOL,
        digest(content),
    )


def test_declares_every_record_and_only_those_of_the_list(world, record):
    other = add_record(
        reason=Reason.UNENROLLED,
        decision=Decision.REFUSED,
        refusal_reason="moved",
        note="Записано е отново.",
        certificate=True,
        placed=True,
    )
    add_record("2200004", decision=Decision.CONFIRMED)

    declared = read(bytes(sign_as(world.ana).declaration.content))

    assert {entry.line.id_number for entry in declared.entries} == {record.id_number, other.id_number}
    assert declared.header.signatory == "Ана Янева"
    assert declared.header.authority == "директор"
    assert declared.count(Decision.REFUSED) == 1


def test_signs_what_was_shown_and_nothing_else(world, record):
    shown = declaration_of(world.ana, MONTH, now=NOW).sha256
    Record.update(note="Друга бележка.").where(Record.id == record.id).execute()

    with pytest.raises(NotAsShown):
        sign_as(world.ana, shown=shown)

    assert the_list(world.ana).lock is Lock.OPEN
    assert sign_as(world.ana, shown=declaration_of(world.ana, MONTH, now=NOW).sha256)


def test_a_declaration_is_issued_once_for_a_version_and_a_signatory(world, record):
    first = declaration_of(world.ana, MONTH, now=NOW)
    assert declaration_of(world.ana, MONTH, now=AFTER.replace(day=1)).id == first.id

    doras = declaration_of(world.delegate(Scope.SIGN), MONTH, now=NOW)
    assert "РД-15/12.01.2021" in json.loads(bytes(doras.content))["authority"]
    assert declaration_of(world.ana, MONTH, now=NOW).id == first.id

    Submission.recount([record.submission_id])
    assert declaration_of(world.ana, MONTH, now=NOW).id not in (first.id, doras.id)


def test_a_declaration_names_the_order_that_is_in_force_now(world, record):
    dora = world.delegate(Scope.SIGN)
    declaration_of(dora, MONTH, now=NOW)
    change_delegations(order_number="РД-99")

    signature = sign_as(dora)

    assert signature.declaration.authority.endswith("РД-99")


def test_carries_the_head_of_the_audit_and_the_declaration_before(world, record):
    first = sign_as(world.ana)
    unsign(world.ana, MONTH, "Сбъркан брой.", now=NOW)
    before = head(SCHOOL)

    second = sign_as(world.ana)

    header = read(bytes(second.declaration.content)).header
    assert header.audit_head == before
    assert header.previous == first.declaration.sha256
    assert second.number == f"2020-12/{SCHOOL}/2"
    assert second.value != first.value


def test_a_signature_is_numbered_and_locks_in_its_own_list_only(world, record):
    add_record(OTHER_SCHOOL, decision=Decision.CONFIRMED)
    sign_as(world.boris)

    assert sign_as(world.ana).number == f"2020-12/{SCHOOL}/1"
    assert [each.institution_id for each in Submission.select().where(Submission.lock == Lock.OPEN)] == [
        "2200001",
        "0300001",
    ]


def test_what_was_taken_off_does_not_come_back_with_the_list_as_it_was(world, record):
    version = the_list(world.ana).version
    sign_as(world.ana)
    unsign(world.ana, MONTH, "Сбъркан брой.", now=NOW)
    Submission.update(version=version).where(Submission.institution == SCHOOL).execute()

    with pytest.raises(NotAsShown):
        sign_as(world.ana)

    assert Signature.select().count() == 1


@pytest.mark.parametrize("change", [{"version": 99}, {"lock": Lock.SIGNED}])
def test_a_list_that_is_no_longer_what_was_declared_is_not_locked(world, record, change):
    declaration, seen = declaration_of(world.ana, MONTH, now=NOW), the_list(world.ana)
    Submission.update(change).where(Submission.id == seen.id).execute()

    with pytest.raises(NotAsShown), writing():
        freeze(world.ana, seen, declaration, now=NOW)

    assert the_list(world.ana).signed_at is None


def test_a_wrong_password_signs_nothing(world, record):
    with pytest.raises(Refusal) as refusal:
        sign_as(world.ana, password="друга парола")

    assert refusal.value.field == "password"
    assert the_list(world.ana).lock is Lock.OPEN
    assert not Signature.select().exists()


def test_the_fifth_wrong_password_is_still_answered_and_the_next_waits(world, record):
    for _ in range(5):
        with pytest.raises(Refusal):
            sign_as(world.ana, password="друга парола")

    with pytest.raises(TooOften) as too_often:
        sign_as(world.ana)

    assert sign_as(world.ana, now=NOW + timedelta(seconds=too_often.value.retry_after))


def test_a_good_password_forgives_the_wrong_ones_before(world, record):
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(Refusal):
                sign_as(world.ana, password="друга парола")
        sign_as(world.ana)
        unsign(world.ana, MONTH, "Сбъркан брой.", now=NOW)


def test_asks_for_the_password(world, record):
    with pytest.raises(Refusal, match="Напишете паролата") as refusal:
        sign_as(world.ana, password="")

    assert refusal.value.field == "password"


def test_a_key_retired_while_the_password_was_tried_signs_nothing(world, record):
    key = signing_key(world.ana.user_id, PASSWORD, site=SITE, now=NOW)
    UserKey.update(retired_at=NOW).where(UserKey.id == key.row.id).execute()

    with pytest.raises(Conflict, match="сменена междувременно"):
        sign_with(key, world.ana, MONTH, site=SITE, now=NOW)

    assert not Signature.select().exists()


def test_an_account_changed_while_the_password_was_tried_signs_nothing(world, record):
    key = signing_key(world.ana.user_id, PASSWORD, site=SITE, now=NOW)
    User.update(email="other@example.org").where(User.id == world.ana.user_id).execute()

    with pytest.raises(Conflict, match=MOVED):
        sign_with(key, world.ana, MONTH, site=SITE, now=NOW)

    assert not Signature.select().exists()


def test_a_signature_that_does_not_verify_is_not_kept(world, record):
    key = signing_key(world.ana.user_id, PASSWORD, site=SITE, now=NOW)
    others = signing_key(world.boris.user_id, PASSWORD, site=SITE, now=NOW)

    with pytest.raises(Conflict, match="не премина проверката"):
        sign_with(replace(key, private=others.private), world.ana, MONTH, site=SITE, now=NOW)

    assert the_list(world.ana).lock is Lock.OPEN


@pytest.mark.parametrize("half", ["ed25519_public", "x25519_public"])
def test_a_swapped_key_signs_nothing(world, record, half):
    other = UserKey.get(UserKey.user == world.boris.user_id)
    UserKey.update({half: getattr(other, half)}).where(UserKey.user == world.ana.user_id).execute()

    with pytest.raises(Conflict, match="обадете на ЦИОО"):
        sign_as(world.ana)

    assert not Signature.select().exists()


def test_a_swapped_private_key_signs_nothing(world, record):
    other = UserKey.get(UserKey.user == world.boris.user_id)
    UserKey.update(wrapped_ed25519=other.wrapped_ed25519).where(UserKey.user == world.ana.user_id).execute()

    with pytest.raises(Conflict, match="обадете на ЦИОО"):
        sign_as(world.ana)


def test_an_account_without_a_key_signs_nothing(world, record):
    UserKey.update(retired_at=NOW).where(UserKey.user == world.ana.user_id).execute()

    with pytest.raises(Conflict, match="няма ключ"):
        sign_as(world.ana)


def test_a_pending_record_holds_up_the_signature(world, record):
    add_record()

    with pytest.raises(Conflict, match="един необработен запис"):
        sign_as(world.ana)


def test_a_pending_record_behind_wrong_counts_holds_up_the_signature(world, record):
    add_record()
    Submission.update(pending=0).execute()

    with pytest.raises(RowsDoNotHold):
        sign_as(world.ana)


def test_a_list_without_records_is_not_signed(world):
    with pytest.raises(Conflict, match="Проверих – няма записи"):
        sign_as(world.ana)


def test_names_the_decisions_that_the_rules_no_longer_allow(world, record):
    distance = add_record(reason=Reason.DISTANCE, figure="17", decision=Decision.CONFIRMED)
    assert declaration_of(world.ana, MONTH, now=NOW)
    Closure.create(institution=SCHOOL, first="2020-12-01", last="2020-12-02", order_number="РД-7")

    with pytest.raises(RowsDoNotHold) as conflict:
        sign_as(world.ana)

    assert [(row.id, "учебните дни в месеца са 15" in why) for row, why in conflict.value.rows] == [
        (distance.id, True)
    ]
    assert "едно решение вече не отговаря на правилата" in str(conflict.value)
    assert the_list(world.ana).lock is Lock.OPEN
    add_record(reason=Reason.DISTANCE, figure="16", decision=Decision.CONFIRMED)
    with pytest.raises(RowsDoNotHold, match="2 решения вече не отговарят на правилата"):
        sign_as(world.ana)


def test_nothing_is_signed_after_the_deadline(world, record):
    declaration_of(world.ana, MONTH, now=NOW)

    with pytest.raises(Conflict, match=r"Срокът изтече на 01\.02\.2021"):
        sign_as(world.ana, now=AFTER)
    with pytest.raises(Conflict, match=r"Срокът изтече на 01\.02\.2021"):
        declaration_of(world.ana, MONTH, now=AFTER)


def test_a_suspended_campaign_is_not_signed(world, record):
    Campaign.update(suspended_at=NOW).execute()

    with pytest.raises(Conflict, match="спряна"):
        sign_as(world.ana)


def test_a_signed_list_is_not_signed_again(world, record):
    sign_as(world.ana)

    with pytest.raises(Conflict, match="вече е подписан"):
        sign_as(world.ana)

    assert Signature.select().count() == 1


def test_no_password_is_tried_where_nothing_can_be_signed(world, record):
    with pytest.raises(Denied):
        sign_as(world.dora, password="друга парола")
    sign_as(world.ana)
    with pytest.raises(Conflict, match="вече е подписан"):
        sign_as(world.ana, password="друга парола")


def test_a_delegate_signs_only_with_the_scope(world, record):
    with pytest.raises(Denied):
        sign_as(world.dora)

    assert sign_as(world.delegate(Scope.SIGN)).signatory_id == world.dora.user_id


def test_a_delegate_revoked_meanwhile_signs_nothing(world, record):
    dora = world.delegate(Scope.SIGN)
    Delegation.update(revoked_at=NOW, revoked_by=world.ana.user_id).execute()

    with pytest.raises(Denied):
        sign_as(dora)

    assert not Declaration.select().exists()


def test_a_director_disabled_meanwhile_signs_nothing(world, record):
    User.update(disabled_at=NOW).where(User.id == world.ana.user_id).execute()

    with pytest.raises(Denied, match="прекратен"):
        sign_as(world.ana)


def test_a_signed_record_cannot_be_changed_even_past_the_portal(world, record):
    sign_as(world.ana)

    with pytest.raises(Exception, match="signed list is locked"):
        Record.update(decision=Decision.PENDING).where(Record.id == record.id).execute()

    assert stored(record).decision is Decision.CONFIRMED
