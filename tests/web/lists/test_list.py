"""GET /confirmations/<month>"""

from decimal import Decimal
from urllib.parse import unquote

import pytest

from portal.actions.campaigns.closing import close_institution
from portal.domain.decisions import Decision, Reason, RefusalReason
from portal.domain.people import Scope
from portal.domain.submissions import Lock
from portal.storage.tables.campaigns import Submission
from portal.web.lists.blanks import forms_below
from tests.cast import AFTER, NOW, OTHER_SCHOOL, SCHOOL, add_record, stored

ADDRESS = "/confirmations/2020-12"


def rows(page) -> list[str]:
    return [row.get("id") for row in page.all("tr[id^=record-]")]


def test_groups_the_children_by_class_and_orders_them_by_name(client, world):
    late, early = add_record(family="Яворова"), add_record(family="Ангелова")
    preschool = add_record(class_code=-1, family="Бонева")
    unknown = add_record(class_code=None, family="Абрашева")
    page = client.sign_in(world.ana).get(ADDRESS).page

    assert rows(page) == [f"record-{r.id}" for r in (preschool, early, late, unknown)]
    assert [" ".join(part.text_content().split()[:2]) for part in page.all(".part caption")] == [
        "предучилищна група",
        "VII клас",
        "без посочен",
    ]


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        ((-1, -1), ["предучилищна група"]),
        ((-1, -2), [f"предучилищна група (код −{code})" for code in (2, 1)]),
    ],
)
def test_a_groups_code_is_told_once_and_where_there_are_several(client, world, codes, told):
    record, _ = (add_record(class_code=code) for code in codes)
    page = client.sign_in(world.ana).get(ADDRESS).page

    assert [option.text_content() for option in page.all("#class option")] == ["всички", *told]
    for group, label in zip(page.all(".part caption"), told, strict=True):
        assert " ".join(group.text_content().split()) == f"{label} {2 // len(told)} в списъка"
    told_below = page.text(f"#record-{record.id} .class-name")
    assert told_below.startswith("предучилищна група, ЕГН"), "no dot that could hang at a break"
    filtered = client.get(ADDRESS, **{"class": "-1"}).page
    assert filtered.text(".part caption") == told[-1], "of how many, stands above"
    assert f"Само: {told[-1]}. " in filtered.text(".shown")
    assert f"в {told[-1]} (" in filtered.text(".shown .button")
    rest = client.get(f"{ADDRESS}/confirm-rest", **{"class": "-1"}).page
    assert rest.text(".lead").endswith(f"в {told[-1]}:")
    assert rest.text("h3").startswith(f"{told[-1]}: ")


def test_a_row_says_all_that_the_decision_needs(client, world):
    record = add_record(reason=Reason.DISTANCE, figure="09", family="Карамфилова")
    row = client.sign_in(world.ana).get(ADDRESS).page.text(f"#record-{record.id}")

    meaning = "При потвърждаване: АСП определя помощта по 9 учебни дни."
    for part in ("Мария Иванова Карамфилова", "VII клас", "ОРЕС", "9 уч. дни", meaning):
        assert part in row


def test_masks_the_identifier(client, world):
    record = add_record()
    text = client.sign_in(world.ana).get(ADDRESS).text

    assert record.id_number not in text
    assert record.id_number[:3] + "*****" + record.id_number[-2:] in text


def test_every_button_says_its_record_and_version_and_has_the_token_of_the_one_form(client, world):
    pending, confirmed = add_record(), add_record(decision=Decision.CONFIRMED)
    page = client.sign_in(world.ana).get(ADDRESS).page

    assert len(page.all("#list [name=csrf_token]")) == 1
    assert page.fields(page.one("form#deciding"))["csrf_token"]
    for record, decision in ((pending, "confirmed"), (confirmed, "pending")):
        button = page.one(f"#record-{record.id} button")
        assert (button.get("form"), button.get("value")) == ("deciding", decision)
        assert button.get("formaction") == f"{ADDRESS}/records/{record.id}?version=1"


