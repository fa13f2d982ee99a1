"""GET / and GET /quarantine/: months of the register that wait, and registers that will be erased."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.actions.register.months import say_nobody
from portal.domain.people import Scope
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.institutions import Institution
from portal.storage.tables.register import Collection
from tests.actions.register.unlocked import draft, entered, keep, opened_session, unlock
from tests.cast import AFTER, MONTH, NOW, SCHOOL, SITE

CARD = "#register-2020-12"


@pytest.fixture
def ana(client, world):
    return client.sign_in(world.ana)


class TestAMonthToConfirm:
    def test_stands_on_the_first_page_with_the_way_to_it(self, ana):
        page = ana.get("/").page

        assert "декември 2020 г.: не е потвърдено" in page.text(CARD)
        assert page.one(f"{CARD} a").get("href") == "/quarantine/2020-12"
        assert "is-wrong" not in page.one(CARD).get("class")

    def test_is_loud_when_the_deadline_is_near(self, ana):
        ana.at(NOW + timedelta(days=2))

        assert "is-wrong" in ana.get("/").page.one(CARD).get("class")

    def test_names_nobody(self, client, world):
        entered(world.ana, draft())

        assert "Калина" not in client.sign_in(world.ana).get("/").text

    def test_turns_green_when_it_is_confirmed_and_stays(self, ana, world):
        say_nobody(world.ana, opened_session(world.ana), MONTH, site=SITE, now=NOW)
        for now in (NOW, AFTER):
            page = ana.at(now).get("/").page
            assert "is-done" in page.one(CARD).get("class")
            assert "потвърдено Потвърдено на 28.01.2021 г., 10:00 ч." in page.text(CARD)
            assert not page.has(f"{CARD} .button")

    def test_comes_back_when_it_is_opened_again(self, ana, world):
        say_nobody(world.ana, opened_session(world.ana), MONTH, site=SITE, now=NOW)
        entered(world.ana, draft(placed_on=date(2020, 12, 7), planned_until=date(2020, 12, 18)))

        page = ana.get("/").page
        assert "не е потвърдено" in page.text(CARD)
        assert "is-done" not in page.one(CARD).get("class")

    def test_is_red_after_the_deadline_and_stays(self, ana):
        page = ana.at(AFTER).get("/").page

        assert "is-wrong" in page.one(CARD).get("class")
        assert "не е потвърдено в срок Срокът изтече вчера" in page.text(CARD)
        assert "обадете се на ЦИОО" in page.text(CARD)
        assert not page.has(f"{CARD} .button")
        Campaign.update(answered_at=AFTER).execute()
        assert "не е потвърдено в срок" in ana.get("/").page.text(CARD)

    def test_is_not_asked_for_what_the_neighbour_has_said(self, ana, world):
        say_nobody(world.boris, opened_session(world.boris), MONTH, site=SITE, now=NOW)

        assert "не е потвърдено" in ana.get("/").page.text(CARD)

    def test_is_not_asked_for_before_the_window_nor_while_suspended(self, ana):
        assert not ana.at(NOW - timedelta(days=7)).get("/").page.has(CARD)
        Campaign.update(suspended_at=NOW).execute()
        for now in (NOW, AFTER):
            assert not ana.at(now).get("/").page.has(CARD)

    def test_a_closed_institution_has_missed_nothing(self, ana):
        Institution.update(closed_on=date(2021, 1, 15)).where(Institution.code == SCHOOL).execute()
        assert not ana.at(AFTER).get("/").page.has(CARD)

    def test_is_asked_for_while_an_exception_runs(self, ana):
        Submission.update(reopened_until=AFTER + timedelta(days=1)).where(
            Submission.institution == SCHOOL
        ).execute()

        assert ana.at(AFTER).get("/").page.has(CARD)

    def test_is_shown_to_a_delegate_of_the_register_and_to_no_other(self, client, world):
        client.sign_in(world.delegate(Scope.REGISTER))
        assert "Потвърждава директорът" in client.get("/").page.text(CARD)
        client.sign_in(world.delegate(Scope.REGISTER, Scope.SIGN))
        assert "Потвърждава директорът" not in client.get("/").page.text(CARD)
        client.sign_in(world.delegate(Scope.DECIDE, Scope.SIGN))
        assert not client.get("/").page.has(CARD)
        assert not client.at(AFTER).get("/").page.has(CARD)

    def test_says_beside_the_months_of_the_register_how_each_stands(self, client, world):
        here = keep(client, world.ana)
        assert "Месец декември 2020 г. не е потвърдено" in here.get("/quarantine/").page.text(".sections")
        say_nobody(world.ana, opened_session(world.ana), MONTH, site=SITE, now=NOW)
        assert here.get("/quarantine/").page.text(".sections .tag.is-done") == "потвърдено"

    def test_says_so_on_the_month_itself(self, client, world):
        unlock(world.ana, client.sign_in(world.ana).at(AFTER).token, now=AFTER)
        page = client.get("/quarantine/2020-12").page
        assert "Не е потвърдено в срок" in page.text(".notice.is-wrong")

    def test_is_linked_where_there_is_no_envelope_yet_and_where_the_register_is(self, ana, client, world):
        assert ana.get("/quarantine/").page.has("main a[href='/quarantine/2020-12']")
        entered(world.ana, draft())
        assert keep(client, world.ana).get("/quarantine/").page.has("main a[href='/quarantine/2020-12']")


class TestARegisterThatWillBeErased:
    SENTENCE = "Регистърът за 2020/2021 ще бъде изтрит на 31.12.2021 г."

    def test_is_told_all_the_time_where_the_register_is(self, client, world):
        entered(world.ana, draft())

        assert self.SENTENCE in keep(client, world.ana).get("/quarantine/").page.text()

    def test_is_told_on_the_first_page_two_months_before(self, client, world):
        entered(world.ana, draft())
        client.sign_in(world.ana)

        assert self.SENTENCE not in client.at(datetime(2021, 10, 31, 8, tzinfo=UTC)).get("/").page.text()
        assert self.SENTENCE in client.at(datetime(2021, 11, 1, 8, tzinfo=UTC)).get("/").page.text()

    def test_is_not_told_once_it_is_erased_nor_to_others(self, client, world):
        entered(world.ana, draft())
        client.at(datetime(2021, 12, 1, 8, tzinfo=UTC))

        assert self.SENTENCE not in client.sign_in(world.boris).get("/").page.text()
        Collection.update(erased_at=NOW).execute()
        assert self.SENTENCE not in client.sign_in(world.ana).get("/").page.text()
