"""A real gunicorn with the portal's own settings, and the processor time that it takes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
START = 60  # seconds until it has to answer


@dataclass(frozen=True)
class Server:
    port: int
    process: subprocess.Popen[bytes]

    def processor_seconds(self) -> float:
        """User and system time of gunicorn and its workers until now."""
        main = self.process.pid
        workers = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        return sum(_seconds_of(pid) for pid in (main, *workers))


@contextmanager
def served(app: str, environment: dict[str, str], log: Path) -> Iterator[Server]:
    """``app`` as gunicorn names it; two processes of eight threads, as gunicorn.conf.py says."""
    port = free_port()
    settings = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", app],
            cwd=ROOT,
            env=settings | {"PORT": str(port), "PORTAL_BASE_URL": f"http://127.0.0.1:{port}"} | environment,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(process, port, log)
            yield Server(port, process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(START)


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Until a worker of it answers."""
    until = time.monotonic() + START
    while time.monotonic() < until and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=START) as line:
                line.sendall(b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                if line.recv(12).endswith(b"200"):
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"gunicorn does not serve:\n{log.read_text()[-2000:]}")


def _seconds_of(pid: int | str) -> float:
    """proc(5): utime and stime are the 14th and 15th field; the second one may hold spaces."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
