"""GET /"""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.actions.campaigns.closing import close_institution
from portal.domain.campaigns.corrections import Why
from portal.domain.decisions import Decision
from portal.domain.people import Scope
from portal.domain.submissions import Lock
from portal.storage.loading.tables import Load
from portal.storage.tables.answers import CorrectionRequest
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import Delegation, User
from portal.storage.tables.register import RegisterMonth
from portal.storage.tables.signatures import Declaration, Signature, SignatureRemoval
from tests.cast import (
    AFTER,
    CLOSES,
    KINDERGARTEN,
    MONTH,
    NOW,
    OPENS,
    OTHER_SCHOOL,
    SCHOOL,
    add_record,
    change_delegations,
)

CARD = "#month-2020-12"


def mark(institution=SCHOOL, **changes):
    Submission.update(**changes).where(Submission.institution == institution).execute()


def add_campaign(month, opens, closes, **more):
    campaign = Campaign.create(month=month, opens_on=opens, closes_on=closes, made_at=NOW, **more)
    for institution in Institution.select():
        Submission.create(campaign=campaign, institution=institution)
    return campaign


def sign(person, *, removed=False):
    submission = Submission.get(Submission.institution == person.institution)
    declaration = Declaration.create(
        submission=submission,
        signatory=person.user_id,
        list_version=submission.version,
        institution_name=person.institution_name,
        signatory_name=person.name,
        authority=person.authority,
        issued_at=NOW,
        audit_head="0" * 64,
        previous="",
        content=b"{}",
        sha256="0" * 64,
    )
    signature = Signature.create(
        number=f"test/{declaration.id}",
        submission=submission,
        declaration=declaration,
        kind="password",
        signatory=person.user_id,
        value=b"signature",
        signed_at=NOW,
    )
    if removed:
        SignatureRemoval.create(signature=signature, reason="сгрешено", by=person.user_id, at=NOW)
    else:
        mark(person.institution, lock=Lock.SIGNED, signed_at=NOW)


@pytest.fixture
def ana(client, world):
    return client.sign_in(world.ana)


def test_leads_to_the_login(client):
    answer = client.get("/")

    assert (answer.status_code, answer.location) == (303, "/login")


