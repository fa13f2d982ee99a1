"""/letters: each person's own, an institution's, and the addresses that take none."""

from datetime import timedelta

import pytest

from portal.actions.letters.announcements import announce_director
from portal.actions.letters.campaign_letters import tell_of_list
from portal.actions.letters.occasions import About, queue
from portal.actions.letters.sending import deliver
from portal.actions.people.accounts import send_reset
from portal.domain.letters.kinds import Occasion
from portal.mail.messages import News
from portal.storage.letters.readers import Reader
from portal.storage.tables.db import writing
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import DeclinedLetter, OutboxMessage
from portal.storage.tables.people import User
from tests.cast import FAR_SCHOOL, NOW, OTHER_SCHOOL, SCHOOL, SITE, add_record
from tests.mail.mail_server import Sink, mail_to

ABOUT_LIST = "Списък от АСП за декември 2020 г., срок 01.02.2021: 39. СУ „Отец Паисий“"


@pytest.fixture
def sent(world):
    """Ана and Вяра were written to, Борис's address takes nothing; a letter to Дора waits."""
    add_record(SCHOOL)
    tell_of_list(world.campaign, now=NOW)
    sink = Sink()
    sink.unknown = {"boris@example.org": "550 5.1.1 <boris@example.org>: no such user"}
    with mail_to(sink) as url:
        deliver(url, "portal@portal.example.bg", site=SITE, clock=lambda: NOW)
    with writing():
        about = About(Occasion.LIST_CHANGED, "submission:1/9", world.campaign.id, {"added": 1, "removed": 0})
        queue(about, [Reader("dora@example.org", SCHOOL, world.dora.user_id)], now=NOW)
    return world


def rows(page) -> list[str]:
    return [" ".join(row.text_content().split()) for row in page.all("tbody tr")]


class TestOwn:
    def test_everybody_sees_what_they_were_written(self, client, sent):
        page = client.sign_in(sent.vyara).get("/letters/").page
        (line,) = rows(page)
        assert "Списък от АСП за декември 2020 г." in line
        assert "предадено28.01.2021 г., 10:00 ч." in line.replace("\xa0", " ")
        assert "прието (250)" in line

    def test_a_director_sees_those_to_the_institution_too(self, client, sent):
        found = rows(client.sign_in(sent.ana).get("/letters/").page)
        assert len(found) == 2
        assert "Дора Илиева" in found[0]
        assert "чака изпращане" in found[0]
        assert "Ана Янева" in found[1]

    def test_a_delegate_sees_only_their_own(self, client, sent):
        (line,) = rows(client.sign_in(sent.dora).get("/letters/").page)
        assert "Добавени или свалени записи" in line

    def test_what_was_refused_is_said_so(self, client, sent):
        (line,) = rows(client.sign_in(sent.boris).get("/letters/").page)
        assert "не е прието" in line
        assert "няма такъв адрес (550 5.1.1)" in line

    def test_an_office_reads_of_which_institution_each_is(self, client, world):
        with writing():
            for director in (world.ana, world.boris):
                user = User.get_by_id(director.user_id)
                announce_director(user, [], news=News.RENEWED, site=SITE, now=NOW)
        found = rows(client.sign_in(world.nora).get("/letters/").page)
        assert [line.partition("чака")[0].partition("28.01")[0].strip() for line in found] == [
            "Подновен профил на директор: 10. СУ „Христо Ботев“",
            "Подновен профил на директор: 39. СУ „Отец Паисий“",
        ]

    def test_who_was_not_written_to_reads_that(self, client, sent):
        assert "Още няма писма." in client.sign_in(sent.nora).get("/letters/").page.text("main")

    def test_older_ones_stand_behind_a_button(self, client, world):
        for number in range(101):
            OutboxMessage.create(
                recipient="nora@example.org",
                user=world.nora.user_id,
                kind="new_browser",
                state="sent",
                made_at=NOW + timedelta(minutes=number),
                not_before=NOW,
                sent_at=NOW,
            )
        page = client.sign_in(world.nora).get("/letters/").page
        assert len(rows(page)) == 100
        address = page.one("main a.button").get("href")
        assert len(rows(client.get(address).page)) == 1
        assert client.get("/letters/", before="x").status_code == 200

    def test_is_in_the_menu(self, client, world):
        assert "Писма до вас" in client.sign_in(world.nora).get("/").page.text("nav")


class TestOne:
    def test_is_read_as_it_was_sent(self, client, sent):
        row = OutboxMessage.get(OutboxMessage.recipient == "ana@example.org")
        page = client.sign_in(sent.ana).get(f"/letters/{row.id}").page
        assert page.text("h1") == ABOUT_LIST
        assert "1 запис за потвърждаване" in page.text("article")
        links = [link.get("href") for link in page.all("article a")]
        assert links == ["http://localhost/confirmations/2020-12", "http://localhost/quarantine/2020-12"]

    def test_is_nobody_elses(self, client, sent):
        row = OutboxMessage.get(OutboxMessage.recipient == "ana@example.org")
        for other in (sent.boris, sent.dora, sent.nora, sent.oleg):
            assert client.sign_in(other).get(f"/letters/{row.id}").status_code == 404

    def test_what_opens_an_account_is_never_shown(self, client, world):
        send_reset(world.oleg, world.ana.user_id, site=SITE, now=NOW)
        page = client.sign_in(world.ana).get("/letters/").page
        (line,) = rows(page)
        assert "Връзка за нова парола" in line
        assert not page.has("tbody a")
        assert "activate" not in client.get(f"/letters/{OutboxMessage.get().id}").text


