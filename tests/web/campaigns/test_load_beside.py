"""A long file while directors decide, over HTTP; its process is killed, and it is loaded once more.

By the command line, and by the page, which is answered while the file goes on in one of gunicorn's processes.
"""

import io
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import pytest

from portal.actions.loading.enrolments import Picture, load_enrolments
from portal.actions.loading.files import Source
from portal.crypto.tokens import csrf_secret, mask, new_token
from portal.domain.decisions import Decision
from portal.domain.placement import InstitutionType
from portal.exchange.enrolments import HEADER
from portal.storage.lists.enrolled import enrolled_in
from portal.storage.loading.tables import Load
from portal.storage.tables.campaigns import Record, Submission
from portal.storage.tables.institutions import Enrolment
from tests.cast import MONTH, NOW, OTHER_SCHOOL, SCHOOL, add_institution, add_login, add_record, stored
from tests.page import Page
from tests.served import ROOT, served
from tests.waiting import until

PLACES, LINES = 4, 600  # institutions, and lines of each: a list is a turn
MANY = 25  # institutions of a file that takes seconds
# The operator's command, which after its first turn waits until it may go on.
COMMAND = """
import sys, time
from pathlib import Path
from portal.actions.loading.asp_turns import Turns
from portal.cli import main

take, gate = Turns.take, Path(sys.argv.pop(1))

def waiting(turns, lines):
    while turns.load.distributed and not gate.exists():
        time.sleep(0.02)
    take(turns, lines)

Turns.take = waiting
main()
"""

COMMAND_OF_ENROLMENTS = """
import sys, time
from pathlib import Path
from portal.actions.loading.enrolment_turns import Turns
from portal.cli import main

told, gate = Turns._told, Path(sys.argv.pop(1))

def waiting(turns):
    while not gate.exists():
        time.sleep(0.02)
    told(turns)

Turns._told = waiting
main()
"""


def written(folder, places: int):
    lines = []
    for place in range(places):
        code = str(2210000 + place)
        add_institution(code, f"{place}. ОУ", InstitutionType.SCHOOL)
        lines += [f"2020|12|{code}|2|{place * LINES + n:010d}|А|Б|В|007.00|0|00" for n in range(LINES)]
    path = folder / "ASPCONF1220.txt"
    path.write_bytes("\r\n".join(lines).encode("cp1251"))
    return path


@pytest.fixture
def file(world, tmp_path):
    return written(tmp_path, PLACES)


@pytest.fixture
def portal(database, tmp_path):
    with served(database, tmp_path) as found:
        yield found


