"""What the entries of an institution's audit are about, in words that name no child."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from portal.domain.month import Month
from portal.domain.register.entry import school_year_label
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.people import Delegation, User
from portal.storage.tables.register import Collection, RegisterUse

SHOWN_OF_ID = 6  # letters of a random id: enough to tell two entries of the register apart


def keys(rows: Iterable[AuditEntry], kind: str) -> list[int]:
    """The numbers of the things of one kind."""
    return [int(key) for key in _names(rows, kind) if key.isdecimal()]


def things_of(rows: list[AuditEntry]) -> dict[str, str]:
    """Of which month a record or a list is, whose an account is. No child is named here."""
    return _lists(rows) | _people(rows) | _register(rows)


def _lists(rows: list[AuditEntry]) -> dict[str, str]:
    records = Record.select(Record.id, Campaign.month).join(Campaign)
    lists = Submission.select(Submission.id, Campaign.month).join(Campaign)
    of_records = _pairs(records.where(Record.id.in_(keys(rows, "record"))))
    of_lists = _pairs(lists.where(Submission.id.in_(keys(rows, "submission"))))
    told = {f"record:{key}": f"запис № {key} за {month.label}" for key, month in of_records}
    return told | {f"submission:{key}": f"списъкът за {month.label}" for key, month in of_lists}


def _people(rows: list[AuditEntry]) -> dict[str, str]:
    users = User.select(User.id, User.name).where(User.id.in_(keys(rows, "user")))
    orders = Delegation.select(Delegation.id, User.name).join(User, on=(Delegation.user == User.id))
    delegates = orders.where(Delegation.id.in_(keys(rows, "delegation")))
    told = {f"user:{key}": f"профил на {name}" for key, name in _pairs(users)}
    return told | {f"delegation:{key}": f"упълномощаване на {name}" for key, name in _pairs(delegates)}


def _register(rows: list[AuditEntry]) -> dict[str, str]:
    """An entry goes by the beginning of its random id, a register by its school year."""
    years = Collection.select(Collection.id, Collection.school_year)
    uses = RegisterUse.select(RegisterUse.id, Collection.school_year).join(Collection)
    told = {f"use:{key}": "регистърът" for key in _names(rows, "use")}  # of an erased one nothing is left
    told |= {
        f"{kind}:{key}": f"регистърът за учебната {school_year_label(year)} година"
        for kind, query in (
            ("collection", years.where(Collection.id.in_(_names(rows, "collection")))),
            ("use", uses.where(RegisterUse.id.in_(_names(rows, "use")))),
        )
        for key, year in _pairs(query)
    }
    told |= {f"entry:{key}": f"запис {key[:SHOWN_OF_ID]}… в регистъра" for key in _names(rows, "entry")}
    return told | {f"month:{key}": f"месец {label}" for key, label in _months(rows)}


def _months(rows: list[AuditEntry]) -> Iterator[tuple[str, str]]:
    for key in _names(rows, "month"):
        with suppress(ValueError):
            yield key, Month.parse(key).label


def _names(rows: Iterable[AuditEntry], kind: str) -> list[str]:
    found = {row.object.partition(":") for row in rows}
    return [key for name, _, key in found if name == kind]


def _pairs(query: Any) -> list[tuple[Any, Any]]:
    return list(query.tuples())
