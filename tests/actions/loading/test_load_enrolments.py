"""load_enrolments: the month's picture, and pending records that follow their children."""

import io
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.actions.loading.asp_list import load_asp_list
from portal.actions.loading.enrolments import Picture, load_enrolments, picture_of
from portal.actions.loading.files import Source
from portal.actions.loading.institutions import load_institutions
from portal.domain.calendar import Band
from portal.domain.decisions import Decision
from portal.domain.errors import Conflict, Refusal, Unsure
from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.domain.operating import Loss, Replaced, TakesAway
from portal.domain.submissions import Lock
from portal.exchange.enrolments import HEADER
from portal.storage.lists.current import list_of
from portal.storage.loading.tables import Load, RejectedLine
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.institutions import Enrolment
from portal.storage.tables.letters import OutboxMessage
from tests.actions.loading.loaded import DECEMBER, asp, counts, enrol, enrolled, load, rejected, sample
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
)
from tests.mail.letters import letters, text

pytestmark = pytest.mark.usefixtures("world", "turns")


def called(name: str) -> Source:
    """A file of no lines."""
    return Source(io.BytesIO(HEADER.encode()), name)


def the_list(institution: str) -> Submission:
    return list_of(institution, MONTH)


def sign(institution: str) -> None:
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == institution).execute()


def places() -> list[tuple[str, int]]:
    """Institution and class of every enrolment, in the order in which they count."""
    return [(e.institution, e.class_code) for e in Enrolment.select().order_by(Enrolment.position)]


def test_the_sample_is_read_whole_with_its_month_from_its_name():
    done = load_enrolments(None, sample("MONZP1220.txt"), now=NOW)

    assert counts(done) == {"received": 240, "distributed": 240, "added": 240}
    assert done.month == DECEMBER
    first = Enrolment.select().order_by(Enrolment.position).first()
    assert (first.given, first.institution, first.class_code, first.edu_form) == ("Тодор", SCHOOL, 1, "1")


@pytest.mark.parametrize(
    ("name", "month", "correction", "expected"),
    [
        ("MONZP1220.txt", None, False, Picture(DECEMBER, is_correction=False)),
        ("monzpc0121.TXT", None, False, Picture(Month(2021, 1), is_correction=True)),
        ("записани.txt", DECEMBER, True, Picture(DECEMBER, is_correction=True)),
        ("MONZP0121.txt", DECEMBER, False, Picture(DECEMBER, is_correction=False)),
        ("MONZPC0121.txt", DECEMBER, False, Picture(DECEMBER, is_correction=True)),
        ("MONZPC0121.txt", DECEMBER, True, Picture(DECEMBER, is_correction=True)),
    ],
)
def test_which_month_and_whether_a_correction_is_told_by_name_or_by_hand(name, month, correction, expected):
    assert picture_of(called(name), month, correction=correction) == expected


def test_a_second_copy_of_a_correction_takes_nobody_away():
    enrol(*(enrolled(child) for child in range(4)))
    lines = (HEADER, enrolled(0, class_code=5))
    source = Source(io.BytesIO("\r\n".join(lines).encode("cp1251")), "MONZPC1220 (1).txt")
    done = load_enrolments(None, source, now=NOW)

    assert counts(done) == {"received": 1, "distributed": 1, "updated": 1}
    assert Enrolment.select().count() == 4


def test_a_main_file_is_no_correction_unless_the_operator_is_sure():
    with pytest.raises(Unsure, match=r"„MONZP1220\.txt“ е основен файл"):
        picture_of(called("C:\\записвания\\MONZP1220.txt"), correction=True)

    assert picture_of(called("MONZP1220.txt"), correction=True, sure=True).is_correction


def test_a_list_of_asp_is_not_taken_for_enrolments():
    with pytest.raises(Refusal, match=r"„ASPCONF1220\.txt“ е списък от АСП, а не записвания"):
        picture_of(called("ASPCONF1220.txt"), DECEMBER)


