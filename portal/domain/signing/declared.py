"""A declaration as people read it: its bytes parsed again, with totals and consequences."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from portal.domain.calendar import Band
from portal.domain.consequences import Total, kind_of, totals
from portal.domain.decisions import Case, Decision, Reason, RefusalReason
from portal.domain.enrolled import Enrolled, facts_of
from portal.domain.identifiers import IdType, masked
from portal.domain.names import folded
from portal.domain.placement import class_label, class_order
from portal.domain.signing.declaration import (
    ENROLLED,
    FIRST_VERSION,
    SCHEMA,
    SCHEMA_VERSION,
    VERSIONS,
    Header,
    Line,
    told_by_band,
)


class Unreadable(ValueError):
    """Bytes that are no declaration of this schema."""


@dataclass(frozen=True)
class Entry:
    """One line, with its codes as domain values."""

    line: Line

    @property
    def names(self) -> str:
        parts = (self.line.given.strip(), self.line.middle.strip(), self.line.family.strip())
        return " ".join(part for part in parts if part)

    @property
    def identifier(self) -> str:
        """Masked: ``ЕГН 135*****28``."""
        return f"{IdType[self.line.id_type.upper()].label} {masked(self.line.id_number)}"

    @property
    def class_code(self) -> int | None:
        return int(self.line.class_code) if self.line.class_code else None

    @property
    def reason(self) -> Reason:
        return Reason[self.line.reason.upper()]

    @property
    def decision(self) -> Decision:
        return Decision[self.line.decision.upper()]

    @property
    def class_name(self) -> str:
        return class_label(self.class_code)

    @property
    def case(self) -> Case:
        """For its figure and unit; the school days are no part of a declaration. A pupil's days were counted
        in a kindergarten."""
        figure = {Reason.ABSENCE: self.line.absences, Reason.DISTANCE: self.line.days}.get(self.reason)
        is_pupil = Band(self.line.band) is not Band.PRESCHOOL
        return Case(
            self.reason,
            None if figure is None else Decimal(figure),
            is_pupil,
            school_days=0,
            in_kindergarten=is_pupil and self.line.counted_in == "days",
        )

    @property
    def corrected(self) -> Decimal | None:
        return Decimal(self.line.corrected) if self.line.corrected else None

    @property
    def refusal(self) -> RefusalReason | None:
        return RefusalReason(self.line.refusal_reason) if self.line.refusal_reason else None

    @property
    def enrolled(self) -> Enrolled | None:
        """What was stated of the certificate and the class."""
        number, issued, name, since = (getattr(self.line, field) for field in ENROLLED)
        return Enrolled.stated(number, _day(issued), name, _day(since))

    @property
    def facts(self) -> list[str]:
        """What was stated of a child who is enrolled."""
        line = self.line
        return facts_of(certificate=line.certificate, placed=line.placed, enrolled=self.enrolled)

    @property
    def remarks(self) -> list[str]:
        """The facts, and the note as it was written."""
        return [*self.facts, *([self.line.note] if self.line.note else [])]


@dataclass(frozen=True)
class Declared:
    """The page to sign is drawn from this, so from the bytes themselves."""

    header: Header
    entries: tuple[Entry, ...]

    @property
    def totals(self) -> list[Total]:
        return totals((entry.case, entry.decision) for entry in self.entries)

    @property
    def by_class(self) -> list[tuple[str, list[Entry]]]:
        """Class by class, and in a class by name."""
        groups: dict[int | None, list[Entry]] = {}
        for entry in sorted(self.entries, key=lambda entry: (folded(entry.names), entry.line.order)):
            groups.setdefault(entry.class_code, []).append(entry)
        return [(class_label(code), groups[code]) for code in sorted(groups, key=class_order)]

    @property
    def refused(self) -> list[Entry]:
        """Class by class, as all of them."""
        return [entry for _, group in self.by_class for entry in group if entry.decision is Decision.REFUSED]

    @staticmethod
    def by_kind(entries: list[Entry]) -> list[tuple[Total, list[Entry]]]:
        """Those of one reason and decision together, so that what they mean is said once."""
        kinds: dict[tuple[Reason, Decision, bool], list[Entry]] = {}
        for entry in entries:
            kinds.setdefault(kind_of(entry.case, entry.decision), []).append(entry)
        return [(Total(*kind, len(group)), group) for kind, group in sorted(kinds.items())]

    def count(self, decision: Decision) -> int:
        return sum(entry.decision is decision for entry in self.entries)


def read(content: bytes) -> Declared:
    """What ``declaration`` was made of; Unreadable for anything else."""
    try:
        value = json.loads(content)
        if value.pop("schema") != SCHEMA or value["schema_version"] not in VERSIONS:
            raise Unreadable("another schema")
        lines = [_line(record, value["schema_version"]) for record in value.pop("records")]
        issued_at = datetime.strptime(value.pop("issued_at"), "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        version = int(value.pop("list_version"))
        header = Header(issued_at=issued_at, list_version=version, **value)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable("these bytes are no declaration") from error
    return Declared(header, tuple(Entry(line) for line in lines))


def version_of(content: bytes) -> str:
    """In which version of the schema the bytes are written; today's, where they are no declaration."""
    try:
        return read(content).header.schema_version
    except Unreadable:
        return SCHEMA_VERSION


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _line(record: dict[str, Any], version: str) -> Line:
    if version != SCHEMA_VERSION:
        record = {**dict.fromkeys(ENROLLED, ""), **record}
    if version == FIRST_VERSION:
        record = {"counted_in": told_by_band(record["reason"], record["band"]), **record}
    return Line(**record)
