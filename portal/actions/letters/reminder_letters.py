"""The letter that reminds of a deadline, as it is when it goes: of what is still missing, in its hours."""

from portal.actions.letters.matter import Matter, NoLonger, NotYet
from portal.domain.letters.kinds import Occasion
from portal.domain.letters.reminders import (
    Situation,
    Task,
    deadline_of,
    is_hour,
    next_hour,
    own_tasks,
    stage_by,
)
from portal.domain.times import today
from portal.mail import reminder_messages as letters
from portal.mail.messages import Message
from portal.storage.letters.readers import directors_of, invited_at
from portal.storage.lists.working_days import working_days

# Who got one of these today has read of the deadline today.
SAYS_AS_MUCH = (
    Occasion.LIST_RECEIVED,
    Occasion.DEADLINE_MOVED,
    Occasion.MONTH_RESUMED,
    Occasion.EXCEPTION_OPENED,
    Occasion.SIGNATURE_REMOVED,
)


def write_reminder(matter: Matter) -> Message:
    """As much as is still true; NotYet where its hour is over for today."""
    is_working, now = working_days(), matter.now
    deadline = deadline_of(matter.window, now=now)
    if deadline is None:
        raise NoLonger("по списъка сега не се работи")
    if str(deadline) != matter.facts["deadline"]:
        raise NoLonger("срокът е преместен")
    days = matter.facts["days"]
    if stage_by(deadline, today(now), is_working) != days:
        raise NoLonger("дойде времето на следващото напомняне")
    missing = _missing(matter)
    tasks = own_tasks(missing, matter.scopes, is_mailbox=matter.user is None)
    if not tasks:
        raise NoLonger("всичко вече е свършено")
    if _was_told_today(matter):
        raise NoLonger("днес вече писахме за този срок")
    if not is_hour(days, is_working, now=now):
        raise NotYet(next_hour(is_working, now=now))
    standing = letters.Standing(
        matter.institution.name,
        matter.campaign.month,
        matter.counts.total,
        matter.counts.pending,
        deadline,
        (deadline - today(now)).days,
    )
    if Task.GET_IN in tasks:
        link, asked = matter.site.address("/"), invited_at(matter.institution.code)
        rest = missing - {Task.GET_IN}
        return letters.get_in(matter.to, standing, rest, invited_at=asked, link=link)
    return letters.reminder(
        matter.to,
        standing,
        tasks,
        list_link=matter.list_link,
        register_link=matter.register_link,
        is_director=matter.is_director,
    )


def _was_told_today(matter: Matter) -> bool:
    """Of the deadline, also by the answer to a request for which the list was opened."""
    granted = [row for row, _ in matter.noted(Occasion.CORRECTION_ANSWERED, field="until")]
    last = matter.last(*SAYS_AS_MUCH)
    told = granted if last is None else [*granted, last]
    return any(today(row.made_at) == today(matter.now) for row in told)


def _missing(matter: Matter) -> frozenset[Task]:
    return Situation(
        matter.window,
        matter.state,
        bool(directors_of([matter.institution.code])),
        matter.submission.first_opened_at is not None,
        matter.register_confirmed_at,
    ).tasks
