"""Who works while things break: each chooses by the seed what to do, and keeps account of what was said."""

import io
import random
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from portal.domain.decisions import Decision
from portal.domain.submissions import Lock
from portal.storage.tables.campaigns import Record, Submission
from portal.storage.tables.institutions import Closure, Institution
from portal.storage.tables.people import Delegation, User
from portal.storage.tables.register import Entry
from tests.cast import FAR_SCHOOL, MONTH, NOW, PASSWORD, SCHOOL
from tests.faults.browser import Answer, Browser, NoAnswer
from tests.faults.ledger import Change, Findings, Kept
from tests.page import Page

LIST = f"/confirmations/{MONTH}"
LETTERS = "абвгдежзийклмнопрстуфхцчшщюя"
THINKING = 0.3  # seconds between two deeds, at most


class Person(threading.Thread):
    """``deeds`` are what they choose from."""

    deeds: tuple[Callable[["Person"], None], ...] = ()

    def __init__(self, email: str, port: int, findings: Findings, seed: str) -> None:
        super().__init__(name=email)
        self.findings = findings
        self.browser = Browser(port, email, findings)
        self.random = random.Random(f"{seed}/{email}")
        self.is_over = threading.Event()
        self.done = 0

    def run(self) -> None:
        while not self.is_over.is_set():
            try:
                self.random.choice(self.deeds)(self)
                self.done += 1
                time.sleep(self.random.uniform(0, THINKING))
            except Exception as error:
                self.findings.breaks(f"{self.name} met {type(error).__name__}: {error}")
                return

    def change(self, change: Change, path: str, fields: dict[str, object]) -> Answer | None:
        """Send it, and note what was answered; None without an answer, after a rest."""
        try:
            answer = self.browser.send(path, fields)
        except NoAnswer:
            time.sleep(0.5)  # what the database was told last, it may still be doing
            return None
        if answer.is_stored:
            change.stored()
        elif not answer.is_unsure:
            change.refused()
        return answer

    def kept(self, name: str, *possible: object) -> Kept:
        return Kept(f"{self.name}: {name}", self.findings, set(possible))

    def check(self) -> None:
        """At the end, with everything at rest and ``db`` open: what was promised is there."""


class Reader(Person):
    """Looks at pages."""

    def __init__(self, *words: object, pages: tuple[str, ...]) -> None:
        super().__init__(*words)
        self.pages = pages

    def read(self) -> None:
        self.browser.get(self.random.choice(self.pages))

    deeds = (read,)


class Decider(Person):
    """Decides on some records of a list, each of which nobody else touches."""

    def __init__(self, *words: object, records: list[int]) -> None:
        super().__init__(*words)
        self.records = {number: self.kept(f"record {number}", ("pending", "")) for number in records}

    def list(self) -> Page:
        page = self.browser.get(LIST)
        for number, kept in self.records.items():
            shown = page.one(f"#record-{number}").get("class").split()[1].removeprefix("is-")
            kept.seen(lambda value, shown=shown: value[0] == shown, shown)
        return page

    def decide(self) -> None:
        self.decide_one(self.list(), self.random.choice([*self.records]), self.random.choice(CHOICES))

    def decide_one(self, page: Page, number: int, decision: str) -> None:
        if not page.has(f"#record-{number} [data-editor]"):
            return  # the list is signed
        fields: dict[str, object] = page.fields(page.one("form#deciding")) | {"decision": decision}
        fields["version"] = page.one(f"#record-{number}").get("data-record")
        note = ""
        if decision == "refused":
            note = f"бележка {self.random.random()}"
            fields |= {"corrected": "4", "reason": "late_note", "note": note}
        self.change(self.records[number].sending((decision, note)), f"{LIST}/records/{number}", fields)

    def check(self) -> None:
        for number, kept in self.records.items():
            record = Record.get_by_id(number)
            stands = record.decision.code, record.note
            kept.seen(lambda value, stands=stands: value == stands, stands)

    deeds = (decide,)


CHOICES = tuple(decision.code for decision in Decision)


class Director(Decider):
    """Signs as well, takes the signature back, and keeps the days without school and the delegates."""

    def __init__(self, *words: object, institution: str, **more: object) -> None:
        super().__init__(*words, **more)
        self.institution = institution
        self.signed = self.kept("signature", False)
        self.closures: dict[str, Kept] = {}
        self.delegates: dict[str, Kept] = {}

    def sign(self) -> None:
        page = self.browser.get(f"{LIST}/sign")
        self._see_signature(page)
        for form in page.all(f'form[action="{LIST}/sign"]'):
            self.change(
                self.signed.sending(True), form.get("action"), page.fields(form) | {"password": PASSWORD}
            )

    def unsign(self) -> None:
        page = self.browser.get(f"{LIST}/sign")
        self._see_signature(page)
        for form in page.all(f'form[action="{LIST}/unsign"]'):
            fields = page.fields(form) | {"reason": "За поправка."}
            self.change(self.signed.sending(False), form.get("action"), fields)

    def _see_signature(self, page: Page) -> None:
        is_signed = page.has(f'form[action="{LIST}/unsign"]')
        self.signed.seen(lambda value: value == is_signed, is_signed)

    def close_a_day(self) -> None:
        page = self.browser.get("/closures/")
        day = NOW.date() + timedelta(days=40 + len(self.closures))
        number = f"РД-{self.institution}-{len(self.closures)}/28.01.2021"
        kept = self.closures[number] = self.kept(f"closure {number}", 0)
        fields = page.fields(page.one('form[action="/closures/"]'))
        fields |= {"first": day.isoformat(), "last": day.isoformat(), "order_number": number}
        self.change(kept.sending(1), "/closures/", fields)

    def authorise(self) -> None:
        page = self.browser.get("/delegates/")
        email = f"{self.institution}.{len(self.delegates)}@example.org"
        kept = self.delegates[email] = self.kept(f"delegate {email}", 0)
        fields = page.fields(page.one('form[action="/delegates/"]'))
        fields |= {"name": "Ива Пример", "email": email, "scopes": "decide", "until": "2021-06-30"}
        fields |= {"order_number": f"РД-{len(self.delegates)}/28.01.2021"}
        self.change(kept.sending(1), "/delegates/", fields)

    def check(self) -> None:
        super().check()
        is_signed = Submission.get(Submission.institution == self.institution).lock is Lock.SIGNED
        self.signed.seen(lambda value: value == is_signed, is_signed)
        for number, kept in self.closures.items():
            count = Closure.select().where(Closure.order_number == number).count()
            kept.seen(lambda value, count=count: value == count, count)
        for email, kept in self.delegates.items():
            count = Delegation.select().join(User, on=Delegation.user).where(User.email == email).count()
            kept.seen(lambda value, count=count: value == count, count)

    deeds = (Decider.decide, Decider.decide, sign, unsign, close_a_day, authorise)


