"""GET /notices/, GET /notices/<id>, its files, POST /notices/<id>/read, and the first page."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.actions.notices.publishing import withdraw
from portal.domain.people import Scope
from portal.storage.notices.tables import Notice, NoticeReading
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.people import User
from tests.cast import AFTER, FAR_SCHOOL, NOW, OTHER_SCHOOL, SCHOOL, change_delegations
from tests.circulars import PDF, WORDING, published


@pytest.fixture
def notice(world):
    return published(world.nora, SCHOOL, files=2)


@pytest.fixture
def here(notice):
    return f"/notices/{notice.id}"


@pytest.fixture
def ana(client, world):
    return client.sign_in(world.ana)


class TestFirstPage:
    def test_shows_it_until_the_person_has_read_it(self, ana, notice, here):
        card = ana.get("/").page.text(f"#notice-{notice.id}")
        assert "РУО София-град: циркулярно писмо № РУО1-3314 от 27.01.2021 г." in card
        assert "Срок: 1 февруари 2021 г. (понеделник)" in card
        assert "Потвърдете и подпишете до края на срока." in card
        assert "Заповед 1.pdf" in card

        form = ana.get("/").page.one(f"#notice-{notice.id} form")
        answer = ana.send(form.get("action"))

        assert (answer.status_code, answer.location) == (303, "/")
        page = ana.get("/").page
        assert not page.has(f"#notice-{notice.id}")
        assert page.one("a[href='/notices/']") is not None

    def test_is_each_persons_own(self, client, world, notice, here):
        client.sign_in(world.ana).send(f"{here}/read")

        assert client.sign_in(world.dora).get("/").page.has(f"#notice-{notice.id}")

    def test_shows_nothing_of_the_neighbours(self, client, world, notice):
        assert "РУО1-3314" not in client.sign_in(world.boris).get("/").text

    def test_shows_nothing_to_whose_authorisation_is_over(self, client, world, notice):
        change_delegations(revoked_at=NOW)

        page = client.sign_in(world.dora).get("/").page

        assert not page.has(f"#notice-{notice.id}")
        assert not page.has("a[href='/notices/']")

    def test_puts_the_nearest_deadline_first(self, ana, world):
        late = published(world.nora, wording=replace(WORDING, number="1", deadline=date(2021, 3, 1)))
        soon = published(world.nora, wording=replace(WORDING, number="2"))
        never = published(world.nora, wording=replace(WORDING, number="3", deadline=None))

        shown = [card.get("id") for card in ana.get("/").page.all("section[id^='notice-']")]

        assert shown == [f"notice-{each.id}" for each in (soon, late, never)]

    @pytest.mark.parametrize(("days", "is_shown"), [(0, True), (4, True), (5, False)])
    def test_tells_a_new_director_of_nothing_that_was_over(self, ana, world, notice, days, is_shown):
        User.update(activated_at=NOW + timedelta(days=days)).where(User.id == world.ana.user_id).execute()

        assert ana.get("/").page.has(f"#notice-{notice.id}") is is_shown

    def test_stays_after_the_deadline_for_who_was_there(self, ana, notice):
        assert ana.at(AFTER).get("/").page.has(f"#notice-{notice.id}")

    def test_says_to_who_had_read_it_that_it_is_withdrawn_and_why(self, ana, world, notice, here):
        ana.send(f"{here}/read")
        withdraw(world.nora, notice.id, "Сгрешен срок.", now=NOW)

        card = ana.get("/").page.text(f"#notice-{notice.id}")

        assert "оттеглено циркулярно писмо № РУО1-3314 от 27.01.2021 г." in card
        assert "Причина: Сгрешен срок." in card
        answer = ana.send(f"{here}/read")
        assert answer.status_code == 303
        assert not ana.get("/").page.has(f"#notice-{notice.id}")

    def test_says_nothing_of_it_to_who_had_not(self, ana, world, notice):
        withdraw(world.nora, notice.id, "Сгрешен срок.", now=NOW)

        assert not ana.get("/").page.has(f"#notice-{notice.id}")

    def test_shows_the_new_one_in_place_of_what_it_replaces(self, ana, world, notice, here):
        ana.send(f"{here}/read")
        new = published(world.nora, SCHOOL, replaces=notice.id, wording=replace(WORDING, number="РУО1-3315"))

        page = ana.get("/").page

        assert not page.has(f"#notice-{notice.id}")
        assert "Заменя писмо № РУО1-3314 от 27.01.2021 г. Важи това." in page.text(f"#notice-{new.id}")


class TestPage:
    def test_is_read_whole(self, ana, here):
        page = ana.get(here).page

        assert page.text("h1") == "РУО София-град: циркулярно писмо № РУО1-3314 от 27.01.2021 г."
        assert "Относно: Потвърждения" in page.text("main")
        assert "УВАЖАЕМИ ДИРЕКТОРИ" in page.text(".letter")
        assert page.one("form[action$='/read']") is not None

    def test_says_when_it_was_read(self, ana, here):
        ana.send(f"{here}/read")

        page = ana.get(here).page

        assert "Запознахте се с него на 28.01.2021 г., 10:00 ч." in page.text("main")
        assert not page.has("form[action$='/read']")
        assert "28.01.2021 г., 10:00 ч." in ana.get("/notices/").page.text("table")

    def test_says_what_became_of_it(self, ana, world, notice, here):
        withdraw(world.nora, notice.id, "Сгрешен срок.", now=NOW)

        page = ana.get(here).page

        assert "Писмото е оттеглено На 28.01.2021 г., 10:00 ч. Причина: Сгрешен срок." in page.text("main")
        assert not page.has("form[action$='/read']")
        assert "оттеглено" in ana.get("/notices/").page.text("table")

    def test_leads_to_what_replaces_it(self, ana, world, notice, here):
        new = published(world.nora, OTHER_SCHOOL, replaces=notice.id)

        assert ana.get(here).page.one(".notice.is-warning a").get("href") == f"/notices/{new.id}"
        assert ana.get(f"/notices/{new.id}").status_code == 200

    @pytest.mark.parametrize("address", ["", "/files/1"])
    def test_is_not_there_for_a_neighbour(self, client, world, here, address):
        assert client.sign_in(world.boris).get(f"{here}{address}").status_code == 404

    @pytest.mark.parametrize("address", ["", "/files/1"])
    def test_is_not_there_for_another_region(self, client, world, address):
        far = published(world.oleg, FAR_SCHOOL, files=1)

        assert client.sign_in(world.nora).get(f"/notices/{far.id}{address}").status_code == 404

    @pytest.mark.parametrize("name", ["nora", "oleg"])
    def test_is_seen_by_the_offices_as_institutions_see_it(self, client, world, here, name):
        page = client.sign_in(getattr(world, name)).get(here).page

        assert "Така го виждат институциите." in page.text("main")
        assert not page.has("form[action$='/read']")
        assert client.get(f"{here}/files/1").data == PDF

    def test_the_offices_find_their_own_list(self, client, world):
        assert client.sign_in(world.nora).get("/notices/").location == "/oversight/notices"

    def test_says_that_there_is_none_yet(self, ana):
        assert "Още няма циркулярни писма" in ana.get("/notices/").page.text("main")

    def test_whose_authorisation_is_over_reads_no_more(self, client, world, here):
        change_delegations(until=date(2021, 1, 27))

        for address in ("/notices/", here, f"{here}/files/1"):
            assert client.sign_in(world.dora).get(address).status_code == 403
        assert client.send(f"{here}/read").status_code == 403

    @pytest.mark.parametrize("scope", list(Scope))
    def test_a_delegate_reads_it_whatever_the_scope(self, client, world, here, scope):
        client.sign_in(world.delegate(scope))

        assert client.get(here).status_code == 200
        assert client.send(f"{here}/read").status_code == 303


class TestFile:
    def test_is_saved_and_never_shown(self, ana, here):
        answer = ana.get(f"{here}/files/2")

        assert answer.data == PDF
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="notice-')
        name = "%D0%97%D0%B0%D0%BF%D0%BE%D0%B2%D0%B5%D0%B4%202.pdf"
        assert answer.headers["Content-Disposition"].endswith(f"; filename*=UTF-8''{name}")

    @pytest.mark.parametrize("position", ["3", "0", "99999999999999999999"])
    def test_is_404_where_there_is_none(self, ana, here, position):
        assert ana.get(f"{here}/files/{position}").status_code == 404


class TestRead:
    def test_pressed_twice_is_said_once(self, ana, here):
        assert [ana.send(f"{here}/read").status_code for _ in "12"] == [303, 303]

        assert NoticeReading.select().count() == 1
        assert AuditEntry.select().where(AuditEntry.what == "notice_read").count() == 1
        history = ana.get("/audit").page.text("main")
        assert "се запозна с циркулярно писмо" in history

    def test_is_too_late_once_it_is_withdrawn(self, ana, world, notice, here):
        withdraw(world.nora, notice.id, "Сгрешен срок.", now=NOW)

        answer = ana.send(f"{here}/read")

        assert answer.status_code == 409
        assert "Писмото е оттеглено." in answer.page.text("main")
        assert NoticeReading.select().count() == 0

    def test_is_too_late_once_it_is_replaced(self, ana, world, notice, here):
        published(world.nora, SCHOOL, replaces=notice.id)

        assert ana.send(f"{here}/read").status_code == 409

    @pytest.mark.parametrize(("name", "status"), [("boris", 404), ("nora", 403), ("oleg", 403)])
    def test_is_for_those_whom_it_is_for(self, client, world, here, name, status):
        assert client.sign_in(getattr(world, name)).send(f"{here}/read").status_code == status
        assert NoticeReading.select().count() == 0

    def test_needs_the_token(self, ana, here):
        assert ana.send(f"{here}/read", token="").status_code == 400

    @pytest.mark.parametrize("number", ["77", "0", "2147483648"])
    def test_is_404_where_there_is_nothing(self, ana, number):
        assert ana.send(f"/notices/{number}/read").status_code == 404
        assert Notice.select().count() == 0
