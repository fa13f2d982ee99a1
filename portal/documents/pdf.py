"""A4 sheets with a letterhead, facts, tables and page numbers, which programs can read aloud (PDF/UA-1); the
same input gives the same bytes."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from portal.documents.printable import code_points, printable
from portal.documents.signable import Box, signable
from portal.documents.typesetting import typeset

PRODUCT = "Потвърждения към АСП"

POINTS = 72 / 25.4  # in a mm
PAGE_WIDTH, MARGIN, FOOT = 210, 18, 20  # mm, as in paper.typ; the foot is below everything but page numbers
BOX_HEIGHT = 34  # mm, of the place for a signature: a name, a number and a date in four lines
SLACK = 2  # mm around it, where nothing stands: people draw the frame of their signature by hand
BOX: Box = (
    (MARGIN - SLACK) * POINTS,
    FOOT * POINTS,
    (PAGE_WIDTH - MARGIN + SLACK) * POINTS,
    (FOOT + BOX_HEIGHT + 2 * SLACK) * POINTS,
)

Align = Literal["LEFT", "RIGHT"]


class Document:
    """One PDF, written from top to bottom, with ``heading`` (or else the title) at its head.

    ``made_at`` goes into the file as its creation time; nothing else depends on when or where it is made.
    """

    def __init__(
        self,
        title: str,
        *,
        issuer: str,
        code: str,
        made_at: datetime,
        heading: str | None = None,
        running: bool = True,
    ) -> None:
        """Without ``running`` nothing stands at the head and the foot of pages: each may go to somebody
        else."""
        self._made_at = made_at.astimezone(UTC)
        self._title, self._issuer, self._code = title, issuer, code
        self._blocks: list[dict[str, Any]] = []
        self._attached: list[dict[str, str]] = []
        self._running = running
        self._add("heading", level=1, text=_drawn(heading or title), size=16)

    def sheet(self, heading: str) -> None:
        """Begins anew on the next page, with the letterhead and a heading above all that follow."""
        self._add("sheet")
        self._add("heading", level=1, text=_drawn(heading), size=16)

    def heading(self, text: str, *, size: float = 12) -> None:
        """Stays on one page with what follows it."""
        self._add("heading", level=2, text=_drawn(text), size=size)

    def paragraph(self, text: str, *, size: float = 9.5, bold: bool = False) -> None:
        self._add("paragraph", text=_drawn(text), size=size, bold=bold)

    def space(self, height: float) -> None:
        """Room in mm, to write in by hand."""
        self._add("space", height=height)

    def bullets(self, texts: Iterable[str], *, size: float = 9.5) -> None:
        self._add("bullets", texts=[_drawn(text) for text in texts], size=size)

    def facts(self, pairs: Iterable[tuple[str, str]], *, size: float = 9.5) -> None:
        """A name on the left, what it is on the right; either takes several lines if it is long."""
        self._add("facts", pairs=[(_drawn(name), _drawn(value)) for name, value in pairs], size=size)

    def table(
        self,
        headings: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        widths: Sequence[float],
        align: Sequence[Align] | None = None,
        size: float = 8,
        height: float = 0,
    ) -> None:
        """``widths`` are shares of the page's, ``height`` is what a row has at least, in mm: to be written in
        by hand. The headings are repeated on every page; no row is torn."""
        self._add(
            "table",
            headings=[_drawn(heading) for heading in headings],
            rows=[[_drawn(cell) for cell in row] for row in rows],
            widths=list(widths),
            align=list(align or ("LEFT",) * len(headings)),
            size=size,
            height=height,
        )

    def boxes(self, texts: Iterable[str], *, columns: int = 4, size: float = 20) -> None:
        """Each text large in a box of its own, with its number: to be read aloud and copied by hand."""
        self._add("boxes", texts=[_drawn(text) for text in texts], columns=columns, size=size)

    def place_for_signature(self, title: str, hint: str) -> None:
        """A frame for what programs show of a signature, at the end of the document. Where it is, the file
        says for the portal (portal/crypto/qualified/pdf_additions.py): nothing else may be covered."""
        self._add("place", title=_drawn(title), hint=_drawn(hint), height=BOX_HEIGHT, slack=SLACK)

    def attach(self, name: str, content: bytes, description: str, *, mime_type: str) -> None:
        """A file of UTF-8 inside the file, byte for byte; programs for PDF list it among the attachments."""
        self._attached.append(
            {"name": name, "content": content.decode(), "description": description, "mime_type": mime_type}
        )

    def finished(self, *, to_sign: bool = False) -> bytes:
        """The bytes; ``to_sign`` if people will sign them with programs of their own."""
        made = self._made_at
        pdf = typeset(
            {
                "title": _drawn(self._title),
                "issuer": _drawn(self._issuer),
                "code": self._code,
                "product": PRODUCT,
                "running": self._running,
                "made_at": {
                    part: getattr(made, part) for part in ("year", "month", "day", "hour", "minute", "second")
                },
                "blocks": self._blocks,
                "attached": self._attached,
            }
        )
        if not to_sign:
            return pdf
        is_reserved = any(block["kind"] == "place" for block in self._blocks)
        return signable(pdf, BOX if is_reserved else None, made)

    def _add(self, kind: str, **block: Any) -> None:
        self._blocks.append({"kind": kind, **block})


def _drawn(text: str) -> str:
    return printable(text, code_points())