def loading(database, file, command=COMMAND, *words: str) -> subprocess.Popen:
    """In a process of its own."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    settings |= {"PORTAL_ENV": "test", "PORTAL_DATABASE_URL": database, "PORTAL_CLOCK": NOW.isoformat()}
    return subprocess.Popen(
        [sys.executable, "-c", command, file.with_name("go on"), *(words or ("campaign", "load")), file],
        cwd=ROOT,
        env=settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def uploaded(portal, person, file, where: str = "/campaigns/load") -> str:
    """The address of the page that the upload leads to, as soon as it is answered."""
    token, edge = new_token(), "edge-of-a-part"
    add_login(token, person.user_id)
    head = f'--{edge}\r\nContent-Disposition: form-data; name="'
    parts = [
        f'{head}csrf_token"\r\n\r\n{mask(csrf_secret(token))}\r\n'.encode(),
        f'{head}file"; filename="{file.name}"\r\n\r\n'.encode(),
        file.read_bytes(),
        f"\r\n--{edge}--\r\n".encode(),
    ]
    headers = {"Cookie": f"session={token}", "Content-Type": f"multipart/form-data; boundary={edge}"}
    request = urllib.request.Request(portal.address + where, b"".join(parts), headers)
    with urllib.request.urlopen(request) as answer:
        return answer.url.removeprefix(portal.address)


def processes_of(portal) -> list[int]:
    """Those that serve; the one that starts them starts others when they are gone."""
    return [int(pid) for pid in Path(f"/proc/{portal.pid}/task/{portal.pid}/children").read_text().split()]


def asked(portal, person, path: str, **fields: object) -> tuple[int, str]:
    """Status and page, as a browser of the person gets them; fields make it a form that is sent."""
    token = new_token()
    add_login(token, person.user_id)
    form = urlencode({"csrf_token": mask(csrf_secret(token)), **fields}).encode() if fields else None
    request = urllib.request.Request(portal.address + path, form, {"Cookie": f"session={token}"})
    with urllib.request.urlopen(request) as answer:
        return answer.status, answer.read().decode()


@pytest.mark.both_databases
def test_a_director_decides_while_it_is_loaded_and_a_killed_one_is_completed(database, world, portal, file):
    record = add_record()
    address = f"/confirmations/{MONTH}/records/{record.id}"
    with loading(database, file) as process:
        until(lambda: Load.select().where(Load.distributed > 0).exists())
        status, _ = asked(portal, world.ana, address, decision="confirmed", version=record.version)
        _, during = asked(portal, world.oleg, f"/campaigns/{MONTH}")
        process.send_signal(signal.SIGKILL)

    assert (status, stored(record).decision) == (200, Decision.CONFIRMED)
    assert "Файлът се зарежда в момента" in Page(during).text("main")
    broken = Load.get()
    assert not broken.is_finished
    assert (broken.received, broken.distributed) == (PLACES * LINES, LINES)
    totals = [row.total for row in Submission.select().where(Submission.institution.startswith("221"))]
    assert sorted(totals) == [0, 0, 0, LINES]

    _, after = asked(portal, world.oleg, f"/campaigns/{MONTH}")
    assert "Зареждането е прекъснато: заредете отново същия файл" in Page(after).text("main")
    file.with_name("go on").touch()
    with loading(database, file) as process:
        assert process.wait(120) == 0
    assert Record.select().count() == PLACES * LINES + 1
    _, after = asked(portal, world.oleg, f"/campaigns/{MONTH}")
    assert "прекъснато" not in Page(after).text("main")


@pytest.mark.both_databases
def test_a_page_is_answered_at_once_and_tells_of_a_killed_process(database, world, portal, tmp_path):
    """The file is so long that its process is killed in the middle however fast the machine is."""
    file = written(tmp_path, MANY)
    address = uploaded(portal, world.oleg, file)
    _, at_once = asked(portal, world.oleg, address)
    until(lambda: Load.select().where(Load.distributed > 0).exists())
    _, during = asked(portal, world.oleg, address)
    for pid in processes_of(portal):
        os.kill(pid, signal.SIGKILL)

    assert "Файлът се зарежда" in Page(at_once).text("h1")
    assert "Готови: " in Page(during).text(".progress")
    broken = Load.get()
    assert 0 < broken.distributed < broken.received == MANY * LINES
    until(lambda: "Зареждането е прекъснато" in asked_again(portal, world.oleg, address))
    shown = Page(asked_again(portal, world.oleg, "/")).text("main")
    assert "заредете отново същия файл" in shown.lower()

    address = uploaded(portal, world.oleg, file)
    until(lambda: Load.select().where(Load.is_finished).exists())
    assert Record.select().count() == MANY * LINES
    assert "Зареден файл" in Page(asked_again(portal, world.oleg, address)).text("h1")
    assert "прекъснато" not in asked_again(portal, world.oleg, "/")


def asked_again(portal, person, path: str) -> str:
    """The page; nothing while nobody serves."""
    try:
        return asked(portal, person, path)[1]
    except OSError:
        return ""


@pytest.mark.both_databases
def test_enrolments_that_were_killed_leave_those_in_force(database, world, portal, tmp_path):
    """Of two turns the first is stored; by the page they are loaded to their end."""
    record = add_record()
    lines = [f"{SCHOOL}|{n:010d}|2|А|Б|В|1|3|1" for n in range(3)]
    load_enrolments(None, source(lines), picture=Picture(MONTH, is_correction=False), now=NOW)
    file = tmp_path / "MONZP1220.txt"
    others = [f"{OTHER_SCHOOL}|{n:010d}|2|А|Б|В|1|4|1" for n in range(3, 3_000)]
    file.write_bytes(source([*lines, *others]).stream.read())
    with loading(database, file, COMMAND_OF_ENROLMENTS, "load", "enrolments") as process:
        until(lambda: Load.select().where(~Load.is_finished & (Load.distributed > 0)).exists())
        address = f"/confirmations/{MONTH}/records/{record.id}"
        status, _ = asked(portal, world.ana, address, decision="confirmed", version=stored(record).version)
        _, during = asked(portal, world.oleg, "/calendar/")
        process.send_signal(signal.SIGKILL)

    assert (status, stored(record).decision) == (200, Decision.CONFIRMED)
    assert "Файлът се зарежда в момента" in Page(during).text("main")
    broken = Load.select().order_by(Load.id.desc()).get()
    assert (broken.received, broken.distributed) == (3_000, 2_000)
    assert len(enrolled_in(SCHOOL)) == 3
    assert enrolled_in(OTHER_SCHOOL) == []
    _, after = asked(portal, world.oleg, "/")
    assert "Зареждането е прекъснато: заредете отново същия файл" in Page(after).text("main")
    assert "Важат досегашните записвания" in Page(after).text("main")

    address = uploaded(portal, world.oleg, file, "/calendar/enrolments")
    until(lambda: "Зареден файл" in asked(portal, world.oleg, address)[1])
    until(lambda: Enrolment.select().count() == 3_000)
    assert len(enrolled_in(OTHER_SCHOOL)) == 3_000 - 3
    assert "прекъснато" not in asked(portal, world.oleg, "/")[1]


def source(lines: list[str]) -> Source:
    content = "\r\n".join([HEADER, *lines]).encode("cp1251")
    return Source(io.BytesIO(content), "MONZP1220.txt")
