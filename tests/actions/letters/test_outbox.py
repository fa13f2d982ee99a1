"""portal.actions.letters.outbox: letters kept sealed, and sent once."""

from datetime import timedelta

import pytest

from portal.actions.letters.links import find_link
from portal.actions.letters.outbox import enqueue, letters
from portal.actions.letters.sending import AT_A_TIME, DOES_NOT_OPEN, Round, deliver
from portal.actions.people.accounts import post_reset
from portal.crypto.errors import CannotOpen
from portal.domain.errors import Conflict
from portal.mail.messages import Message
from portal.storage.letters.outbox import DELAYS, LEASE, TRIES, claim, waiting
from portal.storage.tables.db import writing
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import OneTimeLink, User
from tests.cast import NOW, SITE
from tests.mail.letters import letters as opened_letters
from tests.mail.letters import token_in
from tests.mail.mail_server import Sink, mail_to
from tests.storage.together import at_once

SENDER = "portal@portal.example.bg"


@pytest.fixture
def sink():
    return Sink()


@pytest.fixture
def mail_url(sink):
    with mail_to(sink) as url:
        yield url


def write(to="ana@example.org", body="http://localhost/activate/x\n", now=NOW):
    with writing():
        enqueue(Message(to, "Покана", body), "invitation", site=SITE, now=now)


def send(mail_url, now=NOW):
    return deliver(mail_url, SENDER, site=SITE, clock=lambda: now)


def test_a_letter_belongs_to_the_transaction_of_what_it_announces(database):
    with pytest.raises(RuntimeError):
        enqueue(Message("a@b.bg", "Тема", "Текст"), "invitation", site=SITE, now=NOW)
    with pytest.raises(ZeroDivisionError), writing():
        enqueue(Message("a@b.bg", "Тема", "Текст"), "invitation", site=SITE, now=NOW)
        1 / 0  # noqa: B018
    assert OutboxMessage.select().count() == 0


def test_the_database_shows_neither_subject_nor_text(database):
    write()
    row = OutboxMessage.get()
    assert b"activate" not in bytes(row.sealed)
    assert [letter.message.body for letter in letters(site=SITE, now=NOW)] == [
        "http://localhost/activate/x\n"
    ]


def test_a_letter_does_not_open_for_another_recipient_or_in_another_row(database):
    write()
    write("boris@example.org")
    first, second = OutboxMessage.select().order_by(OutboxMessage.id)
    OutboxMessage.update(recipient="thief@example.org").where(OutboxMessage.id == first.id).execute()
    OutboxMessage.update(sealed=first.sealed).where(OutboxMessage.id == second.id).execute()
    for row in OutboxMessage.select():
        with pytest.raises(CannotOpen):
            opened_letters()
        row.delete_instance()


def test_sends_each_letter_once_and_empties_it(database, mail_url, sink):
    write()
    write("boris@example.org")

    assert send(mail_url) == Round(sent=2)
    assert send(mail_url) == Round()
    assert [to for to, _ in sink.taken] == ["ana@example.org", "boris@example.org"]
    assert all(row.sealed is None and row.sent_at == NOW for row in OutboxMessage.select())


def test_two_senders_send_nothing_twice(database, mail_url, sink):
    for number in range(12):
        write(f"n{number}@example.org")

    rounds = at_once(*[lambda: send(mail_url)] * 3)

    assert sorted(to for to, _ in sink.taken) == sorted(f"n{number}@example.org" for number in range(12))
    assert sum(one.sent for one in rounds) == 12


def test_a_letter_is_claimed_by_one(database):
    write()
    (letter,) = waiting(now=NOW)
    assert claim(letter, now=NOW) is not None
    assert claim(letter, now=NOW) is None
    assert waiting(now=NOW) == []


def test_a_sender_that_died_is_followed_by_another(database, mail_url, sink):
    write()
    claim(waiting(now=NOW)[0], now=NOW)
    assert send(mail_url, NOW + LEASE - timedelta(seconds=1)) == Round()
    assert send(mail_url, NOW + LEASE) == Round(sent=1)


def test_tries_again_later_and_later_with_the_same_identity(database, mail_url, sink):
    write()
    sink.answer = "451 later"
    assert send(mail_url) == Round(later=1)
    assert OutboxMessage.get().error == "Пощенският сървър отказа писмото (451)."
    assert send(mail_url, NOW + timedelta(seconds=59)) == Round()
    assert send(mail_url, NOW + DELAYS[0]) == Round(later=1)
    assert send(mail_url, NOW + DELAYS[0] + DELAYS[1] - timedelta(seconds=1)) == Round()
    sink.answer = "250 OK"
    assert send(mail_url, NOW + DELAYS[0] + DELAYS[1]) == Round(sent=1)
    row = OutboxMessage.get()
    assert (row.attempts, row.error) == (3, "")
    assert f"<{row.id}.20210128080000@portal.example.bg>".encode() in sink.taken[0][1]


