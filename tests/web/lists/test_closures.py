"""/closures/: the director's own days without school."""

from datetime import date

import pytest

from portal.domain.calendar import Band
from portal.domain.decisions import Decision, Reason
from portal.domain.submissions import Lock
from portal.storage.lists.school_days import school_days_of
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.institutions import Closure
from tests.cast import MONTH, OTHER_SCHOOL, SCHOOL, add_record

PAGE = "/closures/"
DAYS = {"first": "2020-12-10", "last": "2020-12-11", "order_number": "РД-09-11/09.12.2020"}


@pytest.fixture
def ana(client, world):
    return client.sign_in(world.ana)


def sign() -> None:
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == SCHOOL).execute()


def make(institution: str = SCHOOL, first=date(2020, 12, 10), last=date(2020, 12, 11)) -> Closure:
    return Closure.create(institution=institution, first=first, last=last, order_number="РД-1")


@pytest.mark.parametrize("htmx", [True, False])
def test_days_are_entered_and_no_longer_count(ana, htmx):
    answer = ana.send(PAGE, htmx=htmx, **DAYS)

    assert (answer.status_code, answer.location) == (303, PAGE)
    assert school_days_of(SCHOOL, MONTH).count(Band.I_III) == 15
    assert school_days_of(OTHER_SCHOOL, MONTH).count(Band.I_III) == 17
    text = ana.get(PAGE).page.text("tbody tr")
    assert text.startswith("10 декември 2020 г. (четвъртък) 11 декември 2020 г. (петък) РД-09-11/09.12.2020")
    entry = AuditEntry.get()
    assert (entry.what, entry.chain) == ("added_closure", SCHOOL)


@pytest.mark.parametrize("htmx", [True, False])
def test_days_are_deleted_and_count_again(ana, htmx):
    closure = make()
    answer = ana.send(f"{PAGE}{closure.id}/delete", htmx=htmx)

    assert (answer.status_code, answer.location) == (303, PAGE)
    assert school_days_of(SCHOOL, MONTH).count(Band.I_III) == 17
    assert AuditEntry.get().what == "deleted_closure"
    assert ana.send(f"{PAGE}{closure.id}/delete").status_code == 404


def test_says_which_list_and_which_decisions_it_changes(ana):
    add_record(reason=Reason.DISTANCE, figure="16", decision=Decision.CONFIRMED)
    add_record(reason=Reason.DISTANCE, figure="15", decision=Decision.CONFIRMED)
    add_record(reason=Reason.DISTANCE, figure="17", decision=Decision.PENDING)
    ana.send(PAGE, **DAYS)
    notices = [" ".join(n.text_content().split()) for n in ana.get(PAGE).page.all(".notice.is-done")]

    assert notices[1] == "Броят на учебните дни се промени в списъка за декември 2020 г."
    assert notices[2].startswith("Решения за ОРЕС, които вече не са възможни с новия брой дни: 1.")


def test_a_signed_month_keeps_its_days(ana):
    closure = make()
    sign()

    for answer in (ana.send(PAGE, **(DAYS | {"first": "2020-12-14", "last": "2020-12-14"})),
                   ana.send(PAGE, **(DAYS | {"first": "2020-11-30", "last": "2020-12-01"})),
                   ana.send(f"{PAGE}{closure.id}/delete")):  # fmt: skip
        assert answer.status_code == 409
        assert "Списъкът за декември 2020 г. вече е подписан" in answer.page.text(".notice.is-wrong")
    assert [c.id for c in Closure.select()] == [closure.id]
    assert not ana.get(PAGE).page.has(f'form[action="{PAGE}{closure.id}/delete"]')


def test_another_month_is_free_while_one_is_signed(ana):
    sign()

    assert ana.send(PAGE, **(DAYS | {"first": "2021-01-11", "last": "2021-01-12"})).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"first": ""}, "first", "Първи ден: изберете дата"),
        ({"last": "вчера"}, "last", "Последен ден: изберете дата"),
        ({"last": "2020-12-09"}, "last", "преди първия"),
        ({"last": "2021-12-11"}, "last", "Проверете годината."),
        ({"first": "1920-12-10", "last": "1920-12-10"}, "first", "Първи ден: изберете дата"),
        ({"order_number": "  "}, "order_number", "Напишете номера и датата на заповедта."),
        ({"order_number": "д" * 61}, "order_number", "до 60 знака"),
    ],
)
def test_what_does_not_hold_is_said_beside_its_field(ana, wrong, field, sentence):
    answer = ana.send(PAGE, **(DAYS | wrong))

    assert answer.status_code == 422
    assert sentence in answer.page.text(f"#{field}-error")
    assert answer.page.one("#last").get("value") == (DAYS | wrong)["last"]
    assert Closure.select().count() == 0


@pytest.mark.parametrize(("first", "last"), [("2020-12-11", "2020-12-11"), ("2020-12-01", "2020-12-31")])
def test_days_that_overlap_are_refused(ana, first, last):
    make()
    answer = ana.send(PAGE, first=first, last=last, order_number="РД-2")

    assert answer.status_code == 422
    assert "се застъпват с вече въведените 10.12.2020 – 11.12.2020" in answer.page.text("#first-error")


def test_the_days_of_the_neighbour_are_not_there(ana):
    closure = make(OTHER_SCHOOL)

    assert ana.send(f"{PAGE}{closure.id}/delete").status_code == 404
    assert Closure.select().count() == 1
    assert "Няма въведени дни." in ana.get(PAGE).page.text("main")
    assert ana.send(PAGE, **DAYS).status_code == 303, "and they overlap with nothing of ours"


@pytest.mark.parametrize("who", ["dora", "nora", "oleg"])
def test_is_for_directors_only(client, world, who):
    closure = make()
    other = client.sign_in(getattr(world, who))

    assert other.get(PAGE).status_code == 403
    assert other.send(PAGE, **DAYS).status_code == 403
    assert other.send(f"{PAGE}{closure.id}/delete").status_code == 403
    assert Closure.select().count() == 1
