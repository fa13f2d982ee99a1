"""Checking windows, exceptions, and lists declared empty, against the audit."""

from collections.abc import Iterator
from typing import Any

from portal.actions.campaigns.answers import ANSWERED
from portal.actions.campaigns.campaigns import ENDED, MADE, RESUMED, SUSPENDED, exception_digest
from portal.actions.campaigns.sending import SENT, sent_digest
from portal.actions.campaigns.window import SET, window_digest
from portal.actions.lists.confirmations import NOTHING
from portal.actions.loading.ended import CAME_BACK
from portal.actions.verifying.finding import Finding, of_list
from portal.domain.month import Month
from portal.storage.campaigns.ended import outcomes_digest
from portal.storage.retention.erasing import is_erased
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Submission


def check_windows(month: Month | None) -> Iterator[Finding]:
    """A deadline that was moved by hand lets be signed what nobody may sign any more."""
    campaigns = Campaign.select() if month is None else Campaign.select().where(Campaign.month == month)
    for campaign in campaigns:
        yield from _check_sent(campaign)
        yield from _check_result(campaign)
        yield from _check_state(campaign)
        entry = _last(f"campaign:{campaign.id}", SET)
        if entry is not None and entry.content != window_digest(campaign):
            yield Finding(
                "window_changed",
                f"campaign:{campaign.id}",
                f"{campaign.month}: срокът не е онзи, който операторът е записал.",
            )


def _check_state(campaign: Campaign) -> Iterator[Finding]:
    """That it is suspended, and answered, since when the operator did so: else lists could be signed that
    nobody may sign, or a month be over before its day."""
    thing = f"campaign:{campaign.id}"
    entry = _last(thing, SUSPENDED, RESUMED)
    if campaign.suspended_at != (entry.at if entry and entry.what == SUSPENDED else None):
        sentence = f"{campaign.month}: дали месецът е спрян не е това, което операторът е записал."
        yield Finding("suspension_changed", thing, sentence)
    first = _said(thing, ANSWERED).order_by(AuditEntry.id).first()
    if campaign.answered_at != (first.at if first else None):
        sentence = f"{campaign.month}: кога е изготвен окончателният отговор не е това, което казва одитът."
        yield Finding("answered_changed", thing, sentence)


def _check_sent(campaign: Campaign) -> Iterator[Finding]:
    """That the answer was sent on the day, and with the file, that the operator said."""
    entry = _last(f"campaign:{campaign.id}", SENT)
    if (entry.content if entry else sent_digest(Campaign())) != sent_digest(campaign):
        yield Finding(
            "sent_changed",
            f"campaign:{campaign.id}",
            f"{campaign.month}: кога е изпратен отговорът не е това, което операторът е записал.",
        )


def _check_result(campaign: Campaign) -> Iterator[Finding]:
    """What АСП did stands as its last file said: a child whose benefit was ended must not vanish from it."""
    if is_erased(campaign):
        return
    entry = _last(f"campaign:{campaign.id}", CAME_BACK)
    if outcomes_digest(campaign) != (entry.content if entry else outcomes_digest(Campaign())):
        yield Finding(
            "result_changed",
            f"campaign:{campaign.id}",
            f"{campaign.month}: какво е направила АСП не е това, което операторът е заредил.",
        )


def check_times(submission: Submission) -> Iterator[Finding]:
    """The exception made for one list, and that its director said that it holds nobody."""
    thing = f"submission:{submission.id}"
    entry = _last(thing, MADE, ENDED)
    if (entry.content if entry else exception_digest(Submission())) != exception_digest(submission):
        yield of_list("exception_changed", submission, "изключението не е онова, което операторът е записал")
    if submission.checked_at is not None:
        entry = _last(thing, NOTHING)
        said = (submission.checked_at, submission.checked_by_id)
        if entry is None or (entry.at, entry.who) != said:
            yield of_list("checked_unsaid", submission, "отбелязан е като проверен, а одитът не го казва")


def _last(thing: str, *words: str) -> AuditEntry | None:
    found: AuditEntry | None = _said(thing, *words).order_by(AuditEntry.id.desc()).first()
    return found


def _said(thing: str, *words: str) -> Any:
    return AuditEntry.select().where((AuditEntry.object == thing) & AuditEntry.what.in_(words))
