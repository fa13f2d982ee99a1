"""Whether the process is running, and whether it could do its work."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.storage.schema.upgrade import is_ready
from portal.web.http.guards import public

health = Blueprint("health", __name__)


@health.get("/healthz")
@public
def serves() -> ResponseReturnValue:
    return "ok", {"Content-Type": "text/plain"}


@health.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """200 when the database is there and has every migration of this version."""
    return ("ready", 200) if is_ready() else ("the database is missing or not upgraded", 503)
