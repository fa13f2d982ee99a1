"""load_asp_list: every line of a file is distributed or rejected, and said."""

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.actions.loading.asp_turns import BEGUN
from portal.actions.loading.files import Source, facts
from portal.actions.loading.institutions import load_institutions
from portal.domain.calendar import Band
from portal.domain.decisions import Decision, Reason
from portal.domain.errors import Conflict, Refusal
from portal.domain.month import Month
from portal.domain.submissions import Lock
from portal.exchange.asp_list import LIST_SIGNED
from portal.exchange.kinds import Kind, wrong_kind
from portal.exchange.text import TextLines
from portal.storage.lists.current import list_of
from portal.storage.loading.tables import Load, RejectedLine
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.db import db, is_sqlite
from portal.storage.tables.institutions import Institution
from tests.actions.loading.loaded import asp, counts, enrol, enrolled, load, load_bytes, rejected, sample
from tests.cast import AFTER, EGNS, FAR_SCHOOL, KINDERGARTEN, MONTH, NOW, OTHER_SCHOOL, SCHOOL
from tests.exchange.invented import GOOD, wild_bytes

pytestmark = pytest.mark.usefixtures("world", "turns")


def the_list(institution: str) -> Submission:
    return list_of(institution, MONTH)


def sign(institution: str) -> None:
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == institution).execute()


def test_the_sample_goes_whole_to_its_eight_institutions(database):
    load_institutions(None, sample("institutions.csv"), now=NOW)
    done = load_bytes(sample("ASPCONF1220.txt").stream.read())

    assert counts(done) == {"received": 240, "distributed": 240, "added": 240}
    assert (done.month, done.encoding, done.file_name) == (MONTH, "windows-1251", "ASPCONF1220.txt")
    assert Record.select().count() == 240
    totals = {s.institution_id: s.total for s in Submission.select() if s.total}
    by_institution = {}
    for line in sample("ASPCONF1220.txt").stream.read().decode("cp1251").splitlines():
        by_institution[line.split("|")[2]] = by_institution.get(line.split("|")[2], 0) + 1
    assert totals == by_institution
    assert all(s.pending == s.total for s in Submission.select())


def test_a_file_that_is_called_like_another_kind_is_asked_about(world):
    with pytest.raises(Refusal, match="„MONZP1220\\.txt“ е записвания") as refused:
        load_bytes(asp(0).encode(), name="MONZP1220.txt")

    assert refused.value.field == "file"
    assert (Load.select().count(), Record.select().count()) == (0, 0)


def test_a_new_month_is_in_the_audit_once(world):
    for _ in range(2):
        load(asp(0, month="2021|01"), person=world.oleg)

    made = AuditEntry.select().where(AuditEntry.what == "made_campaign")
    campaign = Campaign.get(Campaign.month == Month(2021, 1))
    assert [(entry.who, entry.object) for entry in made] == [(world.oleg.user_id, f"campaign:{campaign.id}")]


def test_keeps_names_and_figures_as_they_came():
    load(asp(0, given=" Анна-Мария ", middle="", absences="007.33"))

    record = Record.get()
    assert (record.given, record.middle, record.absences, record.days) == (" Анна-Мария ", "", "007.33", "00")
    assert (record.id_number, record.reason, record.decision) == (EGNS[0], Reason.ABSENCE, Decision.PENDING)
    assert (record.institution_id, record.asp_institution) == (SCHOOL, SCHOOL)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize(
    ("codec", "told"),
    [("cp1251", "windows-1251"), ("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 с BOM")],
)
def test_reads_every_line_end_and_encoding_and_says_which(end, codec, told):
    done = load(asp(0), "", asp(1), "\x1a", codec=codec, end=end)

    assert counts(done) == {"received": 2, "distributed": 2, "added": 2}
    assert done.encoding == told
    assert {record.given for record in Record.select()} == {"Стефан"}


def test_makes_the_campaign_with_a_list_for_every_institution():
    done = load(asp(0, month="2021|01"))

    campaign = Campaign.for_month(Month(2021, 1))
    assert done.campaign == campaign
    assert (campaign.opens_on, campaign.closes_on) == (None, None)
    listed = {s.institution_id for s in Submission.select().where(Submission.campaign == campaign)}
    assert listed == {SCHOOL, OTHER_SCHOOL, KINDERGARTEN, FAR_SCHOOL}


