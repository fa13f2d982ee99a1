"""Letters about a correction that is asked for: who reads what, once, and what is over by then."""

from datetime import timedelta

import pytest

from portal.actions.campaigns.campaigns import end_exception
from portal.actions.campaigns.requests import (
    Asked,
    ask_correction,
    decline_correction,
    grant_correction,
    support_correction,
)
from portal.actions.letters.matter import NoLonger
from portal.actions.letters.outbox import message_of
from portal.actions.signing.signing import sign
from portal.domain.campaigns.corrections import Why
from portal.domain.decisions import Decision
from portal.domain.errors import Conflict
from portal.domain.letters.fate import LetterState
from portal.mail.messages import Message
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import User
from tests.cast import AFTER, MONTH, NOW, PASSWORD, SCHOOL, SITE, add_record
from tests.mail.letters import text

UNTIL = (AFTER + timedelta(days=3)).date()
OPEN = "отворен до 05.02.2021 г., 23:59 ч."
DOCUMENT = "№ 118/2020"
NOTE = "Мария Атанасова беше болна."


@pytest.fixture
def request_id(world):
    """Of a child that Ана confirmed and signed; the deadline has passed."""
    by = {"decision": Decision.CONFIRMED, "decided_by": world.ana.user_id, "decided_at": NOW}
    record = add_record(family="Атанасова", **by)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
    asked = Asked(record_id=record.id, reason=Why.LATE_NOTE, document=DOCUMENT, note=NOTE)
    return ask_correction(world.ana, MONTH, asked, now=AFTER).id


def rows(kind: str) -> list[OutboxMessage]:
    return list(OutboxMessage.select().where(OutboxMessage.kind == kind).order_by(OutboxMessage.id))


def readers(kind: str) -> set[int | None]:
    return {row.user_id for row in rows(kind)}


def written(kind: str, reader: int) -> Message:
    (row,) = [row for row in rows(kind) if row.user_id == reader]
    return message_of(row, site=SITE, now=AFTER)


def names_nobody(message: Message) -> bool:
    said = f"{message.subject}\n{message.body}"
    return not any(word in said for word in ("Атанасова", "Мария", DOCUMENT, "болна"))


def test_the_regional_office_reads_that_it_is_asked(world, request_id):
    assert world.nora.user_id in readers("correction_asked")
    assert readers("correction_asked").isdisjoint({world.ana.user_id, world.oleg.user_id})
    message = written("correction_asked", world.nora.user_id)
    assert message.subject.startswith("Искане за поправка за декември 2020 г.")
    assert "/oversight/2020-12/corrections" in message.body
    assert "закъсняла медицинска бележка" in message.body
    assert names_nobody(message)


def test_an_office_of_another_region_reads_nothing(world, request_id):
    User.update(region=world.nora.region + 1).where(User.id == world.nora.user_id).execute()
    with pytest.raises(NoLonger, match="не е в региона"):
        written("correction_asked", world.nora.user_id)


def test_is_not_in_the_letters_of_the_institution(world, request_id):
    assert {row.institution_id for row in rows("correction_asked")} == {None}


@pytest.mark.parametrize(("supports", "word"), [(True, "РУО подкрепи"), (False, "РУО не подкрепи")])
def test_director_and_operator_read_what_the_office_says(world, request_id, supports, word):
    support_correction(world.nora, MONTH, request_id, supports=supports, note="Вярно е.", now=AFTER)

    own = written("correction_supported", world.ana.user_id)
    assert own.subject.startswith(word)
    assert "/confirmations/2020-12/corrections" in own.body
    theirs = written("correction_supported", world.oleg.user_id)
    assert "/campaigns/2020-12/corrections" in theirs.body
    assert names_nobody(own)
    assert names_nobody(theirs)
    with pytest.raises(NoLonger, match="вече е казано"):
        written("correction_asked", world.nora.user_id)
    with pytest.raises(Conflict):
        support_correction(world.nora, MONTH, request_id, supports=supports, note="", now=AFTER)
    assert len(rows("correction_supported")) == len(readers("correction_supported"))


def test_the_director_reads_that_it_is_granted(world, request_id):
    support_correction(world.nora, MONTH, request_id, supports=True, note="", now=AFTER)
    grant_correction(world.oleg, MONTH, request_id, UNTIL, "", now=AFTER)

    assert readers("correction_answered") == {world.ana.user_id}
    message = written("correction_answered", world.ana.user_id)
    assert "05.02.2021" in message.subject
    assert names_nobody(message)
    with pytest.raises(NoLonger, match="вече е отговорил"):
        written("correction_supported", world.oleg.user_id)
    with pytest.raises(NoLonger, match="вече е изтекло"):
        message_of(rows("correction_answered")[0], site=SITE, now=AFTER + timedelta(days=9))


def test_one_letter_says_that_it_is_granted_and_until_when_the_list_is_open(world, request_id):
    grant_correction(world.oleg, MONTH, request_id, UNTIL, "", now=AFTER)

    assert readers("exception_opened") == {world.ana.user_id, world.dora.user_id}
    with pytest.raises(NoLonger, match="отговор на искане за поправка"):
        written("exception_opened", world.ana.user_id)
    message = written("correction_answered", world.ana.user_id)
    assert "ЦИОО прие искането ви" in message.body
    assert OPEN in text(message)
    assert "DTSTART;VALUE=DATE:20210205" in message.calendar
    assert OPEN in text(written("exception_opened", world.dora.user_id))


def test_says_what_is_sent_of_a_list_that_nobody_signs_again(world, request_id):
    grant_correction(world.oleg, MONTH, request_id, UNTIL, "", now=AFTER)

    assert "„няма информация“" in text(written("correction_answered", world.ana.user_id))
    Campaign.update(answered_at=AFTER).execute()
    said = text(written("correction_answered", world.ana.user_id))
    assert "там остава подаденото досега" in said
    assert "няма информация" not in said


def test_who_read_of_it_reads_that_the_list_was_closed_before(world, request_id):
    grant_correction(world.oleg, MONTH, request_id, UNTIL, "", now=AFTER)
    OutboxMessage.update(state=LetterState.SENT, sent_at=AFTER).where(
        OutboxMessage.kind == "correction_answered"
    ).execute()
    OutboxMessage.update(state=LetterState.DROPPED).where(OutboxMessage.kind == "exception_opened").execute()
    end_exception(world.oleg, MONTH, SCHOOL, now=AFTER + timedelta(hours=1))

    later = AFTER + timedelta(hours=2)
    (row,) = [row for row in rows("exception_ended") if row.user_id == world.ana.user_id]
    assert "прекрати изключението" in text(message_of(row, site=SITE, now=later))
    (row,) = [row for row in rows("exception_ended") if row.user_id == world.dora.user_id]
    with pytest.raises(NoLonger, match="не беше съобщено"):
        message_of(row, site=SITE, now=later)


def test_the_director_reads_that_it_is_declined(world, request_id):
    decline_correction(world.oleg, MONTH, request_id, "Няма документ.", now=AFTER)

    message = written("correction_answered", world.ana.user_id)
    assert "не е прието" in message.subject
    assert names_nobody(message)
