"""People work while things break; then everything is at rest, and what they were told is looked for."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from portal.actions.people.delegations import Appointment, name_delegate
from portal.domain.delegations import Terms
from portal.domain.people import Scope
from portal.storage.people.persons import person_of
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.people import Delegation, User
from tests.cast import (
    EGNS,
    KINDERGARTEN,
    NOW,
    OTHER_SCHOOL,
    SCHOOL,
    SITE,
    add_record,
)
from tests.faults.breaking import Breaker, Cluster, Portal
from tests.faults.ledger import Findings
from tests.faults.people import Alone, Decider, Director, Keeper, Operator, Person, Reader
from tests.served import ROOT, environment, free_port
from tests.storage.databases import opened
from tests.waiting import PATIENCE

CHILDREN = 6  # of each list


@dataclass(frozen=True)
class Outcome:
    """``faults`` by name, ``answers`` by status, and ``deeds``: how often each was there."""

    findings: Findings
    faults: Counter[str]
    deeds: int
    acknowledged: int

    def __str__(self) -> str:
        answers = ", ".join(f"{status}: {count}" for status, count in sorted(self.findings.answers.items()))
        faults = ", ".join(f"{name} {count}" for name, count in sorted(self.faults.items()))
        return "\n".join((
            f"{self.deeds} deeds, {self.acknowledged} changes acknowledged", f"answers {answers}",
            f"faults {faults}", *self.findings.broken,
        ))  # fmt: skip


def work(
    database: str,
    folder: Path,
    *,
    seed: str,
    seconds: float,
    longest: float,
    disk: Path | None = None,
    cluster: Cluster | None = None,
) -> Outcome:
    """``database`` holds the cast, and nobody else uses it. ``seed`` says what people and faults choose; the
    machine says when."""
    findings = Findings()
    with opened(database):
        _authorise_dora()
        lists = {
            code: [add_record(code, class_code=3).id for _ in range(CHILDREN)]
            for code in (SCHOOL, OTHER_SCHOOL, KINDERGARTEN)
        }
    port = free_port()
    portal = Portal(environment(database, folder, port), folder / "gunicorn.log")
    portal.start()
    people = _people(port, findings, seed, lists)
    breaker = Breaker(portal, database, random.Random(f"{seed}/faults"), longest, disk, cluster)
    try:
        faults = _break(breaker, people, seconds)
        for person in people:
            person.join(PATIENCE)
            if person.is_alive():
                findings.breaks(f"{person.name} waits without end")
        with opened(database):
            for person in people:
                person.check()
            acknowledged = _check_audit(people, findings)
    finally:
        portal.end()
    _check_log(portal.log, findings)
    _verify(portal.settings, findings)
    return Outcome(findings, faults, sum(person.done for person in people), acknowledged)


def _authorise_dora() -> None:
    """As Ана does it: the cast's authorisation is in no audit, which ``verify`` would say."""
    Delegation.delete().execute()
    ana = User.get(User.email == "ana@example.org")
    terms = Terms(frozenset({Scope.DECIDE}), "РД-15/12.01.2021", date(2021, 6, 30))
    wanted = Appointment("dora@example.org", "Дора Илиева", terms)
    name_delegate(person_of(ana, NOW.date()), wanted, site=SITE, now=NOW)


def _people(port: int, findings: Findings, seed: str, lists: dict[str, list[int]]) -> list[Person]:
    """Ана and her delegate share a list. Борис keeps the register."""

    def words(name: str) -> tuple[str, int, Findings, str]:
        return f"{name}@example.org", port, findings, seed

    shared = lists[SCHOOL]
    boris = Keeper(*words("boris"), records=lists[OTHER_SCHOOL], institution=OTHER_SCHOOL)
    boris.open_register()
    return [
        boris,
        Director(*words("ana"), records=shared[::2], institution=SCHOOL),
        Decider(*words("dora"), records=shared[1::2]),
        Alone(*words("vyara"), records=lists[KINDERGARTEN], institution=KINDERGARTEN),
        Operator(*words("oleg"), numbers=EGNS),
        Reader(*words("nora"), pages=("/", "/oversight/2020-12", "/account")),
    ]


def _break(breaker: Breaker, people: list[Person], seconds: float) -> Counter[str]:
    faults: Counter[str] = Counter()
    end = time.monotonic() + seconds
    for person in people:
        person.start()
    try:
        while time.monotonic() < end:
            fault = breaker.random.choice(breaker.faults)
            fault()
            faults[fault.__name__] += 1
            breaker.rest()
    finally:
        for person in people:
            person.is_over.set()
    return faults


def _check_audit(people: list[Person], findings: Findings) -> int:
    """Each decision that was acknowledged has an entry; how many changes were acknowledged in all."""
    entries = Counter(entry.object for entry in AuditEntry.select())
    for person in people:
        for number, kept in getattr(person, "records", {}).items():
            if entries[f"record:{number}"] < kept.acknowledged:
                findings.breaks(
                    f"record {number}: {kept.acknowledged} changes, {entries[f'record:{number}']} entries"
                )
    return sum(kept.acknowledged for person in people for kept in _kept(person))


def _kept(person: Person) -> list:
    held = vars(person).values()
    many = [kept for value in held if isinstance(value, dict) for kept in value.values()]
    return [kept for kept in [*held, *many] if hasattr(kept, "acknowledged")]


def _check_log(log: Path, findings: Findings) -> None:
    """Whatever breaks around it, the portal's own code does not: that is a line „defect“."""
    for line in log.read_text(errors="replace").splitlines():
        if " defect " in line or line.startswith("Traceback"):
            findings.breaks(f"in the log: {line}")


def _verify(settings: dict[str, str], findings: Findings) -> None:
    code = "from portal.cli import main; main()"
    command = [sys.executable, "-c", code, "verify"]
    told = subprocess.run(command, cwd=ROOT, env=os.environ | settings, capture_output=True, text=True)
    if told.returncode:
        findings.breaks(f"portal verify: {told.stdout}{told.stderr}")
