"""unsign: off before the deadline, with a reason, and the history keeps both."""

import pytest

from portal.actions.signing.signing import removal_digest, sign, unsign
from portal.domain.decisions import Decision
from portal.domain.errors import Conflict, Denied, Refusal
from portal.domain.people import Scope
from portal.domain.submissions import Lock
from portal.storage.lists.current import list_of
from portal.storage.signing.standing import signatures_of, standing_signature
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Record
from portal.storage.tables.people import Delegation, User
from portal.storage.tables.signatures import SignatureRemoval
from tests.cast import AFTER, FAR_SCHOOL, MONTH, NOW, OTHER_SCHOOL, PASSWORD, SCHOOL, SITE, add_record, stored

REASON = "Объркан е броят на едно дете."


@pytest.fixture
def signed(world):
    record = add_record(decision=Decision.CONFIRMED)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
    return record


def test_unlocks_the_list_and_keeps_the_old_signature(world, signed):
    unsign(world.ana, MONTH, f"  {REASON}  ", now=NOW)

    submission = list_of(world.ana.institution, MONTH)
    assert (submission.lock, submission.signed_at) == (Lock.OPEN, None)
    assert standing_signature(submission) is None
    [old] = signatures_of(submission)
    assert (old.removal.reason, old.removal.by_id, old.removal.at) == (REASON, world.ana.user_id, NOW)
    Record.update(note="ново").where(Record.id == signed.id).execute()
    assert stored(signed).note == "ново"


def test_the_lists_of_others_stay_signed(world, signed):
    add_record(OTHER_SCHOOL, decision=Decision.CONFIRMED)
    sign(world.boris, MONTH, PASSWORD, site=SITE, now=NOW)

    unsign(world.ana, MONTH, REASON, now=NOW)

    assert list_of(OTHER_SCHOOL, MONTH).lock is Lock.SIGNED


def test_the_audit_holds_a_digest_of_the_reason_and_not_its_words(world, signed):
    signature = unsign(world.ana, MONTH, REASON, now=NOW)

    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    assert (entry.what, entry.content) == ("signature_removed", removal_digest(signature.number, REASON))
    others = {removal_digest("2020-12/2200000/2", REASON), removal_digest(signature.number, "Друга.")}
    assert len(others - {entry.content}) == 2


@pytest.mark.parametrize("reason", ["", "  \n ", "\u200b"])
def test_asks_for_a_reason(world, signed, reason):
    with pytest.raises(Refusal, match="Напишете защо") as refusal:
        unsign(world.ana, MONTH, reason, now=NOW)

    assert refusal.value.field == "reason"


def test_a_reason_has_its_length(world, signed):
    with pytest.raises(Refusal, match="до 500 знака"):
        unsign(world.ana, MONTH, "а" * 501, now=NOW)


def test_nothing_changes_after_the_deadline(world, signed):
    with pytest.raises(Conflict, match="Нищо повече не се променя"):
        unsign(world.ana, MONTH, REASON, now=AFTER)

    assert list_of(world.ana.institution, MONTH).lock is Lock.SIGNED


def test_only_a_signed_list_can_be_unsigned(world, signed):
    unsign(world.ana, MONTH, REASON, now=NOW)

    with pytest.raises(Conflict, match="не е подписан"):
        unsign(world.ana, MONTH, REASON, now=NOW)

    assert SignatureRemoval.select().count() == 1


def test_a_delegate_needs_the_scope(world, signed):
    with pytest.raises(Denied):
        unsign(world.dora, MONTH, REASON, now=NOW)

    assert unsign(world.delegate(Scope.SIGN), MONTH, REASON, now=NOW)


def test_who_was_revoked_or_moved_meanwhile_removes_nothing(world, signed):
    dora = world.delegate(Scope.SIGN)
    Delegation.update(revoked_at=NOW, revoked_by=world.ana.user_id).execute()
    User.update(institution=FAR_SCHOOL).where(User.id == world.ana.user_id).execute()

    for person in (dora, world.ana):
        with pytest.raises(Denied):
            unsign(person, MONTH, REASON, now=NOW)

    assert list_of(SCHOOL, MONTH).lock is Lock.SIGNED


def test_the_neighbour_has_nothing_to_unsign(world, signed):
    with pytest.raises(Conflict):
        unsign(world.boris, MONTH, REASON, now=NOW)

    assert list_of(world.ana.institution, MONTH).lock is Lock.SIGNED
