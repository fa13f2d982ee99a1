"""GET /oversight/notices/<id>, POST …/write and POST …/withdraw"""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.actions.campaigns.closing import close_institution
from portal.actions.letters.outbox import letters
from portal.actions.notices import reminding
from portal.actions.notices.acquainting import acquaint
from portal.actions.notices.publishing import Edition, publish
from portal.actions.notices.spreading import put_down
from portal.domain.decisions import Decision
from portal.domain.notices.recipients import Choice
from portal.domain.oversight.wanted import read_wanted
from portal.domain.people import Role
from portal.storage.notices.tables import NoticeReading, NoticeRound, NoticeWithdrawal
from portal.storage.tables import remembered
from portal.storage.tables.db import db
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import User
from tests.cast import (
    AFTER,
    FAR_SCHOOL,
    KINDERGARTEN,
    NOW,
    OTHER_SCHOOL,
    SCHOOL,
    SITE,
    add_institution,
    add_record,
    add_user,
)
from tests.circulars import TEXT, WORDING, published

WORDS = "Моля, прочетете писмото."


@pytest.fixture
def notice(world):
    return published(world.nora)


@pytest.fixture
def here(notice):
    return f"/oversight/notices/{notice.id}"


@pytest.fixture
def nora(client, world):
    return client.sign_in(world.nora)


def row(answer, code):
    return answer.page.text(f"#institution-{code}")


def written_to():
    return sorted(row.recipient for row in OutboxMessage.select())


def leave(person):
    User.update(disabled_at=NOW).where(User.id == person.user_id).execute()


