"""Draining a request body that will not be used, so that the browser gets our response to it."""

from flask import request

DRAINED = 20 * 1024 * 1024  # bytes read at most (contract.md, Addresses)
CHUNK = 64 * 1024


def drain() -> None:
    """Read what is left of the request's body, at most DRAINED bytes, and keep none of it."""
    source = request.environ["wsgi.input"]
    left = min(DRAINED, request.content_length or 0)
    while left > 0:
        chunk = source.read(min(left, CHUNK))
        if not chunk:
            return
        left -= len(chunk)
