"""GET /oversight/ and /oversight/<YYYY-MM>"""

import pytest

from portal.domain.decisions import Decision
from portal.domain.submissions import Lock
from portal.storage.tables.answers import AnswerFile
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.db import db
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User
from portal.storage.tables.register import RegisterMonth
from tests.cast import (
    AFTER,
    CLOSES,
    FAR_SCHOOL,
    KINDERGARTEN,
    MONTH,
    NOW,
    OPENS,
    OTHER_SCHOOL,
    SCHOOL,
    add_institution,
    add_record,
)

HERE = "/oversight/2020-12"


def row(answer, code=SCHOOL):
    return answer.page.text(f"#institution-{code}")


def codes(answer):
    return [element.get("id")[-7:] for element in answer.page.all('tr[id^="institution-"]')]


def mark(institution=SCHOOL, **changes):
    Submission.update(**changes).where(Submission.institution == institution).execute()


def confirm(institution):
    RegisterMonth.create(campaign=Campaign.get(), institution=institution, confirmed_at=NOW)


@pytest.fixture
def nora(client, world):
    return client.sign_in(world.nora)


@pytest.fixture
def oleg(client, world):
    return client.sign_in(world.oleg)


def test_leads_to_the_newest_month(nora):
    Campaign.create(month=MONTH.plus(-1), made_at=NOW)

    answer = nora.get("/oversight/")

    assert (answer.status_code, answer.location) == (303, HERE)


def test_on_the_last_day_leads_to_that_month_though_the_next_is_loaded(nora):
    Campaign.create(month=MONTH.plus(1), made_at=NOW)
    earlier = Campaign.create(month=MONTH.plus(-1), opens_on=OPENS, closes_on=CLOSES, made_at=NOW)

    assert nora.get("/oversight/").location == f"/oversight/{earlier.month}", "the same deadline, and older"
    cards = [card.get("id") for card in nora.get("/").page.all("main section[id^='month-']")]
    assert cards == [f"month-{month}" for month in (earlier.month, MONTH, MONTH.plus(1))]
    earlier.delete_instance()
    assert nora.at(AFTER).get("/oversight/").location == HERE


def test_says_that_there_is_no_campaign_yet(nora):
    Submission.delete().execute()
    Campaign.delete().execute()

    assert "Още няма заредена кампания" in nora.get("/oversight/").page.text()


def test_an_expert_of_a_region_with_nothing_in_it_reads_so(nora):
    Submission.delete().execute()

    answer = nora.get(HERE)
    assert answer.status_code == 200
    assert "Във вашия регион още няма институции." in answer.page.text()


def test_a_month_without_a_campaign_is_not_there(nora):
    assert nora.get("/oversight/2019-05").status_code == 404


def test_shows_how_far_an_institution_is_and_how_to_reach_it(nora):
    add_record()
    add_record(decision=Decision.CONFIRMED)
    add_record(decision=Decision.REFUSED)
    mark(first_opened_at=NOW)

    shown = row(nora.get(HERE))

    assert "в процес" in shown
    assert "39. СУ „Отец Паисий“" in shown
    assert "02 900 0000" in shown
    assert "dir2200000@example.org" in shown
    assert "никога неотварян" not in shown
    cells = [cell.text_content() for cell in nora.get(HERE).page.all(f"#institution-{SCHOOL} td.number")]
    assert cells == ["3", "1", "1", "1"]


def test_says_when_a_list_was_signed(nora):
    add_record(decision=Decision.CONFIRMED)
    mark(lock=Lock.SIGNED, signed_at=NOW, first_opened_at=NOW)

    assert "подписано" in row(nora.get(HERE))
    assert "Списък" in nora.get(HERE).page.text("#institutions thead")
    assert "28.01.2021 г., 10:00 ч." in row(nora.get(HERE))


def test_says_who_never_looked_and_who_cannot(nora, world):
    add_record()
    add_record(OTHER_SCHOOL)
    User.update(disabled_at=NOW).where(User.id == world.boris.user_id).execute()

    answer = nora.get(HERE)

    assert "незапочнато" in row(answer)
    assert "никога неотварян" in row(answer)
    assert "няма активиран достъп" in row(answer, OTHER_SCHOOL)


