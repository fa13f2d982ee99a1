"""purge: what retention takes away, what stays, and that the rest of the portal knows it."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest

from portal.actions.campaigns.answers import make_answer
from portal.actions.diary.comparing import compare
from portal.actions.register.keys.opened import open_register
from portal.actions.register.months import confirm_month
from portal.actions.retention import purging
from portal.actions.retention.purging import plan_of
from portal.actions.signing.signing import sign, unsign
from portal.actions.verifying import Verified, verify
from portal.domain.decisions import Decision
from portal.domain.errors import Conflict
from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.domain.submissions import Lock
from portal.storage.diary.tables import Diary, DiaryFigure
from portal.storage.loading.tables import Load, RejectedLine
from portal.storage.retention.erasing import forget_deleted
from portal.storage.sheet.tables import SheetUpload
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.db import db, is_sqlite, writing
from portal.storage.tables.institutions import Enrolment
from portal.storage.tables.people import Delegation, Login
from portal.storage.tables.register import Collection, Entry, Grant, RegisterMonth, RegisterUse
from portal.storage.tables.signatures import Declaration, Signature, SignatureRemoval
from tests.actions.loading.loaded import asp, load
from tests.actions.register.unlocked import draft, entered, opened_session, register_of
from tests.cast import (
    AFTER,
    CLOSES,
    MONTH,
    NOW,
    OPENS,
    PASSWORD,
    SCHOOL,
    SITE,
    add_enrolment,
    add_record,
    end_month,
)
from tests.diaries import diary, line_of
from tests.waiting import until

NEXT = MONTH.plus(1)
LATER = datetime(2022, 1, 3, 8, 0, tzinfo=UTC)  # the register of 2020/2021 is due since 31 December


@pytest.fixture
def signed(world):
    """The list of December signed twice, and one more child elsewhere, undecided."""
    add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)
    add_record(world.boris.institution)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
    unsign(world.ana, MONTH, "Неповторимова е сбъркана.", now=NOW)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)


@pytest.fixture
def answered(signed):
    end_month()


def purge(before: Month, now: datetime) -> purging.Purged:
    return purging.purge(before, site=SITE, now=now)


def counts(*tables) -> list[int]:
    return [table.select().count() for table in tables]


@pytest.mark.parametrize("what", ["campaigns", "waiting", "enrolments", "registers"])
def test_a_plan_is_empty_that_takes_nothing_away(what):
    nothing = purging.Plan([], [], [], [])
    some = replace(nothing, **{what: [2019] if what == "registers" else [MONTH]})

    assert nothing.is_empty
    assert some.is_empty == (what == "waiting")


def test_a_month_whose_answer_is_taken_back_meanwhile_stays(answered):
    earlier = Campaign.create(month=MONTH.plus(-1), made_at=NOW, answered_at=AFTER)
    Submission.create(campaign=earlier, institution=SCHOOL)
    add_record(campaign=earlier)
    before = Record.select().where(Record.campaign != earlier).count()

    def take_back():
        with writing():
            Campaign.update(answered_at=None).where(Campaign.month == MONTH).execute()

    purged = purging.purge(Month(2021, 9), step=take_back, site=SITE, now=LATER)

    assert purged.campaigns == [earlier.month]
    assert Record.select().count() == before


def list_of(institution=SCHOOL) -> Submission:
    return Submission.get(Submission.institution == institution)


def verified() -> tuple[list, Verified]:
    """Without the delegate of the cast, whom no director has named, and the logins that no form made."""
    Delegation.delete().execute()
    Login.delete().execute()
    seen = Verified()
    return list(verify(None, verified=seen, site=SITE)), seen


class TestACampaign:
    def test_loses_its_children_declarations_and_signatures(self, answered, world):
        SheetUpload.create(
            token="t", submission=list_of(), user=world.ana.user_id, content=b"sealed", made_at=NOW
        )
        purged = purge(NEXT, LATER)

        assert (purged.campaigns, purged.lists, purged.records) == ([MONTH], 4, 2)
        assert counts(Record, Declaration, Signature, SignatureRemoval, SheetUpload) == [0, 0, 0, 0, 0]

    def test_loses_what_its_schools_diary_said(self, signed, world):
        unsign(world.ana, MONTH, "Сравняване.", now=NOW)
        compare(world.ana, MONTH, diary(line_of(Record.get_by_id(1), "7")), now=NOW)
        other = Campaign.create(month=NEXT, opens_on=OPENS, closes_on=CLOSES, made_at=NOW)
        Submission.create(campaign=other, institution=SCHOOL)
        later = add_record(campaign=other)
        compare(world.ana, NEXT, diary(line_of(later, "7", month=NEXT)), now=NOW)
        Campaign.update(answered_at=AFTER).execute()
        purge(NEXT, LATER)

        assert [row.submission_id for row in Diary.select()] == [later.submission_id]
        assert [row.record_id for row in DiaryFigure.select()] == [later.id]

    def test_keeps_its_counts_and_times(self, answered):
        before = list_of()
        purge(NEXT, LATER)
        after = list_of()

        assert (after.lock, after.counts, after.signed_at) == (Lock.ERASED, before.counts, before.signed_at)
        assert {row.lock for row in Submission.select()} == {Lock.ERASED}

    def test_verify_says_erased_and_the_audit_is_whole(self, answered):
        entries = AuditEntry.select().count()
        purge(NEXT, LATER)

        findings, seen = verified()

        assert findings == []
        assert seen.erased == {"2020-12": 4}
        assert seen.signed == 0
        assert AuditEntry.select().count() == entries + 1
        last = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
        assert (last.what, last.who, last.chain) == ("purged", 0, "national")

    def test_stays_while_asp_has_no_answer(self, signed):
        assert plan_of(NEXT, now=LATER).waiting == [MONTH]
        assert purge(NEXT, LATER).campaigns == []
        assert counts(Record, Signature) == [2, 2]
        assert list_of().lock is Lock.SIGNED

    def test_stays_when_it_is_not_older(self, answered):
        assert purge(MONTH, LATER).campaigns == []
        assert counts(Record) == [2]

    def test_is_erased_once(self, answered):
        purge(NEXT, LATER)
        versions = [row.version for row in Submission.select().order_by(Submission.id)]
        again = purge(NEXT, LATER)

        assert (again.campaigns, again.lists, again.records) == ([], 0, 0)
        assert plan_of(NEXT, now=LATER).is_empty
        assert versions == [row.version for row in Submission.select().order_by(Submission.id)]
        assert AuditEntry.select().where(AuditEntry.what == "purged").count() == 1

    def test_a_child_who_is_on_no_list_goes_too(self, answered):
        Record.update(submission=None, returned_note="Бележка").where(Record.institution != SCHOOL).execute()
        purge(NEXT, LATER)

        assert counts(Record) == [0]

    def test_its_answer_cannot_be_made_again(self, signed, world, tmp_path):
        with (tmp_path / "answer").open("wb") as out:
            make_answer(world.oleg, MONTH, out, now=AFTER, final=True)
        purge(NEXT, LATER)

        with (tmp_path / "again").open("wb") as out, pytest.raises(Conflict, match="заличен"):
            make_answer(world.oleg, MONTH, out, now=LATER, final=True)

    def test_a_killed_purge_leaves_it_whole(self, answered, monkeypatch):
        def killed(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr("portal.storage.retention.erasing._erase_rejects", killed)
        with pytest.raises(KeyboardInterrupt):
            purge(NEXT, LATER)

        assert counts(Record, Signature) == [2, 2]
        assert list_of().lock is Lock.SIGNED
        assert verified()[0] == []


SOME = range(7316540000, 7316540300)  # numbers of children


class TestWhatIsLeftInFiles:
    """Names and numbers, searched for in every file of the database, indexes and statistics among them."""

    SEEN = ("Неповторимова", "Единственчева", "9876543210", "Щръклинска", "Отхвърлена")

    @pytest.fixture
    def filled(self, answered, world):
        """Sixty children, so that there is something to sample; some in each table that holds a child."""
        for number in range(60):
            add_record(
                world.boris.institution, id_number=f"98765432{number:02}", family="Неповторимова",
                note="Единственчева се премести",
            )  # fmt: skip
            enrol(MONTH, given="Щръклинска", id_number=f"98765432{number:02}")
        load = Load.create(kind="asp", month=None, file_name="f", sha256="", encoding="", at=NOW)
        RejectedLine.create(load=load, number=1, line="Отхвърлена Х".encode(), faults="")
        if not is_sqlite():
            db.execute_sql("ANALYZE")

    def test_nothing_after_a_purge(self, filled):
        before = files()
        Campaign.update(answered_at=AFTER).execute()

        purge(Month(2021, 3), LATER)

        assert self.seen_in(before) == set(self.SEEN)
        until(
            lambda: forget_deleted() and not self.seen_in(files())
        )  # PostgreSQL's own cleaner may read along

    def test_nothing_of_files_that_were_loaded(self, world):
        """Read into tables that are gone, with samples of theirs taken; of one file no line was good."""
        load(*(asp(0, number=f"{n:010d}", kind=IdType.IDN, family="Неповторимова") for n in SOME))
        load("Единственчева", "Отхвърлена")
        before = files()
        assert {f"{n:010d}" for n in SOME if f"{n:010d}".encode() in before} == {f"{n:010d}" for n in SOME}
        Campaign.update(answered_at=AFTER).execute()

        purge(Month(2021, 3), LATER)

        assert counts(Record, RejectedLine) == [0, 0]
        until(lambda: forget_deleted() and self.left_in(files()) == set())

    def left_in(self, content):
        """Of what stood in those files, in whichever encoding."""
        words = {word for word in self.SEEN if word.encode() in content or word.encode("cp1251") in content}
        return words | {n for n in SOME if f"{n:010d}".encode() in content}

    def seen_in(self, content):
        return {word for word in self.SEEN if word.encode() in content}

    def test_says_where_somebody_reads_what_was(self, filled):
        if is_sqlite():
            return
        with psycopg.connect(db.obj.database) as reader:
            reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            reader.execute("SELECT 1")  # a snapshot, and no lock
            Record.delete().where(Record.family == "Неповторимова").execute()

            assert not forget_deleted(patience=0.1)
        assert forget_deleted()

    def test_no_sample_of_a_child_is_ever_taken(self, filled):
        if is_sqlite():
            return
        samples = str(db.execute_sql("SELECT * FROM pg_stats WHERE schemaname = 'public'").fetchall())

        assert [word for word in self.SEEN if word in samples] == []
        assert "submission" in samples


def files() -> bytes:
    """All bytes of this database as they lie on the disk."""
    if is_sqlite():
        folder = Path(db.obj.database).parent
        return b"".join(path.read_bytes() for path in sorted(folder.glob("portal.db*")))
    db.execute_sql("CHECKPOINT")
    paths = db.execute_sql(
        "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 'i', 't', 'm') "
        "AND pg_relation_filepath(oid) LIKE 'base/%%'"
    )
    return b"".join(
        bytes(db.execute_sql("SELECT pg_read_binary_file(%s, 0, 100000000, true)", (path,)).fetchone()[0])
        for (path,) in paths.fetchall()
    )


class TestFiles:
    def test_rejected_lines_go_with_their_campaign(self, answered, world):
        load = Load.create(
            kind="asp", campaign=world.campaign, month=MONTH, file_name="f", sha256="", encoding="", at=NOW
        )
        RejectedLine.create(load=load, number=1, line="Мария Неповторимова".encode(), faults="")
        purge(NEXT, LATER)

        assert counts(RejectedLine) == [0]
        assert Load.get().rejected == load.rejected

    def test_rejected_lines_of_a_month_without_one_list_go_with_it_or_are_told_of(self, world):
        campaign = Campaign.create(month=Month(2021, 1), made_at=NOW)
        done = load(asp(0, institution="9999999", month="2021|01"))
        assert (done.campaign, done.distributed, done.rejected) == (campaign, 0, 1)
        Submission.delete().where(Submission.campaign == campaign).execute()
        assert Month(2021, 1) in plan_of(Month(2021, 3), now=LATER).waiting

        Campaign.update(answered_at=AFTER).execute()
        purge(Month(2021, 3), LATER)

        assert counts(RejectedLine) == [0]
        assert plan_of(Month(2021, 3), now=LATER).is_empty

    def test_rejected_lines_of_a_list_that_began_no_month_go_when_it_is_old(self, world):
        done = load(asp(0, institution="9999999", month="2021|01"))
        assert (done.campaign, done.rejected) == (None, 1)

        purge(Month(2021, 1), LATER)
        assert counts(RejectedLine) == [1]
        purge(Month(2021, 2), LATER)
        assert counts(RejectedLine) == [0]

    def test_lines_of_files_without_a_campaign_go_when_they_are_old(self, world):
        for month, at in ((None, NOW), (None, LATER), (MONTH, NOW), (Month(2021, 3), NOW)):
            load = Load.create(kind="x", month=month, file_name="f", sha256="", encoding="", at=at)
            RejectedLine.create(load=load, number=1, line=b"x", faults="")
        Campaign.update(answered_at=AFTER).execute()
        purge(Month(2021, 3), LATER)

        left = [(row.load.month, row.load.at) for row in RejectedLine.select()]
        assert left == [(None, LATER), (Month(2021, 3), NOW)]

    def test_lines_about_a_month_that_is_not_answered_stay(self, world):
        load = Load.create(kind="x", month=MONTH, file_name="f", sha256="", encoding="", at=NOW)
        RejectedLine.create(load=load, number=1, line=b"x", faults="")

        purge(Month(2021, 3), LATER)

        assert counts(RejectedLine) == [1]

    def test_old_enrolments_go_and_those_that_are_needed_stay(self, world):
        enrol(MONTH.plus(-1))
        enrol(MONTH)
        enrol(NEXT)

        assert purge(NEXT, LATER).enrolments == 1  # December is not answered yet
        Campaign.update(answered_at=AFTER).execute()
        assert purge(NEXT, LATER).enrolments == 1
        assert [row.month for row in Enrolment.select()] == [NEXT]


_positions = itertools.count(1)


def enrol(month, given="Калина", id_number="1241012004"):
    add_enrolment(
        month=month, position=next(_positions), institution=SCHOOL, status=1, class_code=5, edu_form="1",
        id_type=IdType.EGN, id_number=id_number, given=given, middle="П", family="И",
    )  # fmt: skip


class TestARegister:
    @pytest.fixture
    def kept(self, world):
        """An entry, a reason and a confirmed month of 2020/2021."""
        entered(world.ana, draft(placed_on=date(2020, 12, 7), planned_until=date(2020, 12, 18)))
        confirm_month(world.ana, opened_session(world.ana), MONTH, site=SITE, now=NOW)
        collection = register_of(world.ana).collection
        RegisterUse.create(
            id="u" * 22, collection=collection, user=world.ana.user_id, at=NOW, what="opened", sealed=b"x"
        )
        return collection

    def test_is_erased_with_its_keys_entries_reasons_and_snapshots(self, kept):
        grants = [bytes(grant.sealed) for grant in Grant.select()]
        assert purge(Month(2021, 9), LATER).registers == [2020]

        assert counts(Grant, Entry, RegisterUse) == [0, 0, 0]
        row = Collection.get_by_id(kept.id)
        assert (row.erased_at, bytes(row.manifest), bytes(row.key_mac)) == (LATER, b"", b"")
        month = RegisterMonth.get()
        assert (month.confirmed_at, month.snapshot, month.collection_id) == (NOW, None, None)
        if is_sqlite():
            path = Path(db.obj.database)
            content = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
            assert not [sealed for sealed in grants if sealed in content]

    def test_opens_no_more(self, kept, world):
        purge(Month(2021, 9), LATER)

        session = opened_session(world.ana, now=LATER)
        assert open_register(world.ana, session, 2020, site=SITE, now=LATER) is None

    @pytest.mark.parametrize(
        ("before", "now"),
        [
            (Month(2021, 9), datetime(2021, 12, 30, 21, 0, tzinfo=UTC)),  # the day before, in Sofia too
            (Month(2021, 8), LATER),  # that school year has not ended before August
        ],
    )
    def test_stays_until_its_day(self, kept, before, now):
        assert purge(before, now).registers == []
        assert counts(Grant, Entry) != [0, 0]

    def test_goes_on_the_very_day_that_was_announced(self, kept):
        assert purge(Month(2021, 9), datetime(2021, 12, 30, 22, 30, tzinfo=UTC)).registers == [2020]

    def test_is_erased_once_and_the_audit_tells_the_institution(self, kept):
        purge(Month(2021, 9), LATER)
        assert purge(Month(2021, 9), LATER).registers == []

        told = list(AuditEntry.select().where(AuditEntry.what == "register_erased"))
        assert [(entry.chain, entry.object, entry.who) for entry in told] == [
            (SCHOOL, f"collection:{kept.id}", 0)
        ]
        assert verified()[0] == []

    def test_the_year_after_stays(self, kept, world):
        today = datetime(2021, 11, 3, 8, 0, tzinfo=UTC)
        entered(world.ana, draft(placed_on=date(2021, 11, 3), planned_until=date(2021, 11, 8)), now=today)
        purge(Month(2021, 9), LATER)

        assert [row.school_year for row in Collection.select().where(Collection.erased_at.is_null())] == [
            2021
        ]
        assert counts(Entry) == [1]
