"""complete_waiting: what waited counts when the lists arrive, or ends with a reason that people read."""

from datetime import timedelta

import pytest

from portal.actions.qualified.completing import REFUSED, complete_waiting
from portal.actions.signing.signing import sign
from portal.actions.verifying import Verified, verify
from portal.domain.decisions import Decision
from portal.domain.people import Scope
from portal.domain.signing.qualified import PendingState, sentence_of
from portal.domain.submissions import Lock
from portal.storage.lists.current import list_of
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import Delegation, User
from portal.storage.tables.qualified import PendingSignature, SignatureEvidence
from portal.storage.tables.signatures import Signature
from tests.actions.qualified.signed import (
    BOTH,
    authority,
    believing,
    card,
    give_egn,
    p7s,
    signed_pdf,
    take_as,
    trust,
)
from tests.cast import AFTER, MONTH, NOW, PASSWORD, SCHOOL, SITE, add_record
from tests.mail.letters import letters
from tests.storage.together import at_once

LATER = NOW + timedelta(hours=3)


@pytest.fixture
def record(world):
    give_egn(world.ana)
    return add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)


@pytest.fixture
def waits(world, record, tmp_path):
    """Ана's signature, without word of her certificate."""
    take_as(world.ana, p7s(world.ana), trust(tmp_path / "bare", fresh=False))


@pytest.fixture
def arrived(tmp_path):
    """The trust folder with a new list."""
    return trust(tmp_path / "arrived", authority().crl(this_update=LATER - timedelta(minutes=5)))


def complete(among, *, now=LATER, kinds=BOTH):
    done = complete_waiting(site=believing(among, kinds), clock=lambda: now)
    return done.accepted, done.refused, done.waiting


def the_list() -> Submission:
    return list_of(SCHOOL, MONTH)


def over() -> tuple[PendingState, str]:
    row = PendingSignature.get()
    assert bytes(row.content) == b""
    assert the_list().lock is Lock.OPEN
    assert not Signature.select().exists()
    assert AuditEntry.select().where(AuditEntry.what == REFUSED).count() == 1
    return row.state, row.reason


def differences() -> list[str]:
    found = verify(None, verified=Verified(), site=SITE)
    return [one.code for one in found if one.code != "delegation_changed"]


def test_counts_by_itself_when_the_list_arrives(world, waits, arrived, tmp_path):
    assert complete(trust(tmp_path / "still", fresh=False)) == (0, 0, 1)

    assert complete(arrived) == (1, 0, 0)

    signature = Signature.get()
    assert the_list().lock is Lock.SIGNED
    assert (signature.kind, signature.signed_at, signature.signatory_id) == (
        "qualified",
        LATER,
        world.ana.user_id,
    )
    evidence = SignatureEvidence.get()
    assert (evidence.received_at, evidence.validated_at) == (NOW, LATER)
    row = PendingSignature.get()
    assert (row.state, bytes(row.content)) == (PendingState.ACCEPTED, b"")
    assert OutboxMessage.select().where(OutboxMessage.kind == "signature_decided").count() == 1
    assert differences() == []
    assert complete(arrived) == (0, 0, 0)


def test_a_document_counts_too(world, record, arrived, tmp_path):
    take_as(world.ana, signed_pdf(world.ana), trust(tmp_path / "bare", fresh=False))

    assert complete(arrived) == (1, 0, 0)
    assert SignatureEvidence.get().format == "pdf"
    assert differences() == []


def test_a_certificate_that_turns_out_revoked_is_refused(world, waits, tmp_path):
    revoked = authority().crl((card(), NOW - timedelta(days=1)))

    assert complete(trust(tmp_path / "revoked", revoked)) == (0, 1, 0)
    assert over() == (PendingState.REFUSED, "revoked")
    letter = OutboxMessage.get(OutboxMessage.kind == "signature_decided")
    assert letter.user_id == world.ana.user_id


def test_a_change_of_the_list_voids_it(world, waits, record, arrived):
    Submission.recount([record.submission_id])

    assert complete(arrived) == (0, 1, 0)
    assert over() == (PendingState.VOID, "list_changed")


def test_a_delegate_who_may_no_longer_sign_signs_nothing(world, record, arrived, tmp_path):
    dora = world.delegate(Scope.SIGN)
    give_egn(dora, "dora")
    take_as(dora, p7s(dora, "dora"), trust(tmp_path / "bare", fresh=False))
    Delegation.update(revoked_at=NOW, revoked_by=world.ana.user_id).execute()

    assert complete(arrived) == (0, 1, 0)
    assert over() == (PendingState.VOID, "may_not_sign")


