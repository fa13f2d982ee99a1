"""portal.actions.letters.links: one-time addresses, condition by condition."""

from datetime import timedelta

import pytest

from portal.actions.letters.links import (
    ACTIVATE,
    LIFETIME,
    RENEW,
    STOPPED,
    USED,
    begin_link,
    end_all_links,
    end_links,
    find_link,
    make_link,
    use_link,
    was_just_asked,
)
from portal.crypto.tokens import token_digest
from portal.domain.accounts import SECOND_CLICK
from portal.domain.errors import Conflict, NotFound
from portal.storage.tables.db import writing
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import OneTimeLink, User
from tests.cast import NOW, SITE

SOON = NOW + timedelta(seconds=30)
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def ana(world) -> User:
    """Invited long ago."""
    User.update(invited_at=NOW - timedelta(days=30)).execute()
    return User.get_by_id(world.ana.user_id)


@pytest.fixture
def boris(world) -> User:
    return User.get_by_id(world.boris.user_id)


def link(user, purpose=RENEW, now=NOW) -> str:
    with writing():
        return make_link(user, purpose, site=SITE, now=now)


def row_of(token) -> OneTimeLink:
    return OneTimeLink.get_by_id(token_digest(token))


def use(token, now=SOON) -> User:
    with writing():
        return use_link(find_link(token, site=SITE, now=now), now=now)


class TestJustAsked:
    def test_a_moment_ago_and_no_longer(self, ana):
        link(ana)
        assert was_just_asked(ana, RENEW, now=SOON)
        assert not was_just_asked(ana, RENEW, now=NOW + SECOND_CLICK)

    def test_for_the_same_purpose_by_the_same_person(self, ana, boris):
        link(ana)
        assert not was_just_asked(ana, ACTIVATE, now=SOON)
        assert not was_just_asked(boris, RENEW, now=SOON)

    def test_somebody_elses_letter_is_not_ones_own(self, ana, boris):
        link(boris, now=NOW - timedelta(minutes=10))  # opens still, and was asked for long ago
        link(ana)
        assert not was_just_asked(boris, RENEW, now=SOON)

    def test_what_an_invitation_ended_does_not_open(self, ana):
        link(ana)
        link(ana, ACTIVATE, now=SOON)
        assert not was_just_asked(ana, RENEW, now=SOON)

    def test_an_invitation_sent_again_counts_where_the_account_is_old(self, ana):
        link(ana, ACTIVATE)
        assert was_just_asked(ana, ACTIVATE, now=SOON)

    def test_where_the_address_opens_no_more_another_letter_is_sent(self, ana):
        use(link(ana))
        assert not was_just_asked(ana, RENEW, now=SOON)

    def test_the_invitation_that_made_the_account_is_not_meant(self, ana):
        ana.invited_at = NOW
        link(ana, ACTIVATE)
        assert not was_just_asked(ana, ACTIVATE, now=SOON)
        link(ana, ACTIVATE, now=SOON)
        assert was_just_asked(ana, ACTIVATE, now=SOON)

    def test_which_is_no_letter_about_a_password(self, ana):
        ana.invited_at = NOW
        link(ana)
        assert was_just_asked(ana, RENEW, now=SOON)


class TestEnding:
    def test_a_new_one_ends_those_before_and_nobody_elses(self, ana, boris):
        first, others = link(ana), link(boris)
        link(ana, now=SOON)
        with pytest.raises(Conflict):
            find_link(first, site=SITE, now=SOON)
        assert find_link(others, site=SITE, now=SOON).user_id == boris.id

    def test_what_was_over_keeps_when_it_was_over(self, ana):
        over = link(ana)
        day_after = NOW + LIFETIME[RENEW] + timedelta(days=1)
        with writing():
            end_links(ana, now=day_after)
            end_all_links(now=day_after)
        assert row_of(over).ended_at is None
        with pytest.raises(Conflict, match=r"изтече на 28\.01\.2021 г\., 11:00"):
            find_link(over, site=SITE, now=day_after)

    def test_all_that_open_end_together(self, ana, boris):
        tokens = [link(ana), link(boris, ACTIVATE)]
        with writing():
            assert end_all_links(now=SOON) == 2
        for token in tokens:
            with pytest.raises(Conflict):
                find_link(token, site=SITE, now=SOON)


