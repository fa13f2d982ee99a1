"""A server of lists on this machine: it answers as it is told, and remembers who asked for what."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = bytes | tuple[int, dict[str, str]] | Callable[[BaseHTTPRequestHandler], None]


class ListServer(ThreadingHTTPServer):
    """``answers`` by path: a body, a status with headers, or whatever a function does."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.is_over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address) -> None:
        """Who asked went away: that is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: ListServer

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.agents.add(self.headers["User-Agent"])
        answer = self.server.answers.get(self.path, (404, {}))
        if callable(answer):
            answer(self)
            return
        status, headers = (200, {}) if isinstance(answer, bytes) else answer
        body = answer if isinstance(answer, bytes) else b"<html>"
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args) -> None:
        pass


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, never silent for long, and never done."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.is_over.wait(0.02):
        handler.wfile.write(b"0")
        handler.wfile.flush()


def say_nothing(handler: BaseHTTPRequestHandler) -> None:
    handler.server.is_over.wait()


def flood(handler: BaseHTTPRequestHandler) -> None:
    """Without end, and without saying how much it will be."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.is_over.is_set():
        handler.wfile.write(bytes(64 * 1024))


@contextmanager
def serving() -> Iterator[ListServer]:
    with ListServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.is_over.set()
            server.shutdown()
            thread.join()
