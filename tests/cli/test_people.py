"""portal user, portal pepper, portal outbox send"""

import json

import pytest
from aiosmtpd.handlers import Message as Keeping
from click.testing import CliRunner

from portal.actions.people.egn import is_owner
from portal.cli import main
from portal.domain.people import Role
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import User
from tests.cast import EGNS, NOW, PASSWORD, PEPPER, SCHOOL, SITE
from tests.mail.letters import letters, readers, token_in
from tests.mail.mail_server import mail_to

EXPERT = ["user", "invite", "--role", "ruo", "--region", "22", "--email", "r@example.org"]


@pytest.fixture
def portal(database, world, tmp_path, monkeypatch):
    pepper = tmp_path / "pepper"
    pepper.write_bytes(PEPPER)
    pepper.chmod(0o600)
    for name, value in {
        "PORTAL_ENV": "test",
        "PORTAL_DATABASE_URL": database,
        "PORTAL_PEPPER_FILE": str(pepper),
        "PORTAL_SECRET_KEY": "tests only, and long enough to be one",
        "PORTAL_BASE_URL": "http://localhost",
        "PORTAL_CLOCK": NOW.isoformat(),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PORTAL_MAIL_URL", raising=False)
    return lambda *args, **more: CliRunner().invoke(main, [*args], **more)


def test_invites_and_prints_the_address_that_it_mails(portal):
    done = portal(*f"user invite --role director --email N@x.bg --institution {SCHOOL} --name Нов".split())
    assert done.exit_code == 0, done.output
    assert done.output == f"http://localhost/activate/{token_in(letters()[0])}\n"
    assert readers() == ["n@x.bg"]


def test_invites_an_expert_as_json(portal):
    done = portal(*EXPERT, "--json")
    facts = json.loads(done.output)
    assert User.get_by_id(facts["user"]).region == 22
    assert facts["address"].startswith("http://localhost/activate/")


def test_creates_an_account_from_a_line_of_stdin(portal):
    done = portal(
        *f"user create --role operator --email o@example.org --egn {EGNS[0]} --password-stdin".split(),
        input=f"{PASSWORD}\nнещо друго\n",
    )
    assert done.exit_code == 0, done.output
    user = User.get(User.email == "o@example.org")
    assert user.is_active
    assert user.role is Role.OPERATOR
    assert PASSWORD not in done.output


def test_creates_an_account_of_a_foreigner(portal):
    call = "user create --role operator --email o@example.org --lnch 7000001233 --password-stdin"
    done = portal(*call.split(), input=f"{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    user = User.get(User.email == "o@example.org")
    assert is_owner(user, "PI:BG-7000001233", site=SITE)
    assert not is_owner(user, "7000001233", site=SITE)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("user invite --role director --email a@b.bg", 2),
        ("user invite --role ruo --email a@b.bg", 2),
        ("user invite --role delegate --email a@b.bg", 2),
        ("user invite --role operator", 2),
        ("user create --role operator --email a@b.bg", 2),
        ("user invite --role director --email a@b.bg --institution 9999999", 1),
        ("user invite --role operator --email ana@example.org", 1),
        ("user create --role operator --email a@b.bg --password-stdin", 1),
        ("user create --role operator --email a@b.bg --egn 1 --password-stdin", 1),
        ("user create --role operator --email a@b.bg --lnch 1351210628 --password-stdin", 1),
        ("user create --role operator --email a@b.bg --egn 1351210628 --lnch 7000001233 --password-stdin", 2),
    ],
)
def test_says_what_is_wrong(portal, call, code):
    done = portal(*call.split(), input="кратка\n")
    assert done.exit_code == code
    assert done.stderr
    assert readers() == []


def test_says_why_a_password_is_easy_to_guess(portal):
    call = "user create --role operator --email o@example.org --password-stdin"
    done = portal(*call.split(), input="director-1oy-2026\n")
    assert done.exit_code == 1
    assert "се отгатва лесно: състои се от думи от работата с портала" in done.stderr
    assert "1oy" not in done.stderr


def test_makes_a_pepper_once(tmp_path):
    file = tmp_path / "pepper"
    first = CliRunner().invoke(main, ["pepper", str(file)])
    kept = file.read_bytes()
    second = CliRunner().invoke(main, ["pepper", str(file)])

    assert (first.exit_code, len(kept), file.stat().st_mode & 0o777) == (0, 32, 0o600)
    assert (second.exit_code, file.read_bytes()) == (1, kept)
    assert "is there already" in second.stderr


class Mailbox(Keeping):
    def __init__(self):
        super().__init__()
        self.received = []

    def handle_message(self, message):
        self.received.append(message)


@pytest.fixture
def mailbox(monkeypatch):
    box = Mailbox()
    with mail_to(box) as url:
        yield box, url


def test_delivers_what_waits_once(portal, mailbox, monkeypatch):
    box, url = mailbox
    portal(*EXPERT)
    token = token_in(letters()[0])
    monkeypatch.setenv("PORTAL_MAIL_URL", url)

    first, second = portal("outbox", "send"), portal("outbox", "send", "--json")

    assert (first.exit_code, first.output) == (0, "Sent 1, to be tried again 0, given up 0; 0 wait.\n")
    assert json.loads(second.output) == {"given_up": 0, "later": 0, "sent": 0, "waiting": 0}
    (letter,) = box.received
    assert letter["To"] == "r@example.org"
    assert token in letter.get_payload(0).get_payload(decode=True).decode()
    assert OutboxMessage.get().sealed is None


def test_says_when_the_server_does_not_answer(portal, monkeypatch):
    portal(*EXPERT)
    monkeypatch.setenv("PORTAL_MAIL_URL", "smtp://127.0.0.1:1")
    done = portal("outbox", "send")
    assert (done.exit_code, done.output) == (1, "Sent 0, to be tried again 1, given up 0; 1 wait.\n")


def test_says_that_no_server_is_set(portal):
    done = portal("outbox", "send")
    assert done.exit_code == 2
    assert "PORTAL_MAIL_URL" in done.stderr


PEOPLE = (
    f"code;name;email;role\n{SCHOOL};Нов Директор;n@example.org;director\n9999999;Х;x@example.org;director\n"
)


def test_says_what_would_become_of_a_table_of_people_and_then_does_it(portal, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE, "utf-8")
    said = portal("user", "import", str(file))
    assert said.exit_code == 1
    assert said.output.splitlines() == [
        "ред 2 n@example.org – смяна на директора",
        "ред 3 x@example.org – отхвърлен ред: няма заредена институция с този код",
        "Нищо не е изпратено. Ако е вярно, повторете с --send.",
    ]
    assert readers() == []

    facts = json.loads(portal("user", "import", str(file), "--send", "--json").output)
    assert (facts["accepted"], facts["rejected"], facts["sent"]) == (1, 1, True)
    assert [line["outcome"] for line in facts["lines"]] == ["change", "refused"]
    assert readers("invitation") == ["n@example.org"]
    told = ["ana@example.org", "dora@example.org", f"dir{SCHOOL}@example.org", "nora@example.org"]
    assert readers("director_change") == told


def test_a_table_without_rejected_lines_is_done(portal, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE.rsplit("9999999")[0], "utf-8")
    assert portal("user", "import", str(file), "--send").exit_code == 0


def test_another_file_is_no_table_of_people(portal, tmp_path):
    file = tmp_path / "people.csv"
    file.write_bytes(b"%PDF-1.7")
    done = portal("user", "import", str(file))
    assert done.exit_code == 1
    assert done.output.startswith("Това е документ PDF, а тук се зарежда таблица с потребители.")