def numbered(count: int, *, institution: str = SCHOOL, first: int = 0) -> list[str]:
    return [f"{institution}|{n:010d}|2|А|Б|В|1|7|1" for n in range(first, first + count)]


def everything() -> list[object]:
    """What a load may change."""
    tables = (Load, RejectedLine, Enrolment, Record, Submission, AuditEntry, OutboxMessage)
    return [list(table.select().order_by(*table._meta.get_primary_keys()).dicts()) for table in tables]


def test_a_file_that_was_cut_off_is_asked_about_with_nothing_stored():
    enrol(*numbered(200, institution=OTHER_SCHOOL))
    load(*(f"2020|12|{SCHOOL}|2|{n:010d}|А|Б|В|007.00|0|00" for n in range(100, 146)))
    before = everything()
    with pytest.raises(TakesAway) as asked:
        enrol(*numbered(34, institution=OTHER_SCHOOL), f"{OTHER_SCHOOL}|00000", sure=False)

    assert asked.value.loss == Loss(Replaced(200, 34, 166), Counter({(OTHER_SCHOOL, SCHOOL): 46}))
    assert everything() == before

    done = enrol(*numbered(34, institution=OTHER_SCHOOL), f"{OTHER_SCHOOL}|00000", sure=True)
    assert counts(done) == {
        "received": 35, "distributed": 34, "rejected": 1, "added": 34, "removed": 166, "moved": 46,
    }  # fmt: skip


def test_up_to_two_percent_disappear_without_a_question():
    enrol(*numbered(100))

    assert enrol(*numbered(98), sure=False).removed == 2
    with pytest.raises(TakesAway):
        enrol(*numbered(96), sure=False)


def test_an_enrolment_that_ended_is_taken_away_and_one_that_had_ended_is_not():
    enrol(enrolled(0, status=3), enrolled(1), enrolled(2))
    done = enrol(enrolled(1, status=3), enrolled(2))

    assert done.removed == 1


def test_children_who_leave_their_list_are_asked_about_though_no_enrolment_disappears():
    enrol(*numbered(21, institution=OTHER_SCHOOL, first=1000))
    load(*(f"2020|12|{SCHOOL}|2|{n:010d}|А|Б|В|007.00|0|00" for n in range(21)))
    old = numbered(21, institution=OTHER_SCHOOL, first=1000)
    with pytest.raises(TakesAway) as asked:
        enrol(*old, *numbered(21, institution=OTHER_SCHOOL), sure=False)

    assert (asked.value.loss.enrolments.removed, asked.value.loss.moves.total()) == (0, 21)


def test_the_first_file_of_a_newer_month_is_measured_by_the_one_in_force():
    enrol(*numbered(50))
    with pytest.raises(TakesAway):
        enrol(*numbered(10), month=Month(2021, 1), sure=False)

    enrol(*numbered(50), month=Month(2021, 1), sure=False)


def test_an_older_month_takes_nothing_from_the_one_in_force():
    enrol(*numbered(50))

    assert enrol(*numbered(10), month=Month(2020, 11), sure=False).removed == 0


def test_a_correction_is_never_asked_about():
    enrol(*numbered(50, institution=OTHER_SCHOOL))
    load(*(f"2020|12|{SCHOOL}|2|{n:010d}|А|Б|В|007.00|0|00" for n in range(30)))
    gone = [line.removesuffix("|1") + "|3" for line in numbered(30, institution=OTHER_SCHOOL)]

    assert enrol(*gone, correction=True, sure=False).moved == 30


def test_a_name_that_tells_nothing_asks_for_the_month():
    with pytest.raises(Refusal) as refused:
        picture_of(called("записани.txt"))

    assert refused.value.field == "month"


def test_a_workbook_is_told_what_it_is_before_its_month_is_asked_for():
    with pytest.raises(Refusal, match=r"Това е файл на Excel \(\.xlsx\)") as refused:
        picture_of(Source(io.BytesIO(b"PK\x03\x04xl/"), "записани.xlsx"))

    assert refused.value.field == "file"


