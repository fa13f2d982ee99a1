"""Limiting how many passwords are stretched at the same time on this machine, across all processes."""

import fcntl
import logging
import os
import stat
import tempfile
import threading
import time
from bisect import insort
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from portal.crypto.errors import Busy

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.01  # a twentieth of what one stretching takes


def lock_directory() -> Path:
    """Where the lock files are: one directory for each system user, under TMPDIR."""
    return Path(tempfile.gettempdir()) / f"portal-slots-{os.getuid()}"


@dataclass
class Place:
    """Where somebody waits; lower ranks come first. ``called`` when it is the first, or lost."""

    rank: int
    called: threading.Event = field(default_factory=threading.Event)
    is_lost: bool = False


class Slots:
    """``count`` turns, shared by all threads and processes that use the same directory and ``name``.

    Within a process the turns are given by rank, and then in the order in which they were asked for;
    processes compete for a free lock file with one thread each. A killed process frees its turn, as the
    kernel drops its lock. Whoever gets none within ``patience`` seconds gets Busy.

    Whoever waits holds a thread of the server, so ``places`` bounds how many of a process do; more get Busy
    at once, the worst ranks first: who comes with a better one takes the last place from whoever has it.
    """

    def __init__(
        self,
        directory: Path | None = None,
        *,
        name: str = "slot",
        count: int = 2,
        patience: float = 15,
        places: int | None = None,
    ) -> None:
        self._directory = directory
        self._name = name
        self._count = count
        self._patience = patience
        self._places = places
        self._guard = threading.Lock()
        self._queue: list[Place] = []
        self._in_this_process = threading.BoundedSemaphore(count)
        self._warned = False

    @contextmanager
    def turn(self, rank: int = 0) -> Iterator[None]:
        """Wait for a turn and keep it for the length of the ``with`` block."""
        deadline = time.monotonic() + self._patience
        with self._head_of_queue(rank, deadline):
            give_back = self._taken(deadline)
        try:
            yield
        finally:
            give_back()

    @contextmanager
    def _head_of_queue(self, rank: int, deadline: float) -> Iterator[None]:
        mine = self._place(rank)
        try:
            if not mine.called.wait(max(0.0, deadline - time.monotonic())) or mine.is_lost:
                raise Busy("no turn within the time")
            yield
        finally:
            with self._guard:
                if not mine.is_lost:
                    self._queue.remove(mine)
                self._call_the_first()

    def _place(self, rank: int) -> Place:
        mine = Place(rank)
        with self._guard:
            if self._places is not None and len(self._queue) >= self._places:
                self._take_a_place_from_a_worse(rank)
            # Behind the first even with a better rank: that one has been called already.
            insort(self._queue, mine, lo=min(1, len(self._queue)), key=lambda place: place.rank)
            self._call_the_first()
        return mine

    def _take_a_place_from_a_worse(self, rank: int) -> None:
        last = self._queue[-1]
        if last.called.is_set() or last.rank <= rank:
            raise Busy("as many wait as may")
        self._queue.remove(last)
        last.is_lost = True
        last.called.set()

    def _call_the_first(self) -> None:
        if self._queue:
            self._queue[0].called.set()

    def _taken(self, deadline: float) -> Callable[[], None]:
        """Take a free turn; what it returns gives the turn back."""
        try:
            return self._taken_by_file(deadline)
        except OSError as error:
            return self._taken_here(deadline, error)

    def _taken_by_file(self, deadline: float) -> Callable[[], None]:
        with ExitStack() as unused:
            files = [self._opened(number, unused) for number in range(self._count)]
            while (free := next(filter(_locked, files), None)) is None:
                if time.monotonic() >= deadline:
                    raise Busy("no turn within the time")
                time.sleep(POLL_SECONDS)
            mine = os.dup(free)  # the lock stays with it when the files are closed
        return lambda: _unlock(mine)

    def _taken_here(self, deadline: float, error: OSError) -> Callable[[], None]:
        """Without lock files the limit holds within this process: worse, but people can log in."""
        if not self._warned:
            self._warned = True
            logger.warning("the lock files cannot be used (%s): the limit holds for one process", error)
        if not self._in_this_process.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise Busy("no turn within the time")
        return self._in_this_process.release

    def _opened(self, number: int, keeper: ExitStack) -> int:
        directory = self._directory or lock_directory()
        _make_private(directory)
        file = os.open(directory / f"{self._name}-{number}", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        keeper.callback(os.close, file)
        return file


def _make_private(directory: Path) -> None:
    """The directory is in a place where anybody may write: it must be ours, real, and ours only."""
    directory.mkdir(mode=0o700, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise PermissionError(f"{directory} does not belong to this user alone")


def _locked(file: int) -> bool:
    """Lock the file unless another thread or process has it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _unlock(file: int) -> None:
    fcntl.flock(file, fcntl.LOCK_UN)  # said aloud: a process forked meanwhile may still have the file open
    os.close(file)
