"""What the quarantine register costs: opening it, reading, searching, and renewing its key."""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench.loading import SITE, _source
from bench.table import Measure, show
from bench.town import FAMILY, GIVEN, MIDDLE, NOW, institutions_file, number
from portal.actions.keys.marks import added
from portal.actions.keys.passwords import stretched_anew
from portal.actions.loading.institutions import load_institutions
from portal.actions.people.activation import begin_account
from portal.actions.people.invitations import NewAccount, add_account
from portal.actions.register.keys.collection import ENTRY, MANIFEST, Register
from portal.actions.register.keys.opened import entries_of, is_whole, open_register
from portal.actions.register.keys.rotation import renew_key, start
from portal.actions.register.keys.session import Session
from portal.app import create_app
from portal.config import Config
from portal.crypto.envelope import envelope_mac, make_envelope, new_code
from portal.crypto.register import manifest, new_id, seal_record
from portal.crypto.tokens import csrf_secret, mask, new_token, token_digest
from portal.domain.identifiers import IdType
from portal.domain.people import Director, Role
from portal.domain.register.entry import Basis, Entry, PersonKind
from portal.domain.register.revisions import to_bytes, written
from portal.storage.people.persons import person_of
from portal.storage.schema.upgrade import upgrade_database
from portal.storage.tables.db import connected, writing
from portal.storage.tables.people import Login, User
from portal.storage.tables.register import Collection, Envelope
from portal.storage.tables.register import Entry as EntryRow

SCHOOL, YEAR = "2200000", 2020
PASSWORD = "parola-za-merene"
SHOWN, SEARCHED, RENEWED = 100, 2_000, 5_000
BROWSER = {"Accept-Encoding": "gzip, deflate, br", "Accept": "text/html"}
FRAGMENT = BROWSER | {"HX-Request": "true"}


def measured(folder: Path) -> bool:
    town = _Town(folder)
    unlocking = town.median(5, town.unlock)
    town.enter(SHOWN)
    page, page_bytes = town.median(15, town.page), len(town.page())
    town.enter(SEARCHED - SHOWN)
    whole_page, search = town.median(5, town.page), town.median(15, town.search)
    town.enter(RENEWED - SEARCHED)
    opening = town.median(5, town.open_all)
    renewing = town.median(5, town.renew)
    return show(
        "The quarantine register (SQLite, synchronous=FULL)",
        [
            Measure("unlock: Argon2id, unwrapping, audit; median", unlocking, "ms", 600),
            Measure(f"a page of {SHOWN}: the server's time, median", page, "ms", 250),
            Measure(f"a page of {SHOWN}: bytes, compressed", page_bytes, "B", 60_000),
            Measure(f"search by name in {SEARCHED:,}: the server's time, median", search, "ms", 400),
            Measure(f"a page of {SEARCHED:,}: the server's time, median", whole_page, "ms"),
            Measure(f"opening {RENEWED:,} entries and their manifest, median", opening, "ms", 1_500),
            Measure(f"a new key for {RENEWED:,} entries, stored; median", renewing, "ms", 1_500),
        ],
    )


