"""Limiting how many passwords are stretched at the same time on this machine, across all processes."""

import fcntl
import logging
import os
import stat
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from portal.crypto.errors import Busy

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.01  # a twentieth of what one stretching takes


def lock_directory() -> Path:
    """Where the lock files are: one directory for each system user, under TMPDIR."""
    return Path(tempfile.gettempdir()) / f"portal-slots-{os.getuid()}"


class Slots:
    """``count`` turns, shared by all threads and processes that use the same directory and ``name``.

    Within a process the turns are given in the order in which they were asked for; processes compete
    for a free lock file with one thread each. A killed process frees its turn, as the kernel drops its lock.
    Whoever gets none within ``patience`` seconds gets Busy.
    """

    def __init__(
        self, directory: Path | None = None, *, name: str = "slot", count: int = 2, patience: float = 15
    ) -> None:
        self._directory = directory
        self._name = name
        self._count = count
        self._patience = patience
        self._guard = threading.Lock()
        self._queue: deque[threading.Event] = deque()
        self._in_this_process = threading.BoundedSemaphore(count)
        self._warned = False

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and keep it for the length of the ``with`` block."""
        deadline = time.monotonic() + self._patience
        with self._head_of_queue(deadline):
            give_back = self._taken(deadline)
        try:
            yield
        finally:
            give_back()

    @contextmanager
    def _head_of_queue(self, deadline: float) -> Iterator[None]:
        mine = threading.Event()
        with self._guard:
            self._queue.append(mine)
            self._queue[0].set()
        try:
            if not mine.wait(max(0.0, deadline - time.monotonic())):
                raise Busy("no turn within the time")
            yield
        finally:
            with self._guard:
                self._queue.remove(mine)
                if self._queue:
                    self._queue[0].set()

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
