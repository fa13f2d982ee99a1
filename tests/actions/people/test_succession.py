"""portal.actions.people.succession: foresee, change_director, call_off"""

from datetime import date, timedelta

import pytest

from portal.actions.campaigns.closing import close_institution
from portal.actions.keys.marks import is_marked
from portal.actions.letters.links import find_link
from portal.actions.letters.outbox import message_of
from portal.actions.people.activation import Activation, open_account
from portal.actions.people.invitations import resend
from portal.actions.people.succession import BEGUN, CHANGED, Successor, call_off, change_director, foresee
from portal.actions.verifying.accounts import check_accounts
from portal.domain.decisions import Decision
from portal.domain.errors import Conflict, NotFound, Refusal
from portal.domain.people import Role
from portal.domain.times import start_of
from portal.storage.people.succession import directed
from portal.storage.people.uninvited import not_activated, to_remind
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import Delegation, OneTimeLink, User
from tests.cast import AFTER, FAR_SCHOOL, NOW, OTHER_SCHOOL, SCHOOL, SITE, add_record
from tests.mail.letters import letters, readers, text, token_in
from tests.storage.together import at_once

pytestmark = pytest.mark.both_databases

TODAY, THEN = NOW.date(), date(2021, 2, 1)  # Thursday; Monday
NEXT = Successor("new@example.org", "Нов Директор", TODAY)
LATER = Successor("new@example.org", "Нов Директор", THEN)
EVERYBODY = ["ana@example.org", "dora@example.org", f"dir{SCHOOL}@example.org", "nora@example.org"]


def change(world, wanted=NEXT, code=SCHOOL, *, seen=None, now=NOW):
    return change_director(world.oleg, code, wanted, seen=seen, site=SITE, now=now)


def begin(token, *, now=NOW):
    typed = Activation("нова дълга парола", "нова дълга парола")
    return open_account(token, typed, site=SITE, now=now)


def active(person) -> bool:
    return User.get_by_id(person.user_id).is_active


def test_everybody_concerned_is_told_and_the_director_stays(world):
    user = change(world)

    assert readers("invitation") == ["new@example.org"]
    assert readers("director_change") == EVERYBODY
    assert active(world.ana)
    assert (user.role, user.institution_id, user.starts_on) == (Role.DIRECTOR, SCHOOL, TODAY)
    to_ana, to_dora, to_school, to_ruo = map(text, letters("director_change"))
    assert "покани Нов Директор за директор на 39. СУ „Отец Паисий“ от четвъртък, 28.01.2021 г." in to_ana
    assert "Достъпът ви остава, докато новият директор активира своя" in to_ana
    assert "Упълномощаването ви не се променя" in to_dora
    assert "Досегашният директор Ана Янева работи" in to_school
    assert to_school == to_ruo
    (entry,) = AuditEntry.select().where(AuditEntry.what == "director_invited")
    assert (entry.chain, entry.object, entry.content) == (SCHOOL, f"user:{user.id}", "2021-01-28")
    assert entry.who == world.oleg.user_id


def test_the_next_one_begins_as_the_one_before_ends(world):
    user = change(world)
    delegations = Delegation.select().where(Delegation.revoked_at.is_null()).count()

    begin(token_in(letters("invitation")[0]))

    assert not active(world.ana)
    assert User.get_by_id(user.id).is_active
    assert User.get_by_id(world.ana.user_id).disabled_at == User.get_by_id(user.id).activated_at
    assert Delegation.select().where(Delegation.revoked_at.is_null()).count() == delegations
    assert list(check_accounts(site=SITE)) == []


def test_before_the_first_day_nothing_begins(world):
    change(world, LATER)
    (letter,) = letters("invitation")
    assert "отворете тази връзка не по-рано от понеделник, 01.02.2021 г." in text(letter)
    token = token_in(letter)

    with pytest.raises(Conflict, match=r"Достъпът ви започва на 01\.02\.2021 г\."):
        begin(token, now=start_of(THEN) - timedelta(seconds=1))
    assert active(world.ana)

    begin(token, now=start_of(THEN))
    assert not active(world.ana)