def test_the_month_is_that_of_the_first_well_formed_line():
    done = load("2021|02|боклук", asp(0, month="2021|03", given=""), asp(1), asp(2, month="2021|01"))

    assert done.month == MONTH
    assert rejected(done) == {
        1: "полетата са 3, а трябва да са 11",
        2: "собствено име: липсва; месецът е друг: файлът е за декември 2020 г.",
        4: "месецът е друг: файлът е за декември 2020 г.",
    }


def test_names_every_fault_of_a_line():
    sign(OTHER_SCHOOL)
    enrol(enrolled(0, institution=OTHER_SCHOOL))
    done = load(
        asp(1),
        asp(1, institution="9999999", given="", month="2020|11", reason=2),
        asp(1, institution="9999999", absences="7"),
        asp(0, institution=SCHOOL, days="1"),
    )

    assert rejected(done) == {
        2: "собствено име: липсва; месецът е друг: файлът е за декември 2020 г.; "
        "код на институцията: 9999999 не е в портала",
        3: "отсъствия: трябва да са точно 6 знака като 007.00; "
        "код на институцията: 9999999 не е в портала; детето и причината се повтарят: валиден е ред 1",
        4: f"дни: трябва да са точно 2 цифри; {LIST_SIGNED}",
    }


def test_of_repeated_lines_the_first_good_one_stands():
    done = load(
        asp(0, absences="бррррр"),  # broken: it does not stand
        asp(0, absences="008.00"),
        asp(0, reason=2),
        asp(0, absences="009.00"),
        asp(0, institution=OTHER_SCHOOL),
    )

    assert counts(done) == {"received": 5, "distributed": 2, "rejected": 3, "added": 2}
    assert set(rejected(done)) == {1, 4, 5}
    assert rejected(done)[4] == rejected(done)[5] == "детето и причината се повтарят: валиден е ред 2"
    assert {record.absences for record in Record.select()} == {"008.00", "000.00"}


def test_repeats_are_found_far_apart():
    children = [str(n) for n in range(1000000000, 1000002600)]
    lines = [f"2020|12|{SCHOOL}|2|{number}|А|Б|В|007.00|0|00" for number in children]
    done = load(*lines, lines[0], lines[1500])

    assert counts(done) == {"received": 2602, "distributed": 2600, "rejected": 2, "added": 2600}
    assert [text.rsplit(" ", 1)[1] for text in rejected(done).values()] == ["1", "1501"]


def test_a_file_about_one_child_is_read_line_by_line(database):
    """Twice the lines, about twice the work: by the square of their number 20,000 took most of a minute."""
    if not is_sqlite():
        return
    few, many = (steps_of(lambda lines=lines: load(*[asp()] * lines)) for lines in (1_000, 2_000))

    assert many < 3 * few


def steps_of(deed) -> int:
    """How many thousand instructions of SQLite's machine it took."""
    counted = []
    connection = db.connection()
    connection.set_progress_handler(lambda: counted.append(1) and None, 1_000)
    deed()
    connection.set_progress_handler(None, 0)
    return len(counted)


def test_rejects_what_belongs_to_a_signed_list():
    sign(SCHOOL)
    done = load(asp(0), asp(1, institution=OTHER_SCHOOL))

    assert rejected(done) == {1: LIST_SIGNED}
    assert (the_list(SCHOOL).total, the_list(OTHER_SCHOOL).total) == (0, 1)


def test_a_list_is_signed_where_the_child_is_enrolled_now():
    enrol(enrolled(0, institution=OTHER_SCHOOL))
    sign(OTHER_SCHOOL)

    assert rejected(load(asp(0), asp(1))) == {1: LIST_SIGNED}


def test_keeps_rejected_bytes_as_they_came():
    content = asp(0).encode("cp1251") + b"\r\n\x98\xff|x\xab\r\n"
    done = load_bytes(content)

    (reject,) = RejectedLine.select().where(RejectedLine.load == done)
    assert (reject.number, bytes(reject.line)) == (2, b"\x98\xff|x\xab")


def test_a_file_without_one_good_line_has_no_month_and_is_kept_all_the_same(world):
    before = Campaign.select().count()
    done = load("едно", "2021|01|" + GOOD[8:].replace("007.00", "7"))

    assert counts(done) == {"received": 2, "rejected": 2}
    assert (done.month, done.campaign) == (None, None)
    assert set(rejected(done)) == {1, 2}
    assert Campaign.select().count() == before


