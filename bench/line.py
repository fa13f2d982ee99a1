"""A line between a browser and a server: it counts what goes over it, and is as slow as it is told to be."""

import contextlib
import queue
import socket
import threading
import time
from dataclasses import dataclass, field

PIECE = 1_400  # bytes, about what one packet carries


@dataclass
class Way:
    """One direction: ``rate`` in bytes a second, ``delay`` in seconds. Where they are 0 nothing slows it."""

    rate: float = 0.0
    delay: float = 0.0
    carried: int = 0
    free_at: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def arrives(self, size: int) -> float:
        """When a piece that is sent now has arrived: pieces of all connections share the line."""
        with self.lock:
            self.carried += size
            begins = max(time.monotonic(), self.free_at)
            self.free_at = begins + (size / self.rate if self.rate else 0.0)
            return self.free_at + self.delay


class Line:
    """Listens on ``port`` and passes on to ``to``, ``up`` and ``down`` in bits a second. A connection costs a
    round trip before it carries anything."""

    def __init__(self, to: int, *, up: float = 0.0, down: float = 0.0, delay: float = 0.0) -> None:
        self.to, self.up, self.down = to, Way(up / 8, delay), Way(down / 8, delay)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.server.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def carried(self) -> tuple[int, int]:
        """Bytes up and down until now."""
        return self.up.carried, self.down.carried

    def close(self) -> None:
        self.server.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                browser, _ = self.server.accept()
                server = socket.create_connection(("127.0.0.1", self.to))
                for end in (browser, server):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                shaken = time.monotonic() + 2 * self.up.delay
                self._pass(browser, server, self.up, shaken)
                self._pass(server, browser, self.down, 0.0)

    def _pass(self, source: socket.socket, sink: socket.socket, way: Way, not_before: float) -> None:
        pieces: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()

        def take() -> None:
            with contextlib.suppress(OSError):
                while piece := source.recv(PIECE):
                    pieces.put((max(way.arrives(len(piece)), not_before + way.delay), piece))
            pieces.put((0.0, b""))

        def give() -> None:
            with contextlib.suppress(OSError):
                while True:
                    at, piece = pieces.get()
                    if not piece:
                        break
                    time.sleep(max(0.0, at - time.monotonic()))
                    sink.sendall(piece)
                sink.shutdown(socket.SHUT_WR)

        for work in (take, give):
            threading.Thread(target=work, daemon=True).start()
