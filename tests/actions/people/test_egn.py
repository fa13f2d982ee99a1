"""portal.actions.people.egn and .egn_changes: asking to change the ЕГН of an account, and confirming."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from portal.actions.keys.passwords import set_password, stretched_anew
from portal.actions.people import egn_changes
from portal.actions.people.accounts import disable, enable, send_reset
from portal.actions.people.activation import Activation, open_account
from portal.actions.people.egn import is_owner, kept_digest, need_of, set_at_activation
from portal.actions.people.egn_changes import ask_for_change, confirm_change, refuse_change, withdraw
from portal.actions.people.invitations import NewAccount, create, invite
from portal.actions.people.logins import log_in
from portal.crypto.pepper import asked_egn_hash
from portal.domain.accounts import FREE_FAILURES
from portal.domain.errors import Conflict, NotFound, Refusal, TooOften
from portal.domain.people import Role, Scope
from portal.domain.signing.egn import EGN_TRIES, EgnNeed
from portal.storage.people.egn_requests import count_egn_requests, egn_requests, own_egn, request_of
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.db import writing
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import Delegation, OneTimeLink, User
from portal.storage.tables.qualified import EgnRequest
from tests.cast import EGNS, NOW, ORIGIN, OTHER_SCHOOL, PASSWORD, PEPPER, SCHOOL, SITE
from tests.mail.letters import letters, readers, token_in
from tests.storage.together import at_once

FIRST, OTHER, THIRD = EGNS[:3]
BOTH, QUALIFIED = frozenset({"password", "qualified"}), frozenset({"qualified"})
TODAY = NOW.date()
LATER = NOW + timedelta(hours=1)
WORDS = ("egn_set", "egn_change_asked", "egn_changed", "egn_change_refused", "egn_change_withdrawn")


def account(person) -> User:
    return User.get_by_id(person.user_id)


def give(person, egn=FIRST):
    with writing():
        set_at_activation(account(person), egn, site=SITE, now=NOW)


def ask(person, egn=OTHER, password=PASSWORD, *, now=NOW, **more):
    return ask_for_change(person, egn, password, origin=ORIGIN, site=SITE, now=now, **more)


def confirm(world, person, egn=OTHER):
    return confirm_change(world.oleg, person.user_id, egn, site=SITE, now=LATER)


def refuse(world, person):
    return refuse_change(world.oleg, person.user_id, site=SITE, now=LATER)


def deeds(person) -> list[tuple[str, int]]:
    """What the audit says of the account's ЕГН, and who did it."""
    wanted = (AuditEntry.object == f"user:{person.user_id}") & AuditEntry.what.in_(WORDS)
    return [(entry.what, entry.who) for entry in AuditEntry.select().where(wanted).order_by(AuditEntry.id)]


def entry(what) -> AuditEntry:
    return AuditEntry.get(AuditEntry.what == what)


def has(person, egn) -> bool:
    return is_owner(account(person), egn, site=SITE)


def test_what_somebody_else_asked_for_stays_as_it_is(world):
    """Whether another's request is tried, confirmed, replaced or withdrawn."""
    ask(world.boris)
    theirs = request_of(world.boris.user_id)
    ask(world.ana)
    with pytest.raises(Refusal):
        confirm(world, world.ana, THIRD)
    assert request_of(world.boris.user_id) == theirs
    assert request_of(world.boris.user_id).tries == 0
    confirm(world, world.ana)
    ask(world.ana, FIRST)
    ask(world.ana, THIRD)
    withdraw(world.ana, now=LATER)
    assert request_of(world.ana.user_id) is None
    assert request_of(world.boris.user_id).egn_hash == theirs.egn_hash


def test_a_password_changed_meanwhile_asks_for_nothing(world, monkeypatch):
    """It was right when it was stretched, which takes a while; whoever changed it may have had to."""
    forgiven = egn_changes.forgiven

    def meanwhile(attempt):
        forgiven(attempt)
        set_password(account(world.ana), stretched_anew("нова дълга парола"), site=SITE)

    monkeypatch.setattr(egn_changes, "forgiven", meanwhile)
    with pytest.raises(Conflict, match="сменена другаде"):
        ask(world.ana)
    assert request_of(world.ana.user_id) is None


# What an account keeps


def test_recognises_its_owner_and_nobody_else(world):
    give(world.ana)

    assert has(world.ana, FIRST)
    assert not has(world.ana, OTHER)
    assert not has(world.boris, FIRST)


