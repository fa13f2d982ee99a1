"""/campaigns/<YYYY-MM>/waiting: what lies where nobody can decide, and routing it."""

import pytest

from portal.actions.campaigns.closing import close_institution
from portal.actions.lists.confirmations import send_back
from portal.actions.people.invitations import NewAccount, invite
from portal.domain.decisions import Decision
from portal.domain.people import Role
from portal.domain.submissions import Lock
from portal.storage.tables.campaigns import Campaign, Submission
from tests.actions.loading.loaded import asp, enrol, enrolled, load
from tests.cast import (
    AFTER,
    EGNS,
    FAR_SCHOOL,
    KINDERGARTEN,
    MONTH,
    NOW,
    OTHER_SCHOOL,
    SCHOOL,
    SITE,
    add_record,
    stored,
)

PAGE = "/campaigns/2020-12"
HERE = f"{PAGE}/waiting/{SCHOOL}"
pytestmark = pytest.mark.both_databases


@pytest.fixture
def oleg(client, world):
    return client.sign_in(world.oleg)


@pytest.fixture
def records(world):
    """A pending and a decided record of a closed school whose successor is Борис's."""
    found = [
        add_record(id_number=EGNS[0], family="Необикновена"),
        add_record(id_number=EGNS[1], decision=Decision.CONFIRMED),
    ]
    close_institution(world.oleg, SCHOOL, NOW.date(), OTHER_SCHOOL, now=NOW)
    return found


def test_the_months_page_counts_them_by_institution_beside_what_was_sent_back(oleg, records, world):
    add_record(FAR_SCHOOL, id_number=EGNS[3])  # nobody directs it
    away = add_record(KINDERGARTEN, id_number=EGNS[4])
    send_back(world.vyara, MONTH, away.id, "премести се", now=NOW)
    page = oleg.get(PAGE).page

    assert page.text(f"#waiting-{SCHOOL}") == (
        "39. СУ „Отец Паисий“2200000, София-град закрита от 28.01.2021 г.приемник 10. СУ „Христо Ботев“, "
        "2200004 2 Вижте и насочете записите на 39. СУ „Отец Паисий“"
    )
    assert "няма активиран директор 1" in page.text(f"#waiting-{FAR_SCHOOL}")
    assert page.has(f"#returned-{away.id}")
    assert "4 за насочване" in page.text(".figures")
    assert "Необикновена" not in page.text("main")


def test_where_everybody_can_decide_nobody_waits(oleg, world):
    add_record()
    page = oleg.get(PAGE).page

    assert page.text("#waiting + p") == "Няма такива записи."
    assert oleg.get(f"{PAGE}/waiting/").page.text(".lead") == "Няма такива записи."
    assert "няма записи за насочване" in oleg.get(HERE).page.text(".lead")


def test_more_than_twenty_institutions_are_a_page_further(oleg, records, monkeypatch):
    monkeypatch.setattr("portal.web.campaigns.page.WAITING_SHOWN", 1)
    add_record(FAR_SCHOOL, id_number=EGNS[3])
    page = oleg.get(PAGE).page

    assert page.has(f"#waiting-{SCHOOL}")
    assert not page.has(f"#waiting-{FAR_SCHOOL}")
    assert "3 за насочване" in page.text(".figures")
    assert "Всички 2 институции с 3 записа." in page.text("main")
    assert oleg.get(f"{PAGE}/waiting/").page.has(f"#waiting-{FAR_SCHOOL}")


def test_all_institutions_are_shown_some_on_each_page(oleg, records, monkeypatch):
    monkeypatch.setattr("portal.web.campaigns.waiting.ON_A_PAGE", 1)
    add_record(FAR_SCHOOL, id_number=EGNS[3])
    first = oleg.get(f"{PAGE}/waiting/").page
    assert first.text("nav[aria-label=Страници]") == "Страница 1 от 2: 1 2"
    assert first.text(".lead").startswith("Записи: 3. Институции, закрити или без активиран директор: 2.")

    for page in ("2", "99"):
        last = oleg.get(f"{PAGE}/waiting/?page={page}").page
        assert last.has(f"#waiting-{FAR_SCHOOL}")
        assert not last.has(f"#waiting-{SCHOOL}")
        assert last.text("nav strong") == "2"