def test_names_no_child(nora):
    record = add_record(family="Неповторимова", note="бележка за детето", returned_note="друга бележка")

    for asked in ({}, {"q": "Неповторимова"}, {"q": record.id_number}):
        answer = nora.get(HERE, **asked)
        told = answer.page.text("main") + answer.page.text("#institutions")
        told = told.replace(f"търсене „{asked.get('q')}“", "")  # what was typed oneself
        assert not [name for name in ("Неповторимова", "Мария", record.id_number, "бележка") if name in told]
        assert not codes(answer) or not asked


def test_asks_for_no_record(nora, monkeypatch):
    add_record()
    asked = []
    execute = db.obj.execute_sql
    monkeypatch.setattr(db.obj, "execute_sql", lambda sql, *more: asked.append(sql) or execute(sql, *more))

    assert nora.get(HERE).status_code == 200

    assert [sql for sql in asked if '"record"' in sql] == []


def test_sums_up_the_region(nora):
    add_record(decision=Decision.CONFIRMED)
    add_record(OTHER_SCHOOL)
    mark(lock=Lock.SIGNED, signed_at=NOW)
    mark(KINDERGARTEN, checked_at=NOW)

    confirm(SCHOOL)
    page = nora.get(HERE).page

    assert page.text(".share") == "33 % приключили: 1 от 3 · списък: 2 · карантина: 1"
    assert "Липсва само едното: 1" in page.text(".counted")
    assert "приключили 1 от 3 (33 %) списък 2, карантина 1" in page.text("tfoot")
    assert "приключила" in row(nora.get(HERE))
    assert "липсва само карантината" in row(nora.get(HERE), KINDERGARTEN)
    assert "липсва само" not in row(nora.get(HERE), OTHER_SCHOOL)
    assert "Неподписан списък се брои за неизпълнен" in page.text("main")
    assert "за него към АСП се подава „няма информация“" in page.text("main")


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {SCHOOL, OTHER_SCHOOL, KINDERGARTEN}),
        ({"state": "ready"}, {OTHER_SCHOOL}),
        ({"state": "unopened"}, {SCHOOL, KINDERGARTEN}),
        ({"state": "nothing"}, {KINDERGARTEN}),
        ({"state": "unfinished"}, {SCHOOL, OTHER_SCHOOL, KINDERGARTEN}),
        ({"module": "list"}, {SCHOOL, OTHER_SCHOOL, KINDERGARTEN}),
        ({"module": "register"}, {OTHER_SCHOOL, KINDERGARTEN}),
        ({"module": "one"}, {SCHOOL}),
        ({"type": "kindergarten"}, {KINDERGARTEN}),
        ({"q": "ОТЕЦ паисий"}, {SCHOOL}),
        ({"q": "2200004"}, {OTHER_SCHOOL}),
        ({"q": "%"}, set()),
        ({"q": "220_"}, set()),
        ({"state": "ready", "type": "kindergarten"}, set()),
        ({"state": "измислено", "type": "?", "sort": "?"}, {SCHOOL, OTHER_SCHOOL, KINDERGARTEN}),
    ],
)
def test_filters_with_and_without_htmx(nora, query, found, htmx):
    add_record()
    add_record(OTHER_SCHOOL, decision=Decision.CONFIRMED)
    mark(OTHER_SCHOOL, first_opened_at=NOW)
    confirm(SCHOOL)

    answer = nora.get(HERE, htmx=htmx, **query)

    assert answer.status_code == 200
    assert set(codes(answer)) == found
    assert answer.page.is_whole is not htmx
    assert answer.page.has("#institutions")
    assert answer.headers["Vary"].find("HX-Request") >= 0


def test_keeps_what_was_asked_in_the_form(nora):
    page = nora.get(HERE, q="<паисий>", state="ready", type="school", sort="name").page

    assert page.one("#q").get("value") == "<паисий>"
    assert page.one("#state option[selected]").get("value") == "ready"
    assert page.one("#type option[selected]").get("value") == "school"
    assert page.one("#sort option[selected]").get("value") == "name"
    assert "Няма институция" in page.text("#institutions")


def test_finds_in_one_step_who_has_not_finished(nora):
    add_record(decision=Decision.CONFIRMED)
    add_record(OTHER_SCHOOL, decision=Decision.CONFIRMED)
    mark(lock=Lock.SIGNED, signed_at=NOW)
    mark(KINDERGARTEN, checked_at=NOW)
    for each in (SCHOOL, KINDERGARTEN):
        confirm(each)

    answer = nora.get(HERE, state="unfinished")

    assert codes(answer) == [OTHER_SCHOOL]
    assert answer.page.text("#state option[selected]") == "не са приключили"
    assert "Показани институции: 1 от 3 – „не са приключили“ · Всички институции" in answer.page.text(
        "#institutions"
    )


