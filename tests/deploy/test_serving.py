"""What goes through nginx: the month, HTTP/2, the address on port 80, health, a restart while people work."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Event

import pytest

from tests.cast import PASSWORD
from tests.deploy.front import HOST, curl
from tests.waiting import PATIENCE, until

pytestmark = [pytest.mark.nginx, pytest.mark.xdist_group("nginx")]

HTTPS = f"https://{HOST}"
LIST = "/confirmations/2020-12"
BEGUN, ENDED = "Booting worker", "Worker exiting"
PEOPLE = ("ana@example.org", "boris@example.org", "nora@example.org")


def times(portal, word):
    return portal.log.read_text().count(word)


def decide(director, decision):
    """Decide on the first child of the list as it is shown now."""
    page = director.get(LIST).page
    row, fields = page.all("tr[id^=record-]")[0], page.fields(page.one("form#deciding"))
    fields |= {"decision": decision, "version": row.get("data-record")}
    return director.send(f"{LIST}/records/{row.get('id').removeprefix('record-')}", **fields)


def test_a_director_does_the_month_over_one_connection(front, visitor):
    ana = visitor(front)
    assert ana.get("/").headers["Location"] == "/login"
    assert ana.log_in("ana@example.org", PASSWORD).status == 303
    assert set(ana.cookies) >= {"__Host-session", "__Host-device"}

    assert decide(ana, "confirmed").status == 303
    shown = ana.get(LIST)
    assert "потвърждавам" in shown.page.text("tr[id^=record-] .tag")
    assert shown.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert shown.headers["Server"] == "nginx"
    assert ana.line.times_opened == 1


def test_a_browser_asks_for_everything_over_one_connection_of_http_2(front):
    pages = [word for path in ("/login", "/healthz", "/readyz") for word in ("-o", "/dev/null", HTTPS + path)]
    told = curl(front, "--http2", "--write-out", "%{http_version} %{num_connects} %{response_code}\n", *pages)

    assert told == ["2 1 200", "2 0 200", "2 0 200"]


@pytest.mark.parametrize("host", [HOST, "elsewhere.example.org"])
def test_port_80_leads_to_the_name_of_the_portal_whoever_was_asked_for(front, host):
    line = HTTPConnection("127.0.0.1", front.plain, timeout=PATIENCE)
    line.request("GET", "/login?next=/account", headers={"Host": host})
    answer = line.getresponse()
    line.close()

    assert (answer.status, answer.headers["Location"]) == (301, f"{HTTPS}/login?next=/account")
    assert answer.headers["Server"] == "nginx"


def test_a_restart_is_noticed_by_nobody_who_works(portal, front, visitor):
    """Those who read and one who decides, while gunicorn begins anew (``systemctl reload portal``)."""
    people = [visitor(front, f"198.51.100.{number}") for number in range(10, 10 + len(PEOPLE))]
    for person, email in zip(people, PEOPLE, strict=True):
        assert person.log_in(email, PASSWORD).status == 303
    done = Event()

    def work(person):
        answers = []
        while not done.is_set():
            answers += [person.get("/")]
            if person is people[0]:
                answers += [decide(person, ("pending", "confirmed")[len(answers) % 2])]
        return answers

    with ThreadPoolExecutor(len(people)) as crowd:
        working = [crowd.submit(work, person) for person in people]
        try:
            before = times(portal, BEGUN), times(portal, ENDED)
            os.kill(portal.pid, signal.SIGHUP)
            until(lambda: (times(portal, BEGUN), times(portal, ENDED)) == (before[0] + 2, before[1] + 2))
        finally:
            done.set()
    answers = [answer for work in working for answer in work.result()]

    assert {answer.status for answer in answers} == {200, 303}
    assert all(answer.page.has("h1") for answer in answers if answer.status == 200)
