"""How many statements the hottest requests ask of the database, so that none creeps in unseen.

What only opens and closes (BEGIN, COMMIT, SAVEPOINT, PRAGMA) is not counted. Each request is counted as it
is every day: not the first of its kind in this process.
"""

import io
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pytest

from portal.actions.loading.asp_lines import ADDED
from portal.domain.calls.call import Outcome
from portal.domain.decisions import Decision, Reason
from portal.domain.placement import InstitutionType
from portal.storage.calls.tables import PhoneCall
from portal.storage.lists.counted import count_anew
from portal.storage.lists.returned import ON_A_PAGE
from portal.storage.tables import remembered
from portal.storage.tables.bulk import add_rows
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.db import connected, is_sqlite
from portal.web.campaigns.unmatched import SHOWN
from tests.actions.register.unlocked import draft, entered, keep
from tests.cast import (
    CLOSES,
    KINDERGARTEN,
    MONTH,
    NOW,
    OPENS,
    OTHER_SCHOOL,
    PASSWORD,
    SCHOOL,
    add_institution,
    add_record,
)
from tests.diaries import WARNING, bring, diary, line, line_of
from tests.sheets import fill, filled
from tests.statements import noted

pytestmark = pytest.mark.both_databases

LIST = f"/confirmations/{MONTH}"
MONTH_LONG = timedelta(days=30)
REFUSAL = {"decision": "refused", "corrected": "4,5", "reason": "late_note", "note": "Бележка № 118."}


@pytest.fixture
def asked(monkeypatch):
    """Before the portal opens its connections: each of them is watched. What a process remembers for
    seconds it remembers for as long as the test takes."""
    monkeypatch.setattr(remembered, "SECONDS", 3600.0)
    with noted() as asked:
        yield asked


def a_list(client, world):
    _three_children()
    client.sign_in(world.ana).get(LIST)
    return partial(client.get, LIST)


def a_list_with_the_register_open(client, world):
    _three_children()
    _open_register(client, world).get(LIST)
    return partial(client.get, LIST)


def a_list_beside_the_diary(client, world):
    """One more, for where the figures are from; none for each of them."""
    _compared(client, world).get(LIST)
    return partial(client.get, LIST)


def comparing_with_the_diary(client, world):
    _compared(client, world)
    content = diary(*(line_of(record, "4,5") for record in Record.select()))
    return partial(bring, client, content)


def an_early_warning(client, world):
    """The institution's kind, and who is there; nothing is stored."""
    client.sign_in(world.ana).get(WARNING)
    return partial(bring, client, diary(line("4")), WARNING)


def confirming(client, world):
    return _decision(client.sign_in(world.ana), decision="confirmed")


def refusing(client, world):
    return _decision(client.sign_in(world.ana), **REFUSAL)


def the_last_decision(client, world):
    """It asks how many were sent back, too, for the bar that then leads to the signature."""
    client.sign_in(world.ana)
    first, last = add_record(), add_record()
    fields = {"htmx": True, "version": 1, "decision": "confirmed"}
    client.send(f"{LIST}/records/{first.id}", **fields)
    return partial(client.send, f"{LIST}/records/{last.id}", **fields)


def refusing_days_at_distance(client, world):
    """The only decision that asks for the institution's closures."""
    return _decision(client.sign_in(world.ana), reason_asked=Reason.DISTANCE, **REFUSAL | {"corrected": "4"})


def refusing_with_a_certificate(client, world):
    """The only decision that asks for the child's enrolments."""
    details = {
        "certificate": "yes", "placed": "yes", "certificate_number": "15", "certificate_date": "2021-01-05",
        "enrolled_class": "VII а", "enrolled_since": "2020-12-03",
    }  # fmt: skip
    fields = {"decision": "refused", "reason": "moved", "note": "Дошло е.", **details}
    return _decision(client.sign_in(world.ana), reason_asked=Reason.UNENROLLED, **fields)


def refusing_without_a_note(client, world):
    """422: nothing is stored, and the row is drawn as it stands."""
    return _decision(client.sign_in(world.ana), **REFUSAL | {"note": ""})


def confirming_what_somebody_changed(client, world):
    """409: the same, for a version that is no longer the newest."""
    return _decision(client.sign_in(world.ana), version=7, decision="confirmed")


def confirming_with_the_register_open(client, world):
    return _decision(_open_register(client, world), decision="confirmed")


def the_first_page_of_a_director(client, world):
    _three_children()
    client.sign_in(world.ana).get("/")
    return partial(client.get, "/")