class TestDirector:
    def test_sees_what_is_left_and_until_when(self, ana):
        add_record()
        add_record(decision=Decision.CONFIRMED)

        page = ana.get("/").page

        assert page.text(f"{CARD} h2") == "Декември 2020 г.: един запис за преглед"
        assert page.text(f"{CARD} .when") == "Остават 4 дни – до понеделник, 1 февруари 2021 г."
        assert "Решени 1 от 2" in page.text(CARD)
        assert page.one(f"{CARD} a.button").get("href") == "/confirmations/2020-12?state=pending"

    def test_cannot_overlook_that_nothing_is_signed(self, ana):
        add_record(decision=Decision.CONFIRMED)
        add_record(decision=Decision.REFUSED)

        page = ana.get("/").page

        assert page.text(f"{CARD} h2") == "Декември 2020 г.: готово, но неподписано"
        assert "is-wrong" in page.one(CARD).get("class")
        assert (
            "Без подпис нищо от това не се изпраща: към АСП се подава „няма информация“ за всяко дете."
            in page.text(CARD)
        )
        assert page.one(f"{CARD} a.button").get("href") == "/confirmations/2020-12/sign"

    def test_sees_both_modules_apart_and_together(self, ana, world):
        both = "#both-2020-12"
        add_record(decision=Decision.CONFIRMED)
        assert "карантина: не е потвърдена Остават и двете." in ana.get("/").page.text(both)

        sign(world.ana)
        shown = ana.get("/").page.text(both)
        assert "списък: подписано карантина: не е потвърдена Липсва едното: карантината." in shown

        RegisterMonth.create(campaign=world.campaign, institution=SCHOOL, confirmed_at=NOW)
        shown = ana.get("/").page.text(both)
        assert "списък: подписано карантина: потвърдена Приключили сте." in shown

    def test_reads_after_the_deadline_what_was_missed(self, ana, world):
        add_record()
        assert "Не бяха направени и двете." in ana.at(AFTER).get("/").page.text("#both-2020-12")

        RegisterMonth.create(campaign=world.campaign, institution=SCHOOL, confirmed_at=NOW)
        assert "Липсва едното: списъкът не беше подписан." in ana.get("/").page.text("#both-2020-12")

    def test_of_a_closed_institution_nothing_is_missing(self, ana):
        close_institution(None, SCHOOL, date(2021, 1, 20), now=NOW)

        assert not ana.get("/").page.has(".together")

    def test_says_with_one_button_that_nothing_is_there(self, ana):
        page = ana.get("/").page

        form = page.one(f"{CARD} form")
        assert form.get("action") == "/confirmations/2020-12/nothing"
        assert "Проверих – няма записи" in page.text(f"{CARD} button")
        answer = ana.send(form.get("action"))
        assert answer.status_code == 303
        assert "Отбелязано на 28.01.2021 г., 10:00 ч." in ana.get("/").page.text(CARD)
        assert not ana.get("/").page.has(f"{CARD} form")
        assert not ana.get("/").page.has(f"{CARD} .when")

    def test_is_at_ease_when_it_is_signed(self, ana, world):
        add_record(decision=Decision.CONFIRMED)
        sign(world.ana)

        page = ana.get("/").page

        assert page.text(f"{CARD} h2") == "Декември 2020 г.: подписано"
        assert "is-done" in page.one(CARD).get("class")
        hrefs = [link.get("href") for link in page.all(f"{CARD} a")]
        assert "/confirmations/2020-12/receipt.pdf" in hrefs
        assert "/confirmations/2020-12/history" in hrefs
        assert "/confirmations/2020-12/sign#unsign" in hrefs
        assert (
            page.text(f"{CARD} .when")
            == "Подписът може да се премахне до края на 1 февруари 2021 г. (понеделник); после е окончателен."
        )

    def test_is_offered_no_removal_that_cannot_be(self, ana, world):
        add_record(decision=Decision.CONFIRMED)
        sign(world.ana)

        Campaign.update(suspended_at=NOW, suspended_reason="Извънредно положение").execute()
        assert "премахн" not in ana.get("/").page.text(CARD)
        Campaign.update(suspended_at=None).execute()
        ana.at(AFTER)
        assert ana.get("/").page.text(f"{CARD} h2") == "Декември 2020 г.: окончателно"
        assert "премахн" not in ana.get("/").page.text(CARD)

    def test_hears_how_many_were_sent_back_and_are_not_signed(self, ana):
        add_record(decision=Decision.CONFIRMED)
        returned = "Изпратени обратно на ЦИОО като „не е наше дете“: 1. Не влизат в подписа."
        assert returned not in ana.get("/").page.text(CARD)
        for away in (add_record(family="Неповторимова"), add_record(OTHER_SCHOOL)):
            Record.update(submission=None, returned_at=NOW).where(Record.id == away.id).execute()

        answer = ana.get("/")

        assert returned in answer.page.text(CARD)
        assert "Неповторимова" not in answer.text

    @pytest.mark.parametrize("at", [NOW, AFTER])
    def test_reads_that_the_institution_is_closed_and_where_its_records_go(self, ana, world, at):
        add_record()
        close_institution(world.oleg, SCHOOL, NOW.date(), OTHER_SCHOOL, now=NOW)
        page = ana.at(at).get("/").page

        assert page.text(".notice.is-warning") == (
            "Институцията е закрита Институцията е закрита от 28 януари 2021 г.: подписаното остава, а "
            "записите, които не са подписани, се насочват от ЦИОО към 10. СУ „Христо Ботев“."
        )
        assert "декември 2020 г.: институцията е закрита" in page.text(CARD).lower()
        assert "Остават" not in page.text(CARD)
        assert not page.has(f"{CARD} .button")

    def test_reads_it_also_where_no_month_is_left(self, ana, world):
        close_institution(world.oleg, SCHOOL, NOW.date(), now=NOW)
        Submission.delete().where(Submission.institution == SCHOOL).execute()

        assert "се насочват от ЦИОО към други институции." in ana.get("/").page.text(".notice.is-warning")

    def test_reads_nothing_of_it_before_the_day(self, ana, world):
        add_record()
        close_institution(world.oleg, SCHOOL, AFTER.date(), now=NOW)

        assert "закрита" not in ana.get("/").page.text("main")

    def test_hears_loudly_of_a_signature_that_was_removed(self, ana, world):
        add_record(decision=Decision.CONFIRMED)
        sign(world.ana, removed=True)

        page = ana.get("/").page

        assert "is-wrong" in page.one(CARD).get("class")
        assert "Подписът е премахнат на 28.01.2021 г., 10:00 ч. и няма нов." in page.text(CARD)
        assert "няма информация" in page.text(CARD)

    def test_hears_nothing_of_it_once_signed_again(self, ana, world):
        add_record(decision=Decision.CONFIRMED)
        sign(world.ana, removed=True)
        sign(world.ana)

        assert "премахнат" not in ana.get("/").page.text(CARD)

    def test_hears_why_it_is_suspended(self, ana):
        add_record()
        Campaign.update(suspended_at=NOW, suspended_reason="Извънредно положение").execute()

        shown = ana.get("/").page.text(CARD)

        assert "Кампанията е спряна от ЦИОО. Причина: Извънредно положение" in shown
        assert "не се променят" in shown
        assert not ana.get("/").page.has(f"{CARD} a.button")

    def test_hears_how_many_figures_asp_changed(self, ana):
        add_record(figure_changed_at=NOW)
        add_record(figure_changed_at=NOW)
        add_record()

        assert "АСП е променила данните за 2 записа след вашето решение." in ana.get("/").page.text(CARD)

    def test_sees_a_list_before_it_has_a_deadline(self, ana):
        add_record()
        Campaign.update(opens_on=None, closes_on=None).execute()

        shown = ana.get("/").page.text(CARD)

        assert "Срокът още не е определен." in shown
        assert "Вижте списъка" in shown

    def test_sees_when_it_opens(self, ana):
        add_record()
        ana.at(datetime(2021, 1, 20, tzinfo=UTC))

        assert "Отваря се в понеделник, 25 януари 2021 г." in ana.get("/").page.text(CARD)

    @pytest.mark.parametrize(
        ("day", "said", "near"),
        [(29, "Остават 3 дни", False), (31, "Остава един ден", True), (32, "Днес е последният ден", True)],
    )
    def test_is_pressed_at_the_end(self, ana, day, said, near):
        add_record()
        ana.at(datetime(2021, 1, 1, 8, tzinfo=UTC) + timedelta(days=day - 1))

        page = ana.get("/").page

        assert page.text(f"{CARD} .when").startswith(said)
        assert ("is-near" in page.one(f"{CARD} .when").get("class")) is near

    def test_hears_that_it_was_missed(self, ana):
        add_record(decision=Decision.CONFIRMED)
        ana.at(AFTER)

        page = ana.get("/").page

        assert page.text(f"{CARD} h2") == "Декември 2020 г.: не е подписано"
        assert "Срокът изтече вчера" in page.text(CARD)
        assert "Не е подписано в срок: към АСП се подава „няма информация“." in page.text(CARD)
        assert not page.has(f"{CARD} a.button")

    def test_may_go_on_where_the_operator_made_an_exception(self, ana):
        add_record(decision=Decision.CONFIRMED)
        mark(reopened_until=AFTER + timedelta(hours=5))
        ana.at(AFTER)

        page = ana.get("/").page

        assert "отворен за вас до 02.02.2021 г., 15:00 ч." in page.text(CARD)
        assert page.one(f"{CARD} a.button").get("href") == "/confirmations/2020-12/sign"

    def test_finds_the_nearest_deadline_first(self, ana):
        add_record()
        add_record(campaign=add_campaign(MONTH.plus(1), OPENS, CLOSES - timedelta(days=2)))
        done = add_campaign(MONTH.plus(2), OPENS, CLOSES - timedelta(days=3))
        Submission.update(checked_at=NOW).where(Submission.campaign == done).execute()

        cards = [card.get("id") for card in ana.get("/").page.all("section[id^='month-']")]

        assert cards == ["month-2021-01", "month-2020-12", "month-2021-02"]

    def test_sees_of_the_answered_months_the_last(self, ana):
        add_campaign(MONTH.plus(-1), date(2020, 12, 1), date(2020, 12, 8), answered_at=NOW)
        add_campaign(MONTH.plus(-2), date(2020, 11, 1), date(2020, 11, 8), answered_at=NOW)

        cards = [card.get("id") for card in ana.get("/").page.all("section[id^='month-']")]

        assert cards == ["month-2020-12", "month-2020-11"]

    def test_hears_that_nothing_is_there_yet(self, ana):
        Submission.delete().execute()
        Campaign.delete().execute()

        assert "Засега няма нищо за потвърждаване." in ana.get("/").page.text("main")

    def test_sees_nothing_of_the_neighbours(self, ana):
        add_record(OTHER_SCHOOL, family="Чужда", figure_changed_at=NOW)

        text = ana.get("/").text

        assert "Чужда" not in text
        assert "АСП е променила" not in text

    def test_is_told_no_childs_name(self, ana):
        add_record(family="Неповторимова")

        assert "Неповторимова" not in ana.get("/").text


