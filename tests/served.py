"""gunicorn as it serves the portal, forked from a process that has imported everything: three processes that
import for themselves take longer than most of what a test does with them."""

import multiprocessing
import os
import signal
import socket
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType

import flask
import jinja2

from portal.config import Config
from portal.crypto.files import write_once
from portal.logs import configure_logging
from tests.cast import NOW, PEPPER
from tests.waiting import PATIENCE, until

ROOT = Path(__file__).parents[1]
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__, "tests.preloaded"])
COMPILED = "PORTAL_TEST_COMPILED_TEMPLATES"  # a folder that all portals of a run share
SECRET_KEY = "tests only, and long enough to be one"


@dataclass(frozen=True)
class Served:
    """``log`` is what all its processes write, ``pid`` the process that starts and ends the others."""

    address: str
    log: Path
    pid: int


@contextmanager
def served(database: str, folder: Path, host: str = "127.0.0.1", **settings: str) -> Iterator[Served]:
    """``gunicorn wsgi:app`` over a database with the tests' cast in it, on a port of its own. ``host`` is
    what browsers call this machine."""
    port = free_port()
    log = folder / "gunicorn.log"
    address = f"http://{host}:{port}"
    addressed = {"PORTAL_BASE_URL": address}
    server = started(environment(database, folder, port) | addressed | settings, log)
    try:
        wait_for(port, server, log)
        yield Served(address, log, server.pid)
    finally:
        os.killpg(server.pid, signal.SIGKILL)  # gunicorn, asked to end, sleeps between looking who has
        server.join(PATIENCE)
        server.close()


def environment(database: str, folder: Path, port: int) -> dict[str, str]:
    """The settings; the pepper lies in ``folder``."""
    pepper = folder / "pepper"
    write_once(pepper, PEPPER)
    return {
        "PORTAL_ENV": "test",
        "PORTAL_CLOCK": NOW.isoformat(),
        "PORTAL_DATABASE_URL": database,
        "PORTAL_SECRET_KEY": SECRET_KEY,
        "PORTAL_PEPPER_FILE": str(pepper),
        "PORTAL_BASE_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
    }


def started(settings: dict[str, str], log: Path) -> BaseProcess:
    """gunicorn, which may not answer yet; what it writes is added to ``log``."""
    server = FORKS.Process(target=_serve, args=(os.environ | settings, log), name="gunicorn")
    server.start()
    return server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, server: BaseProcess, log: Path) -> None:
    """Until it answers; AssertionError with what it wrote if it ends instead."""

    def answers() -> bool:
        assert server.is_alive(), f"the portal did not start: {log.read_text()[-2000:]}"
        address = f"http://127.0.0.1:{port}/healthz"
        with suppress(OSError), urllib.request.urlopen(address, timeout=PATIENCE):
            return True
        return False

    until(answers)


def keep_compiled() -> None:
    """Templates are compiled by the first process of the run that wants them, which takes longer than to draw
    them. One that changes is compiled anew: what is kept goes by its text."""
    if folder := os.environ.get(COMPILED):
        flask.Flask.jinja_options = {"bytecode_cache": jinja2.FileSystemBytecodeCache(folder)}


def _serve(environment: dict[str, str], log: Path) -> None:
    """What ``gunicorn wsgi:app`` imports is there already where it would be the same."""
    from gunicorn.app.wsgiapp import run

    from tests import preloaded

    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    with log.open("ab") as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    if app := preloaded.made(Config.from_env()):
        configure_logging()
        sys.modules["wsgi"] = wsgi = ModuleType("wsgi")
        wsgi.app = app
    sys.argv = ["gunicorn", "wsgi:app"]
    run(prog="gunicorn")