@pytest.mark.parametrize("number", ["", "135121062", f"{FIRST}\n", "PNOBG-1351210628", "١٣٥١٢١٠٦٢٨"])
def test_what_is_no_egn_is_nobodys(world, number):
    give(world.ana)
    assert not has(world.ana, number)
    assert not has(world.boris, number)


def test_a_hash_copied_to_another_account_is_nobodys(world):
    give(world.boris)
    User.update(egn_hash=account(world.boris).egn_hash).where(User.id == world.ana.user_id).execute()

    assert not has(world.ana, FIRST)


def test_a_hash_that_was_only_asked_for_is_nobodys_in_its_place(world):
    ask(world.ana)
    User.update(egn_hash=request_of(world.ana.user_id).egn_hash).where(User.id == world.ana.user_id).execute()

    assert not has(world.ana, OTHER)


def test_an_egn_is_in_the_audit_as_a_digest_of_its_hash(world):
    give(world.ana)

    said = entry("egn_set")
    assert (said.chain, said.object) == (SCHOOL, f"user:{world.ana.user_id}")
    assert said.content == kept_digest(bytes(account(world.ana).egn_hash))


@pytest.mark.parametrize("kinds", [frozenset(), frozenset({"password"}), BOTH, QUALIFIED])
@pytest.mark.parametrize("who", ["ana", "dora", "nora", "oleg"])
def test_asks_nobody_who_cannot_come_to_sign_with_it(world, who, kinds):
    counts = "qualified" in kinds and who in ("ana", "dora")
    site = replace(SITE, signature_kinds=kinds)
    assert (need_of(account(getattr(world, who)), TODAY, site=site) is not EgnNeed.NONE) is counts


@pytest.mark.parametrize(
    ("who", "scopes", "kinds", "need"),
    [
        ("ana", (), BOTH, EgnNeed.OPTIONAL),
        ("ana", (), QUALIFIED, EgnNeed.REQUIRED),
        ("dora", (Scope.SIGN,), BOTH, EgnNeed.OPTIONAL),
        ("dora", (Scope.SIGN,), QUALIFIED, EgnNeed.REQUIRED),
        ("dora", (Scope.DECIDE, Scope.REGISTER), QUALIFIED, EgnNeed.OPTIONAL),
    ],
)
def test_must_have_it_only_who_could_not_sign_without(world, who, scopes, kinds, need):
    if scopes:
        world.delegate(*scopes)
    assert need_of(account(getattr(world, who)), TODAY, site=replace(SITE, signature_kinds=kinds)) is need


def test_a_delegate_who_was_revoked_need_not_give_it(world):
    world.delegate(Scope.SIGN)
    Delegation.update(revoked_at=NOW).execute()
    site = replace(SITE, signature_kinds=QUALIFIED)
    assert need_of(account(world.dora), TODAY, site=site) is EgnNeed.OPTIONAL


def test_a_delegate_whose_time_is_over_need_not_give_it(world):
    world.delegate(Scope.SIGN)
    site = replace(SITE, signature_kinds=QUALIFIED)
    assert need_of(account(world.dora), TODAY + timedelta(days=400), site=site) is EgnNeed.OPTIONAL


# On opening the account


def invited(role=Role.DIRECTOR, **place):
    place = place or ({"institution": SCHOOL} if role is Role.DIRECTOR else {})
    return invite(None, NewAccount(role, "new@example.org", "Нов Човек", **place), site=SITE, now=NOW)


def open_with(token, egn, kinds=BOTH, password="нова дълга парола"):
    typed = Activation(password, password, egn=egn)
    return open_account(token, typed, site=replace(SITE, signature_kinds=kinds), now=NOW)


def test_is_kept_from_the_first_activation(world):
    user, token = invited()
    open_with(token, f" {FIRST} ")

    assert is_owner(User.get_by_id(user.id), FIRST, site=SITE)
    assert (entry("egn_set").who, entry("egn_set").chain) == (user.id, SCHOOL)


@pytest.mark.parametrize("typed", ["", "  "])
def test_can_be_left_out_where_passwords_count_too(world, typed):
    user, token = invited()
    open_with(token, typed)
    assert User.get_by_id(user.id).egn_hash is None


