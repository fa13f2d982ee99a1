"""GET /confirmations/<YYYY-MM>: the register's days beside АСП's, for whoever has the register open."""

import re
from datetime import date, timedelta

import pytest

from portal.actions.register.months import confirm_month
from portal.domain.decisions import Decision, Reason
from portal.domain.identifiers import IdType
from portal.domain.people import Scope
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Record
from portal.storage.tables.db import db
from portal.storage.tables.people import Login
from portal.storage.tables.register import Entry, Grant
from tests.actions.register.unlocked import add_envelope, draft, entered, keep, opened_session, unlock
from tests.cast import AFTER, MONTH, NOW, OTHER_SCHOOL, PASSWORD, SITE, add_record, stored
from tests.domain.invented import KALINA

HERE = "/confirmations/2020-12"
DAYS = "под карантина: 10 уч. дни"


def in_december(**changes):
    return draft(**{"placed_on": date(2020, 12, 7), "planned_until": date(2020, 12, 18)} | changes)


def add(reason=Reason.DISTANCE, figure="09", **more):
    return add_record(reason=reason, figure=figure, id_number=KALINA.id_number, class_code=5, **more)


@pytest.fixture
def ana(client, world):
    """With Калина in the register for ten school days of December, and the register unlocked."""
    entered(world.ana, in_december())
    return keep(client, world.ana)


def row(page, record):
    return page.text(f"#record-{record.id}")


def corrected(page, record):
    return page.one(f"#corrected-{record.id}").get("value")


def shown(client, record):
    return row(client.get(HERE).page, record)


@pytest.mark.parametrize(("reason", "figure"), [(Reason.DISTANCE, "09"), (Reason.ABSENCE, "007.00")])
def test_stand_beside_the_figure(ana, reason, figure):
    record = add(reason, figure)

    assert DAYS in shown(ana, record)


def test_do_not_stand_beside_a_child_who_is_unenrolled(ana):
    record = add(Reason.UNENROLLED)

    assert "под карантина" not in shown(ana, record)


def test_are_found_by_kind_and_number_of_the_identifier(ana):
    same_number = add()
    Record.update(id_type=IdType.LNCH).where(Record.id == same_number.id).execute()
    other = add_record(reason=Reason.DISTANCE)

    page = ana.get(HERE).page
    assert "под карантина" not in row(page, same_number)
    assert "под карантина" not in row(page, other)


def test_one_day_is_one_day(client, world):
    entered(world.ana, in_december(planned_until=date(2020, 12, 7)))
    record = add()

    assert "под карантина: 1 уч. ден" in shown(keep(client, world.ana), record)


def test_are_put_in_the_refusal_but_its_reason_is_not(ana):
    record = add()

    assert not ana.get(HERE).page.has("tr.editor")
    page = ana.get(HERE, open=record.id).page

    assert corrected(page, record) == "10"
    assert not page.has(f"#reason-{record.id} option[selected]:not([value=''])")
    assert page.one(f"#note-{record.id}").text_content().strip() == ""
    assert "Попълнени са дните под карантина" in page.text(f"#corrected-{record.id}-hint")


@pytest.mark.parametrize(("reason", "figure"), [(Reason.ABSENCE, "007.00"), (Reason.DISTANCE, "10")])
def test_are_not_put_where_they_could_not_be_the_correction(ana, reason, figure):
    record = add(reason, figure)

    assert corrected(ana.get(HERE, open=record.id).page, record) == ""


@pytest.mark.parametrize("htmx", [True, False])
def test_what_was_typed_stays_as_it_was_typed(ana, htmx):
    record = add()

    page = ana.send(
        f"{HERE}/records/{record.id}", htmx=htmx, decision="refused", corrected="4", version="1"
    ).page

    assert corrected(page, record) == "4"
    assert htmx or DAYS in row(page, record)  # HTMX is sent the form alone, below a row that stays


