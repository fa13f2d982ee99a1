"""route, route_all: records that were sent back, or on which nobody can decide, find another list."""

import pytest

from portal.actions.campaigns.campaigns import make_exception
from portal.actions.campaigns.closing import close_institution
from portal.actions.lists.confirmations import decide, send_back, take_back
from portal.actions.loading.routing import route, route_all
from portal.domain.calendar import Band
from portal.domain.decisions import Decided, Decision
from portal.domain.errors import Conflict, NotFound, Refusal
from portal.domain.month import Month
from portal.domain.operating import NobodyThere
from portal.domain.submissions import Lock
from portal.storage.lists.current import list_of
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import User
from tests.actions.loading.loaded import LATER_DAY, enrol, enrolled
from tests.cast import (
    AFTER,
    EGNS,
    FAR_SCHOOL,
    KINDERGARTEN,
    MONTH,
    NOW,
    OTHER_SCHOOL,
    SCHOOL,
    add_record,
    stored,
)
from tests.mail.letters import letters, text


@pytest.fixture
def returned(world):
    record = add_record(SCHOOL, id_number=EGNS[0], class_code=7)
    return send_back(world.ana, MONTH, record.id, "премести се", now=NOW).record


def the_list(institution: str) -> Submission:
    return list_of(institution, MONTH)


def test_puts_the_record_on_the_list_of_the_other_institution(world, returned):
    Submission.update(checked_at=NOW, checked_by=world.boris.user_id).execute()
    route(world.oleg, MONTH, returned.id, OTHER_SCHOOL, now=NOW)

    record = stored(returned)
    assert (record.institution_id, record.submission_id) == (OTHER_SCHOOL, the_list(OTHER_SCHOOL).id)
    assert (record.asp_institution, record.decision) == (SCHOOL, Decision.PENDING)
    assert (record.returned_at, record.returned_by_id, record.returned_note) == (None, None, "")
    assert record.version == returned.version + 1
    assert (the_list(SCHOOL).total, the_list(OTHER_SCHOOL).total) == (0, 1)
    assert the_list(OTHER_SCHOOL).checked_at is None
    decide(world.boris, MONTH, record.id, Decided(Decision.CONFIRMED), seen=record.version, now=NOW)


def test_is_in_the_audit_of_both_institutions(world, returned):
    route(world.oleg, MONTH, returned.id, OTHER_SCHOOL, now=NOW)

    entries = AuditEntry.select().where(AuditEntry.what == "routed")
    assert {(e.chain, e.object, e.who) for e in entries} == {
        (SCHOOL, f"record:{returned.id}", world.oleg.user_id),
        (OTHER_SCHOOL, f"record:{returned.id}", world.oleg.user_id),
    }


def test_can_go_back_to_who_sent_it(world, returned):
    route(world.oleg, MONTH, returned.id, SCHOOL, now=NOW)

    assert stored(returned).submission_id == the_list(SCHOOL).id
    assert AuditEntry.select().where(AuditEntry.what == "routed").count() == 1


def test_class_and_band_follow_the_rules_of_placement(world, returned):
    route(world.oleg, MONTH, returned.id, KINDERGARTEN, now=NOW)
    assert (stored(returned).class_code, stored(returned).band) == (None, Band.PRESCHOOL)

    other = send_back(world.vyara, MONTH, returned.id, "не е наше", now=NOW).record
    enrol(
        enrolled(0, institution=FAR_SCHOOL, class_code=5), enrolled(0, institution=OTHER_SCHOOL, class_code=6)
    )
    route(world.oleg, MONTH, other.id, KINDERGARTEN, now=NOW)
    assert (stored(other).class_code, stored(other).band) == (6, Band.IV_VI)


def test_no_later_enrolment_moves_it(world, returned):
    route(world.oleg, MONTH, returned.id, OTHER_SCHOOL, now=NOW)
    enrol(enrolled(0, institution=SCHOOL))

    assert stored(returned).institution_id == OTHER_SCHOOL


def test_not_onto_a_signed_list(world, returned):
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == OTHER_SCHOOL).execute()

    with pytest.raises(Conflict, match="вече е подписан"):
        route(world.oleg, MONTH, returned.id, OTHER_SCHOOL, now=NOW)
    assert stored(returned).submission_id is None


def test_the_signature_of_the_one_who_sent_it_is_no_obstacle(world, returned):
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == SCHOOL).execute()
    route(world.oleg, MONTH, returned.id, OTHER_SCHOOL, now=NOW)

    assert stored(returned).institution_id == OTHER_SCHOOL