def test_everything_that_is_wrong_is_said_at_once_and_the_link_stays(world):
    _, token = invited()
    with pytest.raises(Refusal) as refusal:
        open_with(token, "", QUALIFIED, password="кратка")
    assert [refusal.value.field, *(other.field for other in refusal.value.also)] == ["password", "egn"]
    assert OneTimeLink.get().used_at is None
    open_with(token, FIRST, QUALIFIED)


def test_a_wrong_one_is_refused_even_where_none_is_needed(world):
    _, token = invited()
    with pytest.raises(Refusal) as refusal:
        open_with(token, "1351210629")
    assert refusal.value.field == "egn"


@pytest.mark.parametrize(
    ("role", "place", "kinds"),
    [
        (Role.DIRECTOR, {}, frozenset({"password"})),
        (Role.RUO, {"region": 22}, BOTH),
        (Role.OPERATOR, {}, QUALIFIED),
    ],
)
def test_what_was_not_asked_for_is_not_kept(world, role, place, kinds):
    user, token = invited(role, **place)
    open_with(token, FIRST, kinds)
    assert User.get_by_id(user.id).egn_hash is None


def test_a_new_password_keeps_the_egn(world):
    give(world.ana)
    send_reset(None, world.ana.user_id, site=SITE, now=NOW)
    open_with(token_in(letters("password_reset")[-1]), OTHER, QUALIFIED)

    assert has(world.ana, FIRST)
    assert deeds(world.ana) == [("egn_set", 0)]


def test_the_command_line_says_so_in_the_audit_too(world):
    new = NewAccount(Role.DIRECTOR, "new@example.org", "Нов Директор", SCHOOL)
    user = create(new, PASSWORD, egn=FIRST, site=SITE, now=NOW)
    assert entry("egn_set").content == kept_digest(bytes(User.get_by_id(user.id).egn_hash))


# Asking


def test_asking_changes_nothing_yet(world):
    give(world.ana)
    ask(world.ana)

    assert has(world.ana, FIRST)
    assert not has(world.ana, OTHER)
    assert own_egn(world.ana.user_id).asked_at == NOW
    assert [(one.name, one.place) for one in egn_requests()] == [
        ("Ана Янева", f"39. СУ „Отец Паисий“ ({SCHOOL})")
    ]
    said = entry("egn_change_asked")
    assert (said.who, said.chain, said.object) == (world.ana.user_id, SCHOOL, f"user:{world.ana.user_id}")
    assert said.content == kept_digest(asked_egn_hash(PEPPER, str(world.ana.user_id), OTHER))


def test_the_person_is_told_what_follows_and_what_to_do_if_it_was_another(world):
    ask(world.ana)
    (letter,) = letters()
    body = " ".join(letter.body.split())
    assert letter.to == "ana@example.org"
    assert "официално писмо" in body
    assert "Ако не сте го поискали вие, оттеглете искането" in body
    assert "http://localhost/account" in letter.body


@pytest.mark.parametrize(
    ("egn", "password", "fields"),
    [
        ("", "", ["egn", "password"]),
        ("1351210629", PASSWORD, ["egn"]),
        (FIRST, PASSWORD, ["egn"]),  # kept already
        (OTHER, "", ["password"]),
        (OTHER, "не е тя", ["password"]),
    ],
)
def test_refuses_and_asks_nothing(world, egn, password, fields):
    give(world.ana)
    with pytest.raises(Refusal) as refusal:
        ask(world.ana, egn, password)
    assert [refusal.value.field, *(other.field for other in refusal.value.also)] == fields
    assert count_egn_requests() == 0
    assert letters() == []


def test_does_not_tell_who_has_no_password_whether_it_is_kept_already(world):
    give(world.ana)
    answers = []
    for egn in (FIRST, OTHER):
        with pytest.raises(Refusal) as refusal:
            ask(world.ana, egn, "не е тя")
        answers.append((str(refusal.value), refusal.value.field))
    assert len(set(answers)) == 1


def test_whoever_found_an_open_browser_cannot_try_passwords_for_ever(world):
    for _ in range(FREE_FAILURES):
        with pytest.raises(Refusal):
            ask(world.ana, password="не е тя")
    with pytest.raises(TooOften):
        ask(world.ana)
    with pytest.raises(TooOften):  # counted together with the login
        log_in("ana@example.org", PASSWORD, origin=ORIGIN, site=SITE, now=NOW)


def test_a_right_password_forgives_the_wrong_ones_though_the_egn_is_refused(world):
    give(world.ana)
    for _ in range(2):
        for _ in range(FREE_FAILURES - 1):
            with pytest.raises(Refusal):
                ask(world.ana, password="не е тя")
        with pytest.raises(Refusal, match="вече е записан"):
            ask(world.ana, FIRST)


