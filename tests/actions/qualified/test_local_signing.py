"""prepare, complete: signing with the local service in two requests."""

from datetime import timedelta

import pytest

from portal.actions.qualified.asking import NotTaken
from portal.actions.qualified.local import LASTS, complete, forget_old, prepare
from portal.actions.signing.declarations import declaration_of
from portal.actions.signing.signing import NotAsShown, sign, unsign
from portal.actions.verifying import Verified, verify
from portal.crypto.tokens import new_token
from portal.domain.decisions import Decision
from portal.domain.errors import Conflict, Denied
from portal.domain.submissions import Lock
from portal.storage.lists.current import list_of
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.qualified import SignatureEvidence, SigningRequest, waiting_of
from portal.storage.tables.signatures import Signature
from tests.actions.qualified.signed import BOTH, NUMBERS, authority, believing, card, give_egn, trust
from tests.cast import MONTH, NOW, PASSWORD, SCHOOL, SITE, add_record
from tests.crypto.qualified.certificates import spelled_out
from tests.crypto.qualified.signed_files import raw_signature
from tests.storage.together import at_once

LOGIN, OTHER_LOGIN = b"l" * 32, b"o" * 32


@pytest.fixture
def record(world):
    give_egn(world.ana)
    return add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)


@pytest.fixture
def fresh(tmp_path):
    return trust(tmp_path / "trust")


def begin(person, among, who=None, *, login=LOGIN, shown=None, now=NOW, kinds=BOTH):
    shown = declaration_of(person, MONTH, now=now).sha256 if shown is None else shown
    certificate = (who or card()).der
    return prepare(
        person,
        MONTH,
        certificate,
        shown=shown,
        login=login,
        site=believing(among, kinds),
        now=now,
    )


def end(person, prepared, among, who=None, *, value=None, login=LOGIN, now=NOW, token=None):
    value = raw_signature(who or card(), prepared.attributes) if value is None else value
    return complete(
        person,
        MONTH,
        token or prepared.token,
        value,
        login=login,
        site=believing(among),
        now=now,
    )


def the_list() -> Submission:
    return list_of(SCHOOL, MONTH)


def differences() -> list[str]:
    found = verify(None, verified=Verified(), site=SITE)
    return [one.code for one in found if one.code != "delegation_changed"]


@pytest.mark.parametrize("elliptic", [False, True])
def test_signs_in_two_steps(world, record, fresh, elliptic):
    prepared = begin(world.ana, fresh, card(elliptic=elliptic))
    assert the_list().lock is Lock.OPEN

    taken = end(world.ana, prepared, fresh, card(elliptic=elliptic))

    assert taken.signature.kind == "qualified"
    assert the_list().lock is Lock.SIGNED
    assert SignatureEvidence.get().format == "biss"
    assert taken.verdict.facts["claimed_at"].startswith("2021-01-28T08:00")
    assert differences() == []


def test_signs_with_a_card_whose_certificate_spells_out_that_it_is_no_authority(world, record, fresh):
    """InfoNotary's do, and the library gives up on them."""
    leaf = spelled_out(card(), authority().issuing)
    prepared = begin(world.ana, fresh, leaf)

    assert end(world.ana, prepared, fresh, leaf).signature is not None
    assert the_list().lock is Lock.SIGNED


def test_a_card_that_would_not_do_is_refused_before_the_pin(world, record, fresh):
    for wrong, fault in (
        (card("boris"), "other_person"),
        (authority().rogue.person(NUMBERS["ana"]), "unknown_issuer"),
        (authority().person(NUMBERS["ana"], not_after=NOW - timedelta(days=1)), "expired"),
        (authority().person(NUMBERS["ana"], for_signing=False), "not_for_signing"),
    ):
        with pytest.raises(NotTaken) as refusal:
            begin(world.ana, fresh, wrong)
        assert refusal.value.verdict.fault == fault
    assert not SigningRequest.select().exists()


@pytest.mark.parametrize("garbage", [b"", b"x", b"\x30\x03\x02\x01\x05", b"\x30\x80" + bytes(30)])
def test_what_is_no_certificate_is_refused(world, record, fresh, garbage):
    with pytest.raises(NotTaken):
        prepare(
            world.ana,
            MONTH,
            garbage,
            shown=declaration_of(world.ana, MONTH, now=NOW).sha256,
            login=LOGIN,
            site=believing(fresh),
            now=NOW,
        )


def test_signs_what_was_shown_and_nothing_else(world, record, fresh):
    with pytest.raises(NotAsShown):
        begin(world.ana, fresh, shown="0" * 64)


def test_a_signature_of_another_card_than_was_chosen_is_refused(world, record, fresh):
    prepared = begin(world.ana, fresh)

    with pytest.raises(NotTaken) as refusal:
        end(world.ana, prepared, fresh, card("boris"))

    assert refusal.value.verdict.fault == "bad_signature"
    assert the_list().lock is Lock.OPEN


@pytest.mark.parametrize("value", [b"", b"x", bytes(256), bytes(70_000)])
def test_garbage_is_no_signature(world, record, fresh, value):
    prepared = begin(world.ana, fresh)

    with pytest.raises(NotTaken):
        end(world.ana, prepared, fresh, value=value)
    assert the_list().lock is Lock.OPEN


