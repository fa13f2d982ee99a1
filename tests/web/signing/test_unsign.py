"""POST /confirmations/<month>/unsign"""

import pytest

from portal.actions.signing.signing import sign
from portal.domain.decisions import Decision
from portal.domain.people import Scope
from portal.domain.submissions import Lock
from portal.storage.lists.current import list_of
from portal.storage.tables.signatures import SignatureRemoval
from tests.cast import AFTER, MONTH, NOW, PASSWORD, SCHOOL, SITE, add_record

ADDRESS = "/confirmations/2020-12/unsign"
PAGE = "/confirmations/2020-12/sign"
REASON = "Сбъркан е един коригиран брой."


@pytest.fixture
def signed(world):
    add_record(decision=Decision.CONFIRMED)
    return sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)


def lock() -> Lock:
    return list_of(SCHOOL, MONTH).lock


def test_warns_loudly_before(client, world, signed):
    text = client.sign_in(world.ana).get(PAGE).page.text("#signing")

    assert "Премахнатият подпис не важи" in text
    assert "към АСП се подава „няма информация“" in text


def test_removes_the_signature_and_warns_loudly_after(client, world, signed):
    answer = client.sign_in(world.ana).send(ADDRESS, reason=REASON)

    assert (answer.status_code, answer.location) == (303, PAGE)
    assert lock() is Lock.OPEN
    page = client.get(PAGE).page
    assert "Подписът е премахнат и няма нов" in page.text(".notice.is-wrong")
    assert "„няма информация“" in page.text(".notice.is-wrong")
    assert REASON in page.text("#signing")
    assert page.has("input[name=password]")


def test_answers_htmx_with_the_part_that_changed(client, world, signed):
    answer = client.sign_in(world.ana).send(ADDRESS, reason=REASON, htmx=True)

    assert answer.status_code == 200
    assert "Подписът е премахнат и няма нов" in answer.page.text(".notice.is-wrong")


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(("reason", "sentence"), [(" ", "Напишете защо"), ("а" * 501, "до 500 знака")])
def test_asks_for_a_reason_and_keeps_what_was_typed(client, world, signed, htmx, reason, sentence):
    answer = client.sign_in(world.ana).send(ADDRESS, reason=reason, htmx=htmx)

    assert answer.status_code == 422
    assert sentence in answer.page.text("#reason-error")
    assert answer.page.one("#reason").text.strip() == reason.strip()
    assert answer.page.has("details[open] #reason")
    assert lock() is Lock.SIGNED


def test_nothing_changes_after_the_deadline(client, world, signed):
    answer = client.sign_in(world.ana).at(AFTER).send(ADDRESS, reason=REASON)

    assert answer.status_code == 409
    assert "Нищо повече не се променя" in answer.page.text(".error-summary")
    assert lock() is Lock.SIGNED


def test_twice_is_once(client, world, signed):
    client.sign_in(world.ana).send(ADDRESS, reason=REASON)

    answer = client.send(ADDRESS, reason=REASON)

    assert answer.status_code == 409
    assert "не е подписан" in answer.page.text(".error-summary")
    assert SignatureRemoval.select().count() == 1


@pytest.mark.parametrize(("who", "status"), [("boris", 409), ("dora", 403), ("nora", 403), ("oleg", 403)])
def test_is_not_for_others(client, world, signed, who, status):
    assert client.sign_in(getattr(world, who)).send(ADDRESS, reason=REASON).status_code == status
    assert lock() is Lock.SIGNED


def test_a_delegate_with_the_scope_may(client, world, signed):
    dora = world.delegate(Scope.SIGN)

    assert client.sign_in(dora).send(ADDRESS, reason=REASON).status_code == 303
    assert SignatureRemoval.get().by_id == dora.user_id


def test_can_be_signed_again(client, world, signed):
    client.sign_in(world.ana).send(ADDRESS, reason=REASON)

    assert client.send(PAGE, password=PASSWORD).status_code == 303
    page = client.get(PAGE).page
    assert "2020-12/2200000/2" in page.text(".notice.is-done h2 + dl")
    assert not page.has(".notice.is-wrong")
