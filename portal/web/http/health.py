"""Whether the process is running, and whether it could do its work."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.storage.schema.upgrade import what_is_missing
from portal.web.http.guards import public

PLAIN = {"Content-Type": "text/plain; charset=utf-8"}

health = Blueprint("health", __name__)


@health.get("/healthz")
@public
def serves() -> ResponseReturnValue:
    return "ok", PLAIN


@health.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """200 when the database is there and has every migration of this version, else 503 with what is not."""
    missing = what_is_missing()
    return (missing, 503, PLAIN) if missing else ("ready", 200, PLAIN)
