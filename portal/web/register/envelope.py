"""The institution's envelope: showing its code, printing it, typing it back, and the yearly check."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from portal.actions.register.keys import envelopes as actions
from portal.actions.register.keys.collection import collections_of
from portal.actions.register.keys.holders import envelope_of
from portal.actions.register.keys.proposals import Proposal, propose, read_proposal, seal_proposal
from portal.crypto.envelope import groups
from portal.documents.envelope import EnvelopeSheet, envelope_pdf, known_by
from portal.domain.people import Director
from portal.domain.register.envelopes import is_rehearsal_due, rehearsal_due_at
from portal.domain.times import today
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.forms import PortalForm, Text
from portal.web.http.guards import allow
from portal.web.http.site import site
from portal.web.register.code import CodeForm
from portal.web.register.unlocking import register_session

envelope = Blueprint("envelope", __name__, url_prefix="/quarantine/envelope")

MADE = "Пликът е в сила. Запечатайте листа и го сложете в сейфа на институцията."
CHECKED = "Кодът е верен и отваря плика. Запечатайте листа отново и го върнете в сейфа."


class ProposalForm(PortalForm):
    proposal = HiddenField()


@envelope.get("")
@allow(Director)
def page(director: Director) -> ResponseReturnValue:
    """The envelope in force; without one, or with ``?new=yes``, a new code, which nothing keeps."""
    if envelope_of(director.institution) is None or request.args.get("new") == "yes":
        return _proposal_page(director, propose(clock.now()))
    return _envelope_page(director, CodeForm())


@envelope.post("")
@allow(Director)
def make(director: Director) -> ResponseReturnValue:
    with attempt() as tried:
        proposal = _proposal(director)
    if tried.failed:
        return tried.reply(_proposal_page(director, propose(clock.now()), alert=tried.alert))
    form = groups_form(proposal)(request.form)
    typed = {number: form[f"group_{number}"].data or "" for number in proposal.asked}
    with attempt(form) as tried:
        actions.confirm(director, register_session(), proposal, typed, site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(_proposal_page(director, proposal, form=form, alert=tried.alert))
    flash(MADE)
    return redirect(url_for(".page"), 303)


@envelope.post("/pdf")
@allow(Director)
def sheet(director: Director) -> ResponseReturnValue:
    """The code on paper; made of what the page carries, and kept nowhere."""
    with attempt() as tried:
        proposal = _proposal(director)
    if tried.failed:
        return tried.reply(_proposal_page(director, propose(clock.now()), alert=tried.alert))
    pdf = envelope_pdf(
        EnvelopeSheet(
            institution=director.institution_name,
            institution_code=director.institution,
            name=proposal.envelope,
            made_by=director.name,
            made_at=proposal.made_at,
            address=site().base_url,
            groups=groups(proposal.code),
        )
    )
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="plik.pdf"'
    return response


@envelope.post("/check")
@allow(Director)
def check(director: Director) -> ResponseReturnValue:
    """„Проверявам плика“."""
    form = CodeForm(request.form)
    with attempt(form) as tried:
        actions.rehearse(director, form.typed, site=site(), now=clock.now())
    if tried.failed and envelope_of(director.institution) is None:
        return tried.reply(_proposal_page(director, propose(clock.now()), alert=tried.alert))
    if tried.failed:
        return tried.reply(_envelope_page(director, form, alert=tried.alert))
    flash(CHECKED)
    return redirect(url_for(".page"), 303)


def groups_form(proposal: Proposal) -> Any:
    """The form that asks back the groups of this proposal."""
    fields = {f"group_{number}": Text(f"Група {number}") for number in proposal.asked}
    return type("GroupsForm", (ProposalForm,), fields)


def _proposal(director: Director) -> Proposal:
    return read_proposal(director, request.form.get("proposal", ""), site=site(), now=clock.now())


def _proposal_page(director: Director, proposal: Proposal, *, form: Any = None, alert: str = "") -> str:
    form = form or groups_form(proposal)()
    form.proposal.data = seal_proposal(director, proposal, site=site())
    return render_template(
        "register/keys/envelope_new.html",
        code=proposal.code,
        code_groups=groups(proposal.code),
        known_by=known_by(proposal.envelope),
        asked=[form[f"group_{number}"] for number in proposal.asked],
        form=form,
        alert=alert,
        current=envelope_of(director.institution),
    )


def _envelope_page(director: Director, form: CodeForm, *, alert: str = "") -> str:
    current = envelope_of(director.institution)
    assert current is not None
    dates = (current.made_at, current.rehearsed_at)
    return render_template(
        "register/keys/envelope.html",
        current=current,
        is_first=not collections_of(director.institution),
        known_by=known_by(current.id),
        made_by=current.made_by.name,
        due_on=today(rehearsal_due_at(*dates)),
        is_due=is_rehearsal_due(*dates, now=clock.now()),
        form=form,
        alert=alert,
    )
