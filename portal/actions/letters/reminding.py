"""Reminding of a deadline: who has something left to do, as the stage comes, and as the letter goes."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from portal.actions.letters.matter import Matter, NoLonger, NotYet
from portal.actions.letters.occasions import About, queue
from portal.domain.letters.kinds import Occasion
from portal.domain.letters.reminders import (
    EARLY,
    IsWorking,
    Reminder,
    Situation,
    Task,
    deadline_of,
    due_now,
    is_hour,
    next_hour,
    own_tasks,
    reminder,
    stage_by,
    worked_on,
)
from portal.domain.oversight.progress import Standing
from portal.domain.people import Scope
from portal.domain.submissions import Window
from portal.domain.times import today
from portal.mail import reminder_messages as letters
from portal.mail.messages import Message
from portal.storage.campaigns.overview import campaigns_under_way
from portal.storage.campaigns.progress import standings
from portal.storage.letters.ending import told_of
from portal.storage.letters.readers import (
    Reader,
    delegates_of,
    directors_of,
    invited_at,
    mailbox_of,
)
from portal.storage.letters.rounds import begun_round, excepted_lists, note_round
from portal.storage.lists.working_days import working_days
from portal.storage.tables.bulk import batches
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.db import writing

AT_A_TURN = 100  # institutions
DAY = timedelta(1)  # a reminder goes on its own day
# Who got one of these today has read of the deadline today.
SAYS_AS_MUCH = (
    Occasion.LIST_RECEIVED,
    Occasion.DEADLINE_MOVED,
    Occasion.MONTH_RESUMED,
    Occasion.EXCEPTION_OPENED,
    Occasion.SIGNATURE_REMOVED,
)


def remind(*, go_on: Callable[[], bool] = lambda: True, now: datetime) -> int:
    """Put down what has to go out now; how many letters are new. Each stage is gone through once: whoever has
    something left to do only later is not in it."""
    is_working = working_days()
    new = 0
    for campaign in campaigns_under_way(now=now):
        new += _remind_all(campaign, is_working, go_on, now=now)
    for campaign, ends in excepted_lists(now=now):
        new += _remind_excepted(campaign, ends, is_working, now=now)
    return new


def _remind_all(
    campaign: Campaign, is_working: IsWorking, go_on: Callable[[], bool], *, now: datetime
) -> int:
    due = due_now(campaign.window, is_working, now=now)
    if due is None:
        return 0
    round_ = begun_round(campaign, *due)
    if round_.done_at is not None:
        return 0
    new, waiting = 0, [each for each in standings(campaign, now=now) if each.is_unfinished]
    waiting.sort(key=lambda each: each.institution.code)
    rest = [each for each in waiting if each.institution.code > round_.after]
    for some in batches(rest, AT_A_TURN):
        if not go_on():
            return new
        with writing():
            new += _put_down(campaign, some, {}, is_working, now=now)
            note_round(round_, after=some[-1].institution.code)
    note_round(round_, done_at=now)
    return new


def _remind_excepted(
    campaign: Campaign, ends: dict[str, datetime], is_working: IsWorking, *, now: datetime
) -> int:
    """Those with a deadline of their own, by code. They are few, and rounds of many exceptions would be many:
    who was put down is asked of the outbox, so that nobody is held up while there is nothing to say."""
    due = {
        code: stage
        for code, until in ends.items()
        if (stage := due_now(_with_exception(campaign.window, until), is_working, now=now)) is not None
    }
    if not due:
        return 0
    told = told_of(Occasion.EARLY_REMINDER, since=now - DAY) | told_of(Occasion.REMINDER, since=now - DAY)
    untold = {code for code, stage in due.items() if _thing(campaign, code, *stage) not in told}
    if not untold:
        return 0
    found = [each for each in standings(campaign, now=now) if each.institution.code in untold]
    waiting = [each for each in found if each.is_unfinished]
    return _put_down(campaign, waiting, ends, is_working, now=now) if waiting else 0


def _put_down(
    campaign: Campaign,
    found: Sequence[Standing],
    excepted: dict[str, datetime],
    is_working: IsWorking,
    *,
    now: datetime,
) -> int:
    """``excepted``: until when single lists are open, by the institution's code."""
    codes = [each.institution.code for each in found]
    directors, delegates = directors_of(codes), delegates_of(codes, now=now)
    new = 0
    with writing():
        for each in found:
            code = each.institution.code
            window = _with_exception(campaign.window, excepted.get(code))
            has_director = any(reader.institution == code for reader in directors)
            due = reminder(_situation(each, window, has_director=has_director), is_working, now=now)
            if due is None:
                continue
            staff = [reader for reader in (*directors, *delegates) if reader.institution == code]
            readers = staff + ([] if has_director else mailbox_of(code, each.institution.email))
            new += queue(_about(campaign, code, due), _able(readers, due.tasks), now=now)
    return new


def _able(readers: Collection[Reader], tasks: frozenset[Task]) -> list[Reader]:
    return [reader for reader in readers if _own(reader.user_id, tasks, reader.scopes)]


def _own(user: int | None, tasks: frozenset[Task], scopes: frozenset[Scope]) -> frozenset[Task]:
    """Of what is missing, what a reader is asked for. Who is in is not asked to get in."""
    return tasks & {Task.GET_IN} if user is None else own_tasks(tasks - {Task.GET_IN}, scopes)


def _about(campaign: Campaign, code: str, due: Reminder) -> About:
    occasion = Occasion.EARLY_REMINDER if due.days >= EARLY else Occasion.REMINDER
    thing = _thing(campaign, code, due.deadline, due.days)
    return About(occasion, thing, campaign.id, {"deadline": str(due.deadline), "days": due.days})


def _thing(campaign: Campaign, code: str, deadline: date, days: int) -> str:
    return f"{campaign.id}:{code}/{deadline}/{days}"


def _situation(each: Standing, window: Window, *, has_director: bool) -> Situation:
    return Situation(
        window,
        worked_on(each.state, each.counts),
        has_director,
        each.first_opened_at is not None,
        each.register_confirmed_at,
    )


def _with_exception(window: Window, until: datetime | None) -> Window:
    return replace(window, reopened_until=until, is_correction=window.answered)


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
    tasks = _tasks_of(matter)
    if not tasks:
        raise NoLonger("всичко вече е свършено")
    same_day = matter.last(*SAYS_AS_MUCH)
    if same_day is not None and today(same_day.made_at) == today(now):
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
        return letters.get_in(matter.to, standing, invited_at=asked, link=link)
    return letters.reminder(
        matter.to,
        standing,
        tasks,
        list_link=matter.list_link,
        register_link=matter.register_link,
        is_director=matter.is_director,
    )


def _tasks_of(matter: Matter) -> frozenset[Task]:
    """What the reader can do of what is missing now."""
    situation = Situation(
        matter.window,
        matter.state,
        bool(directors_of([matter.institution.code])),
        matter.submission.first_opened_at is not None,
        matter.register_confirmed_at,
    )
    return _own(matter.row.user_id, situation.tasks, matter.scopes)