def test_offers_erased_lists_only_where_there_are(nora):
    assert not nora.get(HERE).page.has("#state option[value=erased]")
    mark(lock=Lock.ERASED)
    assert nora.get(HERE).page.has("#state option[value=erased]")


def test_puts_first_who_has_most_to_do(nora):
    add_record()
    add_record(OTHER_SCHOOL, decision=Decision.CONFIRMED)

    assert codes(nora.get(HERE)) == [OTHER_SCHOOL, SCHOOL, KINDERGARTEN]
    assert codes(nora.get(HERE, sort="name")) == [KINDERGARTEN, OTHER_SCHOOL, SCHOOL]


def test_only_the_call_list_says_whom_to_call_first(nora):
    """It weighs letters, calls and the time that is left; the table orders by state alone."""
    offered = [each.text_content() for each in nora.get(HERE).page.all("#sort option")]
    assert offered[0] == "първо неприключилите"
    assert not [words for words in offered if "обаждане" in words]


def test_a_region_never_sees_another(nora):
    add_record(FAR_SCHOOL)

    for answer in (nora.get(HERE, region="3"), nora.get(HERE, q=FAR_SCHOOL)):
        assert FAR_SCHOOL not in codes(answer)
        assert "Левски" not in answer.text


def test_the_operator_sees_the_country_by_region(oleg):
    add_record(FAR_SCHOOL)
    mark(OTHER_SCHOOL, checked_at=NOW)

    page = oleg.get(HERE).page

    assert [link.text for link in page.all("tbody a")] == ["Варна", "София-град"]
    assert page.all("tbody a")[0].get("href") == f"{HERE}?region=3"
    assert not page.has('[id^="institution-"]')


def test_the_operator_opens_one_region(oleg):
    add_record(FAR_SCHOOL)

    answer = oleg.get(HERE, region="3")

    assert codes(answer) == [FAR_SCHOOL]
    assert answer.page.one('input[name="region"]').get("value") == "3"
    assert codes(oleg.get(HERE, region="3", state="ready")) == []


def test_a_region_without_institutions_is_not_there(oleg):
    assert oleg.get(HERE, region="17").status_code == 404
    assert oleg.get(HERE, region="не е число").page.has("tbody a")


def test_stays_open_after_the_answer(nora, world):
    Campaign.update(answered_at=NOW).execute()
    AnswerFile.create(campaign=world.campaign, final=True, sha256="0" * 64, at=NOW)

    assert "отговорът е изготвен" in nora.get(HERE).page.text(".lead")
    Campaign.update(sent_on=NOW.date()).execute()
    said = nora.get(HERE).page.text(".lead")
    assert "Отговорът е изпратен на АСП на 28.01.2021" in said
    assert "изготвен" not in said


@pytest.mark.parametrize("address", ["/oversight/", HERE])
@pytest.mark.parametrize("name", ["ana", "dora"])
def test_is_not_for_institutions(client, world, name, address):
    assert client.sign_in(getattr(world, name)).get(address).status_code == 403


def test_four_hundred_institutions_take_a_few_questions_and_a_small_page(nora, world, monkeypatch):
    for number in range(400):
        code = f"99{number:05d}"
        add_institution(code, f"{number}. училище", Institution.get().type)
        Submission.create(campaign=world.campaign, institution=code, total=3, pending=3)
    asked = []
    execute = db.obj.execute_sql
    monkeypatch.setattr(db.obj, "execute_sql", lambda sql, *more: asked.append(sql) or execute(sql, *more))

    answer = nora.http.get(HERE, headers={"Accept-Encoding": "br"})

    # the institutions, how many are done since when, and the year of those that are shown
    assert len([sql for sql in asked if '"submission"' in sql]) == 3
    assert len(answer.data) < 40_000


@pytest.mark.both_databases
@pytest.mark.parametrize("region", ["9" * 30, "32768", "-1", "x", "²"])
def test_a_region_that_cannot_be_one_is_the_whole_country(client, world, region):
    answer = client.sign_in(world.oleg).get(HERE, region=region)
    assert answer.status_code in (200, 404)
