"""compare: what is stored of a diary on either database, whoever else is at the list."""

from decimal import Decimal

import pytest

from portal.actions.diary.comparing import compare
from portal.actions.lists.confirm_rest import confirm_rest, rest_of
from portal.actions.lists.confirmations import decide
from portal.domain.decisions import Decided, Decision
from portal.domain.diary.agreement import Agreement
from portal.domain.errors import Conflict, Denied
from portal.domain.identifiers import IdType
from portal.domain.people import Scope
from portal.storage.diary.figures import diary_of, figures_of
from portal.storage.lists.current import list_of, records_of
from portal.storage.lists.reading import Filter
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Record, Submission
from tests.cast import EGNS, MONTH, NOW, OTHER_SCHOOL, SCHOOL, add_record, stored
from tests.diaries import diary, line, line_of
from tests.storage.together import at_once

EQUAL = Filter(agreement=Agreement.EQUAL)


def figures(institution: str = SCHOOL) -> dict[int, Decimal | None]:
    return figures_of(list_of(institution, MONTH))


def test_keeps_a_figure_with_two_places_and_that_a_child_is_missing(world):
    here, missing = add_record(), add_record()
    compare(world.ana, MONTH, diary(line_of(here, "4,333333")), now=NOW)

    assert figures() == {here.id: Decimal("4.33"), missing.id: None}
    assert diary_of(list_of(SCHOOL, MONTH)).by_id == world.ana.user_id


def test_a_list_is_read_with_its_figures_and_another_one_without(world):
    ours, theirs = add_record(), add_record(OTHER_SCHOOL)
    compare(world.ana, MONTH, diary(line_of(ours, "7")), now=NOW)

    (record,) = records_of(list_of(SCHOOL, MONTH)).listed
    assert record.by_diary.unexcused == Decimal(7)
    (record,) = records_of(list_of(OTHER_SCHOOL, MONTH)).listed
    assert (record.id, record.by_diary) == (theirs.id, None)


def test_two_at_once_leave_one_whole_diary(world):
    records = [add_record() for _ in range(3)]
    files = [diary(*(line_of(record, figure) for record in records)) for figure in ("2", "3")]

    def comparing(content):
        return lambda: compare(world.ana, MONTH, content, now=NOW)

    assert all(outcome.is_news for outcome in at_once(*map(comparing, files)))
    assert len(set(figures().values())) == 1
    assert diary_of(list_of(SCHOOL, MONTH)).version == 2
    assert AuditEntry.select().where(AuditEntry.what == "compared_diary").count() == 2


def test_a_diary_that_came_meanwhile_stops_who_confirms_what_it_showed(world):
    record = add_record()
    compare(world.ana, MONTH, diary(line_of(record, "7")), now=NOW)
    seen = rest_of(world.dora, MONTH, EQUAL, now=NOW).version
    compare(world.ana, MONTH, diary(line_of(record, "7"), line(number=EGNS[19])), now=NOW)

    with pytest.raises(Conflict):
        confirm_rest(world.dora, MONTH, EQUAL, seen=seen, now=NOW)
    assert stored(record).decision is Decision.PENDING


def test_whoever_confirms_the_rest_of_the_list_is_not_stopped_by_a_diary(world):
    record = add_record()
    seen = rest_of(world.dora, MONTH, now=NOW).version
    compare(world.ana, MONTH, diary(line_of(record, "2")), now=NOW)

    assert confirm_rest(world.dora, MONTH, seen=seen, now=NOW) == 1


def test_decisions_and_versions_stay_as_they_are(world):
    record = add_record()
    decide(world.ana, MONTH, record.id, Decided(Decision.CONFIRMED), seen=record.version, now=NOW)
    before = stored(record), list_of(SCHOOL, MONTH).version
    compare(world.ana, MONTH, diary(line_of(record, "2")), now=NOW)

    assert (stored(record).decision, stored(record).version) == (before[0].decision, before[0].version)
    assert list_of(SCHOOL, MONTH).version == before[1]


def test_a_record_that_moves_leaves_its_figure_behind_and_gets_one_anew(world):
    record = add_record()
    compare(world.ana, MONTH, diary(line_of(record, "2")), now=NOW)
    other = Submission.get(Submission.institution == OTHER_SCHOOL)
    Record.update(submission=other, institution=OTHER_SCHOOL).where(Record.id == record.id).execute()
    Submission.recount([record.submission_id, other.id])

    (moved,) = records_of(list_of(OTHER_SCHOOL, MONTH)).listed
    assert moved.by_diary is None
    compare(world.boris, MONTH, diary(line_of(stored(record), "7")), now=NOW)
    assert figures(OTHER_SCHOOL) == {record.id: Decimal(7)}


@pytest.mark.parametrize("kind", IdType)
def test_a_child_is_found_by_its_number_under_another_type(world, kind):
    record = add_record(id_number=EGNS[0])
    Record.update(id_type=kind).where(Record.id == record.id).execute()
    compare(world.ana, MONTH, diary(line("7", number=EGNS[0])), now=NOW)
    assert figures() == {record.id: Decimal(7)}


def test_by_the_number_alone_nobody_gets_the_figure_of_two(world):
    exact, alike = add_record(id_number=EGNS[0]), add_record(id_number=EGNS[1])
    Record.update(id_type=IdType.IDN, id_number=EGNS[0]).where(Record.id == alike.id).execute()
    compare(world.ana, MONTH, diary(line("7", number=EGNS[0])), now=NOW)
    assert figures() == {exact.id: Decimal(7), alike.id: None}


def test_an_idn_is_found_whatever_zeros_and_letters_it_was_written_with(world):
    record = add_record(id_number="AB12")
    Record.update(id_type=IdType.IDN).where(Record.id == record.id).execute()
    compare(world.ana, MONTH, diary(line("7", number="000000ab12", kind="2")), now=NOW)
    assert figures() == {record.id: Decimal(7)}


def test_a_delegate_who_only_signs_compares_nothing(world):
    record = add_record()
    with pytest.raises(Denied):
        compare(world.delegate(Scope.SIGN), MONTH, diary(line_of(record, "7")), now=NOW)
    assert figures() == {}
