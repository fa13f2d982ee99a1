"""/campaigns/ and /campaigns/<YYYY-MM>: loading, the window, suspending."""

import io
from datetime import date

import pytest

from portal.actions.campaigns.closing import close_institution
from portal.actions.lists.confirmations import send_back
from portal.domain.decisions import Decision
from portal.domain.month import Month
from portal.domain.placement import InstitutionType
from portal.domain.submissions import Lock
from portal.storage.campaigns.loads import LOADING
from portal.storage.loading.tables import Load
from portal.storage.tables.alone import alone_at
from portal.storage.tables.answers import AnswerFile
from portal.storage.tables.campaigns import Campaign, Record, Submission
from tests.actions.loading.loaded import asp, load
from tests.cast import (
    AFTER,
    CLOSES,
    EGNS,
    KINDERGARTEN,
    MONTH,
    NOW,
    OTHER_SCHOOL,
    SCHOOL,
    add_institution,
    add_record,
)
from tests.exchange.invented import DATA
from tests.loads import send_file

ALL = "/campaigns/"
PAGE = "/campaigns/2020-12"
GOOD = {"opens_on": "2021-01-25", "closes_on": "2021-02-05"}


def upload(client, *lines: str, name="ASPCONF1220.txt", htmx=False):
    return send_file(client, "/campaigns/load", lines, name, htmx=htmx)


@pytest.fixture
def oleg(client, world):
    return client.sign_in(world.oleg)


@pytest.mark.parametrize("who", ["ana", "dora", "nora"])
@pytest.mark.parametrize("address", [ALL, PAGE, f"{PAGE}/answer", "/campaigns/loads/1"])
def test_is_for_the_operator_only(client, world, who, address):
    load(asp(0))

    assert client.sign_in(getattr(world, who)).get(address).status_code == 403


@pytest.mark.parametrize("who", ["ana", "nora"])
@pytest.mark.parametrize(
    "address", ["/campaigns/load", f"{PAGE}/window", f"{PAGE}/suspend", f"{PAGE}/resume", f"{PAGE}/preview"]
)
def test_nobody_else_changes_anything(client, world, who, address):
    assert client.sign_in(getattr(world, who)).send(address, **GOOD).status_code == 403
    assert Campaign.for_month(MONTH).closes_on == CLOSES


def test_who_is_not_logged_in_is_asked_to(client, world):
    answer = client.get(ALL)

    assert (answer.status_code, answer.location) == (303, "/login?next=/campaigns/")


def figures(page) -> list[str]:
    return [" ".join(each.text_content().split()) for each in page.all(".figure")]


def counts_of(page) -> list[str]:
    """Of the list of months: records, and how many of them are pending."""
    row = page.one("tbody tr")
    return [row.cssselect(f"[data-label='{label}']")[0].text_content() for label in ("Записи", "За преглед")]


def test_what_is_left_out_of_the_months_figures_is_said(oleg, world):
    add_record(SCHOOL, id_number=EGNS[0])
    for number in (1, 2):
        add_record(OTHER_SCHOOL, id_number=EGNS[number])
    away = add_record(KINDERGARTEN, id_number=EGNS[3])
    assert "Извън тези числа" not in oleg.get(PAGE).page.text("main")
    send_back(world.vyara, MONTH, away.id, "премести се", now=NOW)
    close_institution(world.oleg, OTHER_SCHOOL, NOW.date(), now=NOW)
    page = oleg.get(PAGE).page

    assert figures(page)[:2] == ["1 записи", "1 за преглед"]
    assert "в закрити институции или в ничий списък: 3, от тях за преглед: 3." in page.text("main")
    assert counts_of(oleg.get(ALL).page) == ["4", "4"]


def test_after_the_answer_the_figures_are_what_went_out(oleg):
    add_record(SCHOOL, id_number=EGNS[0], decision=Decision.CONFIRMED)
    add_record(OTHER_SCHOOL, id_number=EGNS[1], decision=Decision.CONFIRMED)
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == SCHOOL).execute()
    assert figures(oleg.at(AFTER).get(PAGE).page)[:3] == ["2 записи", "0 за преглед", "2 потвърдени"]
    oleg.send(f"{PAGE}/answer", sure="yes")

    said = ["2 записи в отговора", "1 няма информация", "1 потвърдени", "0 отказани"]
    assert figures(oleg.get(PAGE).page)[:4] == said
    AnswerFile.update(manifest=None).execute()  # of before they were kept
    assert figures(oleg.get(PAGE).page)[0] == "2 записи"


