"""send_back and take_back: a record leaves the list and comes back, and the list is as before."""

import pytest

from portal.actions.lists.confirmations import send_back, take_back
from portal.domain.decisions import Decision, RefusalReason
from portal.domain.errors import Conflict, NotFound, Refusal
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Record, Submission
from tests.cast import MONTH, NOW, OTHER_SCHOOL, SCHOOL, add_record, stored

NOTE = "Премести се в Пловдив."


def the_list(institution=SCHOOL) -> Submission:
    return Submission.get(Submission.institution == institution)


def audited() -> list[tuple]:
    entries = AuditEntry.select().order_by(AuditEntry.id)
    return [(entry.chain, entry.who, entry.what, entry.object) for entry in entries]


@pytest.fixture
def returned(world) -> Record:
    record = add_record(
        decision=Decision.REFUSED,
        refusal_reason=RefusalReason.OTHER,
        note="стара",
        decided_by=world.dora.user_id,
    )
    send_back(world.ana, MONTH, record.id, NOTE, now=NOW)
    return stored(record)


def undecided(record: Record) -> bool:
    return (record.decision, record.refusal_reason, record.note, record.decided_by_id) == (
        Decision.PENDING,
        None,
        "",
        None,
    )


def test_leaves_the_list_undecided_with_who_when_and_what_is_known(world, returned):
    assert undecided(returned)
    assert (returned.submission_id, returned.institution_id, returned.version) == (None, SCHOOL, 2)
    assert (returned.returned_by_id, returned.returned_at, returned.returned_note) == (
        world.ana.user_id,
        NOW,
        NOTE,
    )
    assert the_list().counts.total == 0
    assert audited() == [(SCHOOL, world.ana.user_id, "sent_back", f"record:{returned.id}")]


def test_is_sent_back_once(world, returned):
    with pytest.raises(Conflict, match="вече е изпратен обратно"):
        send_back(world.ana, MONTH, returned.id, "пак", now=NOW)

    assert stored(returned).returned_note == NOTE


def test_needs_a_note_of_some_length(world):
    record = add_record()
    for note, sentence in (("", "къде учи детето"), ("а" * 2001, "до 2000 знака")):
        with pytest.raises(Refusal, match=sentence) as refusal:
            send_back(world.ana, MONTH, record.id, note, now=NOW)
        assert refusal.value.field == "note"

    send_back(world.ana, MONTH, record.id, "а" * 2000, now=NOW)
    assert stored(record).returned_note == "а" * 2000


def test_comes_back_undecided_and_as_if_never_sent(world, returned):
    Submission.update(checked_at=NOW, checked_by=world.ana.user_id).execute()

    change = take_back(world.dora, MONTH, returned.id, now=NOW)

    record = stored(returned)
    assert undecided(record)
    assert (record.submission_id, record.version) == (the_list().id, 3)
    assert (record.returned_by_id, record.returned_at, record.returned_note) == (None, None, "")
    assert audited()[1:] == [(SCHOOL, world.dora.user_id, "taken_back", f"record:{record.id}")]
    for submission in (the_list(), change.submission):
        assert (submission.checked_at, submission.checked_by_id) == (None, None), "there is something again"
        assert (submission.counts.total, submission.counts.pending) == (1, 1)
    assert the_list(OTHER_SCHOOL).checked_at == NOW


def test_is_taken_back_once(world, returned):
    take_back(world.ana, MONTH, returned.id, now=NOW)

    with pytest.raises(Conflict, match="вече е във вашия списък"):
        take_back(world.ana, MONTH, returned.id, now=NOW)

    assert stored(returned).version == 3


def test_the_neighbour_neither_sends_nor_takes(world, returned):
    here = add_record()
    for deed in (
        lambda: send_back(world.boris, MONTH, here.id, NOTE, now=NOW),
        lambda: take_back(world.boris, MONTH, returned.id, now=NOW),
    ):
        with pytest.raises(NotFound):
            deed()

    assert (stored(here).version, stored(returned).version) == (1, 2)
