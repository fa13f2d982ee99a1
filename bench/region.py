"""The first pages with a whole region behind them, and the region's overview: the server's time for each."""

import statistics
import time
from pathlib import Path
from typing import Any

from bench.loading import SITE, _source
from bench.table import Measure, show
from bench.town import CLOSES, NOW, OPENS, asp_file, institutions_file
from portal.actions.campaigns.window import Days
from portal.actions.keys.marks import added, mark
from portal.actions.loading.asp_list import load_asp_list
from portal.actions.loading.institutions import load_institutions
from portal.actions.notices.publishing import Edition, publish
from portal.actions.notices.reminding import remind
from portal.app import create_app
from portal.config import Config
from portal.crypto.tokens import new_token, token_digest
from portal.domain.letters.fate import LetterState, Verdict
from portal.domain.notices.rules import Wording
from portal.domain.people import Operator, Role
from portal.domain.submissions import Lock
from portal.storage.notices.tables import NoticeReading
from portal.storage.people.persons import person_of
from portal.storage.schema.upgrade import upgrade_database
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.db import connected
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import Login, User
from portal.storage.tables.register import RegisterMonth

INSTITUTIONS, CHILDREN = 300, 6_000
LETTERS = 8  # to each director: so many there are in a month (PART=month)
TIMES = 15  # each page is asked for so often; the median counts
LIMIT = 200  # ms
PAGES = {
    "director: first page": (Role.DIRECTOR, "/"),
    "РУО: first page": (Role.RUO, "/"),
    "РУО: the region's overview": (Role.RUO, "/oversight/2020-12"),
    "РУО: who lacks one of the two": (Role.RUO, "/oversight/2020-12?module=one"),
    "operator: first page": (Role.OPERATOR, "/"),
    "operator: the month": (Role.OPERATOR, "/campaigns/2020-12"),
    "operator: the country": (Role.OPERATOR, "/oversight/2020-12"),
    "РУО: circulars": (Role.RUO, "/oversight/notices"),
    "РУО: who has read one": (Role.RUO, "/oversight/notices/1"),
    "operator: circulars": (Role.OPERATOR, "/oversight/notices"),
    "operator: who has read one": (Role.OPERATOR, "/oversight/notices/1"),
    "director: letters": (Role.DIRECTOR, "/letters/"),
    "operator: refused addresses": (Role.OPERATOR, "/letters/refused"),
    "РУО: corrections": (Role.RUO, "/oversight/2020-12/corrections"),
    "operator: corrections": (Role.OPERATOR, "/campaigns/2020-12/corrections"),
}


def measured(folder: Path) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    config = Config(
        env="test", base_url="http://localhost", database_url=f"sqlite:///{folder}/portal.db",
        secret_key="only for measuring, and long enough", pepper=b"p" * 32, clock=NOW,
    )  # fmt: skip
    app = create_app(config)
    with connected():
        clients = _fill(app)
    behind = f"{INSTITUTIONS} institutions, {LETTERS} letters each, {CHILDREN:,} children"
    title = f"A region: {behind}, the server's time, median of {TIMES}"
    found = [
        Measure(what, _median(clients[role], address) * 1000, "ms", LIMIT)
        for what, (role, address) in PAGES.items()
    ]
    return show(title, found)


def _fill(app: Any) -> dict[Role, Any]:
    """Every institution has a director, who was written to; of each ten, three have signed, four have
    confirmed the register's month, two of them both."""
    upgrade_database()
    load_institutions(None, _source("institutions.csv", [institutions_file(INSTITUTIONS)]), now=NOW)
    lines = _source("ASPCONF1220.txt", asp_file(CHILDREN, INSTITUTIONS))
    load_asp_list(None, lines, window=Days(OPENS, CLOSES), now=NOW)
    codes = [f"{2200000 + n}" for n in range(INSTITUTIONS)]
    users = {Role.RUO: _user(Role.RUO, "ruo", region=22), Role.OPERATOR: _user(Role.OPERATOR, "operator")}
    for code in codes:
        users[Role.DIRECTOR] = _user(Role.DIRECTOR, f"d{code}", institution=code)
        _write_to(users[Role.DIRECTOR])
    signed = [code for n, code in enumerate(codes) if n % 10 in (0, 1, 2)]
    Submission.update(lock=Lock.SIGNED, signed_at=NOW).where(Submission.institution.in_(signed)).execute()
    for code in (code for n, code in enumerate(codes) if n % 10 in (1, 2, 3, 4)):
        RegisterMonth.create(campaign=Campaign.get(), institution=code, confirmed_at=NOW)
    _publish(users[Role.OPERATOR])
    return {role: _client(app, user) for role, user in users.items()}


def _publish(operator: User) -> None:
    """A circular to all of them, which every third director has read, and that the others were written
    about."""
    person = person_of(operator, OPENS)
    assert isinstance(person, Operator)
    notice = publish(
        person, Edition(Wording("1", NOW.date(), "Потвърждения", "Моля, потвърдете.", CLOSES)), now=NOW
    )
    readers = User.select().where((User.role == Role.DIRECTOR) & (User.id % 3 == 0))
    for user in readers:
        NoticeReading.insert(notice=notice, user=user, at=NOW).execute()
    remind(person, notice.id, "Моля, прочетете.", seen=0, now=NOW)


def _user(role: Role, name: str, **place: Any) -> User:
    user = User.create(
        email=f"{name}@example.org", name="Ана Янева", role=role, invited_at=NOW, activated_at=NOW, **place
    )
    mark(user, site=SITE)
    return user


def _write_to(user: User) -> None:
    """The letters of a month, as they were handed over; every tenth director's address is not known."""
    is_known = user.id % 10 != 0
    for number in range(LETTERS):
        OutboxMessage.create(
            recipient=user.email, user=user, kind="reminder", occasion=f"reminder/{number}/user:{user.id}",
            state=LetterState.SENT if is_known else LetterState.GIVEN_UP, campaign=Campaign.get(),
            institution=user.institution, body="Краен срок за декември 2020 г.\n" * 25,
            made_at=NOW, not_before=NOW, sent_at=NOW if is_known else None, attempts=1, replied_at=NOW,
            verdict=Verdict.ACCEPTED if is_known else Verdict.UNKNOWN_ADDRESS, code=250 if is_known else 550,
        )  # fmt: skip


def _client(app: Any, user: User) -> Any:
    token = new_token()
    added(Login(digest=token_digest(token), user=user, made_at=NOW, seen_at=NOW), site=SITE)
    client = app.test_client()
    client.set_cookie("session", token, domain="localhost")
    return client


def _median(client: Any, address: str) -> float:
    times = []
    for _ in range(TIMES + 1):
        started = time.perf_counter()
        answer = client.get(address)
        times.append(time.perf_counter() - started)
        assert answer.status_code == 200, (address, answer.status_code)
    return statistics.median(times[1:])  # the first one compiles the templates