def test_the_seven_days_run_from_the_first_day(world):
    change(world, LATER)
    link = find_link_of(letters("invitation")[0], now=start_of(THEN))
    assert link.expires_at == start_of(THEN) + timedelta(days=7)
    with pytest.raises(Conflict, match="изтече"):
        begin(token_in(letters("invitation")[0]), now=start_of(THEN) + timedelta(days=7))


def find_link_of(letter, *, now):
    return find_link(token_in(letter), site=SITE, now=now)


def test_an_invitation_that_is_sent_again_begins_no_earlier(world):
    user = change(world, LATER)
    resend(world.oleg, user.id, site=SITE, now=NOW + timedelta(hours=1))
    row = OutboxMessage.select().where(OutboxMessage.kind == "invitation").order_by(OutboxMessage.id.desc())
    with pytest.raises(Conflict, match="започва на"):
        begin(token_in(message_of(row.get(), site=SITE, now=NOW)), now=NOW + timedelta(hours=2))


def test_nobody_is_reminded_of_what_cannot_be_opened_yet(world):
    change(world, LATER)
    assert to_remind(not_activated(), now=start_of(THEN) + timedelta(hours=23)) == []
    for found in (to_remind(not_activated(), now=start_of(THEN) + timedelta(days=1)), not_activated()):
        assert [user.email for user in found] == [LATER.email]


def test_an_earlier_day_in_the_database_shows(world):
    user = change(world, LATER)
    User.update(starts_on=TODAY).where(User.id == user.id).execute()
    assert not is_marked(User.get_by_id(user.id), site=SITE)


def test_the_one_before_can_be_ended_at_once(world):
    change(world, Successor(NEXT.email, NEXT.name, TODAY, ends_now=True))

    assert not active(world.ana)
    assert "Достъпът ви е спрян на 28.01.2021 г., 10:00 ч." in text(letters("director_change")[0])
    assert "Ана Янева е спрян на 28.01.2021 г., 10:00 ч." in text(letters("director_change")[1])
    assert AuditEntry.get(AuditEntry.what == "account_disabled").object == f"user:{world.ana.user_id}"
    assert list(check_accounts(site=SITE)) == []


@pytest.mark.parametrize(
    ("wanted", "fields"),
    [
        (Successor("", "", None), ["name", "email", "first_day"]),
        (Successor("new@example.org", "Нов", THEN, ends_now=True), ["ends_now"]),
        (Successor("new@example.org", "Нов", date(2021, 5, 1)), ["first_day"]),
        (Successor("new@example.org", "Нов", date(2020, 1, 1)), ["first_day"]),
        (Successor("boris@example.org", "Борис", TODAY), ["email"]),
        (Successor("ana@example.org", "Ана", TODAY), ["email"]),
    ],
)
def test_says_all_that_does_not_hold_and_does_nothing(world, wanted, fields):
    for tried in (lambda: foresee(SCHOOL, wanted, now=NOW), lambda: change(world, wanted)):
        with pytest.raises(Refusal) as refusal:
            tried()
        assert [refusal.value.field, *(other.field for other in refusal.value.also)] == fields
    assert readers() == []
    assert active(world.ana)


def test_shows_what_it_sets_off_and_does_none_of_it(world):
    add_record(decision=Decision.CONFIRMED)
    add_record()
    accounts = User.select().count()

    foreseen = foresee(SCHOOL, Successor(" New@Example.org", " Нов  Директор ", TODAY), now=NOW)

    assert [reader.to for reader in foreseen.readers] == EVERYBODY
    assert foreseen.letters == len(EVERYBODY) + 1
    assert (foreseen.wanted.email, foreseen.wanted.name) == (NEXT.email, NEXT.name)
    assert [user.name for user in foreseen.found.current] == ["Ана Янева"]
    assert [row.user.name for row in foreseen.found.delegates] == ["Дора Илиева"]
    assert [(each.pending, each.total) for each in foreseen.found.unsigned] == [(1, 2)]
    assert User.select().count() == accounts
    assert readers() == []


