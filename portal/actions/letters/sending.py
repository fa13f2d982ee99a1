"""Sending what waits in the outbox, each letter once (docs/decisions/0033-letters-about-occasions.md)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from portal.actions.letters.links import OPENING, begin_link
from portal.actions.letters.matter import NoLonger, NotYet
from portal.actions.letters.outbox import message_of
from portal.actions.site import Site
from portal.crypto.errors import CannotOpen
from portal.domain.letters.fate import Reply
from portal.mail.errors import MailError
from portal.mail.messages import Message
from portal.mail.smtp import Session
from portal.storage.letters import outbox
from portal.storage.letters.outbox import Waiting, Written
from portal.storage.tables.db import writing
from portal.storage.tables.letters import OutboxMessage

logger = logging.getLogger(__name__)

PATIENCE = 3  # letters in a row that the server would not take now; the rest wait for the next round
AT_A_TIME = 20  # letters; then what came meanwhile is looked at: some seconds of a slow server
DOES_NOT_OPEN = "Писмото не може да бъде отворено."
MAY_HAVE_GONE = "предишният опит прекъсна и писмото може да е стигнало"


@dataclass
class Round:
    """What became of the letters of one round."""

    sent: int = 0
    later: int = 0
    given_up: int = 0
    dropped: int = 0


def deliver(
    mail_url: str,
    sender: str,
    *,
    go_on: Callable[[], bool] = lambda: True,
    site: Site,
    clock: Callable[[], datetime],
) -> Round:
    """Try every letter that is due, once. ``clock`` and ``go_on`` are asked for each: a slow server takes
    its time. Letters that open an account go before all others, also before those of a round under way."""
    with Session(mail_url, sender) as session:
        return _Sender(session, sender, go_on, site=site, clock=clock).round()


class _Sender:
    def __init__(
        self,
        session: Session,
        sender: str,
        go_on: Callable[[], bool],
        *,
        site: Site,
        clock: Callable[[], datetime],
    ) -> None:
        self._session, self._domain, self._go_on = session, sender.rpartition("@")[2], go_on
        self._site, self._clock = site, clock
        self._done, self._in_vain = Round(), 0  # letters in a row

    def round(self) -> Round:
        while letters := outbox.waiting(now=self._clock(), first=tuple(OPENING), count=AT_A_TIME):
            for letter in letters:
                if self._in_vain >= PATIENCE or not self._go_on():
                    return self._done
                row = outbox.claim(letter, now=self._clock())
                if row is not None:  # else another sender has it
                    logger.info("letter %s (%s): %s", row.id, row.kind, self._try(row, letter))
        return self._done

    def _try(self, row: OutboxMessage, letter: Waiting) -> str:
        """What became of it, in a word for the log."""
        try:
            message = message_of(row, site=self._site, now=self._clock())
        except CannotOpen:
            return self._give_up(row, MailError(DOES_NOT_OPEN, temporary=False))
        except NotYet as later:
            outbox.postpone(row, later.until)
            return "keeps"
        except NoLonger as over:
            outbox.drop(row, f"{over}; {MAY_HAVE_GONE}" if letter.is_uncertain else str(over))
            self._done.dropped += 1
            return "dropped"
        try:
            reply = self._session.send(message, at=self._clock(), message_id=self._identity(row))
        except MailError as error:
            return self._later(row, error) if error.temporary else self._give_up(row, error)
        self._mark_sent(row, message, reply)
        return "sent"

    def _identity(self, row: OutboxMessage) -> str:
        """The Message-ID: the same over all its tries, so that a mail server can tell a double one."""
        return f"<{row.id}.{row.made_at:%Y%m%d%H%M%S}@{self._domain}>"

    def _mark_sent(self, row: OutboxMessage, message: Message, reply: Reply) -> None:
        now = self._clock()
        written = None if row.occasion is None else Written(message.to, message.subject, message.body)
        with writing():
            outbox.mark_sent(row, reply, written, now=now)
            begin_link(row, site=self._site, now=now)
        self._done.sent, self._in_vain = self._done.sent + 1, 0

    def _later(self, row: OutboxMessage, error: MailError) -> str:
        if not outbox.try_later(row, str(error), error.reply, now=self._clock()):
            return self._give_up(row, error)
        self._done.later, self._in_vain = self._done.later + 1, self._in_vain + 1
        return str(error)

    def _give_up(self, row: OutboxMessage, error: MailError) -> str:
        outbox.give_up(row, str(error), error.reply, error.verdict, now=self._clock())
        self._done.given_up += 1
        return str(error)
