"""Scripts and styles without what only their readers need, by tdewolff's minify.

It is written in Go, and brings along Go's runtime, whose threads and signal handlers have no place in what
gunicorn forks and ends: so it works in a process of its own, once for each process that serves.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[3]
PROGRAM = "from portal.web.http.minifying import serve; serve()"
PATIENCE = 60.0  # seconds: it takes a tenth of one, where nothing else runs


def minified(texts: Sequence[tuple[str, str]]) -> list[str]:
    """Each of ``texts``, which are MIME types with what they say, as few characters as it can be.
    RuntimeError, with the minifier's own word, for what it cannot read."""
    done = subprocess.run(  # noqa: S603 (ourselves)
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(texts),
        capture_output=True,
        encoding="utf-8",
        env={"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"},
        timeout=PATIENCE,
    )
    if done.returncode:
        raise RuntimeError(f"No script or style can be made smaller: {done.stderr.strip()}")
    smaller: list[str] = json.loads(done.stdout)
    return smaller


def serve() -> None:
    """What the process does."""
    import minify

    texts = json.load(sys.stdin)
    json.dump([minify.string(mimetype, text) for mimetype, text in texts], sys.stdout)
