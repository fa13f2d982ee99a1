"""A4 sheets with a letterhead, facts, tables and page numbers; the same input gives the same bytes."""

import unicodedata
from collections.abc import Container, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS = Path(__file__).parent / "fonts"
PRODUCT = "Потвърждения към АСП"

MARGIN = 18  # mm
WIDTH = 210 - 2 * MARGIN  # mm, of A4
NAMES_WIDTH = 46  # mm, of the left column of facts
LINE = 5.2  # mm
INK = (20, 25, 30)
MUTED = (74, 84, 94)
RULE = (150, 160, 168)
SHADE = (238, 241, 243)
BOX_HEIGHT = 34  # mm, of the place for a signature: a name, a number and a date in four lines
SLACK = 2  # mm around it, where nothing stands: people draw the frame of their signature by hand
POINTS = 72 / 25.4  # in a mm
PAGES = "\0" * 5  # stands for how many pages there are; no text that people wrote has it

Align = Literal["LEFT", "RIGHT", "CENTER"]


class Document:
    """One PDF, written from top to bottom.

    ``made_at`` goes into the file as its creation time; nothing else depends on when or where it is made.
    """

    def __init__(self, title: str, *, issuer: str, code: str, made_at: datetime) -> None:
        self._issuer, self._code, self._title, self._made_at = issuer, code, title, made_at
        self._pdf = _sheets(title, issuer, made_at)
        self._pdf.header = self._letterhead  # type: ignore[method-assign]
        self._pdf.footer = self._page_number  # type: ignore[method-assign]
        self._box: tuple[float, float, float, float] | None = None
        self._pdf.add_page()

    def heading(self, text: str, *, size: float = 12) -> None:
        """Stays on one page with what follows it."""
        pdf = self._pdf
        if pdf.will_page_break(24):
            pdf.add_page()
        pdf.ln(2 if size > 12 else 4)
        pdf.set_font("DejaVu", "B", size)
        pdf.multi_cell(WIDTH, size * 0.5, text, align="L", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(1.5)

    def paragraph(self, text: str, *, size: float = 9.5, bold: bool = False) -> None:
        self._pdf.set_font("DejaVu", "B" if bold else "", size)
        self._pdf.multi_cell(WIDTH, size * 0.52, text, align="L", new_x="LMARGIN", new_y="NEXT")
        self._pdf.ln(1.5)

    def bullets(self, texts: Iterable[str], *, size: float = 9.5) -> None:
        pdf = self._pdf
        pdf.set_font("DejaVu", "", size)
        for text in texts:
            pdf.cell(5, size * 0.52, "–")
            pdf.multi_cell(WIDTH - 5, size * 0.52, text, align="L", new_x="LMARGIN", new_y="NEXT")
            pdf.ln(0.8)
        pdf.ln(1)

    def facts(self, pairs: Iterable[tuple[str, str]], *, size: float = 9.5) -> None:
        """A name on the left, what it is on the right; either takes several lines if it is long."""
        pdf = self._pdf
        for name, value in pairs:
            pdf.set_font("DejaVu", "", size)
            heights = [
                cast("float", pdf.multi_cell(width, LINE, text, align="L", dry_run=True, output="HEIGHT"))
                for width, text in ((NAMES_WIDTH, name), (WIDTH - NAMES_WIDTH, value))
            ]
            if pdf.will_page_break(max(heights)):
                pdf.add_page()
            top = pdf.get_y()
            pdf.set_text_color(*MUTED)
            pdf.multi_cell(NAMES_WIDTH, LINE, name, align="L", new_x="RIGHT", new_y="TOP")
            pdf.set_text_color(*INK)
            pdf.multi_cell(WIDTH - NAMES_WIDTH, LINE, value, align="L", new_x="LMARGIN", new_y="NEXT")
            pdf.set_y(top + max(heights))
        pdf.ln(2)

    def table(
        self,
        headings: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        widths: Sequence[float],
        align: Sequence[Align] | None = None,
        size: float = 8,
    ) -> None:
        """``widths`` are shares of the page's. The headings are repeated on every page; no row is torn."""
        from fpdf.fonts import FontFace

        pdf = self._pdf
        pdf.set_font("DejaVu", "", size)
        pdf.set_draw_color(*RULE)
        with pdf.table(
            width=WIDTH,
            col_widths=tuple(widths),
            text_align=tuple(align or ("LEFT",) * len(headings)),
            borders_layout="HORIZONTAL_LINES",
            headings_style=FontFace(emphasis="BOLD", fill_color=SHADE),
            line_height=size * 0.5,
            padding=(1, 1.2),
            v_align="TOP",
        ) as table:
            for cells in (headings, *rows):
                row = table.row()
                for cell in cells:
                    row.cell(cell)
        pdf.ln(3)

    def boxes(self, texts: Iterable[str], *, columns: int = 4, size: float = 20) -> None:
        """Each text large in a box of its own, with its number: to be read aloud and copied by hand."""
        pdf = self._pdf
        width, height, at, top = WIDTH / columns, size * 0.7, columns - 1, 0.0
        pdf.set_draw_color(*RULE)
        for number, text in enumerate(texts, 1):
            at = (number - 1) % columns
            if at == 0 and pdf.will_page_break(height):
                pdf.add_page()
            left, top = MARGIN + at * width, pdf.get_y()
            pdf.rect(left, top, width, height)
            pdf.set_font("DejaVu", "", 8)
            pdf.set_text_color(*MUTED)
            pdf.text(left + 1.5, top + 3.8, str(number))
            pdf.set_font("DejaVu", "B", size)
            pdf.set_text_color(*INK)
            pdf.set_xy(left, top + 1.5)
            pdf.cell(width, height - 1.5, text, align="C")
            pdf.set_xy(MARGIN, top + (height if at == columns - 1 else 0))
        if at != columns - 1:
            pdf.set_y(top + height)
        pdf.ln(4)

    def place_for_signature(self, title: str, hint: str) -> None:
        """A frame for what programs show of a signature, at the end of the document. Where it is, the file
        says for the portal (portal/crypto/qualified/pdf_additions.py): nothing else may be covered."""
        pdf = self._pdf
        if pdf.will_page_break(BOX_HEIGHT + SLACK + 26):
            pdf.add_page()
        self.heading(title)
        self.paragraph(hint)
        left, top = MARGIN, pdf.get_y() + SLACK
        pdf.set_draw_color(*RULE)
        pdf.rect(left, top, WIDTH, BOX_HEIGHT)
        pdf.set_y(top + BOX_HEIGHT + SLACK)
        self._box = (
            (left - SLACK) * POINTS,
            (pdf.h - top - BOX_HEIGHT - SLACK) * POINTS,
            (left + WIDTH + SLACK) * POINTS,
            (pdf.h - top + SLACK) * POINTS,
        )

    def attach(self, name: str, content: bytes, description: str, at: datetime, *, mime_type: str) -> None:
        """A file inside the file, byte for byte; programs for PDF list it among the attachments."""
        self._pdf.embed_file(
            bytes=content,
            basename=name,
            desc=description,
            creation_date=at,
            modification_date=at,
            mime_type=mime_type,
            associated_file_relationship="Data",
            compress=True,
        )

    def finished(self, *, to_sign: bool = False) -> bytes:
        """The bytes; ``to_sign`` if people will sign them with programs of their own."""
        if to_sign:
            return bytes(self._pdf.output(output_producer_class=_signable(self._box, self._made_at)))
        return bytes(self._pdf.output())

    def _letterhead(self) -> None:
        pdf = self._pdf
        pdf.set_text_color(*INK)
        if pdf.page_no() == 1:
            pdf.set_font("DejaVu", "B", 11)
            pdf.multi_cell(WIDTH, 5.5, self._issuer, align="L", new_x="LMARGIN", new_y="NEXT")
            pdf.set_font("DejaVu", "", 9)
            pdf.set_text_color(*MUTED)
            pdf.cell(WIDTH / 2, 5, f"код по НЕИСПУО {self._code}")
            pdf.cell(WIDTH / 2, 5, PRODUCT, align="R", new_x="LMARGIN", new_y="NEXT")
        else:
            pdf.set_font("DejaVu", "", 8)
            pdf.set_text_color(*MUTED)
            pdf.cell(WIDTH, 4, f"{self._title} · код по НЕИСПУО {self._code}", new_x="LMARGIN", new_y="NEXT")
        pdf.set_text_color(*INK)
        pdf.set_draw_color(*RULE)
        pdf.line(MARGIN, pdf.get_y() + 1, MARGIN + WIDTH, pdf.get_y() + 1)
        pdf.ln(4)

    def _page_number(self) -> None:
        pdf = self._pdf
        pdf.set_y(-14)
        pdf.set_font("DejaVu", "", 8)
        pdf.set_text_color(*MUTED)
        pdf.cell(WIDTH, 5, f"стр. {pdf.page_no()} от {PAGES}")
        pdf.set_text_color(*INK)


def printable(text: str, font: Container[int]) -> str:
    """What stands on paper for ``text``, in a font that has these code points: everything, a tab as a space,
    and what cannot be drawn as ☐ with its code (``☐U+1F984``).

    A signature covers what was typed, so nothing of it may be missing from the paper. Nor is a note with such
    a sign refused: telephones put them in by themselves, and the deadline does not wait. What is written from
    right to left would be drawn here from the left, which nobody could read, so it stands in codes, too.
    """
    return "".join(
        sign if _can_be_drawn(sign, font) else f"☐U+{ord(sign):04X}" for sign in text.replace("\t", " ")
    )


def _can_be_drawn(sign: str, font: Container[int]) -> bool:
    return sign in "\n\0" or (ord(sign) in font and unicodedata.bidirectional(sign) not in ("R", "AL"))


def _sheets(title: str, issuer: str, made_at: datetime) -> "FPDF":
    """An empty A4 file. The library is loaded here: it takes half a second, and few requests make a PDF."""
    from fpdf import FPDF

    class Sheets(FPDF):
        def normalize_text(self, text: str) -> str:
            font: Any = self.current_font
            return printable(super().normalize_text(text), font.cmap)

    pdf = Sheets(format="A4")
    pdf.alias_nb_pages(PAGES)
    pdf.set_creation_date(made_at)
    pdf.set_title(title)
    pdf.set_author(issuer)
    pdf.set_creator(PRODUCT)
    pdf.set_lang("bg-BG")
    pdf.set_margins(MARGIN, 14, MARGIN)
    pdf.set_auto_page_break(True, margin=20)
    pdf.add_font("DejaVu", "", FONTS / "DejaVuSans.ttf")
    pdf.add_font("DejaVu", "B", FONTS / "DejaVuSans-Bold.ttf")
    return pdf


def _signable(box: tuple[float, float, float, float] | None, at: datetime) -> type:
    """Writes what a signing program would add besides its signature, so that it adds one field and no more,
    and pyHanko can tell that nothing else was added (it needs a form on both sides to compare).

    An empty form, flagged as programs flag it (SignaturesExist, AppendOnly: add, do not write anew); and
    the size on every page, where iText copies it when it puts a field on the page. And, in points, the
    ``box`` on the last page that a signature may be seen in: of the portal's own data in the file (ISO
    32000-2, 14.5), which programs leave alone.
    """
    from fpdf.output import AcroForm, OutputProducer
    from fpdf.syntax import PDFArray

    class Signable(OutputProducer):
        def _add_catalog(self) -> Any:
            catalog: Any = super()._add_catalog()
            catalog.acro_form = AcroForm(PDFArray(), sig_flags=3)
            if box is not None:
                sides = " ".join(f"{side:.2f}" for side in box)
                said = f"/LastModified (D:{at.astimezone(UTC):%Y%m%d%H%M%S}Z) /Private [{sides}]"
                catalog.piece_info = f"<</BGConfirmations <<{said}>>>>"
            return catalog

        def _add_pages_root(self) -> Any:
            root = super()._add_pages_root()
            for page in self.fpdf.pages.values():
                page.media_box = root.media_box
            return root

    return Signable
