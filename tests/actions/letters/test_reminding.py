"""Reminders: to whom they go, that they go once, and that they stop the moment it is done."""

from datetime import date, datetime, timedelta

import pytest

from portal.actions.campaigns.campaigns import make_exception, suspend
from portal.actions.campaigns.window import Days, set_window
from portal.actions.letters import reminding
from portal.actions.letters.campaign_letters import tell_of_list
from portal.actions.letters.outbox import letters
from portal.actions.letters.reminding import remind
from portal.actions.letters.sending import Round, deliver
from portal.actions.people.invitations import NewAccount, invite
from portal.domain.decisions import Decision
from portal.domain.people import Role, Scope
from portal.domain.submissions import Lock
from portal.domain.times import SOFIA
from portal.storage.tables.campaigns import Record, Submission
from portal.storage.tables.institutions import HolidayOverride, Institution
from portal.storage.tables.letters import DeclinedLetter, OutboxMessage
from portal.storage.tables.people import User
from portal.storage.tables.register import RegisterMonth
from tests.cast import FAR_SCHOOL, KINDERGARTEN, MONTH, NOW, OPENS, OTHER_SCHOOL, SCHOOL, SITE, add_record
from tests.mail.letters import text
from tests.mail.mail_server import Sink, mail_to
from tests.statements import noted
from tests.storage.together import at_once

SENDER = "portal@portal.example.bg"
MAILBOX = f"dir{FAR_SCHOOL}@example.org"


def at(day: int, hour: int = 8, minute: int = 0, month: int = 1) -> datetime:
    return datetime(2021, month, day, hour, minute, tzinfo=SOFIA)


FRIDAY, LAST = at(29), at(1, month=2)


@pytest.fixture
def sink():
    return Sink()


@pytest.fixture
def mail_url(sink):
    with mail_to(sink) as url:
        yield url


@pytest.fixture
def month(world):
    """Ана and Борис have a record each, Вяра none; the school far away has one, and nobody directs it."""
    for institution in (SCHOOL, OTHER_SCHOOL, FAR_SCHOOL):
        add_record(institution)
    Submission.update(told_at=NOW).execute()
    return world


def send(mail_url, now) -> Round:
    return deliver(mail_url, SENDER, site=SITE, clock=lambda: now)


def reminded(now) -> dict[str, str]:
    """What everybody reads who would be reminded now, by address."""
    remind(now=now)
    return {shown.message.to: text(shown.message) for shown in letters(site=SITE, now=now)}


def confirm_register(institution: str) -> None:
    RegisterMonth.create(campaign=Submission.get().campaign, institution=institution, confirmed_at=NOW)


def decide(institution: str = SCHOOL) -> None:
    Record.update(decision=Decision.CONFIRMED).where(Record.institution == institution).execute()
    Submission.recount([Submission.get(Submission.institution == institution).id])


def sign(institution: str = SCHOOL) -> None:
    decide(institution)
    Submission.update(lock=Lock.SIGNED, signed_at=NOW).where(Submission.institution == institution).execute()


def test_reminds_directors_delegates_who_can_and_the_mailbox_where_nobody_is(month):
    told = reminded(FRIDAY)

    assert set(told) == {
        "ana@example.org",
        "dora@example.org",
        "boris@example.org",
        "vyara@example.org",
        MAILBOX,
    }


def test_one_letter_names_both(month):
    letter = reminded(FRIDAY)["ana@example.org"]

    assert "Списък от АСП: 1 запис. Никой още не го е отварял." in letter
    assert "Карантинен регистър: месецът не е потвърден." in letter
    assert "http://localhost/confirmations/2020-12 " in letter
    assert "http://localhost/quarantine/2020-12 " in letter
    assert (
        "Краен срок за декември 2020 г.: понеделник, 01.02.2021 г., до края на деня. Остават 3 дни." in letter
    )


def test_the_state_is_that_of_the_moment(month):
    Submission.update(first_opened_at=NOW).execute()
    assert "Нито един още не е решен." in reminded(FRIDAY)["ana@example.org"]
    add_record(SCHOOL, decision=Decision.CONFIRMED)
    assert "2 записа. За преглед остават: 1." in reminded(FRIDAY)["ana@example.org"]
    decide()
    assert "всичко е решено, но списъкът не е подписан" in reminded(FRIDAY)["ana@example.org"]
    assert "отбележете „Проверих – няма записи“" in reminded(FRIDAY)["vyara@example.org"]


def test_of_what_is_done_the_director_reads_so(month):
    sign()
    letter = reminded(FRIDAY)["ana@example.org"]
    assert "Списък от АСП: приключен." in letter
    assert "месецът не е потвърден" in letter
    confirm_register(OTHER_SCHOOL)
    assert "Карантинен регистър: потвърден." in reminded(FRIDAY)["boris@example.org"]


