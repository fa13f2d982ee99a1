"""A register entry as the bytes that are sealed, with its earlier revisions inside."""

import json
from dataclasses import fields, replace
from datetime import date, datetime
from enum import Enum
from typing import Any

from portal.domain.identifiers import IdType
from portal.domain.register.entry import Basis, Draft, Entry, PersonKind
from portal.domain.signing.declaration import canonical, timestamp

SCHEMA = "bg.confirmations.quarantine"
SCHEMA_VERSION = "1"
_HEAD = {"schema": SCHEMA, "schema_version": SCHEMA_VERSION}

LABELS = {
    "person": "Лице",
    "first_name": "Име",
    "middle_name": "Презиме",
    "last_name": "Фамилия",
    "id_type": "Вид на идентификатора",
    "id_number": "Идентификатор",
    "class_name": "Паралелка или група",
    "basis": "Основание",
    "prescription": "Номер на предписанието от РЗИ",
    "phone": "Телефон",
    "place": "Място на карантината",
    "placed_on": "Под карантина от",
    "planned_until": "Планиран край",
    "released_on": "Освободен (последен ден)",
    "note": "Бележка",
}
_STRUCK_OUT = "struck_out"
CHANGES = LABELS | {_STRUCK_OUT: "Зачеркнат запис"}  # what a later revision may say otherwise
_FACTS = tuple(field.name for field in fields(Entry) if field.name != "history")


_FACTS_OF_OLD = tuple(name for name in _FACTS if name != _STRUCK_OUT)


class Unreadable(ValueError):
    """Bytes that are no entry, or one of a later version: never shown, never written over."""


def written(entry: Entry, *, by: str, at: datetime, over: Entry | None = None) -> Entry:
    """The entry as the next revision ``over`` an earlier one, which it keeps inside."""
    return replace(entry, by=by, at=at, history=() if over is None else (*over.history, facts(over)))


def facts(entry: Entry) -> dict[str, str]:
    """All but the history, as words; nothing is an empty one.

    Why it was struck out is there only where it was: all others are written as before there was such a
    thing, and a portal of that time takes no struck-out entry for one that counts.
    """
    names = _FACTS if entry.is_struck_out else _FACTS_OF_OLD
    return {name: _word(getattr(entry, name)) for name in names}


def revisions(entry: Entry) -> tuple[Entry, ...]:
    """Every revision, oldest first; the last is this one."""
    return *(_entry(earlier) for earlier in entry.history), entry


def says_the_same(one: Draft, other: Draft) -> bool:
    """Whether they tell the same of the same person, whoever wrote them and when."""
    return all(getattr(one, name) == getattr(other, name) for name in LABELS)


def to_bytes(entry: Entry) -> bytes:
    """What is sealed: canonical JSON, so that equal entries are equal bytes."""
    return canonical(_HEAD | {"entry": facts(entry), "history": list(entry.history)})


def from_bytes(content: bytes) -> Entry:
    """The entry of ``to_bytes``; Unreadable for anything else, and what it was is not told."""
    try:
        found = json.loads(content)
        history = found.pop("history")
        *_, entry = [_entry(each) for each in [*history, found.pop("entry")]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unreadable("not an entry") from None
    if found != _HEAD:
        raise Unreadable("another schema or version")
    return replace(entry, history=tuple(history))


def _word(value: Any) -> str:
    match value:
        case None:
            return ""
        case Enum():
            return str(value.value)
        case datetime():
            return timestamp(value)
        case date():
            return value.isoformat()
    return str(value)


def _entry(found: dict[str, str]) -> Entry:
    if set(found) not in (set(_FACTS), set(_FACTS_OF_OLD)) or not all(
        isinstance(word, str) for word in found.values()
    ):
        raise Unreadable("other facts than this version keeps")
    values: dict[str, Any] = dict(found)
    return Entry(**values | {name: read(found[name]) for name, read in _READ.items()})


def _optional(read: Any) -> Any:
    return lambda word: read(word) if word else None


_READ: dict[str, Any] = {
    "person": PersonKind,
    "basis": Basis,
    "id_type": _optional(lambda word: IdType(int(word))),
    "class_code": _optional(int),
    "placed_on": date.fromisoformat,
    "planned_until": date.fromisoformat,
    "released_on": _optional(date.fromisoformat),
    "at": _optional(datetime.fromisoformat),
}
