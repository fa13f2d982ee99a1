"""The reasons of a refusal: the page offers those that can be true, the rule refuses the rest."""

import pytest

from portal.domain.decisions import Decision, Reason, RefusalReason
from portal.domain.submissions import Lock
from portal.storage.tables.campaigns import Submission
from tests.cast import NOW, PASSWORD, SCHOOL, add_record, stored

LIST = "/confirmations/2020-12"
UNTRUE = "Основанието „записано, но не в паралелка“ не може да е вярно за „Отписан“. Изберете друго."
FACTS = {"certificate": "yes", "placed": "yes"}

EVERY = [reason.value for reason in RefusalReason]
OFFERED = {
    Reason.ABSENCE: EVERY,
    Reason.UNENROLLED: ["entered_late", "wrong_pupil", "moved", "own_error", "other"],
    Reason.DISTANCE: [code for code in EVERY if code != "excused_by_parent"],
}


def offered(page, record) -> list[str]:
    return [option.get("value") for option in page.all(f"#reason-{record.id} option")]


@pytest.fixture
def no_longer_so(world):
    """A refusal from before the rule."""
    return add_record(
        reason=Reason.UNENROLLED,
        decision=Decision.REFUSED,
        refusal_reason=RefusalReason.NOT_PLACED,
        note="Записано е.",
        certificate=True,
        placed=True,
        decided_by=world.ana.user_id,
        decided_at=NOW,
    )


@pytest.mark.parametrize("reason", Reason)
def test_offers_what_can_be_true_of_the_child(client, world, reason):
    pending, refused = add_record(reason=reason), add_record(reason=reason, decision=Decision.REFUSED)
    client.sign_in(world.ana)

    for record in (pending, refused):
        assert offered(client.get(LIST, open=record.id).page, record) == ["", *OFFERED[reason]]


@pytest.mark.parametrize("htmx", [True, False])
def test_refuses_what_cannot_be_true_beside_the_field_and_keeps_the_rest(client, world, htmx):
    record = add_record(reason=Reason.UNENROLLED)
    fields = {"decision": "refused", "reason": "not_placed", "note": "Записано е.", **FACTS}
    answer = client.sign_in(world.ana).send(f"{LIST}/records/{record.id}", htmx=htmx, version=1, **fields)

    assert answer.status_code == 422
    assert answer.page.text(f"#reason-{record.id}-error") == UNTRUE
    assert answer.page.text(f"#note-{record.id}") == "Записано е."
    assert offered(answer.page, record) == ["", *OFFERED[Reason.UNENROLLED]]
    assert stored(record).decision is Decision.PENDING


@pytest.mark.both_databases
@pytest.mark.parametrize("htmx", [True, False])
def test_an_earlier_refusal_that_is_no_longer_so_says_what_to_do(client, world, no_longer_so, htmx):
    client.sign_in(world.ana)
    page = client.get(LIST).page
    assert UNTRUE in page.text(f"#record-{no_longer_so.id} .record-says")
    assert not page.has(f"#reason-{no_longer_so.id} option[selected]")

    shown = client.get(f"{LIST}/sign").page
    assert UNTRUE in shown.text("#signing")
    assert shown.has(f"#signing a[href$='#record-{no_longer_so.id}']")
    assert client.send(f"{LIST}/sign", password=PASSWORD, htmx=htmx).status_code == 409
    assert Submission.get(Submission.institution == SCHOOL).lock is Lock.OPEN

    fields = {"decision": "refused", "reason": "entered_late", "note": "Записано е.", **FACTS}
    address = f"{LIST}/records/{no_longer_so.id}"
    assert client.send(address, htmx=htmx, version=1, **fields).status_code in (200, 303)
    assert "вече не отговаря" not in client.get(LIST).text
    assert client.send(f"{LIST}/sign", password=PASSWORD, htmx=htmx).status_code in (200, 303)


def test_a_confirmation_that_the_calendar_no_longer_allows_says_so_in_its_row(client, world):
    record = add_record(reason=Reason.DISTANCE, figure="18", decision=Decision.CONFIRMED)
    row = client.sign_in(world.ana).get(LIST).page.text(f"#record-{record.id}")

    assert "Решението вече не отговаря на правилата. АСП е подала 18 дни" in row


def test_who_may_not_decide_is_told_nothing_of_it(client, world, no_longer_so):
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == SCHOOL).execute()

    assert "вече не отговаря" not in client.sign_in(world.ana).get(LIST).text
