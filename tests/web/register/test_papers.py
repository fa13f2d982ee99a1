"""GET and POST /quarantine/papers"""

import io

import openpyxl
import pytest
from pypdf import PdfReader

from portal.actions.register.keys.giving import give_key
from portal.domain.people import Scope
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.people import Login
from portal.storage.tables.register import Entry, Grant, RegisterUse
from tests.actions.register.unlocked import draft, entered, keep, opened_session, teacher
from tests.cast import NOW, PASSWORD, SITE
from tests.domain.invented import KALINA

HERE = "/quarantine/papers"


@pytest.fixture
def ana(client, world):
    entered(world.ana, draft(), teacher())
    return keep(client, world.ana)


@pytest.fixture
def dora(client, world):
    """A delegate with the key."""
    entered(world.ana, draft())
    dora = world.delegate(Scope.REGISTER)
    keep(client, dora)
    give_key(world.ana, opened_session(world.ana), dora.user_id, site=SITE, now=NOW)
    return client


def text_of(answer):
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages).split()
    )


def told():
    return [entry.what for entry in AuditEntry.select() if entry.what.startswith("register_paper")]


def test_the_page_offers_three_papers_and_names_nobody(ana):
    page = ana.get(HERE).page

    assert [field.get("value") for field in page.all("main [name=kind]")] == ["rzi", "order", "day"]
    assert "Калина" not in page.text()
    assert not page.has("[name=reason]")


def test_classes_are_chosen_from_those_of_the_register_while_it_is_open(ana, world):
    def choices():
        return [option.get("value") for option in ana.get(HERE).page.all("datalist#classes option")]

    entered(world.boris, draft(class_name="9В"))
    assert choices() == ["5А"]
    Login.update(wrapped_x25519=None, unlocked_at=None).execute()
    assert choices() == []


@pytest.mark.parametrize("kind", ["rzi", "order", "day"])
def test_each_comes_as_pdf_and_as_a_sheet(ana, kind):
    pdf = ana.send(HERE, kind=kind, format="pdf", class_name="5а")
    sheet = ana.send(HERE, kind=kind, format="xlsx", class_name="5а")

    assert (pdf.status_code, pdf.headers["Content-Type"]) == (200, "application/pdf")
    assert text_of(pdf)
    assert sheet.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert openpyxl.load_workbook(io.BytesIO(sheet.data)).active.max_row > 3
    assert told() == [f"register_paper_{kind}"] * 2


def test_the_list_has_names_and_the_name_of_the_file_has_none(ana):
    answer = ana.send(HERE, kind="rzi", day="2021-01-26")

    assert KALINA.names in text_of(answer)
    assert KALINA.id_number in text_of(answer)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="karantina-rzi-2021-01-26.pdf"'
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_forms_of_the_page_can_be_sent_as_they_are(ana):
    page = ana.get(HERE).page
    for form in page.all("main form"):
        fields = page.fields(form)
        fields.pop("csrf_token")
        answer = ana.send(form.get("action"), **fields)
        assert answer.status_code == (422 if fields["kind"] == "order" else 200)


def test_a_formula_in_a_name_stays_a_name(client, world):
    entered(world.ana, draft(first_name="=HYPERLINK(„x“)а", place="=1+1", phone="+359 888"))

    answer = keep(client, world.ana).send(HERE, kind="rzi", format="xlsx")

    cells = [
        cell for row in openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows() for cell in row
    ]
    assert {cell.data_type for cell in cells if str(cell.value)[:1] in "=+"} == {"s"}


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"kind": "order"}, "order-class_name", "за кой клас"),
        ({"kind": "order", "class_name": "7в"}, "order-class_name", "няма деца от този клас"),
        (
            {"kind": "order", "class_name": "5а", "first": "2021-02-03", "last": "2021-02-01"},
            "order-last",
            "преди първия",
        ),
        ({"kind": "rzi", "day": "вчера"}, "rzi-day", "изберете дата"),
        ({"kind": "rzi", "day": "2020-10-01"}, "rzi-day", "няма никого"),
        ({"kind": "day", "day": "31.02.2021"}, "day-day", "изберете дата"),
    ],
)
def test_what_does_not_hold_is_said_beside_its_field(ana, fields, field, sentence):
    answer = ana.send(HERE, **fields)

    assert answer.status_code == 422
    assert sentence in answer.page.text(f"#{field}-error")
    typed = {name: value for name, value in fields.items() if name != "kind"}
    for name, value in typed.items():
        assert answer.page.one(f"#{fields['kind']}-{name}").get("value") == value
    assert told() == []


