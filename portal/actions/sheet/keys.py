"""The key of a row: made for a record as it stands, and looked at when it comes back."""

import hmac

from portal.actions.site import Site
from portal.crypto.pepper import sheet_mark
from portal.domain.decisions import Decided
from portal.domain.month import Month
from portal.domain.sheet.keys import RowKey, parse_key
from portal.storage.tables.campaigns import Record

BASE, MARK = 16, 32  # hexadecimal letters: of 64 and 128 bits


def key_of(record: Record, month: Month, decided: Decided, *, site: Site) -> str:
    """For the hidden column; ``decided`` is what the row says when it goes out."""
    base = base_of(record.id, decided, site=site)
    key = RowKey(record.institution_id, month, record.id, record.version, base)
    return key.text(_mark(key, site=site))


def base_of(record_id: int, decided: Decided, *, site: Site) -> str:
    """Stands for what a row says. Keyed: whoever finds an old sheet cannot try what was decided."""
    facts = (
        decided.decision.code,
        "" if decided.corrected is None else f"{decided.corrected.normalize():f}",
        decided.reason.value if decided.reason else "",
        decided.note,
        str(decided.certificate),
        str(decided.placed),
        *((decided.enrolled.certificate, decided.enrolled.place) if decided.enrolled else ()),
    )
    return sheet_mark(site.pepper, "base", str(record_id), *facts).hex()[:BASE]


def read_key(text: str, *, site: Site) -> RowKey | None:
    """None for what the portal did not make: empty, changed, or another portal's."""
    found = parse_key(text)
    if found is None:
        return None
    key, mark = found
    return key if hmac.compare_digest(mark, _mark(key, site=site)) else None


def _mark(key: RowKey, *, site: Site) -> str:
    return sheet_mark(site.pepper, "row", *key.facts).hex()[:MARK]
