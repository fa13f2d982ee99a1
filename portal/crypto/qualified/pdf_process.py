"""The process that takes PDFs apart: without our secrets, and with limits on memory and time.

Each process of the portal has one, started with the first PDF and given one file after another. A file that
takes too long or too much memory ends it, and the next file gets a new one.
"""

import atexit
import base64
import json
import os
import resource
import selectors
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

from portal.crypto.qualified.faults import Fault
from portal.crypto.qualified.pdf_structure import Structure, read_structure

ROOT = Path(__file__).parents[3]
MEMORY = 1536 * 1024 * 1024  # bytes of address space: a list of 300 with long notes takes a fifth
PATIENCE = 10.0  # seconds; the longest list takes one and a half
START = 60.0  # until the library is loaded, on a machine with much to do
PROGRAM = "from portal.crypto.qualified.pdf_process import serve; serve()"
_REQUEST = struct.Struct("!QQ?")  # bytes of the file, how many are ours, and what read_structure is told
_REPLY = struct.Struct("!Q")


class PdfProcess:
    """``ask`` may be called from any thread; a process that was forked gets one of its own. ``patience``:
    seconds for one file."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def ask(self, content: bytes, issued: int, *, may_be_anywhere: bool = False) -> Structure:
        """As ``read_structure``; Fault ``too_complex`` for a file that goes beyond the bounds."""
        request = _REQUEST.pack(len(content), issued, may_be_anywhere) + content
        with self._lock:
            try:
                reply = self._exchange(request)
            except (OSError, EOFError, ValueError, TimeoutError):
                self._end()
                raise Fault("document", "too_complex") from None
        if "check" in reply:
            raise Fault(reply["check"], reply["fault"])
        responses = [base64.b64decode(each) for each in reply["responses"]]
        return Structure(base64.b64decode(reply["value"]), reply["byte_range"], reply["fault"], responses)

    def end(self) -> None:
        with self._lock:
            self._end()

    def _exchange(self, request: bytes) -> dict[str, Any]:
        process = self._running()
        assert process.stdin is not None
        process.stdin.write(request)
        process.stdin.flush()
        reply: dict[str, Any] = json.loads(_read(process, time.monotonic() + self._patience))
        return reply

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is not None and self._owner == os.getpid() and self._process.poll() is None:
            return self._process
        if self._owner == os.getpid():
            self._end()
        environment = {"PYTHONPATH": str(ROOT), "PATH": os.defpath, "LANG": "C.UTF-8"}
        self._process = subprocess.Popen(  # noqa: S603 (ourselves)
            [sys.executable, "-c", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # the library writes whose certificate it is
            env=environment,
            start_new_session=True,  # a Ctrl-C is for the portal, which then ends it
        )
        self._owner = os.getpid()
        _read(self._process, time.monotonic() + START)
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                _close(pipe)


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:  # what was not written any more
        return


def _read(process: "subprocess.Popen[bytes]", until: float) -> bytes:
    """One reply; TimeoutError, or EOFError when the process is gone."""
    assert process.stdout is not None
    (length,) = _REPLY.unpack(_exactly(process.stdout, _REPLY.size, until))
    return _exactly(process.stdout, length, until)


def _exactly(pipe: IO[bytes], count: int, until: float) -> bytes:
    parts = b""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while len(parts) < count:
            left = until - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise TimeoutError
            part = os.read(pipe.fileno(), count - len(parts))
            if not part:
                raise EOFError
            parts += part
    return parts


def serve() -> None:
    """What the process does: read a file, reply, until nobody asks any more."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import pyhanko.pdf_utils.reader
    import pyhanko.sign.diff_analysis
    import pyhanko.sign.validation  # noqa: F401 (all of it loaded before the clock runs)

    import portal.crypto.qualified.pdf_additions  # noqa: F401

    asked, said = sys.stdin.buffer, sys.stdout.buffer
    _say(said, {})
    while head := asked.read(_REQUEST.size):
        length, issued, may_be_anywhere = _REQUEST.unpack(head)
        _say(said, _reply_to(asked.read(length), issued, may_be_anywhere=may_be_anywhere))


def _reply_to(content: bytes, issued: int, *, may_be_anywhere: bool) -> dict[str, Any]:
    try:
        found = read_structure(content, issued, may_be_anywhere=may_be_anywhere)
    except Fault as fault:
        return {"check": fault.check, "fault": fault.fault}
    except MemoryError:
        return {"check": "document", "fault": "too_complex"}
    value, *responses = (base64.b64encode(each).decode() for each in (found.value, *found.responses))
    return {
        "value": value,
        "byte_range": found.byte_range,
        "fault": found.fault,
        "responses": responses,
    }


def _say(pipe: IO[bytes], reply: dict[str, Any]) -> None:
    content = json.dumps(reply).encode()
    pipe.write(_REPLY.pack(len(content)) + content)
    pipe.flush()


PROCESS = PdfProcess()
atexit.register(PROCESS.end)
