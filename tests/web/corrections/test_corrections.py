"""…/corrections of an institution, of РУО and of the operator, and /confirmations/<YYYY-MM>/answer."""

import io
import zipfile

import pytest

from portal.actions.campaigns.answers import make_answer
from portal.actions.signing.signing import sign
from portal.domain.decisions import Decision
from portal.domain.people import Scope
from portal.storage.tables.answers import AnsweredRecord, CorrectionRequest
from portal.storage.tables.campaigns import Campaign, Submission
from tests.cast import AFTER, FAR_SCHOOL, MONTH, NOW, OTHER_SCHOOL, PASSWORD, SCHOOL, SITE, add_record

OWN = "/confirmations/2020-12/corrections"
REGION = "/oversight/2020-12/corrections"
DESK = "/campaigns/2020-12/corrections"
ANSWER = "/confirmations/2020-12/answer"
NOTE = "Мария Атанасова беше болна."


@pytest.fixture
def record(client, world):
    """Signed; the deadline has passed."""
    by = {"decision": Decision.CONFIRMED, "decided_by": world.ana.user_id, "decided_at": NOW}
    record = add_record(family="Атанасова-Лазарова", **by)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
    client.at(AFTER)
    return record


@pytest.fixture
def answered(record):
    make_answer(None, MONTH, io.BytesIO(), now=AFTER, final=True)
    return record


@pytest.fixture
def request_id(client, world, record):
    sent = {"record": record.id, "reason": "late_note", "document": "№ 118/2020", "note": NOTE}
    assert client.sign_in(world.ana).send(OWN, **sent).status_code == 303
    return CorrectionRequest.get().id


def test_is_asked_for_and_seen_by_all_three_and_the_child_by_two(client, world, record, request_id):
    seen = client.get(OWN).page.text(f"#request-{request_id}")
    assert "Атанасова" in seen
    assert "закъсняла медицинска бележка" in seen
    assert "чака становище на РУО" in seen

    desk = client.sign_in(world.oleg).get(DESK).page.text(f"#request-{request_id}")
    assert NOTE in desk

    region = client.sign_in(world.nora).get(REGION)
    assert "№ 118/2020" in region.page.text(f"#request-{request_id}")
    assert not [name for name in ("Атанасова", "Мария", record.id_number, "болна") if name in region.text]


def test_words_instead_of_a_code_are_kept_from_the_regional_office(client, world, record):
    sent = {"record": record.id, "reason": "Мария Атанасова беше болна", "document": "№ 7"}
    assert client.sign_in(world.ana).send(OWN, **sent).status_code == 303

    assert "Атанасова" not in client.sign_in(world.nora).get(REGION).text
    assert "беше болна" in client.sign_in(world.oleg).get(DESK).text


def test_goes_from_the_office_to_the_operator_and_opens_the_list(client, world, answered, request_id):
    client.sign_in(world.nora)
    assert client.send(f"{REGION}/{request_id}", note="x").status_code == 422
    assert client.send(f"{REGION}/{request_id}", supported="yes", note="Видях бележката.").status_code == 303
    assert client.send(f"{REGION}/{request_id}", supported="no").status_code == 409

    client.sign_in(world.oleg)
    assert client.send(f"{DESK}/{request_id}", granted="yes", until="").status_code == 422
    assert client.send(f"{DESK}/{request_id}", granted="yes", until="2021-02-04").status_code == 303

    page = client.sign_in(world.ana).get(OWN).page
    assert "РУО подкрепя" in page.text(f"#request-{request_id}")
    assert "списъкът е отворен за поправка" in page.text(f"#request-{request_id}")
    assert client.send("/confirmations/2020-12/unsign", reason="Поправка.").status_code == 303
    assert "отворен за вас до" in client.get("/").page.text("#month-2020-12")


def test_the_regional_office_is_led_there_after_the_deadline(client, world, record):
    assert client.sign_in(world.nora).get("/").page.has(f"#month-2020-12 a[href='{REGION}']")
    assert not client.at(NOW).get("/").page.has(f"#month-2020-12 a[href='{REGION}']")


def test_is_declined_with_a_reason(client, world, request_id):
    client.sign_in(world.oleg)
    assert client.send(f"{DESK}/{request_id}", granted="no").status_code == 422
    assert client.send(f"{DESK}/{request_id}", granted="no", note="Няма документ.").status_code == 303

    assert "Няма документ." in client.sign_in(world.nora).get(REGION).page.text("main")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"record": ""}, "record"),
        ({"record": "9" * 30}, "record"),
        ({"reason": ""}, "reason"),
        ({"document": ""}, "document"),
        ({"document": "на Атанасова"}, "document"),
    ],
)
def test_says_what_is_missing(client, world, record, fields, field):
    sent = {"record": record.id, "reason": "late_note", "document": "№ 118", **fields}
    answer = client.sign_in(world.ana).send(OWN, **sent)

    assert answer.status_code == 422
    assert answer.page.has(f"#{field}-error")
    assert CorrectionRequest.select().count() == 0


