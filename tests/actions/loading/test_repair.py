"""repair: a rejected line mended by the operator is placed by the rules of the load, once."""

import io
import json

import pytest

from portal.actions.campaigns.answers import make_answer
from portal.actions.lists.confirmations import decide
from portal.actions.loading.files import facts
from portal.actions.loading.repairing import ALREADY_THERE, AS_IT_STANDS, leave, repair
from portal.actions.retention.purging import purge
from portal.actions.signing.signing import sign
from portal.actions.verifying import Verified, verify
from portal.domain.campaigns.rejected import Outcome
from portal.domain.decisions import Decided, Decision
from portal.domain.errors import Conflict, NotFound, Refusal
from portal.domain.letters.kinds import Occasion
from portal.domain.month import Month
from portal.domain.submissions import Lock
from portal.exchange.asp_list import LIST_SIGNED
from portal.storage.lists.current import list_of
from portal.storage.loading.tables import Load, RejectedLine
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.letters import OutboxMessage
from tests.actions.loading.loaded import asp, enrol, enrolled, load, load_bytes
from tests.cast import AFTER, EGNS, MONTH, NOW, OTHER_SCHOOL, PASSWORD, SCHOOL, SITE
from tests.storage.together import at_once

pytestmark = pytest.mark.usefixtures("world")

BAD = asp(0, absences="7.5   ")


def the_reject(done: Load, number: int = 1) -> RejectedLine:
    return RejectedLine.get((RejectedLine.load == done) & (RejectedLine.number == number))


def mend(world, done: Load, number: int = 1, *, now=NOW, **changes) -> Record:
    return repair(world.oleg, done.id, the_reject(done, number).id, changes, now=now)


def counted(done: Load) -> tuple[int, int, int, int]:
    now = Load.get_by_id(done.id)
    return now.received, now.distributed, now.rejected, now.repaired


def findings() -> list[str]:
    """Of loads: the cast has rows that no action made."""
    found = verify(MONTH, verified=Verified(), site=SITE)
    return [each.code for each in found if each.thing.startswith("load")]


def manifest(*, now=NOW, final: bool = False) -> dict:
    return json.loads(make_answer(None, MONTH, io.BytesIO(), now=now, final=final).manifest)


def test_a_mended_line_is_placed_where_its_child_is_and_is_counted_apart(world):
    enrol(enrolled(0, institution=OTHER_SCHOOL, class_code=7))
    done = load(BAD, asp(1))
    record = mend(world, done, absences="007.50")

    assert (record.institution_id, record.asp_institution, record.class_code) == (OTHER_SCHOOL, SCHOOL, 7)
    assert (record.absences, record.decision) == ("007.50", Decision.PENDING)
    assert list_of(OTHER_SCHOOL, MONTH).total == 1
    assert counted(done) == (2, 1, 0, 1)
    assert facts(Load.get_by_id(done.id))["repaired"] == 1
    assert findings() == []


def test_only_the_part_at_fault_is_changed(world):
    record = mend(world, load(BAD, asp(1)), absences="007.50", given="Друго", institution=OTHER_SCHOOL)

    assert (record.given, record.institution_id) == ("Стефан", SCHOOL)


def test_what_is_still_wrong_is_said_beside_its_part_and_nothing_is_stored(world):
    done = load(asp(0, absences="7", days="1"), asp(1))
    with pytest.raises(Refusal) as refused:
        mend(world, done, absences="7.5", days="1")

    assert [each.field for each in (refused.value, *refused.value.also)] == ["absences", "days"]
    assert counted(done) == (2, 1, 1, 0)
    assert the_reject(done).outcome is Outcome.OPEN


@pytest.mark.parametrize("value", ["00|000", "7", ""])
def test_a_part_never_breaks_the_line_apart(world, value):
    done = load(BAD, asp(1))
    with pytest.raises(Refusal) as refused:
        mend(world, done, absences=value)

    assert refused.value.field == "absences"
    assert Record.select().count() == 1


def test_an_institution_that_the_portal_does_not_know_becomes_one_that_it_knows(world):
    done = load(asp(0, institution="2299999"), asp(1))

    assert mend(world, done, institution=OTHER_SCHOOL).institution_id == OTHER_SCHOOL


def test_a_line_that_does_not_come_apart_is_mended_whole(world):
    done = load(asp(0).replace("|", ";", 1), asp(1))

    assert mend(world, done, line=asp(0)).id_number == EGNS[0]


