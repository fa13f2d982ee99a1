"""When an institution may be closed, by whom it is followed, and what its people read."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.domain.errors import Conflict, Refusal, holds
from portal.domain.institutions import (
    Closing,
    check_may_close,
    check_may_reopen,
    check_not_closed,
    check_successor,
)

FIRST = date(2021, 2, 1)
CLOSING = Closing(FIRST, "10. СУ „Христо Ботев“")
BEFORE = datetime(2021, 1, 31, 21, 59, 59, tzinfo=UTC)  # the last second of January in Sofia
FROM = datetime(2021, 1, 31, 22, 0, tzinfo=UTC)


def test_it_is_closed_from_midnight_in_sofia():
    assert holds(check_not_closed, None, now=FROM)
    assert holds(check_not_closed, CLOSING, now=BEFORE)
    assert not holds(check_not_closed, CLOSING, now=FROM)


def test_its_people_read_from_when_and_where_the_records_go():
    with pytest.raises(Conflict) as closed:
        check_not_closed(CLOSING, now=FROM)

    assert str(closed.value) == (
        "Институцията е закрита от 1 февруари 2021 г.: подписаното остава, а записите, които не са "
        "подписани, се насочват от ЦИОО към 10. СУ „Христо Ботев“."
    )
    assert Closing(FIRST).sentence.endswith("към други институции.")


@pytest.mark.parametrize(("days", "may"), [(-367, False), (-366, True), (0, True), (366, True), (367, False)])
def test_a_date_that_is_over_a_year_off_is_refused_at_its_field(days, may):
    on = date(2021, 1, 31) + timedelta(days=days)

    assert holds(check_may_close, None, on, now=BEFORE) is may
    if not may:
        with pytest.raises(Refusal, match="повече от година") as refused:
            check_may_close(None, on, now=BEFORE)
        assert refused.value.field == "on"


def test_closed_twice_is_a_conflict_and_so_is_opened_twice():
    with pytest.raises(Conflict, match=r"вече е закрита от 1 февруари 2021 г\. За друга"):
        check_may_close(CLOSING, FIRST, now=BEFORE)
    with pytest.raises(Conflict, match="не е закрита"):
        check_may_reopen(None)
    check_may_reopen(CLOSING)


@pytest.mark.parametrize(
    ("successor", "closing", "sentence"),
    [
        ("2200000", None, "приемник на себе си"),
        ("2200004", CLOSING, r"И приемникът е закрит, от 1 февруари 2021 г\. Изберете"),
    ],
)
def test_the_successor_is_another_that_is_not_closed(successor, closing, sentence):
    with pytest.raises(Refusal, match=sentence) as refused:
        check_successor("2200000", successor, closing)
    assert refused.value.field == "successor"
    check_successor("2200000", "2200004", None)
