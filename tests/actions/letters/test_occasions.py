"""Letters about occasions: once for each reader, written when they are sent, dropped when they are over."""

from datetime import timedelta

import pytest

from portal.actions.campaigns.campaigns import resume, suspend
from portal.actions.campaigns.closing import close_institution
from portal.actions.campaigns.window import Days, set_window
from portal.actions.letters.campaign_letters import tell_new_director, tell_of_list
from portal.actions.letters.occasions import About, queue, summed
from portal.actions.letters.sending import MAY_HAVE_GONE, Round, deliver
from portal.actions.lists.confirmations import say_nothing_to_confirm
from portal.actions.signing.signing import sign as sign_list
from portal.domain.decisions import Decision
from portal.domain.letters.fate import LetterState, Verdict
from portal.domain.letters.kinds import Occasion
from portal.domain.submissions import Lock
from portal.mail import smtp
from portal.storage.letters import outbox
from portal.storage.letters.outbox import LEASE
from portal.storage.letters.readers import Reader
from portal.storage.tables.campaigns import Record, Submission
from portal.storage.tables.db import writing
from portal.storage.tables.letters import DeclinedLetter, OutboxMessage
from portal.storage.tables.people import User
from tests.actions.loading.loaded import asp, load
from tests.cast import (
    AFTER,
    CLOSES,
    FAR_SCHOOL,
    MONTH,
    NOW,
    OPENS,
    OTHER_SCHOOL,
    PASSWORD,
    SCHOOL,
    SITE,
    add_record,
)
from tests.mail.letters import letters, text
from tests.mail.mail_server import Sink, mail_to
from tests.storage.together import at_once

SENDER = "portal@portal.example.bg"
HOUR = timedelta(hours=1)


@pytest.fixture
def sink():
    return Sink()


@pytest.fixture
def mail_url(sink):
    with mail_to(sink) as url:
        yield url


@pytest.fixture
def told(world):
    """Ана and Борис are to hear of a record on each of their lists, Вяра that she has none."""
    add_record(SCHOOL)
    add_record(OTHER_SCHOOL)
    tell_of_list(world.campaign, now=NOW)
    return world


def send(mail_url, now=NOW) -> Round:
    return deliver(mail_url, SENDER, site=SITE, clock=lambda: now)


def to_ana(kind: str = "list_received") -> OutboxMessage:
    return OutboxMessage.get((OutboxMessage.recipient == "ana@example.org") & (OutboxMessage.kind == kind))


def sign(institution: str = SCHOOL) -> None:
    Record.update(decision=Decision.CONFIRMED).where(Record.institution == institution).execute()
    submission = Submission.get(Submission.institution == institution)
    Submission.recount([submission.id])
    Submission.update(lock=Lock.SIGNED, signed_at=NOW).where(Submission.id == submission.id).execute()


def about(thing: str = "submission:1", **facts: int) -> About:
    return About(Occasion.LIST_CHANGED, thing, None, facts)


ANA = Reader("ana@example.org", SCHOOL, 1)


