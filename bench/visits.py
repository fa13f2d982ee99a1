"""A director's browser as the bytes that it sends, made before anything is measured."""

from dataclasses import dataclass
from urllib.parse import urlencode

from bench.clients import VERSION, Deed

# As browsers ask: the portal compresses its answers, the minimal app does not.
HEAD = (
    "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: session={session}\r\n"
    "User-Agent: Mozilla/5.0\r\nAccept: text/html\r\nAccept-Encoding: gzip, deflate, br\r\n{more}\r\n"
)
FORM = "HX-Request: true\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n"


@dataclass(frozen=True)
class Visit:
    """A director who has logged in: the session's cookie, and the token of the forms."""

    institution: str
    session: str
    token: str

    def page(self, path: str) -> bytes:
        return HEAD.format(method="GET", path=path, session=self.session, more="").encode()

    def deed(self, path: str, version: int) -> Deed:
        return Deed(self._decision(path, "confirmed"), self._decision(path, "pending"), version)

    def _decision(self, path: str, decision: str) -> bytes:
        body = urlencode({"csrf_token": self.token, "decision": decision, "version": ""})
        more = FORM.format(length=len(body) + len(VERSION % 0))
        return (HEAD.format(method="POST", path=path, session=self.session, more=more) + body).encode()
