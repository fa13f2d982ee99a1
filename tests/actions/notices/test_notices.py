"""publish, acquaint, remind, withdraw: two at once, what the database keeps, what is verified and erased."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from peewee import IntegrityError

from portal.actions.backup.making import back_up
from portal.actions.backup.restoring import restore
from portal.actions.disclosure.account import export_account
from portal.actions.disclosure.child import export_child
from portal.actions.letters.matter import NoLonger
from portal.actions.letters.outbox import message_of
from portal.actions.loading.files import unwatched
from portal.actions.notices import reminding, spreading
from portal.actions.notices.acquainting import acquaint
from portal.actions.notices.publishing import publish, withdraw
from portal.actions.notices.reminding import preview, remind
from portal.actions.notices.spreading import put_down
from portal.actions.retention.purging import plan_of, purge
from portal.actions.verifying import Verified, verify
from portal.actions.verifying.notices import check_notices
from portal.domain.errors import Conflict, Denied, NotFound, Refusal
from portal.domain.identifiers import Identifier, IdType
from portal.domain.month import Month
from portal.domain.notices import rules
from portal.domain.notices.attachments import Attachment
from portal.domain.people import Role
from portal.storage.notices.files import file_of
from portal.storage.notices.recipients import codes_of, recipients_of, tallies
from portal.storage.notices.rounds import letters_under_way, rounds_of
from portal.storage.notices.tables import (
    Notice,
    NoticeFile,
    NoticeReading,
    NoticeRecipient,
    NoticeRound,
    NoticeWithdrawal,
    RoundUnderWay,
)
from portal.storage.schema.triggers import NOTICES
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.db import db, is_sqlite
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import Delegation, User
from tests.cast import EGNS, FAR_SCHOOL, KINDERGARTEN, NOW, OTHER_SCHOOL, SCHOOL, SITE, add_user
from tests.circulars import PDF, WORDING, edition, published
from tests.statements import noted
from tests.storage.databases import wipe
from tests.storage.together import at_once

TABLES = (Notice, NoticeFile, NoticeRecipient, NoticeReading, NoticeWithdrawal, NoticeRound)
LONG_AFTER = datetime(2021, 6, 1, 8, 0, tzinfo=UTC)
WORDS = "Моля, прочетете писмото."


@pytest.fixture
def world(world):
    """Without the delegate of the cast, whom no director has named: verify would say so."""
    Delegation.delete().execute()
    return world


def counts() -> list[int]:
    return [table.select().count() for table in TABLES]


def findings() -> list[str]:
    return [finding.code for finding in verify(None, verified=Verified(), site=SITE)]


def everything(world) -> Notice:
    """A row in each of the tables."""
    notice = published(world.nora, SCHOOL, OTHER_SCHOOL, files=1)
    acquaint(world.ana, notice.id, now=NOW)
    remind(world.nora, notice.id, WORDS, seen=0, now=NOW)
    withdraw(world.nora, notice.id, "Сгрешен срок.", now=NOW)
    return notice


def tally(notice, region=22):
    return tallies([notice.id], region, now=NOW)[notice.id]


def test_published_twice_at_once_it_is_published_once(world):
    results = at_once(*[lambda: published(world.nora)] * 2)

    assert {type(result) for result in results} == {Conflict, Notice}
    assert Notice.select().count() == 1


def test_of_two_corrections_at_once_one_holds(world):
    old = published(world.nora)
    wordings = [replace(WORDING, number=number) for number in ("1", "2")]

    results = at_once(*[lambda w=w: published(world.nora, replaces=old.id, wording=w) for w in wordings])

    assert {type(result) for result in results} == {Conflict, Notice}


def test_written_twice_at_once_it_is_written_once(world):
    notice = published(world.nora, SCHOOL)

    results = at_once(*[lambda: remind(world.nora, notice.id, WORDS, seen=0, now=NOW)] * 2)

    assert {type(result) for result in results} == {Conflict, int}
    assert OutboxMessage.select().count() == 1


class TestInTurns:
    """Letters are put down some at a time, by whoever writes and, where that broke off, by the worker."""

    @pytest.fixture
    def broken_off(self, world, monkeypatch):
        """Of three letters one is put down."""
        monkeypatch.setattr(spreading, "AT_A_TURN", 1)
        monkeypatch.setattr(reminding, "put_down", lambda *, now: None)
        notice = published(world.nora, SCHOOL, OTHER_SCHOOL, KINDERGARTEN)
        assert remind(world.nora, notice.id, WORDS, seen=0, now=NOW) == 3
        asked = iter([True, False])
        assert put_down(go_on=lambda: next(asked), now=NOW) == 1
        return notice

    def test_broken_off_it_is_gone_on_with_once(self, broken_off):
        assert letters_under_way(rounds_of(broken_off, 22)) == {1: 1}
        assert sum(at_once(*[lambda: put_down(now=NOW)] * 2)) == 2
        assert letters_under_way(rounds_of(broken_off, 22)) == {}
        assert put_down(now=NOW) == 0
        assert OutboxMessage.select().count() == 3

    def test_who_has_read_it_by_their_turn_gets_none(self, world, broken_off):
        acquaint(world.boris, broken_off.id, now=NOW)
        assert put_down(now=NOW) == 1
        told = [row.recipient for row in OutboxMessage.select().order_by(OutboxMessage.id)]
        assert told == ["ana@example.org", "vyara@example.org"]

    def test_each_turn_is_a_transaction_of_its_own(self, world, monkeypatch):
        monkeypatch.setattr(spreading, "AT_A_TURN", 1)
        notice = published(world.nora, SCHOOL, OTHER_SCHOOL, KINDERGARTEN)
        with noted() as asked:
            at_once(lambda: remind(world.nora, notice.id, WORDS, seen=0, now=NOW))
        begun = [text for text in asked.around if text.upper().startswith("BEGIN")]
        inserted = [
            text for text in asked.statements if text.startswith("INSERT") and '"outbox_message"' in text
        ]
        assert len(inserted) == 3
        if is_sqlite():  # psycopg begins by itself
            assert len(begun) == 5, "the round, three letters, and finding that there are no more"

    def test_goes_with_its_circular(self, world, broken_off):
        Campaign.update(answered_at=NOW).execute()
        assert purge(Month(2021, 3), site=SITE, now=LONG_AFTER).notices == 1
        assert RoundUnderWay.select().count() == 0


def test_read_twice_at_once_it_is_read_once(world):
    notice = published(world.nora, SCHOOL)

    at_once(*[lambda: acquaint(world.ana, notice.id, now=NOW)] * 2)

    assert NoticeReading.select().count() == 1
    assert AuditEntry.select().where(AuditEntry.what == "notice_read").count() == 1


def test_read_and_withdrawn_at_once_one_comes_first(world):
    notice = published(world.nora, SCHOOL)

    read, taken_back = at_once(
        lambda: acquaint(world.ana, notice.id, now=NOW),
        lambda: withdraw(world.nora, notice.id, "Сгрешен срок.", now=NOW),
    )

    assert taken_back is None
    assert isinstance(read, Conflict) is (NoticeReading.select().count() == 0)


def test_what_does_not_hold_leaves_nothing_behind(world):
    wrong = edition(files=1, wording=replace(WORDING, number=""))
    with pytest.raises(Refusal):
        published(world.nora, wording=wrong.wording, files=1)
    with pytest.raises(Refusal, match="Няма действаща институция"):
        published(world.nora, FAR_SCHOOL)

    assert counts() == [0] * len(TABLES)


@pytest.mark.parametrize("table", NOTICES)
def test_the_database_itself_lets_nothing_of_it_be_changed(world, table):
    everything(world)

    column = "office" if table == "notice" else "notice_id"
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with pytest.raises(IntegrityError, match="only ever added"), db.atomic():
            db.execute_sql(statement)


def test_the_tally_is_that_of_the_institutions_one_by_one(world):
    notice = published(world.nora)
    acquaint(world.ana, notice.id, now=NOW)
    User.update(disabled_at=NOW).where(User.id == world.boris.user_id).execute()
    add_user(Role.DIRECTOR, "Втори", "second@example.org", institution=SCHOOL)  # also directs Ана's school

    counted = tally(notice)

    assert (counted.recipients, counted.read, counted.waited_for, counted.no_director) == (3, 1, 1, 1)
    assert tally(notice, None) == counted
    assert tally(notice, 3).recipients == 0
    by_one = [each.standing.value for each in recipients_of(notice, 22, now=NOW)]
    assert sorted(by_one) == ["no_director", "read", "unread"]


def test_only_who_published_it_changes_it(world):
    notice = published(world.oleg)

    with pytest.raises(Denied):
        withdraw(world.nora, notice.id, "х", now=NOW)
    with pytest.raises(Denied):
        published(world.nora, replaces=notice.id)
    with pytest.raises(NotFound):
        preview(
            world.nora,
            published(world.oleg, FAR_SCHOOL, wording=replace(WORDING, number="2")).id,
            WORDS,
            site=SITE,
            now=NOW,
        )


def test_two_regions_write_each_to_its_own(world):
    varna = add_user(Role.RUO, "Росица", "rosi@example.org", region=3)
    rosi = replace(world.nora, user_id=varna.id, region=3, region_name="Варна")
    add_user(Role.DIRECTOR, "Мира", "mira@example.org", institution=FAR_SCHOOL)
    notice = published(world.oleg)

    assert remind(world.nora, notice.id, WORDS, seen=0, now=NOW) == 3
    assert remind(rosi, notice.id, WORDS, seen=0, now=NOW) == 1
    assert remind(world.oleg, notice.id, WORDS, seen=0, now=NOW) == 4


class TestVerify:
    def test_finds_nothing_where_nothing_was_touched(self, world):
        everything(world)
        assert findings() == []

    @pytest.mark.parametrize(
        ("statement", "code"),
        [
            ("UPDATE notice SET text = 'друго'", "notice_changed"),
            ("UPDATE notice SET deadline = '2021-02-02'", "notice_changed"),
            ("UPDATE notice_file SET name = 'друго.pdf'", "notice_changed"),
            ("DELETE FROM notice_recipient WHERE institution_id = '2200004'", "notice_changed"),
            ("UPDATE notice_file SET content = substr(content, 1, 9)", "notice_changed"),
            ("UPDATE notice SET region = 16", "notice_changed"),
            ("UPDATE notice_withdrawal SET reason = 'друго'", "notice_unsaid"),
            ("DELETE FROM notice_withdrawal", "notice_unsaid"),
            ("DELETE FROM notice_reading", "notice_unsaid"),
            ('UPDATE notice_reading SET user_id = (SELECT MAX(id) FROM "user")', "notice_unsaid"),
        ],
    )
    def test_finds_what_was_changed_past_the_portal(self, world, statement, code):
        everything(world)
        table = statement.replace("FROM ", "").split()[1]
        event = statement.split()[0].lower()
        db.execute_sql(f"DROP TRIGGER {table}_no_{event}" + ("" if is_sqlite() else f" ON {table}"))

        db.execute_sql(statement)

        assert code in findings()

    def test_finds_one_that_is_gone(self, world):
        notice = published(world.nora, SCHOOL)
        for table in ("notice_recipient", "notice"):
            db.execute_sql(f"DROP TRIGGER {table}_no_delete" + ("" if is_sqlite() else f" ON {table}"))
        NoticeRecipient.delete().execute()
        Notice.delete().where(Notice.id == notice.id).execute()

        assert "notice_deleted" in findings()

    def test_finds_a_reading_that_nobody_did_and_one_of_a_letter_that_is_gone(self, world):
        there = published(world.nora, SCHOOL)
        taken = published(world.nora, SCHOOL, wording=replace(WORDING, number="2"))
        NoticeReading.create(notice=there, user=world.ana.user_id, at=NOW)
        acquaint(world.ana, taken.id, now=NOW)
        for table in ("notice_reading", "notice_recipient", "notice"):
            db.execute_sql(f"DROP TRIGGER {table}_no_delete" + ("" if is_sqlite() else f" ON {table}"))
        for table in (NoticeReading, NoticeRecipient):
            table.delete().where(table.notice == taken).execute()
        Notice.delete().where(Notice.id == taken.id).execute()

        found = [(each.code, each.thing) for each in check_notices()]

        assert found == [
            ("notice_unsaid", f"notice:{there.id}"),
            ("notice_deleted", f"notice:{taken.id}"),
            ("notice_unsaid", f"notice:{taken.id}"),
        ]


class TestPurge:
    def test_erases_what_is_over_with_all_that_hangs_on_it(self, world):
        everything(world)
        Campaign.update(answered_at=NOW).execute()
        assert plan_of(Month(2021, 3), now=LONG_AFTER).notices == 1

        purged = purge(Month(2021, 3), site=SITE, now=LONG_AFTER)

        assert purged.notices == 1
        assert counts() == [0] * len(TABLES)
        assert AuditEntry.select().where(AuditEntry.what == "notice_erased").count() == 1
        assert not [code for code in findings() if code.startswith("notice")]
        assert purge(Month(2021, 3), site=SITE, now=LONG_AFTER).notices == 0

    @pytest.mark.parametrize(
        ("before", "deadline"),
        [(Month(2021, 1), date(2021, 2, 1)), (Month(2021, 2), date(2021, 2, 1)), (Month(2021, 1), None)],
    )
    def test_leaves_what_is_not_over(self, world, before, deadline):
        published(world.nora, wording=replace(WORDING, deadline=deadline))

        assert purge(before, site=SITE, now=LONG_AFTER).notices == 0

    def test_leaves_what_a_letter_that_stays_replaces(self, world):
        old = published(world.nora, wording=replace(WORDING, deadline=None))
        later = NOW + timedelta(days=20)
        wording = replace(WORDING, number="2", deadline=None)
        new = published(world.nora, replaces=old.id, wording=wording, now=later)

        assert purge(Month(2021, 2), site=SITE, now=LONG_AFTER).notices == 0
        assert purge(Month(2021, 3), site=SITE, now=LONG_AFTER).notices == 2
        assert not Notice.select().where(Notice.id.in_([old.id, new.id])).exists()


def test_a_backup_brings_it_back_with_its_files(database, world):
    large = Attachment("голям.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 4096 + b"%%EOF")
    notice = published(world.nora, SCHOOL)
    other = replace(edition(SCHOOL, wording=replace(WORDING, number="2")), files=(large, large))
    second = publish(world.nora, other, now=NOW)
    kept = BytesIO()
    back_up(kept, [], site=SITE, now=NOW)
    kept.seek(0)
    wipe(database)

    restore(kept, [], checkpoint=None, watch=unwatched, site=SITE, now=NOW)

    assert bytes(file_of(second, 2).content) == large.content
    assert codes_of(notice) == [SCHOOL]
    assert findings() == []


class TestDisclosure:
    def test_tells_an_account_what_it_read_and_published(self, world):
        everything(world)
        acquaint(world.ana, Notice.get().id, now=NOW)

        read = export_account(None, world.ana.user_id, now=NOW).content.decode("utf-8-sig")
        wrote = export_account(None, world.nora.user_id, now=NOW).content.decode("utf-8-sig")

        assert "Запознат с: РУО София-град, № РУО1-3314 от 27.01.2021 г." in read
        assert "Запознат с оттеглянето на: РУО София-град, № РУО1-3314 от 27.01.2021 г." in read
        assert "Публикувал: № РУО1-3314 от 27.01.2021 г." in wrote

    def test_finds_a_child_whose_number_somebody_wrote_in(self, world, monkeypatch):
        child = Identifier(IdType.EGN, EGNS[0])
        assert "циркулярни" not in export_child(None, child, now=NOW).content.decode("utf-8-sig")
        text = f"Първи ред за друго дете.\nПроверете {EGNS[0]}.\nИ не {EGNS[0]}1."
        with pytest.raises(Refusal, match="ЕГН или ЛНЧ"):
            published(world.nora, wording=replace(WORDING, text=text))
        monkeypatch.setattr(rules, "check_holds_no_number", lambda *_: None)  # as when that was not refused
        published(world.nora, wording=replace(WORDING, text=text))

        told = export_child(None, child, now=NOW).content.decode("utf-8-sig")

        assert "В текста на циркулярни писма" in told
        assert f"Проверете {EGNS[0]}." in told
        assert "друго дете" not in told
        assert f"{EGNS[0]}1" not in told


def test_the_file_is_kept_byte_for_byte(world):
    notice = published(world.nora, SCHOOL, files=1)

    assert bytes(file_of(notice, 1).content) == PDF


class TestLetter:
    """What is written when it is sent, which may be a while after it was put down."""

    @pytest.fixture
    def notice(self, world):
        notice = published(world.nora, SCHOOL, OTHER_SCHOOL)
        User.update(disabled_at=NOW).where(User.id == world.boris.user_id).execute()
        remind(world.nora, notice.id, WORDS, seen=0, now=NOW)
        return notice

    def said(self, code):
        """The letter, or why there is none."""
        row = OutboxMessage.get(OutboxMessage.institution == code)
        try:
            return message_of(row, site=SITE, now=NOW)
        except NoLonger as reason:
            return str(reason)

    def test_goes_to_the_director_and_where_there_is_none_to_the_institution(self, notice):
        assert self.said(SCHOOL).to == "ana@example.org"
        assert WORDS in self.said(SCHOOL).body
        assert self.said(OTHER_SCHOOL).to == f"dir{OTHER_SCHOOL}@example.org"
        assert "няма активиран достъп" in " ".join(self.said(OTHER_SCHOOL).body.split())

    def test_is_not_sent_to_who_has_read_it_by_then(self, world, notice):
        acquaint(world.ana, notice.id, now=NOW)

        assert self.said(SCHOOL) == "получателят вече се е запознал с писмото"

    def test_is_not_sent_where_there_is_a_director_by_then(self, notice):
        add_user(Role.DIRECTOR, "Гая Нова", "gaya@example.org", institution=OTHER_SCHOOL)

        assert self.said(OTHER_SCHOOL) == "институцията вече има директор"

    def test_is_not_sent_once_it_is_withdrawn(self, world, notice):
        withdraw(world.nora, notice.id, "Сгрешен срок.", now=NOW)

        assert self.said(SCHOOL) == self.said(OTHER_SCHOOL) == "циркулярното писмо вече е оттеглено"

    def test_is_not_sent_once_it_is_replaced(self, world, notice):
        published(world.nora, replaces=notice.id, wording=replace(WORDING, number="2"))

        assert self.said(SCHOOL) == "циркулярното писмо вече е заменено"
