"""load_institutions corrects an address: what it did not take goes once more, if it is still true."""

import io
from datetime import date, timedelta

import pytest

from portal.actions.campaigns.campaigns import resume, suspend
from portal.actions.campaigns.window import Days, set_window
from portal.actions.letters.sending import Round, deliver
from portal.actions.loading.files import Source
from portal.actions.loading.institutions import load_institutions
from portal.domain.letters.fate import LetterState, Verdict
from portal.storage.letters.reading import refused_addresses
from portal.storage.tables.letters import OutboxMessage
from tests.cast import FAR_SCHOOL, MONTH, NOW, OPENS, SITE, add_record
from tests.mail.mail_server import Sink, mail_to

OLD, NEW = f"dir{FAR_SCHOOL}@example.org", "kancelaria@example.org"
HOUR = timedelta(hours=1)
LATER = Days(OPENS, date(2021, 2, 5))


@pytest.fixture
def sink():
    """Knows nobody at the address that the institution had."""
    found = Sink()
    found.unknown = {OLD: "550 5.1.1 no such user"}
    return found


@pytest.fixture
def send(sink):
    with mail_to(sink) as url:
        yield lambda now: deliver(url, "portal@portal.example.bg", site=SITE, clock=lambda: now)


@pytest.fixture
def refused(world, send):
    """That the deadline was moved did not reach the institution without a director."""
    add_record(FAR_SCHOOL)
    set_window(world.oleg, MONTH, LATER, now=NOW)
    send(NOW)
    assert letter().state is LetterState.GIVEN_UP
    return world


def letter() -> OutboxMessage:
    ours = OutboxMessage.institution == FAR_SCHOOL
    return OutboxMessage.select().where(ours).order_by(OutboxMessage.id).get()


def correct(address: str = NEW, *, now) -> None:
    line = f"{FAR_SCHOOL},ОУ „Васил Левски“,school,3,Варна,{address},,Варна"
    header = "code,name,type,region_code,region,email,phone,municipality"
    load_institutions(None, Source(io.BytesIO(f"{header}\n{line}\n".encode()), "файл.csv"), now=now)


def test_goes_to_the_corrected_address_once(refused, send, sink):
    correct(now=NOW + HOUR)
    assert send(NOW + HOUR) == Round(sent=1)
    correct(now=NOW + 2 * HOUR)
    assert send(NOW + 2 * HOUR) == Round()

    assert sink.to.count(NEW) == 1
    row = letter()
    assert (row.recipient, row.state, row.verdict) == (NEW, LetterState.SENT, Verdict.ACCEPTED)
    assert row.readdressed_at == NOW + HOUR
    assert refused_addresses(NOW + HOUR) == []


def test_until_it_has_gone_what_the_old_one_said_stands(refused):
    correct(now=NOW + HOUR)
    row = letter()
    assert (row.state, row.attempts, row.code) == (LetterState.WAITS, 0, 550)


def test_what_is_over_by_then_is_not_sent(refused, send, sink):
    set_window(refused.oleg, MONTH, Days(OPENS, date(2021, 2, 8)), now=NOW)
    send(NOW)
    correct(now=NOW + HOUR)
    send(NOW + HOUR)

    assert sink.to.count(NEW) == 1
    first = letter()
    assert (first.state, first.error) == (LetterState.DROPPED, "срокът е преместен отново")


def test_not_where_the_address_is_the_same(refused, send):
    correct(OLD, now=NOW + HOUR)
    assert send(NOW + HOUR) == Round()
    assert [line.row.recipient for line in refused_addresses(NOW + HOUR)] == [OLD]


def test_a_letter_that_is_only_put_off_does_not_hide_that_the_address_is_wrong(refused, send, sink):
    sink.unknown[OLD] = "451 4.7.1 later"
    set_window(refused.oleg, MONTH, Days(OPENS, date(2021, 2, 8)), now=NOW)
    send(NOW)
    newest = OutboxMessage.select().where(OutboxMessage.recipient == OLD).order_by(-OutboxMessage.id).get()
    assert (newest.state, newest.verdict) == (LetterState.WAITS, Verdict.DEFERRED)

    assert [line.row.verdict for line in refused_addresses(NOW)] == [Verdict.UNKNOWN_ADDRESS]


def test_not_where_there_is_none_any_more(refused, send):
    correct("", now=NOW + HOUR)
    assert send(NOW + HOUR) == Round()
    assert letter().state is LetterState.GIVEN_UP


def test_a_corrected_address_that_is_wrong_too_is_tried_once(refused, send, sink):
    sink.unknown[NEW] = "550 5.1.1 no such user"
    correct(now=NOW + HOUR)
    assert send(NOW + HOUR) == Round(given_up=1)
    correct(now=NOW + 2 * HOUR)
    assert send(NOW + 2 * HOUR) == Round()
    assert [line.row.recipient for line in refused_addresses(NOW + HOUR)] == [NEW]

    correct("tretia@example.org", now=NOW + 3 * HOUR)
    assert send(NOW + 3 * HOUR) == Round(sent=1)


def test_an_old_letter_stays_where_it_is(refused, send):
    OutboxMessage.update(made_at=NOW - timedelta(days=61)).execute()
    correct(now=NOW)
    assert letter().state is LetterState.GIVEN_UP


def test_what_was_taken_or_was_over_does_not_go_again(refused, send, sink):
    sink.unknown.clear()
    suspend(refused.oleg, MONTH, "причина", now=NOW)
    resume(refused.oleg, MONTH, now=NOW)
    send(NOW)
    OutboxMessage.delete().where(OutboxMessage.state == LetterState.GIVEN_UP).execute()
    correct(now=NOW + HOUR)
    assert send(NOW + HOUR) == Round()


def test_of_others_nothing_goes_again(refused, send):
    OutboxMessage.update(state=LetterState.GIVEN_UP).where(OutboxMessage.user.is_null(False)).execute()
    correct(now=NOW + HOUR)
    assert send(NOW + HOUR) == Round(sent=1)
