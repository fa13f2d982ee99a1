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
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from portal.crypto.errors import Busy

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.01  # a twentieth of what one stretching takes
LOOKS = 20  # at a lock that is held for some microseconds at a time


def lock_directory() -> Path:
    """Where the lock files are: one directory for each system user, under TMPDIR."""
    return Path(tempfile.gettempdir()) / f"portal-slots-{os.getuid()}"


@dataclass
class Place:
    """Where somebody waits. ``called`` while it is the first, and when it ``is_lost`` to a better rank."""

    rank: int
    called: threading.Event = field(default_factory=threading.Event)
    is_lost: bool = False


class Slots:
    """``count`` turns, shared by all threads and processes that use the same directory and ``name``.

    Within a process the turns are given by rank, the lowest first, and then in the order in which they were
    asked for. Processes compete for a free lock file with one thread each, and whoever has another rank than
    0 leaves it to those who have 0. A killed process frees its turn, as the kernel drops its locks; one that
    is stuck keeps it, and nobody waits for a lock itself. Whoever gets none within ``patience`` seconds gets
    Busy.

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
        self._warned: set[str] = set()

    @contextmanager
    def turn(self, rank: int = 0) -> Iterator[None]:
        """Wait for a turn and keep it for the length of the ``with`` block."""
        with self._place(rank) as mine, self._standing_first(rank):
            give_back = self._waited(mine)
        try:
            yield
        finally:
            give_back()

    @contextmanager
    def _place(self, rank: int) -> Iterator[Place]:
        """A place in the queue; Busy where there is none."""
        mine = Place(rank)
        with self._guard:
            if self._places is not None and len(self._queue) >= self._places:
                self._take_a_place_from_a_worse(rank)
            insort(self._queue, mine, key=lambda place: place.rank)
            self._call_the_first()
        try:
            yield mine
        finally:
            with self._guard:
                if not mine.is_lost:
                    self._queue.remove(mine)
                self._call_the_first()

    def _take_a_place_from_a_worse(self, rank: int) -> None:
        last = self._queue[-1]
        if last.rank <= rank:
            raise Busy("as many wait as may", rank=rank)
        self._queue.remove(last)
        last.is_lost = True
        last.called.set()

    def _call_the_first(self) -> None:
        for place in self._queue[1:]:
            place.called.clear()
        if self._queue:
            self._queue[0].called.set()

    def _waited(self, mine: Place) -> Callable[[], None]:
        """Take a turn when it comes; what it returns gives the turn back."""
        deadline = time.monotonic() + self._patience
        while mine.called.wait(max(0.0, deadline - time.monotonic())) and not mine.is_lost:
            with self._guard:  # nobody with a better rank comes between
                give_back = self._tried(mine.rank) if self._queue[0] is mine else None
            if give_back is not None:
                return give_back
            if time.monotonic() >= deadline:
                break
            time.sleep(POLL_SECONDS)
        raise Busy(rank=mine.rank)

    def _tried(self, rank: int) -> Callable[[], None] | None:
        """Take a free turn, if there is one."""
        try:
            return self._tried_by_file(rank)
        except OSError as error:
            return self._tried_here(error)

    def _tried_by_file(self, rank: int) -> Callable[[], None] | None:
        with ExitStack() as unused:
            if rank and not _locked(self._opened("first", unused)):
                return None
            files = (self._opened(number, unused) for number in range(self._count))
            if (free := next(filter(_locked, files), None)) is None:
                return None
            mine = os.dup(free)  # the lock stays with it when the files are closed
        return lambda: _unlock(mine)

    def _tried_here(self, error: OSError) -> Callable[[], None] | None:
        """Without lock files the limit holds within this process: worse, but people can log in."""
        self._warn("the lock files cannot be used (%s): the limit holds for one process", error)
        return self._in_this_process.release if self._in_this_process.acquire(blocking=False) else None

    def _warn(self, message: str, *about: object) -> None:
        """Once: who waits asks a hundred times a second."""
        if message not in self._warned:
            self._warned.add(message)
            logger.warning(message, *about)

    @contextmanager
    def _standing_first(self, rank: int) -> Iterator[None]:
        """While somebody of rank 0 waits, those of other ranks find this file locked, in every process."""
        with ExitStack() as waiting:
            if rank == 0:
                with suppress(OSError):  # told where the turn is tried
                    self._stand(self._opened("first", waiting))
            yield

    def _stand(self, file: int) -> None:
        """Those of other ranks hold it for as long as they look for a free turn. One that is stuck with it
        keeps nobody out: a turn is waited for without it, and others find it locked all the same."""
        for _ in range(LOOKS):
            if _locked(file, fcntl.LOCK_SH):
                return
            time.sleep(POLL_SECONDS)
        self._warn("a process that does not go on holds the lock file %s-first", self._name)

    def _opened(self, which: int | str, keeper: ExitStack) -> int:
        directory = self._directory or lock_directory()
        _make_private(directory)
        file = os.open(directory / f"{self._name}-{which}", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        keeper.callback(os.close, file)
        return file


def _make_private(directory: Path) -> None:
    """The directory is in a place where anybody may write: it must be ours, real, and ours only."""
    directory.mkdir(mode=0o700, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise PermissionError(f"{directory} does not belong to this user alone")


def _locked(file: int, how: int = fcntl.LOCK_EX) -> bool:
    """Lock the file unless another thread or process has it."""
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _unlock(file: int) -> None:
    fcntl.flock(file, fcntl.LOCK_UN)  # said aloud: a process forked meanwhile may still have the file open
    os.close(file)
