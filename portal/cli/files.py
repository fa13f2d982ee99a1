"""Files that commands read and write, and the progress shown meanwhile."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from portal.actions.loading.files import Source, Watch

BAR = 30  # characters
STEP = 50_000  # lines between two plain lines of progress

IN = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, writable=True, path_type=Path)


@contextmanager
def source(path: Path) -> Iterator[Source]:
    with path.open("rb") as stream:
        yield Source(stream, path.name)


@contextmanager
def written(path: Path) -> Iterator[IO[bytes]]:
    """A file that is there whole or not at all; children's names in it are for nobody else to read."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:  # noqa: PTH123
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write(path: Path, pieces: Iterable[bytes]) -> None:
    with written(path) as stream:
        stream.writelines(pieces)


def watch() -> Watch:
    """A bar on a terminal, a plain line now and then elsewhere; always on stderr, so that what is
    printed stays readable for scripts."""
    return _bar() if sys.stderr.isatty() else _lines()


def _bar() -> Watch:
    def show(done: int, total: int | None) -> None:
        if total is None:
            click.echo(f"\rread {done:>9,} lines", err=True, nl=False)
            return
        full = BAR * done // max(total, 1)
        click.echo(f"\r[{'#' * full}{'.' * (BAR - full)}] {done:,} of {total:,}", err=True, nl=done >= total)

    return show


def _lines() -> Watch:
    said: dict[bool, int] = {True: 0, False: 0}

    def show(done: int, total: int | None) -> None:
        is_reading = total is None
        if done - said[is_reading] >= STEP:
            said[is_reading] = done
            click.echo(f"read {done} lines" if is_reading else f"stored {done} of {total}", err=True)

    return show