def test_a_button_sent_as_a_browser_sends_it_decides(client, world):
    record = add_record()
    page = client.sign_in(world.ana).get(ADDRESS, state="pending").page
    button, fields = page.one(f"#record-{record.id} button"), page.fields(page.one("form#deciding"))
    fields |= {button.get("name"): button.get("value")}

    answer = client.send(button.get("formaction"), token=fields.pop("csrf_token"), **fields)

    assert answer.location == f"{ADDRESS}?state=pending#record-{record.id}"
    assert stored(record).decision is Decision.CONFIRMED
    assert client.send(button.get("formaction"), decision="refused").status_code == 409


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(("what", "field"), [("refusal", "note"), ("not-ours", "returned")])
def test_opens_below_a_row_what_may_be_written_about_the_child(client, world, htmx, what, field):
    record, other = add_record(), add_record()
    page = client.sign_in(world.ana).get(ADDRESS, htmx=htmx, open=record.id, what=what).page

    assert page.has(f"#record-{record.id} + tr.editor #{field}-{record.id}")
    assert len(page.all("tr.editor")) == 1
    assert page.has(f"#record-{other.id}") is not htmx
    assert len(page.all("tr.editor [autofocus]")) == 1  # where a browser without a script goes
    fields = page.fields(page.one("tr.editor form"))
    assert fields["csrf_token"]
    assert fields["version"] == "1"


@pytest.mark.parametrize("opened", ["99", "x", "²", "-1", "9" * 30])
def test_opens_nothing_for_what_is_no_record_of_the_list(client, world, opened):
    add_record()
    client.sign_in(world.ana)

    assert not client.get(ADDRESS, open=opened).page.has("tr.editor")
    assert client.get(ADDRESS, htmx=True, open=opened).status_code == (404 if opened == "99" else 200)


def test_nothing_opens_once_it_is_too_late(client, world):
    record = add_record()
    page = client.at(AFTER).sign_in(world.ana).get(ADDRESS, open=record.id).page

    assert not page.has("tr.editor")
    assert not page.has("[data-editor]")


def test_the_neighbour_s_record_does_not_open(client, world):
    record = add_record()

    assert client.sign_in(world.boris).get(ADDRESS, htmx=True, open=record.id).status_code == 404


def test_what_a_script_opens_comes_with_the_script(client, world):
    for _ in range(5):
        add_record()
    add_record(reason=Reason.UNENROLLED)
    page = client.sign_in(world.ana).get(ADDRESS).page

    used = {link.get("data-editor") for link in page.all(".decide [data-editor]")}
    assert used == {"refusal-absence-hours", "refusal-unenrolled", "not-ours"}
    assert used < set(forms_below(client.app))
    assert not page.templates


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"pending", "confirmed", "refused"}),
        ({"state": "pending"}, {"pending"}),
        ({"state": "confirmed"}, {"confirmed"}),
        ({"state": "refused", "class": "7"}, {"refused"}),
        ({"class": "8"}, set()),
        ({"state": "nonsense"}, {"pending", "confirmed", "refused"}),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_filters_by_state_and_class(client, world, query, expected, htmx):
    made = {d.code: add_record(decision=d) for d in Decision}
    page = client.sign_in(world.ana).get(ADDRESS, htmx=htmx, **query).page

    assert set(rows(page)) == {f"record-{made[code].id}" for code in expected}
    assert page.is_whole is not htmx


def test_remembers_when_the_list_was_first_opened(client, world):
    record = add_record()
    client.sign_in(world.ana).get(ADDRESS)

    assert Submission.get_by_id(record.submission_id).first_opened_at == client.now


@pytest.mark.parametrize("who", ["nora", "oleg"])
def test_is_for_the_institution_only(client, world, who):
    assert client.sign_in(getattr(world, who)).get(ADDRESS).status_code == 403


def test_a_month_that_was_not_loaded_is_not_there(client, world):
    assert client.sign_in(world.ana).get("/confirmations/2019-01").status_code == 404
    assert client.get("/confirmations/2020-13").status_code == 404
    assert client.get("/confirmations/0000-01").status_code == 404


def test_offers_nothing_to_press_after_the_deadline(client, world):
    add_record()
    page = client.sign_in(world.ana).at(AFTER).get(ADDRESS).page

    assert not page.has("tr.record form")
    assert "Срокът изтече" in page.text("main")


def test_offers_nothing_to_press_once_signed(client, world):
    record = add_record(decision=Decision.CONFIRMED)
    Submission.update(lock=Lock.SIGNED, signed_at=client.now).where(
        Submission.id == record.submission_id
    ).execute()
    page = client.sign_in(world.ana).get(ADDRESS).page

    assert not page.has("tr.record form")
    assert "премахнете подписа" in page.text("main")


