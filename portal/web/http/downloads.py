"""Sending a file that a view made."""

import os
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import IO

from flask import Response

PIECE = 1024 * 1024  # bytes that are in memory together


def download(content: IO[bytes], kind: str, name: str) -> Response:
    """The whole of an open file; it is closed when it was sent."""
    size = content.seek(0, os.SEEK_END)

    def pieces() -> Iterator[bytes]:
        with content:
            content.seek(0)
            while piece := content.read(PIECE):
                yield piece

    disposition = f'attachment; filename="{name}"'
    return Response(
        pieces(), content_type=kind, headers={"Content-Disposition": disposition, "Content-Length": str(size)}
    )


def file_response(content: bytes, kind: str, name: str) -> Response:
    """A file that is in memory as a whole; ``name`` tells of nobody."""
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def kept(pieces: Iterable[bytes]) -> IO[bytes]:
    """A file without a name: what comes from the database is read while the request still has its
    connection, and sent afterwards."""
    content = TemporaryFile()  # noqa: SIM115 (closed when it was sent)
    try:
        content.writelines(pieces)
    except BaseException:
        content.close()
        raise
    return content
