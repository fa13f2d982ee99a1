"""The process that opens a file that came from outside: without our secrets, with bounds on memory and time.

One for each file, which ends with it: a school sends a few in a month.
"""

import json
import resource
import subprocess
import sys
from pathlib import Path

from portal.domain.errors import Refusal
from portal.exchange.sheet.package import A_BOMB, LARGEST, TOO_LARGE
from portal.exchange.sheet.reading import tables_in
from portal.exchange.sheet.tables import RawTable

ROOT = Path(__file__).parents[3]
MEMORY = 512 * 1024 * 1024  # bytes of address space; a list of 300 was read in 32 MB of real memory
PATIENCE = 60.0  # seconds: loading the library on a machine with much to do takes as long; see PROCESSOR
PROCESSOR = 20  # seconds of computing: a list of 300 took two where much else ran
LARGEST_REPLY = 16 * 1024 * 1024  # bytes
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}  # nothing of ours is in it
PROGRAM = "from portal.exchange.sheet.process import serve; serve()"


def read_tables(content: bytes) -> list[RawTable]:
    """Every sheet of the file; Refusal, with what to do, for what is none or goes beyond the bounds."""
    if len(content) > LARGEST:
        raise Refusal(TOO_LARGE, field="file")
    try:
        done = subprocess.run(  # noqa: S603 (ourselves)
            [sys.executable, "-c", PROGRAM],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what the library says of a file may quote it
            env=ENVIRONMENT,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        raise Refusal(A_BOMB, field="file") from None
    if done.returncode or len(done.stdout) > LARGEST_REPLY:
        raise Refusal(A_BOMB, field="file")
    reply = json.loads(done.stdout)
    if isinstance(reply, str):
        raise Refusal(reply, field="file")
    return [RawTable.of(each) for each in reply]


def serve() -> None:
    """What the process does: read one file, and say what is in it or why it was not read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = sys.stdin.buffer.read()
    try:
        reply = json.dumps([each.plain() for each in tables_in(content)])
    except Refusal as refusal:
        reply = json.dumps(str(refusal))
    except (MemoryError, RecursionError):
        reply = json.dumps(A_BOMB)
    sys.stdout.write(reply)
