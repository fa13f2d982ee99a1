"""/oversight/<YYYY-MM>/calls and …/calls/<institution>"""

from datetime import timedelta

import pytest

from portal.domain.decisions import Decision
from portal.domain.letters.fate import LetterState, Verdict
from portal.domain.people import Role
from portal.domain.submissions import Lock
from portal.storage.calls.tables import PhoneCall
from portal.storage.people.persons import person_of
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.db import db
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import User
from portal.storage.tables.register import RegisterMonth
from tests.cast import (
    AFTER,
    CLOSES,
    FAR_SCHOOL,
    KINDERGARTEN,
    MONTH,
    NOW,
    OPENS,
    OTHER_SCHOOL,
    SCHOOL,
    add_record,
    add_user,
)

HERE = "/oversight/2020-12/calls"
ONE = f"{HERE}/{SCHOOL}"
MINUTES = timedelta(minutes=1)


@pytest.fixture
def nora(client, world):
    return client.sign_in(world.nora)


@pytest.fixture
def rada(world):
    return person_of(add_user(Role.RUO, "Рада Желева", "rada@example.org", region=22), NOW.date())


@pytest.fixture
def january(world):
    """The calls of another month, which is open at the same time."""
    month = MONTH.plus(1)
    campaign = Campaign.create(month=month, opens_on=OPENS, closes_on=CLOSES, made_at=NOW)
    Submission.create(campaign=campaign, institution=SCHOOL, total=1, pending=1)
    return f"/oversight/{month}/calls"


def codes(answer) -> list[str]:
    return [row.get("id")[-7:] for row in answer.page.all(".call")]


def text(answer, code=SCHOOL) -> str:
    return answer.page.text(f"#call-{code}")


def done(*institutions):
    Submission.update(checked_at=NOW).where(Submission.institution.in_(institutions)).execute()
    for code in institutions:
        RegisterMonth.create(campaign=Campaign.get(), institution=code, confirmed_at=NOW)


def letter(recipient, **columns):
    OutboxMessage.create(
        recipient=recipient,
        kind="list_received",
        campaign=Campaign.get(),
        institution=SCHOOL,
        made_at=NOW,
        not_before=NOW,
        **columns,
    )


