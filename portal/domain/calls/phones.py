"""What to dial of a telephone as people write it down."""

import re
from functools import lru_cache

# Until a word or a comma begins.
_NUMBER = re.compile(r"[+(]*[0-9][0-9 ()/.\-\N{NO-BREAK SPACE}\N{EN DASH}]*")
_ABROAD = re.compile(r"^((?:00|\+)359)0?")  # „+359 (0)2“: the 0 is for calls at home
WHOLE, WITHOUT_TOWN = 8, 6  # digits, of a number with its town's code, which begins with 0, and without


@lru_cache(maxsize=4096)
def dialled(phone: str) -> str:
    """The digits of the first number, with its plus: of „02 123 4567 вътр. 5“ the exchange's, of two numbers
    the first. Empty where there is no number.

    An inside line is not dialled: few telephones understand ``;ext=``, and whoever answers is asked for it.
    What stands behind a slash is a second number if what stands before it is a whole one; else the slash
    parts the town's code from the rest.
    """
    found = _NUMBER.search(phone)
    number = ""
    for part in found.group().split("/") if found is not None else ():
        if _is_whole(number):
            break
        number += _digits(part)
    return _ABROAD.sub(r"\1", number)


def _digits(part: str) -> str:
    return "".join(sign for sign in part if sign in "+0123456789")


def _is_whole(number: str) -> bool:
    national = _ABROAD.sub("0", number)
    return len(national) >= (WHOLE if national.startswith("0") else WITHOUT_TOWN)
