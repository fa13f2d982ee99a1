"""POST /confirmations/<month>/records/<id>"""

from datetime import UTC, datetime

import pytest

from portal.domain.decisions import Decision, Reason, RefusalReason
from portal.domain.people import Scope
from portal.domain.submissions import Lock
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Submission
from tests.cast import AFTER, KINDERGARTEN, OTHER_SCHOOL, add_record, stored

LAST_SECOND = datetime(2021, 2, 1, 21, 59, 59, tzinfo=UTC)  # 23:59:59 in Sofia
FIRST_SECOND_AFTER = datetime(2021, 2, 1, 22, 0, 0, tzinfo=UTC)

REFUSAL = {
    "decision": "refused",
    "corrected": "4,5",
    "reason": "late_note",
    "note": "Бележка № 118, внесена на 06.01.",
}


@pytest.fixture
def record(world):
    return add_record(family="Карамфилова")


@pytest.fixture
def address(record):
    return f"/confirmations/2020-12/records/{record.id}"


def send(client, address, record, htmx=False, **fields):
    return client.send(address, htmx=htmx, **{"version": stored(record).version, **fields})


@pytest.mark.parametrize("htmx", [True, False])
def test_one_click_confirms(client, world, record, address, htmx):
    answer = send(client.sign_in(world.ana), address, record, htmx, decision="confirmed")

    assert answer.status_code == (200 if htmx else 303)
    assert stored(record).decision is Decision.CONFIRMED
    assert stored(record).decided_by_id == world.ana.user_id
    if htmx:
        assert "потвърждавам" in answer.page.text(f"#record-{record.id}")
        assert answer.page.text("#counts").startswith("остават 0 · потвърдени: 1")
        assert answer.text.lstrip().startswith("<tr")
    else:
        assert answer.location.endswith(f"/confirmations/2020-12#record-{record.id}")


@pytest.mark.parametrize("fields", [{"decision": "confirmed"}, REFUSAL])
def test_who_has_the_facts_is_sent_what_is_new(client, world, record, address, fields):
    version = record.version
    answer = client.sign_in(world.ana).send(address, minimal=True, version=version, **fields)

    row = answer.page.one(f"#record-{record.id}")
    assert [cell.get("class") for cell in row] == ["meaning", None]
    assert "Карамфилова" not in answer.text
    taken = client.send(address, minimal=True, version=version, decision="pending")
    assert (taken.status_code, len(taken.page.one(f"#record-{record.id}"))) == (409, 4), "it may be another's"


@pytest.mark.parametrize("typed", ["4,5", "4.5", " 4,50 "])
def test_reads_a_comma_and_a_point_alike(client, world, record, address, typed):
    send(client.sign_in(world.ana), address, record, **REFUSAL | {"corrected": typed})

    kept = stored(record)
    assert (kept.decision, str(kept.corrected)) == (Decision.REFUSED, "4.50")
    assert kept.refusal_reason is RefusalReason.LATE_NOTE
    assert kept.note == REFUSAL["note"]


WRONG = {
    "no number": ({"corrected": ""}, "corrected", "Впишете коригирания брой."),
    "letters": ({"corrected": "четири"}, "corrected", "само число с цифри"),
    "minus": ({"corrected": "-1"}, "corrected", "без минус"),
    "two signs": ({"corrected": "4,5,1"}, "corrected", "само число с цифри"),
    "arabic digits": ({"corrected": "٤"}, "corrected", "само число с цифри"),
    "at the limit": ({"corrected": "5"}, "corrected", "впишете число, по-малко от 5"),
    "three places": ({"corrected": "4,555"}, "corrected", "най-много два знака"),
    "no reason": ({"reason": ""}, "reason", "Изберете основание"),
    "invented reason": ({"reason": "because"}, "reason", "Изберете основание"),
    "no note": ({"note": " \n "}, "note", "Напишете бележки по корекцията."),
    "long note": ({"note": "я" * 2001}, "note", "до 2000 знака"),
}


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize("htmx", [True, False])
def test_says_the_rule_beside_the_field_and_keeps_what_was_typed(client, world, record, address, case, htmx):
    changed, field, sentence = WRONG[case]
    answer = send(client.sign_in(world.ana), address, record, htmx, **REFUSAL | changed)

    assert answer.status_code == 422
    assert sentence in answer.page.text(f"#{field}-{record.id}-error")
    assert answer.page.has(f".editor form[action$='/records/{record.id}']")
    typed = answer.page.one(f"#corrected-{record.id}").get("value")
    assert typed == (REFUSAL | changed)["corrected"]
    assert stored(record).decision is Decision.PENDING
    if not htmx:
        assert sentence in answer.page.text(".error-summary")


