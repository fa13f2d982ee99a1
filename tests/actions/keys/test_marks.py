"""The mark on an account: whoever moves one past the portal gets in nowhere, and verify tells."""

from datetime import timedelta

import pytest

from portal.actions.keys.marking import SINCE, SPELLED_SINCE, mark_what_stands, spell_addresses
from portal.actions.keys.marks import facts_of, is_marked, mark, marked_person
from portal.actions.keys.signing_key import signing_key
from portal.actions.letters.links import ACTIVATE, RENEW
from portal.actions.people.accounts import disable, enable
from portal.actions.people.activation import Activation, open_account
from portal.actions.people.delegations import Appointment, name_delegate
from portal.actions.people.invitations import NewAccount, create, invite
from portal.actions.people.logins import log_in
from portal.actions.people.own_account import PasswordChange, change_password, forgot
from portal.actions.register.keys.holders import people_of
from portal.actions.signing.signing import sign, sign_with
from portal.actions.verifying import Verified, verify
from portal.crypto.pepper import row_mark
from portal.crypto.tokens import new_token, token_digest
from portal.domain.decisions import Decision
from portal.domain.delegations import Terms
from portal.domain.errors import Conflict, NotFound
from portal.domain.people import Role, Scope
from portal.storage.people.persons import person_of
from portal.storage.schema.upgrade import applied_migrations
from portal.storage.tables.people import Delegation, Login, OneTimeLink, User
from portal.storage.tables.signatures import Signature
from tests.cast import MONTH, NOW, ORIGIN, OTHER_SCHOOL, PASSWORD, PEPPER, SCHOOL, SITE, add_record
from tests.mail.letters import letters, readers, token_in

MOVED = "променени направо в базата данни"
CHOSEN = "съвсем друга парола"
CHANGES = [
    {"institution": SCHOOL},
    {"role": Role.DELEGATE},
    {"email": "stranger@example.org"},
    {"region": 22},
    {"mac": None},
    {"mac": b"m" * 32},
]


@pytest.fixture
def record(world):
    """Without the delegate of the cast, whom no director has named."""
    Delegation.delete().execute()
    return add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)


def change(person, **columns) -> None:
    User.update(**columns).where(User.id == person.user_id).execute()


def found() -> list[tuple[str, str]]:
    findings = verify(None, verified=Verified(), site=SITE)
    return [(finding.code, finding.thing) for finding in findings]


@pytest.mark.parametrize("columns", CHANGES)
def test_a_changed_account_lets_nobody_in_and_is_found(world, record, columns):
    change(world.boris, **columns)

    with pytest.raises(Conflict, match=MOVED):
        log_in(columns.get("email", "boris@example.org"), PASSWORD, origin=ORIGIN, site=SITE, now=NOW)
    assert Login.select().count() == 0
    assert found() == [("account_changed", f"user:{world.boris.user_id}")]


def test_a_mark_is_of_one_account_only(world, record):
    ana = User.get_by_id(world.ana.user_id)
    change(world.boris, institution=SCHOOL, mac=ana.mac)

    assert found() == [("account_changed", f"user:{world.boris.user_id}")]


def test_facts_do_not_run_into_each_other():
    assert row_mark(PEPPER, "account", "1", "12") != row_mark(PEPPER, "account", "11", "2")


def test_a_mark_of_one_kind_of_row_is_none_of_another():
    assert row_mark(PEPPER, "account", "1") != row_mark(PEPPER, "login", "1")


def test_a_director_moved_to_another_school_signs_nothing(world, record):
    change(world.boris, institution=SCHOOL)
    moved = person_of(User.get_by_id(world.boris.user_id), NOW.date())

    with pytest.raises(Conflict, match=MOVED):
        sign(moved, MONTH, PASSWORD, site=SITE, now=NOW)
    assert Signature.select().count() == 0


def test_nor_one_moved_while_the_password_was_tried(world, record):
    key = signing_key(world.boris.user_id, PASSWORD, site=SITE, now=NOW)
    change(world.boris, institution=SCHOOL)
    moved = person_of(User.get_by_id(world.boris.user_id), NOW.date())

    with pytest.raises(Conflict, match=MOVED):
        sign_with(key, moved, MONTH, site=SITE, now=NOW)
    assert Signature.select().count() == 0