class TestDelegate:
    def test_sees_by_whose_order_and_until_when(self, client, world):
        page = client.sign_in(world.dora).get("/").page

        assert (
            "Упълномощени сте със заповед № РД-15/12.01.2021 от Ана Янева до 30.06.2021 г. включително."
            in page.text("main")
        )
        assert "подготвя решенията" in page.text("main")

    def test_who_may_not_sign_is_sent_to_the_director(self, client, world):
        add_record(decision=Decision.CONFIRMED)

        page = client.sign_in(world.dora).get("/").page

        assert not [link for link in page.all(f"{CARD} a") if "/sign" in link.get("href")]
        assert "Подписва директорът. Съобщете на директора, че списъкът е готов." in page.text(CARD)
        assert not page.has(f"{CARD} a.button")

    def test_who_may_not_sign_cannot_say_that_nothing_is_there(self, client, world):
        assert not client.sign_in(world.dora).get("/").page.has(f"{CARD} form")

    def test_who_may_sign_is_led_there(self, client, world):
        add_record(decision=Decision.CONFIRMED)
        dora = world.delegate(Scope.SIGN)

        assert (
            client.sign_in(dora).get("/").page.one(f"{CARD} a.button").get("href")
            == "/confirmations/2020-12/sign"
        )

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"until": date(2021, 1, 27)}, "Упълномощаването ви е изтекло"),
            ({"revoked_at": NOW}, "Упълномощаването ви е оттеглено"),
        ],
    )
    def test_hears_that_it_is_over_and_sees_no_list(self, client, world, changes, said):
        add_record()
        change_delegations(**changes)

        page = client.sign_in(world.dora).get("/").page

        assert said in page.text("main")
        assert not page.has("section.card")

    def test_works_to_the_last_day(self, client, world):
        change_delegations(until=date(2021, 1, 28))

        assert client.sign_in(world.dora).get("/").page.has(CARD)

    def test_hears_that_nothing_was_given_yet(self, client, world):
        Delegation.delete().execute()

        assert "Нямате упълномощаване" in client.sign_in(world.dora).get("/").page.text("main")