def test_one_who_only_signs_is_shown_the_list_without_buttons(client, world):
    add_record()
    page = client.sign_in(world.delegate(Scope.SIGN)).get(ADDRESS).page

    assert not page.has("tr.record form")
    assert "само за подписване" in page.text("main")


def test_says_loudly_when_all_is_decided_but_not_signed(client, world):
    add_record(decision=Decision.CONFIRMED)
    page = client.sign_in(world.ana).get(ADDRESS).page

    assert "Готово, но неподписано" in page.text("#counts")
    assert page.has(f"#counts a[href='{ADDRESS}/sign']")


def test_tells_one_who_may_not_sign_that_it_waits_for_the_director(client, world):
    add_record(decision=Decision.CONFIRMED)
    page = client.sign_in(world.dora).get(ADDRESS).page

    assert "Чака подпис от директора" in page.text("#counts")
    assert not page.has(f"#counts a[href='{ADDRESS}/sign']")


def test_tells_when_asp_changed_the_figure(client, world):
    record = add_record(figure="009.00", figure_before=Decimal(7), figure_changed_at=client.now)
    row = client.sign_in(world.ana).get(ADDRESS).page.text(f"#record-{record.id}")

    assert "Преди беше 7 уч. часа" in row


def test_a_month_without_a_calendar_says_so(client, world):
    from portal.storage.tables.institutions import BandTerm

    BandTerm.delete().execute()
    add_record()

    assert "няма зареден училищен календар" in client.sign_in(world.ana).get(ADDRESS).page.text("main")


# ---- „Не е наше дете“


def test_sends_a_record_back_and_takes_it_again(client, world):
    record = add_record(decision=Decision.CONFIRMED)
    address = f"{ADDRESS}/records/{record.id}"
    answer = client.sign_in(world.ana).send(f"{address}/not-ours", htmx=True, note="Учи във Варна.")

    assert answer.status_code == 200
    assert "Учи във Варна." in answer.page.text(f"#record-{record.id}.is-away")
    kept = stored(record)
    assert (kept.submission_id, kept.decision, kept.institution_id) == (None, Decision.PENDING, SCHOOL)
    assert Submission.get_by_id(record.submission_id).total == 0
    assert client.get(ADDRESS).page.has(f".returned #record-{record.id}")

    assert client.send(f"{address}/take-back").status_code == 303
    assert stored(record).submission_id == record.submission_id
    assert Submission.get_by_id(record.submission_id).pending == 1


def test_sending_back_twice_is_a_conflict_and_does_nothing_more(client, world):
    record = add_record()
    address = f"{ADDRESS}/records/{record.id}/not-ours"
    client.sign_in(world.ana).send(address, note="не е наше")
    version = stored(record).version

    assert client.send(address, htmx=True, note="пак").status_code == 409
    assert (stored(record).version, stored(record).returned_note) == (version, "не е наше")


@pytest.mark.parametrize("htmx", [True, False])
def test_asks_why_a_child_is_not_theirs(client, world, htmx):
    record = add_record()
    answer = client.sign_in(world.ana).send(f"{ADDRESS}/records/{record.id}/not-ours", htmx=htmx, note=" ")

    assert answer.status_code == 422
    assert "Напишете какво знаете" in answer.page.text(f"#returned-{record.id}-error")
    assert stored(record).submission_id is not None


def test_a_record_that_was_sent_back_cannot_be_decided(client, world):
    record = add_record()
    client.sign_in(world.ana).send(f"{ADDRESS}/records/{record.id}/not-ours", note="не е наше")
    version = stored(record).version
    answer = client.send(f"{ADDRESS}/records/{record.id}", htmx=True, decision="confirmed", version=version)

    assert answer.status_code == 409


@pytest.mark.parametrize("part", ["not-ours", "take-back"])
def test_the_neighbour_moves_nothing(client, world, part):
    record = add_record()

    assert (
        client.sign_in(world.boris).send(f"{ADDRESS}/records/{record.id}/{part}", note="x").status_code == 404
    )


@pytest.mark.parametrize("part", ["not-ours", "take-back"])
def test_nothing_moves_after_the_deadline(client, world, part):
    record = add_record()
    answer = client.sign_in(world.ana).at(AFTER).send(f"{ADDRESS}/records/{record.id}/{part}", note="x")

    assert answer.status_code == 409


# ---- „Проверих – няма записи“