class TestTheList:
    def test_shows_who_is_late_and_all_that_a_caller_needs(self, nora):
        add_record()
        add_record(decision=Decision.CONFIRMED)
        Submission.update(first_opened_at=NOW).where(Submission.institution == SCHOOL).execute()
        letter("ana@example.org", state=LetterState.SENT, verdict=Verdict.ACCEPTED)
        letter("ana@example.org", state=LetterState.WAITS, verdict=Verdict.DEFERRED)
        letter("dir2200000@example.org", state=LetterState.GIVEN_UP, verdict=Verdict.UNKNOWN_ADDRESS)
        done(KINDERGARTEN)

        answer = nora.get(HERE)
        shown = text(answer)

        assert sorted(codes(answer)) == [SCHOOL, OTHER_SCHOOL]
        assert answer.page.text("h1") == "За обаждане за декември 2020 г.: 2"
        for words in (
            "39. СУ „Отец Паисий“",
            "за преглед: 1 от 2",
            "карантината за месеца не е потвърдена",
            "писмо до тях не е прието",
            "Ана Янева",
            "dir2200000@example.org",
            "списъкът е отворен на 28.01.2021 г., 10:00 ч.",
            "писма: приети 1, отложени 1, отказани 1",
            "Още не е търсена.",
        ):
            assert words in shown, words
        assert answer.page.one(f"#call-{SCHOOL} .call-phone a").get("href") == "tel:029000000"
        assert (
            answer.page.one(f"#call-{SCHOOL} h3 a").get("href") == f"/oversight/2020-12/institutions/{SCHOOL}"
        )

    def test_a_letter_that_was_taken_later_is_not_lost(self, nora):
        letter("ana@example.org", state=LetterState.GIVEN_UP, verdict=Verdict.REFUSED)
        letter("ana@example.org", state=LetterState.SENT, verdict=Verdict.ACCEPTED)
        assert "не е прието" not in text(nora.get(HERE))

    def test_says_the_day_of_the_last_look(self, client, world):
        client.sign_in(world.ana)
        assert "последно влизане: 28.01.2021" in text(client.sign_in(world.nora).get(HERE))
        assert "никога не е влизано" in text(client.get(HERE), OTHER_SCHOOL)

    def test_says_who_has_no_access(self, nora, world):
        User.update(activated_at=None).where(User.id == world.ana.user_id).execute()
        User.update(disabled_at=NOW).where(User.id == world.boris.user_id).execute()

        assert "Ана Янева – покана от 28.01.2021" in text(nora.get(HERE))
        assert "няма покана за директор" in text(nora.get(HERE), OTHER_SCHOOL)
        assert "няма директор с активиран достъп" in text(nora.get(HERE), OTHER_SCHOOL)

    def test_what_is_ready_goes_before_what_is_at_work(self, nora):
        for code in (SCHOOL, OTHER_SCHOOL):
            Submission.update(first_opened_at=NOW).where(Submission.institution == code).execute()
        add_record(decision=Decision.CONFIRMED)
        add_record(OTHER_SCHOOL)
        assert codes(nora.get(HERE))[0] == SCHOOL

    def test_a_row_leaves_by_itself(self, nora, world):
        assert SCHOOL in codes(nora.get(HERE))
        done(SCHOOL)
        assert SCHOOL not in codes(nora.get(HERE))

    def test_of_another_region_there_is_nothing(self, nora, world):
        assert FAR_SCHOOL not in codes(nora.get(HERE))
        assert FAR_SCHOOL not in codes(nora.get(HERE, region=3))
        for address in ("", "/claim", "/renew", "/release"):
            assert nora.send(f"{HERE}/{FAR_SCHOOL}{address}", outcome="no_answer").status_code == 404
        assert nora.get(f"{HERE}/{FAR_SCHOOL}").status_code == 404

    def test_the_operator_sees_the_country_or_a_region(self, client, world):
        client.sign_in(world.oleg)
        whole = client.get(HERE)
        assert {SCHOOL, FAR_SCHOOL} <= set(codes(whole))
        assert whole.page.has(f"a[href='{HERE}?region=3']")
        assert codes(client.get(HERE, region=3)) == [FAR_SCHOOL]
        assert client.send(f"{HERE}/{FAR_SCHOOL}", outcome="no_answer").location == (
            f"{HERE}?region=3#call-{FAR_SCHOOL}"
        )

    @pytest.mark.parametrize("who", ["ana", "dora"])
    def test_is_not_for_institutions(self, client, world, who):
        client.sign_in(getattr(world, who))
        assert client.get(HERE).status_code == 403
        assert client.send(ONE, outcome="no_answer").status_code == 403

    def test_is_empty_after_the_deadline_but_for_exceptions(self, client, nora):
        add_record()
        client.at(AFTER)
        assert "Срокът изтече" in nora.get(HERE).page.text("main")
        until = AFTER + 60 * MINUTES
        Submission.update(reopened_until=until).where(Submission.institution == SCHOOL).execute()
        assert codes(nora.get(HERE)) == [SCHOOL]
        assert "Списъкът е отворен с изключение до 02.02.2021 г., 11:00 ч." in text(nora.get(HERE))
        page = nora.get(f"{HERE}/{OTHER_SCHOOL}").page
        assert "Сега институцията не може да направи нищо и затова не е в списъка" in page.text("main")
        assert "с изключение" not in page.text("main")

    def test_a_suspended_month_says_so_and_why(self, nora, world):
        Campaign.update(suspended_at=NOW, suspended_reason="извънредно положение").execute()
        said = "Кампанията е спряна от ЦИОО. Причина: извънредно положение. Остават 4 дни"
        for address in (HERE, ONE, "/", "/oversight/2020-12"):
            assert said in nora.get(address).page.text("main"), address
        there = nora.get(f"/oversight/2020-12/institutions/{SCHOOL}").page.text(".facts")
        assert "Кампанията е спряна от ЦИОО. Остават 4 дни" in there

    def test_an_institution_without_an_address_has_its_directors(self, nora):
        Institution.update(email="").where(Institution.code == SCHOOL).execute()
        letter_to = nora.get(HERE).page.one(f"#call-{SCHOOL} a[href^='mailto:']")
        assert letter_to.get("href") == "mailto:ana@example.org"

    @pytest.mark.parametrize(
        "address", [HERE, ONE, "/", "/oversight/2020-12", f"/oversight/2020-12/institutions/{SCHOOL}"]
    )
    def test_dials_the_number_and_not_the_inside_line(self, nora, address):
        written = "02 900 0000 вътр. 5, 0888 111 222"
        Institution.update(phone=written).where(Institution.code == SCHOOL).execute()
        links = [each for each in nora.get(address).page.all("a") if each.text_content() == written]
        assert [each.get("href") for each in links] == ["tel:029000000"]

    def test_the_first_page_says_who_has_no_telephone(self, nora):
        Institution.update(phone="").where(Institution.code == SCHOOL).execute()
        rows = [each.text_content() for each in nora.get("/").page.all(".to-call")]
        assert ["няма телефон" in row for row in rows if "39. СУ" in row] == [True]
        assert ["няма телефон" in row for row in rows if "10. СУ" in row] == [False]

    def test_leads_to_each_of_its_parts(self, nora):
        nora.send(ONE, outcome="promised", next_call="2021-01-29T14:00")
        page = nora.get(HERE).page
        for link in page.all("main p > a[href^='#turn-']"):
            assert page.text(link.get("href")) == link.text_content()
        assert len(page.all("main p > a[href^='#turn-']")) == 2

    def test_the_first_page_says_too_who_is_calling(self, client, world, nora, rada):
        nora.send(f"{ONE}/claim")
        assert "Вие се обаждате от 10:00 ч." in nora.get("/").page.text("main")
        assert "Нора Петрова се обажда от 10:00 ч." in client.sign_in(rada).get("/").page.text("main")

    @pytest.mark.parametrize("htmx", [True, False])
    def test_the_table_of_the_region_says_it_beside_the_telephone(self, client, nora, rada, january, htmx):
        nora.send(f"{ONE}/claim")
        table = january.removesuffix("/calls")

        def contact(code=SCHOOL):
            return client.get(table, htmx=htmx).page.text(f"#institution-{code} .contact")

        assert "Вие се обаждате от 10:00 ч. за декември 2020 г." in contact()
        client.sign_in(rada)
        assert "Нора Петрова се обажда от 10:00 ч. за декември 2020 г." in contact()
        assert "обажда" not in client.get("/oversight/2020-12").page.text(f"#institution-{OTHER_SCHOOL}")
        client.at(NOW + 11 * MINUTES)
        assert "обажда" not in contact()

    def test_the_page_of_the_institution_says_it_above_the_telephone(self, client, nora, rada):
        there = ONE.replace("calls", "institutions")
        assert nora.get(there).page.has(f"a.button[href='{ONE}']")
        nora.send(f"{ONE}/claim")
        assert "Вие се обаждате от 10:00 ч." in nora.get(there).page.text(".call-head")
        assert nora.get(there).page.has(f"a.button[href='{ONE}']")

        page = client.sign_in(rada).get(there).page
        assert "Нора Петрова се обажда от 10:00 ч." in page.text(".call-head")
        assert not page.has(f"a.button[href='{ONE}']")

    def test_names_no_child_and_asks_for_no_record(self, nora, monkeypatch):
        record = add_record(family="Неповторимова", note="бележка", returned_note="друга")
        asked = []
        execute = db.obj.execute_sql
        monkeypatch.setattr(
            db.obj, "execute_sql", lambda sql, *more: asked.append(sql) or execute(sql, *more)
        )
        for address in (HERE, ONE):
            answer = nora.get(address)
            assert answer.status_code == 200
            assert "Неповторимова" not in answer.text
            assert record.id_number not in answer.text
        # A list is read beside one record by its id, of which there is none here: list_of().
        assert [sql for sql in asked if 'FROM "record"' in sql] == []

    def test_is_led_to_with_its_number(self, nora):
        done(KINDERGARTEN)
        for address in ("/", "/oversight/2020-12"):
            page = nora.get(address).page
            links = [each for each in page.all("main a") if each.get("href") == HERE]
            assert [" ".join(each.text_content().split()) for each in links] == ["За обаждане: 2"], address


