"""„Запознах се“: a person says that they have read a circular, or that it was withdrawn."""

import logging
from datetime import datetime

from portal.domain.notices.rules import NoticeState, check_in_force
from portal.domain.people import Staff
from portal.storage.notices.shown import Shown, for_staff
from portal.storage.notices.tables import NoticeReading
from portal.storage.tables import audit
from portal.storage.tables.db import lock_name, writing

logger = logging.getLogger(__name__)

READ, WITHDRAWAL_READ = "notice_read", "notice_withdrawal_read"  # in the audit


def acquaint(person: Staff, notice_id: int, *, now: datetime) -> Shown:
    """Note it once; Conflict for a circular that was withdrawn or replaced before the person read it. Who had
    read it says so of the withdrawal."""
    with writing():
        lock_name(f"notice:{notice_id}")  # against a withdrawal at the same moment
        shown = for_staff(person, notice_id)
        of_withdrawal = shown.read_at is not None and shown.state is NoticeState.WITHDRAWN
        if shown.read_at is None:
            check_in_force(shown.state)
        added = (
            NoticeReading.insert(notice=notice_id, user=person.user_id, of_withdrawal=of_withdrawal, at=now)
            .on_conflict_ignore()
            .as_rowcount()
            .execute()
        )
        if added:
            word = WITHDRAWAL_READ if of_withdrawal else READ
            audit.add(person, word, f"notice:{notice_id}", now=now, chain=person.institution)
            logger.info("notice %s: %s by user %s", notice_id, word, person.user_id)
    return shown