class TestBeginning:
    """The time of a letter's address runs from when it was sent."""

    def begun(self, user, made_at=NOW):
        with writing():
            letter = OutboxMessage(kind="password_reset", user=user.id, made_at=made_at)
            begin_link(letter, site=SITE, now=LATER)

    def test_of_the_letter_that_was_sent_and_of_no_other(self, ana):
        older = link(ana)
        newer = link(ana, now=SOON)
        self.begun(ana, made_at=SOON)
        assert row_of(newer).expires_at == LATER + LIFETIME[RENEW]
        assert row_of(older).expires_at == NOW + LIFETIME[RENEW]
        assert find_link(newer, site=SITE, now=LATER)

    @pytest.mark.parametrize("change", [{"used_at": NOW}, {"ended_at": NOW}])
    def test_what_was_used_or_ended_meanwhile_stays_so(self, ana, change):
        token = link(ana)
        OneTimeLink.update(**change).execute()
        self.begun(ana)
        assert row_of(token).expires_at == NOW + LIFETIME[RENEW]

    def test_what_the_portal_did_not_make_is_not_made_good(self, ana, boris):
        token = link(boris)
        OneTimeLink.update(user=ana).execute()
        self.begun(ana)
        with pytest.raises(NotFound):
            find_link(token, site=SITE, now=LATER)

    def test_a_letter_without_an_address_begins_none(self, ana):
        token = link(ana)
        with writing():
            begin_link(OutboxMessage(kind="list_received", user=ana.id, made_at=NOW), site=SITE, now=LATER)
        assert row_of(token).expires_at == NOW + LIFETIME[RENEW]


class TestUsing:
    def test_works_once(self, ana):
        token = link(ana)
        assert use(token).id == ana.id
        with pytest.raises(Conflict, match=USED[:30]):
            find_link(token, site=SITE, now=SOON)

    def test_of_two_that_found_it_the_second_is_told(self, ana):
        found = find_link(link(ana), site=SITE, now=NOW)
        with writing():
            use_link(found, now=NOW)
        with writing(), pytest.raises(Conflict, match=USED[:30]):
            use_link(found, now=SOON)

    @pytest.mark.parametrize("change", [{"ended_at": NOW}, {"expires_at": NOW}])
    def test_nor_what_ended_meanwhile(self, ana, change):
        found = find_link(link(ana), site=SITE, now=NOW)
        OneTimeLink.update(**change).execute()
        with writing(), pytest.raises(Conflict):
            use_link(found, now=SOON)

    def test_a_stopped_account_is_not_opened_before_or_after(self, ana):
        token = link(ana)
        found = find_link(token, site=SITE, now=NOW)
        User.update(disabled_at=NOW).where(User.id == ana.id).execute()
        with pytest.raises(Conflict, match=STOPPED[:20]):
            find_link(token, site=SITE, now=SOON)
        with pytest.raises(Conflict, match=STOPPED[:20]), writing():
            use_link(found, now=SOON)
        assert row_of(token).used_at is None

    def test_what_the_portal_did_not_make_opens_nothing(self, ana, boris):
        token = link(ana)
        OneTimeLink.update(user=boris).execute()
        with pytest.raises(NotFound):
            find_link(token, site=SITE, now=SOON)

    def test_its_time_is_over_to_the_second(self, ana):
        token = link(ana)
        last = NOW + LIFETIME[RENEW]
        assert find_link(token, site=SITE, now=last - timedelta(seconds=1))
        with pytest.raises(Conflict, match="Поискайте нова от „Забравена парола“"):
            find_link(token, site=SITE, now=last)