class TestPage:
    def test_says_who_has_read_it_and_who_has_not(self, nora, world, notice, here):
        acquaint(world.ana, notice.id, now=NOW)

        answer = nora.get(here)

        assert row(answer, SCHOOL).endswith(
            "запознатАна Янева, 28.01.2021 г., 10:00 ч. 02 900 0000dir2200000@example.org"
        )
        assert "не се е запознал" in row(answer, OTHER_SCHOOL)
        assert "1 запознати от 3" in answer.page.text(".figures")
        assert "2 не са се запознали" in answer.page.text(".figures")
        assert [each.get("id")[-7:] for each in answer.page.all("tr[id]")][-1] == SCHOOL

    def test_a_delegate_is_seen_and_does_not_count(self, nora, world, notice, here):
        acquaint(world.dora, notice.id, now=NOW)

        answer = nora.get(here)

        assert "не се е запознал" in row(answer, SCHOOL)
        assert "упълномощено лице Дора Илиева: 28.01.2021 г., 10:00 ч." in row(answer, SCHOOL)
        assert "0 запознати от 3" in answer.page.text(".figures")

    def test_a_former_director_is_seen_and_does_not_count(self, nora, world, notice, here):
        acquaint(world.ana, notice.id, now=NOW)
        leave(world.ana)
        add_user(Role.DIRECTOR, "Гая Нова", "gaya@example.org", institution=SCHOOL)

        assert "нов директор, не се е запознал" in row(nora.get(here), SCHOOL)
        assert "предишният, Ана Янева: 28.01.2021 г., 10:00 ч." in row(nora.get(here), SCHOOL)
        assert "0 запознати от 3" in nora.get(here).page.text(".figures")
        assert "0 от 3" in nora.get("/oversight/notices").page.text(f"#notice-{notice.id}")

    def test_who_has_no_director_is_counted_apart(self, nora, world, notice, here):
        leave(world.boris)

        answer = nora.get(here)

        assert "няма активиран директор" in row(answer, OTHER_SCHOOL)
        assert "2 не са се запознали 1 без активиран директор" in answer.page.text(".figures")
        cells = [
            cell.text_content()
            for cell in nora.get("/oversight/notices").page.all(f"#notice-{notice.id} td.number")
        ]
        assert cells == ["0 от 3", "2", "1"]

    def test_who_was_closed_since_is_not_waited_for(self, nora, world, notice, here):
        close_institution(world.oleg, OTHER_SCHOOL, NOW.date(), now=NOW)

        answer = nora.get(here)

        assert "закрита" in row(answer, OTHER_SCHOOL)
        assert "2 не са се запознали" in answer.page.text(".figures")
        assert "0 от 3" in nora.get("/oversight/notices").page.text(f"#notice-{notice.id}")

    def test_who_opens_later_is_none_of_its_recipients(self, nora, world, notice, here):
        add_institution("2200099", "105. ОУ", Institution.get().type)

        assert "запознати от 3" in nora.get(here).page.text(".figures")

    def test_of_another_region_it_is_not_there(self, client, world):
        far = published(world.oleg, FAR_SCHOOL)

        client.sign_in(world.nora)
        assert client.get(f"/oversight/notices/{far.id}").status_code == 404
        assert client.send(f"/oversight/notices/{far.id}/write", text=WORDS).status_code == 404
        assert client.send(f"/oversight/notices/{far.id}/withdraw", reason="х").status_code == 404
        assert not client.get("/oversight/notices").page.has(f"#notice-{far.id}")

    def test_the_operators_is_seen_for_the_own_region(self, nora, world):
        national = published(world.oleg)
        acquaint(world.ana, national.id, now=NOW)

        answer = nora.get(f"/oversight/notices/{national.id}")

        assert answer.page.text("h1").startswith("ЦИОО: циркулярно писмо")
        assert "1 запознати от 3" in answer.page.text(".figures")
        assert "Левски" not in answer.text
        assert not answer.page.has("#change")
        assert answer.page.has("#write")
        assert "1 от 3" in nora.get("/oversight/notices").page.text(f"#notice-{national.id}")

    def test_the_operator_sees_the_country_by_region(self, client, world):
        national = published(world.oleg)
        here = f"/oversight/notices/{national.id}"

        page = client.sign_in(world.oleg).get(here).page

        assert [link.text for link in page.all("tbody a")] == ["Варна", "София-град"]
        assert "0 запознати от 4" in page.text(".figures")
        one = client.get(here, region="3").page
        assert [each.get("id") for each in one.all("tbody tr")] == [f"institution-{FAR_SCHOOL}"]

    def test_the_operator_sees_a_regions_and_changes_nothing(self, client, world, notice, here):
        page = client.sign_in(world.oleg).get(here).page

        assert "0 запознати от 3" in page.text(".figures")
        assert not page.has("#write")
        assert not page.has("#change")
        assert client.send(f"{here}/write", text=WORDS).status_code == 403
        assert client.send(f"{here}/withdraw", reason="х").status_code == 403

    @pytest.mark.parametrize("name", ["ana", "dora"])
    def test_is_not_for_institutions(self, client, world, here, name):
        client.sign_in(getattr(world, name))

        assert client.get(here).status_code == 403
        assert client.send(f"{here}/write", text=WORDS).status_code == 403
        assert client.send(f"{here}/withdraw", reason="х").status_code == 403

    def test_three_hundred_institutions_take_no_more_questions(self, nora, world, monkeypatch):
        monkeypatch.setattr(remembered, "SECONDS", 3600.0)  # on a busy machine the test takes longer
        small = published(world.nora, SCHOOL)
        nora.get(f"/oversight/notices/{small.id}")  # what a process remembers
        few = self.questions(nora, small, monkeypatch)
        for number in range(300):
            code = f"99{number:05d}"
            add_institution(code, f"{number}. училище", Institution.get().type)
            add_user(Role.DIRECTOR, "Директор", f"d{number}@example.org", institution=code)

        large = published(world.nora, wording=replace(WORDING, number="РУО1-3400"))
        many = self.questions(nora, large, monkeypatch)

        assert many == few

    def questions(self, client, notice, monkeypatch):
        asked = []
        execute = db.obj.execute_sql
        with monkeypatch.context() as patch:
            patch.setattr(db.obj, "execute_sql", lambda sql, *more: asked.append(sql) or execute(sql, *more))
            assert client.get(f"/oversight/notices/{notice.id}").status_code == 200
        return len(asked)