def test_as_many_letters_as_were_shown(world):
    change(world, Successor("first@example.org", "Първи", TODAY))
    before = len(readers())
    foreseen = foresee(SCHOOL, NEXT, now=NOW)
    change(world, seen=foreseen.found.seen)
    assert len(readers()) - before == foreseen.letters


def test_an_invitation_that_waited_is_over_and_its_address_free(world):
    first = change(world, Successor("new@example.org", "Първи", THEN))
    token = token_in(letters("invitation")[0])

    second = change(world, Successor("new@example.org", "Нов Директор", TODAY), now=NOW + timedelta(hours=1))

    assert second.id != first.id
    assert [user.id for user in directed(SCHOOL, now=NOW).invited] == [second.id]
    assert text(letters("director_change_off")[0]).startswith("Здравейте, ЦИОО отмени поканата ви")
    with pytest.raises(Conflict, match="спрян"):
        begin(token, now=start_of(THEN))


def test_pressed_twice_is_once(world):
    seen = directed(SCHOOL, now=NOW).seen
    first, second = change(world, seen=seen), change(world, seen=seen)
    assert first.id == second.id
    assert readers() == [NEXT.email, *EVERYBODY]
    assert OneTimeLink.select().where(OneTimeLink.ended_at.is_null()).count() == 1


def test_two_operators_at_once_invite_one(world):
    seen = directed(SCHOOL, now=NOW).seen
    other = Successor("other@example.org", "Друг Директор", TODAY)
    done = at_once(lambda: change(world, seen=seen), lambda: change(world, other, seen=seen))
    assert {type(each) for each in done} == {User, Conflict}
    assert len(directed(SCHOOL, now=NOW).invited) == 1


def test_what_was_shown_must_still_be_so(world):
    seen = directed(SCHOOL, now=NOW).seen
    change(world, Successor("other@example.org", "Друг Директор", TODAY))
    with pytest.raises(Conflict) as conflict:
        change(world, seen=seen)
    assert str(conflict.value) == CHANGED


def test_where_nobody_directs_it_is_told_so(world):
    change(world, code=FAR_SCHOOL)
    assert readers("director_change") == [f"dir{FAR_SCHOOL}@example.org"]
    assert "няма директор в портала" in text(letters("director_change")[0])


def test_the_neighbour_is_not_touched(world):
    change(world)
    assert active(world.boris)
    assert world.boris.email not in readers()
    user = User.get(User.email == NEXT.email)
    with pytest.raises(NotFound):
        call_off(world.oleg, OTHER_SCHOOL, user.id, site=SITE, now=NOW)
    with pytest.raises(NotFound):
        call_off(world.oleg, SCHOOL, world.dora.user_id, site=SITE, now=NOW)


def test_is_called_off_and_all_are_told(world):
    user = change(world)
    token = token_in(letters("invitation")[0])
    call_off(world.oleg, SCHOOL, user.id, site=SITE, now=NOW)

    assert readers("director_change_off") == [NEXT.email, *EVERYBODY]
    assert active(world.ana)
    with pytest.raises(Conflict, match="спрян"):
        begin(token)
    call_off(world.oleg, SCHOOL, user.id, site=SITE, now=NOW)  # pressed twice
    assert len(readers("director_change_off")) == 1 + len(EVERYBODY)


def test_is_not_called_off_once_it_has_begun(world):
    user = change(world)
    begin(token_in(letters("invitation")[0]))
    with pytest.raises(Conflict) as conflict:
        call_off(world.oleg, SCHOOL, user.id, site=SITE, now=NOW)
    assert str(conflict.value) == BEGUN
    assert readers("director_change_off") == []


def test_a_closed_institution_needs_none(world):
    close_institution(world.oleg, SCHOOL, AFTER.date(), now=NOW)
    change(world)
    with pytest.raises(Conflict, match="закрита"):
        change(world, Successor("late@example.org", "Късен", AFTER.date()), now=AFTER)
    with pytest.raises(NotFound):
        change(world, code="9999999")
