"""Loading institutions.csv: rows are added or updated by code, never deleted; who is missing is said."""

import logging
import re
from datetime import datetime

from portal.actions.loading.files import (
    Source,
    begin,
    check_named,
    check_not_empty,
    check_readable,
    finish,
    reject,
    rejects_of,
)
from portal.domain.people import Operator
from portal.domain.times import today
from portal.exchange.institutions import InstitutionLine, read_institutions
from portal.exchange.text import Row
from portal.storage.campaigns.overview import campaigns_under_way
from portal.storage.letters.again import put_down_again
from portal.storage.lists.counted import count_anew
from portal.storage.lists.held import hold_months, make_lists
from portal.storage.loading.tables import Load
from portal.storage.people.persons import region_name
from portal.storage.tables.bulk import add_rows, batches, change_rows, planned_anew
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.db import lock_name, writing
from portal.storage.tables.institutions import Institution

logger = logging.getLogger(__name__)

_CODE = re.compile(rb"(?<![0-9])[0-9]{7}(?![0-9])")
KEPT = ("name", "type", "region", "region_name", "municipality", "email", "phone")


def load_institutions(person: Operator | None, source: Source, *, now: datetime) -> Load:
    """Every good line is an institution, with a list in each campaign that is not answered. One that the file
    leaves out stays as it is, and is remembered as missing until a file names it again. What an address did
    not take goes once more where the file corrects it."""
    check_named(source.name, "institutions")
    reading = read_institutions(source.stream)
    check_readable(reading)
    with writing():
        lock_name("institutions")
        campaigns = list(Campaign.select().where(Campaign.answered_at.is_null()))
        hold_months(campaign.month for campaign in campaigns)
        load = begin("institutions", source, reading.encoding, person, now=now)
        named: set[str] = set()
        for batch in batches(reading):
            reject(load, rejects_of(batch))
            _store(load, batch)
            named |= _named(batch)
        check_not_empty(load.distributed + load.rejected)
        if load.distributed:  # a file of nothing but rejects says nothing of who is there
            _note_missing(load, named, now=now)
        for campaign in campaigns:
            make_lists(campaign, day=today(now))
        again = put_down_again(now=now)
        finish(load, person, now=now)
    region_name.forget()
    if load.added:  # where a child is enrolled may be known now
        with planned_anew():
            for campaign in campaigns_under_way(now=now):
                count_anew(campaign, now=now)
    logger.info("load %s: %s letters to corrected addresses once more", load.id, again)
    return load


def _store(load: Load, batch: list[Row[InstitutionLine]]) -> None:
    new, changed = [], []
    lines = [row.line for row in batch if row.line is not None]
    known = {i.code: i for i in Institution.select().where(Institution.code.in_([x.code for x in lines]))}
    for line in lines:
        values = _values(line)
        if line.code not in known:
            new.append((line.code, *values))
        elif values != tuple(getattr(known[line.code], name) for name in KEPT):
            changed.append((*values, line.code))
    add_rows(Institution, ("code", *KEPT), new)
    change_rows(Institution, KEPT, changed)
    load.distributed += len(lines)
    load.added += len(new)
    load.updated += len(changed)
    load.unchanged += len(lines) - len(new) - len(changed)


def _named(batch: list[Row[InstitutionLine]]) -> set[str]:
    """The codes in these lines; a line that was rejected speaks of its institution nevertheless."""
    good = {row.line.code for row in batch if row.line is not None}
    bad = (code.decode() for row in batch if row.line is None for code in _CODE.findall(row.raw))
    return good.union(bad)


def _note_missing(load: Load, named: set[str], *, now: datetime) -> None:
    """Since when an institution is missing; those that are closed are missed by nobody."""
    known = list(Institution.select(Institution.code, Institution.missing_since, Institution.closed_on))
    changed = []
    for institution in known:
        since = None if institution.code in named else institution.missing_since or now
        if since != institution.missing_since:
            changed.append((since, institution.code))
    change_rows(Institution, ("missing_since",), changed)
    load.missing = sum(each.code not in named and each.closed_on is None for each in known)


def _values(line: InstitutionLine) -> tuple[object, ...]:
    """In the order of KEPT."""
    return (
        line.name, line.type, line.region_code, line.region, line.municipality, line.email, line.phone,
    )  # fmt: skip
