"""portal demo: what a newcomer gets, the second time too, and when its window has passed."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from portal.actions.people.egn import is_owner
from portal.actions.register.keys.envelopes import rehearse
from portal.actions.register.keys.session import opened_with
from portal.actions.register.months import read_month
from portal.actions.verifying import Verified, verify
from portal.crypto.pepper import load_pepper
from portal.demo.children import children_of
from portal.demo.filling import fill, window
from portal.demo.quarantine import CODE, printed_code
from portal.demo.schools import ACCOUNTS, OWN, PASSWORD, SCHOOLS
from portal.domain.errors import Conflict
from portal.domain.identifiers import IdType, is_valid
from portal.domain.month import Month
from portal.domain.notices.recipients import Acquaintance
from portal.domain.people import Role
from portal.domain.submissions import SubmissionState
from portal.instance import demo_environment
from portal.storage.campaigns.progress import standings
from portal.storage.lists.current import list_of
from portal.storage.loading.tables import Load
from portal.storage.notices.recipients import recipients_of
from portal.storage.notices.tables import Notice
from portal.storage.people.persons import person_of
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.db import connected, db, open_database
from portal.storage.tables.people import User
from portal.storage.tables.register import Collection, Entry, Envelope, Grant
from tests.cast import NOW, SITE
from tests.waiting import PATIENCE, until

MONTH = Month(2020, 12)
LATER = NOW + timedelta(days=60)

pytestmark = pytest.mark.xdist_group("demo")  # one demo is made, for all


def run(folder: Path, *arguments: str, at: datetime = NOW, **more: str):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return subprocess.run(
        [sys.executable, "-c", "from portal.cli import main; main()", "demo", *arguments],
        cwd=folder,
        env=kept | {"PORT": "8099", "PORTAL_CLOCK": at.isoformat()} | more,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return folder, run(folder, "--fill-only")


@pytest.fixture
def folder(made, tmp_path):
    return shutil.copytree(made[0], tmp_path / "demo")


@pytest.fixture
def opened(folder):
    """The demo's database, and the pepper that its accounts were made with."""
    open_database(f"sqlite:///{folder / 'instance/demo.db'}")
    with connected():
        pepper = load_pepper(Path(demo_environment(folder / "instance")["PORTAL_PEPPER_FILE"]))
        yield replace(SITE, pepper=pepper)
    if not db.is_closed():
        db.close()


def states():
    campaign = Campaign.get(Campaign.month == MONTH)
    return {standing.institution.code: standing.state for standing in standings(campaign, now=NOW)}


def rows(model):
    return list(model.select().order_by(model.id).tuples())


def test_prints_where_to_go_and_who_one_can_be(made):
    said = made[1].stdout

    assert made[1].returncode == 0, made[1].stderr
    assert "http://127.0.0.1:8099/" in said
    assert "декември 2020 г." in said
    assert f"Паролата на всички е: {PASSWORD}" in said
    for account in ACCOUNTS:
        assert (account.email in said) is bool(account.shown)


def test_has_institutions_in_every_state(opened):
    assert set(states().values()) == {
        SubmissionState.NOT_STARTED,
        SubmissionState.IN_PROGRESS,
        SubmissionState.READY,
        SubmissionState.SIGNED,
        SubmissionState.NO_ACCOUNT,
        SubmissionState.NOTHING,
        SubmissionState.CHECKED,
    }
    assert states()[OWN.code] is SubmissionState.NOT_STARTED


def test_came_through_the_doors_that_people_use(opened):
    load = Load.get(Load.kind == "asp")

    assert load.received == load.distributed + load.rejected
    assert load.rejected == 3
    assert Submission.get(Submission.institution == OWN.code).total >= OWN.children
    assert Record.select().where(Record.institution != Record.asp_institution).exists()
    assert Record.select().where(Record.submission.is_null()).count() == 1
    assert list(verify(None, verified=Verified(), site=opened)) == []


@pytest.fixture
def filled(database):
    """In this process, in which passwords are stretched at less cost."""
    return fill(str, site=SITE, now=NOW)


@pytest.mark.both_databases
def test_has_a_circular_that_some_have_read(filled):
    notice = Notice.get()
    recipients = recipients_of(notice, None, now=NOW)

    assert "декември 2020 г." in notice.text
    assert {each.standing for each in recipients} == {
        Acquaintance.UNREAD,
        Acquaintance.READ,
        Acquaintance.NO_DIRECTOR,
    }
    assert fill(str, site=SITE, now=NOW) == MONTH
    assert Notice.select().count() == 1


@pytest.mark.both_databases
def test_has_a_register_with_a_class_in_quarantine(filled):
    """It opens with the password that is printed, and with the printed code."""
    director = person_of(User.get(User.email == "direktor@example.org"), NOW.date())
    session = opened_with(director, PASSWORD, site=SITE, now=NOW)
    december = read_month(director, session, MONTH, site=SITE, now=NOW).found
    now = read_month(director, session, Month(2021, 1), site=SITE, now=NOW).found

    assert len(december.children) == len(now.children) > 2
    assert {child.days for child in december.children} == {8}
    rehearse(director, CODE, site=SITE, now=NOW)
    on_list = {record.id_number for record in Record.select().where(Record.institution == OWN.code)}
    assert {child.id_number for child in december.children} <= on_list


