"""Accounts, for the operator: who is invited, active or stopped, and what can be done about it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.people import accounts, egn_changes, factor_removals, invitations
from portal.actions.people.invitations import NewAccount
from portal.actions.people.readdressing import correct_address
from portal.actions.people.succession import Successor, foresee
from portal.domain.accounts import fold_email
from portal.domain.errors import Conflict
from portal.domain.keys.second_factor import AGREES_LABEL
from portal.domain.people import Operator, Role
from portal.domain.signing.egn import EGN_TRIES
from portal.storage.letters.outbox import last_letter
from portal.storage.people.accounts import (
    SHOWN,
    AccountState,
    account,
    directors_of,
    find_accounts,
    place_of,
    regions,
)
from portal.storage.people.egn_requests import MOST, count_egn_requests, egn_requests, request_of
from portal.storage.tables.people import User
from portal.web.http import clock
from portal.web.http.attempts import Attempt, attempt
from portal.web.http.guards import allow
from portal.web.http.htmx import page_or_fragment
from portal.web.http.site import site
from portal.web.institutions.searching import searched
from portal.web.people.egn import ConfirmForm
from portal.web.people.operator_forms import AddressForm, InvitationForm, SearchForm
from portal.web.people.succession import foreseen_page

people = Blueprint("people", __name__, url_prefix="/people")

PERSON = "/<id:user_id>"


@people.get("/")
@allow(Operator)
def index(operator: Operator) -> ResponseReturnValue:
    return _list(SearchForm(role=request.args.get("role", ""), state=request.args.get("state", "")))


@people.post("/search")
@allow(Operator)
def search(operator: Operator) -> ResponseReturnValue:
    """By POST: nobody's name stands in an address."""
    return _list(SearchForm(request.form))


@people.get("/invite")
@allow(Operator)
def invitation(operator: Operator) -> ResponseReturnValue:
    """``?q=`` finds the institution of a director."""
    return _invitation(InvitationForm(data={"role": Role.DIRECTOR.value}))


