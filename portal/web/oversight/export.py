"""The institutions as a sheet: every row that is shown, or all, as the address says."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from flask import Response

from portal.documents.sheet_csv import sheet_csv
from portal.documents.sheets import Cell, Table, sheet_xlsx
from portal.domain.month import Month
from portal.domain.oversight.progress import Standing, Totals
from portal.domain.submissions import SubmissionState
from portal.domain.times import stamp
from portal.web.http.downloads import download

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
# Heading and width in characters: together they fit on A4 across.
COLUMNS = (
    ("Код", 8),
    ("Институция", 40),
    ("Вид", 14),
    ("Регион", 14),
    ("Община", 14),
    ("Състояние", 24),
    ("Приключила", 10),
    ("Записи", 8),
    ("За преглед", 8),
    ("Потвърдени", 11),
    ("Отказани", 9),
    ("Отворен на", 18),
    ("Подписан или „няма записи“ на", 18),
    ("Карантина потвърдена на", 18),
    ("Телефон", 16),
    ("Електронен адрес", 28),
)
HEAD = [name for name, _ in COLUMNS]


def as_xlsx(month: Month, shown: Sequence[Standing], notes: Sequence[str], *, now: datetime) -> Response:
    """To be printed on A4; no text of it is computed as a formula. ``notes`` say which rows it shows."""
    totals = Totals.of(shown)
    notes = [
        *notes,
        f"Към {stamp(now)} Приключили: {totals.complete} от {totals.due}, списък: {totals.lists}, карантина: "
        f"{totals.registers}.",
    ]
    table = Table(HEAD, [_cells(each) for each in shown], [width for _, width in COLUMNS])
    content = sheet_xlsx(f"Изпълнение за {month.label}", notes, [table], made_at=now)
    return download(io.BytesIO(content), XLSX, f"izpalnenie-{month}.xlsx")


def as_csv(month: Month, shown: Iterable[Standing]) -> Response:
    """The same rows for another program."""
    content = sheet_csv(HEAD, ([str(cell) for cell in _cells(each)] for each in shown))
    return download(io.BytesIO(content), CSV, f"izpalnenie-{month}.csv")


def _cells(standing: Standing) -> list[Cell]:
    place, counts = standing.institution, standing.counts
    return [
        place.code,
        place.name,
        place.type.label,
        place.region_name,
        place.municipality,
        standing.state.label,
        "да" if standing.is_due and not standing.missing else "не",
        counts.total,
        counts.pending,
        counts.confirmed,
        counts.refused,
        _when(standing.first_opened_at),
        _when(standing.checked_at if standing.state is SubmissionState.CHECKED else standing.signed_at),
        _when(standing.register_confirmed_at),
        place.phone,
        place.email,
    ]


def _when(at: datetime | None) -> str:
    return "" if at is None else stamp(at)
