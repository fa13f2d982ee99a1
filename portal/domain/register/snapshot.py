"""What is kept of a confirmed month of the register: the list at that moment, as bytes to be sealed."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.domain.calendar import Band, Span
from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.domain.register.entry import PersonKind
from portal.domain.register.month import Child, MonthList, Placed, Worker
from portal.domain.signing.declaration import canonical, digest, timestamp

SCHEMA = "bg.confirmations.quarantine-month"
SCHEMA_VERSION = "1"

# „Няма лица“ and a list of some 300 children take the same room, so that the length tells nothing of
# what is inside. Steps of 256 bytes, as an entry has, would count the children. Our decision.
STEP = 64 * 1024
FRAME = 4  # bytes that sealing puts before the content


@dataclass(frozen=True)
class Snapshot:
    """What was confirmed, by whom and when."""

    found: MonthList
    by: str
    at: datetime


def to_bytes(kept: Snapshot, month: Month, institution: str) -> bytes:
    """What is sealed when a month is confirmed: canonical JSON, filled up with spaces."""
    content = canonical(
        {
            "schema": SCHEMA,
            "schema_version": SCHEMA_VERSION,
            "month": str(month),
            "institution": institution,
            "by": kept.by,
            "at": timestamp(kept.at),
            **_facts(kept.found),
        }
    )
    steps = -(-(len(content) + FRAME) // STEP)
    return content.ljust(steps * STEP - FRAME)


def from_bytes(content: bytes) -> Snapshot | None:
    """What ``to_bytes`` wrote; none for anything else."""
    try:
        facts = json.loads(content)
        if (facts["schema"], facts["schema_version"]) != (SCHEMA, SCHEMA_VERSION):
            return None
        found = MonthList(
            tuple(_read_child(child) for child in facts["children"]),
            tuple(_read_worker(worker) for worker in facts["staff"]),
        )
        return Snapshot(found, facts["by"], datetime.fromisoformat(facts["at"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def fingerprint(found: MonthList) -> str:
    """By which a page tells whether the list is still as it was shown."""
    return digest(canonical(_facts(found)))


def _facts(found: MonthList) -> dict[str, object]:
    return {
        "children": [_child_facts(child) for child in found.children],
        "staff": [_worker_facts(worker) for worker in found.staff],
    }


def _child_facts(child: Child) -> dict[str, object]:
    return {
        "names": child.names,
        "id_type": "" if child.id_type is None else str(int(child.id_type)),
        "id_number": child.id_number,
        "class": child.class_name,
        "band": child.band.value,
        "placed": child.placed.value,
        "periods": _spans(child.periods),
        "days": str(child.days),
    }


def _worker_facts(worker: Worker) -> dict[str, object]:
    return {"names": worker.names, "kind": worker.kind.value, "periods": _spans(worker.periods)}


def _spans(periods: Iterable[Span]) -> list[str]:
    return [f"{span.first.isoformat()}/{span.last.isoformat()}" for span in periods]


def _read_child(facts: dict[str, Any]) -> Child:
    return Child(
        names=facts["names"],
        id_type=IdType(int(facts["id_type"])) if facts["id_type"] else None,
        id_number=facts["id_number"],
        class_name=facts["class"],
        band=Band(facts["band"]),
        placed=Placed(facts["placed"]),
        periods=_read_spans(facts["periods"]),
        days=int(facts["days"]),
    )


def _read_worker(facts: dict[str, Any]) -> Worker:
    return Worker(facts["names"], PersonKind(facts["kind"]), _read_spans(facts["periods"]))


def _read_spans(texts: Iterable[str]) -> tuple[Span, ...]:
    halves = (text.split("/") for text in texts)
    return tuple(Span(date.fromisoformat(first), date.fromisoformat(last)) for first, last in halves)