class TestOnce:
    def test_is_put_down_in_the_transaction_of_what_happened(self, database):
        with pytest.raises(RuntimeError):
            queue(about(), [], now=NOW)

    def test_an_occasion_is_one_letter_however_often_it_is_put_down(self, world):
        for _ in range(3):
            with writing():
                queue(about(added=1), [ANA], now=NOW)
        assert OutboxMessage.select().count() == 1

    def test_of_several_that_put_it_down_at_once_one_does(self, world):
        def put_down():
            with writing():
                return queue(about(added=1), [ANA], now=NOW)

        assert sorted(at_once(*[put_down] * 4)) == [0, 0, 0, 1]
        assert OutboxMessage.select().count() == 1

    def test_another_version_or_another_reader_is_another_letter(self, world):
        with writing():
            queue(about("submission:1/2"), [ANA, Reader("dora@example.org", SCHOOL, 4)], now=NOW)
            queue(about("submission:1/3"), [ANA], now=NOW)
        assert OutboxMessage.select().count() == 3

    def test_what_waits_untried_takes_more_of_the_same(self, world):
        for version in (1, 2):
            with writing():
                queue(about(f"submission:1/{version}", added=2), [ANA], merged=summed, now=NOW)
        assert OutboxMessage.get().facts == '{"added": 4}'

    def test_of_two_alike_only_the_later_one_takes_more(self, world):
        with writing():
            queue(about("submission:1/1", added=2), [ANA], now=NOW)
            queue(about("submission:1/2", added=2), [ANA], now=NOW)
            queue(about("submission:1/3", added=3), [ANA], merged=summed, now=NOW)
        assert [row.facts for row in OutboxMessage.select().order_by(OutboxMessage.id)] == [
            '{"added": 2}',
            '{"added": 5}',
        ]

    def test_what_is_being_tried_takes_nothing_more(self, world):
        with writing():
            queue(about("submission:1/1", added=2), [ANA], merged=summed, now=NOW)
        assert outbox.claim(outbox.waiting(now=NOW)[0], now=NOW)
        with writing():
            queue(about("submission:1/2", added=3), [ANA], merged=summed, now=NOW)
        assert [row.facts for row in OutboxMessage.select().order_by(OutboxMessage.id)] == [
            '{"added": 2}',
            '{"added": 3}',
        ]

    @pytest.mark.parametrize(
        ("column", "value"), [("state", LetterState.DROPPED), ("attempts", 1), ("facts", '{"added": 9}')]
    )
    def test_nor_what_another_takes_or_ends_at_that_moment(self, world, column, value):
        """Between reading what waits and adding to it."""

        def too_late(before, more):
            OutboxMessage.update(**{column: value}).execute()
            return summed(before, more)

        with writing():
            queue(about("submission:1/1", added=2), [ANA], now=NOW)
            assert queue(about("submission:1/2", added=3), [ANA], merged=too_late, now=NOW) == 1
        first, second = OutboxMessage.select(OutboxMessage.facts).order_by(OutboxMessage.id)
        assert first.facts in ('{"added": 2}', '{"added": 9}')
        assert second.facts == '{"added": 3}'

    @pytest.mark.parametrize(
        "columns",
        [
            {"kind": "list_received"},
            {"campaign": None},
            {"institution": OTHER_SCHOOL},
            {"user": 1},
            {"state": LetterState.GIVEN_UP},
        ],
        ids=lambda columns: next(iter(columns)),
    )
    def test_nor_a_letter_of_another_kind_month_place_or_reader_or_one_that_is_over(self, world, columns):
        mailbox, month = Reader("dir@example.org", SCHOOL), world.campaign.id
        with writing():
            queue(About(Occasion.LIST_CHANGED, "1", month, {"added": 2}), [mailbox], now=NOW)
            OutboxMessage.update(**columns).execute()
            more = About(Occasion.LIST_CHANGED, "2", month, {"added": 3})
            assert queue(more, [mailbox], merged=summed, now=NOW) == 1

    def test_nor_one_account_what_another_of_the_school_is_told(self, world):
        dora = Reader("dora@example.org", SCHOOL, world.dora.user_id)
        with writing():
            for reader in (dora, Reader("ana@example.org", SCHOOL, world.ana.user_id)):
                assert queue(about(added=1), [reader], merged=summed, now=NOW) == 1

    def test_what_was_told_is_not_told_again(self, told, mail_url, sink):
        send(mail_url)
        tell_of_list(told.campaign, now=NOW)
        set_window(told.oleg, MONTH, Days(OPENS, CLOSES), now=NOW)
        load(asp(0))

        send(mail_url)
        assert sorted(sink.to) == ["ana@example.org", "boris@example.org", "vyara@example.org"]


