"""The body of a request: where its files are while they are read, and draining one that will not be used, so
that the browser gets our response to it."""

import io
from typing import IO, Any

from flask import Flask, request
from htmx_flask.requests import HtmxAwareRequest

from portal.domain.errors import Refusal

DRAINED = 20 * 1024 * 1024  # bytes read at most (contract.md, Addresses)
CHUNK = 64 * 1024
IN_MEMORY = 6 * 1024 * 1024  # bytes of a request whose files never touch the disk: a sheet, a diary


class PortalRequest(HtmxAwareRequest):  # type: ignore[misc]
    """Files of schools are small and name children: they are read where they came in, and no file is made of
    them, not even one without a name. What may be larger waits on the disk."""

    def _get_file_stream(self, *about: Any, **more: Any) -> IO[bytes]:
        if self.max_content_length is not None and self.max_content_length <= IN_MEMORY:
            return io.BytesIO()
        stream: IO[bytes] = super()._get_file_stream(*about, **more)
        return stream


def init_bodies(app: Flask) -> None:
    """After ``init_htmx``, whose request this one is."""
    app.request_class = PortalRequest


def sent_file(most: int, unchosen: str) -> bytes:
    """What was sent in the field ``file``, and one byte beyond ``most`` at the most; Refusal, which says
    ``unchosen``, where nothing was."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Refusal(unchosen, field="file")
    content: bytes = upload.stream.read(most + 1)
    return content


def drain() -> None:
    """Read what is left of the request's body, at most DRAINED bytes, and keep none of it."""
    source = request.environ["wsgi.input"]
    left = min(DRAINED, request.content_length or 0)
    while left > 0:
        chunk = source.read(min(left, CHUNK))
        if not chunk:
            return
        left -= len(chunk)
