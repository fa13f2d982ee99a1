"""/calendar/: what the lists stand on, and loading it."""

import io

import pytest

from portal.actions.loading.asp_list import load_asp_list
from portal.actions.loading.enrolments import load_enrolments
from portal.exchange.enrolments import HEADER
from portal.storage.loading.tables import Load
from portal.storage.tables.campaigns import Record
from portal.storage.tables.institutions import BandTerm, BandVacation, Enrolment, HolidayOverride, Institution
from tests.actions.loading.loaded import asp, enrol, enrolled, sample
from tests.cast import NOW
from tests.exchange.invented import DATA

PAGE = "/calendar/"
WRONG_FILES = [
    ("файл.bin", b"PK\x03\x04\x14\0[Content_Types].xml xl/workbook.xml", "файл на Excel (.xlsx)"),
    ("файл.txt", b"%PDF-1.7", "документ PDF"),
    ("файл.txt", b"<!doctype html><html><title>x", "уеб страница (HTML)"),
    ("файл.txt", asp(0).encode("cp1251"), "списък от АСП (ASPCONF…)"),
]


@pytest.fixture
def oleg(client, world):
    return client.sign_in(world.oleg)


def upload(client, kind: str, name: str, content: bytes | None = None, *, htmx=False, **fields):
    content = (DATA / name).read_bytes() if content is None else content
    return client.send(f"{PAGE}{kind}", htmx=htmx, files={"file": (io.BytesIO(content), name)}, **fields)


def test_shows_what_is_loaded(oleg):
    enrol(enrolled(0), enrolled(1))
    HolidayOverride.create(day="2020-12-11", kind="holiday", name="по решение")
    text = oleg.get(PAGE).page.text("main")

    assert "Училища: 3 · Детски градини: 1" in text
    assert "Декември 2020 г. 2 по тях се разпределят децата" in text
    assert "2020/2021 XII клас 15.09.2020 – 14.05.2021 коледна: 24.12.2020 – 03.01.2021" in text
    assert "11 декември 2020 г. (петък) неработен ден по решение" in text


def test_says_what_it_means_that_nothing_is_loaded(oleg):
    BandTerm.delete().execute()
    BandVacation.delete().execute()
    text = oleg.get(PAGE).page.text("main")

    assert "Няма заредени записвания" in text
    assert "Няма зареден календар: учебните дни се броят като делници" in text


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(
    ("kind", "name", "table", "count"),
    [
        ("institutions", "institutions.csv", Institution, 9),
        ("enrolments", "MONZP1220.txt", Enrolment, 240),
        ("school-days", "calendar.csv", BandVacation, 16),
    ],
)
def test_loads_each_file(oleg, kind, name, table, count, htmx):
    answer = upload(oleg, kind, name, htmx=htmx)

    assert answer.status_code == 303
    # Of the invented institutions one is not in the file: who is missing stands on the load's page.
    assert answer.location.startswith("/campaigns/loads/" if kind == "institutions" else PAGE)
    assert table.select().count() == count
    assert "Файлът е зареден: получени редове" in oleg.get(PAGE).page.text(".notice.is-done")
    assert name in oleg.get(PAGE).page.text("#loads + table")


def test_loads_moved_days_and_shows_what_was_rejected(oleg):
    content = b"date,kind,name\n2020-12-11,holiday,x\n2020-12-32,holiday,x\n"
    answer = upload(oleg, "holidays", "days.csv", content)

    assert answer.location == "/campaigns/loads/1"
    page = oleg.get(answer.location).page
    assert page.text("tbody tr") == "3 ден: няма такъв ден"
    assert HolidayOverride.select().count() == 1


def test_a_correction_is_told_by_the_tick_and_the_month_by_the_field(oleg):
    upload(oleg, "enrolments", "MONZP1220.txt")
    content = (DATA / "MONZP1220.txt").read_bytes().split(b"\r\n")
    part = b"\r\n".join(content[:3])
    upload(oleg, "enrolments", "друго.txt", part, month="2020-12", correction="yes")

    assert Enrolment.select().count() == 240


