"""draft_text: what is proposed, by the state of the month."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from portal.domain.month import Month
from portal.domain.notices.drafting import Facts, draft_subject, draft_text
from portal.domain.notices.rules import Office
from portal.domain.oversight.progress import Totals
from portal.domain.submissions import Window

NOW = datetime(2021, 1, 28, 8, 0, tzinfo=UTC)
WINDOW = Window(date(2021, 1, 25), date(2021, 2, 1))
NOBODY = Totals.of([])
FACTS = Facts(
    Month(2020, 12), WINDOW, replace(NOBODY, institutions=212, due=212), Office(22, "РУО София-град")
)


def said(window=WINDOW, **changes) -> str:
    return draft_text(replace(FACTS, window=window, **changes), now=NOW)


def test_begins_and_ends_as_the_ministrys_letters_do():
    assert said().startswith("УВАЖАЕМИ ГОСПОЖИ И ГОСПОДА ДИРЕКТОРИ,\n\n")
    assert said().endswith("\n\nРУО София-град")
    assert draft_subject(FACTS) == "Потвърждения към АСП и карантинен регистър за декември 2020 г."


def test_says_the_deadline_with_its_weekday_and_what_to_do_in_order():
    steps = [
        line[:2] for line in said().split("Моля, до края на 1 февруари 2021 г. (понеделник):")[1].split("\n")
    ]

    assert steps[1:5] == ["1.", "2.", "3.", "4."]


@pytest.mark.parametrize(
    ("window", "sentence"),
    [
        (Window(), "Срокът ще Ви бъде съобщен допълнително."),
        (Window(date(2021, 2, 3), date(2021, 2, 9)), "се отварят за работа на 3 февруари 2021 г. (сряда)."),
        (Window(date(2021, 1, 20), date(2021, 1, 27)), "Срокът изтече на 27 януари 2021 г. (сряда)."),
    ],
)
def test_says_where_the_month_is(window, sentence):
    assert sentence in said(window)
    assert ("1. Потвърдете" in said(window)) is (window.closes_on == date(2021, 2, 9))


@pytest.mark.parametrize(
    ("count", "office", "sentence"),
    [
        (212, Office(22, "РУО"), "Списъците на 212 институции в региона са"),
        (1, Office(22, "РУО"), "Списъкът на една институция в региона е"),
        (4600, Office(None, "ЦИОО"), "Списъците на 4600 институции в страната са"),
    ],
)
def test_counts_the_institutions(count, office, sentence):
    assert sentence in said(totals=replace(NOBODY, institutions=count), office=office)
