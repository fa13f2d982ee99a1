"""load_enrolments of a long file: beside the picture in force, while people work, and once more where it is
broken off."""

from collections import Counter

import pytest

from portal.actions.lists.confirmations import decide
from portal.actions.loading import moving, others
from portal.actions.loading.enrolment_turns import Turns
from portal.actions.signing.signing import sign
from portal.actions.verifying import Verified, verify
from portal.domain.decisions import Decided, Decision
from portal.domain.errors import Conflict
from portal.storage.campaigns import pictures
from portal.storage.campaigns.loaded import enrolment_months
from portal.storage.campaigns.loads import unfinished_anywhere, unfinished_of
from portal.storage.campaigns.placing import newest_enrolments
from portal.storage.lists.current import list_of
from portal.storage.lists.enrolled import enrolled_in
from portal.storage.loading.tables import Load
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.institutions import Enrolment, EnrolmentMonth
from portal.storage.tables.letters import OutboxMessage
from tests.actions.loading.conftest import store_in_turns
from tests.actions.loading.loaded import DECEMBER, asp, counts, enrol, enrolled, load
from tests.cast import (
    AFTER,
    CLOSES,
    EGNS,
    FAR_SCHOOL,
    KINDERGARTEN,
    MONTH,
    NOW,
    OTHER_SCHOOL,
    PASSWORD,
    SCHOOL,
    SITE,
    add_record,
    stored,
)
from tests.storage.together import at_once

pytestmark = [pytest.mark.usefixtures("world"), pytest.mark.both_databases]

CONFIRM = Decided(Decision.CONFIRMED)
OLD = tuple(enrolled(child, class_code=3) for child in range(6))
# By them the children of АСП's list go to three schools: Варна, the kindergarten, Борис's, in this order.
NEW = (
    enrolled(0, institution=OTHER_SCHOOL), enrolled(1, institution=FAR_SCHOOL), enrolled(2, class_code=5),
    enrolled(3, institution=OTHER_SCHOOL), enrolled(4, institution=KINDERGARTEN), enrolled(5),
)  # fmt: skip


@pytest.fixture(autouse=True)
def in_turns(monkeypatch):
    store_in_turns(monkeypatch)


@pytest.fixture
def listed():
    """Six children of Ана's school, by the enrolments and by АСП's list."""
    enrol(*OLD)
    load(*(asp(child) for child in range(6)))


def ends():
    raise KeyboardInterrupt


def before(monkeypatch, name: str, deed, *, times: int, where=pictures) -> None:
    """``deed`` is done once, before the call of ``name`` that comes after so many."""
    whole, left = getattr(where, name), [times]

    def deed_first(*args, **more):
        left[0] -= 1
        if left[0] == -1:
            deed()
        return whole(*args, **more)

    monkeypatch.setattr(where, name, deed_first)


def broken_off(monkeypatch, name: str, *lines: str, times: int = 1, where=pictures, **more) -> Load:
    with monkeypatch.context() as patch:
        before(patch, name, ends, times=times, where=where)
        with pytest.raises(KeyboardInterrupt):
            enrol(*(lines or NEW), **more)
    return Load.select().order_by(Load.id.desc()).get()


def classes() -> list[int]:
    """Of the children in force, in the order of their lines."""
    query = Enrolment.select().join(EnrolmentMonth, on=Enrolment.in_force()).order_by(Enrolment.position)
    return [child.class_code for child in query]


def held() -> dict[str, int]:
    """Records by institution; the counts of the lists say the same."""
    lists = {row.institution_id: row.total for row in Submission.select() if row.total}
    assert lists == Counter(record.institution_id for record in Record.select())
    return lists


PLACED = {SCHOOL: 2, OTHER_SCHOOL: 2, FAR_SCHOOL: 1, KINDERGARTEN: 1}


