"""portal.domain.register.striking: why an entry was a mistake, and what no longer counts."""

from dataclasses import replace

import pytest

from portal.domain.errors import Conflict, Refusal
from portal.domain.register.rules import check_entry
from portal.domain.register.striking import WHY_LENGTH, check_stands, counted, struck_out
from tests.domain.invented import KALINA, TODAY

ENTRY = check_entry(KALINA, TODAY)


def test_keeps_everything_and_says_why():
    struck = struck_out(ENTRY, "  вписано е \n друго дете ")

    assert struck == replace(ENTRY, struck_out="вписано е друго дете")
    assert struck.is_struck_out
    assert not ENTRY.is_struck_out


@pytest.mark.parametrize(
    ("why", "sentence"),
    [("", "Напишете защо"), (" \n", "Напишете защо"), ("…", "Напишете защо"), ("х" * 201, "до 200 знака")],
)
def test_wants_a_reason_that_can_be_judged(why, sentence):
    with pytest.raises(Refusal, match=sentence) as refused:
        struck_out(ENTRY, why)
    assert refused.value.field == "why"


def test_takes_the_longest_one():
    assert struck_out(ENTRY, "х" * WHY_LENGTH).is_struck_out


def test_is_once_and_for_all():
    with pytest.raises(Conflict, match="не се променя"):
        check_stands(struck_out(ENTRY, "друго дете"))
    check_stands(ENTRY)


def test_does_not_count():
    assert counted([ENTRY, None, struck_out(ENTRY, "друго дете")]) == [ENTRY]
