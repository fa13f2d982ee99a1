"""The promise: of the register nothing leaves the keys. Three people work with it through the real pages;
then everything that could be stolen is searched for every name, number, date, basis, note and reason.

``docs/security.md`` says what is promised. The search itself is proved by what it does find.
"""

import base64
import json
import logging
import re
import shutil
import sqlite3
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import psycopg
import pytest
from gunicorn.config import Config as GunicornConfig
from gunicorn.glogging import Logger as GunicornLogger

from portal.actions.letters.outbox import opened as opened_letter
from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.domain.people import Role, Scope
from portal.logs import ACCESS_FORMAT, LineFormatter
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.db import connected, db
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import Delegation, User
from portal.storage.tables.register import Collection, Entry
from tests.actions.register.leaks import SHORTEST, found_in, spellings, unfolded
from tests.cast import (
    NOW,
    PASSWORD,
    SCHOOL,
    SITE,
    add_delegation,
    add_enrolment,
    add_user,
    change_delegations,
)
from tests.page import Client

JANUARY = Month(2021, 1)
NEW_PASSWORD, LAST_PASSWORD = "нова парола за теста", "последна парола за теста"
REGISTER = "/quarantine/"

CHILD = {
    "person": "child", "first_name": "Щъркелина", "middle_name": "Бързакова", "last_name": "Жълтурчева",
    "id_type": "0", "id_number": "1043183143", "class_name": "Звънче-ЩЮ", "basis": "positive",
    "prescription": "РЗИ-ЯХ-77341", "phone": "0899 771 553", "place": "с. Горно Чекотино, ул. „Въжарска“ 8",
    "placed_on": "2021-01-13", "planned_until": "2021-01-23", "note": "Майка ѝ се обади: дядото е в болница.",
}  # fmt: skip
TEACHER = {
    "person": "teacher", "first_name": "Zdravelina", "middle_name": "Quirkova", "last_name": "Wolframska",
    "basis": "contact", "prescription": "RHI/zx-90817", "phone": "+359 2 4417726",
    "place": "Kyustendil, Vazhdar 3", "placed_on": "2021-01-14", "planned_until": "2021-01-22",
    "note": "Kolezhka ot stolovata.",
}  # fmt: skip
CLASS = {
    "class_name": "Пингвинчета-ЪЮ", "basis": "contact", "prescription": "РЗИ-КЛ-66012",
    "placed_on": "2021-01-15", "planned_until": "2021-01-24",
}  # fmt: skip
CHANGED = {
    "last_name": "Ждрелчинска", "note": "Второ мнение на лекаря Гъмзов.", "planned_until": "2021-01-21",
}  # fmt: skip
REASONS = ("Обади се инспекторът по здравето", "Проверка за родителска среща", "Списък за куриера на лекаря")
SEARCHED = "жълтурче"
LOOKED_FOR = "бързокрилченце"
WHY = "Въжеджийска е в друго училище"
# Enrolled, so his name is in the database in any case: what the search has to find.
PUPIL = ("Цветослав", "Чавдаров", "Шопландийски", "0744164373")

TEXTS = [
    *(value for entry in (CHILD, TEACHER, CLASS, CHANGED) for value in entry.values()),
    *REASONS,
    SEARCHED,
    LOOKED_FOR,
    WHY,
]
KINDS = {"child", "teacher"}  # words of the form
DAYS = [date.fromisoformat(text) for text in TEXTS if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text)]


def secrets() -> set[str]:
    """Whole values, and each longer word of them; days in the ways in which they are written."""
    words = {word for text in TEXTS for word in (text, *re.split(r"[\s,.:„“]+", text))}
    forms = ("%Y-%m-%d", "%d.%m.%Y", "%Y%m%d", "%Y, %-m, %-d")
    days = {day.strftime(form) for day in DAYS for form in forms}
    every = words | days | {"контактно лице", "положителен"}
    return {word for word in every if len(word) >= SHORTEST} - KINDS