class TestWrite:
    def preview(self, client, here, text=WORDS):
        answer = client.send(f"{here}/write", text=text)
        assert answer.status_code == 200
        return answer.page

    def send(self, client, here, page):
        return client.send(
            f"{here}/write",
            **{
                name: value
                for name, value in page.fields(page.one("main form")).items()
                if name != "csrf_token"
            },
        )

    def test_shows_first_what_would_be_sent_and_to_how_many(self, nora, world, notice, here):
        acquaint(world.ana, notice.id, now=NOW)

        page = self.preview(nora, here)

        assert page.text("h1") == "Преглед: още нищо не е изпратено"
        assert "2 до директори, които не са се запознали" in page.text(".figures")
        assert "непрочетено циркулярно писмо № РУО1-3314 от 27.01.2021 г." in page.text("h2")
        assert WORDS in page.text(".letter")
        assert "Краен срок по писмото: 1 февруари 2021 г. (понеделник)" in page.text(".letter")
        assert f"http://localhost/notices/{notice.id}" in page.text(".letter")
        assert TEXT.split()[-1] not in page.text(".letter")
        assert "Изпращам писмата: 2" in page.text("form button.is-primary")
        assert written_to() == []

    def test_writes_to_those_alone(self, nora, world, notice, here):
        acquaint(world.ana, notice.id, now=NOW)

        answer = self.send(nora, here, self.preview(nora, here))

        assert (answer.status_code, answer.location) == (303, here)
        assert written_to() == ["boris@example.org", "vyara@example.org"]
        assert {row.kind for row in OutboxMessage.select()} == {"notice_unread"}
        assert WORDS in letters(site=SITE, now=NOW)[0].message.body
        assert "28.01.2021 г., 10:00 ч. (писма: 2)" in nora.get(here).page.text("main")

    def test_says_how_far_letters_are_that_are_not_all_put_down(self, nora, here, monkeypatch):
        page = self.preview(nora, here)
        monkeypatch.setattr(reminding, "put_down", lambda *, now: None)
        self.send(nora, here, page)

        shown = nora.get(here).page
        assert "Писмата до незапозналите се още се приготвят: 0 от 3" in shown.text(".notice.is-warning h2")
        put_down(now=NOW)
        assert not nora.get(here).page.has(".notice.is-warning")

    def test_leaves_out_who_has_read_it_since_the_preview(self, nora, world, notice, here):
        page = self.preview(nora, here)
        acquaint(world.ana, notice.id, now=NOW)

        self.send(nora, here, page)

        assert written_to() == ["boris@example.org", "vyara@example.org"]

    def test_sent_twice_it_writes_once(self, nora, here):
        page = self.preview(nora, here)
        assert self.send(nora, here, page).status_code == 303

        answer = self.send(nora, here, page)

        assert answer.status_code == 409
        assert "Нищо не е изпратено втори път." in answer.page.text(".notice.is-wrong")
        assert len(written_to()) == 3
        assert NoticeRound.select().count() == 1

    def test_can_be_done_once_more_after_another_look(self, nora, here):
        self.send(nora, here, self.preview(nora, here))

        page = self.preview(nora, here)

        assert "Досега им е писано 1 път." in page.text("main")
        assert self.send(nora, here, page).status_code == 303
        assert len(written_to()) == 6

    def test_without_the_number_of_the_preview_nothing_is_sent(self, nora, here):
        answer = nora.send(f"{here}/write", text=WORDS, sure="yes")

        assert answer.status_code == 200
        assert written_to() == []

    def test_reaches_an_institution_without_a_director_at_its_own_address(self, nora, world, here):
        leave(world.boris)
        leave(world.vyara)
        Institution.update(email="").where(Institution.code == KINDERGARTEN).execute()

        page = self.preview(nora, here)
        assert "1 до адреса на институция без директор" in page.text(".figures")
        assert "1 няма на кого: без директор и без адрес" in page.text(".figures")
        self.send(nora, here, page)

        assert written_to() == ["ana@example.org", f"dir{OTHER_SCHOOL}@example.org"]
        bodies = {each.message.to: each.message.body for each in letters(site=SITE, now=NOW)}
        assert "няма активиран достъп" in bodies[f"dir{OTHER_SCHOOL}@example.org"]
        assert "поискайте нова" in " ".join(bodies[f"dir{OTHER_SCHOOL}@example.org"].split())

    def test_says_when_there_is_nobody_to_write_to(self, nora, world, notice, here):
        for person in (world.ana, world.boris, world.vyara):
            acquaint(person, notice.id, now=NOW)

        answer = nora.send(f"{here}/write", text=WORDS)

        assert answer.status_code == 409
        assert "Няма на кого да се пише" in answer.page.text(".notice.is-wrong")
        assert not nora.get(here).page.has("#write")

    @pytest.mark.parametrize(("text", "said"), [(" ", "Напишете какво"), ("а" * 2001, "До 2000 знака")])
    def test_says_what_does_not_hold(self, nora, here, text, said):
        answer = nora.send(f"{here}/write", text=text)

        assert answer.status_code == 422
        assert said in answer.page.text("#text-error")

    def test_nobody_is_reminded_of_what_is_withdrawn(self, nora, here):
        nora.send(f"{here}/withdraw", reason="Сгрешен срок.")

        assert nora.send(f"{here}/write", text=WORDS).status_code == 409

    def test_a_region_writes_about_the_operators_to_its_own(self, nora, world):
        here = f"/oversight/notices/{published(world.oleg).id}"

        self.send(nora, here, self.preview(nora, here))

        assert written_to() == ["ana@example.org", "boris@example.org", "vyara@example.org"]


