"""The content of a backup: what it holds, every row, and the portal's mark over all of it.

Packed with gzip, it is UTF-8 text: a line of JSON with the tables and a line with the mark over that; each
table's rows in PostgreSQL's COPY text format (portal/storage/backup/copy_text.py) and a line ``\\.``; a line
with the mark over all. So ``age`` and ``gunzip`` are enough to read it (docs/decisions/0023-backups.md).
"""

import gzip
import hmac
import io
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, Any

from portal.actions.loading.files import Watch
from portal.actions.site import Site
from portal.crypto.backups import backup_key
from portal.domain.errors import Refusal
from portal.domain.signing.declaration import timestamp
from portal.storage.backup.contents import Part, lines_of
from portal.storage.backup.copy_text import END

FORMAT = "portal.backup.1"
LEVEL = 3  # of gzip: files a tenth larger than with 6, in less than half its time
BLOCK = 256 * 1024  # bytes
LONGEST = 128 * 1024 * 1024  # bytes of a line: a row with a file of 21 MB in hexadecimal, and to spare
EVERY = 1000  # rows: how often progress is told

DAMAGED = "Файлът е повреден, непълен или не е резервно копие на портала."
NEWER = "Копието е направено с по-нова версия на портала. Обновете портала и опитайте отново."
OTHERS = (
    "Копието не носи знака на този портал: направено е с друг пипер (PORTAL_PEPPER_FILE) или е променяно."
)


@dataclass(frozen=True)
class Header:
    """When it was made, after which migrations, and the tables in their order."""

    made_at: datetime
    migrations: list[str]
    parts: list[Part]

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts)


def write_content(target: IO[bytes], header: Header, *, watch: Watch, site: Site) -> None:
    """In the snapshot that ``header`` was made in. Nothing in ``target`` is of use before this returns."""
    mark = hmac.new(backup_key(site.pepper), digestmod="sha256")
    with gzip.GzipFile(fileobj=target, mode="wb", compresslevel=LEVEL, mtime=0) as packed:
        text = io.BufferedWriter(_Both(packed, mark), BLOCK)
        text.write(_line_of(header))
        text.flush()
        text.write(_shown(mark))  # so that a stranger's file is told before everything is read
        done = 0
        for part in header.parts:
            for lines in lines_of(part):
                text.write(lines)
                done += lines.count(b"\n")  # a break within a value is written otherwise
                watch(done, header.rows)
            text.write(END)
        text.flush()
        packed.write(_shown(mark))


class Reader:
    """Reads a content from ``source``; Refusal once it shows that it is damaged or not this portal's."""

    def __init__(self, source: IO[bytes], *, watch: Watch, site: Site) -> None:
        self._text = io.BufferedReader(gzip.GzipFile(fileobj=source, mode="rb"), BLOCK)
        self._mark = hmac.new(backup_key(site.pepper), digestmod="sha256")
        self._watch, self._done = watch, 0
        with _readable():
            first = self._line()
            self._check_mark(self._line)
            self.header = _header_of(first)

    def lines(self, part: Part) -> Iterator[bytes]:
        """Its rows; the parts are read in their order."""
        before = self._done
        with _readable():
            while (line := self._line()) != END:
                self._done += 1
                yield line
                if self._done % EVERY == 0 or self._done == self.header.rows:
                    self._watch(self._done, self.header.rows)
            if self._done - before != part.rows:
                raise ValueError("rows are missing")

    def finish(self) -> None:
        """Refusal unless all that was read is what the portal once wrote, and nothing follows."""
        with _readable():
            self._check_mark(lambda: self._text.readline(LONGEST))
            if self._text.read(1):
                raise ValueError("something follows the mark")

    def _check_mark(self, read: Callable[[], bytes]) -> None:
        made = _shown(self._mark)
        if not hmac.compare_digest(made, read()):
            raise Refusal(OTHERS)

    def _line(self) -> bytes:
        line = self._text.readline(LONGEST)
        if not line.endswith(b"\n"):
            raise EOFError
        self._mark.update(line)
        return line


class _Both(io.RawIOBase):
    """What is written goes into the file and into the mark."""

    def __init__(self, packed: gzip.GzipFile, mark: hmac.HMAC) -> None:
        self._packed, self._mark = packed, mark

    def writable(self) -> bool:
        return True

    def write(self, block: Any) -> int:
        self._mark.update(block)
        return self._packed.write(block)


def _shown(mark: hmac.HMAC) -> bytes:
    return mark.hexdigest().encode() + b"\n"


def _line_of(header: Header) -> bytes:
    told = {
        "format": FORMAT,
        "made_at": timestamp(header.made_at),
        "migrations": header.migrations,
        "parts": [asdict(part) for part in header.parts],
    }
    return json.dumps(told).encode() + b"\n"


def _header_of(line: bytes) -> Header:
    told = json.loads(line)
    if told["format"] != FORMAT:
        raise Refusal(NEWER)
    parts = [Part(part["table"], tuple(part["columns"]), part["rows"]) for part in told["parts"]]
    return Header(datetime.fromisoformat(told["made_at"]), told["migrations"], parts)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error, ValueError, KeyError, TypeError) as error:
        raise Refusal(DAMAGED) from error