def test_a_name_whose_letters_were_lost_has_to_be_written(world):
    content = "\r\n".join([asp(0, given="Ștefan"), asp(1), asp(2)]).encode()
    done = load_bytes(content)
    with pytest.raises(Refusal, match=AS_IT_STANDS[:20]):
        mend(world, done)
    assert mend(world, done, given="Щефан").given == "Щефан"


def test_a_mended_identifier_never_takes_over_another_line(world):
    done = load(asp(0), asp(1, number="1043183144"))
    with pytest.raises(Refusal) as refused:
        mend(world, done, 2, id_number=EGNS[0])

    assert (str(refused.value), refused.value.field) == (ALREADY_THERE, "id_number")
    assert counted(done) == (2, 1, 1, 0)


def test_a_repeated_line_is_mended_where_it_means_another_child(world):
    done = load(asp(0), asp(0))

    assert mend(world, done, 2, id_number=EGNS[5]).id_number == EGNS[5]
    assert counted(done) == (2, 1, 0, 1)


def test_of_one_file_a_good_line_stands_also_where_it_comes_later(world):
    done = load(BAD, asp(0, absences="009.00"))
    with pytest.raises(Refusal, match="валиден е ред 2"):
        mend(world, done, absences="007.50")

    assert Record.get().absences == "009.00"


def test_a_mended_figure_is_as_new_as_that_of_a_file(world):
    load(asp(0, absences="009.00"))
    record = Record.get()
    decide(world.ana, MONTH, record.id, Decided(Decision.CONFIRMED), seen=record.version, now=NOW)
    changed = mend(world, load(BAD, asp(1)), absences="007.50")

    assert (changed.id, changed.absences, changed.decision) == (record.id, "007.50", Decision.PENDING)


def test_a_newer_file_knows_better_than_an_older_line(world):
    done = load(BAD, asp(1))
    load(asp(0, absences="003.00"))
    with pytest.raises(Refusal, match="вече има запис"):
        mend(world, done, absences="007.50")

    assert Record.get(Record.id_number == EGNS[0]).absences == "003.00"


def test_of_two_who_mend_one_line_one_is_told(world):
    done = load(BAD, asp(1))

    def one():
        try:
            return mend(world, done, absences="007.50").id
        except Conflict as told:
            return str(told)

    results = at_once(one, one)
    assert [each for each in results if isinstance(each, str)] == ["Редът вече е поправен."]
    assert counted(done) == (2, 1, 0, 1)
    assert AuditEntry.select().where(AuditEntry.what == "repaired_line").count() == 1


def test_a_signed_list_gets_nothing_until_it_is_open_again(world):
    load(asp(0))
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == SCHOOL).execute()
    done = load(asp(1))
    assert the_reject(done).faults == LIST_SIGNED
    with pytest.raises(Refusal) as refused:
        mend(world, done)
    assert str(refused.value) == (
        f"Списъкът вече е подписан: 39. СУ „Отец Паисий“ ({SCHOOL}). Договорете се с директора да премахне "
        "подписа си и после поправете реда."
    )
    Submission.update(lock=Lock.OPEN).where(Submission.institution == SCHOOL).execute()

    assert mend(world, done).institution_id == SCHOOL
    assert counted(done) == (1, 0, 0, 1)


def test_where_the_record_lies_on_a_signed_list_that_one_is_named(world):
    enrol(enrolled(1, institution=OTHER_SCHOOL))
    load(asp(0), asp(1))
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == OTHER_SCHOOL).execute()
    done = load(asp(0), asp(1, absences="9.5"))

    with pytest.raises(Refusal, match=rf"10\. СУ „Христо Ботев“ \({OTHER_SCHOOL}\)\."):
        mend(world, done, 2, absences="009.50")


def test_a_told_director_is_told_that_a_child_came(world):
    done = load(asp(1), BAD)
    Submission.update(told_at=NOW).where(Submission.institution == SCHOOL).execute()
    mend(world, done, 2, absences="007.50")

    letters = OutboxMessage.select().where(OutboxMessage.kind == Occasion.LIST_CHANGED.value)
    assert [json.loads(letter.facts)["added"] for letter in letters] == [1]


def test_nothing_is_mended_too_late(world):
    done = load(BAD, asp(1))
    with pytest.raises(Conflict, match=r"Срокът изтече на 01\.02\.2021"):
        mend(world, done, now=AFTER, absences="007.50")
    make_answer(None, MONTH, io.BytesIO(), now=AFTER, final=True)
    with pytest.raises(Conflict, match="вече е изготвен"):
        mend(world, done, now=AFTER, absences="007.50")

    assert counted(done) == (2, 1, 1, 0)


