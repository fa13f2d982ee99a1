"""A long file of АСП while directors decide, over HTTP; its process is killed, and it is loaded once more."""

import os
import signal
import subprocess
import sys
import urllib.request
from urllib.parse import urlencode

import pytest

from portal.crypto.tokens import csrf_secret, mask, new_token
from portal.domain.decisions import Decision
from portal.domain.placement import InstitutionType
from portal.storage.tables.campaigns import Load, Record, Submission
from tests.cast import MONTH, NOW, add_institution, add_login, add_record, stored
from tests.page import Page
from tests.served import ROOT, served
from tests.waiting import until

PLACES, LINES = 4, 600  # institutions, and lines of each: a list is a turn
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


@pytest.fixture
def file(world, tmp_path):
    lines = []
    for place in range(PLACES):
        code = str(2210000 + place)
        add_institution(code, f"{place}. ОУ", InstitutionType.SCHOOL)
        lines += [f"2020|12|{code}|2|{place * LINES + n:010d}|А|Б|В|007.00|0|00" for n in range(LINES)]
    path = tmp_path / "ASPCONF1220.txt"
    path.write_bytes("\r\n".join(lines).encode("cp1251"))
    return path


@pytest.fixture
def portal(database, tmp_path):
    with served(database, tmp_path) as found:
        yield found


def loading(database, file) -> subprocess.Popen:
    """In a process of its own."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    settings |= {"PORTAL_ENV": "test", "PORTAL_DATABASE_URL": database, "PORTAL_CLOCK": NOW.isoformat()}
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(file.with_name("go on")), "campaign", "load", str(file)],
        cwd=ROOT,
        env=settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


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
