"""„Потвърждавам съвпадащите“: /confirmations/<month>/confirm-rest of what the diary says the same"""

import pytest

from portal.domain.decisions import Decision
from portal.storage.tables.campaigns import Submission
from tests.cast import MONTH, SCHOOL, add_record, stored
from tests.diaries import bring, diary, line_of

LIST = f"/confirmations/{MONTH}"
REST = f"{LIST}/confirm-rest"


@pytest.fixture
def compared(client, world):
    """Two that are equal, in two classes, and one that is not."""
    fifth = add_record(class_code=5, family="Ангелова")
    seventh = add_record(class_code=7, family="Бонева")
    lower = add_record(class_code=7, family="Вълева")
    bring(
        client.sign_in(world.ana),
        diary(line_of(fifth, "7"), line_of(seventh, "7,00"), line_of(lower, "2")),
    )
    return fifth, seventh, lower


def press(client, page):
    form = page.one(f'main form[action="{REST}"]')
    return client.send(REST, **{k: v for k, v in page.fields(form).items() if k != "csrf_token"})


def test_names_them_class_by_class_and_then_confirms_just_those(client, compared, world):
    link = client.get(LIST).page.one(".compared .button")
    assert link.text_content() == "Потвърждавам съвпадащите (2)…"
    page = client.get(link.get("href")).page

    text = page.text("main")
    assert "Ще потвърдите наведнъж 2 записа в целия списък, при които дневникът съвпада" in text
    assert [each.text_content() for each in page.all("h3")] == ["V клас: 1", "VII клас: 1"]
    assert "Ангелова" in text and "Бонева" in text and "Вълева" not in text

    done = press(client, page)
    assert done.location == f"{LIST}?diary=equal"
    assert [stored(each).decision for each in compared] == [
        Decision.CONFIRMED, Decision.CONFIRMED, Decision.PENDING
    ]  # fmt: skip
    assert not client.get(LIST).page.has(".compared .button")


def test_one_class_alone(client, compared, world):
    fifth, seventh, _ = compared
    shown = client.get(LIST, diary="equal", **{"class": "7"}).page
    page = client.get(shown.one(".shown .button").get("href")).page
    assert "1 клас" not in page.text("main")
    assert "във VII клас, при които дневникът съвпада" in page.text("main")
    press(client, page)

    assert (stored(fifth).decision, stored(seventh).decision) == (Decision.PENDING, Decision.CONFIRMED)


def test_after_another_diary_the_names_are_shown_again_first(client, compared, world):
    fifth, _, lower = compared
    page = client.get(REST, diary="equal").page
    bring(client, diary(line_of(lower, "7"), line_of(fifth, "3")))

    answer = press(client, page)
    assert answer.status_code == 409
    assert "Вълева" in answer.page.text("main") and "Ангелова" not in answer.page.text("main")
    assert all(stored(each).decision is Decision.PENDING for each in compared)


def test_pressed_twice_the_second_confirms_nothing_unseen(client, compared, world):
    page = client.get(REST, diary="equal").page
    press(client, page)
    version = Submission.get(Submission.institution == SCHOOL).version

    assert press(client, page).status_code == 409
    assert Submission.get(Submission.institution == SCHOOL).version == version


@pytest.mark.parametrize("which", ["lower", "missing"])
def test_what_differs_is_never_offered_to_be_confirmed_together(client, compared, world, which):
    page = client.get(LIST, diary=which, **{"class": "7"}).page
    assert not page.has(".shown .button")


def test_without_a_diary_nothing_is_equal(client, world):
    add_record()
    page = client.sign_in(world.ana).get(REST, diary="equal").page
    assert "Няма записи за преглед, които могат да се потвърдят" in page.text("main")


def test_the_neighbour_sees_only_the_own(client, compared, world):
    text = client.sign_in(world.boris).get(REST, diary="equal").page.text("main")
    assert "Ангелова" not in text
