"""GET, POST /confirmations/early-warning"""

import pytest

from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.domain.people import Scope
from portal.storage.backup.contents import lines_of, parts
from tests.cast import EGNS, KINDERGARTEN
from tests.diaries import WARNING, bring, diary, line

JANUARY = Month(2021, 1)


def one(unexcused: str, egn: int, family: str, class_code: str, class_name: str, **fields: str) -> str:
    return line(
        unexcused,
        month=JANUARY,
        number=EGNS[egn],
        names=f"Мария||{family}",
        class_code=class_code,
        class_name=class_name,
        **fields,
    )


CLASSES = (
    one("3.00", 0, "Янева", "05", "5а"),
    one("4,67", 1, "Ангелова", "05", "5а"),
    one("2.99", 2, "Далечна", "05", "5а"),
    one("5.00", 4, "Надминала", "05", "5а"),
    one("3", 5, "Бонева", "10", "10б"),
    one("2.00", 6, "Малка", "00", "ПГ 6 години"),
    one("3.00", 7, "Мъничка", "00", "ПГ 6 години"),
    one("4.00", 8, "Отсъства", "00", "ПГ 6 години"),
)


def told(answer) -> dict[str, list[list[str]]]:
    """The rows of each class, by its heading."""
    return {
        each.cssselect("h2")[0].text_content(): [
            [" ".join(cell.text_content().split()) for cell in row.cssselect("th, td")]
            for row in each.cssselect("tbody tr")
        ]
        for each in answer.page.all("section.one-class")
    }


def everything_stored() -> list[bytes]:
    return [line for part in parts() for line in lines_of(part)]


def test_shows_by_class_who_is_near_and_what_is_left(client, world):
    answer = bring(client.sign_in(world.ana), diary(*CLASSES), WARNING)

    assert answer.status_code == 200
    assert list(told(answer)) == ["ПГ 6 години", "V клас, 5а", "X клас, 10б"]
    assert told(answer)["ПГ 6 години"] == [
        ["Мария Малка", "2 дни", "повече от още 1 ден"],
        ["Мария Мъничка", "3 дни", "всяко следващо отсъствие"],
    ]
    assert told(answer)["V клас, 5а"] == [
        ["Мария Ангелова", "4,67 уч. часа", "още 0,33 уч. часа"],
        ["Мария Янева", "3 уч. часа", "още 2 уч. часа"],
    ]
    text = answer.page.text("main")
    assert "Ранно предупреждение за януари 2021 г." in text
    assert "Деца близо до границата: 5, в класове и групи: 3." in text
    assert "Прочетени деца: 8. Над границата вече са: 2." in text
    assert "Далечна" not in text and "Надминала" not in text and "Отсъства" not in text


def test_keeps_nothing_anywhere(client, world, monkeypatch):
    client.sign_in(world.ana).get(WARNING)
    before = everything_stored()
    cookies = [(each.key, each.value) for each in client.http._cookies.values()]

    def no_file(*_args, **_kwargs):
        raise AssertionError("a file was made on the disk")

    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", no_file)
    # A line of 150 bytes is longer than any; 4,000 of them are more than is kept in memory by default.
    padding = [one("0", 9, "а" * 80, "05", "5а") + "|" for _ in range(4000)]
    answer = bring(client, diary(*CLASSES, *padding), WARNING)

    assert "Мария Малка" in answer.page.text("main")
    assert everything_stored() == before
    assert [(each.key, each.value) for each in client.http._cookies.values()] == cookies
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Малка" not in client.get(WARNING).text


def test_a_kindergarten_counts_days_whatever_the_class(client, world):
    lines = [
        line("2", institution=KINDERGARTEN, number=EGNS[number], names=f"||{family}", class_code=code)
        for number, family, code in ((0, "Първа", ""), (1, "Втора", "05"))
    ]
    found = told(bring(client.sign_in(world.vyara), diary(*lines), WARNING))
    assert found["V клас"] == [["Втора", "2 дни", "повече от още 1 ден"]]
    assert found["без посочен клас"] == [["Първа", "2 дни", "повече от още 1 ден"]]


def test_without_a_class_a_child_is_what_its_age_says(client, world):
    young = line("2", number="1541114990", names="||Млада", class_code="")  # born in January 2015
    old = line("4", number="0642258084", names="||Голяма", class_code="")
    found = told(bring(client.sign_in(world.ana), diary(young, old), WARNING))
    assert [row[:2] for row in found["без посочен клас"]] == [["Голяма", "4 уч. часа"], ["Млада", "2 дни"]]


def test_a_child_without_names_is_told_by_its_masked_number(client, world):
    text = bring(client.sign_in(world.ana), diary(line("3", names="||")), WARNING).page.text("main")
    assert "ЕГН 135*****28" in text
    assert "1351210628" not in text


def test_faults_are_told_by_line_beside_those_who_could_be_read(client, world):
    other = line("4", number=EGNS[3], month=Month(2020, 11))
    answer = bring(client.sign_in(world.ana), diary(*CLASSES, line("x", month=JANUARY), other), WARNING)
    assert "Редове, които не са прочетени: 2" in answer.page.text("main")
    assert [each.text_content() for each in answer.page.all(".faults tbody td")] == [
        "9", "отсъствия по неуважителни причини: трябва да са число под 1000 като 7.00 или 7,00",
        "10", "месецът не е януари 2021 г.",
    ]  # fmt: skip


def test_says_so_where_nobody_is_near(client, world):
    text = bring(client.sign_in(world.ana), diary(line("1")), WARNING).page.text("main")
    assert "Няма деца близо до границата." in text


def test_of_another_institution_nothing_is_shown(client, world):
    answer = bring(client.sign_in(world.boris), diary(*CLASSES), WARNING)
    assert answer.status_code == 422
    assert "Малка" not in answer.text


@pytest.mark.parametrize(("who", "status"), [("nora", 403), ("oleg", 403), ("dora", 200)])
def test_only_who_decides_is_warned(client, world, who, status):
    client.sign_in(getattr(world, who))
    assert client.get(WARNING).status_code == status
    assert bring(client, diary(*CLASSES), WARNING).status_code == status


def test_a_delegate_who_may_not_decide_is_not(client, world):
    client.sign_in(world.delegate(Scope.SIGN))
    assert bring(client, diary(*CLASSES), WARNING).status_code == 403


def test_a_personal_number_of_a_foreigner_is_read_as_such(client, world):
    text = bring(
        client.sign_in(world.ana), diary(line("3", kind="1", number="8528084148", names="||")), WARNING
    ).page.text("main")
    assert f"{IdType.LNCH.label} 852*****48" in text
