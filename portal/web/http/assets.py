"""One stylesheet and one script, bundled, minified, compressed and named by their content at start.

Directors use slow connections: a first visit costs three requests, every later page one.
"""

import gzip
import hashlib
import json
import re
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
    "line.js",
    "later.js",
    "start.js",
)
# What few visits need: the script fetches it with the first press that does.
WORKING = (
    "begin.js",
    "again.js",
    "refused.js",
    "who.js",
    "dialog.js",
    "typed.js",
)

CACHED_FOR_A_YEAR = "max-age=31536000, immutable"
Texts = tuple[tuple[str, str], ...]  # names and what they say
_MARKS, _ESCAPED = re.compile(r"[`\\]|\$\{"), r"\\\g<0>"

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
    if digest == bundle.digest:
        response.headers["Cache-Control"] = CACHED_FOR_A_YEAR  # its address is its tag: nobody asks again
        return response
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(f"{bundle.digest}-{coding}")
    return response.make_conditional(request)


def init_assets(
    app: Flask, folder: Path = STATIC, *, markup: Mapping[str, Mapping[str, str]] = MappingProxyType({})
) -> None:
    """Make the bundles, and give templates ``asset('portal.css')``, whose address changes with it. ``markup``
    is, for each script that puts some into pages, what then need not come with each of them."""
    bundles = _bundles(folder, tuple((name, tuple(texts.items())) for name, texts in markup.items()))
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
def _bundles(folder: Path, markup: tuple[tuple[str, Texts], ...]) -> dict[str, Bundle]:
    """Made once in a process: the minifier and brotli's best take a tenth of a second each."""
    styles, scripts = (folder / "css").glob("*.css"), (folder / "js").glob("*.js")
    together = {folder / "css" / name for name in STYLES}
    sources = {
        "portal.css": "\n".join((folder / "css" / name).read_text("utf-8") for name in STYLES),
        "portal.js": _together(folder / "js/portal", SCRIPTS),
        "working.js": _together(folder / "js/working", WORKING),
        **{file.name: file.read_text("utf-8") for file in sorted({*styles, *scripts} - together)},
    }
    named = [(script, name, text) for script, texts in markup for name, text in texts]
    functions = {"portal.js", "working.js", *(script for script, _ in markup)} & set(sources)
    for script in functions:
        sources[script] = f'(forms, working) => {{\n"use strict";\n{sources[script]}\n}}'
    smaller = minified([*((_mimetype(name), source) for name, source in sources.items()),
                        *(("text/html", text) for _, _, text in named)])  # fmt: skip
    texts = dict(zip(sources, smaller, strict=False))
    forms: dict[str, dict[str, str]] = {script: {} for script in functions}
    for (script, name, _), text in zip(named, smaller[len(sources) :], strict=True):
        forms[script][name] = text
    for script in functions - {"portal.js"}:
        texts[script] = _called(texts[script], forms[script])
    working = _bundle("working.js", texts["working.js"]).address
    called = _called(texts["portal.js"], forms["portal.js"], working)
    texts["portal.js"] = f"{_htmx(folder)};\n{called}"
    return {name: _bundle(name, text) for name, text in texts.items()}


def _together(folder: Path, names: Iterable[str]) -> str:
    """Within one function: what they declare is theirs alone, and the minifier may call it what it likes. It
    is given the markup that comes with it, and the first one the address of the second."""
    return "\n".join((folder / name).read_text("utf-8") for name in names)


def _called(function: str, forms: Mapping[str, str], *more: str) -> str:
    """In a quotation whose marks markup has no need of: it is full of the others."""
    quoted = (f"{json.dumps(name)}:`{_MARKS.sub(_ESCAPED, text)}`" for name, text in forms.items())
    return f"({function})({','.join(['{' + ','.join(quoted) + '}', *map(json.dumps, more)])})"


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