class TestOneCall:
    def test_is_claimed_shown_to_the_others_and_noted(self, client, world, nora, rada):
        assert nora.send(f"{ONE}/claim").location == ONE
        page = nora.get(ONE).page
        assert "Обаждате се от 10:00 ч." in page.text("#turn")
        began = page.one("input[name=began]").get("value")

        client.sign_in(rada)
        assert "Нора Петрова се обажда от 10:00 ч." in text(client.get(HERE))
        assert not client.get(HERE).page.has(f"form[action='{ONE}/claim']")
        other = client.get(ONE).page
        assert not other.has("input[name=outcome]")
        taken = client.send(f"{ONE}/claim")
        assert taken.status_code == 409
        assert "Нора Петрова се обажда от 10:00 ч." in taken.page.text("main")

        client.sign_in(world.nora)
        sent = {
            "outcome": "promised",
            "next_call": "2021-01-28T14:00",
            "note": "Ще го подпише.",
            "began": began,
        }
        assert client.send(ONE, **sent).status_code == 303
        again = client.send(ONE, **sent)
        assert again.status_code == 409
        assert "Това обаждане вече е записано." in again.page.text("main")

        shown = text(client.sign_in(rada).get(HERE))
        assert "Обещано до 28.01.2021 г., 14:00 ч." in shown
        assert "Нора Петрова: обеща до 28.01.2021 г., 14:00 ч." in shown
        assert "Ще го подпише." in shown

    def test_a_promise_goes_below_and_on_top_when_its_time_has_passed(self, client, nora):
        add_record(decision=Decision.CONFIRMED)
        assert codes(nora.get(HERE))[0] == SCHOOL
        nora.send(ONE, outcome="promised", next_call="2021-01-28T12:00")
        assert codes(nora.get(HERE))[-1] == SCHOOL
        assert "Уговорено за по-късно: 1" in nora.get(HERE).page.text("main")

        client.at(NOW + 120 * MINUTES)
        assert codes(nora.get(HERE))[0] == SCHOOL
        assert "Обещано и неизпълнено: 1" in nora.get(HERE).page.text("main")

    def test_another_phone_stands_beside_the_official_one(self, nora):
        nora.send(ONE, outcome="other_phone", phone="0888 123 456")
        page = nora.get(HERE).page
        assert [each.get("href") for each in page.all(f"#call-{SCHOOL} .call-phone a")] == [
            "tel:029000000",
            "tel:0888123456",
        ]

    def test_is_seen_by_who_would_call_about_another_month(self, client, world, nora, rada, january):
        nora.send(f"{ONE}/claim")
        there = f"{january}/{SCHOOL}"
        said = "Нора Петрова се обажда от 10:00 ч. за декември 2020 г."

        client.sign_in(rada)
        assert said in text(client.get(january))
        page = client.get(there).page
        assert said in page.text(".notice")
        assert not page.has(f"form[action='{there}/claim']")
        assert client.send(f"{there}/claim").status_code == 409

        page = client.sign_in(world.nora).get(there).page
        assert "Обаждате се от 10:00 ч. за декември 2020 г." in page.text("#turn")
        assert page.one("#turn a").get("href") == ONE
        assert not nora.get(ONE).page.has("#turn a")
        assert "Обаждате се от 10:00 ч. за декември" in client.send(f"{there}/renew", htmx=True).page.text(
            "#turn"
        )

    def test_what_it_left_is_seen_in_another_month(self, client, nora, january):
        there = f"{january}/{SCHOOL}"
        nora.send(ONE, outcome="promised", next_call="2021-01-28T14:00", phone="0888 123 456")
        for address in (january, there, there.replace("calls", "institutions")):
            shown = nora.get(address).page.text("main")
            assert "казан при обаждане за декември 2020 г.: 0888 123 456" in shown, address
            assert "За декември 2020 г.: 28.01.2021 г., 10:00 ч. Нора Петрова: обеща до" in shown, address
        assert "Още не е търсена за този месец." in text(nora.get(january))
        assert "Предишни обаждания" not in nora.get(there).page.text("main")
        assert "казан при обаждане: 0888 123 456" in text(nora.get(HERE))

        client.at(NOW + 300 * MINUTES)
        shown = text(nora.get(january))
        assert "0888 123 456" in shown
        assert "обеща" not in shown

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({}, "outcome"),
            ({"outcome": "nonsense"}, "outcome"),
            ({"outcome": "promised"}, "next_call"),
            ({"outcome": "promised", "next_call": "утре"}, "next_call"),
            ({"outcome": "promised", "next_call": "2021-02-05T10:00"}, "next_call"),
            ({"outcome": "other_phone"}, "phone"),
            ({"outcome": "other", "note": "За 1351210628."}, "note"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(self, nora, fields, field):
        sent = {"note": "Нямат ток.", **fields}
        answer = nora.send(ONE, **sent)

        assert answer.status_code == 422
        assert answer.page.has(f"#{field}-error")
        assert answer.page.one("textarea[name=note]").text_content().strip() == sent["note"]
        assert PhoneCall.select().count() == 0

    def test_what_was_typed_is_kept_when_somebody_else_began(self, client, nora, rada, world):
        client.sign_in(rada).send(f"{ONE}/claim")
        answer = client.sign_in(world.nora).send(ONE, outcome="other", note="Нямат ток.")
        assert answer.status_code == 409
        assert "Рада Желева се обажда" in answer.page.text("main")
        assert answer.page.one("textarea[name=note]").text_content().strip() == "Нямат ток."

    def test_the_turn_is_renewed_by_the_page_and_by_its_button(self, client, nora):
        nora.send(f"{ONE}/claim")
        client.at(NOW + 8 * MINUTES)
        assert "до 10:18 ч." in nora.send(f"{ONE}/renew", htmx=True).page.text("#turn")
        assert nora.send(f"{ONE}/renew").location == ONE
        client.at(NOW + 40 * MINUTES)
        assert "изтече" in nora.send(f"{ONE}/renew", htmx=True).page.text("#turn")
        nora.send(f"{ONE}/renew")
        assert "Времето за това обаждане изтече" in nora.get(ONE).page.text("main")

    def test_who_talked_too_long_is_told_who_calls_by_now(self, client, world, nora, rada):
        nora.send(f"{ONE}/claim")
        client.at(NOW + 11 * MINUTES)
        client.sign_in(rada).send(f"{ONE}/claim")

        said = client.sign_in(world.nora).send(f"{ONE}/renew", htmx=True).page.text("#turn")
        assert "Рада Желева се обажда от 10:11 ч." in said
        assert "може да се запише, след като приключи" in said

    def test_that_somebody_else_began_is_said_once(self, client, world, nora, rada):
        client.sign_in(rada).send(f"{ONE}/claim")
        said = client.sign_in(world.nora).send(f"{ONE}/claim").page.text("main")
        assert said.count("Рада Желева се обажда") == 1

    def test_says_what_follows(self, client, nora):
        nora.send(ONE, outcome="no_answer")
        assert "записано. Следващо: 28.01.2021 г., 11:00 ч." in nora.get(HERE).page.text("main")
        client.at(NOW + MINUTES)
        nora.send(ONE, outcome="other_phone", phone="0888 123 456")
        assert "записано. Може да се търси веднага." in nora.get(HERE).page.text("main")

    def test_no_next_call_is_told_where_none_helps(self, client, nora):
        done(SCHOOL)
        client.at(NOW + MINUTES)
        nora.send(ONE, outcome="no_answer")
        told = nora.get(HERE).page.text("main")
        assert "записано. Институцията вече не е в списъка за обаждане." in told

    def test_is_left(self, client, world, nora, rada):
        nora.send(f"{ONE}/claim")
        assert nora.send(f"{ONE}/release").status_code == 303
        assert client.sign_in(rada).get(HERE).page.has(f"form[action='{ONE}/claim']")

    def test_who_is_done_is_not_called(self, nora):
        done(SCHOOL)
        page = nora.get(ONE).page
        assert "Институцията приключи и вече не е в списъка за обаждане." in page.text("main")
        assert not page.has("input[name=outcome]")
        assert nora.send(f"{ONE}/claim").status_code == 409

    def test_stands_in_the_history_of_the_institution(self, client, world, nora):
        nora.send(ONE, outcome="no_answer")
        told = client.sign_in(world.ana).get("/audit").page.text("main")
        assert "отбеляза обаждане до институцията" in told

    def test_a_month_or_institution_that_is_not_there_is_not_found(self, nora):
        assert nora.get("/oversight/2019-05/calls").status_code == 404
        assert nora.get(f"{HERE}/9999999").status_code == 404

    def test_an_erased_month_takes_no_call(self, nora):
        Submission.update(lock=Lock.ERASED).execute()
        assert nora.send(ONE, outcome="no_answer").status_code == 409