def test_lists_the_months_with_their_state(oleg):
    add_record(SCHOOL)
    Campaign.create(month=Month(2020, 11), made_at=NOW, answered_at=NOW, opens_on=CLOSES, closes_on=CLOSES)
    answer = oleg.get(ALL)

    rows = [" ".join(row.text_content().split()) for row in answer.page.all("tbody tr")]
    assert rows[0].startswith("Декември 2020 г. отворена 25.01.2021 – 01.02.2021 до понеделник 1 1 0 от 1")
    assert rows[1].startswith("Ноември 2020 г. отговорът е изготвен")
    assert answer.page.has('a[href="/oversight/2020-12"]')


def test_without_a_campaign_says_what_to_load_first(oleg):
    Submission.delete().execute()
    Campaign.delete().execute()

    assert "Още няма кампании." in oleg.get(ALL).page.text("main")


@pytest.mark.parametrize("htmx", [True, False])
def test_loads_a_file_and_shows_what_became_of_it(oleg, htmx):
    answer = upload(oleg, asp(0), asp(1, institution=OTHER_SCHOOL), "боклук", htmx=htmx)
    done = Load.get()

    assert (answer.status_code, answer.location) == (303, f"/campaigns/loads/{done.id}")
    page = oleg.get(answer.location).page
    assert page.text(".notice.is-done") == (
        "Файлът е зареден: получени редове 3, разпределени 2, отхвърлени 1; нови: 2; без записване: 2."
    )
    assert [figure.text_content() for figure in page.all(".figure-value")] == ["3", "2", "1"]
    assert page.text("tbody tr") == "3 полетата са 1, а трябва да са 11 Поправяне на ред 3"
    assert page.has('a[href="/campaigns/2020-12"]')


def test_says_as_much_as_the_command_line_and_nothing_of_what_is_zero(oleg):
    load(asp(0), asp(1), asp(2))
    Record.update(decision=Decision.CONFIRMED).execute()
    answer = upload(oleg, asp(0), asp(1, absences="009.00"))
    page = oleg.get(answer.location).page

    assert page.text(".notice.is-done").endswith(
        "без отхвърлени; променени: 1; без промяна: 1; върнати за преглед заради нов брой от АСП: 1; "
        "липсващи във файла, които остават: 1; без записване: 3."
    )
    assert page.text("h2 + .facts") == (
        "променени1 без промяна1 върнати за преглед заради нов брой от АСП1 "
        "липсващи във файла, които остават1"
    )
    assert "Без записване: 3" in page.text("main")
    assert "без промяна: 1" in oleg.get(PAGE).page.text("#loads + table tbody tr:first-child")


def test_shows_no_child_of_a_rejected_line(oleg):
    upload(oleg, asp(0), asp(1, given="Необикновено", absences="7"))
    text = oleg.get(PAGE).text + oleg.get("/campaigns/loads/1").text

    assert "отсъствия: трябва да са точно 6 знака" in text
    assert "Необикновено" not in text
    assert "1043183143" not in text


def test_gives_the_rejected_lines_back_for_asp(oleg):
    upload(oleg, asp(0), "боклук|x", asp(0))
    answer = oleg.get("/campaigns/loads/1/rejects.txt")

    assert answer.headers["Content-Type"] == "text/plain; charset=windows-1251"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="rejects-2020-12-1.txt"'
    assert answer.data.decode("cp1251").splitlines() == [
        "боклук|x|2|полетата са 2, а трябва да са 11",
        f"{asp(0)}|3|детето и причината се повтарят: валиден е ред 1",
    ]


def test_shows_the_first_two_hundred_rejected_lines(oleg):
    upload(oleg, asp(0), *(f"боклук {n}" for n in range(250)))
    page = oleg.get(PAGE).page

    assert "Показани са първите 200 от 250 отхвърлени реда." in page.text("main")
    assert page.has('a[href="/campaigns/loads/1/rejects.txt"]')


def test_says_how_many_are_missing_from_the_last_file(oleg):
    upload(oleg, asp(0), asp(1))
    upload(oleg, asp(1))

    assert "Записи от кампанията, които липсват в последния файл: 1." in oleg.get(PAGE).page.text("main")


