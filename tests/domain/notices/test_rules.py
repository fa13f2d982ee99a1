"""What a circular and the letters about it may say."""

from datetime import UTC, date, datetime

import pytest

from portal.domain.errors import Refusal
from portal.domain.notices.rules import NoticeState, Wording, check_letter, check_may_withdraw, check_wording

NOW = datetime(2021, 1, 28, 8, 0, tzinfo=UTC)
CHILD = "Проверете детето с ЕГН 1351210628."
WORDING = {"number": "РУО1-3314", "dated_on": date(2021, 1, 27), "subject": "Срок", "text": "Подпишете."}


def refused(act) -> str | None:
    with pytest.raises(Refusal, match="число като ЕГН или ЛНЧ") as caught:
        act()
    return caught.value.field


@pytest.mark.parametrize("field", ["subject", "text"])
def test_a_circular_names_no_child(field):
    check_wording(Wording(**WORDING, deadline=None), now=NOW)
    assert (
        refused(lambda: check_wording(Wording(**WORDING | {field: CHILD}, deadline=None), now=NOW)) == field
    )


def test_a_letter_about_one_names_no_child():
    check_letter("Обадете се на 0888 123 456.")
    assert refused(lambda: check_letter(CHILD)) == "text"


def test_why_one_is_withdrawn_names_no_child():
    assert refused(lambda: check_may_withdraw(NoticeState.IN_FORCE, CHILD)) == "reason"