def test_the_same_twice_is_once(world):
    ask(world.ana)
    ask(world.ana, now=LATER)

    assert own_egn(world.ana.user_id).asked_at == NOW
    assert deeds(world.ana) == [("egn_change_asked", world.ana.user_id)]
    assert len(letters()) == 1


def test_two_at_once_leave_one_request(world):
    assert at_once(lambda: ask(world.ana), lambda: ask(world.ana)) == [None, None]
    assert EgnRequest.select().count() == 1
    assert len(deeds(world.ana)) == 1


def test_a_newer_one_takes_the_place_of_the_one_before(world):
    ask(world.ana, OTHER)
    with pytest.raises(Refusal):
        confirm(world, world.ana, FIRST)
    ask(world.ana, THIRD, now=LATER)

    assert (EgnRequest.get().asked_at, EgnRequest.get().tries) == (LATER, 0)
    with pytest.raises(Refusal):
        confirm(world, world.ana, OTHER)
    confirm(world, world.ana, THIRD)
    assert has(world.ana, THIRD)


def test_an_account_moved_past_the_portal_asks_for_nothing(world):
    User.update(institution=OTHER_SCHOOL).where(User.id == world.ana.user_id).execute()
    with pytest.raises(Conflict, match="направо в базата данни"):
        ask(world.ana)
    assert count_egn_requests() == 0


def test_a_stopped_account_asks_for_nothing(world):
    disable(world.oleg, world.ana.user_id, now=NOW)
    with pytest.raises(Conflict):
        ask(world.ana)
    assert count_egn_requests() == 0


def test_is_taken_back_and_twice_is_once(world):
    ask(world.ana)
    withdraw(world.ana, now=LATER)
    withdraw(world.ana, now=LATER)

    assert own_egn(world.ana.user_id).asked_at is None
    assert [what for what, _ in deeds(world.ana)] == ["egn_change_asked", "egn_change_withdrawn"]
    with pytest.raises(Conflict, match="оттеглил"):
        confirm(world, world.ana)


def test_nobody_takes_back_what_another_asked_for(world):
    ask(world.ana)
    withdraw(world.boris, now=LATER)
    withdraw(world.dora, now=LATER)
    assert count_egn_requests() == 1


# Deciding


def test_the_operator_confirms_what_stands_in_the_letter(world):
    give(world.ana)
    ask(world.ana)
    confirm(world, world.ana, f" {OTHER}\n")

    assert has(world.ana, OTHER)
    assert not has(world.ana, FIRST)
    assert count_egn_requests() == 0
    said = entry("egn_changed")
    assert (said.who, said.chain) == (world.oleg.user_id, SCHOOL)
    assert said.content == kept_digest(bytes(account(world.ana).egn_hash))


def test_a_first_one_is_confirmed_like_any_other(world):
    ask(world.dora)
    confirm(world, world.dora)
    assert has(world.dora, OTHER)


def test_a_directors_is_announced_to_those_who_should_notice(world):
    ask(world.ana)
    confirm(world, world.ana)

    assert readers("egn_changed") == ["ana@example.org"]
    assert readers("account_announced") == ["dora@example.org", "nora@example.org"]
    body = " ".join(letters("account_announced")[0].body.split())
    assert "ЦИОО записа към профила на Ана Янева" in body


def test_a_delegates_is_told_to_the_delegate_alone(world):
    ask(world.dora)
    confirm(world, world.dora)
    assert readers() == ["dora@example.org", "dora@example.org"]


def test_confirming_twice_is_once(world):
    ask(world.ana)
    answers = at_once(lambda: confirm(world, world.ana), lambda: confirm(world, world.ana))

    assert {type(answer) for answer in answers} == {type(None), Conflict}
    assert [what for what, _ in deeds(world.ana)] == ["egn_change_asked", "egn_changed"]
    assert len(letters("egn_changed")) == 1
    with pytest.raises(Conflict):
        confirm(world, world.ana)


def test_tells_no_operator_whether_an_egn_is_the_one_that_is_kept(world):
    give(world.ana)
    answers = []
    for egn in (FIRST, OTHER):
        with pytest.raises(Conflict) as conflict:
            confirm(world, world.ana, egn)
        answers.append(str(conflict.value))
    assert len(set(answers)) == 1


