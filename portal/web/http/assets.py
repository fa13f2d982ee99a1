"""One stylesheet and one script, bundled, minified, compressed and named by their content at start.

Directors use slow connections: a first visit costs three requests, every later page one.
"""

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import brotli
from flask import Blueprint, Flask, Response, abort, current_app, request, session
from flask.typing import ResponseReturnValue

from portal.web.http.guards import public
from portal.web.http.minifying import minified

STATIC = Path(__file__).parents[3] / "static"
# They go out together; every other style, as every other script, is for some pages, under its own name.
STYLES = (
    "tokens.css",
    "page.css",
    "forms.css",
    "parts.css",
    "records.css",
    "signing.css",
    "print.css",
)
HTMX = "vendor/htmx-4.0.1.min.js"
# Of dist/htmx.min.js in npm's htmx.org 4.0.1.
HTMX_SHA256 = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"
# They go out with htmx, in one function and in this order: listeners are called as they were added.
SCRIPTS = (
    "page.js",
    "rows.js",
    "keys.js",
    "once.js",
    "deciding.js",
    "owner.js",
    "saving.js",
    "drawn.js",
    "unsaved.js",
    "secrets.js",
    "start.js",
    "line.js",
    "typed.js",
)

CACHED_FOR_A_YEAR = "public, max-age=31536000, immutable"

assets = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Bundle:
    """What one address sends, in every coding that a browser may ask for, best first."""

    name: str
    mimetype: str
    digest: str
    codings: dict[str, bytes]

    @property
    def address(self) -> str:
        stem, extension = self.name.rsplit(".", 1)
        return f"/static/{stem}-{self.digest}.{extension}"


@assets.get("/static/<stem>-<digest>.<any(css, js):extension>")
@public
def asset(stem: str, digest: str, extension: str) -> ResponseReturnValue:
    """The bundle; a page of an older version gets today's, which its browser may not keep."""
    bundle: Bundle | None = current_app.extensions["assets"].get(f"{stem}.{extension}")
    if bundle is None:
        abort(404)
    # Who names no coding of ours, or none at all, is sent it plain (RFC 9110, 12.5.3).
    coding = request.accept_encodings.best_match(bundle.codings, default="identity")
    response = Response(bundle.codings[coding], mimetype=bundle.mimetype)
    if coding != "identity":
        response.content_encoding = coding
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = CACHED_FOR_A_YEAR if digest == bundle.digest else "no-cache"
    response.set_etag(f"{bundle.digest}-{coding}")
    return response.make_conditional(request)


def init_assets(
    app: Flask, folder: Path = STATIC, *, forms: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Make the bundles, and give templates ``asset('portal.css')``, whose address changes with it. ``forms``
    is markup that the script puts into pages, and so need not come with each of them."""
    bundles = _bundles(folder, json.dumps(dict(forms), ensure_ascii=False))
    app.extensions["assets"] = bundles
    app.jinja_env.globals["asset"] = lambda name: bundles[name].address
    app.register_blueprint(assets)
    app.after_request_funcs.setdefault(None, []).insert(
        0, same_for_everyone
    )  # the first in the list runs last


def same_for_everyone(response: Response) -> Response:
    """Keep ``Vary: Cookie`` off the bundles: a browser would fetch them again after each login.

    Flask adds it where anything read the session, and Flask-Login reads it in every response.
    """
    if request.blueprint == assets.name:
        session.accessed = False
    return response


@cache
def _bundles(folder: Path, forms: str) -> dict[str, Bundle]:
    """Made once in a process: the minifier and brotli's best take a tenth of a second each."""
    styles, scripts = (folder / "css").glob("*.css"), (folder / "js").glob("*.js")
    together = {folder / "css" / name for name in STYLES}
    sources = {
        "portal.css": "\n".join((folder / "css" / name).read_text("utf-8") for name in STYLES),
        "portal.js": _within_a_function((folder / "js/portal" / name).read_text("utf-8") for name in SCRIPTS),
        **{file.name: file.read_text("utf-8") for file in sorted({*styles, *scripts} - together)},
    }
    smaller = minified([(_mimetype(name), source) for name, source in sources.items()])
    texts = dict(zip(sources, smaller, strict=True))
    texts["portal.js"] = f"{_htmx(folder)};\nvar forms={forms};\n{texts['portal.js']}"
    return {name: _bundle(name, text) for name, text in texts.items()}


def _within_a_function(sources: Iterable[str]) -> str:
    """What they declare is theirs alone, and the minifier may call it what it likes."""
    return '(() => {\n"use strict";\n' + "\n".join(sources) + "\n})();"


def _htmx(folder: Path) -> str:
    """As it was reviewed: it comes minified."""
    content = (folder / HTMX).read_bytes()
    if hashlib.sha256(content).hexdigest() != HTMX_SHA256:
        raise RuntimeError(f"{folder / HTMX} is not the htmx that was reviewed: its SHA-256 differs.")
    return content.decode("utf-8")


def _mimetype(name: str) -> str:
    return "text/css" if name.endswith(".css") else "text/javascript"


def _bundle(name: str, text: str) -> Bundle:
    content = text.encode("utf-8")
    codings = {
        "br": brotli.compress(content, mode=brotli.MODE_TEXT, quality=11),
        "gzip": gzip.compress(content, compresslevel=9, mtime=0),
        "identity": content,
    }
    return Bundle(name, _mimetype(name), hashlib.sha256(content).hexdigest()[:16], codings)