def test_a_delegate_is_asked_only_for_what_the_order_allows(month):
    decide()
    assert "dora@example.org" not in reminded(FRIDAY)

    month.delegate(Scope.SIGN)
    letter = reminded(LAST)["dora@example.org"]
    assert "списъкът не е подписан" in letter
    assert "егистър" not in letter


def test_a_delegate_works_on_where_the_director_is_gone(month):
    User.update(disabled_at=NOW).where(User.id == month.ana.user_id).execute()

    told = reminded(FRIDAY)
    assert "Никой още не го е отварял" in told["dora@example.org"]
    assert f"dir{SCHOOL}@example.org" in told


def test_the_mailbox_reads_how_to_get_in(month):
    letter = reminded(FRIDAY)[MAILBOX]
    assert "Никой от ОУ „Васил Левски“ няма активиран достъп до портала" in letter
    assert (
        "остава: списъкът от АСП (1 запис) да се реши и подпише; карантинният регистър да се потвърди."
        in letter
    )
    assert "ЦИОО още не е изпратил покана на директора." in letter

    invite(
        month.oleg,
        NewAccount(Role.DIRECTOR, "new@example.org", "Нов Директор", FAR_SCHOOL),
        site=SITE,
        now=NOW,
    )
    letter = reminded(FRIDAY)[MAILBOX]
    assert "Поканата за директора е изпратена на 28.01.2021 г. и връзката в нея важи 7 дни." in letter


def test_the_mailbox_reads_only_of_what_is_missing(month):
    sign(FAR_SCHOOL)
    letter = reminded(FRIDAY)[MAILBOX]
    assert "остава: карантинният регистър да се потвърди." in letter
    assert "„няма информация“" not in letter


def test_an_institution_without_a_mailbox_cannot_be_written_to(month):
    Institution.update(email="").where(Institution.code == FAR_SCHOOL).execute()
    assert MAILBOX not in reminded(FRIDAY)


def test_who_is_done_with_both_is_not_reminded(month, mail_url, sink):
    for institution in (SCHOOL, OTHER_SCHOOL):
        sign(institution)
        confirm_register(institution)

    assert set(reminded(FRIDAY)) == {"vyara@example.org", MAILBOX}


def test_it_stops_the_moment_it_is_done(month, mail_url, sink):
    remind(now=FRIDAY)
    sign()
    confirm_register(SCHOOL)

    assert send(mail_url, FRIDAY) == Round(sent=3, dropped=2)
    assert not {"ana@example.org", "dora@example.org"} & set(sink.to)
    row = OutboxMessage.get(OutboxMessage.recipient == "ana@example.org")
    assert row.error == "всичко вече е свършено"


def test_goes_once_however_often_it_is_asked_and_by_several(month):
    assert sorted(at_once(*[lambda: remind(now=FRIDAY)] * 3)) == [0, 0, 5]
    for minute in range(0, 600, 60):
        assert remind(now=FRIDAY + timedelta(minutes=minute)) == 0
    assert OutboxMessage.select().count() == 5


@pytest.mark.parametrize(
    ("institution", "director"), [(SCHOOL, "ana@example.org"), (OTHER_SCHOOL, "boris@example.org")]
)
def test_who_comes_to_have_something_left_to_do_later_is_in_the_next_one(month, institution, director):
    """Also where no institution comes after theirs."""
    sign(institution)
    confirm_register(institution)
    remind(now=FRIDAY)
    Submission.update(lock=Lock.OPEN).where(Submission.institution == institution).execute()

    assert remind(now=FRIDAY + timedelta(hours=2)) == 0
    assert director in reminded(LAST)


def test_broken_off_it_goes_on_where_it_was(month, monkeypatch):
    monkeypatch.setattr(reminding, "AT_A_TURN", 1)
    sign(FAR_SCHOOL)
    confirm_register(FAR_SCHOOL)
    asked = iter([True, False])
    assert remind(go_on=lambda: next(asked), now=FRIDAY) == 2
    Submission.update(lock=Lock.OPEN).where(Submission.institution == FAR_SCHOOL).execute()

    assert remind(now=FRIDAY) == 2
    told = [row.recipient for row in OutboxMessage.select().order_by(OutboxMessage.id)]
    assert told == ["ana@example.org", "dora@example.org", "vyara@example.org", "boris@example.org"]


def test_asked_for_in_the_night_it_goes_in_the_morning(month):
    assert remind(now=at(29, 3)) == 0
    assert remind(now=FRIDAY) == 5


@pytest.mark.parametrize(
    ("now", "count"),
    [
        (at(27, 7, 59), 0),
        (at(27, 8), 5),
        (at(27, 17, 59), 5),
        (at(27, 18), 0),
        (at(28, 10), 0),
        (at(29, 8), 5),
        (at(31, 10), 0),
        (LAST, 5),
        (at(2, month=2), 0),
    ],
)
def test_by_the_hour(month, now, count):
    assert remind(now=now) == count


