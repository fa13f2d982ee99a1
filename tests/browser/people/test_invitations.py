"""Fifty directors are invited: from the first page to the letters, clicks counted. One by one it took 250."""

import csv
import io
from pathlib import Path

import pytest

from portal.domain.placement import InstitutionType
from portal.storage.tables.people import User
from tests.cast import FAR_SCHOOL, add_institution
from tests.mail.letters import readers

pytestmark = pytest.mark.browser
CODES = [f"22500{number:02d}" for number in range(49)]


@pytest.fixture
def page(browse, world, javascript):
    for number, code in enumerate(CODES, start=100):
        add_institution(code, f"{number}. ОУ „Проба“", InstitutionType.SCHOOL)
    page = browse(world.oleg, java_script_enabled=javascript, accept_downloads=True)
    page.goto("/")
    return page


def filled_in(table: Path) -> bytes:
    """As somebody writes the names and addresses into it, with a spreadsheet."""
    lines = list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig")), delimiter=";"))
    for line in lines:
        line |= {"name": f"Директор {line['code']}", "email": f"d{line['code']}@example.org"}
    out = io.StringIO()
    writer = csv.DictWriter(out, lines[0], delimiter=";")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode("utf-8-sig")


def test_fifty_directors_are_invited_with_seven_clicks(page, tmp_path):
    clicks = 0

    def click(name, role="link"):
        nonlocal clicks
        clicks += 1
        page.get_by_role(role, name=name).first.click()

    click("Потребители")
    click("Институции без директор")
    with page.expect_download() as download:
        click("изтеглете таблицата (CSV)")
    download.value.save_as(tmp_path / "people.csv")
    click("заредете")
    clicks += 1  # the file
    page.get_by_label("Файл с потребители").set_input_files(
        {"name": "хора.csv", "mimeType": "text/csv", "buffer": filled_in(tmp_path / "people.csv")}
    )
    click("Проверявам файла", "button")
    assert "50 нови покани" in " ".join(page.locator(".figures").inner_text().split())
    assert readers() == []
    click("Изпращам поканите", "button")

    page.get_by_role("heading", name="Зареден файл: потребители").wait_for()
    assert "50 приети 0 отхвърлени" in " ".join(page.locator(".figures").inner_text().split())
    assert clicks == 7
    assert sorted(readers("invitation")) == sorted(f"d{code}@example.org" for code in [*CODES, FAR_SCHOOL])
    assert User.get(User.email == f"d{FAR_SCHOOL}@example.org").institution_id == FAR_SCHOOL