def test_a_file_without_one_good_line_is_listed_without_a_month(oleg):
    answer = upload(oleg, "боклук")

    assert oleg.get(answer.location).page.has('a[href="/campaigns/"]')
    assert "Файлове без нито един верен ред" in oleg.get(ALL).page.text("main")
    assert oleg.get("/campaigns/loads/1/rejects.txt").data.startswith("боклук|1|".encode("cp1251"))


def test_a_file_of_a_new_month_without_one_good_line_begins_no_campaign(oleg):
    january = Month(2021, 1)
    wrong, right = (asp(0, institution=code, month="2021|01") for code in ("2299999", SCHOOL))
    answer = upload(oleg, wrong, name="ASPCONF0121.txt")

    assert not Campaign.select().where(Campaign.month == january).exists()
    page = oleg.get(answer.location).page
    assert "Нито един ред не е приет" in page.text("main")
    assert "първо заредете тях" in page.text("main")
    assert not page.has('a[href="/campaigns/2021-01"]')
    assert "заредете първо институциите" in oleg.get(ALL).page.text("main")
    assert upload(oleg, right, name="ASPCONF0121.txt").status_code == 303
    assert Campaign.select().where(Campaign.month == january).exists()


def test_a_file_without_one_good_line_is_red_and_grouped(oleg):
    lines = [asp(0, institution="9999999")] * 31
    answer = upload(oleg, *lines, *(asp(n, institution="9999998") for n in range(2)))
    page = oleg.get(answer.location).page

    assert page.text("h1") == "Отхвърлен файл: списък от АСП"
    assert page.text(".notice.is-wrong").startswith("Нито един ред не е приет Нищо от файла не е заредено.")
    assert not page.has(".notice.is-done")
    rows = [" ".join(row.text_content().split()) for row in page.all("tbody tr")]
    assert rows[:2] == [
        "код на институцията: 9999999 не е в портала 31",
        "код на институцията: 9999998 не е в портала 2",
    ]
    assert page.text('main a[href="/calendar/#institutions"]') == "Първо заредете институциите"
    assert len(rows) > 33, "the lines themselves follow"
    assert oleg.get(f"{answer.location}/rejects.txt").data.count(b"\r\n") == 33
    assert Record.select().count() == 0


def test_equal_faults_of_a_partly_good_file_stand_together_first(oleg):
    answer = upload(oleg, asp(0), "боклук", asp(0), asp(0), "x|y", "още боклук")
    page = oleg.get(answer.location).page

    assert page.has(".notice.is-done") and not page.has(".notice.is-wrong")
    rows = [" ".join(row.text_content().split()) for row in page.all("tbody tr")]
    assert rows[:3] == [
        "детето и причината се повтарят: валиден е по-ранен ред 2",
        "полетата са 1, а трябва да са 11 2",
        "полетата са 2, а трябва да са 11 1",
    ]
    assert rows[3] == "2 полетата са 1, а трябва да са 11 Поправяне на ред 2"
    assert rows[:3] == [
        " ".join(r.text_content().split()) for r in oleg.get(PAGE).page.all("h3 + table tbody tr")
    ]


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"PK\x03\x04[Content_Types].xml xl/",
            "Това е файл на Excel (.xlsx), а тук се зарежда списък от АСП",
        ),
        (
            (DATA / "MONZP1220.txt").read_bytes(),
            "Това е файл със записвания (MONZP…), а тук се зарежда списък",
        ),
        (
            (DATA / "semicolons-ASPCONF1220.txt").read_bytes(),
            "Разделителят между полетата е точка и запетая (;)",
        ),
    ],
)
def test_a_file_of_a_wrong_kind_is_one_sentence(oleg, content, sentence, htmx):
    Campaign.update(closes_on=None).execute()
    file = {"file": (io.BytesIO(content), "файл.txt")}
    answer = oleg.send("/campaigns/load", htmx=htmx, files=file)

    assert answer.status_code == 422
    assert answer.page.text("#file-error").startswith(sentence)
    assert not answer.page.has(".notice.is-done")
    assert Load.select().count() == Record.select().count() == 0


def test_a_list_in_utf_16_is_read_and_said(oleg):
    file = {"file": (io.BytesIO(asp(0).encode("utf-16")), "ASPCONF1220.txt")}
    answer = oleg.send("/campaigns/load", files=file)

    assert Record.get().given == "Стефан"
    assert "Прочетен катоUTF-16" in oleg.get(answer.location).page.text("main")


def test_asks_for_a_file(oleg):
    answer = oleg.send("/campaigns/load", files={"file": (io.BytesIO(b""), "")})

    assert answer.status_code == 422
    assert answer.page.text("#file-error") == "Изберете файл."


