"""portal.actions.lists: who may decide, when, and whose retry is a retry; whatever the page in front of it
asks."""

from dataclasses import replace
from decimal import Decimal

import pytest

from portal.actions.lists.confirm_rest import confirm_rest, rest_of
from portal.actions.lists.confirmations import (
    AlreadyStored,
    content_digest,
    decide,
    say_nothing_to_confirm,
    send_back,
    take_back,
)
from portal.domain.decisions import Decided, Decision, RefusalReason
from portal.domain.errors import Conflict, Denied
from portal.domain.people import Delegate, Scope
from portal.domain.submissions import Lock
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Record, Submission
from tests.cast import MONTH, NOW, SCHOOL, add_record, stored

CONFIRM = Decided(Decision.CONFIRMED)
REFUSE = Decided(Decision.REFUSED, Decimal("4.50"), RefusalReason.LATE_NOTE, "Закъсняла бележка.")


def delegate(world, *scopes: Scope) -> Delegate:
    """Дора, if the director had given her only this."""
    return replace(world.dora, scopes=frozenset(scopes))


DECIDING = {
    "decide": lambda who, record: decide(who, MONTH, record.id, CONFIRM, seen=1, now=NOW),
    "send back": lambda who, record: send_back(who, MONTH, record.id, "премести се", now=NOW),
    "take back": lambda who, record: take_back(who, MONTH, record.id, now=NOW),
    "see the rest": lambda who, record: rest_of(who, MONTH, now=NOW),
    "confirm the rest": lambda who, record: confirm_rest(who, MONTH, seen=None, now=NOW),
}


@pytest.mark.parametrize("deed", DECIDING.values(), ids=DECIDING)
def test_who_may_only_sign_decides_nothing(world, deed):
    record = add_record()

    with pytest.raises(Denied):
        deed(delegate(world, Scope.SIGN), record)

    kept = stored(record)
    assert (kept.version, kept.decision, kept.submission_id) == (1, Decision.PENDING, record.submission_id)


@pytest.fixture
def begun(world, deed):
    """A record with which the deed could be done now."""
    record = add_record()
    if deed is DECIDING["take back"]:
        send_back(world.ana, MONTH, record.id, "премести се", now=NOW)
    return stored(record)


def untouched(record: Record) -> bool:
    return stored(record).__data__ == record.__data__


@pytest.mark.parametrize("deed", DECIDING.values(), ids=DECIDING)
@pytest.mark.parametrize(
    ("lock", "sentence"),
    [(Lock.SIGNED, "вече е подписан"), (Lock.ERASED, "заличен")],
    ids=["signed", "erased"],
)
def test_nothing_of_a_locked_list_changes(world, begun, deed, lock, sentence):
    Submission.update(lock=lock).execute()

    with pytest.raises(Conflict, match=sentence):
        deed(world.ana, begun)

    assert untouched(begun)


@pytest.mark.parametrize("deed", DECIDING.values(), ids=DECIDING)
@pytest.mark.parametrize(
    ("window", "sentence"),
    [
        ({"suspended_at": NOW}, "спряна"),
        ({"closes_on": "2021-01-27"}, "изтече"),
        ({"answered_at": NOW}, "изготвен"),
    ],
    ids=["suspended", "too late", "answered"],
)
def test_nothing_changes_while_the_list_is_not_open(world, begun, deed, window, sentence):
    Campaign.update(**window).execute()

    with pytest.raises(Conflict, match=sentence):
        deed(world.ana, begun)

    assert untouched(begun)


@pytest.mark.parametrize("deed", DECIDING.values(), ids=DECIDING)
def test_each_deed_can_be_done_while_the_list_is_open(world, begun, deed):
    deed(world.ana, begun)

    assert untouched(begun) is (deed is DECIDING["see the rest"])


def test_a_decision_is_stored_with_who_and_when_and_settles_what_was_to_be_looked_at_again(world):
    record = add_record(figure_before=Decimal(9), figure_changed_at=NOW)

    change = decide(world.dora, MONTH, record.id, REFUSE, seen=1, now=NOW)

    kept = stored(record)
    assert (kept.decision, kept.corrected, kept.refusal_reason, kept.note) == (
        REFUSE.decision,
        REFUSE.corrected,
        REFUSE.reason,
        REFUSE.note,
    )
    assert (kept.decided_by_id, kept.decided_at) == (world.dora.user_id, NOW)
    assert (kept.figure_before, kept.figure_changed_at) == (None, None)
    assert change.submission.counts == Submission.get_by_id(record.submission_id).counts
    assert (change.submission.pending, change.submission.refused) == (0, 1)


