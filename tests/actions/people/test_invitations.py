"""portal.actions.people.invitations and .accounts: what the operator does with accounts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.actions.people import invitations
from portal.actions.people.accounts import disable, enable, send_reset
from portal.actions.people.invitations import NewAccount, resend
from portal.actions.people.logins import log_in
from portal.crypto.pepper import egn_hash
from portal.domain.errors import Conflict, NotFound, Refusal
from portal.domain.people import Role
from portal.storage.tables import audit
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.people import Login, OneTimeLink, User
from tests.cast import EGNS, NOW, ORIGIN, OTHER_SCHOOL, PASSWORD, PEPPER, SCHOOL, SITE
from tests.mail.letters import letters, readers, token_in
from tests.storage.together import at_once

DIRECTOR = NewAccount(Role.DIRECTOR, "New@Example.org", "Нов Директор", SCHOOL)


def invite(new=DIRECTOR, by=None):
    return invitations.invite(by, new, site=SITE, now=NOW)


def create(new=DIRECTOR, password=PASSWORD, **more):
    return invitations.create(new, password, site=SITE, now=NOW, **more)


def test_invites_by_letter(world):
    user, token = invite(by=world.oleg)

    (letter,) = letters("invitation")
    assert letter.to == user.email == "new@example.org"
    assert token_in(letter) == token
    assert "директор – 39. СУ „Отец Паисий“" in " ".join(letter.body.split())
    entry = AuditEntry.get(AuditEntry.what == "invited")
    assert (entry.chain, entry.who, entry.object) == (SCHOOL, world.oleg.user_id, f"user:{user.id}")
    assert not User.get_by_id(user.id).is_active


@pytest.mark.parametrize(
    ("new", "place"),
    [
        (
            NewAccount(Role.RUO, "r@example.org", "Р. Р.", region=22),
            "в него е: експерт в РУО София-град.",
        ),
        (NewAccount(Role.OPERATOR, "o@example.org", "О. О."), "ЦИОО."),
    ],
)
def test_invites_others_into_the_national_chain(world, new, place):
    invite(new)
    assert place in " ".join(letters()[0].body.split())
    assert AuditEntry.get(AuditEntry.what == "invited").chain == audit.NATIONAL


@pytest.mark.parametrize(
    ("new", "fields"),
    [
        (NewAccount(Role.DIRECTOR, "a@b.bg", "А"), ["institution"]),
        (NewAccount(Role.DIRECTOR, "няма", "А", "9999999"), ["email", "institution"]),
        (NewAccount(Role.RUO, "a@b.bg", "А"), ["region"]),
        (NewAccount(Role.RUO, "a@b.bg", "А", region=29), ["region"]),
        (NewAccount(Role.OPERATOR, "", "А" * 121), ["name", "email"]),
        (NewAccount(Role.OPERATOR, "ANA@example.org", "А"), ["email"]),
    ],
)
def test_refuses_whom_it_cannot_let_in(world, new, fields):
    with pytest.raises(Refusal) as refusal:
        invite(new)
    assert [refusal.value.field, *(other.field for other in refusal.value.also)] == fields
    assert letters() == []


@pytest.mark.parametrize(("code", "said"), [(" ", "Напишете кода"), ("9999999", "Няма заредена институция")])
def test_says_whether_the_code_is_missing_or_unknown(world, code, said):
    with pytest.raises(Refusal, match=said):
        invite(replace(DIRECTOR, institution=code))


def test_one_address_invited_twice_at_once_is_one_account(world):
    answers = at_once(invite, invite)
    assert sorted(type(answer).__name__ for answer in answers) == ["Refusal", "tuple"]
    assert User.select().where(User.email == "new@example.org").count() == 1


def test_the_mailbox_of_the_institution_passes_to_the_next_director(world):
    disable(world.oleg, world.ana.user_id, now=NOW)
    user, _ = invite(NewAccount(Role.DIRECTOR, "ana@example.org", "Нов Директор", SCHOOL))

    assert User.get(User.email == "ana@example.org").id == user.id
    assert User.get_by_id(world.ana.user_id).email == f"ana@example.org #{world.ana.user_id}"
    with pytest.raises(Conflict, match="вече е на друг"):
        enable(world.oleg, world.ana.user_id, site=SITE, now=NOW)


def test_creates_an_account_that_works_at_once(world):
    user = create(egn=EGNS[0])

    assert log_in("new@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW).user_id == user.id
    stored = User.get_by_id(user.id)
    assert bytes(stored.egn_hash) == egn_hash(PEPPER, str(user.id), EGNS[0])
    assert EGNS[0].encode() not in bytes(stored.egn_hash)
    assert User.get_by_id(world.ana.user_id).disabled_at == NOW
    assert "ana@example.org" in readers("account_announced")


@pytest.mark.parametrize("egn", ["1351210629", "12", "135121062８"])
def test_refuses_a_wrong_egn(world, egn):
    with pytest.raises(Refusal) as refusal:
        create(egn=egn)
    assert refusal.value.field == "egn"


@pytest.mark.parametrize("password", ["кратка", "парола123456", "Отец Паисий 2026", "нов.директор.1"])
def test_refuses_a_password_that_is_short_or_easy_to_guess(world, password):
    with pytest.raises(Refusal) as refusal:
        create(password=password)
    assert refusal.value.field == "password"
    assert not User.select().where(User.email == "new@example.org").exists()
    assert User.get_by_id(world.ana.user_id).is_active


@pytest.mark.parametrize(
    ("there", "typed"),
    [
        ("new@example.org", "NEW@EXAMPLE.ORG"),
        ("new@example.org", "ｎew@example．org"),
        ("new@example.org", "n\u200dew@example.org"),
        ("new@пример.бг", "new@xn--e1afmkfd.xn--90ae"),
    ],
)
def test_what_differs_in_nothing_that_one_sees_is_one_address(world, there, typed):
    create(replace(DIRECTOR, email=there))
    with pytest.raises(Refusal, match="вече е на друг достъп") as refusal:
        create(replace(DIRECTOR, email=typed))
    assert refusal.value.field == "email"


@pytest.mark.parametrize("typed", ["n\u0435w@example.org", "new@ex\u0430mple.org"])
def test_an_address_with_a_letter_of_another_alphabet_is_nobody_s(world, typed):
    with pytest.raises(Refusal, match=r"латин|азбуки") as refusal:
        create(replace(DIRECTOR, email=typed))
    assert refusal.value.field == "email"


def test_sends_the_invitation_again(world):
    user, first = invite()
    second = resend(world.oleg, user.id, site=SITE, now=NOW)
    assert first != second
    assert [token_in(letter) for letter in letters("invitation")] == [first, second]
    assert resend(world.oleg, user.id, site=SITE, now=NOW + timedelta(seconds=59)) is None
    assert len(letters("invitation")) == 2
    entry = AuditEntry.get(AuditEntry.what == "invited_again")
    assert (entry.chain, entry.who, entry.object) == (SCHOOL, world.oleg.user_id, f"user:{user.id}")


def test_invites_nobody_again_who_is_in_or_stopped(world):
    with pytest.raises(Conflict, match="вече е активиран"):
        resend(world.oleg, world.ana.user_id, site=SITE, now=NOW)
    disable(world.oleg, world.ana.user_id, now=NOW)
    with pytest.raises(Conflict, match="спрян"):
        resend(world.oleg, world.ana.user_id, site=SITE, now=NOW)


def test_sends_a_new_password_to_the_mailbox_only(world):
    send_reset(world.oleg, world.ana.user_id, site=SITE, now=NOW)
    assert readers() == ["ana@example.org"]
    assert AuditEntry.get(AuditEntry.what == "reset_requested").who == world.oleg.user_id


def test_sends_no_new_password_to_the_invited_or_stopped(world):
    user, _ = invite()
    disable(world.oleg, world.ana.user_id, now=NOW)
    for account in (user.id, world.ana.user_id):
        with pytest.raises(Conflict):
            send_reset(world.oleg, account, site=SITE, now=NOW)


def test_stops_an_account_at_once_and_twice_is_once(world):
    log_in("ana@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW)
    send_reset(world.oleg, world.ana.user_id, site=SITE, now=NOW)
    disable(world.oleg, world.ana.user_id, now=NOW)
    disable(world.oleg, world.ana.user_id, now=NOW)

    assert Login.select().count() == 0
    assert OneTimeLink.get().ended_at == NOW
    assert AuditEntry.select().where(AuditEntry.what == "account_disabled").count() == 1


def test_an_operator_cannot_stop_himself(world):
    with pytest.raises(Conflict, match="собствения"):
        disable(world.oleg, world.oleg.user_id, now=NOW)


def test_lets_in_again_and_twice_is_once(world):
    disable(world.oleg, world.ana.user_id, now=NOW)
    enable(world.oleg, world.ana.user_id, site=SITE, now=NOW)
    enable(world.oleg, world.ana.user_id, site=SITE, now=NOW)
    assert log_in("ana@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW).user_id == world.ana.user_id
    assert AuditEntry.select().where(AuditEntry.what == "account_enabled").count() == 1


def test_a_director_who_is_let_in_again_is_announced_once(world):
    disable(world.oleg, world.ana.user_id, now=NOW)
    enable(world.oleg, world.ana.user_id, site=SITE, now=NOW)
    enable(world.oleg, world.ana.user_id, site=SITE, now=NOW)
    assert readers("account_announced") == ["dora@example.org", "nora@example.org"]
    assert "пуснат отново" in " ".join(letters("account_announced")[0].body.split())


def test_nobody_else_let_in_again_is_announced(world):
    disable(world.oleg, world.nora.user_id, now=NOW)
    enable(world.oleg, world.nora.user_id, site=SITE, now=NOW)
    assert readers("account_announced") == []


def test_nor_is_a_director_who_was_stopped_before_the_first_day(world):
    user, _ = invite()
    disable(world.oleg, user.id, now=NOW)
    User.update(disabled_at=NOW).where(User.id == world.ana.user_id).execute()
    enable(world.oleg, user.id, site=SITE, now=NOW)
    assert readers("account_announced") == []


def test_an_institution_has_one_director(world):
    create()
    with pytest.raises(Conflict, match="вече има друг директор"):
        enable(world.oleg, world.ana.user_id, site=SITE, now=NOW)


def test_knows_no_account_that_is_not_there(world):
    with pytest.raises(NotFound):
        disable(world.oleg, 10_000, now=NOW)


def test_a_director_of_another_school_stays(world):
    create(NewAccount(Role.DIRECTOR, "new@example.org", "Нов", OTHER_SCHOOL))
    assert User.get_by_id(world.ana.user_id).is_active
    assert not User.get_by_id(world.boris.user_id).is_active