def test_says_that_there_is_nothing(client, world):
    page = client.sign_in(world.ana).get(ADDRESS).page
    assert "Проверих – няма записи" in page.text("main form button[class=button]")

    assert client.send(f"{ADDRESS}/nothing").status_code == 303
    assert "Проверено" in client.get(ADDRESS).page.text("main")
    first = Submission.get(Submission.institution == SCHOOL).checked_at
    assert client.send(f"{ADDRESS}/nothing").status_code == 303
    assert Submission.get(Submission.institution == SCHOOL).checked_at == first


def test_cannot_say_nothing_when_there_is_something(client, world):
    add_record()

    assert client.sign_in(world.ana).send(f"{ADDRESS}/nothing").status_code == 409


def test_only_one_who_may_sign_says_nothing(client, world):
    assert client.sign_in(world.dora).send(f"{ADDRESS}/nothing").status_code == 403


def test_nothing_is_said_too_late(client, world):
    assert client.sign_in(world.ana).at(AFTER).send(f"{ADDRESS}/nothing").status_code == 409


# ---- „Потвърждавам останалите“


def test_shows_counts_and_consequences_before_it_confirms(client, world):
    pending = [add_record(), add_record(reason=Reason.UNENROLLED)]
    impossible = add_record(reason=Reason.DISTANCE, figure="30")
    refused = add_record(decision=Decision.REFUSED)
    answer = client.sign_in(world.ana).send(f"{ADDRESS}/confirm-rest")

    assert answer.status_code == 200
    text = answer.page.text("main")
    assert "прекратяват за срок до една година" in text
    assert "30 дни при 17 учебни дни" in text.replace("уч. дни", "дни")
    assert all(stored(r).decision is Decision.PENDING for r in pending)

    form = answer.page.one("main form:not([action='/logout'])")
    assert (
        client.send(f"{ADDRESS}/confirm-rest", **without_token(answer.page.fields(form))).status_code == 303
    )
    assert [stored(r).decision for r in pending] == [Decision.CONFIRMED] * 2
    assert stored(impossible).decision is Decision.PENDING
    assert stored(refused).decision is Decision.REFUSED


def test_every_name_is_shown_with_what_it_means_before_the_rest_is_confirmed(client, world):
    children = [add_record(class_code=1 + n % 12, id_number=f"{n:010}") for n in range(40)]
    leaves = add_record(reason=Reason.UNENROLLED, family="Бонева", class_code=5)
    page = client.sign_in(world.ana).get(f"{ADDRESS}/confirm-rest").page

    assert not page.has("main details")
    assert len(page.all("main li")) == len(children) + 1
    groups = [heading.text_content() for heading in page.all("h3")]
    assert (groups[0], groups[4]) == ("I клас: 4", "V клас: 4")
    (bonev,) = (line.text_content() for line in page.all("main li") if leaves.family in line.text_content())
    assert " ".join(bonev.split()).endswith("– Отписан. Детето не се обучава тук: помощите се спират.")


def test_confirms_the_rest_of_one_class(client, world):
    inside, outside = add_record(class_code=5), add_record(class_code=6)
    client.sign_in(world.ana)
    page = client.get(f"{ADDRESS}/confirm-rest", **{"class": "5"}).page
    assert "един запис във V клас" in page.text(".lead")

    sent = without_token(page.fields(page.one("form[action$=confirm-rest]")))
    answer = client.send(f"{ADDRESS}/confirm-rest", **sent)

    assert answer.location == f"{ADDRESS}?class=5"
    assert stored(inside).decision is Decision.CONFIRMED
    assert stored(outside).decision is Decision.PENDING


@pytest.mark.parametrize("state", ["confirmed", "refused"])
def test_what_is_decided_has_no_rest(client, world, state):
    add_record()
    page = client.sign_in(world.ana).get(f"{ADDRESS}/confirm-rest", state=state).page

    assert "Няма записи за преглед" in page.text(".lead")
    assert not page.has("[name=sure]")


@pytest.mark.parametrize(
    ("code", "where"),
    [(5, "във V клас"), (4, "в IV клас"), (None, "сред децата без посочен клас")],
)
def test_the_rest_says_which_class_it_is_of(client, world, code, where):
    record = add_record(class_code=code)
    add_record(class_code=9)
    asked = "unknown" if code is None else str(code)
    page = client.sign_in(world.ana).get(ADDRESS, **{"class": asked}).page

    assert page.text(".shown .button") == f"Потвърждавам останалите {where} (1)…"
    assert page.text("#counts .next") == "Потвърждавам всички останали в целия списък (2)…"
    assert rows(page) == [f"record-{record.id}"]