class Alone(Director):
    """Has the list for herself, and so may confirm what is left of it."""

    def confirm_rest(self) -> None:
        self.list()
        page = self.browser.get(f"{LIST}/confirm-rest")
        for form in page.all("main form"):
            waiting = [kept for kept in self.records.values() if ("pending", "") in kept.possible]
            sent = [kept.sending(("confirmed", "")) for kept in waiting]
            first, *others = sent
            answer = self.change(first, form.get("action"), page.fields(form))
            for other in others:
                if answer is not None and answer.is_stored:
                    other.stored()
                elif answer is not None and not answer.is_unsure:
                    other.refused()

    def finish(self) -> None:
        self.confirm_rest()
        self.sign()

    deeds = (*Director.deeds, confirm_rest, finish)


class Keeper(Alone):
    """Keeps the register of persons in quarantine too; ``open_register`` comes before anything breaks."""

    def __init__(self, *words: object, **more: object) -> None:
        super().__init__(*words, **more)
        self.entered: dict[str, Kept] = {}

    def open_register(self) -> None:
        self.browser.get("/quarantine/")
        page = self.browser.get("/quarantine/envelope")
        groups = page.text("#envelope-code").split("-")
        form = page.all('form[action="/quarantine/envelope"]')[-1]
        fields = page.fields(form)
        for name in [name for name in fields if name.startswith("group_")]:
            fields[name] = groups[int(name.removeprefix("group_")) - 1]
        assert self.browser.send("/quarantine/envelope", fields).is_stored

    def enter(self) -> None:
        page = self._register()
        name = "".join(self.random.choices(LETTERS, k=8)).capitalize()
        kept = self.entered[name] = self.kept("an entry of the register", 0)
        fields = page.fields(page.one('form[action="/quarantine/entries"]'))
        fields |= {"person": "teacher", "first_name": "Мария", "last_name": name, "basis": "positive"}
        fields |= {"placed_on": "2021-01-25", "planned_until": "2021-02-05"}
        self.change(kept.sending(1), "/quarantine/entries", fields)

    def _register(self) -> Page:
        page = self.browser.get("/quarantine/")
        text = page.text("main")
        for name, kept in self.entered.items():
            count = int(name in text)
            kept.seen(lambda value, count=count: value == count, count)
        return page

    def check(self) -> None:
        super().check()
        self._register()
        least = sum(min(kept.possible) for kept in self.entered.values())
        if Entry.select().count() < least:
            self.findings.breaks("entries of the register are missing")

    deeds = (*Alone.deeds, enter, enter)


class Operator(Person):
    """Loads АСП's list of the next month, with a child more each time; closes an institution, opens it."""

    def __init__(self, *words: object, numbers: tuple[str, ...]) -> None:
        super().__init__(*words)
        self.numbers = numbers
        self.loaded = self.kept("children of the next month", 0)
        self.closed = self.kept("closed", False)

    def load(self) -> None:
        page = self.browser.get("/campaigns/")
        count = min(max(self.loaded.possible) + 1, len(self.numbers))
        name = "ASPCONF0121.txt"
        file = io.BytesIO("".join(map(self._line, self.numbers[:count])).encode("cp1251"))
        fields = page.fields(page.one('form[action="/campaigns/load"]')) | {"file": (file, name)}
        self.change(self.loaded.sending(count), "/campaigns/load", fields)

    def _line(self, number: str) -> str:
        return f"2021|01|{SCHOOL}|0|{number}|Мария|Иванова|Пример|007.00|0|00\r\n"

    def toggle(self) -> None:
        page = self.browser.get("/calendar/institutions")
        reopen = f"/calendar/institutions/{FAR_SCHOOL}/reopen"
        is_closed = page.has(f'form[action="{reopen}"]')
        self.closed.seen(lambda value: value == is_closed, is_closed)
        path = reopen if is_closed else "/calendar/institutions/close"
        fields = page.fields(page.one(f'form[action="{path}"]'))
        if not is_closed:
            fields |= {"institution": FAR_SCHOOL, "on": NOW.date().isoformat()}
        self.change(self.closed.sending(not is_closed), path, fields)

    def read(self) -> None:
        self.browser.get(self.random.choice(("/campaigns/", f"/campaigns/{MONTH}", "/audit")))

    def check(self) -> None:
        count = Record.select().where(Record.id_number.in_(self.numbers), Record.campaign != 1).count()
        self.loaded.seen(lambda value: value == count, count)
        is_closed = Institution.get_by_id(FAR_SCHOOL).closed_on is not None
        self.closed.seen(lambda value: value == is_closed, is_closed)

    deeds = (load, toggle, read)