def test_the_successor_is_offered_unless_the_child_is_enrolled_elsewhere(oleg, records):
    load(asp(2))
    enrol(enrolled(2, institution=SCHOOL))
    page = oleg.get(HERE).page

    assert page.one(f"#route-all-{SCHOOL}").get("value") == OTHER_SCHOOL
    assert page.text(f"#route-all-{SCHOOL}-hint") == "10. СУ „Христо Ботев“"
    assert page.one(f"#route-{records[0].id}").get("value") == OTHER_SCHOOL
    assert "Необикновена" in page.text(f"#waiting-{records[0].id}")
    assert "ЕГН 135*****28" in page.text(f"#waiting-{records[0].id}")
    assert "без подпис не важи и отпада" in page.text(f"#waiting-{records[1].id}")
    assert len(page.all("form[action$='/route']")) == 4


def test_where_nobody_directs_the_same_institution_is_not_offered_again(oleg, world):
    enrol(enrolled(3, institution=FAR_SCHOOL), enrolled(4, institution=OTHER_SCHOOL))
    here, elsewhere = add_record(FAR_SCHOOL, id_number=EGNS[3]), add_record(FAR_SCHOOL, id_number=EGNS[4])
    page = oleg.get(f"{PAGE}/waiting/{FAR_SCHOOL}").page

    assert page.one(f"#route-all-{FAR_SCHOOL}").get("value") == ""
    assert page.one(f"#route-{here.id}").get("value") == ""
    assert page.one(f"#route-{elsewhere.id}").get("value") == OTHER_SCHOOL


def test_who_is_invited_already_is_not_to_be_invited(oleg, world):
    add_record(FAR_SCHOOL, id_number=EGNS[3])
    here = f"{PAGE}/waiting/{FAR_SCHOOL}"
    assert "Поканете директор" in oleg.get(PAGE).page.text(f"#waiting-{FAR_SCHOOL}")
    assert "Поканете директор: щом активира" in oleg.get(here).page.text("main")

    new = NewAccount(Role.DIRECTOR, "new@example.org", "Нов Директор", FAR_SCHOOL)
    invite(world.oleg, new, site=SITE, now=NOW)
    assert "Поканеният директор" in oleg.get(PAGE).page.text(f"#waiting-{FAR_SCHOOL}")
    assert "Директорът е поканен: щом активира" in oleg.get(here).page.text("main")


@pytest.mark.parametrize("htmx", [True, False])
def test_routes_all_of_an_institution_at_once(oleg, records, htmx):
    answer = oleg.send(f"{HERE}/route", institution=OTHER_SCHOOL, htmx=htmx)

    assert (answer.status_code, answer.location) == (303, f"{PAGE}#waiting")
    assert {stored(record).institution_id for record in records} == {OTHER_SCHOOL}
    page = oleg.get(PAGE).page
    told = f"Насочени записи: 2. Те са в списъка на 10. СУ „Христо Ботев“ ({OTHER_SCHOOL})."
    assert page.text(".notice.is-done") == told
    assert not page.has(f"#waiting-{SCHOOL}")


def test_asks_before_they_go_where_nobody_can_decide(oleg, records):
    asked = oleg.send(f"{HERE}/route", institution=FAR_SCHOOL)
    assert asked.status_code == 422
    assert "още няма активиран директор" in asked.page.text(".notice.is-warning")
    assert "2 записи" in asked.page.text(".figures")
    assert stored(records[0]).institution_id == SCHOOL

    form = asked.page.one("main form")
    answer = oleg.send(form.get("action"), **asked.page.fields(form))
    assert (answer.status_code, answer.location) == (303, f"{PAGE}#waiting")
    assert {stored(record).institution_id for record in records} == {FAR_SCHOOL}


def test_asks_before_one_goes_where_nobody_can_decide(oleg, records):
    sent = {"institution": FAR_SCHOOL, "from": SCHOOL}
    asked = oleg.send(f"{PAGE}/records/{records[0].id}/route", **sent)
    assert asked.status_code == 422

    form = asked.page.one("main form")
    assert oleg.send(form.get("action"), **asked.page.fields(form)).location == HERE
    assert stored(records[0]).institution_id == FAR_SCHOOL


