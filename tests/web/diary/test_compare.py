"""GET, POST /confirmations/<month>/diary, and what the list says afterwards"""

from decimal import Decimal

import pytest

from portal.actions.campaigns.campaigns import suspend
from portal.actions.lists.confirmations import decide
from portal.actions.signing.signing import sign
from portal.domain.decisions import Decided, Decision, Reason, RefusalReason
from portal.domain.month import Month
from portal.domain.people import Scope
from portal.storage.diary.figures import figures_of
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Submission
from tests.cast import AFTER, MONTH, NOW, OTHER_SCHOOL, PASSWORD, SCHOOL, SITE, add_record, stored
from tests.diaries import ADDRESS, bring, diary, line, line_of

LIST = f"/confirmations/{MONTH}"


def list_of_ana() -> Submission:
    return Submission.get(Submission.institution == SCHOOL)


def row(client, record) -> str:
    return client.get(LIST).page.text(f"#record-{record.id}")


@pytest.fixture
def five(world):
    """Equal, lower, lower but over the limit, higher, and not in the diary."""
    families = ("Ангелова", "Бонева", "Вълева", "Гочева", "Дянкова")
    return [add_record(figure="009.00", family=family) for family in families]


def content(five) -> bytes:
    equal, lower, over, higher, _ = five
    return diary(
        line_of(equal, "9.00"), line_of(lower, "4,5"), line_of(over, "5.00"), line_of(higher, "9.33")
    )


def test_puts_the_diary_beside_asp_and_decides_nothing(client, five, world):
    answer = bring(client.sign_in(world.ana), content(five))

    assert answer.status_code == 200
    said = ("съвпада", "4,5 – под границата", "5 – не под границата",
            "9,33 – повече от подаденото", "няма го")  # fmt: skip
    for record, words in zip(five, said, strict=True):
        assert f"по дневника: {words}" in row(client, record)
        assert stored(record).decision is Decision.PENDING
        assert stored(record).version == record.version
    text = answer.page.text("main")
    assert "Съвпада: 1 По-малко, под границата: 1 По-малко, но не под границата: 1" in text
    assert "Повече от подаденото: 1 Няма ги в дневника: 1" in text
    assert "Файлът е прочетен като windows-1251." in text
    assert "Ангелова" not in text  # of the equal ones only how many


def test_a_suggestion_is_taken_one_by_one_and_its_reason_is_the_persons(client, five, world):
    lower = five[1]
    bring(client.sign_in(world.ana), content(five))
    page = client.get(LIST).page
    link = page.one(f"#record-{lower.id} a[data-editor]:not(.not-ours)")
    assert " ".join(link.text_content().split()) == "отказвам с 4,5…"
    assert link.get("data-editor") == ""  # a script asks for the form, which does not begin empty

    for htmx in (True, False):
        opened = client.get(link.get("href"), htmx=htmx).page
        assert opened.one(f"#corrected-{lower.id}").get("value") == "4,5"
        assert "Попълнен е броят по дневника" in opened.text(f"#corrected-{lower.id}-hint")
        assert not opened.has(f"#reason-{lower.id} option[selected][value!='']")
        assert opened.one(f"#note-{lower.id}").text_content().strip() == ""

    fields = {"decision": "refused", "corrected": "4,5", "version": lower.version}
    wrong = client.send(f"{LIST}/records/{lower.id}", htmx=True, **fields)
    assert wrong.status_code == 422
    assert wrong.page.one(f"#corrected-{lower.id}").get("value") == "4,5"
    done = client.send(f"{LIST}/records/{lower.id}", htmx=True, reason="late_note", note="№ 118.", **fields)
    assert "по дневника: 4,5 – под границата" in done.text
    assert stored(lower).corrected == Decimal("4.50")


def test_only_what_is_pending_is_suggested(client, five, world):
    lower = five[1]
    decide(world.ana, MONTH, lower.id, Decided(Decision.CONFIRMED), seen=lower.version, now=NOW)
    before = stored(lower)
    bring(client.sign_in(world.ana), content(five))

    assert "отказвам с" not in row(client, lower)
    assert (stored(lower).decision, stored(lower).version) == (before.decision, before.version)