def test_gives_up_after_enough_tries_and_keeps_the_reason(database, mail_url, sink):
    write()
    sink.answer = "451 later"
    for number in range(TRIES):
        done = send(mail_url, NOW + timedelta(days=number))
    row = OutboxMessage.get()
    assert done == Round(given_up=1)
    assert (row.attempts, row.sealed, row.sent_at) == (TRIES, None, None)
    assert row.error == "Пощенският сървър отказа писмото (451)."
    assert send(mail_url, NOW + timedelta(days=100)) == Round()


def test_gives_up_at_once_what_the_server_will_never_take(database, mail_url, sink):
    write()
    sink.answer = "550 no such mailbox"
    assert send(mail_url) == Round(given_up=1)


def test_gives_up_what_does_not_open(database, mail_url, sink):
    write()
    OutboxMessage.update(recipient="thief@example.org").execute()
    assert send(mail_url) == Round(given_up=1)
    assert OutboxMessage.get().error == DOES_NOT_OPEN
    assert sink.taken == []


def test_does_not_knock_for_every_letter_where_nobody_answers(database):
    for number in range(5):
        write(f"n{number}@example.org")
    assert send("smtp://127.0.0.1:1") == Round(later=3)
    assert [row.attempts for row in OutboxMessage.select().order_by(OutboxMessage.id)] == [1, 1, 1, 0, 0]


def test_what_opens_an_account_goes_before_all_others(database, mail_url, sink):
    with writing():
        for number in range(3):
            enqueue(Message(f"bulk{number}@b.bg", "Т", "Т"), "list_received", site=SITE, now=NOW)
        enqueue(Message("reset@b.bg", "Т", "Т"), "password_reset", site=SITE, now=NOW)
        enqueue(Message("invited@b.bg", "Т", "Т"), "invitation", site=SITE, now=NOW)

    send(mail_url)

    assert sink.to == ["reset@b.bg", "invited@b.bg", "bulk0@b.bg", "bulk1@b.bg", "bulk2@b.bg"]


def test_it_also_goes_before_those_of_a_round_that_is_under_way(database, mail_url, sink):
    with writing():
        for number in range(3 * AT_A_TIME):
            enqueue(Message(f"bulk{number}@b.bg", "Т", "Т"), "list_received", site=SITE, now=NOW)

    def go_on():
        if len(sink.taken) == 1 and OutboxMessage.select().count() == 3 * AT_A_TIME:
            with writing():
                enqueue(Message("reset@b.bg", "Т", "Т"), "password_reset", site=SITE, now=NOW)
        return True

    done = deliver(mail_url, SENDER, go_on=go_on, site=SITE, clock=lambda: NOW)

    assert done == Round(sent=3 * AT_A_TIME + 1)
    assert sink.to.index("reset@b.bg") == AT_A_TIME


def test_the_time_of_a_link_begins_when_its_letter_is_sent(world, mail_url):
    token = asked_for_reset(world.ana)

    send(mail_url, now=NOW + timedelta(hours=5))

    assert find_link(token, site=SITE, now=NOW + timedelta(hours=5, minutes=59)).user.id == world.ana.user_id
    with pytest.raises(Conflict, match="изтече"):
        find_link(token, site=SITE, now=NOW + timedelta(hours=6))


def test_letters_of_one_moment_begin_each_its_own(world, mail_url):
    tokens = [asked_for_reset(person) for person in (world.ana, world.boris)]
    later = NOW + timedelta(hours=5)

    send(mail_url, now=later)

    found = [find_link(token, site=SITE, now=later).user.id for token in tokens]
    assert found == [world.ana.user_id, world.boris.user_id]


def test_a_link_that_a_newer_one_ended_does_not_begin_again(world, mail_url):
    ended = asked_for_reset(world.ana)
    newer = asked_for_reset(world.ana, now=NOW + timedelta(minutes=1))

    send(mail_url, now=NOW + timedelta(minutes=2))

    assert find_link(newer, site=SITE, now=NOW + timedelta(minutes=3))
    with pytest.raises(Conflict):
        find_link(ended, site=SITE, now=NOW + timedelta(minutes=3))


def test_a_link_that_was_used_stays_used(world, mail_url):
    token = asked_for_reset(world.ana)
    OneTimeLink.update(used_at=NOW).execute()

    send(mail_url, now=NOW + timedelta(minutes=2))

    with pytest.raises(Conflict, match="вече е използвана"):
        find_link(token, site=SITE, now=NOW + timedelta(minutes=3))


def asked_for_reset(person, now=NOW):
    """The token of the newest letter for a new password."""
    with writing():
        post_reset(User.get_by_id(person.user_id), site=SITE, now=now)
    return token_in(opened_letters("password_reset")[-1])
