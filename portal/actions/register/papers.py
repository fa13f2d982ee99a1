"""Papers drawn from the register on request; none is ever kept."""

import logging
from dataclasses import dataclass, replace
from datetime import date, datetime

from portal.actions.register.keys.collection import REASON, Register, held
from portal.actions.register.keys.session import Session
from portal.actions.register.sealing import TAMPERED
from portal.actions.register.uses import check_reason
from portal.actions.register.years import Years, read_years
from portal.actions.site import Site
from portal.crypto.register import new_id, seal_record
from portal.documents.day_numbers import numbers_pdf, numbers_xlsx
from portal.documents.distance_order import order_pdf, order_xlsx
from portal.documents.heading import Heading
from portal.documents.register_list import list_pdf, list_xlsx
from portal.domain.errors import Conflict
from portal.domain.month import Month
from portal.domain.people import Scope, Staff, check_scope
from portal.domain.register.papers import (
    Asked,
    PaperFormat,
    PaperKind,
    check_asked,
    day_numbers,
    on_list,
    on_order,
    order_span,
)
from portal.domain.times import today
from portal.storage.tables import audit
from portal.storage.tables.db import writing
from portal.storage.tables.register import RegisterUse

logger = logging.getLogger(__name__)

NOTHING_YET = "В регистъра още няма никого. Първо впишете лицата под карантина."


@dataclass(frozen=True)
class Paper:
    """A file for the person who asked. Its name tells what it is and of which day, and of nobody."""

    name: str
    content: bytes


def make_paper(
    person: Staff, session: Session, asked: Asked, *, reason: str = "", site: Site, now: datetime
) -> Paper:
    """Locked, NoKey, or Refusal with what is missing. A delegate says why; the director reads it."""
    check_scope(person, Scope.REGISTER)
    check_asked(asked)
    reason = check_reason(person, reason)
    day = asked.day or asked.first or today(now)
    years = read_years(person, session, Month.of(day).school_year, site=site, now=now)
    if not years.registers:
        raise Conflict(NOTHING_YET)
    if not years.is_whole:
        raise Conflict(TAMPERED)
    heading = Heading(person.institution_name, person.institution, person.name, now)
    content = _drawn(heading, years, asked, day, today(now))
    _tell(person, years.registers[0], asked, reason, now=now)
    assert asked.kind is not None
    assert asked.format is not None
    logger.info("paper %s by user %s", asked.kind.value, person.user_id)
    return Paper(f"karantina-{asked.kind.value}-{day.isoformat()}.{asked.format.value}", content)


def _drawn(heading: Heading, years: Years, asked: Asked, wanted: date, current: date) -> bytes:
    """``wanted`` is the day of the list and of the numbers; an order without a first day begins with
    ``current``."""
    notes = _notes(years)
    is_pdf = asked.format is PaperFormat.PDF
    match asked.kind:
        case PaperKind.RZI:
            entries = on_list(years.entries, wanted, asked.class_name)
            return (list_pdf if is_pdf else list_xlsx)(heading, entries, wanted, notes=notes)
        case PaperKind.ORDER:
            entries = on_order(years.entries, asked, current)
            span = order_span(entries, asked)
            draw = order_pdf if is_pdf else order_xlsx
            return draw(heading, entries, entries[0].class_name, span, notes=notes)
    return (numbers_pdf if is_pdf else numbers_xlsx)(heading, day_numbers(years.entries, wanted), notes=notes)


def _notes(years: Years) -> list[str]:
    """What the reader has to know of what is missing."""
    if not years.unreadable:
        return []
    return [f"Непълно: {years.unreadable} от записите в регистъра не могат да бъдат отворени. Проверете ги."]


def _tell(person: Staff, register: Register, asked: Asked, reason: str, *, now: datetime) -> None:
    """The audit learns who made which paper and when; no class, no day, no content."""
    assert asked.kind is not None
    with writing():
        register = replace(register, collection=held(register))  # a reason is sealed with the key of now
        thing = f"collection:{register.collection.id}"
        if reason:
            thing = f"use:{_kept(register, asked.kind, reason, now=now)}"
        audit.add(person, f"register_paper_{asked.kind.value}", thing, now=now, chain=person.institution)


def _kept(register: Register, kind: PaperKind, reason: str, *, now: datetime) -> str:
    """The id of the reason, sealed like an entry: it may name a child."""
    name = new_id()
    RegisterUse.create(
        id=name,
        collection=register.collection.id,
        user=register.person.user_id,
        at=now,
        what=f"paper_{kind.value}",
        sealed=seal_record(register.key, reason.encode(), register.place(REASON, name)),
    )
    return name