def the_overview_of_a_region(client, world):
    for institution in (SCHOOL, OTHER_SCHOOL, KINDERGARTEN):
        _three_children(institution=institution)
    client.sign_in(world.nora).get(f"/oversight/{MONTH}")
    return partial(client.get, f"/oversight/{MONTH}")


def the_first_page_of_a_region(client, world):
    client.sign_in(world.nora).get("/")
    return partial(client.get, "/")


def the_call_list_of_a_region(client, world):
    for institution in (SCHOOL, OTHER_SCHOOL, KINDERGARTEN):
        _three_children(institution=institution)
    client.sign_in(world.nora).send(f"/oversight/{MONTH}/calls/{SCHOOL}", outcome="no_answer")
    client.send(f"/oversight/{MONTH}/calls/{OTHER_SCHOOL}/claim")
    client.get(f"/oversight/{MONTH}/calls")
    return partial(client.get, f"/oversight/{MONTH}/calls")


def one_institution_as_its_region_sees_it(client, world):
    _three_children()
    address = f"/oversight/{MONTH}/institutions/{SCHOOL}"
    client.sign_in(world.nora).get(address)
    return partial(client.get, address)


def the_first_page_of_the_operator(client, world):
    _three_children()
    client.sign_in(world.oleg).get("/")
    return partial(client.get, "/")


def the_month_of_the_operator(client, world):
    _three_children()
    count_anew(world.campaign, now=NOW)
    client.sign_in(world.oleg).get(f"/campaigns/{MONTH}")
    return partial(client.get, f"/campaigns/{MONTH}")


def the_page_to_sign(client, world):
    _decided(world)
    client.sign_in(world.ana).get(f"{LIST}/sign")
    return partial(client.get, f"{LIST}/sign")


def signing(client, world):
    _decided(world)
    page = client.sign_in(world.ana).get(f"{LIST}/sign").page
    digest = page.one("input[name=digest]").get("value")
    return partial(client.send, f"{LIST}/sign", password=PASSWORD, digest=digest)


def choosing_whose_parents_are_written_to(client, world):
    _signed(client, world).get(f"{LIST}/parent-letters")
    return partial(client.get, f"{LIST}/parent-letters")


def letters_to_all_parents(client, world):
    _signed(client, world)
    return partial(client.get, f"{LIST}/parent-letters.pdf")


def slips_for_all_teachers(client, world):
    _three_children()
    client.sign_in(world.ana)
    return partial(client.get, f"{LIST}/slips.pdf")


def logging_in(client, world):
    client.send("/login", email="ana@example.org", password=PASSWORD)
    client.http.delete_cookie("session", domain="localhost")
    client.http.get("/login")
    return partial(client.send, "/login", email="ana@example.org", password=PASSWORD)


def the_history_of_a_list(client, world):
    _decision(client.sign_in(world.ana), **REFUSAL)()
    client.get(f"{LIST}/history")
    return partial(client.get, f"{LIST}/history")


def taking_the_sheet(client, world):
    _three_children()
    client.sign_in(world.ana).get(f"{LIST}/sheet.xlsx")
    return partial(client.get, f"{LIST}/sheet.xlsx")


def bringing_a_sheet(client, world):
    _three_children()
    content = _confirmed(client.sign_in(world.ana))
    client.get(LIST)
    return lambda: client.send(f"{LIST}/sheet", files={"file": (io.BytesIO(content), "sheet.xlsx")})


def the_page_of_a_sheet(client, world):
    address = _brought(client, world)
    client.get(address)
    return partial(client.get, address)


def storing_three_rows_of_a_sheet(client, world):
    address = _brought(client, world)
    client.get(address)
    return partial(client.send, address)


ASKED = {  # on SQLite, on PostgreSQL
    a_list: (5, 5),
    a_list_with_the_register_open: (12, 12),
    a_list_beside_the_diary: (6, 6),
    comparing_with_the_diary: (11, 12),  # on PostgreSQL the figures are copied in
    an_early_warning: (2, 2),
    confirming: (6, 8),
    refusing: (6, 8),
    the_last_decision: (7, 9),
    refusing_days_at_distance: (7, 9),
    refusing_with_a_certificate: (7, 9),
    refusing_without_a_note: (3, 4),
    confirming_what_somebody_changed: (3, 4),
    confirming_with_the_register_open: (12, 14),
    the_first_page_of_a_director: (17, 17),  # one of them for circulars
    the_overview_of_a_region: (7, 7),  # one of them for the line, one for the year, one for who is calling
    the_first_page_of_a_region: (10, 10),  # five of them for whom to call first
    the_call_list_of_a_region: (7, 7),
    one_institution_as_its_region_sees_it: (18, 18),
    the_first_page_of_the_operator: (20, 20),
    the_month_of_the_operator: (25, 25),
    the_page_to_sign: (10, 10),
    signing: (24, 27),
    choosing_whose_parents_are_written_to: (4, 4),
    letters_to_all_parents: (6, 7),
    slips_for_all_teachers: (3, 3),
    logging_in: (17, 19),
    the_history_of_a_list: (7, 7),
    taking_the_sheet: (4, 4),
    bringing_a_sheet: (4, 4),
    the_page_of_a_sheet: (6, 6),
    storing_three_rows_of_a_sheet: (18, 22),
}


