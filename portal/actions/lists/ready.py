"""„Готово е за подпис“: whoever prepared the decisions tells whoever signs."""

import logging
from datetime import datetime

from portal.actions.letters.signing_letters import tell_that_ready
from portal.domain.month import Month
from portal.domain.people import Scope, Staff, check_scope
from portal.domain.submissions import check_may_sign
from portal.storage.lists.current import held_list
from portal.storage.tables import audit
from portal.storage.tables.db import writing

logger = logging.getLogger(__name__)

SAID = "said_ready"  # in the audit


def say_ready(person: Staff, month: Month, *, now: datetime) -> bool:
    """Write to the director, once for each version of the list; whether that is news. Conflict unless the
    list can be signed now."""
    check_scope(person, Scope.DECIDE)
    with writing():
        submission = held_list(person.institution, month)
        check_may_sign(submission.window, submission.lock, submission.counts, now=now)
        is_news = tell_that_ready(submission, person, now=now)
        if is_news:
            audit.add(person, SAID, f"submission:{submission.id}", now=now, chain=person.institution)
    logger.info("submission %s said to be ready by user %s", submission.id, person.user_id)
    return is_news
