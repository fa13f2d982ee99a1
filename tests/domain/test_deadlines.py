"""deadline_sentence(window, now): how long there is still time."""

from datetime import UTC, date, datetime

import pytest

from portal.domain.deadlines import deadline_sentence, is_pressing, removal_sentence
from portal.domain.submissions import Window

WINDOW = Window(date(2021, 1, 25), date(2021, 2, 1))


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ((1, 22, 9), "Отваря се в понеделник, 25 януари 2021 г., и е до понеделник, 1 февруари 2021 г."),
        ((1, 25, 8), "Остават 7 дни – до понеделник, 1 февруари 2021 г."),
        ((1, 28, 8), "Остават 4 дни – до понеделник, 1 февруари 2021 г."),
        ((1, 30, 8), "Остават 2 дни – до понеделник, 1 февруари 2021 г."),
        ((1, 31, 8), "Остава един ден – до утре, понеделник, 1 февруари 2021 г."),
        ((1, 31, 22), "Днес е последният ден – до края на деня."),
        ((2, 1, 21), "Днес е последният ден – до края на деня."),
        ((2, 1, 22), "Срокът изтече вчера, понеделник, 1 февруари 2021 г."),
        ((2, 6, 8), "Срокът изтече преди 5 дни, в понеделник, 1 февруари 2021 г."),
    ],
)
def test_counts_days_as_they_pass_in_sofia(at, sentence):
    assert deadline_sentence(WINDOW, now=datetime(2021, *at, tzinfo=UTC)) == sentence


def test_says_tuesday_so_that_it_can_be_spoken():
    said = deadline_sentence(
        Window(date(2021, 2, 9), date(2021, 2, 10)), now=datetime(2021, 2, 1, tzinfo=UTC)
    )

    assert said == "Отваря се във вторник, 9 февруари 2021 г., и е до сряда, 10 февруари 2021 г."


@pytest.mark.parametrize("days", [(None, None), (date(2021, 1, 25), None), (None, date(2021, 2, 1))])
def test_says_when_there_is_no_deadline_yet(days):
    said = deadline_sentence(Window(*days), now=datetime(2021, 1, 28, tzinfo=UTC))

    assert said == "Срокът още не е определен."


def test_says_until_when_an_exception_runs():
    window = Window(date(2021, 1, 25), date(2021, 2, 1), reopened_until=datetime(2021, 2, 3, 15, tzinfo=UTC))

    said = deadline_sentence(window, now=datetime(2021, 2, 2, tzinfo=UTC))
    assert said == "Срокът изтече, но списъкът е отворен за вас до 03.02.2021 г., 17:00 ч."
    assert deadline_sentence(window, now=datetime(2021, 1, 28, tzinfo=UTC)).startswith("Остават 4 дни")
    assert "изтече преди 2 дни" in deadline_sentence(window, now=datetime(2021, 2, 3, 15, tzinfo=UTC))


@pytest.mark.parametrize(("day", "pressing"), [(29, False), (30, True), (31, True)])
def test_presses_in_the_last_days(day, pressing):
    assert is_pressing(WINDOW, now=datetime(2021, 1, day, 9, tzinfo=UTC)) is pressing


def test_does_not_press_when_it_is_over_or_suspended():
    assert not is_pressing(WINDOW, now=datetime(2021, 2, 2, 9, tzinfo=UTC))
    suspended = Window(date(2021, 1, 25), date(2021, 2, 1), suspended=True)
    assert not is_pressing(suspended, now=datetime(2021, 1, 31, 9, tzinfo=UTC))


def test_says_until_when_a_signature_can_be_removed():
    window = Window(date(2021, 1, 25), date(2021, 2, 1), reopened_until=datetime(2021, 2, 3, 15, tzinfo=UTC))

    said = removal_sentence(window, now=datetime(2021, 1, 28, tzinfo=UTC))
    assert said.startswith("Подписът може да се премахне до края на 1 февруари 2021 г. (понеделник)")
    said = removal_sentence(window, now=datetime(2021, 2, 2, tzinfo=UTC))
    assert said == "Подписът може да се премахне до 03.02.2021 г., 17:00 ч. После е окончателен."
