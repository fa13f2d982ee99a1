"""The printed form of a declaration: drawn once and kept, so that what is signed can be compared with it."""

from datetime import datetime
from hashlib import sha256

from portal.actions.declarations import Signatory, declaration_of
from portal.documents.declaration import declaration_pdf
from portal.domain.month import Month
from portal.storage.db import writing
from portal.storage.qualified import DeclarationPdf, document_of
from portal.storage.signatures import Declaration


def pdf_of(person: Signatory, month: Month, *, now: datetime) -> tuple[Declaration, bytes]:
    """What was signed, or what this person would sign now; at every download the same bytes."""
    declaration = declaration_of(person, month, now=now)
    found = document_of(declaration)
    if found is not None:
        return declaration, found
    drawn = declaration_pdf(bytes(declaration.content))  # half a second: not while others wait to write
    with writing():
        DeclarationPdf.insert(
            declaration=declaration, content=drawn, sha256=sha256(drawn).hexdigest(), made_at=now
        ).on_conflict_ignore().execute()
    found = document_of(declaration)  # of two who asked at once the first one's
    assert found is not None
    return declaration, found
