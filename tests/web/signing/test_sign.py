"""GET, POST /confirmations/<month>/sign"""

from decimal import Decimal

import pytest

from portal.domain.decisions import Decision, Reason
from portal.domain.people import Scope
from portal.domain.submissions import Lock
from portal.storage.lists.current import list_of
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.institutions import Closure
from portal.storage.tables.signatures import Declaration, Signature
from tests.cast import AFTER, MONTH, NOW, OTHER_SCHOOL, PASSWORD, SCHOOL, add_record

ADDRESS = "/confirmations/2020-12/sign"


@pytest.fixture
def records(world):
    by = {"decided_by": world.ana.user_id, "decided_at": NOW}
    return [
        add_record(decision=Decision.CONFIRMED, family="Атанасова", class_code=3, **by),
        add_record(
            decision=Decision.REFUSED,
            family="Борисова",
            figure="007.50",
            corrected=Decimal("4.5"),
            refusal_reason="late_note",
            note="Бележката дойде по-късно.",
            **by,
        ),
        add_record(reason=Reason.DISTANCE, figure="09", decision=Decision.CONFIRMED, family="Велева", **by),
    ]


def lock() -> Lock:
    return list_of(SCHOOL, MONTH).lock


def test_shows_what_will_be_signed_and_what_follows(client, world, records):
    page = client.sign_in(world.ana).get(ADDRESS).page
    text = page.text("#signing")

    assert "Отказани: 1" in text
    assert "Мария Иванова Борисова VII клас Отсъствие, 7,5 уч. часа 4,5 уч. часа закъсняла" in text
    assert "III клас" in text
    assert "Семейните помощи за детето се прекратяват за срок до една година." in text
    assert "Помощите не се прекратяват: неизвинените отсъствия са под границата." in text
    assert "1 февруари 2021 г. (понеделник)" in text
    assert "Подписаното става окончателно" in text
    assert "Директорът отговаря за верността и навременността" in text
    assert "Премахнатият подпис не важи" in text
    declaration = Declaration.get()
    assert page.one("input[name=digest]").get("value") == declaration.sha256
    assert declaration.sha256[:8] + " " + declaration.sha256[8:16] in text
    assert Declaration.select().count() == 1


def test_folds_a_long_list_by_class_and_leaves_nobody_out(client, world, records):
    for number in range(10):
        add_record(decision=Decision.CONFIRMED, class_code=5, family=f"Петкова{number}")
    page = client.sign_in(world.ana).get(ADDRESS).page

    folded = {each.cssselect("summary")[0].text_content(): each for each in page.all("details.whole")}
    assert list(folded) == ["III клас: 1", "V клас: 10", "VII клас: 2"]
    assert all(each.get("open") is None for each in folded.values())
    fifth = " ".join(folded["V клас: 10"].text_content().split())
    assert all(f"Мария Иванова Петкова{number}, 7 уч. часа" in fifth for number in range(10))
    assert "потвърждавам. Семейните помощи за детето се прекратяват за срок до една година." in fifth
    seventh = " ".join(folded["VII клас: 2"].text_content().split())
    assert "Мария Иванова Борисова, 7,5 уч. часа, коригирано на 4,5 уч. часа" in seventh


def test_shows_a_short_list_unfolded(client, world, records):
    page = client.sign_in(world.ana).get(ADDRESS).page

    assert [each.get("open") for each in page.all("details.whole")] == ["", ""]


def test_sixty_children_are_read_for_six_thousand_bytes(client, world):
    for number in range(60):
        refused = {"corrected": Decimal("4.5"), "refusal_reason": "late_note", "note": f"Бележка № {number}."}
        add_record(
            decision=Decision.REFUSED if number < 6 else Decision.CONFIRMED,
            class_code=number % 12 + 1,
            family=f"Петрова-{number * number:x}",
            id_number=str(10**9 + number),
            **(refused if number < 6 else {}),
        )
    answer = client.sign_in(world.ana).http.get(ADDRESS, headers={"Accept-Encoding": "br"})

    headers = sum(len(f"{name}: {value}\r\n") for name, value in answer.headers)
    assert headers + len(answer.data) <= 6_000