class TestDecidedWhenSent:
    def test_counts_what_is_there_then(self, told, mail_url, sink):
        add_record(SCHOOL)
        assert "2 записа за потвърждаване" in text(letters("list_received")[0])

    def test_says_what_is_left_where_somebody_has_begun(self, told):
        add_record(SCHOOL, decision=Decision.CONFIRMED)
        assert "За преглед остават: 1." in text(letters("list_received")[0])

    def test_who_has_signed_is_not_written_to(self, told, mail_url, sink):
        """One who activated in mid-window got „11 записа за потвърждаване“ an hour after she had signed."""
        sign()

        assert send(mail_url) == Round(sent=2, dropped=1)
        assert "ana@example.org" not in sink.to
        assert (to_ana().state, to_ana().error) == (LetterState.DROPPED, "списъкът вече е подписан")
        assert send(mail_url) == Round()

    def test_who_has_said_that_there_is_nothing_is_not_written_to(self, told, mail_url, sink):
        say_nothing_to_confirm(told.vyara, MONTH, now=NOW)
        send(mail_url)
        assert "vyara@example.org" not in sink.to

    def test_after_the_deadline_nobody_is(self, told, mail_url, sink):
        assert send(mail_url, now=AFTER) == Round(dropped=3)
        assert to_ana().error == "срокът е изтекъл"

    def test_while_the_month_is_suspended_it_keeps(self, told, mail_url, sink):
        suspend(told.oleg, MONTH, "извънредно положение", now=NOW)
        assert send(mail_url) == Round(sent=2, dropped=3)
        assert sink.to == ["dora@example.org", f"dir{FAR_SCHOOL}@example.org"], "who wait for no first letter"
        assert (to_ana().attempts, to_ana().state) == (0, LetterState.WAITS)
        resume(told.oleg, MONTH, now=NOW + HOUR)

        send(mail_url, now=NOW + HOUR)
        assert sink.to.count("ana@example.org") == 1

    def test_who_works_there_no_longer_is_not_written_to(self, told, mail_url, sink):
        User.update(disabled_at=NOW).where(User.id == told.ana.user_id).execute()
        User.update(institution=OTHER_SCHOOL).where(User.id == told.vyara.user_id).execute()

        send(mail_url)
        assert sink.to == ["boris@example.org"]
        assert to_ana().error == "достъпът на получателя е спрян"

    def test_a_closed_institution_is_not_written_to(self, told, mail_url, sink):
        close_institution(told.oleg, SCHOOL, NOW.date(), now=NOW)
        send(mail_url)
        assert to_ana().error == "институцията е закрита"

    def test_what_a_person_does_without_is_not_sent_if_it_may_be_done_without(self, told, mail_url, sink):
        for occasion in (Occasion.LIST_SIGNED, Occasion.LIST_RECEIVED):
            DeclinedLetter.create(user=told.ana.user_id, occasion=occasion)
        send(mail_url)
        assert "ana@example.org" in sink.to, "what is obligatory comes all the same"

    @pytest.mark.parametrize(
        ("who", "occasion", "comes"),
        [
            ("ana", Occasion.LIST_SIGNED, False),
            ("ana", Occasion.EARLY_REMINDER, True),
            ("dora", Occasion.LIST_SIGNED, True),
        ],
    )
    def test_only_what_this_reader_does_without_stays_away(self, world, mail_url, sink, who, occasion, comes):
        add_record(SCHOOL, decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)
        DeclinedLetter.create(user=getattr(world, who).user_id, occasion=occasion)
        sign_list(world.ana, MONTH, PASSWORD, shown="", site=SITE, now=NOW)
        send(mail_url)
        assert ("ana@example.org" in sink.to) == comes

    def test_what_was_said_is_kept(self, told, mail_url):
        send(mail_url)
        row = to_ana()
        assert row.subject == "Списък от АСП за декември 2020 г., срок 01.02.2021: 39. СУ „Отец Паисий“"
        assert "1 запис за" in row.body


class TestAnEmptyListThatFills:
    def test_before_the_letter_went_it_is_one_letter(self, world, mail_url, sink):
        tell_of_list(world.campaign, now=NOW)
        load(asp(0))

        send(mail_url, now=NOW + HOUR)
        assert sink.to.count("ana@example.org") == 1
        assert "1 запис за" in to_ana().body
        assert to_ana("list_changed").error == "влиза в писмото „списъкът за месеца е тук“"

    def test_after_it_went_the_second_says_what_came(self, world, mail_url, sink):
        tell_of_list(world.campaign, now=NOW)
        send(mail_url)
        load(asp(0))

        send(mail_url, now=NOW + HOUR)
        assert sink.to.count("ana@example.org") == 2
        assert "не изпрати записи" in to_ana().body
        assert "добавени записи: 1. Сега в списъка има 1 запис." in text(to_ana("list_changed"))


class TestANewDirector:
    @pytest.fixture
    def newcomer(self, world):
        """Ана's successor; nobody was written to about the list."""
        return User.get_by_id(world.ana.user_id)

    def test_hears_of_the_list_at_once(self, world, newcomer, mail_url, sink):
        add_record(SCHOOL)
        with writing():
            tell_new_director(newcomer, now=NOW)
        send(mail_url)
        assert sink.to == ["ana@example.org"]

        tell_of_list(world.campaign, now=NOW + HOUR)
        sign()
        send(mail_url, now=NOW + HOUR)
        assert sink.to.count("ana@example.org") == 1

    def test_hears_of_no_month_that_is_over(self, world, newcomer):
        with writing():
            tell_new_director(newcomer, now=AFTER)
        assert OutboxMessage.select().count() == 0