def test_what_cannot_be_confirmed_is_not_counted_with_the_rest(client, world):
    for figure in ("09", "18"):
        add_record(reason=Reason.DISTANCE, figure=figure, class_code=5)
    page = client.sign_in(world.ana).get(ADDRESS, **{"class": "5"}).page

    assert page.text(".shown .button") == "Потвърждавам останалите във V клас (1)…"
    lead = client.get(f"{ADDRESS}/confirm-rest", **{"class": "5"}).page.text(".lead")
    assert lead == "Ще потвърдите един запис във V клас:"


def test_nothing_is_offered_to_be_confirmed_where_nothing_may(client, world):
    add_record(reason=Reason.DISTANCE, figure="18", class_code=5)
    add_record(class_code=6, decision=Decision.CONFIRMED)
    ana = client.sign_in(world.ana)

    for query in ({}, {"class": "5"}):
        assert "останали" not in ana.get(ADDRESS, **query).page.text("main")


@pytest.mark.parametrize("asked", ["x", "²", "99999999"])
def test_a_class_that_nobody_is_in_has_no_rest(client, world, asked):
    add_record()
    page = client.sign_in(world.ana).get(f"{ADDRESS}/confirm-rest", **{"class": asked}).page

    assert "Няма записи за преглед" in page.text(".lead")


def test_the_bar_counts_who_was_sent_back(client, world):
    record, _ = add_record(), add_record()
    client.sign_in(world.ana)
    answer = client.send(f"{ADDRESS}/records/{record.id}/not-ours", htmx=True, note="Учи във Варна.")

    assert "остава 1 · потвърдени: 0 · отказани: 0 · върнати на ЦИОО: 1" in answer.page.text("#counts")
    assert answer.page.one("#counts p a").get("href") == f"{ADDRESS}?#returned", "no such part yet"
    page = client.get(ADDRESS).page
    assert "върнати на ЦИОО: 1" in page.text("#counts")
    assert page.one("#counts p a").get("href") == "#returned"


def test_with_the_last_decision_the_next_step_comes(client, world):
    record = add_record()
    ana = client.sign_in(world.ana)
    assert ana.get(ADDRESS).page.text("#steps [aria-current]") == "Прегледайте децата"
    answer = ana.send(f"{ADDRESS}/records/{record.id}", htmx=True, version=1, decision="confirmed")

    assert answer.page.text("#steps [aria-current]") == "Подпишете списъка"
    back = ana.send(f"{ADDRESS}/records/{record.id}", htmx=True, version=2, decision="pending")
    assert back.page.text("#steps [aria-current]") == "Прегледайте децата"


def test_in_the_middle_of_a_list_a_decision_brings_numbers_alone(client, world):
    record, _ = add_record(), add_record()
    answer = client.sign_in(world.ana).send(
        f"{ADDRESS}/records/{record.id}", htmx=True, version=1, decision="confirmed"
    )

    assert not answer.page.has("#counts")
    version = Submission.get_by_id(record.submission_id).version
    assert f'data-counts="1 1 0 {version}"' in answer.text
    assert "потвърдено, остава 1" in answer.text


def without_token(fields: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if name != "csrf_token"}


def test_shows_again_what_changed_since_it_was_shown(client, world):
    add_record()
    answer = client.sign_in(world.ana).send(f"{ADDRESS}/confirm-rest")
    fields = without_token(answer.page.fields(answer.page.one("main form:not([action='/logout'])")))
    late = add_record()

    answer = client.send(f"{ADDRESS}/confirm-rest", **fields)
    assert answer.status_code == 409
    assert "се е променил" in answer.page.text(".error-summary")
    assert stored(late).decision is Decision.PENDING


def test_a_script_confirms_the_rest_with_sure_alone(client, world):
    record = add_record()

    assert client.sign_in(world.ana).send(f"{ADDRESS}/confirm-rest", sure="yes").status_code == 303
    assert stored(record).decision is Decision.CONFIRMED
    assert client.get(ADDRESS).page.text(".notice.is-done") == "Потвърдени записи: 1."


def test_confirms_no_rest_too_late(client, world):
    record = add_record()

    assert client.sign_in(world.ana).at(AFTER).send(f"{ADDRESS}/confirm-rest", sure="yes").status_code == 409
    assert stored(record).decision is Decision.PENDING


