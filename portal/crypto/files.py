"""Files that only their owner can read: new, and whole or not there."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

WITHOUT_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS)  # a stick with exFAT, some network drives


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """To be written to. It has its name once it is on the disk, and never takes one that is taken:
    FileExistsError, at the start where that is known already."""
    if path.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    file, name = tempfile.mkstemp(prefix=".draft-", dir=path.parent)  # mode 0600
    draft = Path(name)
    try:
        with os.fdopen(file, "wb") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        _name(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def write_once(path: Path, secret: bytes) -> None:
    """The whole content of a ``new_file``."""
    with new_file(path) as target:
        target.write(secret)


def _name(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)  # unlike a rename, it refuses when the name is taken
    except OSError as error:
        if error.errno not in WITHOUT_LINKS:
            raise
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        draft.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)  # the name, too, survives a loss of power
    finally:
        os.close(folder)