def test_a_request_is_used_once_whatever_came_of_it(world, record, fresh):
    prepared = begin(world.ana, fresh)
    with pytest.raises(NotTaken):
        end(world.ana, prepared, fresh, value=b"x")

    with pytest.raises(Conflict, match="вече е използвано"):
        end(world.ana, prepared, fresh)
    assert the_list().lock is Lock.OPEN


def test_asking_again_ends_what_was_asked_before(world, record, fresh):
    first, second = begin(world.ana, fresh), begin(world.ana, fresh)

    with pytest.raises(Conflict):
        end(world.ana, first, fresh)
    assert end(world.ana, second, fresh).signature


def test_ten_minutes_are_enough_and_no_more(world, record, fresh):
    prepared = begin(world.ana, fresh)

    with pytest.raises(Conflict):
        end(world.ana, prepared, fresh, now=NOW + LASTS)
    assert end(world.ana, prepared, fresh, now=NOW + LASTS - timedelta(seconds=1)).signature


def test_what_nobody_can_complete_any_more_is_forgotten(world, record, fresh):
    """It holds a certificate, and in it an ЕГН."""
    begin(world.ana, fresh)
    begin(world.ana, fresh, login=OTHER_LOGIN, now=NOW + timedelta(minutes=5))

    forget_old(NOW + timedelta(minutes=9))
    assert SigningRequest.select().count() == 2
    forget_old(NOW + LASTS)
    assert [bytes(row.login) for row in SigningRequest.select()] == [OTHER_LOGIN]


def test_another_login_completes_nothing(world, record, fresh):
    prepared = begin(world.ana, fresh)

    with pytest.raises(Conflict):
        end(world.ana, prepared, fresh, login=OTHER_LOGIN)
    with pytest.raises(Conflict):
        end(world.ana, prepared, fresh, token=new_token())
    with pytest.raises(Conflict):
        end(world.ana, prepared, fresh, token="x")
    assert end(world.ana, prepared, fresh).signature


def test_completing_after_the_list_was_unlocked_again_signs_nothing(world, record, fresh):
    prepared = begin(world.ana, fresh)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
    unsign(world.ana, MONTH, "Сбъркан брой.", now=NOW)

    with pytest.raises(NotAsShown):
        end(world.ana, prepared, fresh)
    assert the_list().lock is Lock.OPEN
    assert differences() == []


def test_completing_after_it_was_signed_otherwise_signs_nothing(world, record, fresh):
    prepared = begin(world.ana, fresh)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)

    with pytest.raises(Conflict, match="вече е подписан"):
        end(world.ana, prepared, fresh)
    assert Signature.select().count() == 1


def test_a_change_between_the_two_steps_is_noticed(world, record, fresh):
    prepared = begin(world.ana, fresh)
    Submission.recount([record.submission_id])

    with pytest.raises(NotAsShown):
        end(world.ana, prepared, fresh)


def test_waits_where_nobody_can_say_of_the_certificate(world, record, tmp_path):
    bare = trust(tmp_path / "bare", fresh=False)
    prepared = begin(world.ana, bare)

    assert end(world.ana, prepared, bare).signature is None
    assert waiting_of(the_list()).format == "biss"


def test_is_for_who_may_sign_and_where_it_counts(world, record, fresh):
    with pytest.raises(Denied):
        begin(world.dora, fresh, shown="x")
    with pytest.raises(Conflict, match="КЕП не се приема"):
        begin(world.ana, fresh, kinds=frozenset({"password"}))


def test_two_completions_at_once_are_one(world, record, fresh):
    for number in range(5):
        prepared = begin(world.ana, fresh)
        results = at_once(*[lambda prepared=prepared: end(world.ana, prepared, fresh)] * 3)

        assert sum(isinstance(result, Conflict) for result in results) == 2
        assert Signature.select().count() == number + 1
        assert differences() == []
        unsign(world.ana, MONTH, "Сбъркан брой.", now=NOW)


def test_two_preparations_at_once_leave_one_that_can_be_completed(world, record, fresh):
    prepared = [
        one for one in at_once(*[lambda: begin(world.ana, fresh)] * 2) if not isinstance(one, Conflict)
    ]
    results = []
    for one in prepared:
        try:
            results.append(end(world.ana, one, fresh))
        except Conflict as conflict:
            results.append(conflict)

    assert sum(not isinstance(result, Conflict) for result in results) == 1
    assert Signature.select().count() == 1


def test_a_completion_and_an_edit_at_once_follow_one_another(world, record, fresh):
    for _ in range(5):
        prepared = begin(world.ana, fresh)
        taken, _ = at_once(
            lambda prepared=prepared: end(world.ana, prepared, fresh),
            lambda: Submission.recount([record.submission_id]),
        )

        assert (the_list().lock is Lock.SIGNED) == (not isinstance(taken, Conflict))
        if the_list().lock is Lock.SIGNED:
            unsign(world.ana, MONTH, "Сбъркан брой.", now=NOW)
