"""The months that АСП asks about, for the operator: loading, the window, suspending."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.campaigns.campaigns import resume, suspend
from portal.actions.campaigns.window import set_window, warnings_of
from portal.actions.loading.asp_list import take_asp_list
from portal.actions.loading.faults import grouped
from portal.actions.loading.files import KINDS, changes, distributed_label
from portal.domain.calendar import long_date
from portal.domain.figures import in_threes
from portal.domain.month import Month
from portal.domain.people import Operator
from portal.exchange.asp_list import write_rejects
from portal.storage.campaigns.loaded import missing_institutions
from portal.storage.campaigns.loads import (
    is_loaded_later,
    load_by_id,
    loads_without_month,
    unfinished_anywhere,
    unfinished_as,
)
from portal.storage.campaigns.overview import campaigns_at
from portal.storage.campaigns.rejects import rejects_of, some_rejects
from portal.storage.institutions.finding import Found
from portal.storage.loading.tables import Load
from portal.web.campaigns.forms import LARGEST_FILE, FileForm, SuspendForm, WindowForm
from portal.web.campaigns.page import REJECTS_SHOWN, Forms, month_page
from portal.web.campaigns.sure import asked_page
from portal.web.campaigns.unmatched import doubts_of, months_of, unmatched_page
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.downloads import download, kept
from portal.web.http.guards import allow
from portal.web.http.htmx import page_or_fragment, redirect_whole_page, wants_fragment

campaigns = Blueprint("campaigns", __name__, url_prefix="/campaigns")

campaigns.add_app_template_filter(changes)
campaigns.add_app_template_filter(distributed_label)
campaigns.add_app_template_filter(KINDS.get, "kind_of_file")

TEXT = "text/plain; charset=windows-1251"
LOAD = "/loads/<id:load_id>"


@campaigns.get("/")
@allow(Operator)
def index(operator: Operator) -> ResponseReturnValue:
    return _index(FileForm())


@campaigns.post("/load")
@allow(Operator, upload=LARGEST_FILE)
def load(operator: Operator) -> ResponseReturnValue:
    """A long file goes on beside the answer: the page of its load shows how far it is."""
    form = FileForm(request.form)
    with attempt(form) as tried:
        load_id = take_asp_list(operator, form.source(), now=clock.now())
    if tried.failed:
        return tried.reply(_index(form, alert=tried.alert))
    done = load_by_id(load_id)
    if done.is_finished and done.distributed:  # of a file without one good line its page says so, in red
        flash(said_of(done))
    return redirect(url_for(".show_load", load_id=load_id), 303)


@campaigns.get(LOAD)
@allow(Operator)
def show_load(operator: Operator, load_id: int) -> ResponseReturnValue:
    """While it goes on, HTMX asks for the numbers now and then, and for the whole page when it has ended."""
    done = load_by_id(load_id)
    unfinished = unfinished_as(done)
    if unfinished is not None and unfinished.is_going_on:
        return page_or_fragment("campaigns/loading.html", "campaigns/_loading.html", each=unfinished)
    if wants_fragment():
        return redirect_whole_page(url_for(".show_load", load_id=load_id))
    if done.question and not is_loaded_later(done):
        return asked_page(done)
    return render_template(
        "campaigns/load.html",
        load=done,
        unfinished=[unfinished] if unfinished else [],
        doubts=doubts_of(done),
        missing=Found.of(missing_institutions(done.at)) if done.kind == "institutions" else None,
        months=months_of(done),
        rejects=some_rejects(done, REJECTS_SHOWN),
        faults=grouped(done),
        is_over=done.campaign is not None and done.campaign.answered_at is not None,
    )


@campaigns.get(f"{LOAD}/rejects.txt")
@allow(Operator)
def rejects(operator: Operator, load_id: int) -> ResponseReturnValue:
    """As АСП sent them, each with its number and what is wrong."""
    done = load_by_id(load_id)
    lines = write_rejects((number, line, (faults,)) for number, line, faults in rejects_of(done))
    return download(kept(lines), TEXT, f"rejects-{done.month or 'none'}-{done.id}.txt")


@campaigns.get("/<month:month>")
@allow(Operator)
def show(operator: Operator, month: Month) -> ResponseReturnValue:
    return month_page(month)


@campaigns.get("/<month:month>/unmatched")
@allow(Operator)
def unmatched(operator: Operator, month: Month) -> ResponseReturnValue:
    """``?which=``; without it, or with what is not known, all of them."""
    return unmatched_page(month, request.args.get("which", ""))


@campaigns.post("/<month:month>/window")
@allow(Operator)
def window(operator: Operator, month: Month) -> ResponseReturnValue:
    """A deadline that is not a working day is asked about first."""
    form = WindowForm(request.form)
    with attempt(form) as tried:
        days = form.days()
        warnings = warnings_of(days, now=clock.now())
        if warnings and request.form.get("sure") != "yes" and days.opens_on <= days.closes_on:
            return month_page(month, Forms(window=form), warnings=warnings)
        set_window(operator, month, days, now=clock.now())
    if tried.failed:
        return tried.reply(month_page(month, Forms(window=tried.wrong_form), alert=tried.alert))
    flash(f"Срокът е от {long_date(days.opens_on)} до края на {long_date(days.closes_on)}.")
    return redirect(url_for(".show", month=month), 303)


@campaigns.post("/<month:month>/suspend")
@allow(Operator)
def stop(operator: Operator, month: Month) -> ResponseReturnValue:
    form = SuspendForm(request.form)
    with attempt(form) as tried:
        suspend(operator, month, form.reason.data or "", now=clock.now())
    if tried.failed:
        forms = Forms(suspend=tried.wrong_form or SuspendForm())
        return tried.reply(month_page(month, forms, alert=tried.alert))
    flash("Кампанията е спряна. Институциите виждат списъците си, но не могат да ги променят.")
    return redirect(url_for(".show", month=month), 303)


@campaigns.post("/<month:month>/resume")
@allow(Operator)
def go_on(operator: Operator, month: Month) -> ResponseReturnValue:
    with attempt() as tried:
        resume(operator, month, now=clock.now())
    if tried.failed:
        return tried.reply(month_page(month, alert=tried.alert))
    flash("Кампанията е възобновена. Проверете дали срокът още е верен.")
    return redirect(url_for(".show", month=month), 303)


def said_of(done: Load) -> str:
    """What became of a file, as much as the command line says, without a word of what is in it."""
    rejected = f"отхвърлени {in_threes(done.rejected)}" if done.rejected else "без отхвърлени"
    if done.repaired:
        rejected += f", поправени {in_threes(done.repaired)}"
    taken = f"{distributed_label(done)} {in_threes(done.distributed)}"
    lines = f"получени редове {in_threes(done.received)}, {taken}, {rejected}"
    changed = (f"{what}: {in_threes(count)}" for what, count in changes(done).items())
    return f"Файлът е зареден: {'; '.join([lines, *changed])}."


def _index(form: FileForm, alert: str = "") -> str:
    return render_template(
        "campaigns/index.html",
        overview=campaigns_at(clock.now()),
        unfinished=unfinished_anywhere(),
        without_month=loads_without_month(),
        form=form,
        alert=alert,
    )
