"""The process in which a sheet is read, watched: what it answered, and what it cost."""

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from portal.exchange.sheet import process

# The peak is that of the program alone: what ``getrusage`` says of a child counts its parent, too.
PROGRAM = f"""{process.PROGRAM}
import pathlib, re, sys, time
peak = re.search(r"VmHWM:\\s+(\\d+) kB", pathlib.Path("/proc/self/status").read_text())[1]
print(peak, time.process_time(), file=sys.stderr)
"""


@dataclass(frozen=True)
class Apart:
    """``reply`` is a sentence, or the tables. ``memory`` in bytes of real memory at most, ``seconds`` of
    computing."""

    reply: Any
    memory: int
    seconds: float


def read_apart(content: bytes) -> Apart:
    """As ``process.read_tables`` has it read."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=content,
        capture_output=True,
        env=process.ENVIRONMENT,
        timeout=process.PATIENCE,
        check=True,
    )
    peak, seconds = done.stderr.split()[-2:]
    return Apart(json.loads(done.stdout), int(peak) * 1024, float(seconds))
