"""The correction answer: after the final one, what new signatures have changed since, in the same format."""

import logging
from collections import Counter
from datetime import datetime
from typing import IO

from portal.actions.campaigns.answers import COMMAND_LINE, ERASED, Made, row_of, said_row, write_rows
from portal.actions.campaigns.window import held_campaign
from portal.domain.errors import Conflict, holds
from portal.domain.month import Month
from portal.domain.people import Operator
from portal.exchange.answer import AnswerRow, Manifest, correction_name
from portal.storage.campaigns.answered import last_correction, resigned_records, resigned_since
from portal.storage.campaigns.answers import open_exceptions
from portal.storage.campaigns.progress import standings
from portal.storage.lists.held import held_lists
from portal.storage.retention.erasing import is_erased
from portal.storage.tables import audit
from portal.storage.tables.answers import AnswerFile
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.db import writing

logger = logging.getLogger(__name__)

CORRECTED = "corrected_answer"  # in the audit
NOTHING = "След окончателния отговор няма променени и подписани записи: няма какво да се изпрати."
DIFFERS = (
    "Данните вече не са тези от предишната поправка, а нищо не е подписвано оттогава: файлът не е направен. "
    "Пуснете проверката portal verify и потърсете какво е променено."
)


def make_correction(person: Operator | None, month: Month, out: IO[bytes], *, now: datetime) -> Made:
    """Write the records of which a signature given after the final answer says something else.

    What was opened again and not signed is not in it: there the answer stands. Made again, it has the same
    bytes, or it is not made, unless a list was signed since.
    """
    with writing():
        campaign = held_campaign(month)
        held_lists(campaign)
        _check(campaign, now=now)
        sha256, size, decisions = write_rows(changed_rows(campaign), out)
        if not decisions.total():
            raise Conflict(NOTHING)
        last = last_correction(campaign)
        if last is not None and last.sha256 != sha256 and not resigned_since(campaign, last):
            raise Conflict(DIFFERS)
        audit.add(person, CORRECTED, f"campaign:{campaign.id}", now=now, content=sha256)
        beside = Manifest(
            month=month,
            generated_at=now,
            by=COMMAND_LINE if person is None else person.name,
            is_final=False,
            is_correction=True,
            states=Counter(standing.state.value for standing in standings(campaign, now=now)),
            decisions=decisions,
            file_name=correction_name(month),
            sha256=sha256,
            size=size,
        )
        made = Made(correction_name(month), sha256, size, decisions, beside.dump())
        by = None if person is None else person.user_id
        AnswerFile.create(campaign=campaign, final=False, is_correction=True, at=now, by=by, **made.columns)
    logger.info("correction of the answer for %s, %s records", month, decisions.total())
    return made


def _check(campaign: Campaign, *, now: datetime) -> None:
    if is_erased(campaign):
        raise Conflict(ERASED)
    if campaign.answered_at is None:
        raise Conflict("Окончателният отговор още не е изготвен. Поправка се прави след него.")
    if waiting := open_exceptions(campaign, now=now):
        raise Conflict(
            f"Има институции с отворен за поправка списък: {waiting}. Изчакайте края на срока им или го "
            "прекратете, и опитайте отново."
        )


def changed_rows(campaign: Campaign) -> list[AnswerRow]:
    """In the order of the answer."""
    month = campaign.month
    pairs = (
        (row_of(record, month, is_signed=True), said_row(record, said, month))
        for record, said in resigned_records(campaign)
    )
    return [row for row, before in pairs if row != before]


def may_correct(campaign: Campaign, *, now: datetime) -> bool:
    """Whether there is a correction to be made now."""
    return holds(_check, campaign, now=now) and bool(changed_rows(campaign))