def test_the_list_can_be_narrowed_to_each_answer_and_says_how_many(client, five, world):
    bring(client.sign_in(world.ana), content(five))
    page = client.get(LIST).page
    assert "Сравнено с дневника на 28.01.2021 г., 10:00 ч." in page.text("#compared")
    for link, record in zip(page.all(".compared p:first-of-type a"), five, strict=True):
        shown = client.get(link.get("href")).page
        assert [each.get("id") for each in shown.all("tr.record")] == [f"record-{record.id}"]
        assert "по дневника –" in shown.text(".shown")

    found = client.send(f"{LIST}/search", diary="lower", q="Бонева").page
    assert len(found.all("tr.record")) == 1
    assert client.send(f"{LIST}/search", diary="lower").location == f"{LIST}?diary=lower"


def test_whatever_a_diary_has_no_word_for_is_left_alone(client, world):
    gone, distant, absent = (add_record(reason=reason) for reason in reversed(Reason))
    away = add_record()
    client.sign_in(world.ana).send(f"{LIST}/records/{away.id}/not-ours", note="Учи другаде.")
    bring(client, diary(*(line_of(each, "7") for each in (gone, distant, absent, away))))

    assert set(figures_of(list_of_ana())) == {absent.id}
    for record in (gone, distant, away):
        assert "по дневника" not in row(client, record)


def test_rows_without_a_figure_are_the_same_to_the_byte(client, world):
    one, other = add_record(), add_record()
    client.sign_in(world.ana)

    def markup(record) -> str:
        text = client.get(LIST).text
        start = text.index(f'<tr id="record-{record.id}"')
        return text[start : text.index("</tr>", start)]

    before = markup(one), markup(other)
    bring(client, diary(line_of(one, "7")))
    late = add_record()  # from a list that came later
    text = markup(late).replace(str(late.id), str(other.id)).replace(late.family, other.family)
    assert "по дневника: съвпада" in markup(one)
    assert "дневника" not in text
    assert len(text) == len(before[1])


def test_the_same_file_twice_changes_nothing(client, five, world):
    bring(client.sign_in(world.ana), content(five))
    entries, version = AuditEntry.select().count(), list_of_ana().version

    again = bring(client.at(AFTER.replace(day=1, hour=10)), content(five))

    assert "Същият файл вече беше сравнен. Нищо не се е променило." in again.page.text("main")
    assert AuditEntry.select().count() == entries
    assert list_of_ana().version == version
    assert "на 28.01.2021 г., 10:00 ч." in client.get(LIST).page.text("#compared")


def test_a_newer_file_replaces_every_figure(client, five, world):
    equal, _, _, _, missing = five
    bring(client.sign_in(world.ana), content(five))
    bring(client, diary(line_of(missing, "2"), line_of(equal, "8,5")))

    assert "по дневника: 2 – под границата" in row(client, missing)
    assert "по дневника: 8,5 – не под границата" in row(client, equal)
    assert "по дневника: няма го" in row(client, five[1])


def test_other_institutions_lines_are_counted_and_not_kept(client, world):
    record, theirs = add_record(), add_record(OTHER_SCHOOL, family="Чужденкова")
    foreign = line_of(theirs, "1.00", names="Мария|Иванова|Чужденкова")
    answer = bring(
        client.sign_in(world.ana), diary(line_of(record, "7"), foreign, foreign.replace("2020", "x"))
    )

    text = answer.page.text("main")
    assert "Редове на други институции: 2. Пропуснати са." in text
    assert "Чужденкова" not in text
    assert "не са прочетени" not in text
    assert set(figures_of(list_of_ana())) == {record.id}
    assert figures_of(Submission.get(Submission.institution == OTHER_SCHOOL)) == {}


def test_faults_are_told_by_line_and_name_nobody(client, world):
    record = add_record()
    answer = bring(
        client.sign_in(world.ana),
        diary(line_of(record, "7"), line(number="1351210629"), "", line(month=Month(2020, 11)), "2200000|x"),
    )
    cells = [each.text_content() for each in answer.page.all(".faults tbody td")]
    assert cells == [
        "2", "ЕГН: датата на раждане или контролната цифра не е вярна",
        "4", "месецът не е декември 2020 г.",
        "5", "полетата са 2, а трябва да са 16",
    ]  # fmt: skip
    assert "Редове, които не са прочетени: 3" in answer.page.text("main")


def test_of_a_child_on_two_lines_that_differ_neither_counts(client, world):
    record, same = add_record(), add_record()
    answer = bring(
        client.sign_in(world.ana),
        diary(line_of(record, "4"), line_of(record, "3"), line_of(same, "7"), line_of(same, "7")),
    )
    cells = [each.text_content() for each in answer.page.all(".faults tbody td")]
    assert cells == [
        "1", "детето стои и на ред 2 с друг брой или клас: не се сравнява",
        "2", "детето стои и на ред 1 с друг брой или клас: не се сравнява",
    ]  # fmt: skip
    assert "по дневника: няма го" in row(client, record)
    assert "по дневника: съвпада" in row(client, same)