class Worker:
    """A browser of one person who logs in with the real form, and everything that it sends and is sent."""

    def __init__(self, app, config, seen: list[str]) -> None:
        self.client = Client(app, config)
        self.seen = seen
        self.access = _access_log()

    def log_in(self, email: str, password: str) -> "Worker":
        assert self.send("/login", email=email, password=password).status_code == 303
        return self._entered()

    def _entered(self) -> "Worker":
        self.client.token = self.client.http.get_cookie("session", domain="localhost").value
        return self

    def get(self, address: str, **query):
        return self._noted("GET", address, self.client.get(address, **query))

    def send(self, address: str, **fields):
        return self._noted("POST", address, self.client.send(address, **fields))

    def activate(self, address: str, password: str) -> None:
        assert self.send(address, password=password, confirm=password).status_code == 303
        self._entered()

    def _noted(self, method: str, address: str, answer):
        request = answer.response.request
        self.seen += [f"{method} {request.url}", answer.location, request.headers.get("Cookie", "")]
        for cookie in answer.headers.getlist("Set-Cookie"):
            self.seen += [cookie, _inside(cookie)]
        environ = request.environ
        self.access.access(
            SimpleNamespace(status=str(answer.status_code), sent=len(answer.data), headers=[]),
            SimpleNamespace(headers=[]),
            environ | {"RAW_URI": request.full_path},
            SimpleNamespace(seconds=0, microseconds=900),
        )
        return answer


def _access_log() -> GunicornLogger:
    settings = GunicornConfig()
    settings.set("accesslog", "-")
    settings.set("access_log_format", ACCESS_FORMAT)
    logger = GunicornLogger(settings)
    logger.access_log.propagate = True
    return logger


def _inside(cookie: str) -> str:
    """What Flask's cookie says: it is signed and packed, not sealed."""
    value = cookie.partition("=")[2].partition(";")[0]
    if not value.startswith((".", "ey")):
        return ""
    packed = value.lstrip(".").split(".")[0]
    raw = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
    return (zlib.decompress(raw) if value.startswith(".") else raw).decode()


class Heard(logging.Handler):
    """Every record of every logger, as it is meant and as the log has it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(LineFormatter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += [record.getMessage(), self.format(record)]


@pytest.fixture
def heard() -> Iterator[Heard]:
    handler, root = Heard(), logging.getLogger()
    loggers = [root, logging.getLogger("peewee"), logging.getLogger("portal")]
    before = [one.level for one in loggers]
    for one in loggers:
        one.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    for one, level in zip(loggers, before, strict=True):
        one.setLevel(level)


@pytest.fixture
def prepared(world) -> None:
    """Дора and Елена may keep the register; January can be confirmed; one class is enrolled."""
    elena = add_user(Role.DELEGATE, "Елена Русева", "elena@example.org", institution=SCHOOL)
    change_delegations(scopes=f"{Scope.REGISTER.value}")
    row = Delegation.get()
    add_delegation(elena, scopes=row.scopes, order_number="РД-16", made_by=world.ana.user_id)
    campaign = Campaign.create(
        month=JANUARY, opens_on=date(2021, 1, 26), closes_on=date(2021, 2, 4), made_at=NOW
    )
    Submission.create(campaign=campaign, institution=SCHOOL)
    add_enrolment(
        month=JANUARY, id_type=IdType.EGN, id_number=PUPIL[3], position=1, given=PUPIL[0], middle=PUPIL[1],
        family=PUPIL[2], institution=SCHOOL, edu_form="", class_code=7, status=1,
    )  # fmt: skip


@pytest.fixture
def reader(database, tmp_path) -> Iterator[sqlite3.Connection | None]:
    """Who keeps SQLite's WAL from being emptied: all that was ever written stays in it."""
    if not database.startswith("sqlite"):
        yield None
        return
    reader = sqlite3.connect(tmp_path / "portal.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT COUNT(*) FROM user").fetchone()
    yield reader
    reader.close()


@pytest.fixture
def no_temporary_files(monkeypatch) -> None:
    """What is open stays in memory: whoever asks for a temporary file gets a defect. The tests keep compiled
    templates, which know nothing of anybody."""
    sanitized = tempfile._sanitize_params

    def refuse(prefix, suffix, folder):
        assert str(prefix).startswith("__jinja2_"), "something is written to a temporary file"
        return sanitized(prefix, suffix, folder)

    monkeypatch.setattr(tempfile, "_sanitize_params", refuse)


@pytest.fixture
def places(prepared, reader, heard, app, config, database, tmp_path, no_temporary_files, monkeypatch):
    """All that can be stolen after the three have worked, each with its content."""
    seen: list[str] = []
    workers = [Worker(app, config, seen) for _ in range(3)]
    _work(*workers, monkeypatch)
    found = {"addresses and cookies": "\n".join(seen).encode(), "logs": "\n".join(heard.lines).encode()}
    monkeypatch.undo()
    with connected():
        found |= _letters() | (_files(reader, tmp_path) if reader else _dumps(database))
    return found


