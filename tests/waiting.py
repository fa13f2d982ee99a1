"""Waiting for what a test needs: as long as a busy machine takes, never by a guess."""

import time
from collections.abc import Callable

PATIENCE = 60  # seconds; nothing takes one where a machine has nothing else to do


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
