"""What nginx and gunicorn have written once people, and those who try this and that, were there."""

import re
from functools import partial
from http.client import HTTPConnection

import pytest

from portal.crypto.tokens import new_token
from tests.deploy.front import HOST
from tests.waiting import PATIENCE, until

pytestmark = [pytest.mark.nginx, pytest.mark.xdist_group("nginx")]

TOKEN = new_token()
ADDRESSES = (
    f"/activate/{TOKEN}",
    f"//activate//{TOKEN}",
    f"/%61ctivate/{TOKEN}",
    f"/login/../activate/{TOKEN}",
    f"/activate%2F{TOKEN}",
    f"/actvate/{TOKEN}",
    f"/login?next=/activate/{TOKEN}",
    "/quarantine/2020-12/nothing",
    "/quarantine/entries/4711?q=0344012993",
    "/%71uarantine/2020-12/nothing",
    "/confirmations/2020-12?state=pending&class=taen",
)
SECRETS = (TOKEN, "nothing", "4711", "0344012993", "taen")
WRITTEN = (
    "GET /activate/-",
    "POST /activate/-",
    "GET /quarantine/-",
    "GET /confirmations/2020-12 ",
    "GET /login ",
)


LINE = re.compile(
    r"[\da-f.:]+ \[[\dT:+-]+\] (GET|POST|-) (/[\w./-]*|-) \d{3} (\d+|-) \d+\.\d{3} (\d{3}|-)( : \d{3})?"
)


def in_log(place, words):
    return words in place.log()


def plain(front, path):
    line = HTTPConnection("127.0.0.1", front.plain, timeout=PATIENCE)
    line.request("GET", path, headers={"Host": HOST, "Referer": f"https://{HOST}/activate/{TOKEN}"})
    line.getresponse().read()
    line.close()


def test_hold_no_activation_address_no_use_of_the_register_and_no_query(portal, front, alone, visitor):
    for place in (front, alone):
        stranger = visitor(place)
        for path in ADDRESSES:
            plain(place, path)
            stranger.get(path, Referer=f"https://{HOST}/activate/{TOKEN}")
            stranger.send(path, q="0344012993")
        large = {"Content-Length": str(2**30), "Referer": f"https://{HOST}/activate/{TOKEN}"}
        assert stranger.ask("POST", f"/activate/{TOKEN}", headers=large).status == 413

    for place in (front, alone):
        until(partial(in_log, place, "POST /activate/- 413"))
        written = "".join(log.read_text(errors="replace") for log in place.folder.glob("*.log"))
        assert [secret for secret in SECRETS if secret in written] == []
        assert [line for line in WRITTEN if line not in written] == []
        assert [line for line in place.log().splitlines() if not LINE.fullmatch(line)] == []
    logged = portal.log.read_text()
    assert [secret for secret in SECRETS if secret in logged] == []
