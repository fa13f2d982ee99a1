"""Uploading what the school's electronic diary exports: to compare a list, or to warn before the month is
over."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms import FileField

from portal.actions.diary.comparing import Comparison, compare
from portal.actions.diary.reading import LARGEST, TOO_LARGE
from portal.actions.diary.warning import EarlyWarning, early_warning
from portal.domain.diary.agreement import Agreement
from portal.domain.errors import Refusal
from portal.domain.month import Month
from portal.domain.people import Delegate, Director, Scope, Staff
from portal.storage.diary.figures import diary_of
from portal.storage.lists.current import list_of
from portal.storage.lists.reading import EVERYTHING, class_groups
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.body import drain, sent_file
from portal.web.http.errors import http_error
from portal.web.http.forms import PortalForm
from portal.web.http.guards import allow, current_person
from portal.web.lists.summary import Summary

diary = Blueprint("diary", __name__)

MONTH, WARNING = "/confirmations/<month:month>/diary", "/confirmations/early-warning"
LARGEST_REQUEST = LARGEST + 64 * 1024  # bytes: what is around the file
UNCHOSEN = "Изберете файла, който дневникът изнася."
SHOWN_FAULTS = 100  # lines that are named: of more the file is another than it seems


class DiaryForm(PortalForm):
    file = FileField("Файлът от дневника (.txt)")


@diary.get(MONTH)
@allow(Director, Delegate, scopes=(Scope.DECIDE,))
def page(person: Staff, month: Month) -> ResponseReturnValue:
    return _page(person, month, DiaryForm())


@diary.post(MONTH)
@allow(Director, Delegate, scopes=(Scope.DECIDE,), upload=LARGEST_REQUEST)
def bring(person: Staff, month: Month) -> ResponseReturnValue:
    form = DiaryForm()
    with attempt(form) as tried:
        comparison = compare(person, month, sent_file(LARGEST, UNCHOSEN), now=clock.now())
    if tried.failed:
        return tried.reply(_page(person, month, form, tried.alert))
    return _compared(month, comparison)


@diary.get(WARNING)
@allow(Director, Delegate, scopes=(Scope.DECIDE,))
def warning(person: Staff) -> ResponseReturnValue:
    return _warning_page(DiaryForm())


@diary.post(WARNING)
@allow(Director, Delegate, scopes=(Scope.DECIDE,), upload=LARGEST_REQUEST)
def warn(person: Staff) -> ResponseReturnValue:
    """The page is the answer itself: nothing is kept from which it could be shown again."""
    form = DiaryForm()
    with attempt(form) as tried:
        found = early_warning(person, sent_file(LARGEST, UNCHOSEN))
    if tried.failed:
        return tried.reply(_warning_page(form))
    return _warning_page(form, found)


@diary.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Told beside the field, on the page that it came from."""
    person = current_person()
    if not isinstance(person, Staff) or not person.may(Scope.DECIDE):
        return http_error(error)
    drain()
    form = DiaryForm().with_error(Refusal(TOO_LARGE, field="file"))
    if request.endpoint == f"{diary.name}.warn":
        return _warning_page(form), 413
    month: Month = (request.view_args or {})["month"]
    return _page(person, month, form), 413


def _page(person: Staff, month: Month, form: PortalForm, alert: str = "") -> str:
    submission = list_of(person.institution, month)
    return render_template(
        "diary/index.html",
        summary=Summary(person, month, submission, clock.now()),
        diary=diary_of(submission),
        form=form,
        alert=alert,
    )


def _compared(month: Month, comparison: Comparison) -> str:
    """The children of whom the two say something else, class by class; of the equal ones only how many."""
    return render_template(
        "diary/compared.html",
        month=month,
        comparison=comparison,
        groups=[
            (agreement, len(found), class_groups(found, EVERYTHING))
            for agreement in Agreement
            if (found := comparison.of(agreement))
        ],
        in_other_unit=class_groups(comparison.in_other_unit, EVERYTHING),
        Agreement=Agreement,
        most=SHOWN_FAULTS,
    )


def _warning_page(form: PortalForm, found: EarlyWarning | None = None) -> str:
    return render_template("diary/warning.html", form=form, found=found, most=SHOWN_FAULTS)
