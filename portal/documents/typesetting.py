"""Blocks of text into a tagged PDF, by typst, in a process of its own.

Typst keeps what it worked out for the next time: ten lists of 300 children would stay in the memory of each
process of the portal, 650 MB with all their names. A process that ends keeps nothing; starting one takes less
than a tenth of a second.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PRESS = Path(__file__).parent / "press.py"
PATIENCE = 120.0  # seconds; the longest list takes a few


class NotSet(Exception):
    """The paper could not be set. What typst says of it may quote the paper, so it is not passed on."""


def typeset(paper: Mapping[str, Any]) -> bytes:
    """PDF 1.7, PDF/UA-1; ``paper`` is what portal/documents/paper.typ reads. NotSet if that fails."""
    try:
        done = subprocess.run(  # noqa: S603 (ourselves)
            [sys.executable, "-I", str(PRESS)],
            input=json.dumps(paper, ensure_ascii=False).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        raise NotSet("the paper took too long") from None
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        raise NotSet(f"setting the paper ended with {done.returncode}")
    return done.stdout