class TestWithdraw:
    def test_takes_it_back_with_the_reason(self, nora, world, notice, here):
        answer = nora.send(f"{here}/withdraw", reason="Сгрешен срок.")

        assert (answer.status_code, answer.location) == (303, here)
        page = nora.get(here).page
        assert "Причина: Сгрешен срок." in page.text(".notice.is-wrong")
        assert not page.has("#change")
        assert "оттеглено" in nora.get("/oversight/notices").page.text(f"#notice-{notice.id}")

    def test_asks_for_a_reason(self, nora, here):
        answer = nora.send(f"{here}/withdraw", reason=" ")

        assert answer.status_code == 422
        assert "Напишете защо оттегляте писмото" in answer.page.text("#reason-error")

    def test_is_done_once(self, nora, here):
        nora.send(f"{here}/withdraw", reason="Сгрешен срок.")

        answer = nora.send(f"{here}/withdraw", reason="Друго.")

        assert answer.status_code == 409
        assert NoticeWithdrawal.get().reason == "Сгрешен срок."

    def test_the_same_number_can_then_be_published_again(self, nora, world, here):
        nora.send(f"{here}/withdraw", reason="Сгрешен срок.")

        assert published(world.nora, now=NOW + timedelta(hours=1)).id


def test_who_has_read_is_kept_by_person(world, notice):
    acquaint(world.ana, notice.id, now=NOW)
    acquaint(world.dora, notice.id, now=NOW)

    assert {row.user_id for row in NoticeReading.select()} == {world.ana.user_id, world.dora.user_id}


class TestFirstPage:
    @pytest.mark.parametrize("name", ["nora", "oleg"])
    def test_of_an_office_says_how_many_have_not_read_it(self, client, world, notice, here, name):
        acquaint(world.ana, notice.id, now=NOW)
        leave(world.boris)

        link = client.sign_in(getattr(world, name)).get("/").page.one(f"a[href='{here}']")

        said = " ".join(link.getparent().text_content().split())
        assert said == "Писмо № РУО1-3314 от 27.01.2021 г.: не са се запознали: 1 от 3; без директор: 1"

    def test_says_nothing_once_it_is_read_over_or_withdrawn(self, client, world, notice, here):
        client.sign_in(world.nora)
        assert not client.at(AFTER).get("/").page.has(f"a[href='{here}']")
        assert client.at(NOW).get("/").page.has(f"a[href='{here}']")
        for person in (world.ana, world.boris, world.vyara):
            acquaint(person, notice.id, now=NOW)
        assert not client.get("/").page.has(f"a[href='{here}']")

    def test_of_another_region_says_nothing(self, client, world):
        published(world.oleg, FAR_SCHOOL)

        assert "Циркулярни писма" not in client.sign_in(world.nora).get("/").page.text("main")


@pytest.mark.parametrize("htmx", [True, False])
def test_the_overview_leads_to_a_circular_for_those_who_are_shown(nora, htmx):
    page = nora.get("/oversight/2020-12", module="register", type="school", htmx=htmx).page

    link = page.one("#institutions a[href*=notices]")
    form = nora.get(link.get("href")).page

    assert link.text_content() == "Циркулярно писмо до тях"
    assert form.text("#module option[selected]") == "липсва карантината"
    assert form.text("#type option[selected]") == "училище"
    assert "декември 2020" in form.text("label[for=module]")


def test_the_overview_offers_none_for_a_search_by_name_and_none_to_the_operator(client, world):
    assert not client.sign_in(world.nora).get("/oversight/2020-12", q="СУ").page.has("main a[href*=notices]")
    assert (
        not client.sign_in(world.oleg)
        .get("/oversight/2020-12", region="22")
        .page.has("main a[href*=notices]")
    )


def test_whom_it_is_for_ends_in_one_full_stop(nora, world):
    choice = Choice(read_wanted({"state": "ready"}), "готово, но неподписано", world.campaign.month)
    add_record(decision=Decision.CONFIRMED)
    notice = publish(world.nora, Edition(WORDING, choice), now=NOW)
    told = nora.get(f"/oversight/notices/{notice.id}").page.text("main")
    assert "До кого: само „готово, но неподписано“ за декември 2020 г. " in told
