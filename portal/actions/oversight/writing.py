"""„Писмо до показаните“: one letter to the institutions that a filter shows; looked at first, then sent."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from portal.actions.letters.notice_letters import message_to_shown
from portal.actions.letters.occasions import About, queue
from portal.actions.site import Site
from portal.domain.letters.kinds import Occasion
from portal.domain.month import Month
from portal.domain.oversight.wanted import read_wanted
from portal.domain.oversight.writing import (
    Words,
    check_not_written,
    check_previewed,
    check_somebody,
    check_words,
)
from portal.domain.people import Ruo
from portal.domain.signing.declaration import canonical, timestamp
from portal.mail.messages import Message
from portal.mail.office_messages import Writer
from portal.storage.letters.office import Addressed, addressed, is_written, reached
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.db import lock_name, writing
from portal.storage.tables.letters import OfficeLetter

logger = logging.getLogger(__name__)

WRITTEN = "office_letter"  # in the audit
Shown = Mapping[str, str]  # the part of the address that shows the institutions


@dataclass(frozen=True)
class Preview:
    """Whom the letter would go to now, and what it would say."""

    to: Addressed
    sample: Message


@dataclass(frozen=True)
class Seen:
    """What was looked at: the institutions of the preview, and when it was made."""

    codes: frozenset[str]
    prepared_at: datetime


@dataclass(frozen=True)
class Outcome:
    """``letters`` wait in the outbox; ``gone`` institutions are shown no more since the preview."""

    letters: int
    gone: int


def preview(person: Ruo, month: Month, shown: Shown, words: Words, *, site: Site, now: datetime) -> Preview:
    """What ``write`` would do now. Nothing is sent."""
    check_words(words)
    to = addressed(Campaign.for_month(month), person.region, read_wanted(shown), now=now)
    check_somebody(len(to.readers))
    first = to.readers[0]
    sample = message_to_shown("", words, _writer(person), is_directed=first.user_id is not None, site=site)
    return Preview(to, sample)


def write(person: Ruo, month: Month, shown: Shown, words: Words, seen: Seen, *, now: datetime) -> Outcome:
    """Put a letter into the outbox to whoever was looked at and is shown still. An institution that is done
    meanwhile gets none, and none comes to who was not looked at. Sent twice, the form is a Conflict."""
    check_words(words)
    with writing():
        lock_name(f"office_letters:{person.region}")
        campaign = Campaign.for_month(month)
        check_previewed(seen.prepared_at, now=now)
        check_not_written(is_written(campaign, person.user_id, seen.prepared_at))
        found = addressed(campaign, person.region, read_wanted(shown), now=now)
        to = reached([place for place in found.institutions if place.code in seen.codes])
        check_somebody(len(to.readers))
        row = OfficeLetter.create(
            campaign=campaign,
            region=person.region,
            subject=words.subject,
            text=words.text.strip(),
            shown=json.dumps(dict(shown), ensure_ascii=False, sort_keys=True),
            letters=len(to.readers),
            prepared_at=seen.prepared_at,
            at=now,
            by=person.user_id,
        )
        facts = {"letter": row.id, "office": person.place_label}
        queue(About(Occasion.OFFICE_LETTER, thing_of(row), campaign.id, facts), to.readers, now=now)
        audit.add(person, WRITTEN, thing_of(row), now=now, content=digest_of(row))
    logger.info("office letter %s: %s letters by user %s", row.id, len(to.readers), person.user_id)
    return Outcome(len(to.readers), len(seen.codes - to.codes))


def thing_of(row: OfficeLetter) -> str:
    """With its campaign, so that one can tell whether it was erased with its month."""
    return f"office_letter:{row.campaign_id}-{row.id}"


def digest_of(row: OfficeLetter) -> str:
    """Over all that was said, by whom and to whom: what the audit keeps of it."""
    told = {
        "region": str(row.region),
        "subject": row.subject,
        "text": row.text,
        "shown": row.shown,
        "letters": str(row.letters),
        "prepared_at": timestamp(row.prepared_at),
        "at": timestamp(row.at),
        "by": str(row.by_id),
    }
    return sha256(canonical(told)).hexdigest()


def _writer(person: Ruo) -> Writer:
    return Writer(person.name, person.email, person.place_label)
