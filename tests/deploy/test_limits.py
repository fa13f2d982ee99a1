"""What nginx refuses by itself: floods, and what is larger than the portal would take."""

import socket
from collections import Counter
from contextlib import ExitStack
from itertools import chain, repeat

import pytest

from portal.app import LARGEST
from portal.domain.people import Delegate, Director
from portal.web.http.body import DRAINED
from tests.cast import PASSWORD
from tests.deploy.front import ADDRESS, HOST, curl, in_front_of
from tests.waiting import PATIENCE

pytestmark = [pytest.mark.nginx, pytest.mark.xdist_group("nginx")]

TOO_LARGE = "Файлът е твърде голям"
ADDRESSES = ("198.51.100.40", "198.51.100.41")
PIECE = bytes(64 * 1024)


def flood(front, path, times):
    """So many forms at once, over one connection; how often each status was the answer."""
    at_once = ("--http2", "--parallel", "--parallel-max", str(times), "--data", "email=x")
    told = ("--output", "/dev/null", "--write-out", "%{response_code}\n")
    return Counter(curl(front, *at_once, *told, f"https://{HOST}{path}?[1-{times}]"))


@pytest.fixture
def uploads(app):
    """Where files are sent to, and the guard there."""
    rules = app.url_map.iter_rules()
    views = ((rule.rule, app.view_functions[rule.endpoint].guard) for rule in rules)
    return [(path.replace("<month:month>", "2020-12"), guard) for path, guard in views if guard.upload]


@pytest.fixture
def national(uploads):
    """Where the operator's files are sent to, and how large they may be."""
    found = {path: guard.upload for path, guard in uploads if guard.upload > DRAINED}
    assert len(found) > 3
    return found


def put(visitor, path, size, name="file.txt", sent=True):
    """A form with one file, which makes the request ``size`` bytes long."""
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    tail = b"\r\n--x--\r\n"
    pieces, rest = divmod(size - len(head) - len(tail), len(PIECE))
    body = chain([head], repeat(PIECE, pieces), [PIECE[:rest], tail]) if sent else None
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(size)}
    answer = visitor.ask("POST", path, body, headers=headers)
    if not sent:
        visitor.line.close()  # nginx waits for the rest
    return answer


@pytest.mark.parametrize(("path", "at_once"), [("/login", 100), ("/forgotten", 41)])
def test_a_flood_reaches_the_portal_in_part_and_nobody_else_is_refused(front, visitor, path, at_once):
    answers = flood(front, path, 400)

    assert answers["400"] >= at_once  # the portal's word on a form that none of its pages made
    assert answers["429"] == 400 - answers["400"] > 0
    assert visitor(front, "127.0.0.1").get(path).status == 200
    assert visitor(front, "198.51.100.20").log_in("boris@example.org", PASSWORD).status == 303


def test_a_hundred_answers_are_under_way_for_one_address_and_no_more(programs, visitor, tmp_path):
    with ExitStack() as ends:
        portal = ends.enter_context(socket.create_server(("127.0.0.1", 0)))  # takes its time
        portal.settimeout(PATIENCE)
        front = ends.enter_context(in_front_of(f"http://127.0.0.1:{portal.getsockname()[1]}", tmp_path))
        for address in (*[ADDRESSES[0]] * 100, ADDRESSES[1]):
            visitor(front, address).line.request("GET", "/", headers={ADDRESS: address})
            ends.enter_context(portal.accept()[0])

        assert visitor(front, ADDRESSES[0]).get("/").status == 429


@pytest.mark.parametrize(("path", "at_once"), [("/login", 101), ("/forgotten", 41)])
def test_who_is_too_many_reads_what_to_do_and_the_neighbours_do_not(alone, visitor, path, at_once):
    """One household has an IPv6 /64; the next is another, and who only reads is not counted."""
    stranger = visitor(alone, "2001:db8:0:7::1")
    times = 0
    while (refused := stranger.send(path)).status == 502:
        times += 1

    assert times >= at_once
    assert (refused.status, refused.heading) == (429, "Твърде много заявки наведнъж")
    assert (refused.headers["Retry-After"], refused.headers.get("Refresh")) == ("30", None)
    assert "презаредете тази страница (F5)" in refused.text  # tests/browser/test_too_many.py
    assert stranger.get(path).status == 502
    assert visitor(alone, "2001:db8:0:8::1").send(path).status == 502
    household = visitor(alone, "2001:db8:0:7:ffff::1")
    assert 429 in {household.send(path).status for _ in range(at_once)}


@pytest.mark.parametrize(("path", "largest"), [("/login", DRAINED), ("/quarantine/search", LARGEST)])
def test_what_is_too_large_is_answered_with_a_page_by_the_portal_or_by_nginx(front, visitor, path, largest):
    ana = visitor(front, "198.51.100.30")
    assert ana.log_in("ana@example.org", PASSWORD).status == 303

    for size, is_of_nginx in ((largest, False), (largest + 1, True)):
        answer = put(ana, path, size)
        assert (answer.status, answer.heading, answer.is_of_nginx) == (413, TOO_LARGE, is_of_nginx)
        assert "Retry-After" not in answer.headers


def test_the_page_arrives_also_over_http_2(front, tmp_path):
    """Where the browser is told while it still sends."""
    (tmp_path / "file.txt").write_bytes(bytes(DRAINED))
    file = ("--http2", "--form", f"file=@{tmp_path}/file.txt", "--write-out", "%{response_code}")

    answer = "".join(curl(front, *file, f"https://{HOST}/login"))
    assert TOO_LARGE in answer
    assert answer.endswith("413")


def test_the_operators_file_may_be_as_large_as_the_portal_takes_it(front, visitor, national):
    oleg = visitor(front, "198.51.100.31")
    assert oleg.log_in("oleg@example.org", PASSWORD).status == 303

    for path, largest in national.items():
        answer = put(oleg, path, largest + 1, sent=False)
        assert (path, answer.status, answer.heading, answer.is_of_nginx) == (path, 413, TOO_LARGE, True)
    for path in ("/campaigns/load", "/campaigns/2020-12/answers/check"):
        answer = put(oleg, path, national[path] - 1)
        assert (answer.status, answer.is_of_nginx) == (400, False)  # read to its end: no form of the portal's


def test_nobody_else_brings_a_file_of_that_size_to_the_disk(front, visitor, national):
    """Nor does an operator whose login has ended: to the login it goes before the file is sent."""
    person = visitor(front, "198.51.100.32")

    def where_to():
        answers = [put(person, path, largest, sent=False) for path, largest in national.items()]
        return {(answer.status, answer.headers["Location"]) for answer in answers}

    assert where_to() == {(303, f"https://{HOST}/")}
    assert person.log_in("ana@example.org", PASSWORD).status == 303
    assert where_to() == {(303, f"https://{HOST}/")}


def test_no_file_of_a_school_is_ever_written_to_the_disk(front, visitor, uploads):
    """A folder's time changes also for a file that is gone again."""
    folder, schools = front.folder / "body", {Director, Delegate}
    before = folder.stat().st_mtime_ns
    largest = {path: guard.upload for path, guard in uploads if schools & {*guard.kinds}}
    assert len(largest) > 3

    for path, size in largest.items():
        assert (path, put(visitor(front), path, size).status) == (path, 303)
        assert (path, folder.stat().st_mtime_ns) == (path, before)
    put(visitor(front), "/oversight/notices", max(largest.values()))
    assert folder.stat().st_mtime_ns > before
