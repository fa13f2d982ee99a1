"""One school in the middle of its month: children in twelve classes, and a director who is logged in."""

from pathlib import Path

from bench.loading import SITE, _source
from bench.town import CLOSES, NOW, OPENS, asp_file, enrolments_file, institutions_file
from portal.actions.campaigns.window import Days
from portal.actions.keys.marks import added
from portal.actions.loading.asp_list import load_asp_list
from portal.actions.loading.calendars import load_calendar
from portal.actions.loading.enrolments import load_enrolments, picture_of
from portal.actions.loading.institutions import load_institutions
from portal.actions.people.invitations import NewAccount, create_with
from portal.crypto.tokens import new_token, token_digest
from portal.domain.people import Role
from portal.storage.schema.upgrade import upgrade_database
from portal.storage.tables.db import connected, open_database
from portal.storage.tables.people import Login

CALENDAR = Path(__file__).parents[1] / "tests" / "data" / "calendar.csv"
PAGE = "/confirmations/2020-12"
PASSWORD = "три бели лястовици 2021"


class School:
    """A database of its own in ``folder``, and what gunicorn has to know to serve it."""

    app = "wsgi:app"
    page = PAGE

    def __init__(self, folder: Path, children: int = 60) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.url = f"sqlite:///{folder}/portal.db"
        pepper = folder / "pepper"
        pepper.write_bytes(SITE.pepper)
        pepper.chmod(0o600)
        self.environment = {
            "PORTAL_ENV": "test", "PORTAL_DATABASE_URL": self.url, "PORTAL_PEPPER_FILE": str(pepper),
            "PORTAL_CLOCK": NOW.isoformat(), "PORTAL_SECRET_KEY": "only for measuring, and long enough",
        }  # fmt: skip
        self.open()
        with connected():
            upgrade_database()
            load_institutions(None, _source("institutions.csv", [institutions_file(1)]), now=NOW)
            load_calendar(None, _source("calendar.csv", [CALENDAR.read_bytes()]), now=NOW)
            lines = _source("MONZP1220.txt", enrolments_file(children, 1))
            load_enrolments(None, lines, picture=picture_of(lines), now=NOW)
            lines = _source("ASPCONF1220.txt", asp_file(children, 1))
            load_asp_list(None, lines, window=Days(OPENS, CLOSES), now=NOW)
            director = NewAccount(Role.DIRECTOR, "ana@example.org", "Ана Янева", "2200000")
            user = create_with(director, PASSWORD, site=SITE, now=NOW)
            self.session = new_token()
            login = Login(digest=token_digest(self.session), user=user, made_at=NOW, seen_at=NOW)
            added(login, site=SITE)

    def open(self) -> None:
        """Make its database the one of this process."""
        open_database(self.url)
