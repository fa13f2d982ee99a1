"""portal.actions.letters.access_news: what directors are told, and once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.actions.keys.throttle import Origin
from portal.actions.letters.access_news import mark_read
from portal.actions.people.activation import Activation, open_account
from portal.actions.people.delegations import Appointment, change, name_delegate, revoke
from portal.actions.people.login_steps import give_code
from portal.actions.people.logins import log_in
from portal.actions.people.own_account import forgot
from portal.actions.signing.signing import sign, unsign
from portal.crypto.tokens import token_digest
from portal.domain.decisions import Decision
from portal.domain.delegations import Terms
from portal.domain.errors import Conflict, Refusal
from portal.domain.keys.news import DAY, MOST_BROWSERS, TOLD_FOR, NewsKind
from portal.domain.people import Scope
from portal.storage.home.access_news import SHOWN, unread
from portal.storage.tables.access_news import AccessNews
from portal.storage.tables.people import User
from portal.storage.tables.signatures import Signature
from tests.actions.people.factor import code, with_factor
from tests.cast import MONTH, NOW, ORIGIN, PASSWORD, SITE, add_record
from tests.mail.letters import letters, readers, token_in

LATER = NOW + timedelta(minutes=5)


def terms(*scopes, until=date(2021, 3, 31)):
    return Terms(frozenset(scopes), "РД-20/28.01.2021", until)


def name(director, *scopes):
    wanted = Appointment("nina@example.org", "Нина Тодорова", terms(*scopes))
    return name_delegate(director, wanted, site=SITE, now=NOW)


ELSEWHERE = b"\x00" * 32  # another login of the person's


def lines(person, *, login=ELSEWHERE, now=LATER):
    return unread(person.user_id, login, now=now).lines


def enter(*, now=NOW, email="ana@example.org", **where):
    return log_in(email, PASSWORD, origin=Origin(**where), site=SITE, now=now)


class TestDelegateNamed:
    @pytest.mark.parametrize("scope", [Scope.SIGN, Scope.REGISTER])
    def test_the_director_is_told_who_may_what_now(self, world, scope):
        row = name(world.ana, Scope.DECIDE, scope)

        assert readers("delegate_named") == ["ana@example.org"]
        (letter,) = letters("delegate_named")
        assert "Нина Тодорова" in letter.body
        assert f"/delegates/{row.id}" in letter.body
        (line,) = lines(world.ana)
        assert (line.kind, line.name, line.delegation) == (NewsKind.DELEGATE_NAMED, "Нина Тодорова", row.id)
        assert scope in line.scopes

    def test_who_only_decides_is_no_news(self, world):
        name(world.ana, Scope.DECIDE)
        assert readers("delegate_named") == []
        assert lines(world.ana) == []

    def test_more_in_the_order_is(self, world):
        row = name(world.ana, Scope.DECIDE)
        row = change(world.ana, row.id, terms(Scope.DECIDE), site=SITE, now=NOW)
        assert readers("delegate_named") == []
        change(world.ana, row.id, terms(Scope.DECIDE, Scope.SIGN), site=SITE, now=NOW)
        assert readers("delegate_named") == ["ana@example.org"]

    def test_what_was_refused_is_not_told(self, world):
        with pytest.raises(Refusal):
            name_delegate(
                world.ana,
                Appointment("boris@example.org", "Борис Тодоров", terms(Scope.SIGN)),
                site=SITE,
                now=NOW,
            )
        assert AccessNews.select().count() == 0
        assert letters() == []

    def test_what_ends_is_none(self, world):
        row = name(world.ana, Scope.SIGN)
        revoke(world.ana, row.id, site=SITE, now=NOW)
        assert readers("delegate_named") == ["ana@example.org"]


class TestDelegateSigned:
    def test_the_director_of_the_place_is_told(self, world):
        add_record(decision=Decision.CONFIRMED)
        sign(world.delegate(Scope.SIGN), MONTH, PASSWORD, site=SITE, now=NOW)

        assert readers("delegate_signed") == ["ana@example.org"]
        (letter,) = letters("delegate_signed")
        assert "Дора Илиева, упълномощено лице" in letter.body
        (line,) = lines(world.ana)
        assert (line.kind, line.name, line.month) == (NewsKind.DELEGATE_SIGNED, "Дора Илиева", MONTH)
        assert lines(world.boris) == lines(world.dora) == []

    def test_what_the_director_signs_is_no_news(self, world):
        add_record(decision=Decision.CONFIRMED)
        sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
        assert letters("delegate_signed") == []

    def test_a_child_is_named_to_nobody(self, world):
        add_record(decision=Decision.CONFIRMED, family="Неповторимова")
        sign(world.delegate(Scope.SIGN), MONTH, PASSWORD, site=SITE, now=NOW)
        assert "Неповторимова" not in letters()[0].body + letters()[0].subject

    def test_what_was_not_signed_is_not_told(self, world):
        add_record(decision=Decision.CONFIRMED)
        with pytest.raises(Conflict):
            sign(world.delegate(Scope.SIGN), MONTH, PASSWORD, shown="0" * 64, site=SITE, now=NOW)
        assert letters() == []

    def test_each_signature_is_told(self, world):
        add_record(decision=Decision.CONFIRMED)
        dora = world.delegate(Scope.SIGN)
        for minutes in (0, 2):
            at = NOW + timedelta(minutes=minutes)
            sign(dora, MONTH, PASSWORD, site=SITE, now=at)
            unsign(dora, MONTH, "сгрешено", now=at + timedelta(minutes=1))
        assert readers("delegate_signed") == ["ana@example.org"] * 2

    def test_a_line_outlives_nothing_that_it_is_about(self, world):
        AccessNews.create(user=world.ana.user_id, kind=NewsKind.DELEGATE_SIGNED, thing="signature:7", at=NOW)
        assert not Signature.select().exists()
        assert lines(world.ana) == []


class TestNewBrowser:
    def test_the_first_of_all_is_no_news_and_the_second_is(self, world):
        enter()
        assert letters() == lines(world.ana) == []
        enter(now=LATER)
        assert readers("new_browser") == ["ana@example.org"]
        assert "/account\n" in letters()[0].body
        assert [line.kind for line in lines(world.ana)] == [NewsKind.NEW_BROWSER]

    def test_once_a_browser(self, world):
        device = enter().device
        other = enter(now=LATER).device
        for _ in range(2):
            for known in (device, other):
                enter(now=LATER, device=known)
        assert readers("new_browser") == ["ana@example.org"]

    def test_a_browser_that_somebody_else_uses_is_new_to_the_account(self, world):
        enter()
        theirs = enter(email="boris@example.org").device
        enter(now=LATER, device=theirs)
        assert readers("new_browser") == ["ana@example.org"]

    def test_is_not_told_to_who_is_in_it(self, world):
        """Nor can they wipe it out: the director does, who comes from elsewhere."""
        enter()
        here = token_digest(enter().token)
        assert lines(world.ana, login=here) == []
        mark_read(world.ana, 2**31 - 1, here)
        assert len(lines(world.ana)) == 1

    def test_before_the_code_nobody_is_in(self, world):
        with_factor(world.ana)
        enter()
        give_code(enter().token, code(), origin=ORIGIN, site=SITE, now=NOW)
        assert readers("new_browser") == []
        asked = enter(now=LATER)
        assert readers("new_browser") == []
        give_code(asked.token, code(LATER), origin=ORIGIN, site=SITE, now=LATER)
        assert readers("new_browser") == ["ana@example.org"]

    def test_an_address_in_a_letter_is_told_by_another_letter(self, world):
        enter()
        forgot("ana@example.org", origin=ORIGIN, site=SITE, now=NOW)
        typed = Activation("нова дълга парола", "нова дълга парола")
        open_account(token_in(letters()[-1]), typed, site=SITE, now=LATER)
        assert readers("password_changed") == ["ana@example.org"]
        assert readers("new_browser") == []

    def test_who_knows_the_password_can_fill_no_mailbox(self, world):
        enter()
        for _ in range(MOST_BROWSERS + 2):
            enter(now=LATER)
            mark_read(world.ana, 2**31 - 1, ELSEWHERE)
        assert len(readers("new_browser")) == MOST_BROWSERS
        enter(now=LATER + DAY)
        assert len(readers("new_browser")) == MOST_BROWSERS + 1


class TestReading:
    def test_what_was_read_goes_and_nothing_else(self, world):
        name(world.ana, Scope.SIGN)
        upto = unread(world.ana.user_id, ELSEWHERE, now=LATER).upto
        AccessNews.create(user=world.ana.user_id, kind=NewsKind.WRONG_PASSWORDS, at=LATER)
        theirs = AccessNews.create(user=world.boris.user_id, kind=NewsKind.WRONG_PASSWORDS, at=NOW)
        for _ in range(2):
            mark_read(world.ana, upto, ELSEWHERE)
        assert [line.kind for line in lines(world.ana)] == [NewsKind.WRONG_PASSWORDS]
        mark_read(world.ana, theirs.id, ELSEWHERE)
        assert len(lines(world.boris)) == 1

    def test_is_shown_for_two_months(self, world):
        name(world.ana, Scope.SIGN)
        assert lines(world.ana, now=NOW + TOLD_FOR - timedelta(seconds=1))
        assert lines(world.ana, now=NOW + TOLD_FOR) == []

    def test_then_the_rows_go_too(self, world):
        name(world.ana, Scope.SIGN)
        enter()
        enter(now=NOW + TOLD_FOR)
        assert [row.kind for row in AccessNews.select()] == [NewsKind.NEW_BROWSER]

    def test_many_are_shown_no_longer_than_a_screen_and_go_together(self, world):
        for _ in range(SHOWN + 5):
            AccessNews.create(user=world.ana.user_id, kind=NewsKind.WRONG_PASSWORDS, at=NOW)
        shown = unread(world.ana.user_id, ELSEWHERE, now=LATER)
        assert len(shown.lines) == SHOWN
        mark_read(world.ana, shown.upto, ELSEWHERE)
        assert lines(world.ana) == []

    def test_a_new_director_reads_nothing_of_the_one_before(self, world):
        name(world.ana, Scope.SIGN)
        assert lines(replace(world.ana, user_id=world.boris.user_id)) == []
        User.update(disabled_at=NOW).where(User.id == world.ana.user_id).execute()
        add_record(decision=Decision.CONFIRMED)
        sign(world.delegate(Scope.SIGN), MONTH, PASSWORD, site=SITE, now=NOW)
        assert readers("delegate_signed") == []