@pytest.mark.parametrize("content", [b"", b"\r\n \r\n\x1a", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(content):
    with pytest.raises(Refusal) as refused:
        load_bytes(content)

    assert refused.value.field == "file"
    assert Load.select().count() == 0


def test_goes_where_the_child_is_enrolled_and_keeps_both_codes():
    enrol(enrolled(0, institution=OTHER_SCHOOL, class_code=-1), enrolled(1, class_code=12, status=3))
    load(asp(0), asp(1), asp(2, institution=KINDERGARTEN))

    moved, unenrolled, unknown = (Record.get(Record.id_number == EGNS[child]) for child in range(3))
    assert (moved.institution_id, moved.asp_institution) == (OTHER_SCHOOL, SCHOOL)
    assert (moved.class_code, moved.band) == (-1, Band.PRESCHOOL)
    assert (unenrolled.institution_id, unenrolled.class_code) == (SCHOOL, None)
    assert (unknown.class_code, unknown.band) == (None, Band.PRESCHOOL)


def test_an_enrolment_where_the_portal_has_no_institution_is_left_out():
    enrol(enrolled(0, institution="9999999"))
    load(asp(0))

    assert Record.get().institution_id == SCHOOL


def test_places_by_the_newest_enrolments():
    enrol(enrolled(0, institution=OTHER_SCHOOL), month=Month(2020, 11))
    enrol(enrolled(0, institution=FAR_SCHOOL), month=Month(2021, 1))
    load(asp(0))

    assert Record.get().institution_id == FAR_SCHOOL


def test_loading_the_same_file_again_changes_nothing(world):
    lines = (asp(0), asp(1, reason=2), asp(1, reason=1), asp(2, institution=OTHER_SCHOOL), "боклук")
    load(*lines)
    Record.update(decision=Decision.CONFIRMED, note="видяно").execute()
    sign(SCHOOL)
    before = list(Record.select().order_by(Record.id).dicts())
    lists = list(Submission.select().order_by(Submission.id).dicts())

    done = load(*lines)

    assert counts(done) == {"received": 5, "distributed": 4, "rejected": 1, "unchanged": 4}
    assert list(Record.select().order_by(Record.id).dicts()) == before
    assert list(Submission.select().order_by(Submission.id).dicts()) == lists


def test_records_reopen_a_list_that_was_checked_as_empty(world):
    Submission.update(checked_at=NOW, checked_by=world.ana.user_id).execute()
    load(asp(0))

    assert the_list(SCHOOL).checked_at is None
    assert the_list(SCHOOL).checked_by is None
    assert the_list(OTHER_SCHOOL).checked_at == NOW


def test_nothing_is_loaded_after_the_deadline(world):
    with pytest.raises(Conflict, match=r"Срокът изтече на 01\.02\.2021"):
        load(asp(0), now=AFTER)

    assert Load.select().count() == Record.select().count() == AuditEntry.select().count() == 0


def test_nothing_is_loaded_into_an_answered_campaign(world):
    Campaign.update(answered_at=NOW).execute()

    with pytest.raises(Conflict, match="Отговорът до АСП за този месец вече е изготвен"):
        load(asp(0))
    assert Record.select().count() == 0


def test_the_audit_knows_the_file_and_no_child(world):
    done = load(asp(0), person=world.oleg)

    (entry,) = AuditEntry.select().where(AuditEntry.what != BEGUN)
    assert (entry.what, entry.object, entry.content, entry.who) == (
        "loaded_asp",
        f"load:{done.id}",
        done.sha256,
        world.oleg.user_id,
    )


def test_says_what_it_did_in_numbers():
    told = facts(load(asp(0), "боклук"))

    assert {name: told[name] for name in ("received", "distributed", "rejected", "added", "month")} == {
        "received": 2,
        "distributed": 1,
        "rejected": 1,
        "added": 1,
        "month": "2020-12",
    }
    assert len(told["sha256"]) == 64


def test_a_name_of_a_file_is_kept_without_its_folders():
    done = load_bytes(asp(0).encode("cp1251"), name="C:\\Users\\olga\\ASP\x00CONF1220.txt")

    assert done.file_name == "ASPCONF1220.txt"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(wild_bytes, st.binary(max_size=200)))
def test_of_any_bytes_every_line_is_distributed_or_rejected(world, content):
    expected = sum(1 for _ in TextLines(io.BytesIO(content)))
    if expected == 0 or wrong_kind(TextLines(io.BytesIO(content)), Kind.ASP_LIST):
        with pytest.raises(Refusal):
            load_bytes(content)
        return
    done = load_bytes(content)

    assert done.received == expected == done.distributed + done.rejected
    assert done.distributed == done.added + done.updated + done.unchanged
    assert RejectedLine.select().where(RejectedLine.load == done).count() == done.rejected


def test_ten_thousand_lines_with_every_tenth_broken():
    def line(n: int) -> str:
        institution, absences = (SCHOOL, OTHER_SCHOOL)[n % 2], "007.00" if n % 10 else "7"
        return f"2020|12|{institution}|2|{n:010d}|А|Б|В|{absences}|0|00"

    done = load(*(line(n) for n in range(10_000)))

    assert counts(done) == {"received": 10_000, "distributed": 9_000, "rejected": 1_000, "added": 9_000}
    assert (the_list(SCHOOL).total, the_list(OTHER_SCHOOL).total) == (4_000, 5_000)
    assert Institution.select().count() == 4


def test_progress_is_told_while_reading_and_while_storing():
    told = []
    lines = [f"2020|12|{(SCHOOL, OTHER_SCHOOL)[n % 2]}|2|{n}|А|Б|В|007.00|0|00" for n in range(1500)]
    content = "\n".join(lines).encode("cp1251")
    load_bytes(content, watch=lambda done, total: told.append((done, total)))

    assert told == [(1000, None), (1500, None), (750, 1500), (1500, 1500)]


def test_a_source_can_be_read_from_the_middle():
    stream = io.BytesIO(asp(0).encode("cp1251"))
    stream.read(5)
    source = Source(stream, "x")

    assert source.sha256() == Source(io.BytesIO(asp(0).encode("cp1251")), "y").sha256()


def test_what_a_kindergarten_counted_is_in_days_whatever_the_class_is_today():
    enrol(enrolled(0, institution=SCHOOL, class_code=1), enrolled(1, institution=KINDERGARTEN, class_code=-1))
    load(asp(0, institution=KINDERGARTEN), asp(1, institution=SCHOOL), asp(2))

    counted = {
        record.id_number: (record.institution_id, record.in_kindergarten, record.case(0).unit)
        for record in Record.select()
    }
    assert counted == {
        EGNS[0]: (SCHOOL, True, "дни в детската градина"),
        EGNS[1]: (KINDERGARTEN, False, "дни"),
        EGNS[2]: (SCHOOL, False, "уч. часа"),
    }


def test_the_same_number_counted_elsewhere_is_decided_anew():
    enrol(enrolled(0, institution=SCHOOL, class_code=1))
    load(asp(0, institution=KINDERGARTEN, absences="004.00"))
    Record.update(decision=Decision.CONFIRMED).execute()
    done = load(asp(0, institution=SCHOOL, absences="004.00"))
    record = Record.get()

    assert counts(done) == {
        "received": 1, "distributed": 1, "updated": 1, "reset": 1, "under_limit": 1,
    }  # fmt: skip
    assert (record.decision, record.in_kindergarten) == (Decision.PENDING, False)
    assert (record.figure_changed_at, record.figure_before) == (NOW, None)  # four days are not four hours


def test_an_institution_that_is_no_kindergarten_after_all_has_counted_hours():
    load(asp(0, institution=KINDERGARTEN), asp(1, institution=KINDERGARTEN))
    Record.update(band=Band.I_III).execute()
    Institution.update(type="school").where(Institution.code == KINDERGARTEN).execute()
    Record.update(decision=Decision.CONFIRMED).where(Record.id_number == EGNS[0]).execute()

    done = load(asp(0, institution=KINDERGARTEN), asp(1, institution=KINDERGARTEN))

    assert (done.updated, done.reset) == (2, 1)
    assert {record.case(0).unit for record in Record.select()} == {"уч. часа"}


def test_a_signed_list_keeps_the_unit_that_was_signed():
    load(asp(0, institution=KINDERGARTEN))
    Record.update(band=Band.I_III, in_kindergarten=False).execute()  # as before the unit was kept
    sign(KINDERGARTEN)
    done = load(asp(0, institution=KINDERGARTEN))

    assert (done.unchanged, done.rejected) == (1, 0)
    assert Record.get().case(0).unit == "уч. часа"


def test_counts_what_is_under_the_limit_by_itself():
    enrol(enrolled(0, class_code=1), enrolled(1, class_code=-1), enrolled(2, class_code=1))
    done = load(
        asp(0, absences="004.99"),
        asp(1, absences="004.99"),
        asp(2, institution=KINDERGARTEN, absences="003.00"),
        asp(3, reason=2, days="00"),
        asp(4, reason=1),
        asp(5, absences="005.00"),
    )

    assert done.under_limit == 2
