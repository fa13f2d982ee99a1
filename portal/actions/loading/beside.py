"""A long file is loaded beside the request that brought it: by a thread of the same process, which goes on
after the page was answered (docs/decisions/0043-loaded-beside-the-request.md)."""

import json
import logging
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass

from portal.actions.loading.files import Source, Watch
from portal.domain.errors import Objection
from portal.domain.operating import Loss, Replaced, TakesAway
from portal.exchange.text import count_lines
from portal.storage.loading.tables import Load
from portal.storage.tables.db import connected, writing

logger = logging.getLogger(__name__)

SAID_EVERY = 1.0  # seconds, between two times that it is stored how far a file is read


class Ending(Exception):
    """The process ends: what goes on in it is broken off between two turns."""


@dataclass(frozen=True)
class Beside:
    """How a file is loaded: ``begin`` makes the row of its load, ``work`` does the rest, also of the row."""

    begin: Callable[[Source], Load]
    work: Callable[[Source, Load, Watch], object]

    def start(self, source: Source, *, alone: Callable[[], AbstractContextManager[None]]) -> int:
        """Begin, and return the id of the load while it goes on; Objection where ``alone`` does not let it.

        The file is copied: that of the request goes when the request is answered. The copy has no name, so
        that nothing of it is left on the disk however the process ends.
        """
        stream = tempfile.TemporaryFile()  # noqa: SIM115 - the thread closes it
        source.stream.seek(0)
        shutil.copyfileobj(source.stream, stream)
        kept, begun = Source(stream, source.name), Future[int]()
        threading.Thread(target=self._run, args=(kept, begun, alone), name="load").start()
        return begun.result()

    def _run(
        self, source: Source, begun: "Future[int]", alone: Callable[[], AbstractContextManager[None]]
    ) -> None:
        with source.stream:
            try:
                with connected(), alone():
                    load = self._begun(source)
                    begun.set_result(load.id)
                    self._watched(source, load)
            except Exception as error:
                if begun.done():
                    logger.exception("a load ended in a fault")
                else:
                    begun.set_exception(error)

    def _begun(self, source: Source) -> Load:
        with writing():
            load = self.begin(source)
            load.received = count_lines(source.stream)
            load.save()
        return load

    def _watched(self, source: Source, load: Load) -> None:
        """What speaks against the file is kept for the page of the load. After any other end its row says
        that it is not finished."""
        try:
            self.work(source, load, _Reading(load.id))
        except Objection as why:
            question = question_of(why.loss) if isinstance(why, TakesAway) else ""
            with writing():
                Load.update(failure=str(why), question=question).where(Load.id == load.id).execute()
        except Ending:
            logger.warning("load %s: broken off, as the process ends", load.id)


def question_of(loss: Loss) -> str:
    """What is asked about, as it is kept with the load until its page asks."""
    moves = [[*places, records] for places, records in loss.moves.items()]
    return json.dumps({"enrolments": asdict(loss.enrolments), "moves": moves})


def asked_of(load: Load) -> Loss | None:
    """The same again; none where nothing is asked."""
    if not load.question:
        return None
    kept = json.loads(load.question)
    moves = Counter({(source, target): records for source, target, records in kept["moves"]})
    return Loss(Replaced(**kept["enrolments"]), moves)


class _Reading:
    """Watches a load: stores how far the file is read, now and then, and ends it with its process."""

    def __init__(self, load_id: int) -> None:
        self._load_id = load_id
        self._next = 0.0

    def __call__(self, done: int, total: int | None) -> None:
        if not threading.main_thread().is_alive():
            raise Ending
        if total is None and time.monotonic() >= self._next:
            with writing():
                Load.update(read=done).where(Load.id == self._load_id).execute()
            self._next = time.monotonic() + SAID_EVERY