def test_says_the_same_as_of_a_short_file(listed):
    done = enrol(*NEW)

    assert counts(done) == {"received": 6, "distributed": 6, "added": 6, "moved": 4, "removed": 4}
    assert held() == PLACED
    assert done.is_finished
    assert unfinished_anywhere() == []
    assert Enrolment.select().count() == 6, "what was in force before is gone"
    assert [entry.what for entry in AuditEntry.select().where(AuditEntry.object == f"load:{done.id}")] == [
        "loaded_enrolments"
    ]


def test_until_it_is_whole_the_old_one_counts_for_everybody(world, listed, monkeypatch):
    """Two of three turns are stored: a line of АСП's list is placed by the old picture, the register shows
    its children, and a director decides."""
    record = Record.get(Record.id_number == EGNS[0])
    seen = []

    def looks():
        seen.append(classes())
        seen.append(sorted(child.class_code for child in enrolled_in(SCHOOL)))
        load(asp(0), asp(1), asp(2), asp(3), asp(4), asp(5), asp(0, reason=2))
        seen.append(Record.get(Record.reason == 2).class_code)
        at_once(lambda: decide(world.ana, MONTH, record.id, CONFIRM, seen=record.version, now=NOW))

    before(monkeypatch, "_told", looks, times=1, where=Turns)
    enrol(*NEW)

    assert seen == [[3] * 6, [3] * 6, 3]
    assert stored(record).decision is Decision.CONFIRMED
    assert stored(record).institution_id == SCHOOL, "what is decided stays"
    assert Record.get(Record.reason == 2).institution_id == OTHER_SCHOOL, "what was placed meanwhile follows"
    assert classes() == [4, 4, 5, 4, 4, 4]


def test_a_list_that_is_signed_between_the_turns_stays_as_it_is(world, listed, monkeypatch):
    mine = {"decision": Decision.CONFIRMED, "decided_by": world.boris.user_id, "decided_at": NOW}
    add_record(OTHER_SCHOOL, id_number=EGNS[15], **mine)

    def signs():
        at_once(lambda: sign(world.boris, MONTH, PASSWORD, shown="", site=SITE, now=NOW))

    before(monkeypatch, "_told", signs, times=3, where=Turns)
    done = enrol(*NEW)

    assert done.moved == 2
    assert held() == {SCHOOL: 4, OTHER_SCHOOL: 1, FAR_SCHOOL: 1, KINDERGARTEN: 1}


@pytest.mark.parametrize(
    "over", [{"closes_on": CLOSES.replace(month=1, day=27)}, {"answered_at": NOW}], ids=["closed", "answered"]
)
def test_a_month_that_is_over_meanwhile_keeps_its_records_where_they_are(listed, monkeypatch, over):
    before(monkeypatch, "_move", lambda: Campaign.update(**over).execute(), times=1, where=moving)
    done = enrol(*NEW)

    assert (done.moved, done.is_finished) == (1, True)
    assert held() == {SCHOOL: 5, FAR_SCHOOL: 1}


def test_each_director_is_written_to_once(listed):
    OutboxMessage.delete().execute()
    enrol(*NEW)

    told = sorted(letter.recipient for letter in OutboxMessage.select())
    assert told == ["ana@example.org", "boris@example.org", "vyara@example.org"]


