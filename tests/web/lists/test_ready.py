"""POST /confirmations/<month>/ready"""

import pytest

from portal.domain.decisions import Decision
from portal.domain.people import Scope
from portal.domain.submissions import Lock
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.letters import OutboxMessage
from tests.cast import SCHOOL, add_record

PAGE = "/confirmations/2020-12"
BUTTON = f'form[action="{PAGE}/ready"] button'


@pytest.fixture
def ready(world):
    add_record(decision=Decision.CONFIRMED)


def test_the_delegate_tells_the_director_with_one_button(client, world, ready):
    client.sign_in(world.dora)
    assert client.get(PAGE).page.text(BUTTON) == "Съобщавам на директора, че е готово"

    assert client.send(f"{PAGE}/ready").status_code == 303
    assert "Директорът ще получи писмо, че списъкът е готов" in client.get(PAGE).page.text("main")
    assert OutboxMessage.get().recipient == "ana@example.org"
    client.send(f"{PAGE}/ready")
    assert "вече писахме на директора" in client.get(PAGE).page.text("main")
    assert OutboxMessage.select().count() == 1


def test_is_offered_to_nobody_who_signs_or_while_something_is_left(client, world, ready):
    assert not client.sign_in(world.ana).get(PAGE).page.has(BUTTON)
    add_record()
    client.sign_in(world.dora)
    assert not client.get(PAGE).page.has(BUTTON)
    assert client.send(f"{PAGE}/ready").status_code == 409


def test_is_too_late_once_it_is_signed(client, world, ready):
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == SCHOOL).execute()
    assert client.sign_in(world.dora).send(f"{PAGE}/ready").status_code == 409
    assert OutboxMessage.select().count() == 0


def test_is_for_who_decides(client, world, ready):
    assert client.sign_in(world.delegate(Scope.SIGN)).send(f"{PAGE}/ready").status_code == 403
    assert client.sign_in(world.nora).send(f"{PAGE}/ready").status_code == 403