def test_twice_is_a_conflict(oleg, records):
    oleg.send(f"{HERE}/route", institution=OTHER_SCHOOL)
    again = oleg.send(f"{HERE}/route", institution=KINDERGARTEN)

    assert again.status_code == 409
    assert "вече няма записи за насочване" in again.page.text(".notice.is-wrong")
    assert stored(records[0]).institution_id == OTHER_SCHOOL


def test_one_record_goes_alone_and_the_page_stays(oleg, records):
    form = {"institution": KINDERGARTEN, "from": SCHOOL}
    answer = oleg.send(f"{PAGE}/records/{records[0].id}/route", **form)

    assert (answer.status_code, answer.location) == (303, HERE)
    assert stored(records[0]).institution_id == KINDERGARTEN
    page = oleg.get(HERE).page
    assert not page.has(f"#waiting-{records[0].id}")
    assert page.has(f"#waiting-{records[1].id}")


@pytest.mark.parametrize(
    ("code", "sentence"), [("9999999", "Няма институция"), (SCHOOL, "закрита и не приема")]
)
def test_what_was_typed_is_told_beside_its_field(oleg, records, code, sentence):
    whole = oleg.send(f"{HERE}/route", institution=code)
    single = oleg.send(f"{PAGE}/records/{records[0].id}/route", institution=code, **{"from": SCHOOL})

    assert (whole.status_code, single.status_code) == (422, 422)
    assert sentence in whole.page.text(f"#route-all-{SCHOOL}-error")
    assert whole.page.one(f"#route-all-{SCHOOL}").get("value") == code
    assert sentence in single.page.text(f"#route-{records[0].id}-error")
    assert single.page.one(f"#route-{records[0].id}").get("value") == code


def test_a_signed_list_and_the_deadline_are_conflicts(oleg, records):
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == OTHER_SCHOOL).execute()

    assert oleg.send(f"{HERE}/route", institution=OTHER_SCHOOL).status_code == 409
    late = oleg.at(AFTER).send(f"{HERE}/route", institution=KINDERGARTEN)
    assert late.status_code == 409
    assert "Срокът изтече" in late.page.text(".notice.is-wrong")
    assert stored(records[0]).institution_id == SCHOOL


def test_after_the_answer_nothing_is_routed(oleg, records):
    Campaign.update(answered_at=AFTER).execute()
    oleg.at(AFTER)

    assert not oleg.get(HERE).page.has("form[action$='/route']")
    assert not oleg.get(PAGE).page.has(f"#waiting-{SCHOOL} a")
    assert oleg.send(f"{HERE}/route", institution=OTHER_SCHOOL).status_code == 409


def test_an_institution_that_is_not_there_is_not_found(oleg, world):
    assert oleg.get(f"{PAGE}/waiting/9999999").status_code == 404


@pytest.mark.parametrize("who", ["ana", "boris", "dora", "nora"])
def test_is_for_the_operator_only(client, world, records, who):
    other = client.sign_in(getattr(world, who))

    assert other.get(HERE).status_code == 403
    assert other.send(f"{HERE}/route", institution=OTHER_SCHOOL).status_code == 403
    assert stored(records[0]).institution_id == SCHOOL


def test_the_first_page_and_the_answers_page_say_how_many(oleg, records):
    add_record(FAR_SCHOOL, id_number=EGNS[3])
    shown = oleg.get("/").page.text("#month-2020-12")

    assert "Записи на закрити институции, които чакат насочване: 2." in shown
    assert "Записи в списъци без активиран директор: 1." in shown
    row = oleg.get("/campaigns/").page.one("tbody tr")
    assert [cell.text_content() for cell in row.cssselect("[data-label='Чакат ЦИОО']")] == ["2"]
    assert "Ненасочени записи в закрити институции или без активиран директор: 3." in (
        oleg.at(AFTER).get(f"{PAGE}/answer").page.text(".notice")
    )
