"""Letters about what has changed: the window, a signature, an authorisation."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.actions.campaigns.campaigns import (
    end_exception,
    make_exception,
    open_for_correction,
    resume,
    suspend,
)
from portal.actions.campaigns.sending import say_sent
from portal.actions.campaigns.window import Days, set_window
from portal.actions.letters import announcing
from portal.actions.letters.announcing import announce, spread
from portal.actions.letters.campaign_letters import tell_new_director, tell_of_list
from portal.actions.letters.delegation_letters import tell_of_ends
from portal.actions.letters.reminding import remind
from portal.actions.letters.sending import Round, deliver
from portal.actions.lists.confirmations import decide
from portal.actions.lists.ready import say_ready
from portal.actions.people.delegations import revoke
from portal.actions.signing.signing import sign, unsign
from portal.domain.campaigns.corrections import Why
from portal.domain.decisions import Decided, Decision
from portal.domain.errors import Conflict, Denied
from portal.domain.letters.fate import LetterState
from portal.domain.letters.kinds import Occasion
from portal.domain.people import Role, Scope
from portal.domain.submissions import Lock
from portal.storage.lists.current import list_of
from portal.storage.signing.standing import standing_of
from portal.storage.tables.answers import CorrectionRequest
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.db import writing
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import Announcement, OutboxMessage
from portal.storage.tables.people import Delegation
from portal.storage.tables.register import RegisterMonth
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
    add_user,
    change_delegations,
)
from tests.mail.letters import text
from tests.mail.mail_server import Sink, mail_to
from tests.storage.together import at_once

SENDER = "portal@portal.example.bg"
STAFF = ["ana@example.org", "boris@example.org", "dora@example.org", "vyara@example.org"]
MAILBOX = f"dir{FAR_SCHOOL}@example.org"  # nobody directs that one
EVERYBODY = sorted([*STAFF, MAILBOX])
HOUR = timedelta(hours=1)
LATER = Days(OPENS, date(2021, 2, 5))


@pytest.fixture
def sink():
    return Sink()


@pytest.fixture
def mail_url(sink):
    with mail_to(sink) as url:
        yield url


@pytest.fixture
def send(mail_url):
    def send(now=NOW) -> Round:
        return deliver(mail_url, SENDER, site=SITE, clock=lambda: now)

    return send


@pytest.fixture
def told(world, send, sink):
    """Everybody has read that the list is there, with its deadline."""
    add_record(SCHOOL)
    tell_of_list(world.campaign, now=NOW)
    send()
    sink.taken.clear()
    return world


def row(kind: str, to: str = "ana@example.org") -> OutboxMessage:
    query = OutboxMessage.select().where((OutboxMessage.kind == kind) & (OutboxMessage.recipient == to))
    return query.order_by(OutboxMessage.id.desc()).get()


def calendar_in(sink, to="ana@example.org") -> dict[str, str]:
    """The newest date that travelled to this reader, by the names of its lines."""
    import email

    raw = [letter for reader, letter in sink.taken if reader == to][-1]
    (part,) = [p for p in email.message_from_bytes(raw).walk() if p.get_content_type() == "text/calendar"]
    lines = part.get_payload(decode=True).decode().replace("\r\n ", "").split("\r\n")
    return dict(line.split(":", 1) for line in lines if ":" in line)


class TestTheDeadlineMoves:
    def test_everybody_who_works_on_a_list_reads_both(self, told, send, sink):
        set_window(told.oleg, MONTH, LATER, now=NOW)
        send()

        assert sorted(sink.to) == EVERYBODY
        letter = text(row("deadline_moved"))
        assert "Досегашен срок: понеделник, 01.02.2021 г." in letter
        assert "Нов срок: петък, 05.02.2021 г., до края на деня." in letter

    def test_who_has_the_registers_month_to_confirm_reads_so(self, told, send, sink):
        RegisterMonth.create(campaign=told.campaign, institution=OTHER_SCHOOL, confirmed_at=NOW)
        set_window(told.oleg, MONTH, LATER, now=NOW)
        send()
        left = "потвърдете и карантинния регистър"
        assert left in text(row("deadline_moved"))
        assert left not in text(row("deadline_moved", "boris@example.org")), "it is confirmed there"
        assert left not in text(row("deadline_moved", "dora@example.org")), "she may only decide"

    def test_it_moves_in_the_calendar_too(self, told, send, sink):
        set_window(told.oleg, MONTH, LATER, now=NOW)
        send()
        first = calendar_in(sink)
        set_window(told.oleg, MONTH, Days(OPENS, CLOSES), now=NOW + HOUR)
        send(NOW + HOUR)
        second = calendar_in(sink)

        assert first["UID"] == second["UID"] == "srok-2020-12-2200000@localhost"
        assert (first["SEQUENCE"], second["SEQUENCE"]) == ("1", "2")
        assert (first["DTSTART;VALUE=DATE"], second["DTSTART;VALUE=DATE"]) == ("20210205", "20210201")

    def test_moved_twice_before_it_went_it_is_one_letter(self, told, send, sink):
        set_window(told.oleg, MONTH, Days(OPENS, date(2021, 2, 3)), now=NOW)
        set_window(told.oleg, MONTH, LATER, now=NOW)
        send()

        assert sorted(sink.to) == EVERYBODY
        assert "Досегашен срок: понеделник, 01.02.2021 г." in text(row("deadline_moved"))

    def test_moved_and_moved_back_it_is_none(self, told, send, sink):
        set_window(told.oleg, MONTH, LATER, now=NOW)
        set_window(told.oleg, MONTH, Days(OPENS, CLOSES), now=NOW)

        assert send() == Round(dropped=5)
        assert row("deadline_moved").error == "срокът остана същият"

    def test_whose_first_letter_has_not_gone_reads_the_new_one_there(self, world, send, sink):
        add_record(SCHOOL)
        tell_of_list(world.campaign, now=NOW)
        set_window(world.oleg, MONTH, LATER, now=NOW)
        send()

        assert sink.to.count("ana@example.org") == 1
        assert "петък, 05.02.2021 г." in text(row("list_received"))
        assert row("deadline_moved").state is LetterState.DROPPED
        assert sink.to.count("dora@example.org") == 1, "she was not told of the list"

    def test_another_first_day_alone_is_no_news(self, told, send, sink):
        set_window(told.oleg, MONTH, Days(date(2021, 1, 26), CLOSES), now=NOW)
        assert send() == Round()

    def test_broken_off_it_is_gone_on_with(self, told, send, sink, monkeypatch):
        monkeypatch.setattr(announcing, "AT_A_TURN", 1)
        asked = iter([True, False])
        monkeypatch.setattr("portal.actions.campaigns.window.spread", lambda *, now: None)
        set_window(told.oleg, MONTH, LATER, now=NOW)
        spread(go_on=lambda: next(asked), now=NOW)
        assert Announcement.get().done_at is None

        assert sorted(x > 0 for x in at_once(*[lambda: spread(now=NOW)] * 2)) in ([False, True], [True, True])
        assert Announcement.get().done_at == NOW
        send()
        assert sorted(sink.to) == EVERYBODY


def test_two_announcements_that_wait_both_reach_everybody(world):
    with pytest.raises(RuntimeError):
        announce(Occasion.MONTH_SUSPENDED, world.campaign, now=NOW)
    with writing():
        for occasion in (Occasion.MONTH_SUSPENDED, Occasion.MONTH_RESUMED):
            announce(occasion, world.campaign, now=NOW)

    assert spread(now=NOW) == 2 * len(EVERYBODY)
    assert spread(now=NOW) == 0


class TestSuspended:
    def test_is_told_and_taken_out_of_the_calendar(self, told, send, sink):
        suspend(told.oleg, MONTH, "извънредно положение, Иван Петров", now=NOW)
        send()

        assert sorted(sink.to) == EVERYBODY
        assert "ЦИОО спря потвържденията за декември 2020 г." in text(row("month_suspended"))
        assert "Петров" not in row("month_suspended").body, (
            "what the operator wrote freely stays in the portal"
        )
        date_ = calendar_in(sink)
        assert (date_["METHOD"], date_["STATUS"], date_["SEQUENCE"]) == ("CANCEL", "CANCELLED", "1")

    def test_resumed_is_told_with_the_deadline(self, told, send, sink):
        suspend(told.oleg, MONTH, "причина", now=NOW)
        send()
        sink.taken.clear()
        set_window(told.oleg, MONTH, LATER, now=NOW + HOUR)
        send(NOW + HOUR)
        assert sink.to == [], "while it is suspended nobody is told of a deadline"
        resume(told.oleg, MONTH, now=NOW + 2 * HOUR)
        send(NOW + 2 * HOUR)

        assert sorted(sink.to) == EVERYBODY
        assert "Краен срок: петък, 05.02.2021 г." in text(row("month_resumed"))
        date_ = calendar_in(sink)
        assert (date_["METHOD"], date_["SEQUENCE"]) == ("PUBLISH", "3")

    def test_a_list_whose_window_was_set_meanwhile_is_told_of_when_it_is_resumed(self, world, send, sink):
        add_record(SCHOOL)
        suspend(world.oleg, MONTH, "причина", now=NOW)
        set_window(world.oleg, MONTH, LATER, now=NOW)
        send()
        sink.taken.clear()
        resume(world.oleg, MONTH, now=NOW + HOUR)
        send(NOW + HOUR)

        assert "срок 05.02.2021" in row("list_received").subject
        assert sink.to.count("ana@example.org") == 1, "one letter says both"

    def test_who_comes_to_direct_meanwhile_hears_of_the_list_when_it_is_resumed(self, told, send, sink):
        suspend(told.oleg, MONTH, "причина", now=NOW)
        nina = add_user(Role.DIRECTOR, "Нина Колева", "nina@example.org", institution=SCHOOL)
        with writing():
            tell_new_director(nina, now=NOW)
        send()
        assert "nina@example.org" not in sink.to
        resume(told.oleg, MONTH, now=NOW + HOUR)
        send(NOW + HOUR)
        assert sink.to.count("nina@example.org") == 1
        assert row("list_received", "nina@example.org").state is LetterState.SENT

    def test_what_was_taken_back_before_it_was_told_is_not_told(self, told, send, sink):
        suspend(told.oleg, MONTH, "причина", now=NOW)
        resume(told.oleg, MONTH, now=NOW)

        assert send() == Round(dropped=10)
        assert row("month_suspended").error == "месецът вече е възобновен"
        assert row("month_resumed").error == "спирането не беше съобщено"


class TestWhereNobodyDirects:
    """The institution far away has no director; its own mailbox hears what people hear elsewhere."""

    @pytest.fixture
    def unheard(self, world, send, sink):
        add_record(FAR_SCHOOL)
        return world

    def test_the_mailbox_reads_of_another_deadline_and_how_to_get_in(self, unheard, send, sink):
        set_window(unheard.oleg, MONTH, LATER, now=NOW)
        send()

        assert sink.to.count(MAILBOX) == 1
        letter = text(row("deadline_moved", MAILBOX))
        assert "Нов срок: петък, 05.02.2021 г., до края на деня." in letter
        assert "Никой от ОУ „Васил Левски“ няма активиран достъп до портала" in letter
        assert "ЦИОО още не е изпратил покана на директора." in letter
        assert "/confirmations/" not in letter, "nobody there can open a list"
        assert "Довършете" not in letter
        assert calendar_in(sink, MAILBOX)["DTSTART;VALUE=DATE"] == "20210205"

    def test_and_of_a_month_that_is_suspended_and_resumed(self, unheard, send, sink):
        suspend(unheard.oleg, MONTH, "причина", now=NOW)
        send()
        resume(unheard.oleg, MONTH, now=NOW + HOUR)
        send(NOW + HOUR)

        assert sink.to.count(MAILBOX) == 2
        assert "няма активиран достъп" in text(row("month_suspended", MAILBOX))
        assert "Краен срок: понеделник, 01.02.2021 г." in text(row("month_resumed", MAILBOX))

    def test_and_of_an_exception_and_its_end(self, unheard, send, sink):
        make_exception(unheard.oleg, MONTH, FAR_SCHOOL, date(2021, 2, 3), "причина", now=AFTER)
        send(AFTER)
        end_exception(unheard.oleg, MONTH, FAR_SCHOOL, now=AFTER + HOUR)
        send(AFTER + HOUR)

        assert sink.to == [MAILBOX] * 2
        assert "отворен до 03.02.2021 г., 23:59 ч." in text(row("exception_opened", MAILBOX))

    def test_one_with_a_director_is_written_to_through_people_alone(self, unheard, send, sink):
        suspend(unheard.oleg, MONTH, "причина", now=NOW)
        send()
        assert sorted(sink.to) == EVERYBODY

    def test_once_somebody_directs_the_mailbox_is_no_longer_written_to(self, unheard, send, sink):
        suspend(unheard.oleg, MONTH, "причина", now=NOW)
        add_user(Role.DIRECTOR, "Нина Колева", "nina@example.org", institution=FAR_SCHOOL)
        send()
        assert MAILBOX not in sink.to
        assert row("month_suspended", MAILBOX).error == "институцията вече има директор"

    def test_where_both_are_done_nobody_has_to_get_in(self, unheard, send, sink):
        far = Submission.institution == FAR_SCHOOL
        Submission.update(lock=Lock.SIGNED, signed_at=NOW).where(far).execute()
        RegisterMonth.create(campaign=unheard.campaign, institution=FAR_SCHOOL, confirmed_at=NOW)
        set_window(unheard.oleg, MONTH, LATER, now=NOW)
        send()
        assert row("deadline_moved", MAILBOX).error == "всичко вече е свършено"

    def test_without_a_mailbox_nobody_can_be_written_to(self, unheard, send, sink):
        Institution.update(email="").where(Institution.code == FAR_SCHOOL).execute()
        suspend(unheard.oleg, MONTH, "причина", now=NOW)
        send()
        assert sorted(sink.to) == STAFF

    def test_what_came_of_an_answer_is_for_who_works_there(self, unheard, send, sink):
        Campaign.update(answered_at=AFTER).execute()
        say_sent(unheard.oleg, MONTH, AFTER.date(), now=AFTER)
        send(AFTER)
        assert not OutboxMessage.select().where(OutboxMessage.recipient == MAILBOX).exists()


class TestExceptions:
    @pytest.fixture
    def excepted(self, told, send):
        make_exception(told.oleg, MONTH, SCHOOL, date(2021, 2, 3), "сървърът им не работеше", now=AFTER)
        return told

    def test_is_told_to_its_institution_alone(self, excepted, send, sink):
        send(AFTER)
        assert sorted(sink.to) == ["ana@example.org", "dora@example.org"]
        assert "списъкът е отворен до 03.02.2021 г., 23:59 ч." in text(row("exception_opened"))
        assert calendar_in(sink)["DTSTART;VALUE=DATE"] == "20210203"

    def test_ended_early_is_told_to_who_knew(self, excepted, send, sink):
        send(AFTER)
        sink.taken.clear()
        end_exception(excepted.oleg, MONTH, SCHOOL, now=AFTER + HOUR)
        send(AFTER + HOUR)

        assert sorted(sink.to) == ["ana@example.org", "dora@example.org"]
        assert "Списъкът не е подписан: към АСП се подава „няма информация“." in text(row("exception_ended"))
        assert calendar_in(sink)["METHOD"] == "CANCEL"

    def test_ended_before_it_was_told_neither_is(self, excepted, send, sink):
        end_exception(excepted.oleg, MONTH, SCHOOL, now=AFTER)
        assert send(AFTER) == Round(dropped=4)


class TestAfterTheAnswer:
    @pytest.fixture
    def answered(self, told):
        Campaign.update(answered_at=AFTER).execute()
        return told

    def test_whoever_works_on_a_list_with_records_reads_when_it_was_sent(self, answered, send, sink):
        say_sent(answered.oleg, MONTH, AFTER.date(), now=AFTER)
        send(AFTER)

        assert sorted(sink.to) == ["ana@example.org", "dora@example.org"]
        letter = text(row("answer_sent"))
        assert "На вторник, 02.02.2021 г. ЦИОО изпрати на АСП отговора за декември 2020 г." in letter
        assert "Списъкът ви не беше подписан: за него е подадено „няма информация“." in letter
        assert "http://localhost/confirmations/2020-12/answer" in letter
        assert row("answer_sent", "boris@example.org").error == "в списъка нямаше записи"

    def test_a_correction_opens_the_list_and_reminds(self, answered, send, sink):
        later = AFTER + timedelta(days=1)
        request = CorrectionRequest.create(
            campaign=answered.campaign,
            institution=SCHOOL,
            record=Record.get(Record.institution == SCHOOL),
            reason=Why.LATE_NOTE,
            document="№ 1",
            asked_by=answered.ana.user_id,
            asked_at=later,
        )
        with writing():
            open_for_correction(answered.oleg, MONTH, request, date(2021, 2, 4), now=later)
        send(later)
        assert sorted(sink.to) == ["ana@example.org", "dora@example.org"]
        letter = text(row("exception_opened"))
        assert "отворен до 04.02.2021 г., 23:59 ч." in letter
        assert "Поправка без нов подпис не се подава към АСП" in letter
        assert "няма информация" not in letter
        sink.taken.clear()
        last = later + timedelta(days=1)
        remind(now=last)
        send(last)
        assert sorted(sink.to) == ["ana@example.org", "dora@example.org"]
        assert row("reminder").subject.startswith("Днес е последният ден")


class TestSignatures:
    @pytest.fixture
    def ready(self, told):
        record = Record.get(Record.institution == SCHOOL)
        decide(told.ana, MONTH, record.id, Decided(Decision.CONFIRMED), seen=1, now=NOW)
        return told

    def test_whoever_signed_has_the_receipts_number_and_digest(self, ready, send, sink):
        signature = sign(ready.ana, MONTH, PASSWORD, shown="", site=SITE, now=NOW)
        send()

        assert sink.to == ["ana@example.org"]
        letter = text(row("list_signed"))
        assert f"Подпис № {signature.number}" in letter
        assert signature.declaration.sha256 in letter
        assert "http://localhost/confirmations/2020-12/receipt.pdf" in letter

    def test_of_a_delegates_the_director_hears_once(self, ready, send, sink):
        dora = ready.delegate(Scope.SIGN)
        sign(dora, MONTH, PASSWORD, shown="", site=SITE, now=NOW)
        send()

        assert sorted(sink.to) == ["ana@example.org", "dora@example.org"]
        assert row("delegate_signed").sent_at == NOW
        assert row("list_signed", "dora@example.org").sent_at == NOW

    def test_removed_is_told_with_what_that_means(self, ready, send, sink):
        dora = ready.delegate(Scope.SIGN)
        sign(dora, MONTH, PASSWORD, shown="", site=SITE, now=NOW)
        send()
        sink.taken.clear()
        unsign(ready.ana, MONTH, "сгрешено дете, Иван Петров", now=NOW + HOUR)
        send(NOW + HOUR)

        assert sorted(sink.to) == ["ana@example.org", "dora@example.org"]
        letter = text(row("signature_removed"))
        assert "Ана Янева премахна подписа" in letter
        assert "Без нов подпис списъкът се подава към АСП като „няма информация“" in letter
        assert "Петров" not in letter

    def test_signed_again_before_it_went_only_the_new_one_is_told(self, ready, send, sink):
        for _ in range(2):
            sign(ready.ana, MONTH, PASSWORD, shown="", site=SITE, now=NOW)
            unsign(ready.ana, MONTH, "сгрешено", now=NOW) if _ == 0 else None

        assert send() == Round(sent=1, dropped=2)
        assert standing_of(list_of(SCHOOL, MONTH)).number in row("list_signed").body


class TestReadyToSign:
    @pytest.fixture
    def ready(self, told):
        record = Record.get(Record.institution == SCHOOL)
        decide(told.dora, MONTH, record.id, Decided(Decision.CONFIRMED), seen=1, now=NOW)
        return told

    def test_the_director_is_told_by_whom_once(self, ready, send, sink):
        assert say_ready(ready.dora, MONTH, now=NOW)
        assert not say_ready(ready.dora, MONTH, now=NOW)
        send()

        assert sink.to == ["ana@example.org"]
        assert "Дора Илиева съобщава, че всички редове" in text(row("ready_to_sign"))
        assert [entry.what for entry in AuditEntry.select() if entry.what == "said_ready"] == ["said_ready"]

    def test_another_version_of_the_list_is_told_again(self, ready, send, sink):
        say_ready(ready.dora, MONTH, now=NOW)
        record = Record.get(Record.institution == SCHOOL)
        decide(ready.dora, MONTH, record.id, Decided(Decision.PENDING), seen=2, now=NOW)
        with pytest.raises(Conflict, match="необработен"):
            say_ready(ready.dora, MONTH, now=NOW)
        send()
        assert row("ready_to_sign").error == "в списъка отново има необработени записи"
        decide(ready.dora, MONTH, record.id, Decided(Decision.CONFIRMED), seen=3, now=NOW)

        assert say_ready(ready.dora, MONTH, now=NOW)
        send()
        assert sink.to == ["ana@example.org"]

    def test_is_not_told_of_what_was_signed_meanwhile(self, ready, send, sink):
        say_ready(ready.dora, MONTH, now=NOW)
        sign(ready.ana, MONTH, PASSWORD, shown="", site=SITE, now=NOW)
        send()
        assert row("ready_to_sign").error == "списъкът вече е подписан"

    def test_who_may_not_decide_may_not_say_so(self, ready):
        with pytest.raises(Denied):
            say_ready(ready.delegate(Scope.SIGN), MONTH, now=NOW)


class TestAnAuthorisationEnds:
    LAST = date(2021, 6, 30)

    @staticmethod
    def at(day: int, hour: int = 9, month: int = 6) -> datetime:
        return datetime(2021, month, day, hour, tzinfo=UTC)

    def test_a_week_before_and_after_both_are_told_once(self, world, send, sink):
        for day in range(1, 31):
            tell_of_ends(now=self.at(day))
            send(self.at(day))
            assert bool(sink.to) == (day >= 23)
        assert sorted(sink.to) == ["ana@example.org", "dora@example.org"]
        assert "важи до сряда, 30.06.2021 г. включително" in text(
            row("delegation_ending", "dora@example.org")
        )
        assert "Упълномощаването на Дора Илиева (подготвя решенията)" in text(row("delegation_ending"))
        sink.taken.clear()
        for day in range(1, 20):
            tell_of_ends(now=self.at(day, month=7))
            send(self.at(day, month=7))
        assert sorted(sink.to) == ["ana@example.org", "dora@example.org"]
        assert "изтече" in text(row("delegation_ended", "dora@example.org"))

    def test_not_in_the_night(self, world):
        assert tell_of_ends(now=self.at(23, hour=4)) == 0

    def test_who_was_named_for_less_than_a_week_is_told_at_the_end_alone(self, world):
        change_delegations(until=date(2021, 2, 2))
        assert tell_of_ends(now=NOW + timedelta(days=1)) == 0
        assert tell_of_ends(now=NOW + timedelta(days=6)) == 2

    def test_what_was_revoked_is_over_and_not_told(self, world, send, sink):
        tell_of_ends(now=self.at(23))
        revoke(world.ana, Delegation.get().id, site=SITE, now=self.at(23))
        send(self.at(23))

        assert row("delegation_ending").error == "упълномощаването е оттеглено или подновено"
        assert tell_of_ends(now=self.at(1, month=7)) == 0


def test_no_letter_of_all_names_a_child(told, send, sink):
    record = Record.get(Record.institution == SCHOOL)
    decide(told.ana, MONTH, record.id, Decided(Decision.CONFIRMED), seen=1, now=NOW)
    say_ready(told.dora, MONTH, now=NOW)
    send()
    sign(told.ana, MONTH, PASSWORD, shown="", site=SITE, now=NOW)
    send()
    unsign(told.ana, MONTH, "сгрешено", now=NOW)
    set_window(told.oleg, MONTH, LATER, now=NOW)
    send()

    kinds = {each.kind for each in OutboxMessage.select() if each.sent_at}
    assert {"ready_to_sign", "list_signed", "signature_removed", "deadline_moved"} <= kinds
    for each in OutboxMessage.select():
        assert not any(
            word in each.body + each.subject + each.facts for word in (record.family, record.id_number)
        )
