""".ci/advisories.py: what is known against a locked package fails, and that nobody can be asked does not."""

import json
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / ".ci/advisories.py"
LOCK = f"flask==3.1.3 --hash=sha256:{'0' * 64}\nwerkzeug==3.1.9 --hash=sha256:{'0' * 64}\n"
NOTORIOUS = ("jinja2", "2.4.1")


class Service(HTTPServer):
    """Answers as OSV does; ``known`` are the packages with an advisory."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.known = {NOTORIOUS}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/query"


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        package = (asked["package"]["name"], asked["version"])
        body = json.dumps({"vulns": [advisory(package[0])]} if package in self.server.known else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args) -> None:
        pass


def advisory(name: str) -> dict[str, object]:
    until = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99"}]}
    affected = {"package": {"ecosystem": "PyPI", "name": name}, "ranges": [until]}
    return {"id": "GHSA-0000", "summary": "Opens to anybody.", "affected": [affected]}


@pytest.fixture
def service():
    server = Service()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def check(tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text(LOCK)

    def run(url: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, SCRIPT, lock, url, "60"], capture_output=True, text=True)

    return run


def test_fails_and_names_the_package_when_something_is_known(service, check):
    service.known.add(("flask", "3.1.3"))

    said = check(service.url)

    assert said.returncode == 1
    assert "GHSA-0000" in said.stdout
    assert "werkzeug" not in said.stdout


def test_passes_when_nothing_is_known(service, check):
    said = check(service.url)

    assert said.returncode == 0
    assert "No known vulnerabilities found" in said.stderr


def test_says_in_one_line_that_nobody_can_be_asked(check):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # taken, and nobody listens: who asks is turned away
        said = check(f"http://127.0.0.1:{silent.getsockname()[1]}/v1/query")

    assert said.returncode == 0
    assert said.stdout == "Skipped: 127.0.0.1 cannot be asked about the locked packages.\n"
    assert said.stderr == ""


def test_does_not_take_silence_for_good_news(service, check):
    service.known.clear()

    assert check(service.url).stdout.startswith("Skipped: ")
