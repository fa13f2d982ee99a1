"""A file being loaded: its name, its digest, its rejected lines, and what is reported about it."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PureWindowsPath
from types import MappingProxyType
from typing import IO, Any

from portal.domain.campaigns.rejected import Outcome
from portal.domain.errors import Refusal
from portal.domain.month import Month
from portal.domain.people import Operator
from portal.domain.placement import Doubt
from portal.exchange.file_names import named
from portal.exchange.text import Encoding, Reading, Row
from portal.storage.loading.tables import Load, RejectedLine
from portal.storage.tables import audit
from portal.storage.tables.bulk import add_rows

CHUNK = 1024 * 1024  # bytes
NAME_LENGTH = 120  # characters of a file's name that are kept
KINDS = {
    "asp": "списък от АСП",
    "ended": "списък на АСП за прекратените помощи",
    "answer": "отговор до АСП",
    "enrolments": "записвания",
    "calendar": "учебен календар",
    "institutions": "институции",
    "holidays": "дни по решение",
    "people": "потребители",
}
# What is counted of a file, and what people are told before the number.
COUNTS = {
    "received": "получени редове",
    "distributed": "разпределени",
    "rejected": "отхвърлени",
    "repaired": "поправени след отхвърляне",
    "added": "нови",
    "updated": "променени",
    "unchanged": "без промяна",
    "reset": "върнати за преглед заради нов брой от АСП",
    "removed": "отпаднали записвания",
    "moved": "преместени в друг списък",
    "missing": "липсващи във файла, които остават",
    **{doubt.value: doubt.label for doubt in Doubt},
    "under_limit": "записи с брой под границата",
}
# Of АСП's list of what was ended the same counts are about records of the answer.
OF_ENDED = {
    "removed": "отпаднали, защото новият файл не ги съдържа",
    "missing": "деца от отговора, за които файлът не казва нищо",
}
# A main file's lines replace those of its month, the same child's too.
OF_ENROLMENTS = {"added": "записани", "updated": "поправени"}
# Of people nothing is distributed: they are invited.
OF_PEOPLE = {
    "added": "нови покани",
    "updated": "смени на директора",
    "reset": "поканени отново",
    "unchanged": "поканени преди или с достъп",
}
TAKEN = "приети"  # of what belongs to nobody's list nothing is distributed
ALWAYS = ("received", "distributed", "rejected")  # said also when they are zero

Watch = Callable[[int, int | None], None]  # lines done, of how many if that is known


def unwatched(done: int, total: int | None) -> None:
    """Nobody looks on."""


def kept_name(name: str) -> str:
    """Without folders and whatever cannot be printed."""
    return "".join(c for c in PureWindowsPath(name).name if c.isprintable())[:NAME_LENGTH]


@dataclass(frozen=True)
class Source:
    """A seekable file and what it is called where it comes from."""

    stream: IO[bytes]
    name: str

    @property
    def kept_name(self) -> str:
        return kept_name(self.name)

    def sha256(self) -> str:
        self.stream.seek(0)
        digest = hashlib.sha256()
        while chunk := self.stream.read(CHUNK):
            digest.update(chunk)
        return digest.hexdigest()


def check_named(name: str, kind: str) -> None:
    """Raise Refusal if the file's name begins like that of another kind."""
    said = named(name)
    if said is not None and said.kind != kind:
        raise Refusal(
            f"По името си „{kept_name(name)}“ е {KINDS[said.kind]}, а не {KINDS[kind]}. "
            "Изберете верния файл; ако само името е сгрешено, преименувайте го.",
            field="file",
        )


def check_readable(reading: Reading[Any]) -> None:
    """Raise Refusal if nothing in the file can be trusted."""
    if reading.fault is not None:
        raise Refusal(reading.fault, field="file")


def check_not_empty(received: int) -> None:
    if received == 0:
        raise Refusal("Във файла няма нито един ред с данни. Изберете друг файл.", field="file")


def begin(
    kind: str,
    source: Source,
    encoding: Encoding,
    person: Operator | None,
    *,
    now: datetime,
    month: Month | None = None,
) -> Load:
    """The row of a load that is under way; its counts come at the end."""
    loaded: Load = Load.create(
        kind=kind,
        month=month,
        file_name=source.kept_name,
        sha256=source.sha256(),
        encoding=encoding.label,
        at=now,
        by=None if person is None else person.user_id,
    )
    return loaded


def finish(load: Load, person: Operator | None, *, now: datetime) -> Load:
    """Store the counts, and in the audit that the file was loaded; never what was in it."""
    load.received = load.distributed + load.rejected + load.repaired
    load.is_finished = True
    load.save()
    audit.add(person, f"loaded_{load.kind}", f"load:{load.id}", now=now, content=load.sha256)
    return load


def reject(
    load: Load, lines: Iterable[tuple[int, bytes, str]], standing: Mapping[int, int] = MappingProxyType({})
) -> None:
    """Keep rejected lines: number, as it came, faults joined by ``; ``. ``standing`` says by number which
    line of the file stands for the same child and reason."""
    rows = [
        (load.id, number, bytes(raw), faults, standing.get(number), Outcome.OPEN)
        for number, raw, faults in lines
    ]
    add_rows(RejectedLine, ("load", "number", "line", "faults", "standing", "outcome"), rows)
    load.rejected += len(rows)


def rejects_of(rows: Iterable[Row[Any]]) -> list[tuple[int, bytes, str]]:
    return [(row.number, row.raw, "; ".join(row.faults)) for row in rows if row.line is None]


def changes(load: Load, *, doubts: bool = True) -> dict[str, int]:
    """What the file changed and, with ``doubts``, of how many children nobody can be sure then; in people's
    words, and only what is not zero."""
    left_out = (*ALWAYS, "repaired") if doubts else (*ALWAYS, "repaired", *(doubt.value for doubt in Doubt))
    counts = {name: getattr(load, name) for name in COUNTS if name not in left_out}
    labels = labels_of(load)
    return {labels[name]: count for name, count in counts.items() if count}


def labels_of(load: Load) -> dict[str, str]:
    """What people are told before each number."""
    labels = COUNTS | {"distributed": distributed_label(load)}
    return labels | {"ended": OF_ENDED, "enrolments": OF_ENROLMENTS, "people": OF_PEOPLE}.get(load.kind, {})


def distributed_label(load: Load) -> str:
    return COUNTS["distributed"] if load.kind in ("asp", "enrolments") else TAKEN


def facts(load: Load) -> dict[str, Any]:
    """What a script is told."""
    counts: dict[str, Any] = {name: getattr(load, name) for name in COUNTS}
    return counts | {
        "id": load.id,
        "kind": load.kind,
        "month": None if load.month is None else str(load.month),
        "encoding": load.encoding,
        "sha256": load.sha256,
    }
