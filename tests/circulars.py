"""Circulars for tests: a small PDF, the fields of the form, and one that is published."""

from datetime import date

from portal.actions.notices.publishing import Edition, publish
from portal.domain.notices.attachments import Attachment
from portal.domain.notices.recipients import Choice
from portal.domain.notices.rules import Wording
from portal.storage.notices.tables import Notice
from tests.cast import NOW

PDF = b"%PDF-1.7\n1 0 obj << >> endobj\nstartxref\n0\n%%EOF\n"
TEXT = "УВАЖАЕМИ ДИРЕКТОРИ,\n\nПотвърдете и подпишете до края на срока."
FIELDS = {
    "number": "РУО1-3314",
    "date": "2021-01-27",
    "text": TEXT,
    "deadline": "2021-02-01",
}
WORDING = Wording("РУО1-3314", date(2021, 1, 27), "Потвърждения", TEXT, date(2021, 2, 1))


def edition(*codes: str, files: int = 0, **more: object) -> Edition:
    """For these institutions, or for all."""
    pdfs = tuple(Attachment(f"Заповед {number}.pdf", PDF) for number in range(1, files + 1))
    return Edition(more.pop("wording", WORDING), Choice(codes=frozenset(codes)), pdfs, **more)


def published(person, *codes: str, now=NOW, **more: object) -> Notice:
    return publish(person, edition(*codes, **more), now=now)