class TestRegion:
    @pytest.fixture
    def nora(self, client, world):
        return client.sign_in(world.nora)

    def test_sees_how_far_the_region_is_and_whom_to_call(self, nora, world):
        add_record(decision=Decision.CONFIRMED)
        add_record(OTHER_SCHOOL)
        mark(first_opened_at=NOW)
        User.update(disabled_at=NOW).where(User.id == world.boris.user_id).execute()

        page = nora.get("/").page

        assert "Приключили 0 от 3 институции (0 %) Списък: 0 от 3. Карантина: 0 от 3." in page.text(CARD)
        links = {link.text_content(): link.get("href") for link in page.all(f"{CARD} ul a[href*='state=']")}
        assert links == {
            "готови без подпис: 1": "/oversight/2020-12?state=ready",
            "неотваряли: 1": "/oversight/2020-12?state=unopened",
            "без активиран директор: 1": "/oversight/2020-12?state=undirected",
            "без записи и без „Проверих“: 1": "/oversight/2020-12?state=nothing",
        }
        calls = [" ".join(item.text_content().split()) for item in page.all(f"{CARD} h3 + ul li")]
        assert len(calls) == 3
        assert calls[0].startswith("10. СУ „Христо Ботев“ няма активиран достъп")
        assert calls[1].startswith("39. СУ „Отец Паисий“ готово, но неподписано")
        assert calls[2].startswith("ДГ № 13 „Детелина“ няма записи за потвърждаване")

    def test_the_first_to_call_are_those_of_the_call_list(self, nora, world):
        """A promise whose time has not come stands last there, whatever is at stake."""
        add_record(OTHER_SCHOOL)
        for _ in range(3):
            add_record()
        nora.send(f"/oversight/2020-12/calls/{SCHOOL}", outcome="promised", next_call="2021-01-29T14:00")

        there = [row.text_content() for row in nora.get("/oversight/2020-12/calls").page.all(".call h3")]
        here = [link.text_content() for link in nora.get("/").page.all(f"{CARD} h3 + ul li > a:first-child")]

        assert here == there
        assert here[-1] == "39. СУ „Отец Паисий“"

    def test_is_led_to_who_has_done_one_of_the_two(self, nora, world):
        mark(SCHOOL, checked_at=NOW, first_opened_at=NOW)
        RegisterMonth.create(campaign=world.campaign, institution=KINDERGARTEN, confirmed_at=NOW)

        page = nora.get("/").page

        assert "Списък: 1 от 3. Карантина: 1 от 3. Липсва само едното: 2" in page.text(CARD)
        assert page.one(f"{CARD} a[href*='module=one']").get("href") == "/oversight/2020-12?module=one"
        assert "проверено – няма записи липсва само карантината 02 900 0000" in page.text(f"{CARD} h3 + ul")

    def test_who_has_done_both_is_not_called(self, nora, world):
        for code in (SCHOOL, OTHER_SCHOOL, KINDERGARTEN):
            mark(code, checked_at=NOW)
            RegisterMonth.create(campaign=world.campaign, institution=code, confirmed_at=NOW)

        page = nora.get("/").page

        assert "Приключили 3 от 3 институции (100 %)" in page.text(CARD)
        assert not page.has(f"{CARD} h3")

    def test_is_not_asked_to_call_when_it_is_too_late(self, nora):
        add_record()
        nora.at(AFTER)

        assert not nora.get("/").page.has(f"{CARD} h3")

    def test_sees_no_child_and_no_other_region(self, nora):
        add_record(family="Неповторимова")
        text = nora.get("/").text

        assert "Неповторимова" not in text
        assert "Левски" not in text

    def test_hears_that_nothing_is_there_yet(self, nora):
        Submission.delete().execute()
        Campaign.delete().execute()

        assert "Още няма заредена кампания." in nora.get("/").page.text("main")


