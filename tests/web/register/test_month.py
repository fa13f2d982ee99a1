"""GET /quarantine/<YYYY-MM>, POST …/confirm, POST …/nothing"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.actions.register.entries import change
from portal.actions.register.keys.giving import give_key
from portal.actions.register.uses import give_reason
from portal.domain.people import Scope
from portal.storage.lists.school_days import forget_calendar
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.institutions import BandTerm, Closure
from portal.storage.tables.people import Login
from portal.storage.tables.register import Entry, Grant, RegisterMonth
from tests.actions.register.unlocked import (
    draft,
    entered,
    keep,
    opened_session,
    session_of,
    teacher,
    unlock,
)
from tests.cast import AFTER, EGNS, NOW, OTHER_SCHOOL, PASSWORD, SCHOOL, SITE
from tests.domain.invented import KALINA

HERE = "/quarantine/2020-12"
CONFIRM, NOTHING = f"{HERE}/confirm", f"{HERE}/nothing"
IN_DECEMBER = {"placed_on": date(2020, 12, 7), "planned_until": date(2020, 12, 18)}


def in_december(**changes):
    return draft(**IN_DECEMBER | changes)


def confirmed(institution=SCHOOL):
    row = RegisterMonth.get_or_none(RegisterMonth.institution == institution)
    return None if row is None else row.confirmed_at


def rows(page):
    return [" ".join(row.text_content().split()) for row in page.all("main tbody tr")]


@pytest.fixture
def empty(client, world):
    """Ана with the register unlocked and nobody in it."""
    return keep(client, world.ana)


@pytest.fixture
def ana(client, world):
    """With Калина and her teacher in quarantine in December."""
    entered(world.ana, in_december(), teacher(**IN_DECEMBER))
    return keep(client, world.ana)


class TestThePage:
    def test_shows_each_child_with_its_school_days_and_staff_apart(self, ana):
        page = ana.get(HERE).page

        child, worker = rows(page)
        assert KALINA.names in child
        assert "07.12.2020 – 18.12.2020" in child
        assert child.endswith("10")
        assert "учител" in worker
        assert "Деца и ученици: 1" in page.text()
        assert "не се броят дни" in page.text()

    def test_masks_the_identifier(self, ana):
        text = ana.get(HERE).text

        assert "124*****04" in text
        assert KALINA.id_number not in text

    def test_says_until_when_and_what_others_see(self, ana):
        text = ana.get(HERE).page.text()

        assert "1 февруари 2021 г." in text
        assert "РУО и ЦИОО виждат само че е потвърдено и кога" in text

    def test_says_how_a_class_that_nobody_knows_is_counted(self, client, world):
        entered(world.ana, in_december(class_code=None, class_name="Слънчо"))

        assert (
            "Класът не се разпознава: броено е като за I – III клас"
            in keep(client, world.ana).get(HERE).page.text()
        )

    def test_says_that_no_calendar_is_loaded(self, ana):
        assert "няма зареден училищен календар" not in ana.get(HERE).page.text()
        BandTerm.delete().execute()
        forget_calendar()

        assert "няма зареден училищен календар" in ana.get(HERE).page.text()

    @pytest.mark.parametrize("month", ["2020-11", "2021-01", "2099-12"])
    def test_of_a_month_without_a_campaign_offers_nothing(self, ana, month):
        page = ana.get(f"/quarantine/{month}").page

        assert "още няма кампания" in page.text()
        assert not page.has("#month form")

    def test_of_a_month_in_which_there_was_nobody_says_so(self, empty):
        page = empty.get(HERE).page

        assert "няма лица под карантина през декември 2020 г." in page.text()
        assert page.one("#month form").get("action") == NOTHING

    def test_is_a_part_for_htmx(self, ana):
        page = ana.get(HERE, htmx=True).page

        assert not page.is_whole
        assert KALINA.names in page.text("#month")

    def test_says_what_is_wrong_with_the_register_and_offers_nothing(self, ana):
        Entry.delete().where(Entry.id == Entry.select(Entry.id).limit(1)).execute()

        assert "Регистърът не е цял" in ana.get(HERE).page.text()
        assert ana.send(CONFIRM).status_code == 409

    def test_with_a_row_that_does_not_open_shows_the_others(self, client, world):
        [first, _] = entered(world.ana, in_december(first_name="Ани", id_number=EGNS[0]), in_december())
        Entry.update(sealed=b"\x01" + bytes(400)).where(Entry.id == first).execute()

        text = keep(client, world.ana).get(HERE).page.text()

        assert "Записи, които не могат да бъдат отворени: 1" in text
        assert KALINA.names in text

    def test_tells_the_audit_that_names_were_opened(self, ana, world):
        ana.get(HERE)
        ana.get(HERE)

        opened = [entry for entry in AuditEntry.select() if entry.what == "register_opened"]
        assert [entry.who for entry in opened] == [world.ana.user_id]


class TestConfirming:
    @pytest.mark.parametrize("htmx", [True, False])
    def test_is_stored_and_said(self, ana, htmx):
        answer = ana.send(CONFIRM, htmx=htmx)

        assert (answer.status_code, answer.location) == ((200, "") if htmx else (303, HERE))
        assert confirmed() == NOW
        page = answer.page if htmx else ana.get(HERE).page
        assert "Потвърдено на 28.01.2021 г., 10:00 ч. от Ана Янева" in page.text("#month")
        assert not page.has("#month form")

    def test_takes_what_its_own_form_sends(self, ana):
        page = ana.get(HERE).page
        form = page.one("#month form")

        assert form.get("action") == CONFIRM
        assert ana.send(CONFIRM, seen=page.fields(form)["seen"]).status_code == 303

    def test_does_not_confirm_what_was_not_seen(self, ana, world):
        seen = ana.get(HERE).page.one("[name=seen]").get("value")
        entered(world.ana, in_december(first_name="Ани", id_number=EGNS[0]))

        for htmx in (True, False):
            answer = ana.send(CONFIRM, seen=seen, htmx=htmx)
            assert answer.status_code == 409
            assert "Междувременно регистърът за месеца е променен" in answer.page.text(".error-summary")
            assert "Ани" in answer.page.text("#month")
        assert confirmed() is None

    @pytest.mark.parametrize("htmx", [True, False])
    def test_of_nobody_is_refused(self, empty, htmx):
        answer = empty.send(CONFIRM, htmx=htmx)

        assert answer.status_code == 409
        assert "Отбележете „няма лица“" in answer.page.text(".error-summary")

    def test_twice_is_once(self, ana):
        ana.send(CONFIRM)
        assert ana.send(CONFIRM).status_code == 303

        assert RegisterMonth.get().revision == 1


class TestNobody:
    @pytest.mark.parametrize("htmx", [True, False])
    def test_is_stored_and_said_in_the_same_words(self, empty, htmx):
        answer = empty.send(NOTHING, htmx=htmx)

        assert answer.status_code == (200 if htmx else 303)
        page = answer.page if htmx else empty.get(HERE).page
        assert "Потвърдено на 28.01.2021 г." in page.text("#month")
        assert confirmed() == NOW

    def test_the_cookie_does_not_tell_it_from_a_list(self, client, world):
        keep(client, world.vyara)
        client.send(NOTHING)
        nobody = client.http.get_cookie("flash", domain="localhost").value
        entered(world.ana, in_december())
        keep(client, world.ana)
        client.http.delete_cookie("flash", domain="localhost")
        client.send(CONFIRM)

        assert client.http.get_cookie("flash", domain="localhost").value.split(".")[0] == nobody.split(".")[0]

    @pytest.mark.parametrize("htmx", [True, False])
    def test_of_somebody_is_refused(self, ana, htmx):
        answer = ana.send(NOTHING, htmx=htmx)

        assert answer.status_code == 409
        assert "има лица: 2" in answer.page.text(".error-summary")
        assert KALINA.names in answer.page.text("#month")
        assert confirmed() is None


class TestAChangeLater:
    def test_asks_for_the_word_again(self, ana, world):
        ana.send(CONFIRM)
        entered(world.ana, in_december(first_name="Ани", id_number=EGNS[0]))

        page = ana.get(HERE).page

        assert "Чака ново потвърждение" in page.text()
        assert page.one("#month form").get("action") == CONFIRM
        assert "Какво беше потвърдено на 28.01.2021 г." in page.text("main summary")
        assert "Ани" not in page.text("main details")

    def test_of_the_school_days_is_told_and_can_be_confirmed(self, ana, world):
        ana.send(CONFIRM)
        Closure.create(
            institution=SCHOOL, first=date(2020, 12, 7), last=date(2020, 12, 8), order_number="1",
            made_at=NOW, made_by=world.ana.user_id,
        )  # fmt: skip

        page = ana.get(HERE).page
        assert "например неучебни дни" in page.text()
        assert "потвърдете отново" in page.text()

        ana.send(CONFIRM)
        assert "например неучебни дни" not in ana.get(HERE).page.text()

    def test_after_the_deadline_shows_both(self, ana, world):
        [entry_id] = [row.id for row in Entry.select() if row.revision == 1][:1]
        ana.send(CONFIRM)
        session = opened_session(world.ana, now=AFTER)
        change(
            world.ana,
            session,
            entry_id,
            lambda e: replace(e, released_on=date(2020, 12, 8)),
            seen=1,
            site=SITE,
            now=AFTER,
        )
        ana.at(AFTER)
        unlock(world.ana, ana.token, now=AFTER)

        page = ana.get(HERE).page

        assert confirmed() == NOW
        assert "Срокът изтече" in page.text()
        assert "Какво беше потвърдено" in page.text("main summary")
        assert not page.has("#month form")


@pytest.mark.parametrize("address", [CONFIRM, NOTHING])
class TestTooLateOrTooEarly:
    def test_nothing_changes_after_the_deadline(self, client, world, address):
        if address == CONFIRM:
            entered(world.ana, in_december())
        client.at(AFTER)
        answer = keep(client, world.ana).send(address)

        assert answer.status_code == 409
        assert "Срокът изтече" in answer.page.text(".error-summary")
        assert not answer.page.has("#month form")
        assert confirmed() is None

    def test_nor_while_it_is_suspended(self, empty, address):
        Campaign.update(suspended_at=NOW, suspended_reason="Пандемия").execute()
        answer = empty.send(address)

        assert answer.status_code == 409
        assert "спряна" in answer.page.text()

    def test_nor_before_the_window(self, client, world, address):
        client.at(NOW - timedelta(days=7))
        answer = keep(client, world.ana).send(address)

        assert answer.status_code == 409
        assert "отваря" in answer.page.text()

    def test_nor_where_there_is_no_campaign(self, empty, address):
        assert empty.send(address.replace("2020-12", "2020-11")).status_code == 404


def test_an_exception_of_the_operator_opens_it_again(client, world):
    Submission.update(reopened_until=AFTER + timedelta(days=1)).where(
        Submission.institution == SCHOOL
    ).execute()
    client.at(AFTER)

    assert keep(client, world.ana).send(NOTHING).status_code == 303


class TestWhileItIsLocked:
    def lock(self, client):
        Login.update(wrapped_x25519=None, unlocked_at=None).execute()
        return client

    def test_the_page_asks_for_the_password_and_names_nobody(self, ana):
        answer = self.lock(ana).get(HERE)

        assert answer.status_code == 200
        assert answer.page.has("input[type=password]")
        assert "Калина" not in answer.text

    def test_a_confirmation_is_kept_until_the_password_is_typed(self, ana):
        answer = self.lock(ana).send(CONFIRM)
        assert answer.status_code == 409
        assert confirmed() is None

        form = next(form for form in answer.page.all("form") if form.get("action") == CONFIRM)
        fields = answer.page.fields(form)
        fields.pop("csrf_token")
        password = form.xpath('.//input[@type="password"]')[0].get("name")
        answer = ana.send(CONFIRM, **fields | {password: PASSWORD})

        assert answer.status_code == 303
        assert confirmed() == NOW

    def test_without_the_key_it_says_who_can_help(self, ana):
        Grant.delete().execute()

        assert ana.get(HERE).status_code == 200
        assert ana.send(CONFIRM).status_code == 409
        assert "Калина" not in ana.get(HERE).text


class TestOthers:
    def test_the_neighbour_sees_and_confirms_only_their_own(self, client, world):
        entered(world.ana, in_december())
        boris = keep(client, world.boris)

        assert "Калина" not in boris.get(HERE).text
        assert boris.send(NOTHING).status_code == 303
        assert (confirmed(), confirmed(OTHER_SCHOOL)) == (None, NOW)

    @pytest.mark.parametrize("who", ["nora", "oleg"])
    def test_offices_have_no_part_in_it(self, client, world, who):
        client.sign_in(getattr(world, who))

        assert client.get(HERE).status_code == 403
        assert client.send(CONFIRM).status_code == 403
        assert client.send(NOTHING).status_code == 403

    def delegate(self, client, world, *scopes):
        dora = world.delegate(*scopes)
        keep(client, dora)
        give_key(world.ana, opened_session(world.ana), dora.user_id, site=SITE, now=NOW)
        give_reason(dora, session_of(client.token), "проверка на месеца", site=SITE, now=NOW)
        return client

    def test_a_delegate_who_may_not_sign_sees_it_and_cannot_confirm(self, client, world):
        entered(world.ana, in_december())
        dora = self.delegate(client, world, Scope.REGISTER)

        page = dora.get(HERE).page
        assert KALINA.names in page.text()
        assert not page.has("#month form")
        assert "Потвърждава директорът" in page.text()
        assert dora.send(CONFIRM).status_code == 403
        assert confirmed() is None

    def test_a_delegate_who_may_sign_confirms(self, client, world):
        entered(world.ana, in_december())
        dora = self.delegate(client, world, Scope.REGISTER, Scope.SIGN)

        assert dora.send(CONFIRM).status_code == 303
        assert "от Дора Илиева" in dora.get(HERE).page.text()

    def test_a_delegate_says_first_why_names_are_opened(self, client, world):
        entered(world.ana, in_december())
        dora = world.delegate(Scope.REGISTER)
        give_key(world.ana, opened_session(world.ana), dora.user_id, site=SITE, now=NOW)
        client.sign_in(dora)
        unlock(dora, client.token)

        answer = client.get(HERE)

        assert "Калина" not in answer.text
        assert "защо" in answer.page.text()

    @pytest.mark.parametrize("scopes", [(Scope.SIGN,), (Scope.DECIDE, Scope.SIGN)])
    def test_a_delegate_without_the_register_has_no_part(self, client, world, scopes):
        client.sign_in(world.delegate(*scopes))

        assert client.get(HERE).status_code == 403
        assert client.send(NOTHING).status_code == 403
