"""portal.actions.people.activation.open_account"""

from datetime import timedelta

import pytest

from portal.actions.letters.campaign_letters import tell_of_list
from portal.actions.people import invitations
from portal.actions.people.accounts import disable, send_reset
from portal.actions.people.activation import Activation, open_account
from portal.actions.people.invitations import NewAccount
from portal.actions.people.logins import Entered, log_in
from portal.crypto.keys import check_public, unwrap_ed25519
from portal.crypto.passwords import CURRENT, derive_root, unlock_key
from portal.crypto.signatures import sign, verify
from portal.domain.errors import Conflict, NotFound, Refusal
from portal.domain.people import Role
from portal.storage.tables import audit
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.people import Device, Login, OneTimeLink, User, UserKey
from tests.cast import NOW, ORIGIN, PASSWORD, PEPPER, SCHOOL, SITE, add_record
from tests.mail.letters import letters, readers, token_in
from tests.storage.together import at_once

CHOSEN = "нова дълга парола"
LATER = NOW + timedelta(hours=1)


def open_with(token, password=CHOSEN, again=None, *, now=NOW, **more):
    typed = Activation(password, password if again is None else again, **more)
    return open_account(token, typed, site=SITE, now=now)


def invited(role=Role.DIRECTOR, email="new@example.org", name="Нов Човек", **place):
    if role is Role.DIRECTOR and not place:
        place = {"institution": SCHOOL}
    return invitations.invite(None, NewAccount(role, email, name, **place), site=SITE, now=NOW)


@pytest.fixture
def renewal(world):
    """The token that Ана is sent for a new password."""
    send_reset(None, world.ana.user_id, site=SITE, now=NOW)
    return token_in(letters("password_reset")[-1])


def test_makes_an_account_that_logs_in_and_signs(world):
    user, token = invited(Role.OPERATOR)
    entered = open_with(token)

    user = User.get_by_id(user.id)
    key = UserKey.get(UserKey.user == user)
    assert entered.user_id == user.id
    assert user.activated_at == NOW
    entry = AuditEntry.get(AuditEntry.what == "account_activated")
    assert (entry.chain, entry.who, entry.object) == (audit.NATIONAL, user.id, f"user:{user.id}")
    check_public(PEPPER, str(user.id), bytes(key.x25519_public), bytes(key.ed25519_public), bytes(key.mac))
    unlock = unlock_key(PEPPER, derive_root(CHOSEN, bytes(user.salt), CURRENT))
    private = unwrap_ed25519(unlock, bytes(key.wrapped_ed25519), str(user.id), bytes(key.ed25519_public))
    assert verify(bytes(key.ed25519_public), b"declaration", sign(private, b"declaration"))
    assert log_in("new@example.org", CHOSEN, origin=ORIGIN, site=SITE, now=NOW).user_id == user.id


def test_opens_once(world):
    _, token = invited(Role.OPERATOR)
    open_with(token)
    with pytest.raises(Conflict, match="вече е използван"):
        open_with(token)


def test_two_at_once_open_it_once(world):
    user, token = invited()
    first, second = at_once(lambda: open_with(token), lambda: open_with(token, "друга дълга парола"))

    assert {type(first), type(second)} == {Entered, Conflict}
    assert UserKey.select().where(UserKey.user == user).count() == 1
    assert Login.select().count() == 1
    assert readers("account_announced").count("ana@example.org") == 1


@pytest.mark.parametrize("later", [timedelta(days=7), timedelta(days=30)])
def test_is_over_after_seven_days(world, later):
    _, token = invited(Role.OPERATOR)
    with pytest.raises(
        Conflict, match=r"изтече на 04\.02\.2021 г\., 10:00 ч\. Поискайте нова покана от ЦИОО"
    ):
        open_with(token, now=NOW + later)


def test_opens_in_the_last_second(world):
    user, token = invited(Role.OPERATOR)
    last = NOW + timedelta(days=7, seconds=-1)

    open_with(token, now=last)

    assert User.get_by_id(user.id).activated_at == last


@pytest.mark.parametrize("token", ["n" * 43, "kratko", "", "я" * 43])
def test_an_invented_address_opens_nothing(world, token):
    with pytest.raises(NotFound):
        open_with(token)


