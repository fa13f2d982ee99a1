"""A browser that tells an answer from none, and looks at each: whatever happens, people read a page."""

import http.client
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from werkzeug.test import encode_multipart

from tests.cast import PASSWORD
from tests.faults.ledger import Findings
from tests.page import Page

PATIENCE = 45  # seconds: longer than any wait of the portal's own
EXPECTED = (200, 303, 409, 422, 429, 503)
FORM = "application/x-www-form-urlencoded"


class NoAnswer(Exception):
    """The connection was refused or broke off: what was sent may be stored or not."""


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    text: str = field(repr=False)

    @property
    def page(self) -> Page:
        return Page(self.text)

    @property
    def is_stored(self) -> bool:
        """Said so; a page that leads to the login says that nothing was."""
        return self.status == 303 and not self.leads_to_login

    @property
    def is_unsure(self) -> bool:
        return self.status == 503

    @property
    def leads_to_login(self) -> bool:
        return self.status == 303 and self.location.startswith("/login")


class Browser:
    def __init__(self, port: int, email: str, findings: Findings) -> None:
        self.port, self.email, self.findings = port, email, findings
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Page:
        """The page, whatever it takes: logged in anew, and asked again while the portal is away."""
        while True:
            try:
                answer = self.ask("GET", path)
                if answer.leads_to_login:
                    self._log_in()
                elif answer.status in (200, 409):  # a page of what has changed meanwhile
                    return answer.page
                elif answer.status != 503:
                    raise AssertionError(f"GET {path} was answered with {answer.status}: {answer.text[:300]}")
            except NoAnswer:
                pass
            time.sleep(0.2)

    def send(self, path: str, fields: dict[str, object]) -> Answer:
        """Once; NoAnswer where none came. Fields with ``(stream, name)`` are files."""
        if any(isinstance(value, tuple) for value in fields.values()):
            boundary, body = encode_multipart(fields)
            return self.ask("POST", path, body, f"multipart/form-data; boundary={boundary}")
        return self.ask("POST", path, urlencode(fields).encode(), FORM)

    def _log_in(self) -> None:
        page = self.ask("GET", "/login")
        if page.status != 200:
            return
        token = page.page.one('input[name="csrf_token"]').get("value")
        self.send("/login", {"csrf_token": token, "email": self.email, "password": PASSWORD})

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if kind:
            headers["Content-Type"] = kind
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            line.request(method, path, body, headers)
            response = line.getresponse()
            text = response.read().decode()
        except TimeoutError:
            self.findings.breaks(f"{method} {path}: no answer in {PATIENCE} s")
            raise NoAnswer from None
        except (OSError, http.client.HTTPException, UnicodeDecodeError):
            self.findings.counts("none")
            raise NoAnswer from None
        finally:
            line.close()
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        answer = Answer(response.status, response.headers.get("Location", ""), text)
        self._look_at(f"{method} {path}", answer)
        return answer

    def _look_at(self, asked: str, answer: Answer) -> None:
        self.findings.counts(str(answer.status))
        if answer.status not in EXPECTED:
            self.findings.breaks(f"{asked}: {answer.status} {answer.text[:300]}")
        elif answer.status != 303:
            try:
                answer.page.check()
            except AssertionError as wrong:
                self.findings.breaks(f"{asked}: {answer.status}, and no page: {wrong}")