def test_lists_the_months(client, world):
    add_record()
    page = client.sign_in(world.ana).get("/confirmations/").page

    assert "Декември 2020 г." in page.text("main table")
    assert "незапочнато" in page.text("main table")


@pytest.mark.parametrize("seen", ["9" * 5000, "-1", "x", "²"])
def test_a_version_that_no_list_has_confirms_nothing(client, world, seen):
    record = add_record()
    answer = client.sign_in(world.ana).send(f"{ADDRESS}/confirm-rest", sure="yes", seen=seen)
    assert answer.status_code == 409
    assert stored(record).decision is Decision.PENDING


def test_the_rest_can_be_looked_at_by_a_link_and_come_back_to(client, world):
    add_record()
    answer = client.sign_in(world.ana).get(f"{ADDRESS}/confirm-rest")

    assert answer.status_code == 200
    assert answer.page.has("input[name=sure]")


def test_a_refusal_stands_in_its_form_to_be_put_right(client, world):
    record = add_record(
        decision=Decision.REFUSED,
        corrected=Decimal("4.50"),
        refusal_reason=RefusalReason.LATE_NOTE,
        note="№ 7",
    )
    page = client.sign_in(world.ana).get(ADDRESS, open=record.id).page

    assert page.one(f"#corrected-{record.id}").get("value") == "4,5"
    assert page.one(f"#reason-{record.id} option[selected]").get("value") == "late_note"
    assert page.text(f"#note-{record.id}") == "№ 7"


def test_one_who_may_not_sign_is_sent_to_the_director_and_to_the_receipt(client, world):
    record = add_record(decision=Decision.CONFIRMED)
    Submission.update(lock=Lock.SIGNED).where(Submission.id == record.submission_id).execute()
    page = client.sign_in(world.dora).get(ADDRESS).page

    assert "директорът трябва да премахне подписа" in page.text("main")
    assert page.has("main a[href$='receipt.pdf']")
    assert not page.has("main a[href$='/sign']")


def test_a_note_that_came_too_late_is_shown_once_more(client, world):
    record = add_record()
    client.sign_in(world.dora).send(f"{ADDRESS}/records/{record.id}", decision="confirmed", version=1)
    answer = client.sign_in(world.ana).send(
        f"{ADDRESS}/records/{record.id}", htmx=True, decision="refused", corrected="1", reason="other",
        note="Бележка № 118", version=1,
    )  # fmt: skip

    assert answer.status_code == 409
    assert "Бележка № 118" in answer.page.text(f"#record-{record.id}")


def test_after_the_login_one_comes_back_to_the_list(client, world):
    record = add_record()
    answer = client.http.post(
        f"{ADDRESS}/records/{record.id}",
        headers={"HX-Request": "true", "HX-Current-URL": f"http://localhost{ADDRESS}?state=pending"},
    )

    assert answer.status_code == 401
    assert unquote(answer.headers["HX-Redirect"]) == f"/login?next={ADDRESS}"


def test_no_other_site_is_come_back_to(client, world):
    record = add_record()
    answer = client.http.post(
        f"{ADDRESS}/records/{record.id}",
        headers={"HX-Request": "true", "HX-Current-URL": "http://evil.example/confirmations/2020-12"},
    )

    assert answer.headers["HX-Redirect"] == "/login"


def test_a_closed_institution_reads_why_and_decides_nothing(client, world):
    record = add_record()
    close_institution(world.oleg, SCHOOL, NOW.date(), OTHER_SCHOOL, now=NOW)
    ana = client.sign_in(world.ana)
    page = ana.get(ADDRESS).page

    assert page.text(".notice") == (
        "Институцията е закрита Институцията е закрита от 28 януари 2021 г.: подписаното остава, а записите, "
        "които не са подписани, се насочват от ЦИОО към 10. СУ „Христо Ботев“."
    )
    assert "Краен срок" not in page.text("main")
    assert rows(page) == [f"record-{record.id}"]
    assert not page.has("button[name=decision]")
    for htmx in (True, False):
        answer = ana.send(f"{ADDRESS}/records/{record.id}", decision="confirmed", version=1, htmx=htmx)
        assert answer.status_code == 409
    assert ana.get(f"{ADDRESS}/history").status_code == 200
    assert stored(record).version == 1