STATUS = {refusing_without_a_note: 422, confirming_what_somebody_changed: 409, confirming: 200, refusing: 200}


@pytest.mark.parametrize("prepared", ASKED, ids=lambda prepared: prepared.__name__)
def test_asks_no_more_than_it_did(asked, client, world, prepared):
    request = prepared(client, world)
    asked.forget()

    answer = request()

    assert answer.status_code == STATUS.get(prepared, answer.status_code)
    assert answer.status_code in (200, 303, 409, 422)
    check(asked, prepared)


@pytest.mark.parametrize(
    "prepared",
    [
        a_list,
        a_list_with_the_register_open,
        a_list_beside_the_diary,
        slips_for_all_teachers,
        taking_the_sheet,
        the_page_of_a_sheet,
    ],
)
def test_a_longer_list_asks_no_more(asked, client, world, prepared):
    request = prepared(client, world)
    with connected():
        _three_children()
    asked.forget()

    request()

    check(asked, prepared)


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("first_page", [the_first_page_of_a_region, the_first_page_of_the_operator])
def test_more_months_ask_no_more_on_the_first_page(asked, client, world, first_page, answered):
    request = first_page(client, world)
    with connected():
        for back in range(1, 12):
            closed_on = {"answered_at": NOW} if answered else {}
            another = Campaign.create(
                month=MONTH.plus(-back), opens_on=OPENS, closes_on=CLOSES, made_at=NOW, **closed_on
            )
            for institution in (SCHOOL, OTHER_SCHOOL, KINDERGARTEN):
                Submission.create(campaign=another, institution=institution, total=3, pending=3)
    asked.forget()

    page = request().page

    check(asked, first_page)
    assert len(page.all("section.card")) == (2 if answered else 12)


def test_two_hundred_institutions_and_a_year_ask_no_more(asked, client, world):
    """Neither page reads a region once for each row, nor an institution once for each month."""
    _earlier(1)  # the month that was answered last stands on the director's first page, too
    pages = [
        the_call_list_of_a_region(client, world),
        one_institution_as_its_region_sees_it(client, world),
        partial(client.get, f"/oversight/{MONTH}/write"),
    ]
    counts = []
    for page in pages:
        asked.forget()
        page()
        counts.append(len(asked.statements))
    with connected():
        _a_large_region(world)
    for page, count in zip(pages, counts, strict=True):
        asked.forget()
        assert page().status_code == 200
        assert len(asked.statements) == count, "\n".join(asked.statements)


def _a_large_region(world) -> None:
    """200 institutions, each called before, and twelve months of the school's own."""
    for number in range(200):
        place = add_institution(f"23{number:05}", f"{number}. ОУ", InstitutionType.SCHOOL)
        Submission.create(campaign=world.campaign, institution=place, total=3, pending=3)
        PhoneCall.create(
            campaign=world.campaign,
            institution=place,
            outcome=Outcome.NO_ANSWER,
            next_at=NOW,
            began_at=NOW,
            at=NOW,
            by=world.nora.user_id,
        )
    for back in range(2, 13):
        _earlier(back)


def _earlier(back: int) -> None:
    earlier = Campaign.create(month=MONTH.plus(-back), made_at=NOW, answered_at=NOW)
    Submission.create(campaign=earlier, institution=SCHOOL)


def test_more_months_ask_no_more_on_the_page_of_an_institution(asked, client, world):
    """However many of them are over and not answered."""
    request = one_institution_as_its_region_sees_it(client, world)
    with connected():
        for back in range(1, 12):
            days = {"opens_on": OPENS - MONTH_LONG * back, "closes_on": CLOSES - MONTH_LONG * back}
            another = Campaign.create(month=MONTH.plus(-back), made_at=NOW, **days)
            Submission.create(campaign=another, institution=SCHOOL)
    asked.forget()

    assert len(request().page.all(".seen > li")) == 12

    check(asked, one_institution_as_its_region_sees_it)