def test_after_five_wrong_ones_the_request_ends(world):
    give(world.ana)
    ask(world.ana)
    said = []
    for _ in range(EGN_TRIES - 1):
        with pytest.raises(Refusal) as refusal:
            confirm(world, world.ana, THIRD)
        assert refusal.value.field == "egn"
        said.append(str(refusal.value))
    with pytest.raises(Conflict, match="искането е приключено"):
        confirm(world, world.ana, THIRD)

    assert "още 4 опита" in said[0]
    assert "още един опит" in said[-1]
    with pytest.raises(Conflict):
        confirm(world, world.ana, OTHER)
    assert has(world.ana, FIRST)
    assert deeds(world.ana)[-1] == ("egn_change_refused", world.oleg.user_id)
    assert readers("egn_change_refused") == ["ana@example.org"]


def test_a_slip_of_the_finger_is_no_try(world):
    ask(world.ana)
    for typed in ("", "135", "1351210629"):
        with pytest.raises(Refusal):
            confirm(world, world.ana, typed)
    assert EgnRequest.get().tries == 0


def test_tries_at_the_same_moment_are_counted_each(world):
    ask(world.ana)
    at_once(*[lambda: confirm(world, world.ana, THIRD) for _ in range(3)])
    assert EgnRequest.get().tries == 3


def test_the_operator_refuses_and_what_is_kept_stays(world):
    give(world.ana)
    ask(world.ana)
    refuse(world, world.ana)

    assert has(world.ana, FIRST)
    assert deeds(world.ana)[-1] == ("egn_change_refused", world.oleg.user_id)
    assert readers("egn_change_refused") == ["ana@example.org"]
    with pytest.raises(Conflict):
        refuse(world, world.ana)
    with pytest.raises(Conflict):
        confirm(world, world.ana)


def test_there_is_nobody_to_confirm_for(world):
    for decide in (lambda: confirm_change(world.oleg, 10_000, OTHER, site=SITE, now=NOW),
                   lambda: refuse_change(world.oleg, 10_000, site=SITE, now=NOW)):  # fmt: skip
        with pytest.raises(NotFound):
            decide()


def test_with_a_stopped_account_its_request_ends(world):
    ask(world.ana)
    disable(world.oleg, world.ana.user_id, now=LATER)

    assert count_egn_requests() == 0
    assert deeds(world.ana)[-1] == ("egn_change_refused", world.oleg.user_id)
    enable(world.oleg, world.ana.user_id, site=SITE, now=LATER)
    with pytest.raises(Conflict):
        confirm(world, world.ana)


def test_with_a_new_director_the_request_of_the_one_before_ends(world):
    ask(world.ana)
    user, token = invited()
    open_with(token, "")
    assert deeds(world.ana)[-1] == ("egn_change_refused", user.id)


def test_a_stopped_account_gets_nothing(world):
    ask(world.ana)
    User.update(disabled_at=NOW).where(User.id == world.ana.user_id).execute()
    with pytest.raises(Conflict, match="спрян"):
        confirm(world, world.ana)
    assert account(world.ana).egn_hash is None
    assert egn_requests() == []
    refuse(world, world.ana)
    assert readers("egn_change_refused") == []


def test_an_account_moved_past_the_portal_gets_nothing(world):
    ask(world.ana)
    User.update(institution=OTHER_SCHOOL).where(User.id == world.ana.user_id).execute()
    with pytest.raises(Conflict, match="portal verify"):
        confirm(world, world.ana)
    assert account(world.ana).egn_hash is None


def test_those_who_wait_longest_are_first(world):
    ask(world.boris, now=LATER)
    ask(world.ana, THIRD)
    assert [one.name for one in egn_requests()] == ["Ана Янева", "Борис Тодоров"]
    assert count_egn_requests() == 2


def test_no_letter_log_or_row_holds_the_number(world, caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, logger="peewee")  # as in portal.logs: its statements hold the values
    give(world.ana)
    ask(world.ana)
    with pytest.raises(Refusal):
        confirm(world, world.ana, THIRD)
    confirm(world, world.ana)
    numbers = (FIRST, OTHER, THIRD)

    written = [caplog.text, *(letter.subject + letter.body for letter in letters())]
    written += [
        repr(row.__data__) for table in (User, EgnRequest, AuditEntry, OutboxMessage) for row in table
    ]
    assert [number for number in numbers for text in written if number in text] == []
