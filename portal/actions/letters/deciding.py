"""Deciding, when a letter about an occasion is to be sent, whether it still is and what it says."""

from collections.abc import Callable, Mapping
from datetime import datetime

from portal.actions.letters import (
    campaign_letters,
    correction_letters,
    delegation_letters,
    notice_letters,
    reminder_letters,
    result_letters,
    signing_letters,
    window_letters,
)
from portal.actions.letters.matter import Matter, NoLonger
from portal.actions.site import Site
from portal.domain.letters.kinds import Occasion
from portal.domain.times import today
from portal.mail.messages import Message
from portal.storage.letters.readers import directors_of
from portal.storage.tables.letters import DeclinedLetter, OutboxMessage

Writer = Callable[[Matter], Message]

WRITERS: Mapping[Occasion, Writer] = {
    Occasion.LIST_RECEIVED: campaign_letters.write_received,
    Occasion.LIST_CHANGED: campaign_letters.write_changed,
    Occasion.CHANGED_AFTER_DECISION: campaign_letters.write_changed_after_decision,
    Occasion.RECORD_BACK: campaign_letters.write_record_back,
    Occasion.NOTICE_UNREAD: notice_letters.write_notice_unread,
    Occasion.OFFICE_LETTER: notice_letters.write_office_letter,
    Occasion.DEADLINE_MOVED: window_letters.write_moved,
    Occasion.MONTH_SUSPENDED: window_letters.write_suspended,
    Occasion.MONTH_RESUMED: window_letters.write_resumed,
    Occasion.EXCEPTION_OPENED: window_letters.write_exception,
    Occasion.EXCEPTION_ENDED: window_letters.write_exception_ended,
    Occasion.ANSWER_SENT: window_letters.write_answer_sent,
    Occasion.RESULT_CAME_BACK: result_letters.write_result,
    Occasion.CORRECTION_ASKED: correction_letters.write_asked,
    Occasion.CORRECTION_SUPPORTED: correction_letters.write_office_spoke,
    Occasion.CORRECTION_ANSWERED: correction_letters.write_answered,
    Occasion.READY_TO_SIGN: signing_letters.write_ready,
    Occasion.LIST_SIGNED: signing_letters.write_signed,
    Occasion.SIGNATURE_REMOVED: signing_letters.write_removed,
    Occasion.DELEGATION_ENDING: delegation_letters.write_ending,
    Occasion.DELEGATION_ENDED: delegation_letters.write_ended,
    Occasion.EARLY_REMINDER: reminder_letters.write_reminder,
    Occasion.REMINDER: reminder_letters.write_reminder,
}
# What is written to somebody who works there no longer, or not yet.
TO_WHO_LEFT = frozenset({Occasion.DELEGATION_ENDED})


def decided(row: OutboxMessage, *, site: Site, now: datetime) -> Message:
    """What the letter says now; NoLonger if it is not sent, NotYet if it is to keep."""
    matter = Matter(row, site=site, now=now)
    _check_reader(matter)
    if row.institution_id is not None and matter.institution.is_closed(today(now)):
        raise NoLonger("институцията е закрита")
    return WRITERS[matter.occasion](matter)


def _check_reader(matter: Matter) -> None:
    user = matter.user
    if user is None:
        if directors_of([matter.institution.code]):
            raise NoLonger("институцията вече има директор")
        return
    if not user.is_active:
        raise NoLonger("достъпът на получателя е спрян")
    # An office works for no institution: the letter's writer says whether it has a part in it.
    works_there = matter.person is not None or matter.row.institution_id is None
    if matter.occasion not in TO_WHO_LEFT and not works_there:
        raise NoLonger("получателят вече не работи за институцията")
    if matter.occasion.is_optional and _has_declined(user.id, matter.occasion):
        raise NoLonger("получателят не иска такива писма")


def _has_declined(user_id: int, occasion: Occasion) -> bool:
    declined = (DeclinedLetter.user == user_id) & (DeclinedLetter.occasion == occasion)
    return bool(DeclinedLetter.select().where(declined).exists())