def cut_off(lines: int = 36) -> bytes:
    """The sample, as a transfer leaves it that breaks off."""
    return b"\r\n".join((DATA / "MONZP1220.txt").read_bytes().split(b"\r\n")[:lines])


@pytest.mark.both_databases
def test_asks_before_a_file_takes_much_away(oleg):
    upload(oleg, "institutions", "institutions.csv")
    upload(oleg, "enrolments", "MONZP1220.txt")
    load_asp_list(None, sample("ASPCONF1220.txt"), now=NOW)
    before = list(Record.select().order_by(Record.id).dicts())
    answer = upload(oleg, "enrolments", "MONZP1220 (1).txt", cut_off())

    assert answer.status_code == 422
    assert "Отпаднали записвания: " in answer.page.text(".notice.is-warning")
    figures = [int(figure.text_content()) for figure in answer.page.all(".figure-value")]
    sources = [int(cell.text_content()) for cell in answer.page.all("tbody td.number")]
    assert figures[0] == figures[1] + figures[2]
    assert figures[3] == sum(sources) > 0
    assert sources == sorted(sources, reverse=True)
    assert Enrolment.select().count() == 240
    assert list(Record.select().order_by(Record.id).dicts()) == before

    done = upload(oleg, "enrolments", "MONZP1220.txt", cut_off(), **kept_by(answer))
    assert done.status_code == 303
    load = Load.select().order_by(Load.id.desc()).first()
    assert (load.received, load.removed, load.moved) == (35, figures[2], figures[3])
    said = oleg.get(PAGE).page.text(".notice.is-done")
    assert f"отпаднали записвания: {figures[2]}; преместени в друг списък: {figures[3]}" in said


def kept_by(answer) -> dict[str, str]:
    """What the form that asks sends beside the file."""
    sent = answer.page.fields(answer.page.one("main form"))
    return {name: value for name, value in sent.items() if name in ("sure", "month", "correction")}


def test_who_is_sure_of_one_file_is_asked_about_another(oleg):
    upload(oleg, "enrolments", "MONZP1220.txt")
    first = upload(oleg, "enrolments", "декември.txt", cut_off(), month="2020-12")
    answer = upload(oleg, "enrolments", "декември.txt", cut_off(20), **kept_by(first))

    assert answer.status_code == 422
    assert "Това не е файлът, за който попитахме" in answer.page.text(".notice.is-warning")
    assert Enrolment.select().count() == 240
    assert kept_by(answer)["month"] == "2020-12"
    assert upload(oleg, "enrolments", "декември.txt", cut_off(20), **kept_by(answer)).status_code == 303
    assert Enrolment.select().count() == 19


def test_a_second_copy_of_a_correction_corrects(oleg):
    load_enrolments(None, sample("MONZP1220.txt"), now=NOW)
    assert upload(oleg, "enrolments", "MONZPC1220 (1).txt", cut_off(3)).status_code == 303

    assert Enrolment.select().count() == 240
    assert "получени редове 2, разпределени 2" in oleg.get(PAGE).page.text(".notice.is-done")


def test_a_main_file_with_the_tick_of_a_correction_is_asked_about(oleg):
    upload(oleg, "enrolments", "MONZP1220.txt")
    answer = upload(oleg, "enrolments", "MONZP1220.txt", cut_off(3), correction="yes")

    assert answer.status_code == 422
    assert "„MONZP1220.txt“ е основен файл" in answer.page.text(".notice.is-warning")
    assert Load.select().count() == 1
    done = upload(oleg, "enrolments", "MONZP1220.txt", cut_off(3), **kept_by(answer))
    assert done.status_code == 303
    assert (Enrolment.select().count(), Load.select().count()) == (240, 2)


@pytest.mark.parametrize("kind", ["institutions", "enrolments", "school-days", "holidays"])
def test_a_list_of_asp_is_no_other_file(oleg, kind):
    answer = upload(oleg, kind, "ASPCONF1220.txt")

    assert answer.status_code == 422
    sentence = answer.page.text(f"#{'calendar' if kind == 'school-days' else kind}-file-error")
    assert sentence.startswith("По името си „ASPCONF1220.txt“ е списък от АСП, а не ")
    assert Load.select().count() == 0