def test_a_letter_sent_to_another_address_opens_nothing(world, record):
    change(world.ana, email="stranger@example.org")
    forgot("stranger@example.org", origin=ORIGIN, site=SITE, now=NOW)
    key = User.get_by_id(world.ana.user_id).login_tag

    with pytest.raises(Conflict, match=MOVED):
        open_account(token_in(letters("password_reset")[0]), Activation(CHOSEN, CHOSEN), site=SITE, now=NOW)
    assert User.get_by_id(world.ana.user_id).login_tag == key


def test_an_invitation_that_was_moved_opens_nothing(world, record):
    new = NewAccount(Role.DIRECTOR, "petar@example.org", "Петър Ненов", OTHER_SCHOOL)
    user, token = invite(world.oleg, new, site=SITE, now=NOW)
    User.update(institution=SCHOOL).where(User.id == user.id).execute()

    with pytest.raises(Conflict, match=MOVED):
        open_account(token, Activation(CHOSEN, CHOSEN), site=SITE, now=NOW)
    assert User.get_by_id(world.ana.user_id).is_active


def test_who_was_moved_into_an_institution_is_no_holder_of_its_register(world, record):
    change(world.boris, institution=SCHOOL)

    assert [holder.name for holder in people_of(SCHOOL, NOW.date(), site=SITE)] == [
        f"user:{world.ana.user_id}"
    ]


def test_every_account_that_the_portal_makes_is_marked(world, record):
    terms = Terms(frozenset({Scope.DECIDE}), "РД-15", NOW.date())
    name_delegate(world.ana, Appointment("new@example.org", "Ния Нова", terms), site=SITE, now=NOW)
    create(NewAccount(Role.RUO, "ruo@example.org", "Рая Русева", region=3), PASSWORD, site=SITE, now=NOW)

    assert found() == []
    assert all(is_marked(user, site=SITE) for user in User.select())


def test_who_gives_the_address_up_stays_marked_unless_moved_before(world, record):
    for person, email in ((world.ana, "ana@example.org"), (world.boris, "boris@example.org")):
        disable(world.oleg, person.user_id, now=NOW)
        if person is world.boris:
            change(person, institution=SCHOOL)
        invite(
            world.oleg,
            NewAccount(Role.DIRECTOR, email, "Нов Директор", person.institution),
            site=SITE,
            now=NOW,
        )

    assert found() == [("account_changed", f"user:{world.boris.user_id}")]


def test_finds_an_account_that_was_stopped_and_is_in_again(world, record):
    disable(world.oleg, world.boris.user_id, now=NOW)
    assert found() == []

    change(world.boris, disabled_at=None)

    assert found() == [("account_revived", f"user:{world.boris.user_id}")]


def test_one_that_the_operator_let_in_again_is_none(world, record):
    disable(world.oleg, world.boris.user_id, now=NOW)
    enable(world.oleg, world.boris.user_id, site=SITE, now=NOW)

    assert found() == []