def test_an_empty_file_is_refused(oleg):
    answer = upload(oleg, "")

    assert answer.status_code == 422
    assert answer.page.text("#file-error").startswith("Във файла няма нито един ред")


def test_a_file_after_the_deadline_is_too_late(oleg):
    answer = upload(oleg.at(AFTER), asp(0))

    assert answer.status_code == 409
    assert "Срокът изтече на 01.02.2021 г." in answer.page.text(".notice.is-wrong")
    assert Record.select().count() == 0
    assert not oleg.get(PAGE).page.has('form[action="/campaigns/load"]')


@pytest.mark.parametrize("address", ["/campaigns/2020-10", "/campaigns/loads/99", "/campaigns/2020-13"])
def test_what_is_not_there_is_not_found(oleg, address):
    assert oleg.get(address).status_code == 404


def test_shows_the_month(oleg):
    add_record(SCHOOL)
    page = oleg.get(PAGE).page

    assert page.text("h1") == "Кампания за декември 2020 г."
    assert "отворена" in page.text(".tag")
    assert "от 25 януари 2021 г. (понеделник) до края на 1 февруари 2021 г. (понеделник)" in page.text("main")
    assert page.one("#opens_on").get("value") == "2021-01-25"
    assert not page.has("#exception-until"), "exceptions are for after the deadline"
    assert page.has('a[href="/oversight/2020-12"]')


def test_what_a_bar_has_no_room_for_stands_below_it(oleg, world):
    for number in range(10):
        code = f"{2300000 + number}"
        add_institution(code, f"{number}. ОУ", InstitutionType.SCHOOL)
        Submission.create(campaign=world.campaign, institution=code, total=1, pending=1)
    Submission.update(total=1, confirmed=1).where(Submission.institution == SCHOOL).execute()

    regions = oleg.get(PAGE).page.all("table.bars tbody tr")
    (region,) = (row for row in regions if "София" in row.text_content())

    numbers = [text.text_content() for text in region.cssselect("svg text")]
    below = region.cssselect("td span.small")[0].text_content().replace("\xa0", " ")
    assert below == "готови без подпис: 1"
    assert int(below[-1]) + sum(map(int, numbers)) == 13


@pytest.mark.parametrize("htmx", [True, False])
def test_sets_the_window(oleg, htmx):
    answer = oleg.send(f"{PAGE}/window", htmx=htmx, **GOOD)

    assert (answer.status_code, answer.location) == (303, PAGE)
    assert str(Campaign.for_month(MONTH).closes_on) == "2021-02-05"
    told = oleg.get(PAGE).page.text(".notice.is-done")
    assert told == "Срокът е от 25 януари 2021 г. (понеделник) до края на 5 февруари 2021 г. (петък)."


def test_a_date_can_be_typed_as_people_write_it(oleg):
    oleg.send(f"{PAGE}/window", opens_on="25.01.2021 г.", closes_on="5.2.2021")

    assert str(Campaign.for_month(MONTH).closes_on) == "2021-02-05"


def test_a_sunday_is_asked_about_first(oleg):
    sunday = GOOD | {"closes_on": "2021-01-31"}
    asked = oleg.send(f"{PAGE}/window", **sunday)

    assert asked.status_code == 200
    assert "31 януари 2021 г. (неделя) е в почивен ден" in asked.page.text(".notice.is-warning")
    assert asked.page.one("#closes_on").get("value") == "2021-01-31"
    assert Campaign.for_month(MONTH).closes_on == CLOSES
    form = asked.page.one(f'form[action="{PAGE}/window"]')
    assert asked.page.fields(form)["sure"] == "yes"
    assert oleg.send(f"{PAGE}/window", sure="yes", **sunday).status_code == 303
    assert str(Campaign.for_month(MONTH).closes_on) == "2021-01-31"


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        ({"opens_on": "", "closes_on": "2021-02-01"}, "opens_on", "Първи ден: изберете дата"),
        ({"opens_on": "2021-01-25", "closes_on": "31.02.2021"}, "closes_on", "Краен срок: изберете дата"),
        ({"opens_on": "2021-02-01", "closes_on": "2021-01-30"}, "closes_on", "преди началото"),
    ],
)
def test_a_window_that_is_none_is_refused_beside_its_field(oleg, sent, field, sentence):
    answer = oleg.send(f"{PAGE}/window", **sent)

    assert answer.status_code == 422
    assert sentence in answer.page.text(f"#{field}-error")
    assert answer.page.one(f"#{field}").get("value") == sent[field], "what was typed stays"


