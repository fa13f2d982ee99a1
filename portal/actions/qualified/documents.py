"""The printed form of a declaration: drawn once and kept, so that a signed PDF can be compared with it."""

import hmac
import logging
from datetime import datetime
from hashlib import sha256

from portal.actions.signing.declarations import declaration_of
from portal.actions.site import Site
from portal.crypto.pepper import document_mark
from portal.documents.declaration import declaration_pdf
from portal.domain.errors import Conflict
from portal.domain.month import Month
from portal.domain.people import Staff
from portal.storage.tables.db import writing
from portal.storage.tables.qualified import DeclarationPdf, document_row
from portal.storage.tables.signatures import Declaration

logger = logging.getLogger(__name__)

CHANGED = (
    "PDF файлът на декларацията в базата данни не е онзи, който порталът е издал. Не го подписвайте, а се "
    "обадете на ЦИОО."
)


def pdf_of(person: Staff, month: Month, *, site: Site, now: datetime) -> tuple[Declaration, bytes]:
    """What was signed, or what this person would sign now; at every download the same bytes."""
    declaration = declaration_of(person, month, now=now)
    if document_row(declaration) is None:
        _draw(declaration, site=site, now=now)
    issued = issued_document(declaration, site=site)
    if issued is None:
        raise Conflict(CHANGED)
    return declaration, issued


def issued_document(declaration: Declaration, *, site: Site) -> bytes | None:
    """The printed form, if one was issued and is still as the portal drew it."""
    row = document_row(declaration)
    if row is None:
        return None
    if not is_marked(row, declaration, site=site):
        logger.error("the document of declaration %s is not as the portal made it", declaration.id)
        return None
    return bytes(row.content)


def is_marked(row: DeclarationPdf, declaration: Declaration, *, site: Site) -> bool:
    """Whether the portal drew exactly this for the declaration."""
    return hmac.compare_digest(
        document_mark(site.pepper, declaration.sha256, bytes(row.content)), bytes(row.mac)
    )


def _draw(declaration: Declaration, *, site: Site, now: datetime) -> None:
    """It takes up to some seconds: not while others wait to write. Of two at once the first counts."""
    drawn = declaration_pdf(bytes(declaration.content))
    with writing():
        DeclarationPdf.insert(
            declaration=declaration,
            content=drawn,
            sha256=sha256(drawn).hexdigest(),
            made_at=now,
            mac=document_mark(site.pepper, declaration.sha256, drawn),
        ).on_conflict_ignore().execute()