@pytest.mark.parametrize(
    "document",
    [
        "бележка на Атанасова, 7 клас",
        "№ 118 (Атанасова)",
        "№118/Атанасова",
        "№ 118_Атанасова",
        "за Лазарова",  # half of a name
        "ЕГН:{0}",
        "№{0}/2020",
        "{0[0]}{0[1]} {0[2]}{0[3]}-{0[4]}{0[5]}.{0[6]}{0[7]}{0[8]}{0[9]}",
        "№ 5001010018",  # somebody else's
    ],
)
def test_marks_around_a_name_or_number_hide_it_from_nobody(client, world, record, document):
    """The regional office reads the number of the document, and the operator's answer."""
    text = document.format(record.id_number)
    sent = {"record": record.id, "reason": "late_note", "document": text}
    answer = client.sign_in(world.ana).send(OWN, **sent)
    assert answer.status_code == 422
    assert "махнете името и номера" in answer.page.text("#document-error")

    assert client.send(OWN, **sent | {"document": "№ 118, 7 клас"}).status_code == 303
    request_id = CorrectionRequest.get().id
    client.sign_in(world.oleg)
    assert client.send(f"{DESK}/{request_id}", granted="no", note=text).status_code == 422


def test_neither_child_nor_reason_is_chosen_beforehand(client, world, record):
    page = client.sign_in(world.ana).get(OWN).page
    fields = page.fields(page.one("main form"))
    assert (fields["record"], fields["reason"]) == ("", "")
    assert client.send(OWN, **fields).status_code == 422


def test_the_neighbour_the_wrong_office_and_too_early(client, world, record, request_id):
    assert "Атанасова" not in client.sign_in(world.boris).get(OWN).text
    sent = {"record": record.id, "reason": "late_note", "document": "№ 118"}
    add_record(OTHER_SCHOOL)
    assert client.send(OWN, **sent).status_code == 422
    assert client.sign_in(world.delegate(Scope.DECIDE)).get(OWN).status_code == 403

    CorrectionRequest.update(institution=FAR_SCHOOL).execute()
    answer = client.sign_in(world.nora).send(f"{REGION}/{request_id}", supported="yes")
    assert answer.status_code == 404
    assert f"request-{request_id}" not in client.get(REGION).text

    client.at(NOW).sign_in(world.ana)
    assert client.send(OWN, **sent).status_code == 409


class TestTheAnswer:
    def test_stands_at_the_institution_as_it_went_out(self, client, world, answered):
        client.sign_in(world.ana)
        page = client.get(ANSWER).page
        assert "Още не е отбелязано, че е изпратен на АСП." in page.text("main")
        assert "Атанасова" in page.text("main")

        client.sign_in(world.oleg)
        assert client.send("/campaigns/2020-12/sent", on="2021-02-03").status_code == 422
        assert client.send("/campaigns/2020-12/sent", on="2021-02-02").status_code == 303
        assert client.send("/campaigns/2020-12/sent", on="2021-02-02").status_code == 409
        assert "Изпратен на АСП на 2 февруари 2021 г." in client.get("/campaigns/2020-12").page.text("main")

        client.sign_in(world.ana)
        assert "Изпратен на АСП на 2 февруари 2021 г. (вторник)." in client.get(ANSWER).page.text(".lead")
        assert "MONCONF1220.txt" in client.get(ANSWER).page.text("main")
        assert "Отговорът е изпратен на АСП" in client.get("/").page.text("#month-2020-12")

    def test_gives_the_institution_its_own_lines(self, client, world, answered):
        copy = client.sign_in(world.ana).get(f"{ANSWER}/copy.txt")
        assert len(copy.data.splitlines()) == 2
        assert answered.id_number.encode() in copy.data

        other = client.sign_in(world.boris).get(f"{ANSWER}/copy.txt")
        assert len(other.data.splitlines()) == 1

    def test_is_not_there_before_it_was_made(self, client, world, record):
        assert client.sign_in(world.ana).get(ANSWER).status_code == 404
        assert client.sign_in(world.oleg).send("/campaigns/2020-12/sent", on="2021-02-02").status_code == 409
        assert client.sign_in(world.ana).send("/campaigns/2020-12/sent", on="2021-02-02").status_code == 403

    def test_a_correction_is_offered_where_there_is_one(self, client, world, answered):
        client.sign_in(world.oleg)
        assert not client.get("/campaigns/2020-12").page.has("#correction")
        assert client.send("/campaigns/2020-12/correction").status_code == 409

        later = AFTER.replace(hour=9)
        Submission.update(signed_at=later, reopened_until=later).where(
            Submission.institution == SCHOOL
        ).execute()
        Campaign.update(answered_at=AFTER).execute()
        AnsweredRecord.update(decision=Decision.PENDING).execute()
        client.at(AFTER.replace(hour=12)).sign_in(world.oleg)
        assert client.get("/campaigns/2020-12").page.has("#correction")
        files = zipfile.ZipFile(io.BytesIO(client.send("/campaigns/2020-12/correction").data))
        assert sorted(files.namelist()) == ["MONCONFC1220.txt", "MONCONFC1220.txt.manifest.json"]
