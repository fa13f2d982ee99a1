"""The minimal app as it is measured: the same number of schools and children, and the same questions."""

import http.client
import random
import re
from pathlib import Path
from urllib.parse import urlencode

from werkzeug.security import generate_password_hash

from bench.clients import Deed
from bench.minimal.app import Director, Record, db, open_database
from bench.town import FAMILY, GIVEN, MIDDLE
from bench.visits import Visit

PASSWORD = "parola-za-merene"


class Minimal:
    app = "bench.minimal.app:create_app()"

    def __init__(self, url: str, folder: Path) -> None:
        self.environment = {"MINIMAL_DATABASE_URL": url}
        open_database(url)

    def fill(self, schools: int, children: int) -> None:
        password, rnd = generate_password_hash(PASSWORD), random.Random(20201)
        with db.connection_context(), db.atomic():
            db.create_tables([Director, Record])
            for n in range(schools):
                school = str(2200000 + n)
                Director.create(email=f"dir{school}@example.org", password=password, institution=school)
                for _ in range(children):
                    names = {
                        "given": rnd.choice(GIVEN),
                        "middle": rnd.choice(MIDDLE),
                        "family": rnd.choice(FAMILY),
                    }
                    Record.create(
                        institution=school,
                        class_name="VII клас",
                        reason="Отсъствие",
                        figure="7 уч. часа",
                        **names,
                    )

    def log_in(self, port: int) -> None:
        with db.connection_context():
            self.visits = [_visit(director, port) for director in Director.select()]

    def lists(self) -> list[bytes]:
        return [visit.page("/list") for visit in self.visits]

    def decisions(self) -> list[list[Deed]]:
        with db.connection_context():
            return [
                [visit.deed(f"/records/{record.id}", record.version) for record in _records(visit)]
                for visit in self.visits
            ]

    def close(self) -> None:
        if hasattr(db.obj, "close_all"):
            db.close_all()


def _records(visit: Visit) -> list[Record]:
    return list(Record.select().where(Record.institution == visit.institution))


def _visit(director: Director, port: int) -> Visit:
    """Through the login form, as a browser would."""
    line = http.client.HTTPConnection("127.0.0.1", port)
    line.request("GET", "/login")
    cookie, page = _read(line)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    form = urlencode({"csrf_token": token, "email": director.email, "password": PASSWORD})
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"session={cookie}"}
    line.request("POST", "/login", form, kind)
    cookie, _ = _read(line)
    line.close()
    return Visit(director.institution, cookie, token)


def _read(line: http.client.HTTPConnection) -> tuple[str, str]:
    """The session's cookie, and the page."""
    answer = line.getresponse()
    return re.search("session=([^;]+)", answer.headers["Set-Cookie"])[1], answer.read().decode()
