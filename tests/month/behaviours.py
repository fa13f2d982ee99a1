"""How institutions behave in a month, and what their people have to find in their mailboxes then: the issue's
words as a table. Nothing here asks the portal what it would do."""

from tests.month.days import FIVE, FIVE_AGAIN, LAST, ONE, THREE
from tests.month.events import AFTER_THE_DEADLINE, CORRECTED_LISTS, MAIL_TROUBLE
from tests.month.lists import HOLDING_BACK, SIGNING_SOME_DAY
from tests.month.people import DELEGATES, NEW_DIRECTORS

BEHAVIOURS = (
    *HOLDING_BACK,
    *SIGNING_SOME_DAY,
    *DELEGATES,
    *NEW_DIRECTORS,
    *CORRECTED_LISTS,
    *AFTER_THE_DEADLINE,
    *MAIL_TROUBLE,
)
# The days on which a letter to the address that is refused was tried; once each.
TRIED_IN_VAIN = ("12.04", FIVE, THREE, "20.04", "26.04", FIVE_AGAIN, ONE, LAST)
