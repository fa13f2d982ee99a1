"""Who did what and when: in an institution, in one list, and (without names) in the whole portal."""

from collections.abc import Iterable, Mapping

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from portal.actions.register.keys.session import Session
from portal.actions.register.reasons import reasons_of
from portal.documents.sheet_csv import sheet_csv
from portal.domain.deeds import KINDS
from portal.domain.month import Month
from portal.domain.people import Delegate, Director, Operator, Scope, Staff
from portal.domain.times import stamp
from portal.storage.campaigns.answers import final_answer
from portal.storage.campaigns.ended import returned_to
from portal.storage.history.entries import (
    Entry,
    Wanted,
    institution_history,
    list_history,
    national_history,
    people_in,
    whole_history,
)
from portal.storage.history.months import pasts_of, shares_of
from portal.storage.lists.current import list_of
from portal.storage.lists.refusals import refusals_of
from portal.storage.signing.standing import signatures_of
from portal.storage.tables.audit import NATIONAL
from portal.web.http import clock, cookies
from portal.web.http.converters import number_in
from portal.web.http.guards import LISTS, allow, current_login
from portal.web.http.site import site

history = Blueprint("history", __name__)

COLUMNS = ("Кога", "Кой", "Какво", "За кое", "Основание")
COMMON = "общи"  # what people call the chain NATIONAL
LOCKED = "заключено: отключете регистъра, за да видите основанията"


@history.get("/audit")
@allow(Director, Operator)
def audit(person: Director | Operator) -> ResponseReturnValue:
    """The director reads the institution's own; the operator everything, but no name of anybody."""
    return _own(person) if isinstance(person, Director) else _national()


@history.get("/audit/export.csv")
@allow(Director)
def export(director: Director) -> ResponseReturnValue:
    """The same for a spreadsheet, all of it; the reasons only while the register is open."""
    entries = list(whole_history(director.institution, _wanted()))
    reasons = _reasons(director, entries)
    rows = [
        (stamp(entry.at), entry.name, entry.deed, entry.about, _reason(entry, reasons)) for entry in entries
    ]
    response = Response(sheet_csv(COLUMNS, rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=audit.csv"
    return response


@history.get("/confirmations/<month:month>/history")
@allow(Director, Delegate, scopes=LISTS)
def of_list(person: Staff, month: Month) -> ResponseReturnValue:
    """What became of one list, with the children's names: for the institution's own people alone."""
    submission = list_of(person.institution, month)
    page = list_history(submission, _number("before"))
    campaign = submission.campaign
    is_answered = campaign.answered_at is not None
    return render_template(
        "history/list.html",
        month=month,
        campaign=campaign,
        returned=returned_to(person.institution).get(campaign.id) if is_answered else None,
        shares=shares_of(submission),
        answer=final_answer(campaign) if is_answered else None,
        may_sign=person.may(Scope.SIGN),
        signatures=list(signatures_of(submission)),
        unsaid=pasts_of([submission])[0].unsaid if is_answered else 0,
        page=page,
        refusals=refusals_of(page.entries, person.institution),
    )


def _own(director: Director) -> str:
    wanted = _wanted()
    page = institution_history(director.institution, _number("before"), wanted)
    reasons = _reasons(director, page.entries)
    return render_template(
        "history/audit.html",
        page=page,
        wanted=wanted,
        query={"person": wanted.who, "kind": wanted.kind or None},
        people=people_in(director.institution),
        kinds=[(kind, label) for kind, (label, _) in KINDS.items()],
        reasons={entry.number: _reason(entry, reasons) for entry in page.entries},
        locked=reasons is None,
    )


def _national() -> str:
    """``?chain=2200000``, or „общи“ for what concerns no single institution."""
    chain = request.args.get("chain", "").strip()[:8]
    page = national_history(NATIONAL if chain.casefold() == COMMON else chain, _number("before") or 0)
    return render_template("history/national.html", page=page, chain=chain, journals={NATIONAL: COMMON})


def _reasons(director: Director, entries: Iterable[Entry]) -> Mapping[str, str] | None:
    """By the id of the use; none while the register is locked in this login."""
    login = current_login()
    uses = [entry.use for entry in entries if entry.use]
    if login is None or not uses:
        return {}
    session = Session(login, cookies.read(cookies.SESSION))
    return reasons_of(director, session, uses, site=site(), now=clock.now())


def _reason(entry: Entry, reasons: Mapping[str, str] | None) -> str:
    if not entry.use:
        return ""
    return LOCKED if reasons is None else reasons.get(entry.use, "")


def _wanted() -> Wanted:
    """``?person=7&kind=register``: a number and a word of ours; a name never stands in an address."""
    kind = request.args.get("kind", "")
    return Wanted(_number("person"), kind if kind in KINDS else "")


def _number(name: str) -> int | None:
    """A number of the address, such as ``?before=``; what is none asks for the newest, or for everybody."""
    return number_in(request.args.get(name, ""))