def test_what_is_wrong_is_shown_under_the_filter_that_it_was_sent_from(client, world, record, address):
    add_record(class_code=8)
    under = {"state": "pending", "class": "7"}
    answer = send(client.sign_in(world.ana), address, record, **REFUSAL | under | {"corrected": "9"})

    assert [row.get("id") for row in answer.page.all("tr.record")] == [f"record-{record.id}"]
    fields = answer.page.fields(answer.page.one(".editor form")) | {"corrected": "4,5", "decision": "refused"}
    assert fields.items() >= under.items()
    del fields["csrf_token"]
    assert client.send(address, **fields).location.endswith(f"?state=pending&class=7#record-{record.id}")


def test_what_is_wrong_is_shown_where_the_filter_would_hide_it_by_now(client, world, record, address):
    client.sign_in(world.dora).send(address, decision="confirmed", version=1)
    answer = client.sign_in(world.ana).send(address, **REFUSAL, version=1, state="pending")

    assert answer.status_code == 409
    assert "редът е променен" in answer.page.text(f"#record-{record.id}")


def test_a_bad_refusal_leaves_the_stored_decision(client, world, record, address):
    client.sign_in(world.ana)
    send(client, address, record, decision="confirmed")

    assert send(client, address, record, **REFUSAL | {"corrected": "9"}).status_code == 422

    assert stored(record).decision is Decision.CONFIRMED


@pytest.mark.parametrize("sent", [{"decision": "maybe"}, {}, {"decision": "confirmed", "version": "x"}])
def test_asks_again_when_the_form_is_not_ours(client, world, record, address, sent):
    answer = send(client.sign_in(world.ana), address, record, **sent)

    assert answer.status_code == 422
    assert stored(record).decision is Decision.PENDING


@pytest.mark.parametrize("version", ["", "9" * 30, "0" * 12 + "9" * 5000, "-1", "1.0", "²"])
def test_a_version_that_is_no_version_is_a_422(client, world, record, address, version):
    answer = client.sign_in(world.ana).send(address, decision="confirmed", version=version)

    assert answer.status_code == 422


def test_preschool_is_counted_in_days(client, world):
    record = add_record(KINDERGARTEN, figure="004.00", class_code=-3)
    address = f"/confirmations/2020-12/records/{record.id}"
    client.sign_in(world.vyara)

    assert send(client, address, record, **REFUSAL | {"corrected": "3,01"}).status_code == 422
    assert send(client, address, record, **REFUSAL | {"corrected": "3"}).status_code == 303
    assert str(stored(record).corrected) == "3.00"


def test_more_days_than_school_days_cannot_be_confirmed(client, world):
    record = add_record(reason=Reason.DISTANCE, figure="18")
    address = f"/confirmations/2020-12/records/{record.id}"
    client.sign_in(world.ana)

    answer = send(client, address, record, htmx=True, decision="confirmed")
    assert answer.status_code == 422
    assert "учебните дни в месеца са 17" in answer.page.text(f"#record-{record.id}")
    assert send(client, address, record, **REFUSAL | {"corrected": "18"}).status_code == 422
    assert send(client, address, record, **REFUSAL | {"corrected": "16,5"}).status_code == 422
    assert send(client, address, record, **REFUSAL | {"corrected": "17"}).status_code == 303


