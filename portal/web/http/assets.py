"""One stylesheet and one script, bundled, compressed and named by their content at start.

Directors use slow connections: a first visit costs three requests, every later page one.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import brotli
from flask import Blueprint, Flask, Response, abort, current_app, request, session
from flask.typing import ResponseReturnValue

from portal.web.http.guards import public

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
# They go out with htmx, in this order.
SCRIPTS = ("js/portal.js", "js/line.js", "js/typed.js")

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
    """Compressed once in a process: brotli's best takes a tenth of a second."""
    styles = set((folder / "css").glob("*.css")) - {folder / "css" / name for name in STYLES}
    scripts = set((folder / "js").glob("*.js")) - {folder / name for name in SCRIPTS}
    bundles = (
        _styles(folder),
        _script(folder, forms),
        *_of_some_pages(styles, "text/css", _without_css_comments),
        *_of_some_pages(scripts, "text/javascript", _without_js_comments),
    )
    return {bundle.name: bundle for bundle in bundles}


def _styles(folder: Path) -> Bundle:
    sources = [(folder / "css" / name).read_text("utf-8") for name in STYLES]
    return _bundle("portal.css", "text/css", "\n".join(_without_css_comments(source) for source in sources))


def _script(folder: Path, forms: str) -> Bundle:
    htmx = (folder / HTMX).read_bytes()
    if hashlib.sha256(htmx).hexdigest() != HTMX_SHA256:
        raise RuntimeError(f"{folder / HTMX} is not the htmx that was reviewed: its SHA-256 differs.")
    sources = (_without_js_comments((folder / name).read_text("utf-8")) for name in SCRIPTS)
    own = "\n".join(filter(None, sources))
    return _bundle("portal.js", "text/javascript", f"{htmx.decode('utf-8')};\nvar forms={forms};\n{own}")


def _of_some_pages(
    files: Iterable[Path], mimetype: str, without_comments: Callable[[str], str]
) -> list[Bundle]:
    return [_bundle(file.name, mimetype, without_comments(file.read_text("utf-8"))) for file in sorted(files)]


def _bundle(name: str, mimetype: str, text: str) -> Bundle:
    content = text.encode("utf-8")
    codings = {
        "br": brotli.compress(content, mode=brotli.MODE_TEXT, quality=11),
        "gzip": gzip.compress(content, compresslevel=9, mtime=0),
        "identity": content,
    }
    return Bundle(name, mimetype, hashlib.sha256(content).hexdigest()[:16], codings)


def _without_css_comments(text: str) -> str:
    return _trimmed(re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))


def _without_js_comments(text: str) -> str:
    """Only lines that are nothing but a comment go: that needs no knowledge of the language."""
    return _trimmed(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))


def _trimmed(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