class TestOfAnInstitution:
    ADDRESS = f"/letters/2020-12/{OTHER_SCHOOL}"

    def test_those_who_oversee_it_see_when_and_what_was_answered(self, client, sent):
        for person in (sent.nora, sent.oleg):
            page = client.sign_in(person).get(self.ADDRESS).page
            assert "още не е отварян" in page.text(".facts")
            (line,) = rows(page)
            assert "няма такъв адрес (550 5.1.1)" in line
            assert "директор" in line
            assert not page.has("tbody a")

    def test_nobody_outside_reads_who_is_authorised(self, client, sent):
        found = rows(client.sign_in(sent.nora).get(f"/letters/2020-12/{SCHOOL}").page)
        assert "упълномощено лице" in found[0]
        assert "Дора" not in found[0]
        assert "dora@" not in found[0]

    def test_another_regions_is_not_there(self, client, sent):
        assert client.sign_in(sent.nora).get(f"/letters/2020-12/{FAR_SCHOOL}").status_code == 404
        assert client.sign_in(sent.oleg).get(f"/letters/2020-12/{FAR_SCHOOL}").status_code == 200
        assert client.get("/letters/2020-12/9999999").status_code == 404
        assert client.get(f"/letters/2019-12/{OTHER_SCHOOL}").status_code == 404

    def test_that_it_went_again_to_a_corrected_address_is_said(self, client, sent):
        OutboxMessage.update(readdressed_at=NOW + timedelta(hours=1)).execute()
        (line,) = rows(client.sign_in(sent.nora).get(self.ADDRESS).page)
        assert "Старият адрес не го прие; поправен е на 28.01.2021 г., 11:00 ч." in line.replace("\xa0", " ")

    def test_is_not_for_who_works_there(self, client, sent):
        assert client.sign_in(sent.boris).get(self.ADDRESS).status_code == 403

    def test_the_overview_tells_of_it_beside_the_opening(self, client, sent):
        page = client.sign_in(sent.nora).get("/oversight/2020-12").page
        refused = page.text(f"#institution-{OTHER_SCHOOL}")
        assert "неприети писма: 1" in refused
        assert "последно писмо: 28.01.2021" in page.text(f"#institution-{SCHOOL}").replace("\xa0", " ")
        assert page.one(f'#institution-{OTHER_SCHOOL} a[href="{self.ADDRESS}"]') is not None


class TestRefused:
    def test_stand_on_the_operators_desk(self, client, sent):
        page = client.sign_in(sent.oleg).get("/").page
        assert "Адреси, които не приемат писма: 1" in page.text("main")
        (line,) = rows(client.get("/letters/refused").page)
        assert "boris@example.org" in line
        assert "Борис Тодоров" in line
        assert "no such user" in line
        assert "изпраща отново каквото не е прието" in " ".join(
            client.get("/letters/refused").page.text("main").split()
        )

    def test_one_that_has_taken_another_since_is_all_right(self, client, sent):
        row = OutboxMessage.get(OutboxMessage.recipient == "boris@example.org")
        OutboxMessage.create(
            recipient=row.recipient,
            kind="invitation",
            state="sent",
            verdict="accepted",
            made_at=NOW,
            not_before=NOW,
            sent_at=NOW,
        )
        page = client.sign_in(sent.oleg).get("/letters/refused").page
        assert "Няма адрес, който да не приема писма." in page.text("main")
        assert "Адреси, които не приемат" not in client.get("/").page.text("main")

    @pytest.mark.parametrize("change", [{"email": "boris2@example.org"}, {"disabled_at": NOW}])
    def test_one_that_is_nobodys_any_more_is_no_longer_asked_about(self, client, sent, change):
        User.update(**change).where(User.email == "boris@example.org").execute()
        assert "Няма адрес" in client.sign_in(sent.oleg).get("/letters/refused").page.text("main")

    def test_an_old_one_is_forgotten(self, client, sent):
        OutboxMessage.update(made_at=NOW - timedelta(days=61)).execute()
        assert "Няма адрес" in client.sign_in(sent.oleg).get("/letters/refused").page.text("main")

    def test_is_for_the_operator_alone(self, client, sent):
        assert client.sign_in(sent.nora).get("/letters/refused").status_code == 403


class TestChoices:
    def test_what_may_be_done_without_is_switched_off_and_on(self, client, world):
        client.sign_in(world.ana)
        page = client.get("/account").page
        boxes = page.all('input[type="checkbox"]')
        assert {box.get("name") for box in boxes} == {"early_reminder", "list_signed", "answer_sent"}
        assert all(box.get("checked") is not None for box in boxes)

        assert client.send("/letters/choices", list_signed="yes", answer_sent="yes").status_code == 303
        assert [row.occasion for row in DeclinedLetter.select()] == [Occasion.EARLY_REMINDER]
        (box,) = client.get("/account").page.all('input[name="early_reminder"]')
        assert box.get("checked") is None
        client.send("/letters/choices", list_signed="yes", early_reminder="yes", answer_sent="yes")
        assert DeclinedLetter.select().count() == 0

    def test_what_is_obligatory_cannot_be(self, client, world):
        client.sign_in(world.ana).send("/letters/choices", reminder="yes")
        assert {row.occasion for row in DeclinedLetter.select()} == {
            Occasion.EARLY_REMINDER,
            Occasion.LIST_SIGNED,
            Occasion.ANSWER_SENT,
        }

    def test_is_for_who_gets_such_letters(self, client, world):
        assert client.sign_in(world.nora).send("/letters/choices").status_code == 403
        assert not client.get("/account").page.has('input[name="early_reminder"]')


def test_an_institution_without_an_address_is_said_so(client, world):
    Institution.update(email="").where(Institution.code == SCHOOL).execute()
    page = client.sign_in(world.oleg).get(f"/letters/2020-12/{SCHOOL}").page
    assert "няма" in page.text(".facts")