def test_a_main_file_replaces_its_month_and_no_other():
    enrol(enrolled(0), enrolled(1), month=Month(2020, 11))
    enrol(enrolled(0), enrolled(1))
    enrol(enrolled(2))

    assert Enrolment.select().where(Enrolment.month == DECEMBER).count() == 1
    assert Enrolment.select().where(Enrolment.month == Month(2020, 11)).count() == 2


def test_a_correction_updates_what_it_names_and_counts_later():
    enrol(enrolled(0, class_code=3), enrolled(1), enrolled(0, institution=OTHER_SCHOOL))
    done = enrol(enrolled(0, class_code=5), enrolled(3), correction=True)

    assert counts(done) == {"received": 2, "distributed": 2, "added": 1, "updated": 1}
    assert places() == [(SCHOOL, 4), (OTHER_SCHOOL, 4), (SCHOOL, 5), (SCHOOL, 4)]


def test_a_correction_updates_only_who_is_there_with_number_type_institution_and_month():
    enrol(enrolled(0), month=Month(2020, 11))
    enrol(enrolled(1))
    done = enrol(
        enrolled(0),
        enrolled(1, institution=OTHER_SCHOOL),
        enrolled(number=EGNS[1], kind=IdType.IDN),
        enrolled(2),
        correction=True,
    )

    assert counts(done) == {"received": 4, "distributed": 4, "added": 4}


def test_a_correction_of_a_month_that_is_not_there_is_refused():
    enrol(enrolled(0), month=Month(2020, 11))
    loads = Load.select().count()
    with pytest.raises(Conflict, match="Първо заредете основния файл"):
        enrol(enrolled(0), correction=True)

    assert (Load.select().count(), Enrolment.select().count()) == (loads, 1)


def test_of_two_equal_lines_about_a_child_in_one_institution_the_later_stands():
    done = enrol(enrolled(0, class_code=3), enrolled(1), enrolled(0, class_code=5))

    assert (done.received, done.distributed, Enrolment.select().count()) == (3, 3, 2)
    assert places() == [(SCHOOL, 4), (SCHOOL, 5)]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("stands", "other"),
    [
        ({"class_code": 2}, {"class_code": 1, "status": 3}),
        ({"class_code": -1}, {"class_code": 1, "status": 3}),
        ({"class_code": 12}, {"class_code": -1}),
        ({"class_code": 1}, {"class_code": 13}),
    ],
)
def test_which_of_two_lines_of_a_file_stands_does_not_depend_on_their_order(stands, other, turned):
    lines = [enrolled(0, **stands), enrolled(0, **other)]
    enrol(*(reversed(lines) if turned else lines))

    (left,) = Enrolment.select()
    assert (left.class_code, left.status) == (stands["class_code"], 1)


def test_a_correction_unenrols_and_makes_a_group_of_a_class():
    enrol(enrolled(0), enrolled(1))
    enrol(enrolled(0, status=3), enrolled(1, class_code=-1), correction=True)

    assert [(e.status, e.class_code) for e in Enrolment.select().order_by(Enrolment.position)] == [
        (3, 4), (1, -1),
    ]  # fmt: skip


def test_children_whose_lines_stand_in_either_order_are_placed_alike():
    load_institutions(None, sample("institutions.csv"), now=NOW)
    load_enrolments(
        None,
        sample("line-order-MONZP1220.txt"),
        picture=Picture(DECEMBER, is_correction=False),
        now=NOW,
    )
    load_asp_list(None, sample("line-order-ASPCONF1220.txt"), now=NOW)

    assert [(r.institution_id, r.class_code) for r in Record.select()] == [(KINDERGARTEN, 2)] * 2


HALVES = [  # no two of them are of one rank: nothing is left to „the later line“
    enrolled(0, institution=OTHER_SCHOOL, class_code=3),
    enrolled(0, institution=OTHER_SCHOOL, class_code=-1),
    enrolled(0, institution=OTHER_SCHOOL, status=3),
    enrolled(0, institution=FAR_SCHOOL, class_code=-2),
    enrolled(0, institution=FAR_SCHOOL, status=3),
    enrolled(0, institution=SCHOOL, status=3),
    enrolled(1, class_code=-3),
    enrolled(1, status=3),
    enrolled(2, status=3),
]


