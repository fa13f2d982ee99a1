"""/people/import, /people/not-activated, /people/without-director"""

import io
from datetime import timedelta

import pytest

from portal.domain.people import Role
from portal.domain.placement import InstitutionType
from portal.storage.tables.people import OneTimeLink, User
from tests.cast import FAR_SCHOOL, NOW, OTHER_SCHOOL, add_institution
from tests.loads import figures
from tests.mail.letters import readers

HEADER = "code;name;email;role\n"
NEW = f"{FAR_SCHOOL};Нов Директор;new@example.org;director\n"
WRONG = "9999999;Никой;nobody@example.org;director\n"
PAGE = "/people/import"


def table(*lines):
    return io.BytesIO((HEADER + "".join(lines)).encode()), "хора.csv"


def sent(operator, shown):
    """The page that the form under what was shown leads to."""
    done = operator.send(PAGE, **shown.page.fields(shown.page.one("main form")))
    assert done.status_code == 303
    return operator.get(done.location).page


@pytest.fixture
def operator(client, world):
    return client.sign_in(world.oleg)


def test_a_file_is_shown_line_by_line_before_anybody_is_invited(operator):
    operator.get(PAGE)
    shown = operator.send(PAGE, file=table(NEW, WRONG))
    assert shown.status_code == 200
    rows = [row.text_content().split() for row in shown.page.all("tbody tr")]
    assert [row[0] for row in rows] == ["2", "3"]
    assert "няма заредена институция" in shown.text
    assert readers() == []

    done = sent(operator, shown)
    assert readers() == ["new@example.org"]
    assert done.text("h1") == "Зареден файл: потребители"
    assert figures(done) == {"получени редове": "2", "приети": "1", "отхвърлени": "1"}
    assert "нови покани1" in done.text("main")
    assert [row.text_content().split()[0] for row in done.all("tbody tr")] == ["3"]

    again = sent(operator, shown)
    assert "поканени преди или с достъп1" in again.text("main")
    assert readers() == ["new@example.org"]
    assert "хора.csv" in operator.get(PAGE).page.text("main")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Изберете файла с потребителите."),
        ({"file": (io.BytesIO(b"%PDF-1.7"), "a.pdf")}, "Това е документ PDF"),
        ({"file": (io.BytesIO(b"x" * (160 * 1024 + 1)), "a.csv")}, "по-голям от 160 KB"),
        ({"sure": "yes", "content": "%"}, "Файлът не дойде цял."),
        ({"sure": "yes"}, "Файлът е празен."),
    ],
)
def test_what_is_no_such_file_is_refused_beside_the_field(operator, sent, said):
    operator.get(PAGE)
    refused = operator.send(PAGE, **sent)
    assert refused.status_code == 422
    assert said in refused.page.text("#file-error")


@pytest.mark.parametrize(
    "address", [PAGE, "/people/not-activated", "/people/without-director", "/people/without-director.csv"]
)
def test_is_for_the_operator_alone(client, world, address):
    for person in (world.ana, world.dora, world.nora):
        assert client.sign_in(person).get(address).status_code == 403


@pytest.mark.parametrize("address", [PAGE, "/people/not-activated"])
def test_nobody_else_sends_it(client, world, address):
    client.sign_in(world.nora).get("/account")
    assert client.send(address, sure="yes", content="").status_code == 403


def test_who_waits_is_invited_again_once(operator):
    operator.get(PAGE)
    shown = operator.send(PAGE, file=table(NEW))
    operator.send(PAGE, **shown.page.fields(shown.page.one("main form")))
    later = operator.at(NOW + timedelta(days=2))
    assert later.get("/people/not-activated").page.text("main caption") == "Неактивирани покани: 1"
    for sent, said in ((2, "Изпратени отново покани: 1."), (2, "Няма на кого")):
        assert later.send("/people/not-activated").status_code == 303
        assert said in later.get("/people/not-activated").text
        assert len(readers()) == sent
    page = later.get("/people/not-activated").page
    assert "Нов Директор" in page.text("tbody tr"), "still has no access"
    assert "Не получават ново писмо: 1." in page.text("main")
    assert not page.has("main form")


