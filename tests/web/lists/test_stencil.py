"""portal.web.lists.stencil.Stencil: markup drawn once, filled in many times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from portal.web.lists.stencil import Stencil, mark

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Co"]))


@given(TEXTS, TEXTS)
def test_is_what_the_template_would_draw(first, second):
    stencil = Stencil(f'<a title="{mark("first")}">{mark("second")}</a><i>{mark("first")}</i>')

    drawn = stencil.fill(first=first, second=second)

    assert drawn == f'<a title="{escape(first)}">{escape(second)}</a><i>{escape(first)}</i>'


def test_markup_stays_markup():
    assert Stencil(mark("field")).fill(field=Markup("<input>")) == "<input>"


def test_what_was_typed_is_never_markup():
    assert "<script" not in Stencil(mark("note")).fill(note="<script>")


def test_a_mark_in_a_value_is_only_text():
    stencil = Stencil(f"{mark('name')} {mark('number')}")

    assert stencil.fill(name=mark("number"), number="7") == f"{mark('number')} 7"


def test_a_value_that_is_missing_is_a_defect():
    with pytest.raises(KeyError):
        Stencil(mark("name")).fill()
