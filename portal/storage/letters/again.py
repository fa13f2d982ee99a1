"""Letters that were not taken, put down once more when the address that they went to is corrected."""

from datetime import datetime

from peewee import fn

from portal.domain.letters.fate import LetterState
from portal.storage.letters.reading import REMEMBERED
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import OutboxMessage


def put_down_again(*, now: datetime) -> int:
    """Those of the last 60 days that were given up at an address which is no longer their institution's; how
    many. What they say is decided when they are sent, so that what is over is dropped. A person has another
    account with another address, and hears of the lists when it is activated. In the caller's transaction."""
    place = Institution.select(Institution.email).where(Institution.code == OutboxMessage.institution)
    is_corrected = place.where((Institution.email != "") & (Institution.email != OutboxMessage.recipient))
    of_mailbox = OutboxMessage.user.is_null() & OutboxMessage.occasion.is_null(False)
    in_vain = (OutboxMessage.state == LetterState.GIVEN_UP) & (OutboxMessage.made_at > now - REMEMBERED)
    put_down: int = (
        OutboxMessage.update(
            state=LetterState.WAITS, recipient=place, attempts=0, not_before=now, readdressed_at=now
        )
        .where(in_vain & of_mailbox & fn.EXISTS(is_corrected))
        .execute()
    )
    return put_down