def test_a_director_who_is_no_longer_one_signs_nothing(world, waits, arrived):
    User.update(disabled_at=NOW).where(User.id == world.ana.user_id).execute()

    assert complete(arrived) == (0, 1, 0)
    assert over() == (PendingState.VOID, "may_not_sign")
    assert not OutboxMessage.select().where(OutboxMessage.kind == "signature_decided").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "pdf"},
        {"received_at": NOW - timedelta(hours=1)},
        {"content": b"another file"},
        {"mac": b"x" * 32},
    ],
)
def test_a_row_that_somebody_changed_signs_nothing(world, waits, arrived, changes):
    PendingSignature.update(**changes).execute()

    assert complete(arrived) == (0, 1, 0)
    assert over() == (PendingState.VOID, "row_changed")


def test_a_row_that_somebody_gave_another_signatory_signs_nothing(world, waits, arrived):
    dora = world.delegate(Scope.SIGN)
    PendingSignature.update(signatory=dora.user_id).execute()

    assert complete(arrived) == (0, 1, 0)
    assert over() == (PendingState.VOID, "row_changed")


def test_a_change_after_the_deadline_voids_it_too(world, waits, record, tmp_path):
    """Or it would wait for an exception that could not help it."""
    Submission.recount([record.submission_id])

    assert complete(trust(tmp_path / "bare2", fresh=False), now=AFTER) == (0, 1, 0)
    assert over() == (PendingState.VOID, "list_changed")


def test_the_letter_says_what_to_do_next(world, waits, record, arrived):
    complete(arrived)
    (letter,) = letters("signature_decided")

    assert letter.subject.endswith("е подписан")
    assert f"http://localhost/confirmations/{MONTH}/sign" in letter.body


def test_the_letter_of_a_refusal_says_why_and_where_to_sign_again(world, waits, tmp_path):
    complete(trust(tmp_path / "revoked", authority().crl((card(), NOW - timedelta(days=1)))))
    (letter,) = letters("signature_decided")

    assert "НЕ е подписан" in letter.subject
    assert sentence_of("revoked") in letter.body
    assert f"http://localhost/confirmations/{MONTH}/sign" in letter.body


def test_what_nobody_can_sign_again_is_not_asked_to_be(world, waits, tmp_path):
    Campaign.update(answered_at=AFTER).execute()
    complete(trust(tmp_path / "late"), now=AFTER)
    (letter,) = letters("signature_decided")

    assert sentence_of("too_late") in letter.body
    assert "/sign" not in letter.body
    assert "Подпишете отново" not in letter.body


def test_where_qualified_signatures_no_longer_count_it_ends(world, waits, arrived):
    assert complete(arrived, kinds=frozenset({"password"})) == (0, 1, 0)
    assert over() == (PendingState.VOID, "not_counted")


def test_after_the_deadline_nothing_is_signed_but_by_an_exception(world, waits, tmp_path):
    late = trust(tmp_path / "late", authority().crl(this_update=AFTER - timedelta(minutes=5)))

    assert complete(late, now=AFTER) == (0, 0, 1)
    assert the_list().lock is Lock.OPEN
    Submission.update(reopened_until=AFTER + timedelta(hours=2)).execute()
    assert complete(late, now=AFTER) == (1, 0, 0)


def test_once_the_answer_is_sent_it_is_too_late(world, waits, tmp_path):
    Campaign.update(answered_at=AFTER).execute()

    assert complete(trust(tmp_path / "late"), now=AFTER) == (0, 1, 0)
    assert over() == (PendingState.VOID, "too_late")


def test_what_one_trips_over_stops_no_other(world, record, arrived, tmp_path):
    bare = trust(tmp_path / "bare", fresh=False)
    give_egn(world.boris, "boris")
    add_record("2200004", decision=Decision.CONFIRMED)
    take_as(world.ana, p7s(world.ana), bare)
    take_as(world.boris, p7s(world.boris, "boris"), bare)
    User.update(email="moved@example.org").where(User.id == world.ana.user_id).execute()

    assert complete(arrived) == (1, 0, 1)
    assert Signature.get().signatory_id == world.boris.user_id


def test_two_workers_at_once_take_it_once(world, waits, arrived):
    results = at_once(*[lambda: complete(arrived)] * 3)

    assert Signature.select().count() == 1
    assert sum(accepted for accepted, _, _ in results) == 1
    assert differences() == []


def test_signing_by_password_at_the_same_moment_leaves_one_signature(world, waits, arrived):
    at_once(
        lambda: complete(arrived),
        lambda: sign(world.ana, MONTH, PASSWORD, site=SITE, now=LATER),
    )

    assert Signature.select().count() == 1
    assert PendingSignature.get().state in (PendingState.ACCEPTED, PendingState.VOID)
    assert differences() == []
