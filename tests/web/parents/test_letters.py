"""GET,POST /confirmations/<month>/parent-letters, GET …/parent-letters.pdf"""

from io import BytesIO

import pytest
from pypdf import PdfReader

from portal.actions.signing.signing import sign, unsign
from portal.domain.decisions import Decision
from portal.domain.people import Scope
from portal.domain.submissions import Lock
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.db import db, is_sqlite
from tests.cast import AFTER, MONTH, NOW, OTHER_SCHOOL, PASSWORD, SCHOOL, SITE, add_record, change_delegations

LIST = "/confirmations/2020-12"
PAGE = f"{LIST}/parent-letters"
PAPER = f"{PAGE}.pdf"

pytestmark = pytest.mark.both_databases


@pytest.fixture
def children(world):
    """Three children of two classes, decided and signed."""
    made = [
        add_record(decision=Decision.CONFIRMED, family=family, class_code=code,
                   decided_by=world.ana.user_id, decided_at=NOW)
        for family, code in (("Ангелова", 7), ("Борисова", 7), ("Василева", 3))
    ]  # fmt: skip
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
    return made


def pages_of(response) -> list[str]:
    assert (response.status_code, response.response.mimetype) == (200, "application/pdf")
    return [page.extract_text() for page in PdfReader(BytesIO(response.data)).pages]


def families_in(response) -> list[str]:
    return [
        family
        for page in pages_of(response)
        for family in ("Ангелова", "Борисова", "Василева")
        if family in page
    ]


def printed() -> list[AuditEntry]:
    return list(AuditEntry.select().where(AuditEntry.what == "parent_letters"))


def test_every_child_can_be_chosen_class_by_class(client, world, children):
    page = client.sign_in(world.ana).get(PAGE).page

    assert [legend.text_content() for legend in page.all("fieldset legend")] == ["III клас", "VII клас"]
    by_id = {str(record.id): record for record in children}
    boxes = page.all("input[name=records]")
    assert {box.get("value") for box in boxes} == set(by_id)
    for box in boxes:
        assert by_id[box.get("value")].family in page.text(f"label[for={box.get('id')}]")
    assert "Отсъствие, потвърждавам" in page.text("form.picks")


@pytest.mark.parametrize("get", [True, False])
def test_a_page_for_each_child_that_was_chosen(client, world, children, get):
    client.sign_in(world.ana)
    chosen = [children[2].id, children[0].id]
    answer = client.get(PAPER, records=chosen) if get else client.send(PAGE, records=chosen)

    assert families_in(answer) == ["Василева", "Ангелова"]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="parent-letters-2020-12.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_numbers_may_be_joined_in_an_address(client, world, children):
    joined = f"{children[2].id},{children[0].id}"

    assert families_in(client.sign_in(world.ana).get(PAPER, records=joined)) == ["Василева", "Ангелова"]
    assert client.get(PAPER, records=f"{children[0].id},").status_code == 404


def test_everybody_at_once(client, world, children):
    client.sign_in(world.ana)

    assert len(pages_of(client.send(PAGE, all="yes"))) == 3
    assert len(pages_of(client.get(PAPER))) == 3


def test_who_chooses_nobody_is_told_beside_the_boxes(client, world, children):
    answer = client.sign_in(world.ana).send(PAGE)

    assert answer.status_code == 422
    assert answer.page.text("#records-error").startswith("Отбележете поне едно дете")
    assert answer.page.has(".error-summary a[href='#records']")
    assert answer.page.has("#records")
    assert printed() == []


@pytest.mark.parametrize("wrong", ["0", "99999999", "x", "-1", "٣", "1" * 400, "0" * 5000 + "1"])
def test_a_child_that_is_not_on_the_list_is_not_there(client, world, children, wrong):
    client.sign_in(world.ana)

    assert client.get(PAPER, records=[children[0].id, wrong]).status_code == 404
    answer = client.send(PAGE, records=[children[0].id, wrong])
    assert answer.status_code == 404
    assert "не е в подписания списък" in answer.page.text(".error-summary")
    assert answer.page.has(f"input[value='{children[0].id}'][checked]")
    assert printed() == []


def test_as_many_can_be_chosen_as_the_longest_list_has(client, world, children):
    """They are read, and looked for."""
    answer = client.sign_in(world.ana).send(PAGE, records=list(range(10**6, 10**6 + 400)))

    assert answer.status_code == 404


def test_a_neighbours_child_is_not_there(client, world, children):
    theirs = add_record(OTHER_SCHOOL)
    client.sign_in(world.ana)

    assert client.get(PAPER, records=[theirs.id]).status_code == 404
    assert client.sign_in(world.boris).get(PAPER, records=[children[0].id]).status_code == 409  # not signed
    assert client.get(PAGE).status_code == 409


def test_says_what_was_signed_and_not_what_stands_there_now(client, world, children):
    db.execute_sql("DROP TRIGGER record_signed_update" + ("" if is_sqlite() else " ON record"))
    Record.update(family="Друга").execute()

    assert families_in(client.sign_in(world.ana).get(PAPER)) == ["Василева", "Ангелова", "Борисова"]


def test_waits_for_the_signature_and_goes_with_it(client, world):
    add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)
    client.sign_in(world.ana)
    assert client.get(PAGE).status_code == 409
    assert client.get(PAPER).status_code == 409

    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
    assert client.get(f"{LIST}/sign").page.has(f"a[href='{PAGE}']")
    assert client.get(PAGE).status_code == 200
    unsign(world.ana, MONTH, "Сбъркан брой.", now=NOW)
    assert client.get(PAPER).status_code == 409
    assert not client.get(f"{LIST}/sign").page.has(f"a[href='{PAGE}']")


def test_is_there_after_the_deadline_and_the_answer_and_gone_with_the_list(client, world, children):
    client.at(AFTER).sign_in(world.ana)
    Campaign.update(answered_at=AFTER).execute()
    assert len(pages_of(client.get(PAPER))) == 3

    Submission.update(lock=Lock.ERASED).where(Submission.institution == SCHOOL).execute()
    assert client.get(PAPER).status_code == 404
    assert client.get(PAGE).status_code == 404


def test_asked_twice_it_is_made_twice_and_changes_nothing(client, world, children):
    client.sign_in(world.ana)
    version = Submission.get(Submission.institution == SCHOOL).version

    assert client.get(PAPER).data == client.get(PAPER).data
    assert Submission.get(Submission.institution == SCHOOL).version == version


def test_the_audit_says_who_made_them_and_the_log_how_many_and_neither_for_whom(
    client, world, children, caplog
):
    caplog.set_level("INFO")
    client.sign_in(world.ana).get(PAPER, records=[children[0].id])

    [entry] = printed()
    assert (entry.chain, entry.who) == (SCHOOL, world.ana.user_id)
    assert entry.object.startswith("submission:")
    assert f"1 letters to parents for user {world.ana.user_id}" in caplog.text
    assert "Ангелова" not in caplog.text
    assert "изготви писма до родителите" in client.get(f"{LIST}/history").text


@pytest.mark.parametrize(("scope", "status"), [(Scope.SIGN, 200), (Scope.DECIDE, 403), (Scope.REGISTER, 403)])
def test_a_delegate_may_who_may_sign(client, world, children, scope, status):
    change_delegations(scopes=scope.value)
    client.sign_in(world.dora)

    assert client.get(PAGE).status_code == status
    assert client.get(PAPER).status_code == status
    assert len(printed()) == (status == 200)


def test_a_list_of_nobody_has_no_letters(client, world):
    answer = client.sign_in(world.ana).get(PAGE)

    assert answer.status_code == 409
