"""Reminding of a deadline: who has something left to do as the stage comes is put down for a letter."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from portal.actions.letters.occasions import About, queue
from portal.domain.letters.kinds import Occasion
from portal.domain.letters.reminders import (
    EARLY,
    IsWorking,
    Reminder,
    Situation,
    Task,
    due_now,
    own_tasks,
    reminder,
    worked_on,
)
from portal.domain.oversight.progress import Standing
from portal.domain.submissions import Window
from portal.storage.campaigns.overview import campaigns_under_way
from portal.storage.campaigns.progress import standings
from portal.storage.letters.ending import told_of
from portal.storage.letters.readers import (
    Reader,
    delegates_of,
    directors_of,
    mailboxes_of,
)
from portal.storage.letters.rounds import begun_round, note_round, running_exceptions
from portal.storage.lists.working_days import working_days
from portal.storage.tables.bulk import batches
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.db import writing

AT_A_TURN = 100  # institutions
DAY = timedelta(1)  # a reminder goes on its own day


def remind(*, go_on: Callable[[], bool] = lambda: True, now: datetime) -> int:
    """Put down what has to go out now; how many letters are new. Each stage is gone through once: whoever has
    something left to do only later is not in it."""
    is_working = working_days()
    new = 0
    for campaign in campaigns_under_way(now=now):
        new += _remind_all(campaign, is_working, go_on, now=now)
    for campaign, ends in running_exceptions(now=now):
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
    directors = directors_of(codes)
    everybody = [*directors, *delegates_of(codes, now=now), *mailboxes_of(codes)]
    new = 0
    with writing():
        for each in found:
            code = each.institution.code
            window = _with_exception(campaign.window, excepted.get(code))
            has_director = any(reader.institution == code for reader in directors)
            due = reminder(_situation(each, window, has_director=has_director), is_working, now=now)
            if due is None:
                continue
            readers = [reader for reader in everybody if reader.institution == code]
            new += queue(_about(campaign, code, due), _able(readers, due.tasks), now=now)
    return new


def _able(readers: Collection[Reader], tasks: frozenset[Task]) -> list[Reader]:
    return [
        reader for reader in readers if own_tasks(tasks, reader.scopes, is_mailbox=reader.user_id is None)
    ]


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