def test_of_a_country_that_was_invited_in_one_day_the_first_hundred_are_shown(operator):
    for number in range(102):
        person = User.create(
            role=Role.RUO, email=f"{number}@example.org", name=f"Експерт {number}", region=22, invited_at=NOW
        )
        OneTimeLink.create(
            user=person, digest=bytes([number]) * 32, purpose="activate", made_at=NOW, expires_at=NOW
        )
    page = operator.get("/people/not-activated").page

    assert page.text("caption") == "Неактивирани покани: 102. Показани са 100, които чакат най-дълго"
    assert len(page.all("tbody tr")) == 100
    assert "Не получават ново писмо: 102." in page.text("main")


def test_nobody_waits_when_all_have_access(operator):
    assert "всички поканени са активирали" in operator.get("/people/not-activated").page.text("p.lead")


def test_an_institution_without_director_leads_to_its_invitation(operator):
    shown = operator.get("/people/without-director")
    (row,) = shown.page.all("tbody tr")
    assert FAR_SCHOOL in row.text_content()
    assert operator.get("/people/without-director", region=22).page.has("p.lead")

    form = operator.get(row.cssselect("a")[-1].get("href"))
    assert form.page.text("h1") == "Покана на директор"
    assert form.page.one("main form").get("action") == f"/people/institutions/{FAR_SCHOOL}/director"


def test_many_without_a_director_are_shown_some_on_each_page(operator, monkeypatch):
    monkeypatch.setattr("portal.web.people.importing.ON_A_PAGE", 2)
    for number in (1, 2, 3):
        add_institution(f"990000{number}", f"{number}. ОУ", InstitutionType.SCHOOL, 3, "Варна")
    first, last = (operator.get(f"/people/without-director?page={page}").page for page in ("1", "9"))

    assert first.text("caption") == last.text("caption") == "Институции без директор: 4"
    assert [len(page.all("tbody tr")) for page in (first, last)] == [2, 2]
    assert first.text("tbody") != last.text("tbody")
    assert last.text("nav strong") == "2"


def test_whoever_directs_it_now_is_named_where_another_is_invited(operator, world):
    page = operator.get(f"/people/{world.boris.user_id}").page
    (link,) = [link for link in page.all("main a") if "Смяна" in link.text_content()]
    assert link.get("href") == f"/people/institutions/{OTHER_SCHOOL}/director"
    assert world.boris.name in operator.get(link.get("href")).page.text("main")


def test_a_line_that_changes_a_director_tells_everybody_concerned(operator, world):
    operator.get(PAGE)
    shown = operator.send(PAGE, file=table(f"{OTHER_SCHOOL};Нов Директор;new@example.org;director\n"))
    assert world.boris.name in shown.page.text("tbody")
    operator.send(PAGE, **shown.page.fields(shown.page.one("main form")))
    assert readers() == [
        "new@example.org",
        world.boris.email,
        f"dir{OTHER_SCHOOL}@example.org",
        "nora@example.org",
    ]
    assert User.get_by_id(world.boris.user_id).is_active


def test_a_table_to_fill_in_names_whoever_has_no_director(operator):
    table = operator.get("/people/without-director.csv")
    assert table.headers["Content-Disposition"] == "attachment; filename=people.csv"
    head, line = table.data.decode("utf-8-sig").splitlines()
    assert head.startswith('"code";"name";"email";"role";"institution"')
    assert line.startswith(f'"{FAR_SCHOOL}";"";"";"director";"ОУ „Васил Левски“";"Варна"')
    assert len(operator.get("/people/without-director.csv", region=22).data.splitlines()) == 1

    operator.get(PAGE)
    unfilled = operator.send(PAGE, file=(io.BytesIO(table.data), "people.csv"))
    assert "Няма на кого да се изпрати покана." in unfilled.page.text("main")
    filled = table.data.replace(b'"";""', '"Нов Директор";"new@example.org"'.encode())
    shown = operator.send(PAGE, file=(io.BytesIO(filled), "people.csv"))
    operator.send(PAGE, **shown.page.fields(shown.page.one("main form")))
    assert readers() == ["new@example.org"]
