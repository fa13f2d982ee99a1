"""Signing with КЕП: the document to sign, the upload of a signed file, and the local service's two steps."""

import base64
import binascii

from flask import Blueprint, Flask, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from portal.actions.qualified import documents, local
from portal.actions.qualified.asking import NotTaken
from portal.actions.qualified.kept import kept_file
from portal.actions.qualified.taking import Taken, take
from portal.actions.signing.signing import NotAsShown
from portal.crypto.tokens import token_digest
from portal.domain.errors import NotFound, Objection, Refusal
from portal.domain.month import Month
from portal.domain.people import Delegate, Director, Scope, Staff
from portal.domain.signing.declaration import grouped
from portal.domain.signing.qualified import sentence_of
from portal.web.http import clock, cookies
from portal.web.http.attempts import Attempt, attempt
from portal.web.http.body import drain
from portal.web.http.downloads import file_response
from portal.web.http.errors import http_error
from portal.web.http.guards import allow, current_person
from portal.web.http.htmx import wants_fragment
from portal.web.http.site import site
from portal.web.signing.views import SIGNED, Sent, UploadForm, done, sign_page

qualified = Blueprint("qualified", __name__, url_prefix="/confirmations/<month:month>")

LARGEST_UPLOAD = 4 * 1024 * 1024  # bytes: the longest list with the longest notes, signed, has half of it
LONGEST_TEXT = 64 * 1024  # letters of base64
WAITS = "Файлът е приет. Порталът ще го провери сам; дотогава списъкът на децата не е подписан."
CHANGED = "Списъкът е променен и нищо не е подписано. Прочетете го отново и подпишете."
VOUCHED = ("signedContents", "signedContentsCert")  # as the local service names them
MIMETYPES = {"p7s": "application/pkcs7-signature", "p7m": "application/pkcs7-mime", "pdf": "application/pdf"}


@qualified.get("/declaration.pdf")
@allow(Director, Delegate, scopes=(Scope.SIGN,))
def document(person: Staff, month: Month) -> ResponseReturnValue:
    """What was signed, or what this person would sign, as a document with the exact data inside."""
    issued, content = documents.pdf_of(person, month, site=site(), now=clock.now())
    response = file_response(content, "application/pdf", f"declaration-{month}-{person.institution}.pdf")
    response.set_etag(f"{issued.sha256}-pdf")
    return response.make_conditional(request)


@qualified.post("/signature")
@allow(Director, Delegate, scopes=(Scope.SIGN,), upload=LARGEST_UPLOAD)
def upload(person: Staff, month: Month) -> ResponseReturnValue:
    """A file signed elsewhere: .p7s, .p7m or the PDF."""
    file = request.files.get("file")
    form = UploadForm(request.form)
    with attempt(form) as tried:
        if file is None or not file.filename:
            raise Refusal("Изберете подписания файл.", field="file")
        taken = take(person, month, file.read(), site=site(), now=clock.now())
    if tried.failed:
        refused = tried.objection.verdict if isinstance(tried.objection, NotTaken) else None
        sent = Sent(file=tried.wrong_form, refused=refused)
        return tried.reply(sign_page(person, month, sent, alert=tried.alert))
    if not wants_fragment():
        flash(_said(taken))
    return done(person, month)


@qualified.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """A photograph, say: told beside the field, on the page that it came from."""
    person = current_person()
    if request.endpoint != f"{qualified.name}.upload" or not isinstance(person, Staff):
        return http_error(error)
    drain()
    month: Month = (request.view_args or {})["month"]
    form = UploadForm().with_error(Refusal(sentence_of("too_large"), field="file"))
    return sign_page(person, month, Sent(file=form)), 413


@qualified.get("/signature")
@allow(Director, Delegate, scopes=(Scope.SIGN,))
def download(person: Staff, month: Month) -> ResponseReturnValue:
    """The signed file, byte for byte: of the signature that counts, or ``?number=2020-12/2200000/1``. Where
    there is none, this is the address that a refused upload has left in the browser."""
    number = request.args.get("number", "")
    try:
        kept = kept_file(person, month, number)
    except NotFound:
        if number:
            raise
        return redirect(url_for("signing.page", month=month), 303)
    return file_response(kept.content, MIMETYPES[kept.extension], kept.name)


@qualified.post("/sign/prepare")
@allow(Director, Delegate, scopes=(Scope.SIGN,))
def prepare(person: Staff, month: Month) -> ResponseReturnValue:
    """What the local service has to sign, for the page's script."""
    with attempt(alerts=(Objection,)) as tried:
        prepared = local.prepare(
            person,
            month,
            _bytes(request.form.get("chain", "")),
            shown=request.form.get("digest", ""),
            login=token_digest(cookies.read(cookies.SESSION)),
            site=site(),
            now=clock.now(),
        )
    if tried.failed:
        return _sentence(tried)
    return jsonify(
        request=prepared.token,
        contents=_base64(prepared.attributes),
        hash="SHA256",
        confirm=f"SHA-256 на данните: {grouped(prepared.declaration.sha256)}",
        about=f"Списък за {month.label}, {prepared.declaration.institution_name}",
        **dict(zip(VOUCHED, map(_base64, prepared.vouched or ()), strict=False)),
    )


@qualified.post("/sign/complete")
@allow(Director, Delegate, scopes=(Scope.SIGN,))
def complete(person: Staff, month: Month) -> ResponseReturnValue:
    """The local service's signature, for the page's script."""
    with attempt(alerts=(Objection,)) as tried:
        taken = local.complete(
            person,
            month,
            request.form.get("request", ""),
            _bytes(request.form.get("signature", "")),
            login=token_digest(cookies.read(cookies.SESSION)),
            site=site(),
            now=clock.now(),
        )
    if tried.failed:
        return _sentence(tried)
    flash(_said(taken))
    return jsonify(location=url_for("signing.page", month=month))


def _said(taken: Taken) -> str:
    return SIGNED if taken.signature is not None else WAITS


def _sentence(tried: Attempt) -> ResponseReturnValue:
    """What went wrong, for the page's script to say."""
    sentence = CHANGED if isinstance(tried.objection, NotAsShown) else tried.alert
    return tried.reply(jsonify(sentence=sentence))


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _bytes(text: str) -> bytes:
    """Base64 as the local service sends it; what is none is no signature either."""
    try:
        return base64.b64decode("".join(text[:LONGEST_TEXT].split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def what_may_go_wrong(app: Flask) -> dict[str, str]:
    """What the page's script says where BISS or the portal does not do what it should. It goes out with the
    script, which a browser keeps."""
    return {"faults": app.jinja_env.get_template("signing/_faults.html").render(page="{page}").strip()}