def test_refusing_unenrolled_asks_for_both_facts(client, world):
    record = add_record(reason=Reason.UNENROLLED)
    address = f"/confirmations/2020-12/records/{record.id}"
    client.sign_in(world.ana)
    refusal = {"decision": "refused", "reason": "moved", "note": "Дошло е на 5.01."}

    answer = send(client, address, record, htmx=True, **refusal, placed="yes")
    assert "удостоверение" in answer.page.text(f"#certificate-{record.id}-error")
    answer = send(client, address, record, htmx=True, **refusal, certificate="yes")
    assert "паралелка" in answer.page.text(f"#placed-{record.id}-error")
    assert send(client, address, record, **refusal, certificate="yes", placed="yes").status_code == 303
    assert (stored(record).certificate, stored(record).placed, stored(record).corrected) == (True, True, None)


def test_confirming_keeps_no_correction(client, world, record, address):
    client.sign_in(world.ana)
    send(client, address, record, **REFUSAL)
    send(client, address, record, decision="confirmed", corrected="1", reason="other")

    kept = stored(record)
    assert (kept.decision, kept.corrected, kept.refusal_reason) == (Decision.CONFIRMED, None, None)


def test_goes_back_to_pending(client, world, record, address):
    client.sign_in(world.ana)
    send(client, address, record, **REFUSAL)
    answer = send(client, address, record, htmx=True, decision="pending")

    assert answer.page.has(f"#record-{record.id}.is-pending")
    assert (stored(record).decision, stored(record).note) == (Decision.PENDING, "")


@pytest.mark.parametrize("htmx", [True, False])
def test_two_people_never_overwrite_each_other_unseen(client, world, record, address, htmx):
    client.sign_in(world.dora).send(address, decision="confirmed", version=1)
    answer = client.sign_in(world.ana).send(address, htmx=htmx, **REFUSAL, version=1)

    assert answer.status_code == 409
    assert "редът е променен" in answer.page.text(f"#record-{record.id}")
    assert answer.page.has(f"#record-{record.id}.is-confirmed")
    assert stored(record).decided_by_id == world.dora.user_id


def test_a_retry_of_what_was_stored_says_so(client, world, record, address):
    client.sign_in(world.ana).send(address, decision="confirmed", version=1)
    answer = client.send(address, htmx=True, decision="confirmed", version=1)

    assert answer.status_code == 409
    assert "записано" in answer.page.text(f"#record-{record.id}")
    assert stored(record).version == 2


def test_hides_the_records_of_other_schools(client, world, record, address):
    assert client.sign_in(world.boris).send(address, decision="confirmed", version=1).status_code == 404
    assert stored(record).decision is Decision.PENDING


def test_a_record_of_another_month_is_not_there(client, world, record, address):
    other = address.replace("2020-12", "2020-11")

    assert client.sign_in(world.ana).send(other, decision="confirmed", version=1).status_code == 404


@pytest.mark.parametrize("who", ["nora", "oleg"])
def test_is_not_for_the_regional_office_or_the_operator(client, world, record, address, who):
    answer = client.sign_in(getattr(world, who)).send(address, decision="confirmed", version=1)

    assert answer.status_code == 403
    assert "Карамфилова" not in answer.text


def test_a_delegate_without_the_scope_decides_nothing(client, world, record, address):
    delegate = world.delegate(Scope.SIGN)

    assert client.sign_in(delegate).send(address, decision="confirmed", version=1).status_code == 403