@pytest.mark.parametrize("fields", [{}, {"kind": "all"}, {"kind": "rzi", "format": "docx"}])
def test_what_is_no_paper_is_refused(ana, fields):
    assert ana.send(HERE, **fields).status_code == 422


def test_an_empty_register_has_no_papers(client, world):
    answer = keep(client, world.boris).send(HERE, kind="day")

    assert answer.status_code == 409
    assert "Първо впишете" in answer.page.text(".error-summary")


def test_a_register_that_was_meddled_with_makes_none(ana):
    Entry.delete().where(Entry.id == Entry.select(Entry.id).limit(1)).execute()

    assert ana.send(HERE, kind="rzi").status_code == 409


class TestADelegate:
    def test_is_asked_why(self, dora):
        assert len(dora.get(HERE).page.all("[name=reason]")) == 3
        answer = dora.send(HERE, kind="rzi", reason=" ")

        assert answer.status_code == 422
        assert "директорът вижда" in answer.page.text("#rzi-reason-error")
        assert told() == []

    def test_gets_it_and_the_reason_is_sealed(self, dora):
        answer = dora.send(HERE, kind="rzi", reason="РЗИ поиска Калина")

        assert KALINA.names in text_of(answer)
        assert "Калина".encode() not in bytes(RegisterUse.get(RegisterUse.what == "paper_rzi").sealed)

    def test_without_the_register_gets_none(self, client, world):
        client.sign_in(world.delegate(Scope.DECIDE, Scope.SIGN))

        assert client.get(HERE).status_code == 403
        assert client.send(HERE, kind="day").status_code == 403


@pytest.mark.parametrize("who", ["nora", "oleg"])
def test_offices_get_none(client, world, who):
    client.sign_in(getattr(world, who))

    assert client.get(HERE).status_code == 403
    assert client.send(HERE, kind="day").status_code == 403


def test_the_neighbour_gets_only_their_own(client, world):
    entered(world.ana, draft())
    entered(world.boris, draft(first_name="Ани"))

    text = text_of(keep(client, world.boris).send(HERE, kind="rzi"))

    assert "Ани" in text
    assert "Калина" not in text


class TestWhileItIsLocked:
    def lock(self, client):
        Login.update(wrapped_x25519=None, unlocked_at=None).execute()
        return client

    def test_the_page_is_there_and_the_paper_asks_for_the_password(self, ana):
        self.lock(ana)
        assert ana.get(HERE).status_code == 200
        answer = ana.send(HERE, kind="order", format="xlsx", class_name="5а")

        assert answer.status_code == 409
        assert "Калина" not in answer.text
        form = next(form for form in answer.page.all("form") if form.get("action") == HERE)
        fields = answer.page.fields(form)
        fields.pop("csrf_token")
        password = form.xpath('.//input[@type="password"]')[0].get("name")
        paper = ana.send(HERE, **fields | {password: PASSWORD})

        assert paper.data.startswith(b"PK")
        assert (
            "zapoved" in paper.headers["Content-Disposition"]
            or "order" in paper.headers["Content-Disposition"]
        )

    def test_without_the_key_there_is_none(self, ana):
        Grant.delete().execute()

        assert ana.send(HERE, kind="day").status_code == 409