def test_a_password_copied_from_another_account_opens_nothing(world, record):
    """Boris knows his own, and can write to the database."""
    his = User.get_by_id(world.boris.user_id)
    columns = ("salt", "kdf_memory", "kdf_iterations", "kdf_lanes", "login_tag")
    change(world.ana, **{column: getattr(his, column) for column in columns}, mac=his.mac)

    with pytest.raises(Conflict, match=MOVED):
        log_in("ana@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW)
    assert Login.select().count() == 0
    assert found() == [("account_changed", f"user:{world.ana.user_id}")]


def test_nor_does_it_after_the_director_chose_another(world, record):
    """To change a password makes a new mark: not of a row that was altered before."""
    own = PasswordChange(PASSWORD, CHOSEN, CHOSEN)
    change(world.ana, region=22)

    with pytest.raises(Conflict, match=MOVED):
        change_password(world.ana, own, login=b"", origin=ORIGIN, site=SITE, now=NOW)
    assert found() == [("account_changed", f"user:{world.ana.user_id}")]


@pytest.mark.parametrize("purpose", [ACTIVATE, RENEW])
def test_an_address_that_was_written_past_the_portal_opens_nothing(world, record, purpose):
    token = new_token()
    OneTimeLink.create(
        digest=token_digest(token), user=world.ana.user_id, purpose=purpose, made_at=NOW,
        expires_at=NOW + timedelta(hours=1), mac=b"m" * 32,
    )  # fmt: skip

    with pytest.raises(NotFound):
        open_account(token, Activation(CHOSEN, CHOSEN), site=SITE, now=NOW)
    assert found() == [("link_unexplained", f"user:{world.ana.user_id}")]


@pytest.mark.parametrize("columns", [{"expires_at": NOW + timedelta(days=9)}, {"purpose": ACTIVATE}])
def test_nor_one_that_was_altered(world, record, columns):
    forgot("ana@example.org", origin=ORIGIN, site=SITE, now=NOW)
    OneTimeLink.update(**columns).execute()

    with pytest.raises(NotFound):
        open_account(token_in(letters()[0]), Activation(CHOSEN, CHOSEN), site=SITE, now=NOW)


def test_nor_one_turned_to_another_account(world, record):
    forgot("boris@example.org", origin=ORIGIN, site=SITE, now=NOW)
    OneTimeLink.update(user=world.ana.user_id).execute()

    with pytest.raises(NotFound):
        open_account(token_in(letters()[0]), Activation(CHOSEN, CHOSEN), site=SITE, now=NOW)


def test_a_login_that_was_written_past_the_portal_is_found(world, record):
    log_in("boris@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW)
    assert found() == []

    Login.create(digest=token_digest(new_token()), user=world.ana.user_id, made_at=NOW, seen_at=NOW)
    Login.update(made_at=NOW + timedelta(hours=1)).where(Login.user == world.boris.user_id).execute()

    assert sorted(found()) == sorted(
        ("login_unexplained", f"user:{person.user_id}") for person in (world.ana, world.boris)
    )


def test_an_authorisation_that_was_written_past_the_portal_allows_nothing(world):
    Delegation.update(scopes="decide,sign,quarantine").execute()
    dora = User.get_by_id(world.dora.user_id)

    person = marked_person(dora, NOW.date(), site=SITE)

    assert (person.order_number, person.scopes) == ("", frozenset())
    assert [holder.name for holder in people_of(SCHOOL, NOW.date(), site=SITE)] == [
        f"user:{world.ana.user_id}"
    ]


def test_an_older_mark_is_renewed_once_in_the_upgrade_and_only_where_it_fits(world, record):
    ana, boris = (User.get_by_id(person.user_id) for person in (world.ana, world.boris))
    change(world.ana, mac=row_mark(PEPPER, "account", *facts_of(ana)))
    change(world.boris, mac=row_mark(PEPPER, "account", *facts_of(boris)), region=3)

    mark_what_stands(site=SITE)

    assert is_marked(User.get_by_id(ana.id), site=SITE)
    assert found() == [("account_changed", f"user:{boris.id}")]


def spelled_before(person, email):
    """As an older version made the account."""
    change(person, email=email)
    mark(User.get_by_id(person.user_id), site=SITE)


def test_what_follows_an_upgrade_follows_one_that_is_there(database):
    assert {SINCE, SPELLED_SINCE} <= set(applied_migrations())


def test_the_upgrade_spells_addresses_anew_and_marks_only_what_was_marked(world, record):
    spelled_before(world.ana, "ana@пример.бг")
    change(world.boris, email="boris@пример.бг")

    assert spell_addresses(site=SITE) == 2
    assert spell_addresses(site=SITE) == 0

    ana, boris = (User.get_by_id(person.user_id) for person in (world.ana, world.boris))
    assert (ana.email, boris.email) == ("ana@xn--e1afmkfd.xn--90ae", "boris@xn--e1afmkfd.xn--90ae")
    assert is_marked(ana, site=SITE)
    assert found() == [("account_changed", f"user:{boris.id}")]
    for typed in ("ana@пример.бг", "Ana@Пример.бг", "ana@xn--e1afmkfd.xn--90ae"):
        assert log_in(typed, PASSWORD, origin=ORIGIN, site=SITE, now=NOW).user_id == ana.id


def test_two_that_had_one_address_both_log_in_with_what_they_had(world, caplog):
    spelled_before(world.ana, "dir@пример.бг")
    spelled_before(world.boris, "dir@xn--e1afmkfd.xn--90ae")

    assert spell_addresses(site=SITE) == 0

    assert f"users {world.boris.user_id} and {world.ana.user_id} have one address" in caplog.text
    for typed, person in (("dir@пример.бг", world.ana), ("dir@xn--e1afmkfd.xn--90ae", world.boris)):
        assert log_in(typed, PASSWORD, origin=ORIGIN, site=SITE, now=NOW).user_id == person.user_id
        forgot(typed, origin=ORIGIN, site=SITE, now=NOW)
        assert readers("password_reset")[-1] == User.get_by_id(person.user_id).email
