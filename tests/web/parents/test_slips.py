"""GET /confirmations/<month>/slips.pdf"""

from io import BytesIO

import pytest
from pypdf import PdfReader

from portal.actions.lists.confirmations import send_back
from portal.domain.decisions import Decision
from portal.domain.people import Scope
from portal.domain.submissions import Lock
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.institutions import Institution
from tests.cast import AFTER, MONTH, NOW, SCHOOL, add_record, change_delegations

LIST = "/confirmations/2020-12"
PAPER = f"{LIST}/slips.pdf"


@pytest.fixture
def children(world):
    return [
        add_record(family=family, class_code=code)
        for family, code in (("Ангелова", 7), ("Борисова", 7), ("Василева", 3))
    ]


def text_of(response) -> list[str]:
    assert (response.status_code, response.response.mimetype) == (200, "application/pdf")
    return [page.extract_text() for page in PdfReader(BytesIO(response.data)).pages]


@pytest.mark.both_databases
def test_each_class_has_its_page_and_no_child_its_number(client, world, children):
    answer = client.sign_in(world.ana).get(PAPER)
    third, seventh = text_of(answer)

    assert "Василева" in third
    assert "Ангелова" in seventh
    assert "Борисова" in seventh
    for record in children:
        for page in (third, seventh):
            assert record.id_number not in page
            assert record.id_number[:3] not in page.replace("2200000", "")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="slips-2020-12.pdf"'


def test_one_class_alone(client, world, children):
    answer = client.sign_in(world.ana).get(PAPER, **{"class": "3"})

    [page] = text_of(answer)
    assert "III клас" in page
    assert "Ангелова" not in page
    assert answer.headers["Content-Disposition"] == 'attachment; filename="slips-2020-12-3.pdf"'


@pytest.mark.parametrize("wrong", ["8", "x", "VII", "7 ", '7"'])
def test_a_class_that_is_not_on_the_list_is_not_there(client, world, children, wrong):
    assert client.sign_in(world.ana).get(PAPER, **{"class": wrong}).status_code == 404


def test_a_list_of_nobody_has_none_and_the_neighbour_sees_his_own(client, world, children):
    assert client.sign_in(world.boris).get(PAPER).status_code == 404


def test_what_was_sent_back_is_not_asked_of_the_teacher(client, world, children):
    send_back(world.ana, MONTH, children[2].id, "Учи другаде.", now=NOW)

    assert len(text_of(client.sign_in(world.ana).get(PAPER))) == 1


def test_the_page_of_the_sheet_offers_them_by_class_while_there_is_something_to_find_out(
    client, world, children
):
    client.sign_in(world.ana)
    page = client.get(f"{LIST}/sheet").page

    assert page.has(f"a[href='{PAPER}']")
    assert page.has(f"a[href='{PAPER}?class=7']")
    client.at(AFTER).sign_in(world.ana)
    assert not client.get(f"{LIST}/sheet").page.has(f"a[href^='{PAPER}']")


@pytest.mark.parametrize("has_window", [True, False])
def test_the_list_leads_to_them_also_before_its_window(client, world, children, has_window):
    if not has_window:
        Campaign.update(opens_on=None, closes_on=None).execute()
    page = client.sign_in(world.ana).get(LIST).page

    assert page.has(f"a[href='{LIST}/sheet#slips']")
    assert page.has(f"a[href='{LIST}/sheet']") == has_window
    assert client.get(f"{LIST}/sheet").page.has("#slips")
    assert not client.at(AFTER).sign_in(world.ana).get(LIST).page.has("a[href$='#slips']") or not has_window


def test_a_closed_institution_has_none(client, world, children):
    Institution.update(closed_on="2021-01-20").where(Institution.code == SCHOOL).execute()

    assert client.sign_in(world.ana).get(PAPER).status_code == 409
    assert not client.get(LIST).page.has("a[href$='#slips']")


def test_is_there_before_the_window_and_not_after_it(client, world, children):
    client.sign_in(world.ana)
    Campaign.update(opens_on=None, closes_on=None).execute()
    assert client.get(PAPER).status_code == 200

    Campaign.update(opens_on="2021-01-25", closes_on="2021-02-01").execute()
    client.at(AFTER).sign_in(world.ana)
    assert client.get(PAPER).status_code == 409


@pytest.mark.parametrize("lock", [Lock.SIGNED, Lock.ERASED])
def test_nobody_writes_on_a_signed_list(client, world, children, lock):
    Submission.update(lock=lock).where(Submission.institution == SCHOOL).execute()

    answer = client.sign_in(world.ana).get(PAPER)
    assert answer.status_code == 409
    assert not client.get(f"{LIST}/sheet").page.has(f"a[href^='{PAPER}']")


@pytest.mark.parametrize(("scope", "status"), [(Scope.DECIDE, 200), (Scope.SIGN, 403), (Scope.REGISTER, 403)])
def test_a_delegate_may_who_prepares_decisions(client, world, children, scope, status):
    change_delegations(scopes=scope.value)

    assert client.sign_in(world.dora).get(PAPER).status_code == status


def test_the_log_names_nobody(client, world, children, caplog):
    caplog.set_level("INFO")
    client.sign_in(world.ana).get(PAPER)

    assert f"slips of 2 classes for user {world.ana.user_id}" in caplog.text
    assert "Ангелова" not in caplog.text


def test_decided_children_are_on_it_too(client, world):
    """The teacher looks at all; what was decided can still be taken back."""
    add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)

    assert client.sign_in(world.ana).get(PAPER).status_code == 200