def test_a_newer_invitation_ends_the_one_before(world):
    user, token = invited(Role.OPERATOR)
    newer = invitations.resend(world.oleg, user.id, site=SITE, now=NOW)
    with pytest.raises(Conflict, match="изтече"):
        open_with(token)
    open_with(newer)


@pytest.mark.parametrize(
    ("password", "again", "fields"),
    [
        ("кратка", "кратка", ["password"]),
        ("new@example.org", "new@example.org", ["password"]),
        (CHOSEN, "нещо друго съвсем", ["confirm"]),
        ("кратка", "друга", ["password", "confirm"]),
    ],
)
def test_refuses_a_password_that_will_not_do_and_stays_open(world, password, again, fields):
    _, token = invited(Role.OPERATOR)
    with pytest.raises(Refusal) as refusal:
        open_with(token, password, again)
    assert [refusal.value.field, *(other.field for other in refusal.value.also)] == fields
    open_with(token)


def test_asks_for_the_name_that_the_invitation_did_not_have(world):
    user, token = invited(Role.OPERATOR, name="")
    with pytest.raises(Refusal) as refusal:
        open_with(token, name=" ")
    assert refusal.value.field == "name"
    open_with(token, name="Нина Тодорова")
    assert User.get_by_id(user.id).name == "Нина Тодорова"


def test_a_name_from_the_invitation_is_not_the_invited_persons_to_change(world):
    user, token = invited(Role.OPERATOR)
    open_with(token, name="Някой Друг")
    assert User.get_by_id(user.id).name == "Нов Човек"


