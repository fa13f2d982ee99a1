"""Opening day with strangers at the door: who gets in, and whom it keeps waiting that is in already.

Strangers with wrong passwords, each from an address of its own, and directors in browsers that have not
logged in before come at the same moment. A director who is in goes on reading the list meanwhile. All of it
over HTTP, against gunicorn as gunicorn.conf.py says, with passwords as they are stretched in production.
"""

import json
import os
import pickle
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.knocking import PASSWORD, Crowd, Door
from bench.loading import SITE, _source
from bench.ours import PAGE, Portal
from bench.serving import ROOT, Server, served
from bench.table import Measure, show
from bench.throughput import SECRET
from bench.town import asp_file, institutions_file
from portal.actions.campaigns.window import Days
from portal.actions.keys.marks import mark
from portal.actions.keys.passwords import make_keys, set_password, stretched_anew
from portal.actions.loading.asp_list import load_asp_list
from portal.actions.loading.institutions import load_institutions
from portal.domain.people import Role
from portal.storage.schema.upgrade import upgrade_database
from portal.storage.tables.db import connected, db
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import Device, Failures, User

STRANGERS, HONEST, CHILDREN = 100, 80, 60
LONGEST = 150.0  # seconds, after which whoever is not in is counted with it
PAUSE = 0.1  # seconds between two looks at the list
# How long strangers rest, in seconds; none: as long as they are told to.
MEASURED = (
    ("strangers repeat as the page asks", None),
    ("strangers try once a second, whatever they are told", 1.0),
)


def measured(folder: Path) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    side = Opening(f"sqlite:///{folder}/portal.db", folder)
    side.fill(HONEST + 1, CHILDREN)
    within = []
    for title, rest in MEASURED:
        with connected():
            Device.delete().execute()
            Failures.delete().execute()
        with served(side.app, side.environment, folder / "gunicorn.log") as server:
            within.append(_opening_day(side, server, title, rest=rest))
    side.close()
    return all(within)


class Opening(Portal):
    """As it is in production: the clock goes on, a proxy says who comes, and everybody has a password."""

    def __init__(self, url: str, folder: Path) -> None:
        super().__init__(url, folder)
        del self.environment["PORTAL_CLOCK"]
        self.environment |= SECRET | {"PORTAL_TRUSTED_PROXIES": "1", "TMPDIR": str(folder)}

    def fill(self, schools: int, children: int) -> None:
        now = datetime.now(UTC)
        window = Days((now - timedelta(days=2)).date(), (now + timedelta(days=5)).date())
        with connected(), db.atomic():
            upgrade_database()
            load_institutions(None, _source("institutions.csv", [institutions_file(schools)]), now=now)
            lines = _source("ASPCONF1220.txt", asp_file(schools * children, schools))
            load_asp_list(None, lines, window=window, now=now)
            began = time.monotonic()
            given = stretched_anew(PASSWORD)
            self.stretching = time.monotonic() - began
            self.emails = [institution.email for institution in Institution.select()]
            for institution in Institution.select():
                user = User.create(
                    email=institution.email, name="Ана Янева", role=Role.DIRECTOR, institution=institution,
                    invited_at=now, activated_at=now,
                )  # fmt: skip
                mark(user, site=SITE)
                set_password(user, given, site=SITE)
                make_keys(user, given, site=SITE, now=now)


def _opening_day(side: Opening, server: Server, title: str, *, rest: float | None) -> bool:
    inside = Door(server.port, "192.0.2.1")
    assert inside.knock(side.emails[0], PASSWORD) == 303, "the director did not get in"
    crowd = pickle.dumps(Crowd(server.port, STRANGERS, side.emails[1:], rest, LONGEST))
    lists, health = [], []
    with subprocess.Popen(
        [sys.executable, "-m", "bench.knocking"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as outside:
        outside.stdin.write(crowd)
        outside.stdin.close()
        while outside.poll() is None:
            lists.append(_seconds(inside, PAGE))
            health.append(_seconds(inside, "/healthz"))
            time.sleep(PAUSE)
        told = json.loads(outside.stdout.read())
    arrived = told["arrived"]
    load = os.getloadavg()[0]
    print(f"\n  what strangers were answered: {told['statuses']}; load average {load:.1f}", end="")
    return show(
        f"{STRANGERS} strangers and {HONEST} honest new browsers at once; {title}",
        [
            Measure(f"a list of {CHILDREN} children, 99 of 100 within", _share(lists, 0.99), "ms", 500),
            Measure("the slowest of them", _share(lists, 1), "ms"),
            Measure("/healthz, 99 of 100 within", _share(health, 0.99), "ms", 500),
            Measure("one password alone, when nobody else tries", side.stretching * 1000, "ms"),
            Measure("half of the honest ones in within", _share(arrived, 0.5) / 1000, "s"),
            Measure("the last of the honest ones in within", _share(arrived, 1) / 1000, "s", 60),
        ],
    )


def _seconds(inside: Door, path: str) -> float:
    began = time.monotonic()
    inside.get(path)
    return time.monotonic() - began


def _share(seconds: list[float], share: float) -> float:
    """Milliseconds, within which this share of them is."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000