@pytest.mark.parametrize("page", [the_first_page_of_the_operator, the_month_of_the_operator])
def test_a_thousand_times_the_records_ask_no_more_of_the_operators_pages(asked, client, world, page):
    """Nor do they read a record: what is asked names none but those that lie on no list."""
    request = page(client, world)
    with connected():
        _many_records(world)
        count_anew(world.campaign, now=NOW)
    asked.forget()

    request()

    check(asked, page)
    touching = [text for text in asked.statements if 'FROM "record"' in text]
    assert all('"submission_id" IS NULL' in text for text in touching), "\n".join(touching)


@pytest.mark.parametrize("which", ["unmatched", "unmatched?which=without_enrolment"])
def test_of_thousands_without_enrolment_only_the_shown_are_read(asked, client, world, which):
    """Which they are is kept: no record is looked at to find them, or to count them."""
    _three_children()
    count_anew(world.campaign, now=NOW)
    address = f"/campaigns/{MONTH}/{which}"
    client.sign_in(world.oleg).get(address)
    asked.forget()
    client.get(address)
    few = len(asked.statements)
    with connected():
        _many_records(world)
        count_anew(world.campaign, now=NOW)
    asked.forget()

    assert len(client.get(address).page.all("tbody tr")) == SHOWN

    assert len(asked.statements) == few, "\n".join(asked.statements)
    touching = [text for text in asked.statements if 'FROM "record"' in text]
    assert all('"id" IN (' in text for text in touching), "\n".join(touching)


def test_of_thousands_that_were_sent_back_only_the_shown_are_read(asked, client, world):
    request = the_month_of_the_operator(client, world)
    Record.update(submission=None, returned_at=NOW).execute()
    asked.forget()
    request()
    few = len(asked.statements)
    with connected():
        _many_records(world)
        Record.update(submission=None, returned_at=NOW).execute()
    asked.forget()

    assert len(request().page.all("tr[id^=returned-]")) == ON_A_PAGE

    assert len(asked.statements) == few, "\n".join(asked.statements)


def _many_records(world) -> None:
    """On the list that has some, each of another child."""
    some = Record.select().first().__data__
    number = ADDED.index("id_number")
    rows = [[some[name] for name in ADDED] for _ in range(3000)]
    for count, row in enumerate(rows):
        row[number] = f"{2000000000 + count}"
    add_rows(Record, ADDED, rows)
    Submission.recount({some["submission"]})


def test_a_decision_is_one_transaction(asked, client, world):
    request = confirming(client, world)
    asked.forget()

    request()

    assert [text.split()[0] for text in asked.around if "PRAGMA" not in text] == ["BEGIN", "COMMIT"]


def check(asked, prepared):
    """As many as today, or this says which they are."""
    told = "\n".join([*asked.statements, "Around them, not counted:", *asked.around])
    assert len(asked.statements) == ASKED[prepared][0 if is_sqlite() else 1], told


def _three_children(**more) -> None:
    """One for each reason that АСП asks for."""
    for reason in Reason:
        add_record(reason=reason, **more)


def _compared(client, world):
    """Ана's browser, and her list compared with a diary."""
    _three_children()
    bring(client.sign_in(world.ana), diary(*(line_of(record, "7") for record in Record.select())))
    return client


def _decided(world) -> None:
    by = {"decision": Decision.CONFIRMED, "decided_by": world.ana.user_id, "decided_at": NOW}
    _three_children(**by)


def _signed(client, world):
    """Ана's browser after her list was signed."""
    _decided(world)
    client.sign_in(world.ana).send(f"{LIST}/sign", password=PASSWORD)
    return client


def _confirmed(client) -> bytes:
    """The sheet of the list, with every row in it confirmed."""

    def confirm(page):
        for record in Record.select():
            fill(page, record, decision="потвърждавам")

    return filled(client, confirm)


def _brought(client, world) -> str:
    """The address of its page."""
    return bringing_a_sheet(client, world)().response.location


def _decision(client, *, reason_asked=Reason.ABSENCE, **fields) -> Callable:
    """A decision by HTMX, after another one was made and before the last one."""
    first, second, _ = (add_record(reason=reason_asked) for _ in range(3))

    def decide(record):
        sent = {"version": record.version, **fields}
        return client.send(f"{LIST}/records/{record.id}", htmx=True, **sent)

    decide(first)
    return partial(decide, second)


def _open_register(client, world):
    """Ана's browser with her register open, and somebody in it."""
    entered(world.ana, draft(placed_on=date(2020, 12, 7), planned_until=date(2020, 12, 18)))
    return keep(client, world.ana)
