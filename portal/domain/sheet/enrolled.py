"""The cells that state where an unenrolled child is enrolled: ``15-2021 от 05.01.2021``, ``III а от …``"""

import re
from datetime import date

from portal.domain.enrolled import Enrolled, tidy
from portal.domain.errors import Refusal
from portal.domain.names import folded
from portal.domain.sheet.cells import Cell, words_in
from portal.domain.sheet.columns import NO, YES
from portal.domain.times import short_date

NOT_A_CERTIFICATE = "Впишете номера и датата на удостоверението, например 15-2021 от 05.01.2021."
NOT_A_CLASS = "Впишете паралелката или групата и от коя дата е детето в нея, например III а от 05.01.2021."
_STATED = re.compile(r"(.*\S) от ([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?: ?г\.?)?", re.ASCII)

Stated = tuple[
    str, date | None
]  # the number or the class, and its day; none of either where only the fact is


def stated_in(cell: Cell, otherwise: str) -> Stated | None:
    """What the cell states, ``да`` being the fact alone; none where it states nothing. Refusal, with the
    sentence ``otherwise``, for anything else."""
    text = words_in(cell)
    if folded(text) in ("", NO):
        return None
    if folded(text) == YES:
        return "", None
    found = _STATED.fullmatch(text)
    if found is None:
        raise Refusal(otherwise)
    what, day, month, year = found.groups()
    try:
        return what, date(int(year), int(month), int(day))
    except ValueError:
        raise Refusal(otherwise) from None


def enrolled_of(certificate: Stated | None, place: Stated | None) -> Enrolled | None:
    """None where nothing but the facts is stated."""
    number, issued = certificate or ("", None)
    name, since = place or ("", None)
    stated = Enrolled.stated(number, issued, name, since)
    return None if stated is None else tidy(stated)


def written(fact: bool, what: str, day: date | None) -> str:
    """The cell as it goes out."""
    if not fact:
        return ""
    return YES if day is None else f"{what} от {short_date(day)}"
