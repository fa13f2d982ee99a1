"""Writing to those alone who have not read a circular: shown first, then sent."""

import logging
from dataclasses import dataclass
from datetime import datetime

from portal.actions.letters.notice_letters import message_to_director, message_to_nobody
from portal.actions.notices.spreading import put_down
from portal.actions.site import Site
from portal.domain.errors import Conflict
from portal.domain.notices.recipients import Acquaintance
from portal.domain.notices.rules import Office, check_in_force, check_letter, check_may_remind, check_round
from portal.domain.people import Operator, Ruo
from portal.mail.messages import Message
from portal.storage.notices.recipients import recipients_of
from portal.storage.notices.rounds import part, rounds_of
from portal.storage.notices.shown import for_office
from portal.storage.notices.tables import Notice, NoticeRound, RoundUnderWay
from portal.storage.tables import audit
from portal.storage.tables.db import lock_name, writing

logger = logging.getLogger(__name__)

LETTERS = "notice_letters"  # in the audit
NOBODY = "Няма на кого да се пише: всички, които имат адрес, са се запознали с писмото."


@dataclass(frozen=True)
class Preview:
    """Who would be written to, and what. ``directors`` and ``places`` are letters to people and to
    institutions without a director; ``without_address`` are those that no letter reaches. ``seen`` is how
    often they were written to before."""

    directors: int
    places: int
    without_address: int
    sample: Message
    seen: int

    @property
    def letters(self) -> int:
        return self.directors + self.places


def preview(person: Ruo | Operator, notice_id: int, text: str, *, site: Site, now: datetime) -> Preview:
    """What ``remind`` would do now. Nothing is sent."""
    office = Office.of(person)
    notice = _in_force(office, notice_id)
    check_letter(text)
    recipients = recipients_of(notice, office.region, now=now)
    directors = sum(len(each.letter_to) for each in recipients if each.standing.is_waited_for)
    undirected = [each for each in recipients if each.standing is Acquaintance.NO_DIRECTOR]
    places = sum(len(each.letter_to) for each in undirected)
    if not directors + places:
        raise Conflict(NOBODY)
    write = message_to_director if directors else message_to_nobody
    sample = write(notice, text, "", site=site)
    return Preview(directors, places, len(undirected) - places, sample, len(rounds_of(notice, office.region)))


def remind(person: Ruo | Operator, notice_id: int, text: str, *, seen: int, now: datetime) -> int:
    """Put a letter to each of them into the outbox, some in each turn; how many. Who reads it before the
    letter is sent gets none. Sent twice, the form is a Conflict."""
    office = Office.of(person)
    check_letter(text)
    letters = _count_letters(office, notice_id, now=now)  # before anybody is kept waiting
    with writing():
        lock_name(f"notice:{notice_id}")
        notice = _in_force(office, notice_id)
        check_round(seen, len(rounds_of(notice, office.region)))
        if not letters:
            raise Conflict(NOBODY)
        row = NoticeRound.create(
            notice=notice,
            region=part(office.region),
            number=seen + 1,
            text=text.strip(),
            letters=letters,
            at=now,
            by=person.user_id,
        )
        RoundUnderWay.insert(round=row.id).execute()
        audit.add(person, LETTERS, f"notice:{notice_id}", now=now)
    put_down(now=now)
    logger.info("notice %s: %s letters by user %s", notice_id, letters, person.user_id)
    return letters


def _count_letters(office: Office, notice_id: int, *, now: datetime) -> int:
    notice = for_office(office, notice_id).notice
    return sum(len(each.letter_to) for each in recipients_of(notice, office.region, now=now))


def _in_force(office: Office, notice_id: int) -> Notice:
    shown = for_office(office, notice_id)
    check_may_remind(office, shown.notice.region)
    check_in_force(shown.state)
    return shown.notice