def test_shows_every_note_and_fact_that_is_signed_and_no_identifier(client, world, records):
    Record.update(note="Говорих с майката.").where(Record.id == records[0].id).execute()
    add_record(
        reason=Reason.UNENROLLED,
        decision=Decision.REFUSED,
        refusal_reason="own_error",
        note="Върна се.",
        certificate=True,
        placed=True,
    )
    answer = client.sign_in(world.ana).get(ADDRESS)

    for words in ("Говорих с майката.", "Бележката дойде по-късно.", "Върна се."):
        assert words in answer.page.text("#signing")
    assert "издадено е удостоверение за записване" in answer.page.text("#signing")
    assert "разпределено е в паралелка или група" in answer.page.text("#signing")
    assert records[0].id_number not in answer.text


def test_names_who_was_sent_back_and_is_not_signed(client, world, records):
    heading = "Не влизат в подписа"
    assert heading not in client.sign_in(world.ana).get(ADDRESS).page.text("#signing")
    returned = [add_record(family="Върната"), add_record(family="Ничия"), add_record(OTHER_SCHOOL)]
    Record.update(submission=None, returned_at=NOW).where(
        Record.id.in_([record.id for record in returned])
    ).execute()
    Submission.recount([records[0].submission_id])

    text = client.get(ADDRESS).page.text("#signing")

    assert f"{heading}: 2" in text
    assert "2 записа са изпратени обратно на ЦИОО като „не е наше дете“ и не влизат в подписа" in text
    assert "Мария Иванова Върната – Отсъствие" in text
    assert "Мария Иванова Ничия" in text
    assert "3 решения" in text
    client.send(ADDRESS, password=PASSWORD)
    assert f"{heading}: 2" in client.get(ADDRESS).page.text("#signing")


@pytest.mark.parametrize("digest", [True, False])
def test_signs_with_the_password_typed_again(client, world, records, digest):
    page = client.sign_in(world.ana).get(ADDRESS).page
    fields = {"digest": page.one("input[name=digest]").get("value")} if digest else {}

    answer = client.send(ADDRESS, password=PASSWORD, **fields)

    assert (answer.status_code, answer.location) == (303, ADDRESS)
    assert lock() is Lock.SIGNED
    page = client.get(ADDRESS).page
    assert "Списъкът е подписан" in page.text(".notice[role=status]")
    assert "2020-12/2200000/1" in page.text("#signing")
    assert not page.has("input[name=password]")


def test_answers_htmx_with_the_part_that_changed(client, world, records):
    client.sign_in(world.ana)
    assert not client.get(ADDRESS, htmx=True).page.is_whole

    answer = client.send(ADDRESS, password=PASSWORD, htmx=True)

    assert answer.status_code == 200
    assert "Подписано" in answer.page.text("#signing .notice.is-done")
    assert lock() is Lock.SIGNED


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(
    ("typed", "sentence"), [("друга парола", "Паролата не е вярна"), ("", "Напишете паролата")]
)
def test_says_beside_the_field_what_is_wrong_with_the_password(client, world, records, htmx, typed, sentence):
    answer = client.sign_in(world.ana).send(ADDRESS, password=typed, htmx=htmx)

    assert answer.status_code == 422
    assert sentence in answer.page.text("#password-error")
    assert answer.page.one("#password").get("value") is None
    assert lock() is Lock.OPEN


def test_too_many_wrong_passwords_wait_and_not_before_the_fifth(client, world, records):
    client.sign_in(world.ana)
    statuses = [client.send(ADDRESS, password="не е тя").status_code for _ in range(6)]

    assert statuses == [422] * 5 + [429]
    assert int(client.send(ADDRESS, password=PASSWORD).headers["Retry-After"]) > 0
    assert lock() is Lock.OPEN


@pytest.mark.parametrize("htmx", [True, False])
def test_a_list_that_changed_meanwhile_is_shown_again(client, world, records, htmx):
    page = client.sign_in(world.ana).get(ADDRESS).page
    seen = page.one("input[name=digest]").get("value")
    Record.update(note="друго", version=2).where(Record.id == records[1].id).execute()
    Submission.recount([records[1].submission_id])

    answer = client.send(ADDRESS, password=PASSWORD, digest=seen, htmx=htmx)

    assert answer.status_code == 409
    assert "Междувременно списъкът се е променил" in answer.page.text(".error-summary")
    now = answer.page.one("input[name=digest]").get("value")
    assert now != seen
    assert lock() is Lock.OPEN
    assert client.send(ADDRESS, password=PASSWORD, digest=now).status_code == 303


def test_twice_is_once(client, world, records):
    client.sign_in(world.ana).send(ADDRESS, password=PASSWORD)

    answer = client.send(ADDRESS, password=PASSWORD)

    assert answer.status_code == 409
    assert "вече е подписан" in answer.page.text(".error-summary")
    assert "2020-12/2200000/1" in answer.page.text("#signing")
    assert Signature.select().count() == 1