class TestOperator:
    @pytest.fixture
    def oleg(self, client, world):
        return client.sign_in(world.oleg)

    def test_sees_what_has_to_be_looked_after(self, oleg, world):
        for rejected in (9, 3):
            Load.create(
                kind="asp",
                campaign=world.campaign,
                file_name="ASPCONF1220.txt",
                sha256="0" * 64,
                encoding="windows-1251",
                rejected=rejected,
                at=NOW,
                is_finished=True,
            )
        Record.update(submission=None, returned_at=NOW).where(Record.id == add_record().id).execute()
        Campaign.update(closes_on=date(2021, 1, 31)).execute()

        shown = oleg.get("/").page.text(CARD)

        assert "Отхвърлени редове в последния файл на АСП: 3." in shown
        assert "Записи, върнати като „не е наше дете“: 1." in shown
        assert "31 януари 2021 г. (неделя) е в почивен ден" in shown

    def test_is_led_to_the_corrections_that_wait(self, oleg, world):
        for granted in (None, None, True):
            CorrectionRequest.create(
                campaign=world.campaign,
                institution=SCHOOL,
                record=add_record(),
                reason=Why.LATE_NOTE,
                document="№ 1",
                asked_by=world.ana.user_id,
                asked_at=NOW,
                granted=granted,
            )
        link = oleg.get("/").page.one("a[href='/campaigns/2020-12/corrections']")

        assert " ".join(link.text_content().split()) == "декември 2020 г. – 2"

    def test_hears_that_the_deadline_is_missing(self, oleg):
        Campaign.update(opens_on=None, closes_on=None).execute()

        assert "Срокът още не е определен." in oleg.get("/").page.text(CARD)

    def test_hears_that_the_answer_can_be_made(self, oleg):
        oleg.at(AFTER)

        assert "може да направите окончателния отговор" in oleg.get("/").page.text(CARD)

    def test_hears_of_letters_that_did_not_go(self, oleg):
        letter = {"recipient": "x@example.org", "kind": "test", "made_at": NOW, "not_before": NOW}
        OutboxMessage.create(**letter, sealed=b"x", error="отказано")
        OutboxMessage.create(**letter, state="given_up", error="няма такъв адрес")
        OutboxMessage.create(**letter, sealed=b"x")
        OutboxMessage.create(**letter, state="sent", sent_at=NOW)
        before = letter | {"made_at": NOW - timedelta(days=30)}
        OutboxMessage.create(**before, state="given_up", error="отдавна")

        shown = oleg.get("/").page.text(".notice.is-wrong")

        assert shown.startswith("Писма, които не стигнаха: 2")
        assert "Чакат изпращане: 2." in shown

    def test_hears_of_letters_that_only_wait(self, oleg):
        letter = {"recipient": "x@example.org", "kind": "test", "made_at": NOW, "not_before": NOW}
        OutboxMessage.create(**letter, sealed=b"x")

        assert "Писма в изходящата кутия: 1." in oleg.get("/").page.text(".notice")

    def test_hears_nothing_where_all_is_well(self, oleg):
        page = oleg.get("/").page

        assert not page.has(".notice")
        assert page.all(f"{CARD} li") == []

    def test_begins_with_an_empty_portal(self, oleg):
        Submission.delete().execute()
        Campaign.delete().execute()

        assert "Още няма заредена кампания." in oleg.get("/").page.text("main")
