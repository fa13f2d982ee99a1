"""Reading what will be signed, signing it, removing the signature, and the papers that go with it."""

from dataclasses import dataclass

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import FileField, HiddenField, PasswordField

from portal.actions.signing import signing as actions
from portal.actions.signing.declarations import declaration_of, declaration_signed
from portal.actions.signing.receipts import receipt_of
from portal.documents.receipt import receipt_pdf
from portal.domain.month import Month
from portal.domain.people import Delegate, Director, Scope, Staff
from portal.domain.signing.qualified import Verdict
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.downloads import file_response
from portal.web.http.forms import Notes, PortalForm
from portal.web.http.guards import LISTS, allow
from portal.web.http.headers import allow_local_signing
from portal.web.http.htmx import page_or_fragment, wants_fragment
from portal.web.http.site import site
from portal.web.signing.page import SigningPage

signing = Blueprint("signing", __name__, url_prefix="/confirmations/<month:month>")

SIGNED = "Списъкът е подписан. Запазете протокола за архива на институцията."


class SignForm(PortalForm):
    password = PasswordField("Паролата, с която влизате")
    digest = HiddenField()


class UploadForm(PortalForm):
    file = FileField("Подписаният файл")


class UnsignForm(PortalForm):
    reason = Notes("Защо премахвате подписа")


@signing.get("/sign")
@allow(Director, Delegate, scopes=(Scope.SIGN,))
def page(person: Staff, month: Month) -> ResponseReturnValue:
    return sign_page(person, month)


@signing.post("/sign")
@allow(Director, Delegate, scopes=(Scope.SIGN,))
def sign(person: Staff, month: Month) -> ResponseReturnValue:
    form = SignForm(request.form)
    with attempt(form) as tried:
        actions.sign(
            person,
            month,
            form.password.data or "",
            shown=form.digest.data or "",
            site=site(),
            now=clock.now(),
        )
    if tried.failed:
        return tried.reply(sign_page(person, month, Sent(signing=tried.wrong_form), alert=tried.alert))
    if not wants_fragment():
        flash(SIGNED)
    return done(person, month)


@signing.post("/unsign")
@allow(Director, Delegate, scopes=(Scope.SIGN,))
def unsign(person: Staff, month: Month) -> ResponseReturnValue:
    form = UnsignForm(request.form)
    with attempt(form) as tried:
        actions.unsign(person, month, form.reason.data or "", now=clock.now())
    if tried.failed:
        return tried.reply(sign_page(person, month, Sent(removal=tried.wrong_form), alert=tried.alert))
    return done(person, month)  # the page itself says loudly what follows


@signing.get("/declaration.json")
@allow(Director, Delegate, scopes=(Scope.SIGN,))
def declaration(person: Staff, month: Month) -> ResponseReturnValue:
    """The exact bytes that were signed, or that this person would sign; of an older signature of this list
    with ``?number=2020-12/2200000/1``."""
    number = request.args.get("number", "")
    issued = (
        declaration_signed(person, month, number)
        if number
        else declaration_of(person, month, now=clock.now())
    )
    name = number.replace("/", "-") or f"{month}-{person.institution}"
    response = file_response(bytes(issued.content), "application/json", f"declaration-{name}.json")
    response.set_etag(issued.sha256)
    return response.make_conditional(request)


@signing.get("/receipt.pdf")
@allow(Director, Delegate, scopes=LISTS)
def receipt(person: Staff, month: Month) -> ResponseReturnValue:
    """Of the signature that counts, or of an older one of this list: ``?number=2020-12/2200000/1``."""
    paper = receipt_of(person, month, request.args.get("number", ""))
    name = f"protocol-{paper.number.replace('/', '-')}.pdf"
    return file_response(receipt_pdf(paper), "application/pdf", name)


@dataclass(frozen=True)
class Sent:
    """The form that was sent and did not hold; ``refused`` is what was asked of an uploaded file."""

    signing: PortalForm | None = None
    file: PortalForm | None = None
    removal: PortalForm | None = None
    refused: Verdict | None = None


def sign_page(person: Staff, month: Month, sent: Sent | None = None, *, alert: str = "") -> Response:
    """The page as it is now, with what was ``sent``. Where КЕП counts, its script may speak to the person's
    own signing service."""
    sent = sent or Sent()
    shown = SigningPage.of(person, month, site=site(), now=clock.now())
    page = make_response(
        page_or_fragment(
            "signing/sign.html",
            "signing/_sign.html",
            shown=shown,
            form=sent.signing or SignForm(),
            uploading=sent.file or UploadForm(),
            removing=sent.removal or UnsignForm(),
            alert=alert,
            refused=sent.refused,
        )
    )
    return allow_local_signing(page) if shown.offers_qualified else page


def done(person: Staff, month: Month) -> ResponseReturnValue:
    return (
        sign_page(person, month) if wants_fragment() else redirect(url_for("signing.page", month=month), 303)
    )
