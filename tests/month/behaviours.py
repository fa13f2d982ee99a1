"""How institutions behave in a month, and what their people have to find in their mailboxes then: the issue's
words as a table. Nothing here asks the portal what it would do."""

from tests.month.days import FIVE, FIVE_AGAIN, LAST, ONE, THREE
from tests.month.events import AFTER_THE_ANSWER, AFTER_THE_DEADLINE, CORRECTED_LISTS, MAIL_TROUBLE
from tests.month.lists import HOLDING_BACK, SIGNING_SOME_DAY
from tests.month.people import DELEGATES, NEW_DIRECTORS

BEHAVIOURS = (
    *HOLDING_BACK,
    *SIGNING_SOME_DAY,
    *DELEGATES,
    *NEW_DIRECTORS,
    *CORRECTED_LISTS,
    *AFTER_THE_DEADLINE,
    *AFTER_THE_ANSWER,
    *MAIL_TROUBLE,
)
# The days on which a letter to the address that is refused was tried; once each. The result that did not get
# there is told with АСП's next file that changes anything.
TRIED_IN_VAIN = ("12.04", FIVE, THREE, "20.04", "26.04", FIVE_AGAIN, ONE, LAST, "14.05", "17.05", "19.05")