def test_after_the_deadline_only_where_an_exception_is_open(world, returned):
    with pytest.raises(Conflict, match="Срокът изтече"):
        route(world.oleg, MONTH, returned.id, OTHER_SCHOOL, now=AFTER)
    make_exception(world.oleg, MONTH, OTHER_SCHOOL, LATER_DAY, "за едно дете", now=AFTER)

    route(world.oleg, MONTH, returned.id, OTHER_SCHOOL, now=AFTER)

    assert stored(returned).institution_id == OTHER_SCHOOL


def test_not_in_an_answered_campaign(world, returned):
    Campaign.update(answered_at=AFTER).execute()

    with pytest.raises(Conflict, match="вече е изготвен"):
        route(world.oleg, MONTH, returned.id, OTHER_SCHOOL, now=AFTER)


def test_a_record_that_lies_on_a_list_stays_there(world, returned):
    take_back(world.ana, MONTH, returned.id, now=NOW)

    with pytest.raises(Conflict, match="вече е в списъка"):
        route(world.oleg, MONTH, returned.id, OTHER_SCHOOL, now=NOW)
    assert stored(returned).institution_id == SCHOOL


def test_twice_is_once(world, returned):
    route(world.oleg, MONTH, returned.id, OTHER_SCHOOL, now=NOW)

    with pytest.raises(Conflict):
        route(world.oleg, MONTH, returned.id, FAR_SCHOOL, now=NOW)


def test_to_an_institution_that_nobody_directs_only_who_is_sure(world, closed):
    one, all_of_it = (world.oleg, MONTH, closed[2].id, FAR_SCHOOL), (world.oleg, MONTH, SCHOOL, FAR_SCHOOL)
    for deed, asked in ((route, one), (route_all, all_of_it)):
        with pytest.raises(NobodyThere, match="няма активиран директор"):
            deed(*asked, now=NOW)
    assert the_list(FAR_SCHOOL).total == 0

    route(*one, sure=True, now=NOW)
    assert route_all(*all_of_it, sure=True, now=NOW) == 2
    assert the_list(FAR_SCHOOL).total == 3


def test_an_unknown_institution_is_refused_at_its_field(world, returned):
    with pytest.raises(Refusal) as refused:
        route(world.oleg, MONTH, returned.id, "9999999", now=NOW)
    assert refused.value.field == "institution"


def test_a_record_of_another_month_is_not_there(world, returned):
    Campaign.create(month=Month(2020, 11), made_at=NOW)

    with pytest.raises(NotFound):
        route(world.oleg, Month(2020, 11), returned.id, OTHER_SCHOOL, now=NOW)


def test_a_director_of_an_empty_list_is_told_of_it(world, returned):
    Submission.update(told_at=NOW).execute()
    route(world.oleg, MONTH, returned.id, OTHER_SCHOOL, now=NOW)

    (letter,) = letters(now=NOW)
    assert letter.to == "boris@example.org"
    assert "добавени записи: 1. Сега в списъка има 1 запис." in text(letter)


def test_what_the_operator_routes_in_one_go_is_one_letter(world, returned):
    Submission.update(told_at=NOW).execute()
    second = add_record(id_number=EGNS[9])
    send_back(world.ana, MONTH, second.id, "премести се", now=NOW)

    for record in (returned, second):
        route(world.oleg, MONTH, record.id, OTHER_SCHOOL, now=NOW)

    (letter,) = letters(now=NOW)
    assert "добавени записи: 2. Сега в списъка има 2 записа." in text(letter)


def test_a_director_hears_of_a_record_that_comes_back(world, returned):
    Submission.update(told_at=NOW).execute()
    route(world.oleg, MONTH, returned.id, SCHOOL, now=NOW)

    (letter,) = letters(now=NOW)
    assert (letter.to, letter.subject) == (
        "ana@example.org",
        "Върнат запис за декември 2020 г.: 39. СУ „Отец Паисий“",
    )
    assert returned.family not in letter.body


@pytest.fixture
def closed(world):
    """Three records of a school that is closed: pending, decided, and one that it sent back."""
    records = [add_record(id_number=EGNS[0]), add_record(id_number=EGNS[1], decision=Decision.CONFIRMED)]
    back = add_record(id_number=EGNS[2])
    send_back(world.ana, MONTH, back.id, "премести се", now=NOW)
    close_institution(world.oleg, SCHOOL, NOW.date(), OTHER_SCHOOL, now=NOW)
    return [*records, back]


def nobody_directs(institution: str) -> None:
    User.update(disabled_at=NOW).where(User.institution == institution).execute()


