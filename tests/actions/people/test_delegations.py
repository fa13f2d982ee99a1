"""portal.actions.people.delegations: naming, changing and revoking a delegate."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.actions.people.accounts import disable
from portal.actions.people.activation import Activation, open_account
from portal.actions.people.delegations import Appointment, change, name_delegate, revoke, terms_digest
from portal.actions.people.invitations import TAKEN, NewAccount, create
from portal.actions.people.logins import log_in
from portal.domain.accounts import SECOND_CLICK
from portal.domain.delegations import Terms
from portal.domain.errors import Conflict, NotFound, Refusal
from portal.domain.people import Role, Scope
from portal.domain.times import today
from portal.storage.people.persons import person_of
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.people import Delegation, Login, User
from tests.cast import NOW, ORIGIN, PASSWORD, SCHOOL, SITE
from tests.mail.letters import letters, readers, token_in
from tests.storage.together import at_once

TERMS = Terms(frozenset({Scope.SIGN}), "РД-20/28.01.2021", date(2021, 3, 31))


def appoint(director, email="nina@example.org", name="Нина Тодорова", terms=TERMS, now=NOW):
    return name_delegate(director, Appointment(email, name, terms), site=SITE, now=now)


def as_delegate(user_id, now=NOW):
    return person_of(User.get_by_id(user_id), today(now))


def standing(world):
    """Дора's authorisation."""
    return Delegation.get((Delegation.user == world.dora.user_id) & Delegation.revoked_at.is_null())


def test_invites_who_has_no_account(world):
    row = appoint(world.ana)

    (letter,) = letters("invitation")
    assert letter.to == "nina@example.org"
    open_account(token_in(letter), Activation(PASSWORD, PASSWORD), site=SITE, now=NOW)
    nina = as_delegate(row.user.id)
    assert (nina.institution, nina.scopes, nina.order_number) == (SCHOOL, {Scope.SIGN}, TERMS.order_number)
    entry = AuditEntry.get(AuditEntry.what == "delegated")
    assert (entry.chain, entry.who, entry.object) == (SCHOOL, world.ana.user_id, f"delegation:{row.id}")
    assert entry.content


def test_tells_who_has_an_account_here(world):
    appoint(world.ana, "Dora@example.org", "Дора Илиева")

    assert readers("delegation_granted") == ["dora@example.org"]
    assert readers("invitation") == []
    assert as_delegate(world.dora.user_id).scopes == {Scope.SIGN}  # the newest order says it all
    assert Delegation.select().where(Delegation.revoked_at.is_null()).count() == 1
    ended = Delegation.get(Delegation.revoked_at.is_null(False))
    assert (ended.revoked_at, ended.revoked_by_id) == (NOW, world.ana.user_id)


def test_the_next_director_authorises_anew_even_a_moment_later(world):
    """The same terms are no second click: the order is of who directs now."""
    appoint(world.ana)
    petar = NewAccount(Role.DIRECTOR, "petar@example.org", "Петър Ненов", SCHOOL)
    petar = as_delegate(create(petar, PASSWORD, site=SITE, now=NOW).id)

    assert appoint(petar).made_by_id == petar.user_id


def test_an_authorisation_that_ended_stays_as_it_ended(world):
    old = standing(world)
    revoke(world.ana, old.id, site=SITE, now=NOW)

    name_delegate(
        world.ana,
        Appointment("dora@example.org", "Дора Илиева", TERMS),
        site=SITE,
        now=NOW + timedelta(days=1),
    )

    assert Delegation.get_by_id(old.id).revoked_at == NOW


def test_who_has_not_come_yet_can_be_given_another_name_and_nobody_else(world):
    row = appoint(world.ana, name="Нина Тодорва")
    appoint(world.ana, name="Нина Тодорова")
    assert User.get_by_id(row.user.id).name == "Нина Тодорова"

    appoint(world.ana, "dora@example.org", "Някоя Друга")
    assert User.get_by_id(world.dora.user_id).name == "Дора Илиева"


def test_the_address_of_a_stopped_delegate_is_for_somebody_new(world):
    disable(world.oleg, world.dora.user_id, now=NOW)

    assert appoint(world.ana, "dora@example.org", "Нова Дора").user.id != world.dora.user_id
    assert User.get_by_id(world.dora.user_id).disabled_at == NOW


def test_one_authorisation_ends_alone(world):
    nina, dora = appoint(world.ana), standing(world)

    changed = change(world.ana, nina.id, TERMS, site=SITE, now=NOW)
    revoke(world.ana, changed.id, site=SITE, now=NOW)

    assert Delegation.get_by_id(dora.id).revoked_at is None
    entries = AuditEntry.select().where(AuditEntry.chain == SCHOOL).order_by(AuditEntry.id)
    assert [(entry.what, entry.who, entry.object) for entry in entries] == [
        ("delegated", world.ana.user_id, f"delegation:{nina.id}"),
        ("delegation_changed", world.ana.user_id, f"delegation:{changed.id}"),
        ("delegation_revoked", world.ana.user_id, f"delegation:{changed.id}"),
    ]
    assert [entry.content for entry in entries][:2] == [terms_digest(nina), terms_digest(changed)]


def test_the_audit_keeps_a_digest_of_all_that_was_ordered(world):
    row = standing(world)
    digests = {terms_digest(row)}
    for name, value in (
        ("user", world.ana.user_id),
        ("scopes", "sign"),
        ("order_number", "РД-99"),
        ("until", date(2021, 7, 1)),
    ):
        Delegation.update({name: value}).where(Delegation.id == row.id).execute()
        digests.add(terms_digest(Delegation.get_by_id(row.id)))

    assert len(digests) == 5


