"""/campaigns/load and /campaigns/loads/<id> of a long file: it goes on beside its request."""

import pytest

from portal.actions.loading import asp_list, beside
from portal.actions.loading.asp_turns import Turns
from portal.storage.loading.tables import Load
from portal.storage.tables.campaigns import Campaign, Record
from tests.actions.loading.conftest import store_in_turns
from tests.actions.loading.loaded import asp, load
from tests.cast import AFTER, KINDERGARTEN, MONTH, NOW, OTHER_SCHOOL, SCHOOL
from tests.loads import Gate, ended, figures, send_file, taken

pytestmark = pytest.mark.both_databases

MONTHS, PAGE = "/campaigns/", f"/campaigns/{MONTH}"
FILE = (
    asp(0), asp(1, institution=OTHER_SCHOOL), asp(2), asp(3, institution=KINDERGARTEN), asp(4), "боклук",
)  # fmt: skip


class HeldInTurn(Gate):
    def before(self, institution: str, deed=lambda: None) -> None:
        take = Turns.take

        def gated(turns, lines):
            if lines[0].institution == institution:
                self.hold()
                deed()
            take(turns, lines)

        self.patch.setattr(Turns, "take", gated)

    def while_it_is_read(self) -> None:
        stage = asp_list.stage

        def gated(reading, month, watch, **more):
            def told(done, total):
                self.hold()
                watch(done, total)

            return stage(reading, month, told, **more)

        self.patch.setattr(asp_list, "stage", gated)


@pytest.fixture
def gate(monkeypatch):
    """A file of two lines is long here, and each list a turn."""
    store_in_turns(monkeypatch)
    monkeypatch.setattr(asp_list, "BATCH", 2)
    with HeldInTurn(monkeypatch) as gate:
        yield gate


@pytest.fixture
def oleg(client, world):
    return client.sign_in(world.oleg)


def upload(client, *lines: str, name="ASPCONF1220.txt"):
    return send_file(client, "/campaigns/load", lines, name)


def test_the_page_is_answered_while_the_file_is_stored_and_says_how_far_it_is(oleg, gate):
    gate.before(KINDERGARTEN)
    address = taken(upload(oleg, *FILE), gate)
    page = oleg.get(address).page

    assert page.text("h1") == "Файлът се зарежда: списък от АСП"
    assert figures(page) == {
        "редове във файла": "6", "готови": "4", "остават": "2", "отхвърлени досега": "1",
    }  # fmt: skip
    assert page.text(".progress") == "Готови: 4 от 6 реда"
    assert "Олег" in page.text(".facts")
    assert page.one("#loading").get("hx-trigger") == "every 2s"
    assert page.has(f'#loading a[href="{address}"]'), "without a script"

    gate.opened.set()
    ended("asp")
    page = oleg.get(address).page
    assert page.text("h1") == "Зареден файл: списък от АСП"
    assert not page.has("[hx-trigger]")
    assert Load.get().read == Load.get().received == 6
    assert Record.select().count() == 5


def test_htmx_is_sent_the_numbers_alone_and_the_whole_page_when_it_has_ended(oleg, gate):
    gate.before(KINDERGARTEN)
    address = taken(upload(oleg, *FILE), gate)
    during = oleg.get(address, htmx=True)
    gate.opened.set()
    ended("asp")
    after = oleg.get(address, htmx=True)

    assert not during.page.is_whole
    assert during.page.has("#loading[hx-get]")
    assert "HX-Redirect" not in during.headers
    assert after.headers["HX-Redirect"] == address


def test_while_it_is_read_nothing_of_it_is_stored(oleg, gate):
    gate.while_it_is_read()
    address = taken(upload(oleg, *FILE), gate)
    page = oleg.get(address).page

    assert page.text(".progress") == "Прочетени: 0 от 6 реда"
    assert figures(page)["остават"] == "6"
    assert not Record.select().exists()


def test_the_page_can_be_closed_and_found_again(oleg, gate):
    gate.before(KINDERGARTEN)
    address = taken(upload(oleg, *FILE), gate)

    for where in ("/", MONTHS, PAGE):
        page = oleg.get(where).page
        assert page.has(f'main a[href="{address}"]'), where
        assert "4 от 6 реда" in page.text("main"), where


