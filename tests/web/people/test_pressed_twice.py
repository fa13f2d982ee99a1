"""Buttons that send a letter, pressed several times at one moment, over HTTP as gunicorn serves it."""

import re
import threading
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest

from portal.actions.people.invitations import NewAccount, invite
from portal.crypto.tokens import new_token
from portal.domain.people import Role
from portal.storage.tables.people import Delegation, OneTimeLink
from tests.cast import FAR_SCHOOL, NOW, SCHOOL, SITE, add_login
from tests.mail.letters import letters, readers
from tests.served import served
from tests.waiting import PATIENCE

CLICKS = 8  # all threads of one of the two processes, or some of both
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
TERMS = {"scopes": "decide", "order_number": "РД-15/28.01.2021", "until": "2021-06-30"}

pytestmark = pytest.mark.both_databases


@pytest.fixture
def portal(world, database, tmp_path):
    with served(database, tmp_path, TMPDIR=str(tmp_path)) as server:
        yield server.address.removeprefix("http://")


def asked(address, method, path, session, form=None):
    line = HTTPConnection(address, timeout=PATIENCE)
    headers = {"Cookie": f"session={session}", "Content-Type": "application/x-www-form-urlencoded"}
    line.request(method, path, form, headers)
    response = line.getresponse()
    text = response.read().decode()
    line.close()
    return response.status, text, response.headers.get("Set-Cookie", "")


def press(address, person, page, button, **fields):
    """The statuses of as many clicks on one page's button."""
    session = new_token()
    add_login(session, person.user_id)
    token = TOKEN.search(asked(address, "GET", page, session)[1])[1]
    form = urlencode({"csrf_token": token, **fields})
    barrier, statuses = threading.Barrier(CLICKS), []

    def click():
        barrier.wait()
        statuses.append(asked(address, "POST", button, session, form)[0])

    threads = [threading.Thread(target=click) for _ in range(CLICKS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def test_naming_a_delegate_is_one_authorisation_and_one_invitation(portal, world):
    before = Delegation.select().count()
    who = {"name": "Ема Ганева", "email": "ema@example.org"}
    assert press(portal, world.ana, "/delegates/", "/delegates/", **who, **TERMS) == [303] * CLICKS
    assert readers() == ["ema@example.org"]
    assert Delegation.select().count() == before + 1


def test_changing_a_delegation_is_one_change_and_one_letter(portal, world):
    page = f"/delegates/{Delegation.get().id}"
    assert press(portal, world.ana, page, page, **TERMS) == [303] * CLICKS
    assert readers() == ["dora@example.org"]
    assert Delegation.select().where(Delegation.revoked_at.is_null()).count() == 1


def test_an_invitation_sent_again_is_one_letter_whose_link_opens(portal, world):
    user, _ = invite(None, NewAccount(Role.DIRECTOR, "new@example.org", "Нов", SCHOOL), site=SITE, now=NOW)
    page = f"/people/{user.id}"
    assert press(portal, world.oleg, page, f"{page}/invite") == [303] * CLICKS
    assert len(letters("invitation")) == 2
    assert OneTimeLink.select().where(OneTimeLink.ended_at.is_null()).count() == 1


def test_a_new_password_is_one_letter_also_when_its_owner_asks(portal, world):
    page = f"/people/{world.ana.user_id}"
    assert press(portal, world.oleg, page, f"{page}/reset") == [303] * CLICKS
    assert readers("password_reset") == ["ana@example.org"]
    assert OneTimeLink.select().where(OneTimeLink.ended_at.is_null()).count() == 1


def test_inviting_somebody_is_one_account_and_one_letter(portal, world):
    who = {"role": "director", "name": "Нов", "email": "new@example.org", "institution": FAR_SCHOOL}
    statuses = press(portal, world.oleg, "/people/invite", "/people/invite", **who)
    assert sorted(statuses) == [303] + [422] * (CLICKS - 1)
    assert readers() == ["new@example.org"]