def test_all_that_wait_in_a_closed_institution_go_together_and_undecided(world, closed):
    Submission.update(told_at=NOW).execute()
    assert route_all(world.oleg, MONTH, SCHOOL, OTHER_SCHOOL, now=NOW) == 2

    assert [stored(record).institution_id for record in closed] == [OTHER_SCHOOL, OTHER_SCHOOL, SCHOOL]
    record = stored(closed[1])
    assert (record.decision, record.version, record.routed_at) == (Decision.PENDING, 2, NOW)
    assert (the_list(SCHOOL).total, the_list(OTHER_SCHOOL).pending) == (0, 2)
    entries = AuditEntry.select().where(AuditEntry.what == "routed")
    assert sorted(entry.chain for entry in entries) == [SCHOOL, SCHOOL, OTHER_SCHOOL, OTHER_SCHOOL]
    assert [letter.recipient for letter in OutboxMessage.select()] == ["boris@example.org"]
    enrol(enrolled(0, institution=KINDERGARTEN))
    assert stored(closed[0]).institution_id == OTHER_SCHOOL, "no later enrolment moves it"


def test_together_a_second_time_is_a_conflict(world, closed):
    route_all(world.oleg, MONTH, SCHOOL, OTHER_SCHOOL, now=NOW)

    with pytest.raises(Conflict, match="вече няма записи за насочване"):
        route_all(world.oleg, MONTH, SCHOOL, KINDERGARTEN, now=NOW)
    assert the_list(KINDERGARTEN).total == 0


def test_one_record_of_a_closed_institution_goes_alone(world, closed):
    route(world.oleg, MONTH, closed[0].id, KINDERGARTEN, now=NOW)

    assert stored(closed[0]).submission_id == the_list(KINDERGARTEN).id
    assert (the_list(SCHOOL).total, the_list(KINDERGARTEN).total) == (1, 1)


def test_what_is_pending_where_nobody_directs_can_be_routed_and_what_is_decided_stays(world):
    pending = add_record(OTHER_SCHOOL, id_number=EGNS[0])
    decided = add_record(OTHER_SCHOOL, id_number=EGNS[1], decision=Decision.REFUSED)
    with pytest.raises(Conflict, match="вече е в списъка"):
        route(world.oleg, MONTH, pending.id, SCHOOL, now=NOW)
    nobody_directs(OTHER_SCHOOL)

    with pytest.raises(Conflict, match="вече е в списъка"):
        route(world.oleg, MONTH, decided.id, SCHOOL, now=NOW)
    assert route_all(world.oleg, MONTH, OTHER_SCHOOL, SCHOOL, now=NOW) == 1
    assert (stored(pending).institution_id, stored(decided).institution_id) == (SCHOOL, OTHER_SCHOOL)


def test_what_is_signed_stays_though_nobody_directs_any_more(world):
    record = add_record(OTHER_SCHOOL)
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == OTHER_SCHOOL).execute()
    nobody_directs(OTHER_SCHOOL)

    with pytest.raises(Conflict, match="е подписан: записът остава"):
        route(world.oleg, MONTH, record.id, SCHOOL, now=NOW)
    with pytest.raises(Conflict, match="вече няма записи"):
        route_all(world.oleg, MONTH, OTHER_SCHOOL, SCHOOL, now=NOW)


@pytest.mark.parametrize(
    ("target", "error", "sentence"),
    [
        (SCHOOL, Refusal, "закрита и не приема записи"),
        ("9999999", Refusal, "Няма институция с код 9999999"),
        (KINDERGARTEN, Conflict, "вече е подписан"),
    ],
)
def test_to_no_closed_unknown_or_signed_institution(world, closed, target, error, sentence):
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == KINDERGARTEN).execute()

    with pytest.raises(error, match=sentence):
        route_all(world.oleg, MONTH, SCHOOL, target, now=NOW)
    with pytest.raises(error, match=sentence):
        route(world.oleg, MONTH, closed[2].id, target, now=NOW)
    assert the_list(SCHOOL).total == 2


def test_from_a_list_onto_the_same_list_is_refused(world):
    add_record(FAR_SCHOOL, id_number=EGNS[0])

    with pytest.raises(Refusal, match="вече е в списъка на тази институция"):
        route_all(world.oleg, MONTH, FAR_SCHOOL, FAR_SCHOOL, now=NOW)


def test_together_after_the_deadline_only_where_an_exception_is_open(world, closed):
    with pytest.raises(Conflict, match="Срокът изтече"):
        route_all(world.oleg, MONTH, SCHOOL, OTHER_SCHOOL, now=AFTER)
    make_exception(world.oleg, MONTH, OTHER_SCHOOL, LATER_DAY, "закрито училище", now=AFTER)

    assert route_all(world.oleg, MONTH, SCHOOL, OTHER_SCHOOL, now=AFTER) == 2
