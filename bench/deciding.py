"""Directors who decide at their own pace, in a process of their own: ``python -m bench.deciding``.

Reads the length of a pickled ``Day`` (8 bytes) and the ``Day`` from stdin. Prints ``begin`` when everybody
has decided once, and when stdin ends, as JSON, the seconds that each decision took and how often which
status came.
"""

import json
import pickle
import socket
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from bench.clients import LENGTH, Deed, requests

PATIENCE = 120  # seconds without an answer


@dataclass
class Day:
    """Who decides, one connection each, with ``rest`` seconds between an answer and the next decision."""

    port: int
    directors: list[list[Deed]]
    rest: float
    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def begin(self) -> None:
        self.over = threading.Event()
        started = threading.Barrier(len(self.directors) + 1)
        self.threads = [
            threading.Thread(target=self._decide, args=(deeds, started)) for deeds in self.directors
        ]
        for thread in self.threads:
            thread.start()
        started.wait()

    def end(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _decide(self, deeds: list[Deed], started: threading.Barrier) -> None:
        line = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        for count, request in enumerate(requests(deeds)):
            began = time.monotonic()
            line.sendall(request)
            status, stays = _answer(line)
            if count == 0:
                started.wait()
            else:
                self.seconds.append(time.monotonic() - began)
                self.statuses[status] += 1
            if not stays:
                line = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
            if self.over.wait(self.rest):
                return


def _answer(line: socket.socket) -> tuple[int, bool]:
    """Its status, and whether the connection stays open."""
    head = b""
    while b"\r\n\r\n" not in head:
        head += line.recv(1 << 16)
    head, _, body = head.partition(b"\r\n\r\n")
    wanted = int(LENGTH.search(head + b"\r\n")[1])
    while len(body) < wanted:
        body += line.recv(1 << 16)
    return int(head.split(b" ", 2)[1]), b"\r\nconnection: close" not in head.lower()


def main() -> None:
    length = int.from_bytes(sys.stdin.buffer.read(8), "big")
    day = pickle.loads(sys.stdin.buffer.read(length))
    day.begin()
    print("begin", flush=True)
    sys.stdin.buffer.read()
    day.end()
    print(json.dumps({"seconds": day.seconds, "statuses": day.statuses}))


if __name__ == "__main__":
    main()