def test_the_last_morning_is_one_on_a_sunday_too(month):
    set_window(month.oleg, MONTH, Days(OPENS, date(2021, 1, 31)), now=at(26))
    OutboxMessage.delete().execute()
    assert remind(now=at(30)) == 0
    assert remind(now=at(31)) == 5


def test_a_decree_makes_a_day_off(month):
    HolidayOverride.create(day=date(2021, 1, 29), kind="holiday", name="по решение на МС")
    assert remind(now=FRIDAY) == 0
    assert remind(now=at(28)) == 5


def test_what_was_held_up_goes_in_the_morning(month, mail_url, sink):
    set_window(month.oleg, MONTH, Days(OPENS, date(2021, 2, 4)), now=at(20))
    OutboxMessage.delete().execute()
    assert remind(now=at(1, 17, 30, month=2)) == 5
    send("smtp://127.0.0.1:1", at(1, 17, 59, month=2))
    send(mail_url, at(1, 19, month=2))
    assert sink.to == []

    send(mail_url, at(2, 8, month=2))
    assert sorted(sink.to) == sorted(
        ["ana@example.org", "dora@example.org", "boris@example.org", "vyara@example.org", MAILBOX]
    )
    row = OutboxMessage.get(OutboxMessage.recipient == "ana@example.org")
    assert row.subject.startswith("Остават 2 дни")


def test_what_the_next_one_overtakes_is_dropped(month, mail_url, sink):
    remind(now=FRIDAY)
    remind(now=LAST)
    send(mail_url, LAST)

    assert sink.to.count("ana@example.org") == 1
    assert (
        "Днес е последният ден"
        in OutboxMessage.get(
            (OutboxMessage.recipient == "ana@example.org") & (OutboxMessage.sent_at.is_null(False))
        ).subject
    )


def test_nobody_is_reminded_while_the_month_is_suspended(month, mail_url, sink):
    suspend(month.oleg, MONTH, "извънредно положение", now=NOW)
    OutboxMessage.delete().execute()
    assert remind(now=FRIDAY) == 0


def test_what_waits_when_the_month_is_suspended_is_dropped(month, mail_url, sink):
    remind(now=FRIDAY)
    suspend(month.oleg, MONTH, "извънредно положение", now=FRIDAY)
    send(mail_url, FRIDAY)
    assert not OutboxMessage.select().where(
        (OutboxMessage.kind == "reminder") & OutboxMessage.sent_at.is_null(False)
    )


def test_an_exception_counts_for_its_own_institution(month):
    make_exception(month.oleg, MONTH, SCHOOL, date(2021, 2, 4), "сървърът им не работеше", now=at(2, month=2))
    OutboxMessage.delete().execute()

    assert set(reminded(at(3, month=2))) == {"ana@example.org", "dora@example.org"}
    assert "четвъртък, 04.02.2021 г." in reminded(at(3, month=2))["ana@example.org"]
    assert remind(now=at(3, 9, month=2)) == 0
    assert remind(now=at(4, month=2)) == 2


def test_exceptions_hold_nobody_up_once_their_reminder_is_put_down(month):
    make_exception(month.oleg, MONTH, SCHOOL, date(2021, 2, 4), "сървърът им не работеше", now=at(2, month=2))
    assert remind(now=at(3, month=2)) == 2

    with noted() as asked:
        assert at_once(lambda: remind(now=at(3, 9, month=2))) == [0]
    assert asked.statements
    assert not [text for text in asked.statements if not text.upper().startswith("SELECT")]
    assert "BEGIN IMMEDIATE" not in asked.around


def test_who_was_told_of_the_list_today_is_not_reminded_today(month, mail_url, sink):
    Submission.update(told_at=None).execute()
    tell_of_list(month.campaign, now=FRIDAY)
    remind(now=FRIDAY)
    send(mail_url, FRIDAY)

    assert sink.to.count("ana@example.org") == 1
    assert sink.to.count("dora@example.org") == 1, "she was told of nothing else"


def test_the_early_ones_a_person_can_do_without_and_the_last_not(month, mail_url, sink):
    for occasion in ("early_reminder", "reminder"):
        DeclinedLetter.create(user=month.ana.user_id, occasion=occasion)
    wednesday = at(27)
    remind(now=wednesday)
    send(mail_url, wednesday)
    assert "ana@example.org" not in sink.to
    remind(now=FRIDAY)
    send(mail_url, FRIDAY)
    assert "ana@example.org" in sink.to


def test_no_child_is_named(month):
    families = [record.family for record in Record.select()]
    assert not any(family in letter for letter in reminded(FRIDAY).values() for family in families)


def test_who_has_nothing_to_sign_is_not_told_of_signing(month):
    assert "подпи" not in reminded(FRIDAY)["vyara@example.org"]
    assert Submission.get(Submission.institution == KINDERGARTEN).total == 0
