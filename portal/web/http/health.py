"""Whether the process is running, and whether it could do its work."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.actions.trust.report import lists_missing
from portal.domain.signing.qualified import QUALIFIED
from portal.storage.schema.upgrade import what_is_missing
from portal.web.http import clock
from portal.web.http.guards import public
from portal.web.http.site import site

PLAIN = {"Content-Type": "text/plain; charset=utf-8"}

health = Blueprint("health", __name__)


@health.get("/healthz")
@public
def serves() -> ResponseReturnValue:
    return "ok", PLAIN


@health.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """200 when the database is there and has every migration of this version, and the lists that КЕП are
    checked against are young enough; else 503 with what is not."""
    missing = what_is_missing() or _lists_missing()
    return (missing, 503, PLAIN) if missing else ("ready", 200, PLAIN)


def _lists_missing() -> str:
    return lists_missing(site().trust(), now=clock.now()) if QUALIFIED in site().signature_kinds else ""
