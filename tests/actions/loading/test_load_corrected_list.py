"""load_asp_list, a corrected file: it adds and updates, removes nothing, and respects what was decided."""

from datetime import date
from decimal import Decimal

import pytest

from portal.actions.campaigns.window import Days
from portal.domain.decisions import Decision, RefusalReason
from portal.domain.submissions import Lock
from portal.exchange.asp_list import LIST_SIGNED
from portal.storage.lists.current import list_of
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.letters import OutboxMessage
from tests.actions.loading.loaded import asp, counts, enrol, enrolled, load, rejected
from tests.cast import AFTER, FAR_SCHOOL, KINDERGARTEN, MONTH, NOW, OTHER_SCHOOL, SCHOOL, stored

pytestmark = pytest.mark.usefixtures("world", "turns")


def the_list(institution: str) -> Submission:
    return list_of(institution, MONTH)


@pytest.fixture
def decided(world) -> Record:
    """An absence of 7.00 refused with 4.50, and nobody told of anything but the list."""
    load(asp(0))
    Record.update(
        decision=Decision.REFUSED,
        corrected=Decimal("4.50"),
        refusal_reason=RefusalReason.LATE_NOTE,
        note="бележка",
        decided_by=world.ana.user_id,
        decided_at=NOW,
    ).execute()
    Submission.recount([the_list(SCHOOL).id])
    OutboxMessage.delete().execute()
    return Record.get()


def test_a_changed_figure_takes_the_decision_back_and_tells_the_director(decided, world):
    done = load(asp(0, absences="006.00"))

    now_is = stored(decided)
    assert counts(done) == {"received": 1, "distributed": 1, "updated": 1, "reset": 1}
    assert (now_is.decision, now_is.corrected, now_is.refusal_reason, now_is.note) == (
        Decision.PENDING,
        None,
        None,
        "",
    )
    assert (now_is.decided_by_id, now_is.decided_at) == (None, None)
    assert (now_is.figure_before, now_is.figure_changed_at) == (Decimal("7.00"), NOW)
    assert now_is.version == decided.version + 1
    assert (the_list(SCHOOL).pending, the_list(SCHOOL).refused) == (1, 0)
    (letter,) = OutboxMessage.select()
    assert (letter.kind, letter.user_id) == ("changed_after_decision", world.ana.user_id)
    entry = AuditEntry.get(AuditEntry.what == "reset_by_load")
    assert (entry.chain, entry.object, entry.content) == (SCHOOL, f"record:{decided.id}", done.sha256)


def test_other_names_leave_the_decision_alone(decided):
    version = the_list(SCHOOL).version
    done = load(asp(0, given="Стефания", family="Цветанова"))

    now_is = stored(decided)
    assert counts(done) == {"received": 1, "distributed": 1, "updated": 1}
    assert (now_is.given, now_is.family) == ("Стефания", "Цветанова")
    assert (now_is.decision, now_is.corrected) == (Decision.REFUSED, Decimal("4.50"))
    assert now_is.figure_before is None
    assert the_list(SCHOOL).version == version + 1, "what was issued for signing is no longer the list"
    assert OutboxMessage.select().count() == 0


def test_a_figure_that_the_reason_is_not_about_leaves_the_decision_alone(decided):
    load(asp(0, days="05"))

    assert stored(decided).days == "05"
    assert stored(decided).decision is Decision.REFUSED


def test_an_undecided_record_shows_the_earlier_figure_too():
    load(asp(0, reason=2, days="09"))
    done = load(asp(0, reason=2, days="11"))

    record = Record.get()
    assert (record.days, record.figure_before) == ("11", Decimal("9.00"))
    assert counts(done) == {"received": 1, "distributed": 1, "updated": 1}


def test_nothing_is_removed_and_what_is_missing_is_counted():
    load(asp(0), asp(1), asp(1, reason=2), asp(2))
    done = load(asp(3), asp(1), "2020|12|боклук")

    assert counts(done) == {
        "received": 3, "distributed": 2, "rejected": 1, "added": 1, "unchanged": 1, "missing": 3,
    }  # fmt: skip
    assert Record.select().count() == 5


def test_a_child_on_a_rejected_line_is_not_missing():
    load(asp(0), asp(1))

    assert load(asp(0, absences="7"), asp(1)).missing == 0


def test_a_signed_list_takes_what_says_the_same_and_nothing_else(decided):
    load(asp(1))
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == SCHOOL).execute()
    before = list(Record.select().order_by(Record.id).dicts())
    done = load(asp(0), asp(1, given="Друго"), asp(2))

    assert counts(done) == {"received": 3, "distributed": 1, "rejected": 2, "unchanged": 1}
    assert rejected(done) == {2: LIST_SIGNED, 3: LIST_SIGNED}
    assert list(Record.select().order_by(Record.id).dicts()) == before