def test_a_new_director_ends_the_one_before(world):
    ana = log_in("ana@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW)
    log_in("boris@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW)
    Login.delete().where(Login.user == world.boris.user_id).execute()
    _make_former_director()
    user, token = invited()
    assert ana.user_id in {login.user_id for login in Login.select()}
    open_with(token, now=NOW + timedelta(hours=1))

    former = User.get_by_id(world.ana.user_id)
    assert former.disabled_at == NOW + timedelta(hours=1)
    assert User.get(User.email == "former@example.org").disabled_at == NOW, "and not once more"
    ended = AuditEntry.select().where(AuditEntry.what == "director_ended")
    assert [(entry.chain, entry.who, entry.object) for entry in ended] == [
        (SCHOOL, user.id, f"user:{former.id}")
    ]
    assert AuditEntry.get(AuditEntry.what == "account_activated").chain == SCHOOL
    assert [login.user_id for login in Login.select()] == [user.id]
    assert Device.select().where(Device.user == former).count() == 0
    assert Device.select().where(Device.user == world.boris.user_id).count() == 1
    assert User.get_by_id(world.boris.user_id).is_active
    assert User.get_by_id(world.dora.user_id).is_active
    with pytest.raises(Refusal):
        log_in("ana@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW)


def test_until_then_the_one_before_goes_on(world):
    invited()
    assert User.get_by_id(world.ana.user_id).is_active


def test_a_new_director_is_announced_to_those_who_should_notice(world):
    _, token = invited()
    open_with(token)

    assert readers("account_announced") == ["ana@example.org", "dora@example.org", "nora@example.org"]
    assert "Нов Човек започна работа" in " ".join(letters("account_announced")[0].body.split())


def test_other_invited_directors_of_the_institution_end_too(world):
    _, first = invited(email="first@example.org")
    _, second = invited(email="second@example.org")
    open_with(first)
    assert "second@example.org" not in readers("account_announced"), "who never came in is no former director"
    with pytest.raises(Conflict, match="спрян"):
        open_with(second)


def test_two_new_directors_at_once_leave_one(world):
    _, first = invited(email="first@example.org")
    _, second = invited(email="second@example.org")
    answers = at_once(lambda: open_with(first), lambda: open_with(second))

    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Entered"]
    active = User.select().where(
        (User.institution == SCHOOL) & (User.role == Role.DIRECTOR) & User.disabled_at.is_null()
    )
    assert active.count() == 1


def test_where_nobody_directs_the_one_who_did_is_told_of_the_new_one(world):
    disable(world.oleg, world.ana.user_id, now=NOW)
    _, token = invited()
    open_with(token)

    assert "ana@example.org" in readers("account_announced")


def test_a_new_password_forgets_the_known_browsers_of_the_account_alone(world, renewal):
    for email in ("ana@example.org", "boris@example.org"):
        log_in(email, PASSWORD, origin=ORIGIN, site=SITE, now=NOW)
    before = {device.user_id: bytes(device.digest) for device in Device.select()}
    open_with(renewal)

    after = {device.user_id: bytes(device.digest) for device in Device.select()}
    assert after[world.boris.user_id] == before[world.boris.user_id]
    assert after[world.ana.user_id] != before[world.ana.user_id]
    assert Device.select().count() == 2


def test_a_new_password_comes_with_new_keys_and_keeps_the_old_public_ones(world, renewal):
    old = UserKey.get(UserKey.user == world.ana.user_id)
    log_in("ana@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW)
    entered = open_with(renewal)

    keys = {key.id: key for key in UserKey.select().where(UserKey.user == world.ana.user_id)}
    retired = keys.pop(old.id)
    assert (retired.retired_at, retired.wrapped_x25519, retired.wrapped_ed25519) == (NOW, None, None)
    assert bytes(retired.ed25519_public) == bytes(old.ed25519_public)
    (new,) = keys.values()
    assert bytes(new.ed25519_public) != bytes(old.ed25519_public)
    assert [login.user_id for login in Login.select()] == [entered.user_id]
    with pytest.raises(Refusal):
        log_in("ana@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW)
    log_in("ana@example.org", CHOSEN, origin=ORIGIN, site=SITE, now=NOW)

    send_reset(None, world.ana.user_id, site=SITE, now=LATER)
    open_with(token_in(letters("password_reset")[-1]), PASSWORD, now=LATER)
    kept = UserKey.select().where(UserKey.user == world.ana.user_id).order_by(UserKey.id)
    assert [key.retired_at for key in kept] == [NOW, LATER, None]


def test_a_renewed_director_is_announced(world, renewal):
    _make_former_director()
    open_with(renewal)

    assert readers("account_announced") == ["former@example.org", "dora@example.org", "nora@example.org"]
    assert "е подновен" in " ".join(letters("account_announced")[0].body.split())
    assert readers("password_changed") == ["ana@example.org"]
    entry = AuditEntry.get(AuditEntry.what == "account_reset")
    assert entry.chain == SCHOOL


def _make_former_director():
    User.create(
        email="former@example.org",
        name="Бивш Директор",
        role=Role.DIRECTOR,
        institution=SCHOOL,
        invited_at=NOW,
        activated_at=NOW,
        disabled_at=NOW,
    )


def test_others_are_told_of_their_own_new_password_only(world):
    send_reset(world.oleg, world.nora.user_id, site=SITE, now=NOW)
    open_with(token_in(letters("password_reset")[-1]))

    assert readers("password_changed") == ["nora@example.org"]
    assert readers("account_announced") == []
    assert AuditEntry.get(AuditEntry.what == "account_reset").chain == audit.NATIONAL


def test_a_renewal_used_twice_at_once_makes_one_pair_of_keys(world, renewal):
    answers = at_once(lambda: open_with(renewal), lambda: open_with(renewal, "друга дълга парола"))

    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Entered"]
    keys = UserKey.select().where(UserKey.user == world.ana.user_id)
    assert [key.retired_at is None for key in keys.order_by(UserKey.id)] == [False, True]


def test_a_renewal_is_over_after_an_hour(world, renewal):
    with pytest.raises(Conflict, match="Поискайте нова от „Забравена парола“"):
        open_with(renewal, now=NOW + timedelta(hours=1))


def test_a_stopped_account_cannot_be_opened(world, renewal):
    disable(world.oleg, world.ana.user_id, now=NOW)
    with pytest.raises(Conflict, match="спрян"):
        open_with(renewal)


def test_the_database_holds_no_token(world):
    _, token = invited(Role.OPERATOR)
    link = OneTimeLink.get()
    assert token.encode() not in bytes(link.digest)
    assert len(bytes(link.digest)) == 32


def test_a_new_director_hears_of_the_open_list_at_once_and_once(world):
    add_record()
    _, token = invited()
    open_with(token)
    tell_of_list(world.campaign, now=LATER)

    (letter,) = [each for each in letters("list_received") if each.to == "new@example.org"]
    assert "1 запис за" in letter.body


def test_somebody_else_hears_of_no_list(world):
    add_record()
    open_with(invited(Role.RUO, region=22)[1])
    assert readers("list_received") == []