def test_before_there_is_a_campaign_it_is_found_too(oleg, gate):
    gate.while_it_is_read()
    address = taken(upload(oleg, *(line.replace("2020|12", "2021|01") for line in FILE)), gate)

    for where in ("/", MONTHS):
        assert oleg.get(where).page.has(f'main a[href="{address}"]'), where


def test_a_second_file_is_told_whose_is_being_loaded(oleg, gate):
    gate.before(KINDERGARTEN)
    taken(upload(oleg, *FILE), gate)
    answer = upload(oleg, *FILE, name="ASPCONF1220 (1).txt")

    assert answer.status_code == 409
    said = answer.page.text(".notice.is-wrong")
    assert said.startswith("В момента се зарежда друг списък от АСП. „ASPCONF1220.txt“, започнат от Олег")
    assert "4 от 6 реда." in said
    assert said.endswith("Изчакайте да свърши и заредете този файл отново.")
    assert Load.select().count() == 1


def test_what_is_not_such_a_file_is_refused_at_once(oleg, gate):
    answer = upload(oleg, "<html>", "<body>", "<p>вход</p>")

    assert answer.status_code == 422
    assert "уеб страница (HTML)" in answer.page.text("#file-error")
    assert not Load.select().exists()


def test_after_the_deadline_it_is_refused_at_once(oleg, gate):
    answer = upload(oleg.at(AFTER), *FILE)

    assert answer.status_code == 409
    assert "Срокът изтече" in answer.page.text(".notice.is-wrong")
    assert not Load.select().exists()


def test_what_speaks_against_it_on_the_way_is_kept_for_its_page(oleg, gate):
    gate.before(KINDERGARTEN, lambda: Campaign.update(answered_at=NOW).execute())
    address = taken(upload(oleg, *FILE), gate)
    gate.opened.set()
    ended("asp")

    assert "Отговорът до АСП за този месец вече е изготвен" in oleg.get(address).page.text(".notice.is-wrong")
    assert not Load.get().is_finished


def test_a_defect_on_the_way_leaves_it_broken_off(oleg, gate, caplog):
    def breaks():
        raise RuntimeError("Стефан Ганчев")

    gate.before(KINDERGARTEN, breaks)
    address = taken(upload(oleg, *FILE), gate)
    gate.opened.set()
    ended("asp")

    for where in (address, PAGE, MONTHS):
        said = oleg.get(where).page.text(".notice.is-wrong")
        assert said.startswith("Зареждането е прекъснато: заредете отново същия файл"), where
        assert "4 от 6 реда" in said
    assert "a load ended in a fault" in caplog.text

    gate.patch.undo()
    load(*FILE)
    assert not oleg.get(PAGE).page.has(".notice.is-wrong")


def test_a_process_that_ends_breaks_it_off_between_two_turns(oleg, gate, monkeypatch):
    class Ended:
        def is_alive(self) -> bool:
            return False

    gate.before(KINDERGARTEN, lambda: monkeypatch.setattr(beside.threading, "main_thread", Ended))
    address = taken(upload(oleg, *FILE, asp(5, institution=SCHOOL), asp(6, institution="2299999")), gate)
    gate.opened.set()
    ended("asp")

    assert "Зареждането е прекъснато" in oleg.get(address).page.text(".notice.is-wrong")
    assert not Load.get().is_finished


def test_what_was_broken_off_while_it_was_read_is_replaced_by_any_file_of_its_month(oleg, world):
    broken = Load.create(
        kind="asp", month=MONTH, file_name="ASPCONF1220.txt", sha256="0" * 64, encoding="windows-1251",
        received=5000, read=2000, at=NOW, by=world.oleg.user_id,
    )  # fmt: skip
    said = oleg.get(MONTHS).page.text(".notice.is-wrong")
    load(asp(0))

    assert "прочетени 2000 от 5000 реда. Нищо от файла не е записано." in said
    assert not oleg.get(MONTHS).page.has(".notice")
    assert "прекъснато, а после" in oleg.get(f"/campaigns/loads/{broken.id}").page.text(".lead")


@pytest.mark.parametrize("who", ["ana", "dora", "nora"])
def test_nobody_else_sees_how_far_it_is(client, world, gate, who):
    gate.before(KINDERGARTEN)
    address = taken(upload(client.sign_in(world.oleg), *FILE), gate)

    assert client.sign_in(getattr(world, who)).get(address).status_code == 403
