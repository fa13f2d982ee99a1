"""Two people at once: what each of them saw is what is checked, on both databases."""

from collections import Counter

import pytest

from portal.actions.lists.confirm_rest import confirm_rest
from portal.actions.lists.confirmations import decide, send_back
from portal.domain.decisions import Decided, Decision, RefusalReason
from portal.domain.errors import Conflict
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Record, Submission
from tests.cast import MONTH, NOW, add_record, stored
from tests.storage.together import at_once

CONFIRM = Decided(Decision.CONFIRMED)
ROUNDS = 8


def refuse(corrected="4.50") -> Decided:
    from decimal import Decimal

    return Decided(Decision.REFUSED, Decimal(corrected), RefusalReason.OTHER, "бележка")


def test_of_two_editors_of_one_version_one_wins(world):
    for _ in range(ROUNDS):
        record = add_record()
        results = at_once(
            lambda r=record: decide(world.ana, MONTH, r.id, CONFIRM, seen=1, now=NOW),
            lambda r=record: decide(world.dora, MONTH, r.id, refuse(), seen=1, now=NOW),
        )
        kept = stored(record)

        assert sorted(isinstance(result, Conflict) for result in results) == [False, True]
        winner = next(result.record for result in results if not isinstance(result, Conflict))
        assert (kept.decision, kept.decided_by_id) == (winner.decision, winner.decided_by_id)
        assert kept.version == 2
        Record.delete().execute()


def test_the_counts_are_those_of_the_records_after_many_at_once(world):
    records = [add_record() for _ in range(12)]
    at_once(
        *(
            lambda part=part, answer=answer: [
                decide(world.ana, MONTH, record.id, answer, seen=1, now=NOW) for record in part
            ]
            for part, answer in ((records[:6], CONFIRM), (records[6:], refuse()))
        )
    )
    submission = Submission.get_by_id(records[0].submission_id)

    assert (submission.total, submission.pending, submission.confirmed, submission.refused) == (12, 0, 6, 6)
    assert Counter(e.sequence for e in AuditEntry.select()) == Counter(range(1, 13))


def test_confirming_the_rest_never_undoes_a_refusal(world):
    for _ in range(ROUNDS):
        record = add_record()
        at_once(
            lambda: confirm_rest(world.dora, MONTH, seen=None, now=NOW),
            lambda r=record: decide(world.ana, MONTH, r.id, refuse(), seen=1, now=NOW),
        )
        kept = stored(record)
        assert kept.version == 2, "one of the two decided, the other saw it"
        Record.delete().execute()


def test_a_record_sent_back_while_it_is_decided_is_one_of_the_two(world):
    for _ in range(ROUNDS):
        record = add_record()
        at_once(
            lambda r=record: send_back(world.dora, MONTH, r.id, "не е наше", now=NOW),
            lambda r=record: decide(world.ana, MONTH, r.id, CONFIRM, seen=1, now=NOW),
        )
        kept = stored(record)
        assert kept.submission_id is None
        assert kept.decision is Decision.PENDING
        assert Submission.get_by_id(record.submission_id).total == 0
        Record.delete().execute()


def test_an_update_by_hand_between_check_and_write_is_noticed(world, monkeypatch):
    from portal.actions.lists import confirmations

    record = add_record()
    original = confirmations.check_decision

    def meddle(case, answer):
        Record.update(version=Record.version + 1).where(Record.id == record.id).execute()
        original(case, answer)

    monkeypatch.setattr(confirmations, "check_decision", meddle)

    with pytest.raises(Conflict):
        decide(world.ana, MONTH, record.id, CONFIRM, seen=1, now=NOW)
    assert stored(record).decision is Decision.PENDING