@pytest.mark.parametrize("month", ["", "декември", "2020-13"])
def test_a_month_that_cannot_be_told_is_asked_for(oleg, month):
    answer = upload(oleg, "enrolments", "друго.txt", HEADER.encode(), month=month)

    assert answer.status_code == 422
    assert answer.page.has("#enrolments-month-error")
    assert answer.page.one("#enrolments-month").get("value") == month


@pytest.mark.parametrize("kind", ["institutions", "enrolments", "school-days", "holidays"])
def test_another_file_is_refused_beside_its_own_form(oleg, kind):
    answer = upload(oleg, kind, "MONZP1220.txt", "нещо друго".encode())

    assert answer.status_code == 422
    assert answer.page.has(f"#{'calendar' if kind == 'school-days' else kind}-file-error")
    assert Load.select().count() == 0


def test_a_correction_without_its_month_is_a_conflict(oleg):
    content = (DATA / "MONZP1220.txt").read_bytes()
    answer = upload(oleg, "enrolments", "MONZPC1220.txt", content)

    assert answer.status_code == 409
    assert "Първо заредете основния файл" in answer.page.text(".notice.is-wrong")


@pytest.mark.parametrize("who", ["ana", "dora", "nora"])
def test_is_for_the_operator_only(client, world, who):
    other = client.sign_in(getattr(world, who))

    assert other.get(PAGE).status_code == 403
    for kind, name in (("institutions", "institutions.csv"), ("enrolments", "MONZP1220.txt")):
        assert upload(other, kind, name).status_code == 403
    assert Load.select().count() == 0


def test_a_file_can_be_as_large_as_the_country(oleg, app):
    guard = app.view_functions["calendar.enrolments"].guard

    assert guard.upload == 128 * 1024 * 1024
    assert app.view_functions["campaigns.load"].guard.upload == guard.upload


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize("kind", ["institutions", "enrolments", "school-days", "holidays"])
@pytest.mark.parametrize(("name", "content", "what"), WRONG_FILES)
def test_a_file_of_a_wrong_kind_is_one_sentence_beside_its_form(oleg, kind, name, content, what, htmx):
    answer = upload(oleg, kind, name, content, htmx=htmx)
    form = "calendar" if kind == "school-days" else kind

    assert answer.status_code == 422
    assert f"Това е {what}, а тук се зарежда " in answer.page.text(f"#{form}-file-error")
    assert not answer.page.has(".notice.is-done")
    assert Load.select().count() == 0


@pytest.mark.parametrize(
    ("kind", "name", "table"),
    [
        ("institutions", "institutions.csv", Institution),
        ("enrolments", "MONZP1220.txt", Enrolment),
        ("school-days", "calendar.csv", BandVacation),
    ],
)
def test_utf_16_is_read_and_said(oleg, kind, name, table):
    plain = (DATA / name).read_bytes()
    text = plain.decode("utf-8" if name.endswith("csv") else "cp1251")
    upload(oleg, kind, name, text.encode("utf-16"))

    assert Load.get().encoding == "UTF-16"
    assert table.select().count() > 0
    assert "UTF-16" in oleg.get(PAGE).page.text("#loads + table")


def test_a_file_without_one_good_line_is_red_and_grouped(oleg):
    lines = "".join(f"10000{n},ОУ,school,1,Област,,\n" for n in range(9))
    answer = upload(
        oleg, "institutions", "excel.csv", b"code,name,type,region_code,region,email,phone\n" + lines.encode()
    )
    page = oleg.get(answer.location).page

    assert page.text(".notice.is-wrong").startswith("Нито един ред не е приет")
    assert not page.has(".notice.is-done")
    first = " ".join(page.all("tbody tr")[0].text_content().split())
    assert first == "код на институцията: с една цифра по-малко, Excel е махнал нулата отпред 9"
    assert "нито един ред не е приет" in oleg.get(PAGE).page.text("#loads + table")
