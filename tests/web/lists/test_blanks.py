"""portal.web.lists.blanks: what is filled in, a row or a form, is what the macros would draw."""

from dataclasses import replace
from decimal import Decimal

import pytest
from markupsafe import Markup

from portal.domain.decisions import Case, Decision, Reason
from portal.storage.lists.school_days import case_of
from portal.web.lists import blanks
from portal.web.lists.blanks import draw_row, forms_below
from portal.web.lists.forms import DecisionForm, ReturnForm, Unwritten
from portal.web.lists.row import Editor, Row
from tests.cast import MONTH, NOW, add_record

ADDRESS = "/confirmations/2020-12"
QUERY = {"state": "pending", "class": "7"}
FAMILY = "Д'Арк <b>&„“"


@pytest.fixture
def drawn(app, client, world):
    """Each row both ways, in one request, so that its token is the same."""

    def both(row):
        return draw_row(row, ADDRESS, QUERY), blanks._macros().row(row, ADDRESS, QUERY)

    with app.test_request_context("/"):
        yield both


def row_of(*, may_decide=True, **more) -> Row:
    record = add_record(family=FAMILY, **more)
    return Row(record, case_of(record, MONTH), may_decide, DecisionForm(), ReturnForm())


@pytest.mark.parametrize("decision", [Decision.PENDING, Decision.CONFIRMED])
@pytest.mark.parametrize("reason", Reason)
def test_is_the_same_for_each_kind(drawn, reason, decision):
    row = row_of(reason=reason, decision=decision)
    assert row.is_plain

    filled, by_macros = drawn(row)

    assert filled == by_macros
    assert "<b>" not in filled


def test_is_the_same_where_the_figure_cannot_be_true(drawn):
    row = row_of(reason=Reason.DISTANCE, figure="31")
    assert row.is_plain
    assert not row.may_be_confirmed

    filled, by_macros = drawn(row)

    assert filled == by_macros


NOT_PLAIN = {
    "refused": lambda: row_of(decision=Decision.REFUSED),
    "read only": lambda: row_of(may_decide=False),
    "told": lambda: replace(row_of(), alert="Междувременно друг е променил този ред."),
    "typed": lambda: replace(row_of(), form=DecisionForm(data={"note": "бележка"})),
    "sent back with a fault": lambda: replace(row_of(), returning=ReturnForm(data={"note": "премести се"})),
    "opened": lambda: replace(row_of(), opened=Editor.NOT_OURS),
    "in quarantine": lambda: replace(row_of(), register_days=8),
    "changed by АСП": lambda: row_of(figure_changed_at=NOW),
    "no longer so": lambda: row_of(reason=Reason.DISTANCE, figure="31", decision=Decision.CONFIRMED),
}


@pytest.mark.parametrize("made", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_what_says_something_of_its_own_is_drawn_by_the_macros(drawn, made):
    row = made()

    assert not row.is_plain
    filled, by_macros = drawn(row)
    assert filled == by_macros


CASES = [
    Case(reason, Decimal(figure), is_pupil, 17, in_kindergarten)
    for reason in Reason
    for figure in ("1", "3", "4.99", "5", "12.33")
    for is_pupil in (True, False)
    for in_kindergarten in (True, False)
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_form_that_a_script_fills_in_is_the_one_that_the_portal_would_draw(app, case):
    form = Unwritten(case)
    here, version = f"{ADDRESS}/records/118", Markup('<input type="hidden" name="version" value="7">')
    drawn = blanks._macros(app).editor(form, "refusal", 118, ADDRESS, here, version, {})

    filled = forms_below(app)[f"refusal-{form.kind}"]
    own = {"id": 118, "version": 7, "page": ADDRESS, "days": form.id.removeprefix(f"refusal-{form.kind}-")}
    for name, value in own.items():
        filled = filled.replace(f"{{{name}}}", str(value))

    assert filled.split() == drawn.split()


def test_the_number_of_school_days_stands_in_what_a_row_asks_for():
    case = Case(Reason.DISTANCE, Decimal(3), is_pupil=True, school_days=17)

    assert Unwritten(case).id == "refusal-distance-17"  # the script takes the number from it
