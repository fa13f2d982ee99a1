"""Wrong passwords and codes: in the log, in the audit when the day is over, and told to the account's owner
where there are many."""

import logging
from datetime import datetime

from portal.actions.letters.access_news import tell_of_guesses
from portal.actions.site import Site
from portal.domain.deeds import STRANGERS, counted
from portal.domain.keys.news import Guess
from portal.domain.times import today
from portal.storage.tables import audit
from portal.storage.tables.access_news import (
    NOBODY,
    WrongGuesses,
    count_guess,
    guesses_before,
    taken,
)
from portal.storage.tables.db import writing
from portal.storage.tables.people import User

logger = logging.getLogger(__name__)

PASSWORDS, CODES = "wrong_passwords", "wrong_codes"  # in the audit
AT_ONCE = 20  # rows that one login puts into the audit, after a day of many


def count_wrong(user: User | None, guess: Guess = Guess.PASSWORD, *, site: Site, now: datetime) -> None:
    """One more of today; the owner is told at the moment when there are many, so once a day. What was tried
    where no account is, is counted in the same way: how long it takes tells nobody which it was."""
    who = NOBODY if user is None else user.id
    with writing():
        is_many = count_guess(today(now), who, guess) == guess.many
        if is_many and user is not None and user.is_active:
            tell_of_guesses(user, guess, site=site, now=now)
    logger.info("a wrong %s for %s", guess.value, f"user {who}" if who else "an address without an account")


def settle_guesses(*, now: datetime) -> None:
    """Put the counts of days that are over into the audit, each in a transaction of its own: no chain is held
    while another is waited for. Nothing of a stranger goes there but the number."""
    for row in guesses_before(today(now), AT_ONCE):
        with writing():
            if taken(row):
                _note(row, now=now)


def _note(row: WrongGuesses, *, now: datetime) -> None:
    user: User | None = User.get_or_none(User.id == row.who)
    chain = audit.NATIONAL if user is None else user.institution_id or audit.NATIONAL
    thing = STRANGERS if user is None else f"user:{user.id}"
    what = PASSWORDS if row.guess is Guess.PASSWORD else CODES
    content = counted(row.day, row.count)
    audit.add(None, what, thing, now=now, chain=chain, content=content)
