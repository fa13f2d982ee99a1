"""Letters about when a list can be worked on."""

from dataclasses import replace
from datetime import date, datetime

from portal.actions.letters.deadline import with_deadline
from portal.actions.letters.matter import Matter, NoLonger
from portal.actions.letters.occasions import About, queue
from portal.domain.letters.fate import LetterState
from portal.domain.letters.kinds import Occasion
from portal.domain.letters.reminders import Task, own_tasks
from portal.domain.people import Scope
from portal.domain.times import today
from portal.mail import window_messages as letters
from portal.mail.messages import Message
from portal.mail.way_in import nobody_is_in, way_in
from portal.storage.letters.readers import invited_at, readers_about
from portal.storage.tables.campaigns import Submission

DEADLINES = (Occasion.LIST_RECEIVED, Occasion.DEADLINE_MOVED, Occasion.MONTH_RESUMED)


def tell_of_exception(submission: Submission, *, request: int | None = None, now: datetime) -> None:
    """In the caller's transaction, after it was stored. Whoever asked for the correction ``request`` reads of
    it in the answer."""
    _tell(Occasion.EXCEPTION_OPENED, submission, submission.reopened_until, request=request, now=now)


def tell_of_its_end(submission: Submission, until: datetime, *, now: datetime) -> None:
    """``until``: how long it would have lasted."""
    _tell(Occasion.EXCEPTION_ENDED, submission, until, now=now)


def _tell(
    occasion: Occasion,
    submission: Submission,
    until: datetime | None,
    *,
    request: int | None = None,
    now: datetime,
) -> None:
    assert until is not None
    facts = {"until": until.isoformat(), **({} if request is None else {"request": request})}
    about = About(occasion, f"submission:{submission.id}/{submission.moves}", submission.campaign_id, facts)
    queue(about, readers_about(occasion, [submission.institution_id], now=now), now=now)


def write_moved(matter: Matter) -> Message:
    old, new = date.fromisoformat(matter.facts["old"]), date.fromisoformat(matter.facts["new"])
    campaign = matter.campaign
    if campaign.closes_on != new:
        raise NoLonger("срокът е преместен отново")
    if old == new:
        raise NoLonger("срокът остана същият")
    if campaign.suspended_at is not None:
        raise NoLonger("месецът е спрян: срокът се съобщава, когато се възобнови")
    matter.check_not_in_first()
    if matter.last_said(*DEADLINES, field="closes_on") == str(new):
        raise NoLonger("новият срок вече е съобщен")
    matter.note(closes_on=str(new))
    return with_deadline(letters.deadline_moved(matter.to, _place(matter), old=old, new=new), matter)


def write_suspended(matter: Matter) -> Message:
    campaign = matter.campaign
    if campaign.suspended_at is None:
        raise NoLonger("месецът вече е възобновен")
    matter.check_not_in_first()
    letter = letters.month_suspended(matter.to, _place(matter))
    if campaign.closes_on is None:
        return letter
    return with_deadline(letter, matter, cancelled=campaign.closes_on)


def write_resumed(matter: Matter) -> Message:
    told = matter.last(Occasion.MONTH_SUSPENDED)
    if told is None or told.state is not LetterState.SENT:
        raise NoLonger("спирането не беше съобщено")
    matter.check_not_in_first(since=told.sent_at)
    if matter.campaign.suspended_at is not None:
        raise NoLonger("месецът е спрян отново")
    closes_on = matter.deadline()
    matter.note(closes_on=str(closes_on))
    return with_deadline(letters.month_resumed(matter.to, _place(matter), closes_on=closes_on), matter)


def write_exception(matter: Matter) -> Message:
    until = datetime.fromisoformat(matter.facts["until"])
    if matter.submission.reopened_until != until:
        raise NoLonger("изключението е друго или е прекратено")
    request = matter.facts.get("request")
    answered = matter.noted(Occasion.CORRECTION_ANSWERED, field="request") if request is not None else []
    if request in [each for _, each in answered]:
        raise NoLonger(f"влиза в писмото „{Occasion.CORRECTION_ANSWERED.label}“")
    return with_deadline(letters.exception_opened(matter.to, _place(matter), until=until), matter)


def write_exception_ended(matter: Matter) -> Message:
    opened = matter.noted(Occasion.EXCEPTION_OPENED, Occasion.CORRECTION_ANSWERED, field="until")
    if not opened or opened[0][0].state is not LetterState.SENT:
        raise NoLonger("изключението не беше съобщено")
    until = matter.submission.reopened_until
    if until is None or until > matter.now:
        raise NoLonger("списъкът е отворен отново")
    day = today(datetime.fromisoformat(matter.facts["until"]))
    return with_deadline(letters.exception_ended(matter.to, _place(matter), at=until), matter, cancelled=day)


def write_answer_sent(matter: Matter) -> Message:
    """To whoever works on the list, where there was something on it."""
    if not matter.scopes & {Scope.DECIDE, Scope.SIGN}:
        raise NoLonger("упълномощаването не включва списъка")
    if not matter.counts.total:
        raise NoLonger("в списъка нямаше записи")
    sent_on = matter.campaign.sent_on
    if sent_on is None:
        raise NoLonger("още не е отбелязано, че отговорът е изпратен")
    place = replace(_place(matter), link=f"{matter.list_link}/answer")
    return letters.answer_sent(matter.to, place, on=sent_on)


def _place(matter: Matter) -> letters.Place:
    """NoLonger for an institution's own mailbox where nothing is missing there: it is told because nobody can
    do what is due."""
    place = letters.Place(
        matter.institution.name,
        matter.campaign.month,
        matter.list_link,
        matter.state.is_complete,
        is_empty=not matter.counts.total,
        is_answered=matter.campaign.answered_at is not None,
        register_link=matter.register_link if _has_register_left(matter) else "",
    )
    if matter.user is not None:
        return place
    if place.is_complete and matter.register_confirmed_at is not None:
        raise NoLonger("всичко вече е свършено")
    asked = invited_at(matter.institution.code)
    how = (nobody_is_in(place.institution), way_in(asked))
    return replace(place, link=matter.site.address("/"), way_in=how)


def _has_register_left(matter: Matter) -> bool:
    tasks = frozenset() if matter.register_confirmed_at else {Task.CONFIRM_MONTH}
    return bool(own_tasks(tasks, matter.scopes, is_mailbox=matter.user is None))
