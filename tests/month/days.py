"""The month that is played through: March 2021, confirmed in April; the deadline moves to Easter Sunday.

Good Friday is 30 April, Labour Day a Saturday, and 2 May both Easter and a Sunday, so that the reminder of
the day before has no working day of its own: it goes on Thursday, 29 April, in place of the one three days
before.
"""

from datetime import date, datetime

from portal.domain.month import Month
from portal.domain.times import SOFIA

MONTH = Month(2021, 3)
OPENS, CLOSES, MOVED_TO = date(2021, 4, 12), date(2021, 4, 22), date(2021, 5, 2)
EXCEPTION_UNTIL = date(2021, 5, 12)


def at(day: int, month: int, hour: int = 8, minute: int = 0) -> datetime:
    return datetime(2021, month, day, hour, minute, tzinfo=SOFIA)


LOADED = at(12, 4, 9)  # Monday
CORRECTED = at(15, 4, 10)  # АСП sends more lines, and another figure
ENROLLED = at(15, 4, 14)  # a child turns out to be elsewhere
MOVED = at(20, 4, 11)
SUSPENDED, RESUMED = at(26, 4, 15), at(27, 4, 12)
EXCEPTED, EXCEPTION_ENDED = at(7, 5, 10), at(10, 5, 10)
ANSWERED = at(13, 5, 10)
SENT = at(14, 5, 10)  # to АСП
RETURNED, RETURNED_AGAIN, CHANGED = at(17, 5, 10), at(18, 5, 10), at(19, 5, 10)  # what АСП did
GRANTED_UNTIL = date(2021, 5, 21)
LAST_LOOK = at(23, 5)

# The mornings of reminders, and why they are these. Of 22 April, the first deadline:
FIVE = "16.04"  # the 17th is a Saturday
THREE = "19.04"
#                 the one of a day before would be on the 21st: by then the deadline is another
# Of 2 May, the second one:
FIVE_AGAIN = "27.04"  # from noon on; the month is suspended until then
ONE = "29.04"  # the 1st is a Saturday and the 30th Good Friday; three days before is the 29th as well
LAST = "02.05"  # the morning of the deadline is that of the deadline, also on a Sunday
# Of 12 May, where there is an exception; those of five and three days before fall on the day of its opening.
EXCEPTED_ONE, EXCEPTED_LAST = "11.05", "12.05"
# Of 21 May, to which a correction is open from the 18th on: those of five and three days before fall on it.
CORRECTED_ONE, CORRECTED_LAST = "20.05", "21.05"

CRASH = at(19, 4)  # somebody who sends dies between the server's word and ours
AWAY = at(29, 4, 7, 45), at(29, 4, 8, 59)  # no mail server answers
BUSY = [at(16, 4), at(19, 4), at(27, 4), at(29, 4), at(2, 5), at(11, 5), at(12, 5)]
