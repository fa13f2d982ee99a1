"""What no address of the portal may contain, whoever wrote it."""

from flask import Flask, abort, request


def init_addresses(app: Flask) -> None:
    app.before_request(refuse_nul)


def refuse_nul() -> None:
    """PostgreSQL takes no text with a NUL in it, and raises; no person writes one into an address."""
    if "\0" in request.path or b"%00" in request.query_string or b"\0" in request.query_string:
        abort(400)
