"""Putting down the letters about a circular, some at a time, so that nobody waits for a whole country."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from portal.actions.letters.occasions import About, queue, queue_in_turns
from portal.domain.letters.kinds import Occasion
from portal.domain.notices.recipients import Recipient
from portal.storage.letters.readers import Reader
from portal.storage.notices.recipients import next_recipients
from portal.storage.notices.rounds import region_of, round_by_id
from portal.storage.notices.tables import RoundUnderWay
from portal.storage.tables.bulk import tuples
from portal.storage.tables.db import locked

AT_A_TURN = 100  # institutions


def put_down(*, go_on: Callable[[], bool] = lambda: True, now: datetime) -> int:
    """The letters of every writing that is under way; how many are new. Whoever writes does it at once; what
    was broken off the worker goes on with. Who has read the circular by their turn gets none."""
    waiting = RoundUnderWay.select(RoundUnderWay.round).order_by(RoundUnderWay.round)
    numbers = [number for (number,) in tuples(waiting)]
    return queue_in_turns(numbers, partial(_some, now=now), go_on=go_on)


def _some(number: int, *, now: datetime) -> int | None:
    """The next institutions of one writing; none where it is done."""
    under_way: RoundUnderWay | None = locked(
        RoundUnderWay.select().where(RoundUnderWay.round == number)
    ).first()
    if under_way is None:
        return None
    ours, round_ = RoundUnderWay.round == number, round_by_id(number)
    found = next_recipients(round_.notice, region_of(round_), under_way.after, AT_A_TURN, now=now)
    if not found:
        RoundUnderWay.delete().where(ours).execute()
        return None
    about = About(
        Occasion.NOTICE_UNREAD, f"notice:{round_.notice_id}/{round_.id}", facts={"round": round_.id}
    )
    new = queue(about, [reader for each in found for reader in _readers(each)], now=now)
    RoundUnderWay.update(after=found[-1].code, letters=RoundUnderWay.letters + new).where(ours).execute()
    return new


def _readers(recipient: Recipient) -> list[Reader]:
    return [Reader(each.email, recipient.code, each.user_id) for each in recipient.letter_to]