def test_the_audit_keeps_a_digest_of_all_that_was_decided(world):
    decided = [
        REFUSE,
        replace(REFUSE, corrected=Decimal("4.25")),
        replace(REFUSE, reason=RefusalReason.OTHER),
        replace(REFUSE, note="Друга бележка."),
        replace(CONFIRM, note=REFUSE.note),
        CONFIRM,
        Decided(Decision.PENDING),
    ]
    for each in decided:
        record = add_record()
        decide(world.ana, MONTH, record.id, each, seen=1, now=NOW)
        entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
        assert (entry.chain, entry.who, entry.what) == (SCHOOL, world.ana.user_id, each.decision.code)
        assert (entry.object, entry.content) == (f"record:{record.id}", content_digest(stored(record)))

    assert len({entry.content for entry in AuditEntry.select()}) == len(decided)


@pytest.mark.parametrize(
    "other", [{"corrected": Decimal(1)}, {"reason": RefusalReason.OTHER}, {"note": "друга бележка"}]
)
def test_another_number_reason_or_note_of_one_s_own_is_a_conflict_and_no_retry(world, other):
    record = add_record()
    decide(world.ana, MONTH, record.id, REFUSE, seen=1, now=NOW)

    with pytest.raises(AlreadyStored):
        decide(world.ana, MONTH, record.id, REFUSE, seen=1, now=NOW)
    with pytest.raises(Conflict) as told:
        decide(world.ana, MONTH, record.id, replace(REFUSE, **other), seen=1, now=NOW)

    assert not isinstance(told.value, AlreadyStored)


def test_a_confirmation_sent_again_with_the_fields_of_a_refusal_is_stored_already(world):
    record = add_record()
    again = replace(REFUSE, decision=Decision.CONFIRMED)
    decide(world.ana, MONTH, record.id, again, seen=1, now=NOW)

    with pytest.raises(AlreadyStored):
        decide(world.ana, MONTH, record.id, again, seen=1, now=NOW)


def test_a_record_that_was_sent_back_is_not_decided(world):
    record = add_record()
    send_back(world.ana, MONTH, record.id, "премести се", now=NOW)

    with pytest.raises(Conflict, match="изпратен обратно"):
        decide(world.ana, MONTH, record.id, CONFIRM, seen=2, now=NOW)


def test_confirming_the_rest_writes_each_record_into_the_audit(world):
    first, _, last = add_record(), add_record(decision=Decision.CONFIRMED), add_record()
    before = Submission.get_by_id(first.submission_id)

    assert confirm_rest(world.ana, MONTH, seen=before.version, now=NOW) == 2

    entries = list(AuditEntry.select().order_by(AuditEntry.id))
    assert [(entry.chain, entry.what, entry.object) for entry in entries] == [
        (SCHOOL, "confirmed", f"record:{record.id}") for record in (first, last)
    ]
    assert [entry.content for entry in entries] == [content_digest(stored(each)) for each in (first, last)]
    assert Submission.get_by_id(before.id).counts.confirmed == 3


def test_the_rest_is_not_confirmed_unseen(world):
    record = add_record()
    seen = Submission.get_by_id(record.submission_id).version
    added = add_record()

    with pytest.raises(Conflict, match="Междувременно списъкът се е променил"):
        confirm_rest(world.ana, MONTH, seen=seen, now=NOW)

    assert (stored(record).version, stored(added).version) == (1, 1)


def test_where_no_rest_is_the_list_stays_as_it_was(world):
    record = add_record(decision=Decision.CONFIRMED)
    seen = Submission.get_by_id(record.submission_id).version

    assert confirm_rest(world.ana, MONTH, seen=seen, now=NOW) == 0
    assert Submission.get_by_id(record.submission_id).version == seen


def test_who_may_only_decide_does_not_say_that_there_is_nothing(world):
    with pytest.raises(Denied):
        say_nothing_to_confirm(delegate(world, Scope.DECIDE), MONTH, now=NOW)

    assert Submission.select().where(Submission.checked_at.is_null(False)).count() == 0


def test_the_same_decision_sent_again_is_stored_already(world):
    record = add_record()
    decide(world.ana, MONTH, record.id, CONFIRM, seen=1, now=NOW)

    with pytest.raises(AlreadyStored):
        decide(world.ana, MONTH, record.id, CONFIRM, seen=1, now=NOW)

    assert stored(record).version == 2


def test_the_same_decision_of_somebody_else_is_a_conflict_and_no_retry(world):
    record = add_record()
    decide(world.dora, MONTH, record.id, CONFIRM, seen=1, now=NOW)

    with pytest.raises(Conflict) as told:
        decide(world.ana, MONTH, record.id, CONFIRM, seen=1, now=NOW)

    assert not isinstance(told.value, AlreadyStored)
    assert stored(record).decided_by_id == world.dora.user_id


def test_another_decision_of_one_s_own_is_a_conflict_and_no_retry(world):
    record = add_record()
    decide(world.ana, MONTH, record.id, CONFIRM, seen=1, now=NOW)

    with pytest.raises(Conflict) as told:
        decide(world.ana, MONTH, record.id, Decided(Decision.PENDING), seen=1, now=NOW)

    assert not isinstance(told.value, AlreadyStored)
    assert Record.get_by_id(record.id).decision is Decision.CONFIRMED
