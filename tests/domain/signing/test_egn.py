"""portal.domain.signing.egn: who is asked for an ЕГН, and what can be one."""

import pytest

from portal.domain.errors import Refusal
from portal.domain.identifiers import IdType
from portal.domain.signing.egn import EgnNeed, check_egn, check_needed_egn


@pytest.mark.parametrize("typed", ["1351210628", " 1351210628\n", "\u200e1351210628"])
def test_an_egn_is_ten_digits_whatever_stands_around_them(typed):
    assert check_egn(typed) == "1351210628"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Напишете ЕГН"),
        (" \n", "Напишете ЕГН"),
        ("135121062", "точно десет цифри"),
        ("13512106281", "точно десет цифри"),
        ("135121 0628", "точно десет цифри"),
        ("135121062８", "точно десет цифри"),
        ("PNOBG-1351210628", "точно десет цифри"),
        ("1351210629", "някоя от цифрите е сгрешена"),
        ("7000001233", "Прилича на ЛНЧ: отбележете го или"),
        ("9913310000", "някоя от цифрите е сгрешена"),
    ],
)
def test_refuses_what_can_be_no_egn(typed, said):
    with pytest.raises(Refusal, match=said) as refusal:
        check_egn(typed)
    assert refusal.value.field == "egn"


def test_a_lnch_is_told_apart_from_the_egn_of_the_same_digits():
    """7000001233 is no ЕГН; 1351210628 is no ЛНЧ; 7501020070 is both."""
    assert check_egn(" 7000001233 ", IdType.LNCH) == "PI:BG-7000001233"
    assert check_egn("7501020070") != check_egn("7501020070", IdType.LNCH)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Напишете ЛНЧ"),
        ("700000123", "ЛНЧ има точно десет цифри"),
        ("PI:BG-7000001233", "точно десет цифри"),
        ("7000001234", "Няма такова ЛНЧ: някоя"),
        ("1351210628", "Прилича на ЕГН: махнете отметката за ЛНЧ"),
    ],
)
def test_refuses_what_can_be_no_lnch(typed, said):
    with pytest.raises(Refusal, match=said) as refusal:
        check_egn(typed, IdType.LNCH)
    assert refusal.value.field == "egn"


def test_an_egn_is_left_out_only_where_it_may_be():
    assert check_needed_egn("not an ЕГН", EgnNeed.NONE) == ""
    assert check_needed_egn(" ", EgnNeed.OPTIONAL) == ""
    assert check_needed_egn("1351210628", EgnNeed.OPTIONAL) == "1351210628"
    for typed, need in (("", EgnNeed.REQUIRED), ("135", EgnNeed.OPTIONAL), ("135", EgnNeed.REQUIRED)):
        with pytest.raises(Refusal):
            check_needed_egn(typed, need)