def test_another_institution_moves_a_pending_record():
    load(asp(0))
    first, second = the_list(SCHOOL), the_list(OTHER_SCHOOL)
    Submission.update(checked_at=NOW).where(Submission.id == second.id).execute()
    done = load(asp(0, institution=OTHER_SCHOOL))

    record = Record.get()
    assert counts(done) == {"received": 1, "distributed": 1, "updated": 1, "moved": 1}
    assert (record.institution_id, record.asp_institution, record.submission_id) == (
        OTHER_SCHOOL,
        OTHER_SCHOOL,
        second.id,
    )
    assert (the_list(SCHOOL).total, the_list(OTHER_SCHOOL).total) == (0, 1)
    assert the_list(OTHER_SCHOOL).checked_at is None
    assert {(e.chain, e.object) for e in AuditEntry.select() if e.what == "moved_by_load"} == {
        (SCHOOL, f"submission:{first.id}"),
        (OTHER_SCHOOL, f"submission:{second.id}"),
    }


def test_an_enrolment_is_stronger_than_another_institution():
    enrol(enrolled(0, institution=SCHOOL))
    load(asp(0))
    done = load(asp(0, institution=OTHER_SCHOOL))

    assert (Record.get().institution_id, Record.get().asp_institution) == (SCHOOL, OTHER_SCHOOL)
    assert counts(done) == {"received": 1, "distributed": 1, "updated": 1}


def test_a_decided_record_stays_where_it_was_decided(decided):
    load(asp(0, institution=OTHER_SCHOOL))

    now_is = stored(decided)
    assert (now_is.institution_id, now_is.asp_institution) == (SCHOOL, OTHER_SCHOOL)
    assert now_is.decision is Decision.REFUSED


def test_another_figure_and_institution_take_the_decision_back_and_move(decided):
    done = load(asp(0, institution=OTHER_SCHOOL, absences="009.00"))

    assert counts(done) == {"received": 1, "distributed": 1, "updated": 1, "reset": 1, "moved": 1}
    assert stored(decided).institution_id == OTHER_SCHOOL
    assert stored(decided).decision is Decision.PENDING


def test_nothing_moves_onto_a_signed_list():
    load(asp(0))
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == OTHER_SCHOOL).execute()

    assert rejected(load(asp(0, institution=OTHER_SCHOOL))) == {1: LIST_SIGNED}
    assert (Record.get().institution_id, Record.get().asp_institution) == (SCHOOL, SCHOOL)


def test_a_record_that_was_sent_back_goes_where_a_corrected_file_says(world):
    load(asp(0))
    Record.update(
        submission=None, returned_at=NOW, returned_by=world.ana.user_id, returned_note="в друго училище"
    ).execute()
    assert counts(load(asp(0))) == {"received": 1, "distributed": 1, "unchanged": 1}
    assert Record.get().submission_id is None

    done = load(asp(0, institution=KINDERGARTEN))

    record = Record.get()
    assert done.moved == 1
    assert (record.institution_id, record.submission_id) == (KINDERGARTEN, the_list(KINDERGARTEN).id)
    assert (record.returned_at, record.returned_by_id, record.returned_note) == (None, None, "")


def test_a_record_placed_by_hand_stays_there():
    load(asp(0))
    Record.update(routed_at=NOW, institution=FAR_SCHOOL, submission=the_list(FAR_SCHOOL).id).execute()
    load(asp(0, institution=OTHER_SCHOOL))

    assert (Record.get().institution_id, Record.get().asp_institution) == (FAR_SCHOOL, OTHER_SCHOOL)


def test_one_letter_a_director_however_many_records_changed(world):
    load(asp(0), asp(1), asp(2, institution=OTHER_SCHOOL))
    Record.update(decision=Decision.CONFIRMED).execute()
    OutboxMessage.delete().execute()
    done = load(asp(0, absences="001.00"), asp(1, absences="001.00"), asp(2, institution=OTHER_SCHOOL))

    assert done.reset == 2
    assert [letter.recipient for letter in OutboxMessage.select()] == ["ana@example.org"]


def test_a_deadline_can_be_moved_by_the_load_itself(world):
    load(asp(0), now=AFTER, window=Days(date(2021, 1, 25), date(2021, 2, 5)))

    assert Campaign.get().closes_on == date(2021, 2, 5)
    assert Record.select().count() == 1
