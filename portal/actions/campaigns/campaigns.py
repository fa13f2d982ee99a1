"""What the operator does with a month besides loading: suspend it, resume it, grant an exception."""

from datetime import date, datetime, timedelta
from hashlib import sha256

from portal.actions.campaigns.window import held_campaign
from portal.actions.letters.announcing import announce, spread
from portal.actions.letters.campaign_letters import tell_of_list
from portal.actions.letters.window_letters import tell_of_exception, tell_of_its_end
from portal.domain.errors import Conflict, NotFound
from portal.domain.letters.kinds import Occasion
from portal.domain.month import Month
from portal.domain.operating import check_may_resume, check_may_suspend, check_reason
from portal.domain.people import Operator
from portal.domain.signing.declaration import canonical, timestamp
from portal.domain.submissions import check_exception
from portal.domain.times import end_of
from portal.storage.lists.current import held_list
from portal.storage.tables import audit
from portal.storage.tables.answers import CorrectionRequest
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.db import writing

MADE, ENDED = "made_exception", "ended_exception"  # in the audit
SUSPENDED, RESUMED = "suspended", "resumed"
SHOWN_UNTIL = timedelta(seconds=1)  # so that the end of a day reads 23:59 of it, not 00:00 of the next


def suspend(person: Operator, month: Month, reason: str, *, now: datetime) -> None:
    """Make every list of the month read-only, whatever its window says."""
    with writing():
        campaign = held_campaign(month)
        check_may_suspend(campaign.window, reason)
        campaign.suspended_at, campaign.suspended_reason = now, reason
        _store_suspension(campaign)
        audit.add(person, SUSPENDED, f"campaign:{campaign.id}", now=now)
        announce(Occasion.MONTH_SUSPENDED, campaign, now=now)
    spread(now=now)


def resume(person: Operator, month: Month, *, now: datetime) -> None:
    with writing():
        campaign = held_campaign(month)
        check_may_resume(campaign.window)
        campaign.suspended_at, campaign.suspended_reason = None, ""
        _store_suspension(campaign)
        audit.add(person, RESUMED, f"campaign:{campaign.id}", now=now)
        announce(Occasion.MONTH_RESUMED, campaign, now=now)
    tell_of_list(campaign, now=now)  # whose window was set meanwhile
    spread(now=now)


def make_exception(
    person: Operator, month: Month, institution: str, until: date, reason: str, *, now: datetime
) -> Submission:
    """Open one list again after the deadline, to the end of ``until`` in Sofia."""
    with writing():
        submission = _held_list(institution, month)
        _open(person, submission, until, reason, now=now)
    return submission


def open_for_correction(
    person: Operator, month: Month, request: CorrectionRequest, until: date, *, now: datetime
) -> Submission:
    """The same for a correction that was asked for, also after the final answer. In the caller's turn."""
    reason = f"Искане за поправка № {request.id}: {request.reason.label}, {request.document}."
    submission = _held_list(request.institution_id, month)
    _open(person, submission, until, reason, request=request.id, now=now)
    return submission


def _open(
    person: Operator,
    submission: Submission,
    until: date,
    reason: str,
    *,
    request: int | None = None,
    now: datetime,
) -> None:
    """``request`` is the correction that it is made for, if it is for one."""
    check_may_open(submission, until, reason, is_correction=request is not None, now=now)
    submission.reopened_until, submission.reopened_reason = last_moment_of(until), reason
    submission.reopened_by_id = person.user_id
    _store_exception(submission)
    _say(person, MADE, submission, now=now)
    tell_of_exception(submission, request=request, now=now)


def check_may_open(
    submission: Submission, until: date, reason: str, *, is_correction: bool = False, now: datetime
) -> None:
    """Raise unless the list can be opened again to the end of ``until``."""
    ends = last_moment_of(until)
    check_exception(ends, submission.window, is_correction=is_correction, now=now)
    check_reason(reason, "Напишете защо се прави изключението.")


def last_moment_of(until: date) -> datetime:
    """When an exception to the end of the day ends."""
    return end_of(until) - SHOWN_UNTIL


def end_exception(person: Operator, month: Month, institution: str, *, now: datetime) -> None:
    """Close the list now, before the exception ends by itself."""
    with writing():
        submission = _held_list(institution, month)
        if submission.reopened_until is None or submission.reopened_until <= now:
            raise Conflict("Изключението за тази институция вече не е в сила.")
        until, submission.reopened_until = submission.reopened_until, now
        _store_exception(submission)
        _say(person, ENDED, submission, now=now)
        tell_of_its_end(submission, until, now=now)


def exception_digest(submission: Submission) -> str:
    """Of what was allowed, so that ``verify`` sees an end that was moved by hand."""
    until = submission.reopened_until
    allowed = {"until": timestamp(until) if until else "", "reason": submission.reopened_reason}
    return sha256(canonical(allowed)).hexdigest()


def _say(person: Operator, what: str, submission: Submission, *, now: datetime) -> None:
    audit.add(
        person,
        what,
        f"submission:{submission.id}",
        now=now,
        chain=submission.institution_id,
        content=exception_digest(submission),
    )


def _held_list(institution: str, month: Month) -> Submission:
    held_campaign(month)
    try:
        return held_list(institution, month)
    except NotFound:
        raise NotFound(f"За {month.label} няма списък на институция с код {institution}.") from None


def _store_suspension(campaign: Campaign) -> None:
    """The deadline is none, or is one again."""
    campaign.moves += 1
    campaign.save(only=[Campaign.suspended_at, Campaign.suspended_reason, Campaign.moves])


def _store_exception(submission: Submission) -> None:
    submission.moves += 1
    submission.save(
        only=[
            Submission.reopened_until,
            Submission.reopened_reason,
            Submission.reopened_by,
            Submission.moves,
        ]
    )