@given(st.permutations(HALVES))
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_of_a_files_lines_places_every_child_alike(lines):
    load(asp(0), asp(1), asp(2))
    enrol(*lines)

    placed = {record.id_number: (record.institution_id, record.class_code) for record in Record.select()}
    expected = [(OTHER_SCHOOL, 3), (SCHOOL, -3), (SCHOOL, None)]
    assert placed == dict(zip(EGNS[:3], expected, strict=True))


def test_rejects_bad_lines_and_loads_the_good():
    done = enrol(enrolled(0), enrolled(1, class_code=4, status=2), "боклук")

    assert (done.received, done.distributed, done.rejected) == (3, 1, 2)
    assert rejected(done) == {
        3: "състояние: трябва да е 1 (записан) или 3 (отписан)",
        4: "полетата са 1, а трябва да са 9",
    }


@pytest.mark.parametrize("content", [b"", "без заглавие\r\n".encode("cp1251")])
def test_a_file_that_is_no_enrolments_is_refused_whole(content):
    enrol(enrolled(0))
    with pytest.raises(Refusal) as refused:
        load_enrolments(None, Source(io.BytesIO(content), "MONZP1220.txt"), now=NOW)

    assert refused.value.field == "file"
    assert Enrolment.select().count() == 1


def test_a_header_alone_does_not_empty_the_month():
    enrol(enrolled(0))
    with pytest.raises(Refusal, match="няма нито един ред"):
        enrol()

    assert Enrolment.select().count() == 1


def test_a_file_of_nothing_but_rejects_empties_no_month():
    enrol(enrolled(0))
    done = enrol("боклук", enrolled(1, status=2))

    assert counts(done) == {"received": 2, "rejected": 2}
    assert places() == [(SCHOOL, 4)]


def test_pending_records_follow_their_children(world):
    load(asp(0), asp(1))
    Submission.update(checked_at=NOW, checked_by=world.boris.user_id).execute()
    done = enrol(enrolled(0, institution=OTHER_SCHOOL, class_code=12), enrolled(1, class_code=2))

    moved, stayed = Record.select().order_by(Record.id)
    assert done.moved == 1
    assert (moved.institution_id, moved.asp_institution, moved.class_code, moved.band) == (
        OTHER_SCHOOL, SCHOOL, 12, Band.XII,
    )  # fmt: skip
    assert (stayed.institution_id, stayed.class_code, stayed.band) == (SCHOOL, 2, Band.I_III)
    assert (moved.version, stayed.version) == (2, 2)
    assert (the_list(SCHOOL).total, the_list(OTHER_SCHOOL).total) == (1, 1)
    assert the_list(OTHER_SCHOOL).checked_at is None
    chains = {entry.chain for entry in AuditEntry.select().where(AuditEntry.what == "moved_by_load")}
    assert chains == {SCHOOL, OTHER_SCHOOL}


def test_the_same_enrolments_move_nothing_twice():
    load(asp(0), asp(1))
    enrol(enrolled(0, institution=OTHER_SCHOOL), enrolled(1))
    records = list(Record.select().order_by(Record.id).dicts())
    lists = list(Submission.select().order_by(Submission.id).dicts())
    done = enrol(enrolled(0, institution=OTHER_SCHOOL), enrolled(1))

    assert done.moved == 0
    assert list(Record.select().order_by(Record.id).dicts()) == records
    assert list(Submission.select().order_by(Submission.id).dicts()) == lists


def test_what_is_decided_stays(world):
    load(asp(0))
    Record.update(decision=Decision.CONFIRMED).execute()
    done = enrol(enrolled(0, institution=OTHER_SCHOOL, class_code=1))

    assert done.moved == 0
    assert (Record.get().institution_id, Record.get().class_code) == (SCHOOL, None)