def test_a_window_after_the_answer_is_too_late(oleg):
    Campaign.update(answered_at=NOW).execute()
    answer = oleg.send(f"{PAGE}/window", **GOOD)

    assert answer.status_code == 409
    assert "вече е изготвен" in answer.page.text(".notice.is-wrong")


@pytest.mark.parametrize("htmx", [True, False])
def test_suspends_and_resumes(oleg, htmx):
    answer = oleg.send(f"{PAGE}/suspend", reason="извънредно положение", htmx=htmx)

    assert answer.status_code == 303
    page = oleg.get(PAGE).page
    assert "Причина: извънредно положение" in page.text(".notice.is-warning")
    assert oleg.send(f"{PAGE}/suspend", reason="пак").status_code == 409
    assert oleg.send(f"{PAGE}/resume", htmx=htmx).status_code == 303
    assert Campaign.for_month(MONTH).suspended_at is None
    assert oleg.send(f"{PAGE}/resume").status_code == 409


def test_suspending_asks_for_a_reason(oleg):
    answer = oleg.send(f"{PAGE}/suspend", reason=" ")

    assert answer.status_code == 422
    assert answer.page.text("#suspend-reason-error") == "Напишете защо спирате кампанията."


def test_a_foreign_form_is_refused(oleg):
    assert oleg.send(f"{PAGE}/suspend", token="x", reason="причина").status_code == 400
    assert Campaign.for_month(MONTH).suspended_at is None


def unfinished(world, **columns) -> Load:
    """АСП's list, of which the process has ended somewhere in the middle."""
    return Load.create(
        kind="asp", campaign=world.campaign, month=MONTH, file_name="ASPCONF1220.txt", sha256="0" * 64,
        encoding="windows-1251", received=5000, distributed=1990, rejected=10, at=NOW, **columns,
    )  # fmt: skip


def test_a_load_that_was_broken_off_says_what_to_do(oleg, world):
    broken = unfinished(world)

    for address in (PAGE, f"/campaigns/loads/{broken.id}"):
        page = oleg.get(address).page
        assert "Зареждането е прекъснато: заредете отново същия файл" in page.text(".notice.is-wrong")
        assert "2000 от 5000 реда" in page.text(".notice.is-wrong")
    assert oleg.get(f"/campaigns/loads/{broken.id}").page.text("h1").startswith("Недовършен файл")
    assert "не е довършено" in oleg.get(PAGE).page.text("#loads ~ table")


def test_a_load_that_was_broken_off_and_completed_says_so(oleg, world):
    broken = unfinished(world)
    Load.create(
        kind="asp", campaign=world.campaign, month=MONTH, file_name="ASPCONF1220.txt", sha256="0" * 64,
        encoding="windows-1251", received=1, distributed=1, at=NOW, is_finished=True,
    )  # fmt: skip

    assert "после същият файл е зареден докрай" in oleg.get(f"/campaigns/loads/{broken.id}").page.text(
        ".lead"
    )
    assert not oleg.get(PAGE).page.has(".notice.is-wrong")


def test_what_goes_on_is_not_called_broken_off(oleg, world):
    unfinished(world)
    with alone_at(LOADING, patience=0):
        shown = oleg.get(PAGE).page.text("main")

    assert "Файлът се зарежда в момента" in shown
    assert "прекъснато" not in shown


def test_rejected_lines_are_shown_of_the_last_file_that_was_loaded_to_its_end(oleg, world):
    load("боклук", asp(0))
    unfinished(world)

    assert oleg.get(PAGE).page.has("#loads ~ table a[href$='/rejects.txt'], a[href$='/rejects.txt']")


def test_a_first_window_waits_for_the_whole_list(oleg, world):
    unfinished(world)
    Campaign.update(opens_on=None, closes_on=None).execute()
    answer = oleg.send(f"{PAGE}/window", **GOOD)

    assert answer.status_code == 409
    assert "заредете отново същия файл и тогава определете срока" in answer.page.text("main")
    assert Campaign.for_month(MONTH).closes_on is None


def test_a_window_that_is_there_can_be_moved_meanwhile(oleg, world):
    unfinished(world)

    assert oleg.send(f"{PAGE}/window", **GOOD).status_code == 303
    assert Campaign.for_month(MONTH).closes_on == date(2021, 2, 5)
