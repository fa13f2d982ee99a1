"""Browsers that ask without pause, in a process of their own: ``python -m bench.clients``.

Reads a pickled ``Plan`` from stdin, prints ``begin`` when the server is warm, then how many answers came in
how many seconds. As light as can be: what it computes, it takes from the server.
"""

import pickle
import re
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, repeat

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
OK = b"HTTP/1.1 200"
VERSION = b"%06d"  # the last of a request, as long in each


@dataclass
class Deed:
    """One record to be confirmed and taken back: both requests, as far as the version."""

    confirm: bytes
    undo: bytes
    version: int


@dataclass(frozen=True)
class Plan:
    """What each browser asks, over one connection: decisions in turn, or the same page."""

    port: int
    browsers: list[list[Deed] | bytes]
    warm: float  # seconds
    seconds: float


def requests(asked: list[Deed] | bytes) -> Iterator[bytes]:
    """Without end; each is made when the one before was answered."""
    if isinstance(asked, bytes):
        yield from repeat(asked)
    for deed in cycle(asked):
        for request in (deed.confirm, deed.undo):
            yield request + VERSION % deed.version
            deed.version += 1


class Browser:
    """One connection with one request on its way."""

    def __init__(self, port: int, asked: list[Deed] | bytes) -> None:
        self.line = socket.create_connection(("127.0.0.1", port))
        self.line.setblocking(False)
        self.requests = requests(asked)
        self.ask()

    def ask(self) -> None:
        self.answer, self.wanted = b"", 0
        self.line.sendall(next(self.requests))

    def read(self) -> bool:
        """Whether the answer is there."""
        part = self.line.recv(1 << 18)
        if not part:
            raise ConnectionError("The server closed a connection that was to stay open.")
        self.answer += part
        if not self.wanted:
            end = self.answer.find(b"\r\n\r\n")
            if end < 0:
                return False
            self.wanted = end + 4 + int(LENGTH.search(self.answer, 0, end)[1])
        if len(self.answer) < self.wanted:
            return False
        if not self.answer.startswith(OK):
            raise ValueError(f"Not answered with 200: {self.answer[:400]!r}")
        return True


class Crowd:
    """All the browsers at once."""

    def __init__(self, plan: Plan) -> None:
        self.selector = selectors.DefaultSelector()
        self.browsers = [Browser(plan.port, asked) for asked in plan.browsers]
        for browser in self.browsers:
            self.selector.register(browser.line, selectors.EVENT_READ, browser)

    def answered(self, seconds: float) -> tuple[int, float]:
        """How many answers came, and in how many seconds really."""
        count, began = 0, time.monotonic()
        while (taken := time.monotonic() - began) < seconds:
            for key, _ in self.selector.select(1):
                if key.data.read():
                    count += 1
                    key.data.ask()
        return count, taken

    def finish(self) -> None:
        """Hear the last answers: what was decided is in the database when this ends."""
        waiting = set(self.browsers)
        while waiting:
            for key, _ in self.selector.select():
                if key.data in waiting and key.data.read():
                    waiting.remove(key.data)
                    self.selector.unregister(key.data.line)
                    key.data.line.close()


def main() -> None:
    plan = pickle.load(sys.stdin.buffer)
    crowd = Crowd(plan)
    crowd.answered(plan.warm)
    print("begin", flush=True)
    print(*crowd.answered(plan.seconds), flush=True)
    crowd.finish()


if __name__ == "__main__":
    main()