def test_a_figure_in_days_is_not_compared_with_hours(client, world):
    """АСП named a kindergarten: its days are no school hours of this year's pupil."""
    small = add_record(figure="004.00", class_code=1, asp_institution="2200001")
    answer = bring(client.sign_in(world.ana), diary(line_of(small, "2.00")))

    assert "Не са сравнени: 1" in answer.page.text("main")
    assert "по дневника" not in row(client, small)


@pytest.mark.parametrize("who", ["ana", "dora"])
def test_the_page_says_what_stays_of_the_file(client, world, who):
    add_record()
    page = client.sign_in(getattr(world, who)).get(ADDRESS).page
    assert "За другите деца и институции не се пази нищо." in page.text("main")
    assert page.one("input[type=file]").get("name") == "file"


def test_it_is_in_the_institutions_history_without_a_child(client, five, world):
    bring(client.sign_in(world.ana), content(five))
    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).get()

    assert (entry.what, entry.object, entry.chain) == (
        "compared_diary",
        f"submission:{list_of_ana().id}",
        SCHOOL,
    )
    assert "сравни списъка с дневника" in client.get(f"{LIST}/history").page.text("main")


def test_the_neighbours_list_is_not_touched(client, five, world):
    add_record(OTHER_SCHOOL)
    answer = bring(client.sign_in(world.boris), content(five))
    assert answer.status_code == 422
    assert f"Файлът е на друга институция (код {SCHOOL})" in answer.page.text("#file-error")
    assert figures_of(list_of_ana()) == {}


@pytest.mark.parametrize("scope", [Scope.SIGN, Scope.REGISTER])
def test_who_may_not_decide_gets_nowhere(client, five, world, scope):
    client.sign_in(world.delegate(scope))
    assert bring(client, content(five)).status_code == 403
    assert client.get(ADDRESS).status_code == 403


def signed(world) -> None:
    for record in list_of_ana().records:
        decide(world.ana, MONTH, record.id, Decided(Decision.CONFIRMED), seen=record.version, now=NOW)
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)


@pytest.mark.parametrize("why", ["closed", "signed", "suspended"])
def test_too_late_nothing_is_compared_and_the_page_says_why(client, five, world, why):
    client.sign_in(world.ana)
    if why == "closed":
        client.at(AFTER)
    elif why == "signed":
        signed(world)
    else:
        suspend(world.oleg, MONTH, "Извънредно положение.", now=NOW)
    answer = bring(client, content(five))

    assert answer.status_code == 409
    assert answer.page.has(".error-summary")
    assert figures_of(list_of_ana()) == {}
    assert not client.get(ADDRESS).page.has("input[type=file]")


def test_with_nobody_absent_there_is_nothing_to_compare(client, world):
    record = add_record(reason=Reason.DISTANCE)
    answer = bring(client.sign_in(world.ana), diary(line_of(record, "7")))
    assert answer.status_code == 409
    assert "В списъка няма деца с отсъствия." in answer.page.text(".error-summary")


def test_a_month_without_a_list_has_no_page(client, world):
    assert client.sign_in(world.ana).get("/confirmations/2019-01/diary").status_code == 404


def test_a_figure_that_asp_changes_later_is_compared_anew(client, world):
    record = add_record(figure="009.00")
    bring(client.sign_in(world.ana), diary(line_of(record, "7.00")))
    type(record).update(absences="007.00").where(type(record).id == record.id).execute()
    assert "по дневника: съвпада" in row(client, record)


def test_a_refusal_that_stands_keeps_its_own_number(client, world):
    record = add_record(
        figure="009.00", decision=Decision.REFUSED, corrected=Decimal("2.00"),
        refusal_reason=RefusalReason.OWN_ERROR, note="По бележка.",
    )  # fmt: skip
    bring(client.sign_in(world.ana), diary(line_of(record, "4.00")))
    page = client.get(LIST, open=record.id).page
    assert page.one(f"#corrected-{record.id}").get("value") == "2"


def test_a_waiting_signature_is_not_undone_by_it(client, five, world):
    """Nothing that is signed has changed: the list keeps its version."""
    before = list_of_ana().version
    bring(client.sign_in(world.ana), content(five))
    assert list_of_ana().version == before
