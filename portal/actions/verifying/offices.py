"""Checking calls and letters of the offices, and corrections after the deadline: each as it was noted, and
none gone but with its month."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from portal.actions.calls import noting
from portal.actions.campaigns import requests
from portal.actions.oversight import writing
from portal.actions.retention.purging import PURGED
from portal.actions.verifying.finding import Finding
from portal.storage.calls.tables import PhoneCall
from portal.storage.tables.answers import CorrectionRequest
from portal.storage.tables.audit import AuditEntry, contents
from portal.storage.tables.letters import OfficeLetter
from portal.storage.tables.snapshot import in_batches

Word = tuple[str, int, datetime | None]  # which, by whom and when


def check_calls() -> Iterator[Finding]:
    """Whoever can write into the tables could else make a director promise what was never promised."""
    for code, thing in _changed(PhoneCall, noting.CALLED, noting.thing_of, noting.digest_of):
        yield Finding(f"call_{code}", thing, f"Обаждане № {_number(thing)} {SAID[code]}.")


def check_office_letters() -> Iterator[Finding]:
    """Nor may an office be made to have written what it did not."""
    for code, thing in _changed(OfficeLetter, writing.WRITTEN, writing.thing_of, writing.digest_of):
        yield Finding(f"office_letter_{code}", thing, f"Писмо на РУО № {_number(thing)} {SAID[code]}.")


def check_corrections() -> Iterator[Finding]:
    """Nor may a correction be asked for, supported or granted by a hand in the tables. After a purge nobody
    can tell of which month one was that is gone."""
    said = _said_of_corrections()
    for batch in in_batches(CorrectionRequest.select(), CorrectionRequest.id):
        for row in batch:
            if said.pop(thing := f"correction:{row.id}", None) != set(_words_of(row)):
                yield _correction("changed", thing)
    purged = AuditEntry.select(AuditEntry.at).where(AuditEntry.what == PURGED)
    last = max((entry.at for entry in purged), default=None)
    for thing, words in sorted(said.items()):
        if last is None or any(at is not None and at > last for _, _, at in words):
            yield _correction("deleted", thing)


def _words_of(row: CorrectionRequest) -> Iterator[Word]:
    yield requests.ASKED, row.asked_by_id, row.asked_at
    if row.supported is not None:
        word = requests.SUPPORTED if row.supported else requests.NOT_SUPPORTED
        yield word, row.supported_by_id, row.supported_at
    if row.granted is not None:
        word = requests.GRANTED if row.granted else requests.DECLINED
        yield word, row.answered_by_id, row.answered_at


def _said_of_corrections() -> dict[str, set[Word]]:
    words = (
        requests.ASKED, requests.SUPPORTED, requests.NOT_SUPPORTED, requests.GRANTED, requests.DECLINED,
    )  # fmt: skip
    said: dict[str, set[Word]] = {}
    for batch in in_batches(AuditEntry.select().where(AuditEntry.what.in_(words)), AuditEntry.id):
        for entry in batch:
            said.setdefault(entry.object, set()).add((entry.what, entry.who, entry.at))
    return said


def _correction(code: str, thing: str) -> Finding:
    return Finding(f"correction_{code}", thing, f"Искане за поправка № {_number(thing)} {SAID[code]}.")


SAID = {"changed": "не е онова, което е записано", "deleted": "стои в одита, а го няма"}


def _changed(
    table: Any, word: str, thing_of: Callable[[Any], str], digest_of: Callable[[Any], str]
) -> Iterator[tuple[str, str]]:
    said = dict(contents(word))
    erased = {thing.partition(":")[2] for thing, _ in contents(PURGED)}
    for batch in in_batches(table.select(), table.id):
        for row in batch:
            if said.pop(thing_of(row), None) != digest_of(row):
                yield "changed", thing_of(row)
    yield from (("deleted", thing) for thing in sorted(said) if _campaign(thing) not in erased)


def _number(thing: str) -> str:
    return thing.partition(":")[2]


def _campaign(thing: str) -> str:
    return _number(thing).partition("-")[0]