@pytest.mark.parametrize("signed", [SCHOOL, OTHER_SCHOOL])
def test_nothing_leaves_or_enters_a_signed_list(signed):
    load(asp(0))
    sign(signed)
    before = list(Record.select().dicts())
    done = enrol(enrolled(0, institution=OTHER_SCHOOL))

    assert done.moved == 0
    assert list(Record.select().dicts()) == before


def test_what_was_sent_back_or_placed_by_hand_stays(world):
    load(asp(0), asp(1))
    first, second = Record.select().order_by(Record.id)
    Record.update(submission=None, returned_at=NOW).where(Record.id == first.id).execute()
    Record.update(routed_at=NOW).where(Record.id == second.id).execute()
    done = enrol(enrolled(0, institution=OTHER_SCHOOL), enrolled(1, institution=OTHER_SCHOOL))

    assert done.moved == 0
    assert {record.institution_id for record in Record.select()} == {SCHOOL}


def test_without_an_enrolment_a_record_goes_back_to_the_institution_of_asp():
    enrol(enrolled(0, institution=OTHER_SCHOOL))
    load(asp(0))
    done = enrol(enrolled(0, institution=OTHER_SCHOOL, status=3))

    assert done.moved == 1
    assert (Record.get().institution_id, Record.get().class_code) == (SCHOOL, None)


@pytest.mark.parametrize("ended", [{"now": AFTER}, {"answered_at": NOW}])
def test_nothing_moves_in_a_campaign_that_is_over(ended):
    load(asp(0))
    if "answered_at" in ended:
        Campaign.update(ended).execute()
        ended = {}
    done = enrol(enrolled(0, institution=OTHER_SCHOOL), **ended)

    assert done.moved == 0
    assert Record.get().institution_id == SCHOOL


def test_an_older_month_does_not_place_anybody():
    enrol(enrolled(0), month=Month(2021, 1))
    load(asp(0))
    done = enrol(enrolled(0, institution=OTHER_SCHOOL))

    assert done.moved == 0
    assert Record.get().institution_id == SCHOOL


def test_many_records_move_in_several_batches(turns):
    if turns == "many turns":
        return  # thousands of them
    campaign = Campaign.get()
    numbers = [f"{n:010d}" for n in range(2300)]
    load(*(f"2020|12|{SCHOOL}|2|{number}|А|Б|В|007.00|0|00" for number in numbers))
    lines = [f"{OTHER_SCHOOL}|{number}|2|А|Б|В|1|7|1" for number in numbers]
    done = enrol(*lines)

    assert done.moved == 2300
    assert (the_list(SCHOOL).total, the_list(OTHER_SCHOOL).total) == (0, 2300)
    assert Record.select().where(Record.campaign == campaign, Record.class_code == 7).count() == 2300


def test_a_director_who_was_told_of_an_empty_list_is_told_of_the_first_record(world):
    load(asp(0))
    told = {letter.recipient for letter in OutboxMessage.select()}
    assert told == {"ana@example.org", "boris@example.org", "vyara@example.org"}
    OutboxMessage.delete().execute()
    enrol(enrolled(0, institution=OTHER_SCHOOL))

    moved = {letter.to: text(letter) for letter in letters("list_changed")}
    assert set(moved) == {"ana@example.org", "boris@example.org"}
    assert "добавени записи: 1. Сега в списъка има 1 запис." in moved["boris@example.org"]
    assert "свалени записи: 1. Сега в списъка няма записи." in moved["ana@example.org"]


def test_a_record_of_another_campaign_is_not_touched():
    other = Campaign.create(month=Month(2020, 11), made_at=NOW, answered_at=NOW)
    for code in (SCHOOL, OTHER_SCHOOL, FAR_SCHOOL):
        Submission.create(campaign=other, institution=code)
    record = add_record(SCHOOL, campaign=other, id_number=EGNS[0])
    enrol(enrolled(0, institution=OTHER_SCHOOL))

    assert Record.get_by_id(record.id).institution_id == SCHOOL
