"""The desks of РУО and the operator with a whole country behind them: every page, its time, its statements.

Each is asked for with 4,500 institutions and a million records a month, and with a thousandth of both;
twelve months stand behind either, none of them answered. The pages are those of the address map, so that a
new one is measured too. Beside the times stands how long each answer is: where fifty rows are drawn beside
five a page takes longer for what it shows, and not for what it reads.
"""

import gc
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.country import FULL, MONTHS, THOUSANDTH, Size, code_of, fill
from bench.loading import SITE
from bench.throughput import on_postgres
from bench.town import MONTH, NOW
from portal.actions.keys.marks import added, mark
from portal.app import create_app
from portal.config import Config
from portal.crypto.tokens import new_token, token_digest
from portal.domain.people import Operator, Role, Ruo
from portal.storage.schema.upgrade import upgrade_database
from portal.storage.tables.db import connected, db
from portal.storage.tables.people import Login, User
from portal.web.http.guards import guard_of
from tests.statements import noted

TIMES = 9  # each page is asked for so often; the median counts
SLOWEST, RATIO = 0.25, 1.5  # seconds, and times what a thousandth takes
NOISE = 0.010  # seconds of difference that are the machine's own, and no growth
DESKS = {Role.RUO: Ruo, Role.OPERATOR: Operator}
REGION = 1
INSTITUTION = code_of(28 * 0)  # of that region, in both sizes
VALUES = {"month": str(MONTH), "code": INSTITUTION, "institution": INSTITUTION, "kind": "xlsx"}
NUMBERED = "1"  # of what has a number: the first circular, load, rejected line
# Beside each page as its link opens it, the ways in which people look at the widest of them.
FILTERED = {
    Role.RUO: (
        f"/oversight/{MONTH}?state=unfinished",
        f"/oversight/{MONTH}?module=one",
        f"/oversight/{MONTH}?page=2",
    ),
    Role.OPERATOR: (f"/oversight/{MONTH}?region={REGION}", f"/oversight/{MONTH}/calls?region={REGION}"),
}


@dataclass(frozen=True)
class Asked:
    """How long the answer took, how many statements it asked, and how many bytes it has."""

    seconds: float
    statements: int
    length: int


Found = dict[tuple[Role, str], Asked]


def measured(folder: Path) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    sqlite = [f"sqlite:///{folder}/{name}.db" for name in ("full", "thousandth")]
    within = [_compared("SQLite", *sqlite)]
    with on_postgres("full", "thousandth") as url:
        if url:
            within.append(_compared("PostgreSQL", url.format("full"), url.format("thousandth")))
    return all(within)


def _compared(database: str, full: str, thousandth: str) -> bool:
    small, large = _asked(thousandth, THOUSANDTH), _asked(full, FULL)
    behind = f"{FULL.institutions:,} institutions, {FULL.records:,} records, {MONTHS} months"
    print(f"\nDesks on {database}: {behind}; median of {TIMES}.")
    print(
        "Older months are lists with their counts; letters and signatures are simulated (bench/country.py)."
    )
    print(f"  {'':<52}{'ms':>8}{'of 1/1000':>11}{'ratio':>7}{'statements':>12}{'kB':>12}")
    within = True
    for (role, address), asked in large.items():
        before = small.get((role, address))
        if before is None:  # a second page, where there is only one
            continue
        ratio = asked.seconds / before.seconds
        grew = ratio > RATIO and asked.seconds - before.seconds > NOISE
        is_over = grew or asked.seconds > SLOWEST
        within &= not is_over
        times = f"{asked.seconds * 1000:>8.1f}{before.seconds * 1000:>11.1f}{ratio:>7.2f}"
        statements = f"{before.statements:>7} → {asked.statements:<3}"
        lengths = f"{before.length // 1000:>6} → {asked.length // 1000:<4}"
        print(f"  {f'{role.value}: {address}':<52}{times}{statements}{lengths}{'OVER' if is_over else ''}")
    return within


def _asked(url: str, size: Size) -> Found:
    app = create_app(
        Config(env="test", base_url="http://localhost", database_url=url, pepper=b"p" * 32, clock=NOW,
               secret_key="only for measuring, and long enough")
    )  # fmt: skip
    started = time.perf_counter()
    with connected():
        upgrade_database()
        fill(size)
        clients = {role: _client(app, role) for role in DESKS}
    print(f"  filled with {size.institutions:,} institutions in {time.perf_counter() - started:.0f} s")
    found = {}
    for role, client in clients.items():
        for address in [*_addresses(app, role), *FILTERED[role]]:
            answer = client.get(address)
            if answer.status_code == 200:
                found[role, address] = _measured(client, address)
    return found


def _addresses(app: Any, role: Role) -> Iterator[str]:
    """Of every view that this desk may open, as a link would open it."""
    with app.test_request_context():
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: str(rule.rule)):
            guard = guard_of(rule.endpoint)
            if "GET" in (rule.methods or ()) and guard is not None and DESKS[role] in guard.kinds:
                values = {name: VALUES.get(name, NUMBERED) for name in rule.arguments}
                yield _address(str(rule.rule), values)


def _address(rule: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        start = rule.rindex("<", 0, rule.index(f"{name}>"))
        rule = rule[:start] + value + rule[rule.index(">", start) + 1 :]
    return rule


def _client(app: Any, role: Role) -> Any:
    user = User.create(
        email=f"{role.value}@example.org", name="Нора Петрова", role=role, invited_at=NOW, activated_at=NOW,
        region=REGION if role is Role.RUO else None,
    )  # fmt: skip
    mark(user, site=SITE)
    token = new_token()
    added(Login(digest=token_digest(token), user=user, made_at=NOW, seen_at=NOW), site=SITE)
    client = app.test_client()
    client.set_cookie("session", token, domain="localhost")
    return client


def _measured(client: Any, address: str) -> Asked:
    """The first answer compiles the templates, and is not among them."""
    db.close()  # what is asked is noted on connections that are opened meanwhile
    with noted() as asked:
        client.get(address)
        db.close()
    times = []
    gc.collect()
    for _ in range(TIMES):
        started = time.perf_counter()
        content = client.get(address).get_data()
        times.append(time.perf_counter() - started)
    return Asked(statistics.median(times), len(asked.statements), len(content))