def test_prints_the_code_of_its_envelope(made):
    assert f"Кодът от плика на {OWN.name}: {CODE}" in made[1].stdout


def test_an_older_demo_gets_a_register_once(filled):
    """As one was that was filled before there was any."""
    for table in (Grant, Entry, Collection, Envelope):
        table.delete().execute()
    fill(str, site=SITE, now=NOW)
    kept = rows(Entry)
    fill(str, site=SITE, now=NOW)

    assert rows(Entry) == kept != []


def test_each_new_month_has_a_class_in_quarantine(filled):
    before = Entry.select().count()
    fill(str, site=SITE, now=LATER)
    assert Entry.select().count() > before


def test_whoever_made_the_account_their_own_keeps_the_register_as_it_is(filled):
    kept = rows(Entry)
    User.update(salt=b"x" * 16).where(User.email == "direktor@example.org").execute()
    fill(str, site=SITE, now=LATER)
    assert rows(Entry) == kept


def test_a_new_envelope_makes_the_printed_code_silent(opened):
    assert printed_code() == CODE
    Envelope.update(retired_at=NOW).execute()
    assert printed_code() == ""


def test_the_second_time_keeps_what_was_done(opened):
    Record.update(note="направено от посетител").where(Record.institution == OWN.code).execute()
    before = [rows(model) for model in (User, Submission, Record, Load)]

    assert fill(pytest.fail, site=opened, now=NOW + timedelta(days=1)) == MONTH

    assert [rows(model) for model in (User, Submission, Record, Load)] == before


def test_has_an_egn_for_whoever_may_sign_with_it(opened):
    for account in ACCOUNTS:
        user = User.get(User.email == account.email)
        assert bool(account.egn) is (account.role in (Role.DIRECTOR, Role.DELEGATE))
        if account.egn:
            assert is_valid(IdType.EGN, account.egn)
            assert is_owner(user, account.egn, site=opened)
    assert len({account.egn for account in ACCOUNTS if account.egn}) == 13


def test_an_older_demo_gets_them_once(opened):
    """As one was that was filled before there were any."""
    User.update(egn_hash=None).execute()
    fill(str, site=opened, now=NOW)
    kept = rows(User)
    fill(str, site=opened, now=NOW)

    own = next(account for account in ACCOUNTS if account.institution == OWN.code)
    assert is_owner(User.get(User.email == own.email), own.egn, site=opened)
    assert rows(User) == kept
    assert list(verify(None, verified=Verified(), site=opened)) == []


def test_gets_a_new_month_when_the_window_has_passed(filled):
    said = []

    month = fill(said.append, site=SITE, now=LATER)

    assert month == Month(2021, 2)
    assert said == ["Зареждат се деца за февруари 2021 г.…"]
    assert list_of(OWN.code, month).pending >= OWN.children
    assert list_of(OWN.code, MONTH).pending >= OWN.children


def test_a_month_that_was_used_is_not_used_again(filled):
    first = Campaign.get()
    past = first.closes_on + timedelta(days=1)

    assert fill(str, site=SITE, now=datetime(past.year, past.month, 8, 12, tzinfo=UTC)) == Month(2021, 1)


def test_goes_into_no_database_of_somebodys_own(world):
    with pytest.raises(Conflict, match="не е на демонстрацията"):
        fill(str, site=SITE, now=NOW)

    assert not User.select().where(User.email == ACCOUNTS[0].email).exists()


def test_is_refused_in_production(tmp_path):
    answer = run(tmp_path, "--fill-only", PORTAL_ENV="production")

    assert answer.returncode == 2
    assert "known password" in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_serves_until_ctrl_c(folder):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    server = subprocess.Popen(
        [sys.executable, "-c", "from portal.cli import main; main()", "demo"],
        cwd=folder,
        env=kept | {"PORT": str(port), "PORTAL_CLOCK": NOW.isoformat()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        page = _page(f"http://127.0.0.1:{port}/login")
        taken = run(folder, PORT=str(port))
    finally:
        server.send_signal(signal.SIGINT)
        ended = server.wait(timeout=60)

    assert "Демонстрация с измислени деца." in page
    assert (taken.returncode, f"port {port}" in taken.stderr) == (2, True)
    assert ended == 0


def _page(address: str) -> str:
    pages = []

    def answers() -> bool:
        with suppress(OSError), urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            pages.append(answer.read().decode())
        return bool(pages)

    until(answers)
    return pages[0]


@pytest.mark.parametrize("month", [MONTH, Month(2026, 10), Month(2030, 1)])
def test_children_have_identifiers_that_can_be_true(month):
    for school in SCHOOLS:
        children = children_of(school, month)
        assert len(children) == school.children
        assert all(is_valid(IdType.EGN, child.egn) for child in children)
        assert children == children_of(school, month)


@pytest.mark.parametrize(
    ("day", "closes_on"),
    [
        (date(2021, 1, 28), date(2021, 2, 4)),
        (date(2021, 1, 30), date(2021, 2, 8)),  # the 6th is a Saturday
        (date(2021, 2, 24), date(2021, 3, 4)),  # the 3rd is a holiday
    ],
)
def test_the_deadline_is_a_working_day(day, closes_on):
    assert window(day).closes_on == closes_on
    assert window(day).opens_on < day
