"""The rejected lines of a load, for the operator: one page after the other, each mended or left."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.loading.repairing import Line, check_line, find_line, leave, repair
from portal.domain.campaigns.rejected import Outcome
from portal.domain.errors import Conflict, Refusal
from portal.domain.people import Operator
from portal.exchange.asp_mending import WHOLE
from portal.storage.campaigns.loads import load_by_id
from portal.storage.campaigns.namesakes import namesakes
from portal.storage.campaigns.rejects import next_open, outcomes_of, rejects_page
from portal.storage.lists.returned import institution_names
from portal.storage.loading.tables import Load
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.institutions import Enrolment
from portal.web.campaigns.forms import LABELS, RepairForm
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.guards import allow
from portal.web.institutions.searching import searched

rejected = Blueprint("rejected", __name__, url_prefix="/campaigns/loads/<id:load_id>/rejects")

ON_A_PAGE = 50  # lines
LINE = "/<id:line_id>"


@rejected.get("")
@allow(Operator)
def index(operator: Operator, load_id: int) -> ResponseReturnValue:
    """``?which=`` an outcome; ``?after=`` the number of the last line of the page before."""
    load = load_by_id(load_id)
    which = _outcome(request.args.get("which", ""))
    after = request.args.get("after", 0, type=int)
    lines = rejects_page(load, which, after=after, count=ON_A_PAGE + 1)
    return render_template(
        "campaigns/rejects.html",
        load=load,
        which=which,
        counts=outcomes_of(load),
        lines=lines[:ON_A_PAGE],
        after=after,
        following=lines[ON_A_PAGE - 1].number if len(lines) > ON_A_PAGE else None,
        may_repair=load.kind == "asp" and load.campaign_id is not None,
        is_over=load.campaign is not None and load.campaign.answered_at is not None,
    )


@rejected.get(LINE)
@allow(Operator)
def show(operator: Operator, load_id: int, line_id: int) -> ResponseReturnValue:
    """``?q=`` finds an institution for the line."""
    line = find_line(load_id, line_id)
    return _page(line, RepairForm(data=line.rejected.values))


@rejected.post(LINE)
@allow(Operator)
def mend(operator: Operator, load_id: int, line_id: int) -> ResponseReturnValue:
    form = RepairForm(request.form)
    line = find_line(load_id, line_id)
    with attempt(form) as tried:
        changes = form.changes(line.rejected.mendable) | _taken(line)
        record = repair(operator, load_id, line_id, changes, now=clock.now())
    if tried.failed:
        line = find_line(load_id, line_id)
        return tried.reply(_page(line, form.filled(line.rejected.values), alert=tried.alert))
    place = record.institution
    waits = " Тя е закрита и записът чака насочване." if record.submission_id is None else ""
    flash(f"Ред {line.kept.number} е поправен. Детето е при {place.name}.{waits}")
    return _onward(line.load, line.kept.number)


@rejected.post(f"{LINE}/leave")
@allow(Operator)
def leave_line(operator: Operator, load_id: int, line_id: int) -> ResponseReturnValue:
    line = find_line(load_id, line_id)
    with attempt() as tried:
        leave(operator, load_id, line_id, now=clock.now())
    if tried.failed:
        line = find_line(load_id, line_id)
        return tried.reply(_page(line, RepairForm(data=line.rejected.values), alert=tried.alert))
    flash(f"Ред {line.kept.number} остава отхвърлен. Той е във файла, който се връща на АСП.")
    return _onward(line.load, line.kept.number)


def _onward(load: Load, number: int) -> ResponseReturnValue:
    """To the next line that waits; where none does, to what became of all."""
    following = next_open(load, number)
    if following is None:
        return redirect(url_for("campaigns.show_load", load_id=load.id), 303)
    return redirect(url_for(".show", load_id=load.id, line_id=following.id), 303)


def _outcome(text: str) -> Outcome:
    return next((outcome for outcome in Outcome if outcome.value == text), Outcome.OPEN)


def _namesakes(line: Line) -> list[Enrolment]:
    """Whom the line may mean where its identifier is at fault."""
    values = line.rejected.values
    if "id_number" not in line.rejected.mendable:
        return []
    found = namesakes(*(values[part] for part in ("institution", "given", "middle", "family")))
    return [each for each in found if each.id_number != values["id_number"]]  # that number is what is wrong


def _taken(line: Line) -> dict[str, str]:
    """The identifier of the enrolled child that was chosen, if one was."""
    chosen = request.form.get("take", "")
    if not chosen:
        return {}
    for each in _namesakes(line):
        if str(each.id) == chosen:
            return {"id_type": str(int(each.id_type)), "id_number": each.id_number}
    raise Refusal("Това дете вече не е записано тук. Изберете отново или напишете идентификатора.")


def _page(line: Line, form: RepairForm, alert: str = "") -> str:
    campaign = Campaign.for_month(line.load.month) if line.is_of_asp and line.load.month else None
    values, (q, found) = line.rejected.values, searched()
    names = institution_names([values.get("institution", "")])
    return render_template(
        "campaigns/reject.html",
        load=line.load,
        line=line.kept,
        rejected=line.rejected,
        mended=bytes(line.kept.mended or b"").decode("cp1251"),
        may_leave=campaign is not None,
        values=values,
        whole=WHOLE in values,
        labels=LABELS,
        named=names.get(values.get("institution", ""), ""),
        why_not=_why_not(line, campaign),
        namesakes=_namesakes(line),
        q=q,
        found=found,
        form=form,
        alert=alert,
    )


def _why_not(line: Line, campaign: Campaign | None) -> str:
    """Why the line cannot be mended now; empty where it can."""
    if campaign is None:
        return "Във файла няма нито един верен ред, затова за него няма кампания. Поправя се файлът."
    try:
        check_line(line, campaign, now=clock.now())
    except Conflict as why:
        return str(why)
    return ""
