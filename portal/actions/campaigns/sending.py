"""Saying that the final answer was handed to АСП."""

import logging
from datetime import date, datetime
from hashlib import sha256

from portal.actions.campaigns.window import held_campaign
from portal.actions.letters.announcing import announce, spread
from portal.domain.campaigns.sent import check_may_say_sent
from portal.domain.letters.kinds import Occasion
from portal.domain.month import Month
from portal.domain.people import Operator
from portal.domain.signing.declaration import canonical
from portal.storage.campaigns.answers import final_answer
from portal.storage.retention.erasing import is_erased
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.db import writing

logger = logging.getLogger(__name__)

SENT = "sent_answer"  # in the audit


def say_sent(person: Operator | None, month: Month, on: date, *, now: datetime) -> Campaign:
    """„Изпратих го на АСП на …“: from now on the institutions read it, with the file and its SHA-256."""
    with writing():
        campaign = held_campaign(month)
        erased = is_erased(campaign)
        check_may_say_sent(campaign.answered_at, campaign.sent_on, on, is_erased=erased, now=now)
        Campaign.update(sent_on=on).where((Campaign.id == campaign.id) & Campaign.sent_on.is_null()).execute()
        campaign.sent_on = on
        audit.add(person, SENT, f"campaign:{campaign.id}", now=now, content=sent_digest(campaign))
        announce(Occasion.ANSWER_SENT, campaign, now=now)
    spread(now=now)
    logger.info("answer for %s was sent on %s", month, on)
    return campaign


def sent_digest(campaign: Campaign) -> str:
    """Of what was said, so that ``verify`` sees a day that was changed by hand."""
    answer = None if campaign.sent_on is None else final_answer(campaign)
    said = {"on": str(campaign.sent_on or ""), "sha256": "" if answer is None else answer.sha256}
    return sha256(canonical(said)).hexdigest()
