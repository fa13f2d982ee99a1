"""Browsers at the login form, in a process of their own: ``python -m bench.knocking``.

Reads a pickled ``Crowd`` from stdin. When every honest browser is in, or has given up, it prints as JSON
after how many seconds each was, and how often strangers got which status.
"""

import gzip
import json
import pickle
import random
import re
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

PASSWORD = "дълга парола за измерването"
TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PATIENCE = 60  # seconds without an answer
JITTER = 1.0  # seconds, as portal.js waits longer than it is asked to


@dataclass
class Door:
    """The portal, as a browser at one address sees it; it keeps cookies and its connection."""

    port: int
    address: str
    cookies: dict[str, str] = field(default_factory=dict)
    retry_after: float = 0.0

    def __post_init__(self) -> None:
        self.line = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        self.token = b""  # of the login form

    def get(self, path: str) -> bytes:
        return self._asked("GET", path, None, {})[1]

    def knock(self, email: str, password: str) -> int:
        """The status of one try at the login form."""
        if not self.token:
            self.token = TOKEN.search(gzip.decompress(self.get("/login")))[1]
        body = urlencode({"csrf_token": self.token, "email": email, "password": password})
        return self._asked("POST", "/login", body, FORM)[0]

    def _asked(self, method: str, path: str, body: str | None, more: dict[str, str]) -> tuple[int, bytes]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"X-Forwarded-For": self.address, "Cookie": cookies, "Accept-Encoding": "gzip", **more}
        try:
            self.line.request(method, path, body, headers)
            response = self.line.getresponse()
            content = response.read()
        except (HTTPException, OSError):  # a connection that was kept too long; the form may be sent again
            self.line.close()
            self.line.request(method, path, body, headers)
            response = self.line.getresponse()
            content = response.read()
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.retry_after = float(response.headers.get("Retry-After", 0))
        return response.status, content


@dataclass(frozen=True)
class Crowd:
    """Who comes: so many strangers, and one honest browser for each e-mail."""

    port: int
    strangers: int
    emails: list[str]
    rest: float | None  # seconds, between two tries of a stranger; none: as long as they are told to
    longest: float  # seconds

    def come(self) -> tuple[list[float], Counter[int]]:
        """After how many seconds the honest ones were in (``longest``: never), and what strangers got."""
        over = threading.Event()
        arrived: list[float] = []
        statuses: Counter[int] = Counter()
        start = threading.Barrier(self.strangers + len(self.emails))
        tries = [
            threading.Thread(target=self._try, args=(number, start, over, statuses))
            for number in range(self.strangers)
        ]
        ways_in = [
            threading.Thread(target=self._go_in, args=(number, email, start, arrived))
            for number, email in enumerate(self.emails)
        ]
        for thread in [*tries, *ways_in]:
            thread.start()
        for thread in ways_in:
            thread.join()
        over.set()
        for thread in tries:
            thread.join()
        return arrived, statuses

    def _try(
        self, number: int, start: threading.Barrier, over: threading.Event, statuses: Counter[int]
    ) -> None:
        """Ever another account, so that nothing but the address tells who it is."""
        door = Door(self.port, f"203.0.113.{number + 1}")
        door.get("/login")
        start.wait()
        count = 0
        while not over.is_set():
            count += 1
            status = door.knock(f"somebody{number}-{count}@example.org", "не е тази парола")
            statuses[status] += 1
            over.wait(self._rest(door))

    def _rest(self, door: Door) -> float:
        if self.rest is not None:
            return self.rest
        return door.retry_after + random.uniform(0, JITTER) if door.retry_after else 0

    def _go_in(self, number: int, email: str, start: threading.Barrier, arrived: list[float]) -> None:
        door = Door(self.port, f"198.51.100.{number + 1}")
        door.get("/login")
        start.wait()
        began = time.monotonic()
        while door.knock(email, PASSWORD) != 303:
            time.sleep(door.retry_after + random.uniform(0, JITTER))
            if time.monotonic() - began > self.longest:
                break
        arrived.append(min(time.monotonic() - began, self.longest))


if __name__ == "__main__":
    arrived, statuses = pickle.load(sys.stdin.buffer).come()
    print(json.dumps({"arrived": arrived, "statuses": statuses}))
