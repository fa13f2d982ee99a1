"""What a file of enrolments would take away, shown before it is loaded: by the page that answers a short
file, and by the page of a long one's load."""

from flask import render_template

from portal.actions.loading.beside import asked_of
from portal.domain.operating import Loss
from portal.storage.lists.returned import institution_names
from portal.storage.loading.tables import Load
from portal.web.campaigns.forms import EnrolmentsForm


def sure_page(form: EnrolmentsForm, question: str, loss: Loss | None, sha256: str) -> str:
    """``sha256`` is that of the file that is asked about, which has to be chosen once more."""
    moves = [] if loss is None else loss.largest
    return render_template(
        "campaigns/sure.html",
        form=form,
        question=question,
        loss=loss,
        sha256=sha256,
        moves=moves,
        names=institution_names(code for move in moves for code in move[:2]),
    )


def asked_page(load: Load) -> str:
    """The same of a file that was loaded beside its request."""
    form = EnrolmentsForm(data={"month": str(load.month)})
    return sure_page(form, load.failure, asked_of(load), load.sha256)