class TestTheServersAnswer:
    def test_is_kept_of_what_was_accepted(self, told, mail_url, sink):
        sink.answer = "250 2.0.0 Ok: queued as 4F2"
        send(mail_url)
        row = to_ana()
        assert (row.state, row.verdict, row.sent_at) == (LetterState.SENT, Verdict.ACCEPTED, NOW)
        assert (row.code, row.status, row.reply, row.replied_at) == (250, "2.0.0", "Ok: queued as 4F2", NOW)

    def test_is_kept_of_what_was_deferred(self, told, mail_url, sink):
        sink.answer = "451 4.7.1 greylisted"
        send(mail_url)
        row = to_ana()
        assert (row.state, row.verdict, row.code, row.status) == (
            LetterState.WAITS,
            Verdict.DEFERRED,
            451,
            "4.7.1",
        )

    def test_is_kept_of_an_address_that_nobody_has(self, told, mail_url, sink):
        sink.unknown = {"ana@example.org": "550 5.1.1 <ana@example.org>: no such user"}
        assert send(mail_url) == Round(sent=2, given_up=1)
        row = to_ana()
        assert (row.state, row.verdict, row.code, row.status) == (
            LetterState.GIVEN_UP,
            Verdict.UNKNOWN_ADDRESS,
            550,
            "5.1.1",
        )
        assert (row.reply, row.error) == (
            "<ana@example.org>: no such user",
            "Пощенският сървър отказа писмото (550).",
        )

    def test_stays_out_of_the_log(self, told, mail_url, sink, caplog):
        sink.unknown = {"ana@example.org": "550 5.1.1 <ana@example.org>: no such user"}
        with caplog.at_level("INFO"):
            send(mail_url)
        ours = [record.getMessage() for record in caplog.records if record.name.startswith("portal")]
        assert len(ours) == 3
        assert not any("ana@" in line or "no such user" in line for line in ours)

    def test_where_nobody_answers_there_is_none(self, told):
        send("smtp://127.0.0.1:1")
        row = to_ana()
        assert (row.verdict, row.code, row.replied_at) == (Verdict.DEFERRED, None, None)


class TestWhatBreaks:
    def test_an_hour_without_mail_loses_and_doubles_nothing(self, told, mail_url, sink):
        for minute in range(61):
            send("smtp://127.0.0.1:1", now=NOW + timedelta(minutes=minute))
        assert sink.to == []
        for minute in range(61, 181):
            send(mail_url, now=NOW + timedelta(minutes=minute))

        assert sorted(sink.to) == ["ana@example.org", "boris@example.org", "vyara@example.org"]

    @pytest.fixture
    def crash(self, told, mail_url, sink, monkeypatch):
        """The server took Ана's letter, and the sender died before that was written down."""

        class Killed(BaseException):
            pass

        def die(*_, **__):
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(outbox, "mark_sent", die)
            with pytest.raises(Killed):
                send(mail_url)
        assert sink.to == ["ana@example.org"]

    def test_a_sender_that_died_after_the_servers_word_is_followed_with_the_same_name(
        self, crash, mail_url, sink
    ):
        """Rather twice than never; who gets it twice can tell by its name."""
        send(mail_url)
        assert sink.to.count("ana@example.org") == 1, "the dead one's time is not over"
        send(mail_url, now=NOW + LEASE)

        assert sink.to.count("ana@example.org") == 2
        assert len({sink.name(letter) for reader, letter in sink.taken if reader == "ana@example.org"}) == 1
        assert send(mail_url, now=NOW + 2 * LEASE) == Round()

    def test_what_is_over_by_then_is_not_sent_and_may_have_gone(self, crash, mail_url, sink):
        sign()
        send(mail_url, now=NOW + LEASE)

        assert sink.to.count("ana@example.org") == 1
        assert to_ana().error == f"списъкът вече е подписан; {MAY_HAVE_GONE}"

    def test_a_line_lost_before_the_servers_word_is_tried_again(self, told, mail_url, sink, monkeypatch):
        """The server may have it: the same letter goes once more, under the same name."""
        monkeypatch.setattr(smtp._Kept, "data", _lost)
        send(mail_url)
        assert to_ana().state is LetterState.WAITS
        monkeypatch.undo()
        for minute in (1, 6, 21):
            send(mail_url, now=NOW + timedelta(minutes=minute))
        assert sorted(sink.to) == ["ana@example.org", "boris@example.org", "vyara@example.org"]


def _lost(self, msg):
    raise ConnectionResetError


def test_the_deadline_travels_with_the_letter(told):
    (letter, *_) = letters("list_received")
    lines = letter.calendar.replace("\r\n ", "").split("\r\n")
    assert "UID:srok-2020-12-2200000@localhost" in lines
    assert "DTSTART;VALUE=DATE:20210201" in lines
    assert "SEQUENCE:0" in lines


def test_no_letter_names_a_child(told):
    families = [record.family for record in Record.select()]
    numbers = [record.id_number for record in Record.select()]
    for letter in letters():
        assert not any(word in letter.body + letter.calendar for word in families + numbers)