def test_a_line_that_was_erased_is_not_there(world):
    done = load(BAD, asp(1))
    line = the_reject(done).id
    mend(world, done, absences="007.50")
    make_answer(None, MONTH, io.BytesIO(), now=AFTER, final=True)
    purge(Month(2021, 2), site=SITE, now=AFTER)

    assert RejectedLine.select().count() == 0
    with pytest.raises(NotFound):
        repair(world.oleg, done.id, line, {}, now=AFTER)
    assert findings() == []


def test_a_file_without_one_good_line_is_mended_as_a_file(world):
    done = load(BAD)
    with pytest.raises(NotFound, match="поне един верен ред"):
        mend(world, done, absences="007.50")


@pytest.mark.usefixtures("turns")
def test_the_same_file_loaded_again_finds_its_lines_mended(world):
    lines = (asp(1), BAD, asp(2, institution="2299999"))
    mend(world, load(*lines), 2, absences="007.50")
    before = list(Record.select().order_by(Record.id).dicts())
    again = load(*lines)

    assert (again.received, again.distributed, again.rejected, again.repaired, again.missing) == (
        3,
        1,
        1,
        1,
        0,
    )
    assert list(Record.select().order_by(Record.id).dicts()) == before
    assert findings() == []
    assert [one["number"] for one in manifest()["repaired_lines"]] == [2]


def test_a_corrected_file_finds_the_record_there(world):
    mend(world, load(BAD, asp(1)), absences="007.50")
    corrected = load(asp(0, absences="007.50"), asp(1))

    assert (corrected.unchanged, corrected.rejected, corrected.repaired) == (2, 0, 0)


def test_a_line_that_is_left_stays_rejected_and_can_still_be_mended(world):
    done = load(BAD, asp(1))
    leave(world.oleg, done.id, the_reject(done).id, now=NOW)
    leave(world.oleg, done.id, the_reject(done).id, now=NOW)  # pressed twice

    assert (the_reject(done).outcome, counted(done)) == (Outcome.LEFT, (2, 1, 1, 0))
    assert AuditEntry.select().where(AuditEntry.what == "left_line").count() == 1
    assert findings() == []
    mend(world, done, absences="007.50")
    assert counted(done) == (2, 1, 0, 1)
    with pytest.raises(Conflict, match="Редът вече е поправен"):
        leave(world.oleg, done.id, the_reject(done).id, now=NOW)


def test_the_manifest_says_what_was_mended_by_whom_and_how_it_came(world):
    done = load(BAD, asp(1))
    mend(world, done, absences="007.50")
    told = manifest()

    (line,) = told["repaired_lines"]
    assert (line["line"], line["repaired"]) == (BAD, BAD.replace("7.5   ", "007.50"))
    assert (line["number"], line["repaired_at"], line["repaired_by"]) == (
        1,
        "2021-01-28T08:00:00Z",
        world.oleg.name,
    )
    (file,) = told["loads"]
    assert [file[name] for name in ("received", "distributed", "rejected", "repaired")] == [2, 1, 0, 1]


def test_the_audit_knows_who_mended_a_line_and_no_child(world):
    done = load(BAD, asp(1))
    mend(world, done, absences="007.50")

    (entry,) = AuditEntry.select().where(AuditEntry.what == "repaired_line")
    assert (entry.who, entry.object) == (world.oleg.user_id, f"load:{done.id}")


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (lambda done: Load.update(rejected=1).where(Load.id == done.id), "lines_differ"),
        (lambda done: Load.update(received=9).where(Load.id == done.id), "lines_differ"),
        (lambda done: RejectedLine.update(mended=asp(3).encode("cp1251")), "repair_differs"),
        (lambda done: RejectedLine.update(line=b"x"), "repair_differs"),
        (lambda done: RejectedLine.delete(), "repair_differs"),
    ],
)
def test_verify_finds_what_was_changed_by_hand(world, what, code):
    done = load(BAD, asp(1))
    mend(world, done, absences="007.50")
    what(done).execute()

    assert code in findings()


def test_a_mended_child_is_decided_and_signed_like_any_other(world):
    record = mend(world, load(BAD, asp(1, institution=OTHER_SCHOOL)), absences="007.50")
    decide(world.ana, MONTH, record.id, Decided(Decision.CONFIRMED), seen=record.version, now=NOW)
    sign(world.ana, MONTH, PASSWORD, shown="", site=SITE, now=NOW)

    assert manifest()["records_by_decision"]["confirmed"] == 1
    assert Campaign.for_month(MONTH).answered_at is None