@pytest.mark.parametrize("htmx", [True, False])
def test_stay_beside_the_row_after_the_decision(ana, htmx):
    record = add()
    fields = {
        "decision": "refused",
        "corrected": "10",
        "reason": "other_days",
        "note": "По дневника.",
        "version": "1",
    }

    answer = ana.send(f"{HERE}/records/{record.id}", htmx=htmx, **fields)

    page = answer.page if htmx else ana.get(HERE).page
    assert DAYS in row(page, record)
    ana.send(f"{HERE}/records/{record.id}", htmx=True, decision="pending", version="2")
    assert corrected(ana.get(HERE, htmx=True, open=record.id).page, record) == "10"


def test_stand_in_a_search_and_in_the_answer_to_a_filter(ana):
    record = add(family="Симеонова")

    assert DAYS in row(ana.send(f"{HERE}/search", q="симеонова").page, record)
    assert DAYS in row(ana.get(HERE, htmx=True, state="pending").page, record)


def test_nothing_of_them_is_stored_with_the_decision(ana):
    record = add()
    ana.send(f"{HERE}/records/{record.id}", decision="confirmed", version="1")

    kept = {name: getattr(stored(record), name) for name in Record._meta.fields}
    assert stored(record).decision is Decision.CONFIRMED
    assert kept["corrected"] is None
    assert kept["note"] == ""
    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).get()
    assert entry.object == f"record:{record.id}"
    assert re.fullmatch("[0-9a-f]{64}|", entry.content)


class TestAreNotShown:
    def test_while_the_register_is_locked(self, ana):
        record = add()
        ana.http.get("/")
        Login.update(wrapped_x25519=None, unlocked_at=None).execute()

        page = ana.get(HERE, open=record.id).page
        assert "под карантина" not in row(page, record)
        assert corrected(page, record) == ""
        assert not page.has("input[type=password]")

    def test_ten_minutes_later(self, ana):
        record = add()
        ana.at(NOW + timedelta(minutes=11))

        assert "под карантина" not in shown(ana, record)

    def test_without_the_key(self, ana):
        record = add()
        Grant.delete().execute()

        assert "под карантина" not in shown(ana, record)

    def test_when_somebody_meddled_with_the_register(self, ana, world):
        record = add()
        entered(world.ana, in_december(id_number="0942065635"))
        Entry.delete().where(Entry.id == Entry.select(Entry.id).limit(1)).execute()

        assert "под карантина" not in shown(ana, record)

    def test_to_a_delegate_without_the_register(self, client, world):
        entered(world.ana, in_december())
        record = add()
        dora = world.delegate(Scope.DECIDE)
        client.sign_in(dora)
        unlock(dora, client.token)

        assert "под карантина" not in shown(client, record)

    def test_to_the_neighbour(self, client, world):
        entered(world.ana, in_december())
        record = add_record(world.boris.institution, Reason.DISTANCE, id_number=KALINA.id_number)

        assert "под карантина" not in shown(keep(client, world.boris), record)

    def test_to_regional_offices(self, client, world, ana):
        add()
        client.sign_in(world.nora)

        assert "под карантина:" not in client.get("/oversight/2020-12").page.text()


def test_are_shown_to_a_delegate_with_both_scopes(client, world):
    dora = world.delegate(Scope.DECIDE, Scope.REGISTER)
    entered(world.ana, in_december())
    record = add()

    assert DAYS in shown(keep(client, dora), record)


def test_are_shown_after_the_deadline_but_not_put_anywhere(client, world):
    entered(world.ana, in_december())
    record = add()
    client.at(AFTER)

    page = keep(client, world.ana).get(HERE).page

    assert DAYS in row(page, record)
    assert not page.has(f"#corrected-{record.id}")


def test_looking_does_not_keep_the_register_open(ana):
    record = add()
    for minutes in (4, 8):
        ana.at(NOW + timedelta(minutes=minutes))
        assert DAYS in shown(ana, record)
    ana.at(NOW + timedelta(minutes=11))

    assert "под карантина" not in shown(ana, record)


