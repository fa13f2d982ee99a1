"""Whether the process is running, and whether it could do its work."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from peewee import PeeweeException

from portal.storage.schema.upgrade import is_current
from portal.web.http.guards import public

health = Blueprint("health", __name__)


@health.get("/healthz")
@public
def serves() -> ResponseReturnValue:
    return "ok", {"Content-Type": "text/plain"}


@health.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """200 when the database answers and has every migration of this version."""
    try:
        current = is_current()
    except PeeweeException:
        current = False
    return ("ready", 200) if current else ("the database is missing or not upgraded", 503)
