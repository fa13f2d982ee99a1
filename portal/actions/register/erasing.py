"""Retention: which registers are due to be erased and when, and erasing them on that day."""

import logging
from datetime import datetime

from portal.actions.register.keys.collection import hold_register
from portal.domain.month import Month
from portal.domain.times import today
from portal.storage.retention.erasing import collections_to_erase, erase_collection
from portal.storage.tables import audit
from portal.storage.tables.db import writing

ERASED = "register_erased"  # in the audit

logger = logging.getLogger(__name__)


def erase_registers(before: Month, *, now: datetime) -> list[int]:
    """Erase every register that is due, one transaction each. The school years; how many institutions
    had one is nobody's to know."""
    years = set()
    for collection in collections_to_erase(before, today(now)):
        institution = collection.institution_id
        with writing():
            hold_register(institution)
            if erase_collection(collection.id, now=now):
                audit.add(None, ERASED, f"collection:{collection.id}", now=now, chain=institution)
                years.add(collection.school_year)
    for year in sorted(years):
        logger.info("registers of %s erased", year)
    return sorted(years)
