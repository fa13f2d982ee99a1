"""portal.actions.lists: who may decide, and whose retry is a retry; whatever the page in front of it asks."""

from dataclasses import replace

import pytest

from portal.actions.lists.confirm_rest import confirm_rest, rest_of
from portal.actions.lists.confirmations import (
    AlreadyStored,
    decide,
    say_nothing_to_confirm,
    send_back,
    take_back,
)
from portal.domain.decisions import Decided, Decision
from portal.domain.errors import Conflict, Denied
from portal.domain.people import Delegate, Scope
from portal.storage.tables.campaigns import Record, Submission
from tests.cast import MONTH, NOW, add_record, stored

CONFIRM = Decided(Decision.CONFIRMED)


def delegate(world, *scopes: Scope) -> Delegate:
    """Дора, if the director had given her only this."""
    return replace(world.dora, scopes=frozenset(scopes))


DECIDING = {
    "decide": lambda who, record: decide(who, MONTH, record.id, CONFIRM, seen=1, now=NOW),
    "send back": lambda who, record: send_back(who, MONTH, record.id, "премести се", now=NOW),
    "take back": lambda who, record: take_back(who, MONTH, record.id, now=NOW),
    "see the rest": lambda who, record: rest_of(who, MONTH, now=NOW),
    "confirm the rest": lambda who, record: confirm_rest(who, MONTH, seen=None, now=NOW),
}


@pytest.mark.parametrize("deed", DECIDING.values(), ids=DECIDING)
def test_who_may_only_sign_decides_nothing(world, deed):
    record = add_record()

    with pytest.raises(Denied):
        deed(delegate(world, Scope.SIGN), record)

    kept = stored(record)
    assert (kept.version, kept.decision, kept.submission_id) == (1, Decision.PENDING, record.submission_id)


def test_who_may_only_decide_does_not_say_that_there_is_nothing(world):
    with pytest.raises(Denied):
        say_nothing_to_confirm(delegate(world, Scope.DECIDE), MONTH, now=NOW)

    assert Submission.select().where(Submission.checked_at.is_null(False)).count() == 0


def test_the_same_decision_sent_again_is_stored_already(world):
    record = add_record()
    decide(world.ana, MONTH, record.id, CONFIRM, seen=1, now=NOW)

    with pytest.raises(AlreadyStored):
        decide(world.ana, MONTH, record.id, CONFIRM, seen=1, now=NOW)

    assert stored(record).version == 2


def test_the_same_decision_of_somebody_else_is_a_conflict_and_no_retry(world):
    record = add_record()
    decide(world.dora, MONTH, record.id, CONFIRM, seen=1, now=NOW)

    with pytest.raises(Conflict) as told:
        decide(world.ana, MONTH, record.id, CONFIRM, seen=1, now=NOW)

    assert not isinstance(told.value, AlreadyStored)
    assert stored(record).decided_by_id == world.dora.user_id


def test_another_decision_of_one_s_own_is_a_conflict_and_no_retry(world):
    record = add_record()
    decide(world.ana, MONTH, record.id, CONFIRM, seen=1, now=NOW)

    with pytest.raises(Conflict) as told:
        decide(world.ana, MONTH, record.id, Decided(Decision.PENDING), seen=1, now=NOW)

    assert not isinstance(told.value, AlreadyStored)
    assert Record.get_by_id(record.id).decision is Decision.CONFIRMED