@people.post("/invite")
@allow(Operator)
def invite(operator: Operator) -> ResponseReturnValue:
    """A director where there is one already follows that one: what it sets off is shown first."""
    form = InvitationForm(request.form)
    with attempt(form, alerts=(), beside={Conflict: "institution"}) as tried:
        new = form.account()
        invitations.check_new(new, needs_name=True)
        if _follows(new):
            successor = Successor(new.email, new.name, clock.today())
            return foreseen_page(foresee(new.institution.strip(), successor, now=clock.now()))
        user, _ = invitations.invite(operator, new, site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(_invitation(form))
    flash("Поканата чака изпращане.")
    return redirect(url_for(".show", user_id=user.id), 303)


def _follows(new: NewAccount) -> bool:
    """Whether somebody else directs the institution, or is invited to."""
    others = directors_of(new.institution.strip()) if new.role is Role.DIRECTOR else []
    return any(other.email != fold_email(new.email) for other in others)


def _invitation(form: InvitationForm) -> str:
    q, found = searched()
    return render_template("people/invite.html", form=form, q=q, found=found)


@people.get("/egn")
@allow(Operator)
def egn_list(operator: Operator) -> ResponseReturnValue:
    """Who asked for another ЕГН and waits."""
    return render_template(
        "people/egn.html",
        asking=egn_requests(),
        total=count_egn_requests(),
        most=MOST,
    )


@people.get(PERSON)
@allow(Operator)
def show(operator: Operator, user_id: int) -> ResponseReturnValue:
    return _page(operator, account(user_id))


@people.post(f"{PERSON}/invite")
@allow(Operator)
def resend(operator: Operator, user_id: int) -> ResponseReturnValue:
    with attempt() as tried:
        invitations.resend(operator, user_id, site=site(), now=clock.now())
    said = "Новата покана чака изпращане. Връзката в предишната вече не отваря нищо."
    return _done(tried, operator, user_id, said)


@people.post(f"{PERSON}/address")
@allow(Operator)
def correct(operator: Operator, user_id: int) -> ResponseReturnValue:
    """Of somebody who was invited and is not here yet."""
    form = AddressForm(request.form)
    with attempt(form) as tried:
        correct_address(operator, user_id, form.email.data or "", site=site(), now=clock.now())
    if tried.failed:
        shown = _page(operator, account(user_id), alert=tried.alert, address_form=tried.wrong_form)
        return tried.reply(shown)
    flash("Адресът е поправен. Новата покана чака изпращане, а връзката в предишната вече не отваря нищо.")
    return redirect(url_for(".show", user_id=user_id), 303)


@people.post(f"{PERSON}/reset")
@allow(Operator)
def send_reset(operator: Operator, user_id: int) -> ResponseReturnValue:
    with attempt() as tried:
        accounts.send_reset(operator, user_id, site=site(), now=clock.now())
    return _done(tried, operator, user_id, "Писмото за нова парола е изпратено.")


@people.post(f"{PERSON}/disable")
@allow(Operator)
def disable(operator: Operator, user_id: int) -> ResponseReturnValue:
    with attempt() as tried:
        accounts.disable(operator, user_id, now=clock.now())
    return _done(tried, operator, user_id, "Достъпът е спрян.")


@people.post(f"{PERSON}/enable")
@allow(Operator)
def enable(operator: Operator, user_id: int) -> ResponseReturnValue:
    with attempt() as tried:
        accounts.enable(operator, user_id, site=site(), now=clock.now())
    return _done(tried, operator, user_id, "Достъпът е пуснат отново.")


@people.post(f"{PERSON}/egn")
@allow(Operator)
def confirm_egn(operator: Operator, user_id: int) -> ResponseReturnValue:
    """By POST and from a letter: the operator types the ЕГН, and no page shows it."""
    form = ConfirmForm(request.form)
    with attempt(form) as tried:
        egn_changes.confirm_change(
            operator, user_id, form.egn.data or "", kind=form.kind, site=site(), now=clock.now()
        )
    return _done(tried, operator, user_id, "Номерът е потвърден, а на човека е изпратено писмо.")


@people.post(f"{PERSON}/egn/refuse")
@allow(Operator)
def refuse_egn(operator: Operator, user_id: int) -> ResponseReturnValue:
    with attempt() as tried:
        egn_changes.refuse_change(operator, user_id, site=site(), now=clock.now())
    return _done(tried, operator, user_id, "Искането е отхвърлено, а на човека е изпратено писмо.")


@people.post(f"{PERSON}/two-factor")
@allow(Operator)
def remove_factor(operator: Operator, user_id: int) -> ResponseReturnValue:
    """Ask for it; others have to agree, and a day passes."""
    with attempt() as tried:
        factor_removals.ask_for_removal(operator, user_id, site=site(), now=clock.now())
    return _done(tried, operator, user_id, "Изключването е поискано. Писмата са изпратени.")


@people.post(f"{PERSON}/two-factor/stop")
@allow(Operator)
def keep_factor(operator: Operator, user_id: int) -> ResponseReturnValue:
    with attempt() as tried:
        factor_removals.stop(operator, user_id, site=site(), now=clock.now())
    return _done(tried, operator, user_id, "Изключването е спряно. Вторият фактор остава.")


def _done(tried: Attempt, operator: Operator, user_id: int, said: str) -> ResponseReturnValue:
    """Show the account again, or say on its page why it cannot be done."""
    if tried.failed:
        shown = _page(operator, account(user_id), alert=tried.alert, egn_form=tried.wrong_form)
        return tried.reply(shown)
    flash(said)
    return redirect(url_for(".show", user_id=user_id), 303)


def _list(form: SearchForm) -> str:
    role = next((role for role in Role if role.value == form.role.data), None)
    state = next((state for state in AccountState if state.value == form.state.data), None)
    found = find_accounts((form.q.data or "")[:100], role, state)
    return page_or_fragment(
        "people/index.html",
        "people/_list.html",
        form=form,
        found=found,
        most=SHOWN,
        asking=count_egn_requests(),
    )


def _page(
    operator: Operator,
    user: User,
    alert: str = "",
    egn_form: ConfirmForm | None = None,
    address_form: AddressForm | None = None,
) -> str:
    others = directors_of(user.institution_id) if user.institution_id and user.role is Role.DIRECTOR else []
    return render_template(
        "people/show.html",
        user=user,
        state=AccountState.of(user),
        place=place_of(user, regions()),
        letter=last_letter(user.id),
        others=[other for other in others if other.id != user.id],
        is_self=user.id == operator.user_id,
        egn_request=request_of(user),
        removal=factor_removals.removal_for(user.id, site=site(), now=clock.now()),
        agrees=AGREES_LABEL[user.role],
        egn_form=egn_form or ConfirmForm(),
        address_form=address_form or AddressForm(),
        egn_tries=EGN_TRIES,
        alert=alert,
    )