def test_pending_records_are_shown_the_way_to(client, world, records):
    add_record()
    page = client.sign_in(world.ana).get(ADDRESS).page

    assert "Има един необработен запис" in page.text("#signing .notice")
    assert page.one("#signing .button").get("href") == "/confirmations/2020-12?state=pending"
    assert not page.has("input[name=password]")
    assert client.send(ADDRESS, password=PASSWORD).status_code == 409
    assert lock() is Lock.OPEN


def test_names_what_the_rules_no_longer_allow(client, world, records):
    client.sign_in(world.ana).get(ADDRESS)
    Closure.create(institution=SCHOOL, first="2020-12-01", last="2020-12-15", order_number="РД-7")

    answer = client.send(ADDRESS, password=PASSWORD)

    assert answer.status_code == 409
    assert "учебните дни в месеца са 6" in answer.page.text("#signing .notice.is-warning")
    link = answer.page.one("#signing .notice li a")
    assert link.get("href") == f"/confirmations/2020-12#record-{records[2].id}"


def test_an_empty_list_is_not_signed(client, world):
    answer = client.sign_in(world.ana).get(ADDRESS)

    assert "Проверих – няма записи" in answer.page.text("#signing")
    assert client.send(ADDRESS, password=PASSWORD).status_code == 409


def test_after_the_deadline_there_is_nothing_to_sign(client, world, records):
    client.sign_in(world.ana).at(AFTER)

    assert "Срокът изтече на 01.02.2021" in client.get(ADDRESS).page.text("#signing")
    assert client.send(ADDRESS, password=PASSWORD).status_code == 409
    assert lock() is Lock.OPEN


def test_says_that_a_signed_list_is_final_after_the_deadline(client, world, records):
    client.sign_in(world.ana).send(ADDRESS, password=PASSWORD)

    page = client.at(AFTER).get(ADDRESS).page

    assert "Подписано и окончателно" in page.text("#signing .notice")
    assert not page.has("textarea")


def test_a_suspended_campaign_is_only_read(client, world, records):
    Campaign.update(suspended_at=NOW, suspended_reason="Извънредно положение").execute()

    assert "спряна" in client.sign_in(world.ana).get(ADDRESS).page.text("#signing")
    assert client.send(ADDRESS, password=PASSWORD).status_code == 409


def test_the_neighbour_signs_only_his_own(client, world, records):
    assert client.sign_in(world.boris).send(ADDRESS, password=PASSWORD).status_code == 409
    assert lock() is Lock.OPEN
    assert "Борисова" not in client.get(ADDRESS).text


@pytest.mark.parametrize("who", ["nora", "oleg", "dora"])
def test_is_not_for_others(client, world, records, who):
    client.sign_in(getattr(world, who))

    assert client.get(ADDRESS).status_code == 403
    assert client.send(ADDRESS, password=PASSWORD).status_code == 403
    assert lock() is Lock.OPEN


def test_a_delegate_with_the_scope_signs_by_the_order(client, world, records):
    dora = world.delegate(Scope.SIGN)
    page = client.sign_in(dora).get(ADDRESS).page

    assert "упълномощено лице със заповед РД-15/12.01.2021" in page.text("#signing")
    assert client.send(ADDRESS, password=PASSWORD).status_code == 303
    assert Signature.get().signatory_id == dora.user_id


def test_a_month_that_was_never_loaded_is_not_there(client, world):
    client.sign_in(world.ana)

    assert client.get("/confirmations/2020-11/sign").status_code == 404
    assert client.send("/confirmations/2020-11/sign", password=PASSWORD).status_code == 404


def test_without_a_login_there_is_only_the_way_to_it(client, world, records):
    assert client.get(ADDRESS).status_code == 303
    assert client.http.post(ADDRESS, data={"password": PASSWORD}).status_code == 303


def test_a_form_without_its_token_signs_nothing(client, world, records):
    assert client.sign_in(world.ana).send(ADDRESS, password=PASSWORD, token="x").status_code == 400
    assert lock() is Lock.OPEN


def test_reading_the_page_again_issues_nothing_new(client, world, records):
    client.sign_in(world.ana)
    first = client.get(ADDRESS).page.one("input[name=digest]").get("value")
    second = client.get(ADDRESS).page.one("input[name=digest]").get("value")

    assert first == second
    assert Declaration.select().count() == 1
