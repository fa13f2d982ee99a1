"""Backups are encrypted, in the format of age, to keys whose other half is kept offline.

Source: age-encryption.org/v1 (C2SP). The library reads from a file and writes to another; here one of the two
is a pipe, and the library works in a thread of its own, so that whoever makes a backup writes, and whoever
restores one reads, as with any file.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyrage
from pyrage import x25519

from portal.crypto.errors import CannotOpen, CryptoError, MalformedKey
from portal.crypto.files import write_once
from portal.crypto.primitives import derived

MAGIC = b"age-encryption.org/v1\n"
LARGEST_IDENTITY = 64 * 1024  # bytes of the file


def backup_key(pepper: bytes) -> bytes:
    """For the mark over a backup's content: only a portal with this pepper makes one, while anybody who has
    seen the recipient's key can encrypt to it."""
    return derived(pepper, "backup")


def make_identity(path: Path, comment: str) -> str:
    """Write a new identity, as age and rage read it, never over a file that is there; the recipient's key,
    which is not secret. OSError (FileExistsError among them) if it cannot be written."""
    identity = x25519.Identity.generate()
    recipient = str(identity.to_public())
    write_once(path, f"# {comment}\n# public key: {recipient}\n{identity}\n".encode())
    return recipient


def load_identities(path: Path) -> list[Any]:
    """Every identity in the file. OSError if it cannot be read, MalformedKey if it holds anything else."""
    with path.open("rb") as stream:
        content = stream.read(LARGEST_IDENTITY)
    try:
        lines = [line.strip() for line in content.decode("ascii").splitlines()]
        found = [x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (UnicodeDecodeError, pyrage.IdentityError):
        raise MalformedKey("not a file of age identities") from None
    if not found:
        raise MalformedKey("a file without an identity")
    return found


def read_recipient(text: str) -> Any:
    """A key ``age1…``; MalformedKey for any other text."""
    try:
        return x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise MalformedKey("not a key of a recipient") from None


@contextmanager
def encrypted(target: IO[bytes], recipients: Sequence[Any]) -> Iterator[IO[bytes]]:
    """Where to write what only the recipients can read from ``target``. Memory stays flat."""
    reading, writing = _pipe()

    def work() -> None:
        to = _Target(target)
        try:
            pyrage.encrypt_io(reading, to, list(recipients))
        except pyrage.EncryptError as error:
            raise to.error or error from None

    with _beside(work, reading), writing:
        yield writing


@contextmanager
def decrypted(source: IO[bytes], identities: Sequence[Any]) -> Iterator[IO[bytes]]:
    """From where to read what ``source`` holds. Each piece was checked before it can be read, but only at the
    end is it known that nothing was cut off: read to the end, and count nothing as done before this returns.

    CannotOpen for a file that is damaged, truncated, no age file or for another identity.
    """
    reading, writing = _pipe()
    with _beside(lambda: pyrage.decrypt_io(source, writing, list(identities)), writing), reading:
        yield reading


class _Target:
    """Keeps why it could not be written to: of that the library tells only in words."""

    error: OSError | None = None

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.flush = file.flush

    def write(self, block: bytes) -> int:
        try:
            return self._file.write(block)
        except OSError as error:
            self.error = error
            raise


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb"), os.fdopen(writing, "wb")


@contextmanager
def _beside(work: Callable[[], None], end: IO[bytes]) -> Iterator[None]:
    """Do ``work`` in a thread, and close its ``end`` of the pipe; what it raised is raised here, and comes
    before what the other side made of a pipe that ended too early."""
    failed: list[Exception] = []

    def run() -> None:
        try:
            with end:
                work()
        except BrokenPipeError:  # the other side has stopped reading, and says why
            pass
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        if failed:
            raise _said(failed[0]) from failed[0]


def _said(error: Exception) -> Exception:
    """The library tells of a failed check with a DecryptError in the head of a file, and with an OSError that
    has no number after it."""
    if isinstance(error, pyrage.DecryptError):
        return CannotOpen("for another identity, damaged, or no age file")
    if isinstance(error, OSError) and error.errno is None:
        return CannotOpen("damaged or cut off")
    return error if isinstance(error, OSError) else CryptoError("the library of age failed")
