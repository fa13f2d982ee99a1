"""gunicorn as it serves the portal, forked from a process that has imported everything: three processes that
import for themselves take longer than most of what a browser does with them."""

import multiprocessing
import os
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path

ROOT = Path(__file__).parents[2]
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__, "gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "portal.app"])


def start(settings: dict[str, str], log: Path) -> BaseProcess:
    """``gunicorn wsgi:app``, with these settings over the environment as it is; it writes to ``log``."""
    process = FORKS.Process(target=_serve, args=(os.environ | settings, log), name="gunicorn")
    process.start()
    return process


def _serve(environment: dict[str, str], log: Path) -> None:
    from gunicorn.app.wsgiapp import run

    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    with log.open("wb") as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    sys.argv = ["gunicorn", "wsgi:app"]
    run(prog="gunicorn")
