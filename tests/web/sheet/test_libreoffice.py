"""A sheet that was opened and saved by LibreOffice, as xlsx, by way of ods, and as csv."""

import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from portal.actions.sheet.examined import Outcome
from portal.actions.sheet.examining import examine_tables
from portal.actions.sheet.making import SheetFormat, make_sheet
from portal.domain.decisions import Decided, Decision, Reason, RefusalReason
from portal.exchange.sheet.reading import tables_in
from portal.storage.lists.current import list_of
from portal.storage.lists.reading import EVERYTHING
from tests.cast import MONTH, NOW, SCHOOL, SITE, add_record
from tests.sheets import REFUSED, fill, page_of, saved

BULGARIAN = 1026  # the language of the cells: a comma is decimal there
CSV = f"csv:Text - txt - csv (StarCalc):59,34,76,1,,{BULGARIAN},false,true"  # semicolons, quotes, UTF-8
STANDS = ["=1+1", "#N/A", "'в кавички", "4,50", "05.05", "първи ред\nвтори ред", "\u00a0с интервали "]
WAYS = {
    "xlsx": lambda office, *books: office.saved_as("xlsx", *books),
    "ods": lambda office, *books: office.through_ods(*books),
    "csv": lambda office, *books: office.saved_as(CSV, *books),
}


def examined(content: bytes):
    return examine_tables(list_of(SCHOOL, MONTH), tables_in(content), site=SITE, now=NOW)


@pytest.mark.parametrize("way", WAYS)
def test_what_libreoffice_saved_again_is_read_as_it_was_filled_in(world, office, way):
    for note in STANDS:
        add_record(
            decision=Decision.REFUSED,
            corrected=Decimal("4.50"),
            refusal_reason=RefusalReason.LATE_NOTE,
            note=note.strip(),
        )
    to_confirm, to_refuse = add_record(), add_record()
    gone, distant = add_record(reason=Reason.UNENROLLED), add_record(reason=Reason.DISTANCE)
    made = make_sheet(world.ana, MONTH, EVERYTHING, SheetFormat.XLSX, site=SITE, now=NOW).content
    book = load_workbook(io.BytesIO(made))
    page = page_of(book)
    page.row_dimensions[fill(page, to_confirm, decision="потвърждавам")].hidden = True
    fill(page, to_refuse, **REFUSED)
    fill(page, gone, decision="отказвам", refusal="друго", note="Записана.", certificate="да", placed="да")
    fill(page, distant, decision="отказвам", corrected="3", refusal="грешка на институцията", note="0123")

    untouched, filled = WAYS[way](office, made, saved(book))

    found = examined(untouched)
    assert [row.outcome for row in found.rows] == [Outcome.SAME] * (len(STANDS) + 4)
    assert found.absent == 0
    found = examined(filled)
    assert {row.record.id: row.decided for row in found.changes} == {
        to_confirm.id: Decided(Decision.CONFIRMED),
        to_refuse.id: Decided(Decision.REFUSED, Decimal("4.5"), RefusalReason.LATE_NOTE, "Бележка от 12.12."),
        gone.id: Decided(Decision.REFUSED, None, RefusalReason.OTHER, "Записана.", True, True),
        distant.id: Decided(Decision.REFUSED, Decimal(3), RefusalReason.OWN_ERROR, "0123"),
    }
    assert len(found.same) == len(STANDS)
    assert not found.left