class _Town:
    """One school with a director, an envelope, and a register that grows. Times are in milliseconds."""

    def __init__(self, folder: Path) -> None:
        config = Config(
            env="test", base_url="http://localhost", database_url=f"sqlite:///{folder}/portal.db",
            secret_key="only for measuring, and long enough", pepper=SITE.pepper, clock=NOW,
        )  # fmt: skip
        app = create_app(config)
        self.client, self.token = app.test_client(), new_token()
        self.entered = 0
        self.random = random.Random(20201)
        with connected():
            upgrade_database()
            load_institutions(None, _source("institutions.csv", [institutions_file(1)]), now=NOW)
            self.ana = self._director()
            with writing():
                start(self.ana, YEAR, site=SITE, now=NOW)
        self.client.set_cookie("session", self.token, domain="localhost")

    def _director(self) -> Director:
        chosen = stretched_anew(PASSWORD)
        with writing():
            new = NewAccount(Role.DIRECTOR, "ana@example.org", "Ана Янева", SCHOOL)
            user = add_account(new, site=SITE, now=NOW)
            begin_account(user, chosen, name="Ана Янева", site=SITE, now=NOW)
        name = new_id()
        public, wrapped = make_envelope(new_code(), SCHOOL, name)
        Envelope.create(
            id=name, institution=SCHOOL, public=public, wrapped_private=wrapped, made_at=NOW, made_by=user,
            mac=envelope_mac(SITE.pepper, SCHOOL, name, public),
        )  # fmt: skip
        added(Login(digest=token_digest(self.token), user=user, made_at=NOW, seen_at=NOW), site=SITE)
        person = person_of(User.get_by_id(user.id), NOW.date())
        assert isinstance(person, Director)
        return person

    def median(self, times: int, what: Callable[[], Any]) -> float:
        taken = []
        for _ in range(times):
            started = time.perf_counter()
            what()
            taken.append(time.perf_counter() - started)
        return statistics.median(taken) * 1000

    def unlock(self) -> None:
        answer = self._post("/quarantine/unlock", BROWSER, password=PASSWORD)
        assert answer.status_code == 303, answer.status_code

    def page(self) -> bytes:
        answer = self.client.get("/quarantine/", headers=BROWSER)
        assert answer.status_code == 200, answer.status_code
        return bytes(answer.data)

    def search(self) -> None:
        answer = self._post("/quarantine/search", FRAGMENT, q=f"{GIVEN[0]} {FAMILY[2]}")
        assert answer.status_code == 200, answer.status_code

    def open_all(self) -> None:
        with connected():
            register = self._register()
            kept = entries_of(register)
            assert len(kept) == self.entered
            assert is_whole(register, kept)

    def renew(self) -> None:
        with connected(), writing():
            before = self._register()
            assert renew_key(before, site=SITE, now=NOW).collection.epoch == before.collection.epoch + 1

    def enter(self, count: int) -> None:
        """``count`` more people, as the register keeps them."""
        with connected(), writing():
            register = self._register()
            rows = list(self._rows(register, count))
            EntryRow.insert_many(
                rows, [EntryRow.id, EntryRow.collection, EntryRow.revision, EntryRow.sealed]
            ).execute()
            pairs = [(row.id, row.revision) for row in EntryRow.select(EntryRow.id, EntryRow.revision)]
            sealed = manifest(register.key, register.place(MANIFEST), pairs)
            Collection.update(manifest=sealed).execute()
        self.entered += count

    def _rows(self, register: Register, count: int) -> Iterator[tuple[str, str, int, bytes]]:
        for n in range(self.entered, self.entered + count):
            entry = written(self._entry(n), by=self.ana.name, at=NOW)
            name = new_id()
            sealed = seal_record(register.key, to_bytes(entry), register.place(ENTRY, name, 1))
            yield name, register.collection.id, 1, sealed

    def _entry(self, n: int) -> Entry:
        """Under quarantine now: the longest page that there can be."""
        placed = date(2021, 1, 18) + timedelta(n % 10)
        return Entry(
            person=PersonKind.CHILD, first_name=self.random.choice(GIVEN),
            middle_name=self.random.choice(MIDDLE), last_name=self.random.choice(FAMILY),
            id_type=IdType.EGN, id_number=number(n),
            class_name=f"{1 + n % 12}А", class_code=1 + n % 12, basis=Basis.CONTACT,
            prescription=f"РЗИ-{n}/18.01.2021", phone="0888 000 000", place="София, ул. „Пример“ 1",
            placed_on=placed, planned_until=placed + timedelta(14), note="Съученик с положителен тест.",
        )  # fmt: skip

    def _register(self) -> Register:
        session = Session(Login.get(), self.token)
        register = open_register(self.ana, session, YEAR, site=SITE, now=NOW)
        assert register is not None
        return register

    def _post(self, address: str, headers: dict[str, str], **fields: str) -> Any:
        data = {"csrf_token": mask(csrf_secret(self.token)), **fields}
        return self.client.post(address, data=data, headers=headers)