def _work(ana: Worker, dora: Worker, elena: Worker, monkeypatch) -> None:
    ana.log_in("ana@example.org", PASSWORD)
    code = _make_envelope(ana)
    assert ana.send("/quarantine/entries", **CHILD).status_code == 303
    for delegate, email, reason in ((dora, "dora", REASONS[0]), (elena, "elena", REASONS[1])):
        delegate.log_in(f"{email}@example.org", PASSWORD)
        assert delegate.send("/quarantine/unlock", password=PASSWORD, reason=reason).status_code == 303
    assert dora.send("/quarantine/entries", **TEACHER).status_code == 303
    _enter_class(elena)
    _refused_and_broken(dora, monkeypatch)
    _correct_and_release(dora, elena)
    _papers(elena)
    assert ana.send(f"/quarantine/{JANUARY}/confirm").status_code == 303
    audit = ana.get("/audit", kind="register")
    assert REASONS[0] in audit.text
    assert REASONS[0] in ana.get("/audit/export.csv").data.decode()
    _revoke(ana, elena)
    _change_password(ana)
    _lose_password(ana, code)
    _take_over(ana)


def _make_envelope(ana: Worker) -> str:
    page = ana.get("/quarantine/envelope").page
    code = page.text("#envelope-code")
    proposal = page.all("input[name=proposal]")[0].get("value")
    assert ana.send("/quarantine/envelope/pdf", proposal=proposal).data.startswith(b"%PDF")
    asked = [field.get("name") for field in page.all("input[name^=group_]")]
    typed = {name: code.split("-")[int(name.removeprefix("group_")) - 1] for name in asked}
    assert ana.send("/quarantine/envelope", proposal=proposal, **typed).status_code == 303
    return code


def _enter_class(elena: Worker) -> None:
    page = elena.send("/quarantine/classes", **{"class": "7"}).page
    child = page.one("input[name=child]").get("value")
    sent = elena.send("/quarantine/classes", **{"class": "7", "child": child, "step": "enter"}, **CLASS)
    assert sent.status_code == 303


def _refused_and_broken(dora: Worker, monkeypatch) -> None:
    """What was typed stands on the page that refuses it, and nowhere else; a defect tells its place only."""
    again = dora.send("/quarantine/entries", **CHILD | {"planned_until": "2021-01-22"})
    assert again.status_code == 422
    assert CHILD["place"] in again.text

    def breaks(*_, **__) -> None:
        raise ValueError(f"the database refused {CHILD}")

    with monkeypatch.context() as broken:
        broken.setattr("portal.web.register.views.entering.enter", breaks)
        assert dora.send("/quarantine/entries", **CHILD).status_code == 500


def _correct_and_release(dora: Worker, elena: Worker) -> None:
    found = elena.send("/quarantine/search", q=SEARCHED)
    assert CHILD["first_name"] in found.page.text("main")
    row, version = _entry(found)
    assert dora.send(f"/quarantine/entries/{row}", **CHILD | CHANGED, version=version).status_code == 303
    row, version = _entry(elena.send("/quarantine/search", q=TEACHER["last_name"]))
    assert elena.send(f"/quarantine/entries/{row}/release", version=version).status_code == 303
    strike = f"/quarantine/entries/{row}/strike"
    assert elena.send(strike, revision=int(version) + 1, why=WHY).status_code == 303
    assert WHY in elena.get(REGISTER).text
    looked = elena.send("/quarantine/entries", look=LOOKED_FOR, step="find")
    assert "Няма такова дете" in looked.page.text("#enter")


def _entry(answer) -> tuple[str, str]:
    """The only entry that was found, and its revision."""
    (row,) = [row for row in answer.page.all("[id^=entry-]") if row.xpath(".//input[@name='version']")]
    return row.get("id").removeprefix("entry-"), row.xpath(".//input[@name='version']/@value")[0]


def _papers(elena: Worker) -> None:
    for kind in ("rzi", "order", "day"):
        for form in ("pdf", "xlsx"):
            sent = elena.send(
                "/quarantine/papers", kind=kind, format=form, day="2021-01-15", first="2021-01-15",
                class_name=CLASS["class_name"], reason=REASONS[2],
            )  # fmt: skip
            assert sent.status_code == 200
            assert sent.data[:4] in (b"%PDF", b"PK\x03\x04"), f"{kind} as {form}"


def _revoke(ana: Worker, elena: Worker) -> None:
    with connected():
        row = Delegation.get(Delegation.user == User.get(User.email == "elena@example.org"))
        epoch = Collection.get().epoch
    assert ana.send(f"/delegates/{row.id}/revoke").status_code == 303
    assert urlsplit(elena.get(REGISTER).location).path == "/login"
    with connected():
        assert Collection.get().epoch == epoch + 1