def test_nobody_decides_without_a_login(client, record, address):
    answer = client.http.post(address, data={"decision": "confirmed", "version": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")

    answer = client.http.post(address, data={"decision": "confirmed"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login")


def test_a_form_without_a_token_changes_nothing(client, world, record, address):
    client.sign_in(world.ana)

    assert client.send(address, token="", decision="confirmed", version=1).status_code == 400
    assert client.send(address, token="A" * 86, decision="confirmed", version=1).status_code == 400
    assert stored(record).decision is Decision.PENDING


def test_a_form_of_another_site_changes_nothing(client, world, record, address):
    client.sign_in(world.ana)
    data = {"csrf_token": client._form_token(), "decision": "confirmed", "version": "1"}
    answer = client.http.post(address, data=data, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 400


@pytest.mark.parametrize("htmx", [True, False])
def test_closes_at_midnight_in_sofia(client, world, record, address, htmx):
    client.sign_in(world.ana).at(LAST_SECOND)
    assert send(client, address, record, decision="confirmed").status_code == 303

    client.at(FIRST_SECOND_AFTER)
    answer = send(client, address, record, htmx, decision="pending")
    assert answer.status_code == 409
    assert "Срокът изтече на 01.02.2021" in answer.page.text(f"#record-{record.id}")
    assert stored(record).decision is Decision.CONFIRMED


def test_too_late_is_too_late_for_the_delegate_too(client, world, record, address):
    assert (
        send(client.sign_in(world.dora).at(AFTER), address, record, decision="confirmed").status_code == 409
    )


def test_a_signed_list_is_locked(client, world, record, address):
    Submission.update(lock=Lock.SIGNED).where(Submission.id == record.submission_id).execute()
    answer = send(client.sign_in(world.ana), address, record, htmx=True, decision="confirmed")

    assert answer.status_code == 409
    assert "първо премахнете подписа" in answer.page.text(f"#record-{record.id}")


def test_a_suspended_campaign_is_read_only(client, world, record, address):
    world.campaign.suspended_at = client.now
    world.campaign.suspended_reason = "извънредно положение"
    world.campaign.save()

    assert send(client.sign_in(world.ana), address, record, decision="confirmed").status_code == 409


def test_the_audit_tells_of_it_without_naming_the_child(client, world, record, address):
    send(client.sign_in(world.ana), address, record, **REFUSAL)

    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    assert (entry.chain, entry.what, entry.object) == ("2200000", "refused", f"record:{record.id}")
    assert entry.who == world.ana.user_id
    assert "Карамфилова" not in str(entry.__data__)


def test_a_delegate_ended_yesterday_decides_nothing(client, world, record, address):
    client.sign_in(world.dora).at(datetime(2021, 7, 1, 8, tzinfo=UTC))

    assert client.send(address, decision="confirmed", version=1).status_code == 403


def test_the_neighbour_sees_nothing_in_the_list(client, world, record):
    add_record(OTHER_SCHOOL, family="Борисова")
    page = client.sign_in(world.boris).get("/confirmations/2020-12")

    assert "Борисова" in page.text
    assert "Карамфилова" not in page.text


def test_names_everything_that_is_wrong_at_once(client, world, record, address):
    answer = send(client.sign_in(world.ana), address, record, htmx=True, decision="refused", corrected="x")

    for field in ("corrected", "reason", "note"):
        assert answer.page.has(f"#{field}-{record.id}-error")


@pytest.mark.parametrize("wrong", [{"corrected": "никак"}, {"version": "9"}], ids=["a fault", "a conflict"])
def test_what_is_refused_is_compressed_like_what_is_stored(client, world, wrong):
    record = add_record()
    client.sign_in(world.ana)
    data = {"csrf_token": client._form_token(), "decision": "refused", "version": "1", **wrong}
    headers = {"HX-Request": "true", "Accept-Encoding": "br"}

    there = f"/confirmations/2020-12/records/{record.id}"
    answer = client.http.post(there, data=data, headers=headers)

    assert answer.status_code in (409, 422)
    assert answer.headers["Content-Encoding"] == "br"
    assert len(answer.data) < 1_750


def test_htmx_is_sent_a_form_that_does_not_hold_alone(client, world, record, address):
    answer = send(client.sign_in(world.ana), address, record, htmx=True, **REFUSAL | {"corrected": "9"})

    assert answer.status_code == 422
    assert answer.text.lstrip().startswith('<tr class="editor">')
    assert not answer.page.has(f"#record-{record.id}")
    assert "не е записано" in answer.text
