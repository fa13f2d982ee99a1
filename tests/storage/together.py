"""Several people at the same moment."""

import threading

from portal.domain.errors import Objection
from portal.storage.tables.db import connected


def at_once(*deeds) -> list:
    """Run each deed in a thread with a connection of its own; what each returned, or was answered."""
    results = [None] * len(deeds)
    barrier = threading.Barrier(len(deeds))

    def run(index, deed):
        with connected():
            barrier.wait()
            try:
                results[index] = deed()
            except Objection as answer:
                results[index] = answer

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