@pytest.mark.parametrize(
    "email", ["boris@example.org", "ana@example.org", "nora@example.org", "oleg@example.org"]
)
def test_refuses_an_address_that_is_somebody_elses_and_says_no_more(world, email):
    with pytest.raises(Refusal) as refusal:
        appoint(world.ana, email)
    assert (str(refusal.value), refusal.value.field) == (TAKEN, "email")
    assert "напишете друг негов адрес" in TAKEN
    assert letters() == []


def test_refuses_the_delegate_of_another_institution(world):
    with pytest.raises(Refusal, match="на друг достъп"):
        appoint(world.boris, "dora@example.org")


def test_names_everything_that_is_missing(world):
    with pytest.raises(Refusal) as refusal:
        appoint(world.ana, "", "", Terms(frozenset(), "", None))
    fields = [refusal.value.field, *(other.field for other in refusal.value.also)]
    assert fields == ["name", "email", "scopes", "order_number", "until"]


def test_the_same_person_named_twice_at_once_is_one_account(world):
    at_once(lambda: appoint(world.ana), lambda: appoint(world.ana))
    assert User.select().where(User.email == "nina@example.org").count() == 1
    assert Delegation.select().join(User, on=Delegation.user).where(
        (User.email == "nina@example.org") & Delegation.revoked_at.is_null()
    ).count() == 1  # fmt: skip


def test_lasts_to_the_end_of_its_last_day_in_sofia(world):
    last = datetime(2021, 6, 30, 20, 59, 59, tzinfo=UTC)
    assert as_delegate(world.dora.user_id, last).scopes == {Scope.DECIDE}
    assert as_delegate(world.dora.user_id, last.replace(hour=21, minute=0, second=0)).scopes == frozenset()


def test_a_change_is_a_new_row_and_the_old_one_revoked(world):
    old = standing(world)
    row = change(world.ana, old.id, TERMS, site=SITE, now=NOW)

    old = Delegation.get_by_id(old.id)
    assert (old.revoked_at, old.revoked_by.id, old.scopes) == (NOW, world.ana.user_id, "decide")
    assert (row.scopes, row.user.id) == ("sign", world.dora.user_id)
    assert as_delegate(world.dora.user_id).scopes == {Scope.SIGN}
    assert readers("delegation_granted") == ["dora@example.org"]


def test_two_changes_at_once_are_one(world):
    old = standing(world)
    answers = at_once(
        *[lambda: change(world.ana, old.id, TERMS, site=SITE, now=NOW)] * 2,
    )
    assert len({answer.id for answer in answers}) == 1
    assert readers("delegation_granted") == ["dora@example.org"]


def test_two_different_changes_at_once_are_one(world):
    old = standing(world)
    other = replace(TERMS, order_number="РД-99/28.01.2021")
    answers = at_once(
        lambda: change(world.ana, old.id, TERMS, site=SITE, now=NOW),
        lambda: change(world.ana, old.id, other, site=SITE, now=NOW),
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Delegation"]


def test_naming_again_a_minute_later_sends_another_invitation(world):
    first = appoint(world.ana)
    assert appoint(world.ana).id == first.id
    assert len(letters("invitation")) == 1
    assert appoint(world.ana, now=NOW + SECOND_CLICK).id != first.id
    assert len(letters("invitation")) == 2


def test_naming_again_at_once_on_other_terms_or_after_revoking_is_no_second_click(world):
    first = appoint(world.ana)
    second = appoint(world.ana, terms=replace(TERMS, order_number="РД-99/28.01.2021"))
    revoke(world.ana, second.id, site=SITE, now=NOW)
    assert len({first.id, second.id, appoint(world.ana).id}) == 3
    assert len(letters("invitation")) == 3


def test_revoking_ends_every_login_at_once_and_twice_is_once(world):
    log_in("dora@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW)
    log_in("ana@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW)
    row = standing(world)
    revoke(world.ana, row.id, site=SITE, now=NOW)
    revoke(world.ana, row.id, site=SITE, now=NOW)

    assert [login.user_id for login in Login.select()] == [world.ana.user_id]
    assert as_delegate(world.dora.user_id).scopes == frozenset()
    assert readers("delegation_revoked") == ["dora@example.org"]
    assert AuditEntry.select().where(AuditEntry.what == "delegation_revoked").count() == 1


def test_revoking_ends_an_invitation_that_was_not_used(world):
    row = appoint(world.ana)
    revoke(world.ana, row.id, site=SITE, now=NOW)
    with pytest.raises(Conflict):
        open_account(token_in(letters("invitation")[0]), Activation(PASSWORD, PASSWORD), site=SITE, now=NOW)


def test_what_is_revoked_is_not_changed(world):
    row = standing(world)
    revoke(world.ana, row.id, site=SITE, now=NOW)
    with pytest.raises(Conflict):
        change(world.ana, row.id, TERMS, site=SITE, now=NOW)


def test_hides_the_delegates_of_other_schools(world):
    row = standing(world)
    with pytest.raises(NotFound):
        revoke(world.boris, row.id, site=SITE, now=NOW)
    with pytest.raises(NotFound):
        change(world.boris, row.id, TERMS, site=SITE, now=NOW)
    assert standing(world).id == row.id


def test_changes_nothing_for_who_was_stopped(world):
    User.update(disabled_at=NOW).where(User.id == world.dora.user_id).execute()
    with pytest.raises(Conflict, match="спрян от ЦИОО"):
        change(world.ana, standing(world).id, TERMS, site=SITE, now=NOW)
    revoke(world.ana, standing(world).id, site=SITE, now=NOW)
    assert letters() == []
