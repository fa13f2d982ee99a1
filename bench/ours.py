"""The portal as it is measured by many at once: schools whose directors have logged in, and what they ask."""

from pathlib import Path

from bench.clients import Deed
from bench.loading import SITE, _source
from bench.town import CLOSES, NOW, OPENS, asp_file, institutions_file
from bench.visits import Visit
from portal.actions.campaigns.window import Days
from portal.actions.keys.marks import added, mark
from portal.actions.loading.asp_list import load_asp_list
from portal.actions.loading.institutions import load_institutions
from portal.crypto.tokens import csrf_secret, mask, new_token, token_digest
from portal.domain.people import Role
from portal.storage.schema.upgrade import upgrade_database
from portal.storage.tables.campaigns import Record
from portal.storage.tables.db import connected, db, open_database
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import Login, User

PAGE = "/confirmations/2020-12"


class Portal:
    """A login is a row, as the login form leaves it: no password is stretched for it."""

    app = "wsgi:app"

    def __init__(self, url: str, folder: Path) -> None:
        pepper = folder / "pepper"
        pepper.write_bytes(SITE.pepper)
        pepper.chmod(0o600)
        self.environment = {
            "PORTAL_ENV": "test",
            "PORTAL_DATABASE_URL": url,
            "PORTAL_PEPPER_FILE": str(pepper),
            "PORTAL_CLOCK": NOW.isoformat(),
        }
        open_database(url)

    def fill(self, schools: int, children: int) -> None:
        with connected():
            upgrade_database()
            load_institutions(None, _source("institutions.csv", [institutions_file(schools)]), now=NOW)
            lines = _source("ASPCONF1220.txt", asp_file(schools * children, schools))
            load_asp_list(None, lines, window=Days(OPENS, CLOSES), now=NOW)

    def log_in(self, port: int) -> None:
        with connected():
            self.visits = [_visit(institution) for institution in Institution.select()]

    def lists(self) -> list[bytes]:
        return [visit.page(PAGE) for visit in self.visits]

    def decisions(self) -> list[list[Deed]]:
        with connected():
            return [
                [visit.deed(f"{PAGE}/records/{record.id}", record.version) for record in _records(visit)]
                for visit in self.visits
            ]

    def close(self) -> None:
        if hasattr(db.obj, "close_all"):
            db.close_all()


def _records(visit: Visit) -> list[Record]:
    return list(Record.select().where(Record.institution == visit.institution))


def _visit(institution: Institution) -> Visit:
    user = User.create(
        email=institution.email, name="Ана Янева", role=Role.DIRECTOR, institution=institution,
        invited_at=NOW, activated_at=NOW,
    )  # fmt: skip
    mark(user, site=SITE)
    token = new_token()
    added(Login(digest=token_digest(token), user=user, made_at=NOW, seen_at=NOW), site=SITE)
    return Visit(institution.code, token, mask(csrf_secret(token)))