def _change_password(ana: Worker) -> None:
    sent = ana.send("/account/password", current=PASSWORD, password=NEW_PASSWORD, confirm=NEW_PASSWORD)
    assert sent.status_code == 303
    assert ana.send("/quarantine/lock").status_code == 303
    assert ana.send("/quarantine/unlock", password=NEW_PASSWORD).status_code == 303
    assert CHANGED["last_name"] in ana.get(REGISTER).page.text("main")


def _take_over(ana: Worker) -> None:
    """A register from which somebody took an entry away, past the portal."""
    with connected():
        Entry.delete().where(Entry.id == Entry.select(Entry.id).limit(1)).execute()
    page = ana.get("/quarantine/takeover").page
    seen = page.one("input[name=unlock-seen]").get("value")
    sent = {"unlock-seen": seen, "unlock-read": "yes", "unlock-password": LAST_PASSWORD}
    assert ana.send("/quarantine/takeover", **sent).status_code == 303
    assert "нецял" in ana.get("/audit", kind="register").text


def _lose_password(ana: Worker, code: str) -> None:
    """A letter opens the account, and only the envelope the register."""
    ana.client.sign_out()
    assert ana.send("/forgotten", email="ana@example.org").status_code == 303
    with connected():
        letter = opened_letter(OutboxMessage.select().order_by(OutboxMessage.id.desc()).first(), site=SITE)
    ana.activate(urlsplit(re.search(r"http\S+", letter.body)[0]).path, LAST_PASSWORD)
    assert CHANGED["last_name"] not in ana.get(REGISTER).text
    assert ana.send("/quarantine/open", code=code).status_code == 303
    page = ana.get(REGISTER).page.text("main")
    assert all(name in page for name in (CHANGED["last_name"], TEACHER["last_name"], PUPIL[2]))


def _letters() -> dict[str, bytes]:
    """As they are read, though they wait sealed."""
    letters = [opened_letter(row, site=SITE) for row in OutboxMessage.select() if row.sealed]
    assert len(letters) > 3
    return {"letters": "\n".join(f"{one.to} {one.subject} {one.body}" for one in letters).encode()}


def _files(reader: sqlite3.Connection, folder: Path) -> dict[str, bytes]:
    """While people work, and as they are left when nobody does."""
    db.execute_sql("VACUUM INTO ?", (str(folder / "backup.db"),))
    found = {path.name: path.read_bytes() for path in folder.glob("*.db*")}
    assert {"portal.db", "portal.db-wal", "portal.db-shm", "portal.db.lock", "backup.db"} <= found.keys()
    reader.close()
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return found | {"portal.db at rest": (folder / "portal.db").read_bytes()}


def _dumps(database: str) -> dict[str, bytes]:
    """All tables as a replica would get them; and ``pg_dump`` where it is installed."""
    found = {}
    with psycopg.connect(database) as server:
        for table in db.get_tables():
            with server.cursor().copy(f'COPY "{table}" TO STDOUT') as rows:
                found[f"table {table}"] = unfolded(b"".join(bytes(row) for row in rows))
    if shutil.which("pg_dump"):
        dump = subprocess.run(["pg_dump", database], check=True, capture_output=True).stdout
        found["pg_dump"] = unfolded(dump)
    return found


def test_nothing_of_the_register_is_found_anywhere(places):
    check_finds_what_is_there(places)  # else the rest could not fail

    assert found_in(places, secrets()) == []


def check_finds_what_is_there(places):
    here = {place for place in places if found_in({place: places[place]}, [PUPIL[2]])}
    assert here in (
        {"portal.db-wal", "portal.db at rest", "backup.db"},
        {"table enrolment", "pg_dump"},
        {"table enrolment"},
    )
    for place, word in (
        ("addresses and cookies", "/quarantine/search"),
        ("addresses and cookies", "Записано е."),
        ("logs", "register_entered"),
        ("logs", "paper rzi by user"),
        ("logs", "POST /forgotten 303"),
        ("letters", "elena@example.org"),
    ):
        assert found_in({place: places[place]}, [word]), f"{word} in {place}"


@pytest.mark.parametrize("word", ["Щъркелина", "Zdravelina", "1043183143", "2021-01-13"])
def test_the_search_finds_every_spelling(word):
    around = bytes(range(256))
    for needle, spelling in spellings(word).items():
        assert found_in({"it": around + needle + around}, [word]), spelling
    for bent in (word, word.upper(), word[::-1]):
        for length in range(3):
            raw = b"x" * length + bent.encode() + b"xxxx"
            assert found_in({"base64": base64.b64encode(raw)}, [word])
            assert found_in({"json": json.dumps(bent).encode()}, [word])
            assert found_in({"dump": unfolded(b"\\\\x" + raw.hex().encode() + b"\n")}, [word])
    assert not found_in({"it": around + word[:-1].encode() + around}, [word])
