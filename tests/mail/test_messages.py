"""portal.mail.messages: what the portal writes to people."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.domain.letters.reminders import Task
from portal.domain.month import Month
from portal.domain.people import Role, Scope
from portal.mail import (
    access_messages,
    delegation_messages,
    list_messages,
    messages,
    reminder_messages,
    signing_messages,
    window_messages,
)

TO = "ana@school.example.bg"
SCHOOL = "ДГ № 5 „Слънце“"
LINK = "https://portal.example.bg/activate/" + "a" * 43
DECEMBER = Month(2020, 12)
AT = datetime(2021, 1, 28, 7, 30, tzinfo=UTC)


def invitation(**changed):
    return messages.invitation(TO, **{"role": Role.DIRECTOR, "place": SCHOOL, "link": LINK} | changed)


def received(count, closes_on=date(2021, 2, 1)):
    return list_messages.list_received(
        TO, institution=SCHOOL, month=DECEMBER, count=count, closes_on=closes_on, link=LINK
    )


def granted(scopes):
    return messages.delegation_granted(
        TO, institution=SCHOOL, order="РД-12", scopes=scopes, until=date(2021, 6, 30), link=LINK
    )


def announced(news):
    return messages.account_announced(TO, institution=SCHOOL, person="Борис Б.", at=AT, news=news)


def envelope(renewed):
    return messages.envelope_made(TO, institution=SCHOOL, person="Ана Я.", at=AT, renewed=renewed)


def changed(count):
    return list_messages.changed_after_decision(
        TO, institution=SCHOOL, month=DECEMBER, count=count, link=LINK
    )


PLACE = window_messages.Place(SCHOOL, DECEMBER, LINK, is_complete=False)
DONE = replace(PLACE, is_complete=True)
GIVEN = delegation_messages.Given(SCHOOL, "Дора И.", (Scope.DECIDE, Scope.SIGN), date(2021, 6, 30))
STANDING = reminder_messages.Standing(SCHOOL, DECEMBER, 5, 2, date(2021, 2, 1), 3)


def reminded(*tasks, is_director=True, **changed):
    return reminder_messages.reminder(
        TO,
        replace(STANDING, **changed),
        set(tasks),
        list_link=LINK,
        register_link=LINK,
        is_director=is_director,
    )


def text(message):
    """The body as one line, as a person reads it."""
    return " ".join(message.body.split())


LETTERS = {
    "invitation": invitation(),
    "password_reset": messages.password_reset(TO, link=LINK),
    "account_announced": announced(messages.News.NEW),
    "account_reset": announced(messages.News.RENEWED),
    "account_back": announced(messages.News.BACK),
    "account_egn": announced(messages.News.EGN),
    "egn_change_asked": messages.egn_change_asked(TO, at=AT, link=LINK),
    "egn_changed": messages.egn_changed(TO, at=AT),
    "egn_change_refused": messages.egn_change_refused(TO, at=AT, link=LINK),
    "password_changed": messages.password_changed(TO, at=AT),
    "delegation_granted": granted([Scope.SIGN]),
    "delegation_revoked": messages.delegation_revoked(TO, institution=SCHOOL, at=AT),
    "changed_after_decision": changed(3),
    "list_received": received(3),
    "nothing_received": received(0),
    "list_begun": list_messages.list_received(
        TO,
        institution=SCHOOL,
        month=DECEMBER,
        count=5,
        pending=2,
        closes_on=date(2021, 2, 1),
        link=LINK,
        register_link=LINK,
    ),
    "list_changed": list_messages.list_changed(
        TO, institution=SCHOOL, month=DECEMBER, added=2, removed=1, left=6, link=LINK
    ),
    "list_emptied": list_messages.list_changed(
        TO, institution=SCHOOL, month=DECEMBER, added=0, removed=1, left=0, link=LINK
    ),
    "record_back": list_messages.record_back(TO, institution=SCHOOL, month=DECEMBER, link=LINK),
    "deadline_moved": window_messages.deadline_moved(TO, PLACE, old=date(2021, 2, 1), new=date(2021, 2, 5)),
    "month_suspended": window_messages.month_suspended(TO, PLACE),
    "month_resumed": window_messages.month_resumed(TO, DONE, closes_on=date(2021, 2, 5)),
    "exception_opened": window_messages.exception_opened(TO, PLACE, until=AT),
    "exception_ended": window_messages.exception_ended(TO, PLACE, at=AT),
    "exception_ended_signed": window_messages.exception_ended(TO, DONE, at=AT),
    "answer_sent": window_messages.answer_sent(TO, PLACE, on=date(2021, 2, 3)),
    "answer_sent_signed": window_messages.answer_sent(TO, DONE, on=date(2021, 2, 3)),
    "ready_to_sign": signing_messages.ready_to_sign(
        TO, institution=SCHOOL, month=DECEMBER, person="Дора И.", link=LINK
    ),
    "list_signed": signing_messages.list_signed(
        TO,
        institution=SCHOOL,
        month=DECEMBER,
        number="2020-12/2200000/1",
        at=AT,
        digest="0" * 64,
        receipt=LINK,
    ),
    "signature_removed": signing_messages.signature_removed(
        TO, institution=SCHOOL, month=DECEMBER, person="Ана Я.", at=AT, link=LINK
    ),
    **{
        f"delegation_{name}_{'own' if own else 'directors'}": write(TO, GIVEN, is_own=own, link=LINK)
        for name, write in (("ending", delegation_messages.ending), ("ended", delegation_messages.ended))
        for own in (True, False)
    },
    **{f"reminder_{task.value}": reminded(task) for task in Task if task is not Task.GET_IN},
    "get_in": reminder_messages.get_in(
        TO, STANDING, {Task.OPEN, Task.CONFIRM_MONTH}, invited_at=None, link=LINK
    ),
    "get_in_invited": reminder_messages.get_in(TO, STANDING, {Task.SAY_NOTHING}, invited_at=AT, link=LINK),
    "register_key_given": messages.register_key_given(TO, institution=SCHOOL, by="Ана Я.", link=LINK),
    "envelope_made": envelope(renewed=False),
    "envelope_renewed": envelope(renewed=True),
    "register_opening_asked": messages.register_opening_asked(
        TO, institution=SCHOOL, person="Борис Б.", at=AT, opens_at=AT + timedelta(days=1), link=LINK
    ),
    "register_opening_stopped": messages.register_opening_stopped(
        TO, institution=SCHOOL, person="Борис Б.", by="Дора И.", at=AT
    ),
    "register_opened": messages.register_opened(TO, institution=SCHOOL, person="Борис Б.", at=AT),
    "register_taken_over": messages.register_taken_over(TO, institution=SCHOOL, person="Ана Я.", at=AT),
    "register_handed_over": messages.register_handed_over(
        TO, institution=SCHOOL, former="Ана Я.", person="Борис Б.", at=AT, until=AT + timedelta(days=30)
    ),
    "delegate_named": access_messages.delegate_named(
        TO, person="Дора И.", scopes=[Scope.SIGN], until=date(2021, 6, 30), at=AT, link=LINK
    ),
    "delegate_signed": access_messages.delegate_signed(
        TO, institution=SCHOOL, person="Дора И.", month=DECEMBER, at=AT, link=LINK
    ),
    "new_browser": access_messages.new_browser(TO, at=AT, link=LINK),
    "wrong_passwords": access_messages.wrong_passwords(TO, count=10, at=AT, link=LINK),
    "wrong_codes": access_messages.wrong_codes(TO, count=5, at=AT, link=LINK),
}
ABOUT_ACCESS = ("delegate_named", "delegate_signed", "new_browser", "wrong_passwords", "wrong_codes")


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_every_letter_is_addressed_short_and_signed_by_the_portal(letter):
    assert letter.to == TO
    assert letter.subject
    assert "\n" not in letter.subject
    assert letter.body.startswith("Здравейте,\n\n")
    assert text(letter).endswith("Моля, не отговаряйте на него.")
    assert all(len(line) <= 76 or line == LINK for line in letter.body.splitlines())


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_every_link_stands_whole_on_its_own_line(letter):
    assert (LINK in letter.body) == (LINK in letter.body.splitlines())


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_what_is_written_stays_out_of_logs(letter):
    assert "Здравейте" not in repr(letter)


@pytest.mark.parametrize("kind", ABOUT_ACCESS)
def test_what_was_done_through_an_access_says_what_to_do_if_it_was_not_you(kind):
    letter = text(LETTERS[kind])
    assert "Ако не" in letter
    assert re.search("обадете (се )?на ЦИОО", letter)
    assert "сменете" in letter or "Оттеглете" in letter


def test_who_was_named_may_do_no_more_than_is_said():
    assert "Упълномощеният: подписва." in text(LETTERS["delegate_named"])
    assert "до 30.06.2021 г. включително" in text(LETTERS["delegate_named"])


def test_an_invitation_says_as_whom_until_when_and_how():
    assert "Ролята ви в него е: директор – ДГ № 5 „Слънце“." in text(invitation())
    assert "Връзката важи 7 дни, откакто е изпратена, и може да се използва само веднъж." in text(
        invitation()
    )
    assert LINK in invitation().body


@pytest.mark.parametrize(
    ("role", "who"),
    [(Role.DIRECTOR, "от ЦИОО."), (Role.RUO, "от ЦИОО."), (Role.DELEGATE, "от директора, който ви")],
)
def test_an_invitation_says_whom_to_ask_for_a_new_one(role, who):
    assert f"поискайте нова покана {who}" in text(invitation(role=role))


def test_an_operator_is_invited_to_no_institution():
    assert "Ролята ви в него е: ЦИОО." in text(invitation(role=Role.OPERATOR, place=""))


def test_a_reset_says_what_to_do_when_it_was_not_asked_for():
    letter = LETTERS["password_reset"]

    assert LINK in letter.body
    assert "не отваряйте адреса: досегашната остава" in text(letter)


@pytest.mark.parametrize(
    ("kind", "subject", "news"),
    [
        (
            messages.News.NEW,
            f"Нов профил на директор: {SCHOOL}",
            f"Борис Б. започна работа в портала като директор на {SCHOOL}",
        ),
        (
            messages.News.RENEWED,
            f"Подновен профил на директор: {SCHOOL}",
            "е подновен: с нова парола и нов ключ за подписване",
        ),
        (
            messages.News.BACK,
            f"Профил на директор е пуснат отново: {SCHOOL}",
            f"спреният профил на Борис Б., директор на {SCHOOL}, е пуснат отново от ЦИОО",
        ),
        (
            messages.News.EGN,
            f"Ново ЕГН или ЛНЧ за подписване с КЕП: {SCHOOL}",
            f"ЦИОО записа към профила на Борис Б., директор на {SCHOOL}, ЕГН или ЛНЧ",
        ),
    ],
)
def test_a_new_account_is_announced_with_whom_to_call(kind, subject, news):
    letter = announced(kind)

    assert letter.subject == subject
    assert news in text(letter)
    assert "обадете се веднага на институцията и на ЦИОО" in text(letter)


def test_a_changed_password_is_told_with_its_time():
    assert "На 28.01.2021 г., 09:30 ч. паролата" in text(LETTERS["password_changed"])


def test_a_delegate_reads_what_the_order_allows_and_until_when():
    letter = granted({Scope.SIGN, Scope.DECIDE})

    assert "със заповед РД-12" in text(letter)
    assert "Упълномощеният: подготвя решенията, подписва." in text(letter)
    assert "важи до сряда, 30.06.2021 г. включително" in text(letter)


def test_a_delegate_reads_that_it_is_over():
    assert "оттегли упълномощаването ви" in text(LETTERS["delegation_revoked"])


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 запис, за който вече имаше решение"), (5, "5 записа, за които вече имаше решение")],
)
def test_changed_figures_are_told_by_count_and_link_only(count, words):
    assert words in text(changed(count))
    assert "декември 2020 г." in changed(count).subject
    assert LINK in changed(count).body


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 запис за потвърждаване"), (21, "21 записа за потвърждаване")]
)
def test_a_list_is_told_with_month_count_and_deadline(count, words):
    letter = received(count)

    assert letter.subject == f"Списък от АСП за декември 2020 г., срок 01.02.2021: {SCHOOL}"
    assert words in text(letter)
    assert "Краен срок: понеделник, 01.02.2021 г., до края на деня." in text(letter)
    assert "за неподписан списък към АСП се подава „няма информация“" in text(letter)
    assert "накрая подпишете" in text(letter)


def test_a_deadline_on_a_sunday_shows():
    assert "Краен срок: неделя, 31.01.2021 г." in text(received(3, date(2021, 1, 31)))


def test_who_has_nothing_on_the_list_is_asked_to_say_so():
    assert "отбележете „Проверих – няма записи“" in text(received(0))
    assert "подпишете" not in text(received(0))


def test_a_name_in_two_lines_stays_one_subject():
    letter = messages.delegation_revoked(TO, institution="ДГ\r\nBcc: x@y.z", at=AT)

    assert letter.subject == "Упълномощаването е оттеглено: ДГ Bcc: x@y.z"


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_letters_speak_as_the_portal_does(letter):
    assert re.search(r"\b(?:Ви|Вие|Вас|Ваш\w*)\b", text(letter)) is None


def test_an_announced_opening_says_from_when_and_who_can_stop_it():
    letter = text(LETTERS["register_opening_asked"])
    assert "след 29.01.2021 г., 09:30 ч." in letter
    assert "всеки с достъп до него може да спре отварянето" in letter
    assert "обадете се веднага на институцията и на ЦИОО" in letter


def test_a_new_envelope_says_that_the_old_one_opens_nothing():
    assert "досегашния вече не отваря нищо" in text(LETTERS["envelope_renewed"])
    assert "досегашния" not in text(LETTERS["envelope_made"])


def test_a_handover_says_until_when_the_code_opens_at_once():
    assert "До 27.02.2021 г., 09:30 ч. новият директор може" in text(LETTERS["register_handed_over"])


@pytest.mark.parametrize(
    ("days", "words"),
    [(5, "Остават 5 дни"), (2, "Остават 2 дни"), (1, "Утре е последният ден"), (0, "Днес е последният ден")],
)
def test_a_reminder_begins_with_how_long_there_is(days, words):
    letter = reminded(Task.SIGN, days_left=days)

    assert letter.subject == f"{words}: списъкът за декември 2020 г. е готов, но не е подписан: {SCHOOL}"


def test_a_reminder_to_who_has_only_the_register_left_says_that_the_list_is_done():
    letter = reminded(Task.CONFIRM_MONTH)

    missing = "карантинният регистър за декември 2020 г. не е потвърден"
    assert letter.subject.startswith(f"Остават 3 дни: {missing}")
    assert "Списък от АСП: приключен." in text(letter)
    assert "Списък" not in text(reminded(Task.CONFIRM_MONTH, is_director=False))


def test_a_list_that_is_done_is_not_asked_for_again():
    assert "не е нужно да правите нищо" in text(LETTERS["month_resumed"])
    assert "Довършете списъка" in text(LETTERS["deadline_moved"])
