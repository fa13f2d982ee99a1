"""make_paper: papers of the register, made when asked for, told to the audit and kept nowhere."""

import io
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from portal.actions.register.keys.giving import give_key
from portal.actions.register.keys.opened import NoKey
from portal.actions.register.keys.session import Locked
from portal.actions.register.papers import make_paper
from portal.actions.register.reasons import reasons_of
from portal.domain.errors import Conflict, Denied, Refusal
from portal.domain.people import Scope
from portal.domain.register.papers import Asked, PaperFormat, PaperKind
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.register import Entry, Grant, RegisterUse
from tests.actions.register.unlocked import draft, entered, opened_session, register_of, teacher
from tests.cast import EGNS, NOW, SITE

REASON = "РЗИ поиска списъка за Калина."


@pytest.fixture
def kept(world):
    entered(world.ana, draft(), teacher())


def ask(kind=PaperKind.RZI, **more):
    return Asked(kind=kind, **more)


def make(person, asked=None, *, reason="", now=NOW):
    return make_paper(
        person, opened_session(person, now=now), asked or ask(), reason=reason, site=SITE, now=now
    )


def text_of(paper):
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages).split()
    )


def told():
    return [entry for entry in AuditEntry.select() if entry.what.startswith("register_paper")]


def test_makes_the_list_of_today(world, kept):
    paper = make(world.ana)

    assert paper.name == "karantina-rzi-2021-01-28.pdf"
    assert "Калина Петрова Иванова-Симеонова" in text_of(paper)
    assert "учител" in text_of(paper)
    assert "Непълно" not in text_of(paper)


@pytest.mark.parametrize("kind", PaperKind)
@pytest.mark.parametrize("form", PaperFormat)
def test_makes_each_paper_in_each_format(world, kept, kind, form):
    paper = make(world.ana, ask(kind, format=form, class_name="5А"))

    assert paper.content.startswith(b"%PDF" if form is PaperFormat.PDF else b"PK")
    assert paper.name.endswith(form.value)


def test_of_another_day(world, kept):
    entered(
        world.ana,
        draft(
            placed_on=date(2020, 12, 7), planned_until=date(2020, 12, 18), first_name="Ани", id_number=EGNS[0]
        ),
    )

    paper = make(world.ana, ask(day=date(2020, 12, 8)))

    assert "Ани" in text_of(paper)
    assert "Калина" not in text_of(paper)
    assert paper.name == "karantina-rzi-2020-12-08.pdf"


def test_an_order_is_of_the_school_year_that_it_begins_in(world):
    """Its first day is the only one that is asked for; today is in the next school year."""
    june = NOW.replace(year=2020, month=6, day=8)
    entered(world.ana, draft(placed_on=date(2020, 6, 8), planned_until=date(2020, 6, 19)), now=june)

    paper = make(world.ana, ask(PaperKind.ORDER, class_name="5А", first=date(2020, 6, 9)))

    assert paper.name == "karantina-order-2020-06-09.pdf"
    assert "Калина" in text_of(paper)


def test_of_a_quarantine_begun_in_the_school_year_before(world):
    august = NOW.replace(year=2020, month=8, day=28)
    entered(world.ana, draft(placed_on=date(2020, 8, 28), planned_until=date(2020, 9, 10)), now=august)

    assert "Калина" in text_of(make(world.ana, ask(day=date(2020, 9, 2))))


def test_the_audit_tells_who_made_which_and_of_nobody(world, kept):
    collection = register_of(world.ana).collection.id
    for kind in PaperKind:
        make(world.ana, ask(kind, class_name="5А"))

    assert [(entry.what, entry.who, entry.object, entry.content) for entry in told()] == [
        (f"register_paper_{kind.value}", world.ana.user_id, f"collection:{collection}", "")
        for kind in PaperKind
    ]


def test_a_delegate_says_why_and_the_director_can_read_it(world, kept):
    dora = world.delegate(Scope.REGISTER)
    give_key(world.ana, opened_session(world.ana), dora.user_id, site=SITE, now=NOW)

    with pytest.raises(Refusal) as refusal:
        make(dora, reason="  ")
    assert refusal.value.field == "reason"
    assert told() == []

    make(dora, reason=REASON)

    [entry] = told()
    use = RegisterUse.get(RegisterUse.what == "paper_rzi")
    assert (entry.object, entry.who) == (f"use:{use.id}", dora.user_id)
    assert "Калина".encode() not in bytes(use.sealed)
    found = reasons_of(world.ana, opened_session(world.ana), [use.id], site=SITE, now=NOW)
    assert found == {use.id: REASON}


def test_nothing_to_print_is_said(world, kept):
    with pytest.raises(Refusal, match="няма никого"):
        make(world.ana, ask(day=date(2020, 10, 1)))
    with pytest.raises(Conflict, match="още няма никого"):
        make(world.boris)
    assert told() == []


def test_not_of_a_register_that_somebody_meddled_with(world, kept):
    Entry.delete().where(Entry.id == Entry.select(Entry.id).limit(1)).execute()

    with pytest.raises(Conflict, match="не е цял"):
        make(world.ana)


def test_says_what_is_missing(world, kept):
    [row] = Entry.select().limit(1)
    Entry.update(sealed=b"\x01" + bytes(400)).where(Entry.id == row.id).execute()

    assert "Непълно: 1" in text_of(make(world.ana, ask(PaperKind.DAY)))


def test_needs_scope_password_and_key(world, kept):
    with pytest.raises(Denied):
        make(world.delegate(Scope.DECIDE, Scope.SIGN))
    with pytest.raises(Locked):
        make_paper(world.ana, opened_session(world.ana), ask(), site=SITE, now=NOW + timedelta(minutes=11))
    Grant.delete().execute()
    with pytest.raises(NoKey):
        make(world.ana)
    assert told() == []


def test_keeps_nothing_of_the_paper(world, kept):
    before = {table: table.select().count() for table in (Entry, RegisterUse, Grant)}
    make(world.ana)

    assert before == {table: table.select().count() for table in before}