class TestBrokenOff:
    def test_the_old_one_stays_in_force(self, listed, monkeypatch):
        done = broken_off(monkeypatch, "store", times=2)

        assert not done.is_finished
        assert (done.received, done.distributed) == (6, 4)
        assert classes() == [3] * 6
        assert held() == {SCHOOL: 6}
        assert enrol(*OLD).moved == 0

    def test_of_the_first_file_nothing_is_in_force(self, monkeypatch):
        broken_off(monkeypatch, "store", times=2)

        assert newest_enrolments() is None
        assert enrolled_in(SCHOOL) == []
        assert Enrolment.select().count() == 4
        enrol(*NEW)
        assert Enrolment.select().count() == 6

    def test_the_operator_sees_it_until_the_same_file_is_whole(self, listed, monkeypatch):
        done = broken_off(monkeypatch, "store")
        (seen,) = unfinished_of("enrolments")
        assert (seen.load, seen.done, seen.is_going_on, seen.is_stored) == (done, 2, False, False)

        enrol(enrolled(0, class_code=7), correction=True)
        assert unfinished_of("enrolments") == [seen], "a correction does not make up for it"
        enrol(*NEW)
        assert unfinished_of("enrolments") == []
        assert held() == PLACED

    def test_while_records_move_the_new_one_is_in_force_and_the_rest_follows_later(self, listed, monkeypatch):
        done = broken_off(monkeypatch, "_move", times=3, where=moving)
        (seen,) = unfinished_of("enrolments")

        assert (seen.load, seen.is_stored) == (done, True)
        assert classes() == [4, 4, 5, 4, 4, 4]
        assert held() == {SCHOOL: 4, FAR_SCHOOL: 1, KINDERGARTEN: 1}
        again = enrol(*NEW, sure=False)
        assert again.moved == 2
        assert held() == PLACED
        assert unfinished_of("enrolments") == []

    def test_a_long_correction_leaves_what_it_would_correct(self, listed, monkeypatch):
        for times in range(4):  # three turns of what stands, then the first of the file
            broken_off(monkeypatch, "store", *NEW[:2], times=times, correction=True)
            assert classes() == [3] * 6

        done = enrol(*NEW[:2], correction=True)
        assert counts(done) == {"received": 2, "distributed": 2, "added": 2}


def test_a_long_correction_is_the_same_as_a_short_one(listed, monkeypatch):
    lines = (enrolled(1, class_code=7), enrolled(4, status=3), enrolled(9, class_code=2))
    long = enrol(*lines, correction=True)
    after = list(Enrolment.select(Enrolment.id_number, Enrolment.position, Enrolment.status).tuples())
    enrol(*OLD)
    monkeypatch.undo()
    short = enrol(*lines, correction=True)

    assert counts(long) == counts(short)
    again = list(Enrolment.select(Enrolment.id_number, Enrolment.position, Enrolment.status).tuples())
    assert sorted(after) == sorted(again)


def test_how_many_a_month_holds_is_kept_and_proven(listed, monkeypatch):
    def proven() -> list[str]:
        found = verify(None, verified=Verified(), site=SITE)
        return [each.sentence for each in found if each.thing == f"enrolments:{DECEMBER}"]

    for _ in ("in turns", "at once"):
        enrol(*OLD)
        assert (enrolment_months(), proven()) == ([(DECEMBER, 6)], [])
        enrol(enrolled(1, class_code=7), enrolled(9, class_code=2), correction=True)
        assert (enrolment_months(), proven()) == ([(DECEMBER, 7)], [])
        monkeypatch.undo()
    EnrolmentMonth.update(enrolments=6).execute()

    assert proven() == ["2020-12: записванията са 7, а преброени са 6."]


def test_of_two_at_once_the_second_waits_or_is_told_to(listed, monkeypatch):
    answers = []
    with monkeypatch.context() as patch:
        patch.setattr(others, "PATIENCE", 0.1)
        before(patch, "_told", lambda: answers.extend(at_once(lambda: enrol(*OLD))), times=1, where=Turns)
        enrol(*NEW)

    assert isinstance(answers[0], Conflict)
    assert str(answers[0]).startswith("В момента се зареждат други записвания. „записвания.txt“, започнат от")
    assert held() == PLACED
    assert enrol(*OLD).moved == 4, "and afterwards it has its turn"


def test_two_at_once_leave_one_whole_picture(listed):
    done = at_once(lambda: enrol(*NEW), lambda: enrol(*OLD))

    assert all(isinstance(each, Load) for each in done)
    assert classes() in ([3] * 6, [4, 4, 5, 4, 4, 4])
    assert Enrolment.select().count() == 6
    assert held() in ({SCHOOL: 6}, PLACED)


def test_past_the_deadline_only_the_picture_changes(listed):
    done = enrol(*NEW, now=AFTER)

    assert (done.moved, held()) == (0, {SCHOOL: 6})
    assert list_of(SCHOOL, MONTH).total == 6
    assert EnrolmentMonth.get().picture == done.id
    assert newest_enrolments().month == DECEMBER
