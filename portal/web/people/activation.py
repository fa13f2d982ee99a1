"""Getting in without a password: by the one-time address in an invitation or a letter that was asked for."""

import time

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.letters.links import ACTIVATE, find_link
from portal.actions.people import activation as actions
from portal.actions.people import own_account
from portal.actions.people.egn import need_of
from portal.domain.accounts import RESET, check_email
from portal.domain.errors import Conflict, NotFound, TooOften
from portal.domain.keys.passwords import SHORTEST_PASSWORD
from portal.domain.signing.egn import EgnNeed
from portal.storage.tables.people import OneTimeLink
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.guards import public
from portal.web.http.site import origin, site
from portal.web.people.own import HOME, begin
from portal.web.people.own_forms import ActivationForm, ForgottenForm

activation = Blueprint("activation", __name__)

OVER = (NotFound, Conflict)  # the address was never one, or is one no longer
EVEN_SECONDS = 0.25  # writing a letter takes less: the time tells nobody whether there is an account


@activation.get("/activate/<token>")
@public
def activate(token: str) -> ResponseReturnValue:
    with attempt(alerts=OVER) as tried:
        link = find_link(token, site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(_over(tried.alert))
    return _form(link, token, ActivationForm(name=link.user.name))


@activation.post("/activate/<token>")
@public
def open_account(token: str) -> ResponseReturnValue:
    form = ActivationForm(request.form)
    with attempt(form, alerts=OVER) as tried:
        link = find_link(token, site=site(), now=clock.now())
        entered = actions.open_account(
            token,
            form.typed(),
            origin=origin(),
            site=site(),
            now=clock.now(),
        )
    if tried.failed:
        return tried.reply(_over(tried.alert) if tried.alert else _form(link, token, form))
    flash("Достъпът ви е активиран." if link.purpose == ACTIVATE else "Новата ви парола важи отсега.")
    return begin(entered, HOME)


@activation.get("/forgotten")
@public
def forgotten() -> ResponseReturnValue:
    return render_template("people/forgotten.html", form=ForgottenForm())


@activation.post("/forgotten")
@public
def ask() -> ResponseReturnValue:
    """The same page after the same time, whether or not there is such an account."""
    started = time.monotonic()
    form = ForgottenForm(request.form)
    with attempt(form, beside={TooOften: ""}) as tried:
        check_email(form.email.data or "")
        own_account.forgot(form.email.data or "", origin=origin(), site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(render_template("people/forgotten.html", form=form))
    time.sleep(max(0.0, started + EVEN_SECONDS - time.monotonic()))
    return redirect(url_for(".asked"), 303)


@activation.get("/forgotten/sent")
@public
def asked() -> ResponseReturnValue:
    minutes = RESET.total_seconds() // 60
    return render_template("people/asked.html", minutes=int(minutes))


def _form(link: OneTimeLink, token: str, form: ActivationForm) -> str:
    is_first = link.purpose == ACTIVATE
    return render_template(
        "people/activate.html",
        form=form,
        token=token,
        user=link.user,
        is_first=is_first,
        asks_name=is_first and actions.is_nameless(link.user),
        egn_need=need_of(link.user, clock.today(), site=site()) if is_first else EgnNeed.NONE,
        shortest=SHORTEST_PASSWORD,
    )


def _over(sentence: str) -> str:
    """An address that opens nothing (any more), and what to do instead."""
    return render_template("people/over.html", sentence=sentence)