def test_the_audit_says_once_that_they_were_shown_and_of_whom_not(ana, world):
    record = add()
    for _ in range(3):
        ana.get(HERE)
    ana.send(f"{HERE}/records/{record.id}", decision="confirmed", version="1")

    told = [entry for entry in AuditEntry.select() if entry.what == "register_beside_list"]
    assert [(entry.who, entry.object, entry.content) for entry in told] == [
        (world.ana.user_id, "month:2020-12", "")
    ]

    ana.at(NOW + timedelta(minutes=11))
    unlock(world.ana, ana.token, now=ana.now)
    ana.get(HERE)
    assert AuditEntry.select().where(AuditEntry.what == "register_beside_list").count() == 2


def test_a_locked_register_costs_the_list_nothing(client, world, monkeypatch):
    entered(world.ana, in_december())
    add()
    client.sign_in(world.ana)
    client.get(HERE)
    asked = []
    execute = db.obj.execute_sql
    monkeypatch.setattr(db.obj, "execute_sql", lambda sql, *more: asked.append(sql) or execute(sql, *more))

    client.get(HERE)

    of_register = ('"collection"', '"grant"', '"entry"', '"register_month"', '"audit_entry"')
    assert [sql for sql in asked if any(table in sql for table in of_register)] == []


def test_agree_with_the_confirmed_month(ana, world):
    record = add()

    confirm_month(world.ana, opened_session(world.ana), MONTH, site=SITE, now=NOW)

    assert DAYS in shown(ana, record)


class TestWhileItIsLocked:
    """The way to unlock it stands there alike, whether or not anybody is in it."""

    HINT = "Отключете регистъра, за да видите дните."

    def locked(self, client, person):
        client.sign_in(person)
        return client

    @pytest.mark.parametrize("is_somebody_in_it", [True, False])
    def test_says_how_to_see_the_days_and_tells_of_nobody(self, client, world, is_somebody_in_it):
        add()
        add_envelope(world.ana)
        if is_somebody_in_it:
            entered(world.ana, in_december())

        page = self.locked(client, world.ana).get(HERE).page

        assert self.HINT in page.text("main")
        assert page.has("a[href='/quarantine/2020-12/list']")
        assert not page.has(".by-register")

    def test_both_pages_are_the_same_to_the_letter(self, client, world):
        add()
        add_envelope(world.ana)
        page = self.locked(client, world.ana).get(HERE).page.text("main")
        entered(world.ana, in_december())
        assert client.get(HERE).page.text("main") == page

    def test_is_not_said_while_it_is_open_nor_where_none_is_kept(self, ana, client, world):
        add()
        assert self.HINT not in ana.get(HERE).page.text("main")
        add_record(institution=OTHER_SCHOOL)
        assert self.HINT not in self.locked(client, world.boris).get(HERE).page.text("main")

    def test_is_not_said_to_who_may_not_open_it(self, client, world):
        add()
        entered(world.ana, in_december())
        client.sign_in(world.delegate(Scope.DECIDE, Scope.SIGN))
        assert self.HINT not in client.get(HERE).page.text("main")
        client.sign_in(world.delegate(Scope.DECIDE, Scope.REGISTER))
        assert self.HINT in client.get(HERE).page.text("main")

    def test_the_password_leads_back_to_the_list(self, client, world):
        record = add()
        entered(world.ana, in_december())
        page = self.locked(client, world.ana).get(f"/quarantine/{MONTH}/list").page
        back = page.one("input[name=next]").get("value")

        answer = client.send("/quarantine/unlock", next=back, password=PASSWORD)

        assert (answer.status_code, answer.location) == (303, back)
        answer = client.get(back)
        assert (answer.status_code, answer.location) == (302, HERE)
        assert DAYS in shown(client, record)

    def test_a_delegate_who_sees_no_list_goes_to_the_month(self, client, world):
        entered(world.ana)
        keep(client, world.delegate(Scope.REGISTER))
        assert client.get(f"/quarantine/{MONTH}/list").location == f"/quarantine/{MONTH}"
