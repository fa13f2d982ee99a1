"""GET and POST /oversight/notices"""

from dataclasses import replace
from io import BytesIO

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from portal.actions.campaigns.closing import close_institution
from portal.domain.decisions import Decision
from portal.domain.notices.attachments import LARGEST_FILE
from portal.storage.notices.recipients import codes_of
from portal.storage.notices.tables import Notice, NoticeFile
from portal.storage.tables.campaigns import Campaign, Submission
from tests.cast import AFTER, FAR_SCHOOL, KINDERGARTEN, NOW, OTHER_SCHOOL, SCHOOL, add_institution, add_record
from tests.circulars import FIELDS, PDF, TEXT, WORDING, published

HERE = "/oversight/notices"
REGION = {SCHOOL, OTHER_SCHOOL, KINDERGARTEN}


@pytest.fixture
def nora(client, world):
    return client.sign_in(world.nora)


@pytest.fixture
def oleg(client, world):
    return client.sign_in(world.oleg)


def pdfs(*names, content=PDF):
    return {"file": [(BytesIO(content), name) for name in names]}


def send(client, files):
    """A long form; encoded in memory, as Werkzeug's own client would leave a file open."""
    parts = {name: [FileStorage(*each) for each in some] for name, some in files.items()}
    boundary, body = encode_multipart({"csrf_token": client._form_token(), **FIELDS, **parts})
    kind = f"multipart/form-data; boundary={boundary}"
    return client._read(client.http.post(HERE, data=body, content_type=kind))


def goes_to(notice=None):
    return set(codes_of(notice or Notice.get()))


def test_proposes_a_text_from_the_facts_of_the_month(nora):
    add_record(decision=Decision.CONFIRMED)

    page = nora.get(HERE).page

    proposed = page.one("#text").text
    assert "УВАЖАЕМИ ГОСПОЖИ И ГОСПОДА ДИРЕКТОРИ," in proposed
    assert "Списъците на 3 институции в региона са в портала" in proposed
    assert "Моля, до края на 1 февруари 2021 г. (понеделник):" in proposed
    assert "Към 28.01.2021 г. приключили институции: 0 от 3; готови без подпис: 1; неотваряли: 3." in proposed
    assert proposed.rstrip().endswith("РУО София-град")
    assert page.one("#deadline").get("value") == "2021-02-01"
    assert page.one("#date").get("value") == "2021-01-28"
    assert "за всички в региона (институции: 3)." in page.text("form[enctype]")


def test_proposes_for_the_whole_country_what_the_operator_sees(oleg):
    proposed = oleg.get(HERE).page.one("#text").text

    assert "Списъците на 4 институции в страната" in proposed
    assert proposed.rstrip().endswith("ЦИОО")


def test_proposes_no_deadline_that_is_over(nora):
    page = nora.at(AFTER).get(HERE).page

    assert page.one("#deadline").get("value") == ""
    assert "Срокът изтече на 1 февруари 2021 г. (понеделник)." in page.one("#text").text


def test_works_before_the_first_campaign(nora):
    Submission.delete().execute()
    Campaign.delete().execute()

    page = nora.get(HERE).page

    assert not page.has("#state")
    assert nora.send(HERE, **FIELDS).status_code == 303
    assert nora.send(HERE, **FIELDS | {"number": "2", "state": "ready"}).status_code == 422


def test_publishes_for_the_whole_region(nora):
    answer = nora.send(HERE, **FIELDS, files=pdfs("Заповед РД-1.pdf", "../../Указания „2“.PDF"))

    notice = Notice.get()
    assert (answer.status_code, answer.location) == (303, f"{HERE}/{notice.id}")
    assert goes_to() == REGION
    assert (notice.office, notice.number, notice.text) == ("РУО София-град", "РУО1-3314", TEXT)
    assert notice.addressed == "всички институции"
    assert [file.name for file in NoticeFile.select().order_by(NoticeFile.position)] == [
        "Заповед РД-1.pdf",
        "Указания „2“.pdf",
    ]
    listed = nora.get(HERE).page.text(f"#notice-{notice.id}")
    assert "№ РУО1-3314 от 27.01.2021 г." in listed
    assert "0 от 3" in listed


def test_the_operator_publishes_for_the_country(oleg):
    oleg.send(HERE, **FIELDS)

    assert goes_to() == {*REGION, FAR_SCHOOL}


def test_a_closed_institution_is_left_out(nora, world):
    close_institution(world.oleg, OTHER_SCHOOL, NOW.date(), now=NOW)

    nora.send(HERE, **FIELDS)

    assert goes_to() == REGION - {OTHER_SCHOOL}


@pytest.mark.parametrize(
    ("chosen", "found", "label"),
    [
        ({"state": "ready"}, {SCHOOL}, "само „готово, но неподписано“ за декември 2020 г."),
        ({"module": "one"}, {OTHER_SCHOOL}, "само „липсва само едното“ за декември 2020 г."),
        ({"module": "list", "type": "school"}, {SCHOOL}, None),
        ({"type": "kindergarten"}, {KINDERGARTEN}, "само вид „детска градина“"),
        ({"state": "unopened", "type": "school"}, {SCHOOL}, None),
        ({"recipient": [SCHOOL, KINDERGARTEN]}, {SCHOOL, KINDERGARTEN}, "посочени поименно институции"),
        ({"codes": f"{OTHER_SCHOOL}, {SCHOOL}\n"}, {OTHER_SCHOOL, SCHOOL}, None),
        ({"state": "измислено", "type": "?"}, REGION, "всички институции"),
    ],
)
def test_publishes_for_those_who_are_chosen(nora, chosen, found, label):
    add_record(decision=Decision.CONFIRMED)
    Submission.update(checked_at=NOW).where(Submission.institution == OTHER_SCHOOL).execute()

    answer = nora.send(HERE, **FIELDS, month="2020-12", **chosen)

    assert answer.status_code == 303
    assert goes_to() == found
    assert label is None or Notice.get().addressed == label


def test_recipients_stay_whatever_becomes_of_their_state(nora):
    add_record(decision=Decision.CONFIRMED)
    nora.send(HERE, **FIELDS, month="2020-12", state="ready")

    add_record()

    assert goes_to() == {SCHOOL}


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"number": " "}, "number", "Впишете номера"),
        ({"number": "9" * 41}, "number", "До 40 знака; написани са 41."),
        ({"date": "вчера"}, "date", "изберете дата"),
        ({"date": "2021-01-29"}, "date", "още не е дошла"),
        ({"date": "2019-01-29"}, "date", "преди повече от година"),
        ({"text": ""}, "text", "Напишете какво трябва да направят"),
        ({"text": "а" * 10_001}, "text", "До 10000 знака"),
        ({"subject": "а" * 201}, "subject", "До 200 знака"),
        ({"deadline": "2021-01-27"}, "deadline", "вече е минал"),
        ({"deadline": "2031-01-27"}, "deadline", "след повече от година"),
        ({"deadline": "утре"}, "deadline", "изберете дата"),
        ({"state": "signed", "month": "2020-12"}, "type", "Сега няма институция"),
        ({"type": "school", "recipient": SCHOOL}, "type", "Изберете едното"),
    ],
)
def test_says_beside_the_field_what_does_not_hold(nora, fields, field, said):
    answer = nora.send(HERE, **FIELDS | fields)

    assert answer.status_code == 422
    assert said in answer.page.text(f"#{field}-error")
    assert answer.page.one("#number").get("value") == (FIELDS | fields)["number"].strip()
    assert Notice.select().count() == 0


@pytest.mark.parametrize("code", [FAR_SCHOOL, "9999999", "не е код", "' OR 1=1"])
@pytest.mark.parametrize("field", ["recipient", "codes"])
def test_an_institution_of_another_region_is_none(nora, code, field):
    answer = nora.send(HERE, **FIELDS | {field: code})

    assert answer.status_code == 422
    assert "Няма действаща институция с код" in answer.page.text("main")
    assert "Левски" not in answer.text
    assert Notice.select().count() == 0


def test_sent_twice_it_is_published_once(nora):
    assert nora.send(HERE, **FIELDS).status_code == 303

    answer = nora.send(HERE, **FIELDS)

    assert answer.status_code == 409
    assert "вече е публикувано на 28.01.2021 г., 10:00 ч." in answer.page.text(".notice.is-wrong")
    assert answer.page.one("#text").text.strip() == TEXT
    assert Notice.select().count() == 1


def test_another_office_may_have_the_same_number(nora, client, world):
    nora.send(HERE, **FIELDS)

    assert client.sign_in(world.oleg).send(HERE, **FIELDS).status_code == 303


class TestPreview:
    def test_shows_it_and_to_how_many_it_would_go(self, nora, world):
        add_institution("2200099", "105. ОУ", world.campaign.submissions[0].institution.type)

        answer = nora.send(HERE, **FIELDS, preview="yes")

        shown = answer.page.text("#proof")
        assert answer.status_code == 200
        assert "Институции, които ще го получат: 4; от тях без активиран директор: 1." in shown
        assert "№ РУО1-3314 от 27.01.2021" in shown
        assert "Потвърдете и подпишете до края на срока." in shown
        assert Notice.select().count() == 0
        assert answer.page.one("#text").text.strip() == TEXT

    def test_warns_of_a_deadline_on_a_day_off(self, nora):
        answer = nora.send(HERE, **FIELDS | {"deadline": "2021-01-31"}, preview="yes")

        assert "31 януари 2021 г. (неделя) е в почивен ден" in answer.page.text("#proof")

    def test_says_what_does_not_hold(self, nora):
        assert nora.send(HERE, **FIELDS | {"number": ""}, preview="yes").status_code == 422


class TestFiles:
    def test_takes_nothing_but_a_pdf_by_its_bytes(self, nora):
        page = b"<html><script>alert(1)</script>%PDF-1.7 %%EOF"

        answer = nora.send(HERE, **FIELDS, files=pdfs("заповед.pdf", content=page))

        assert answer.status_code == 422
        assert "Не е PDF: заповед.pdf." in answer.page.text("#file-error")
        assert Notice.select().count() == 0

    def test_one_that_is_too_large_is_413_and_loses_nothing_that_was_typed(self, nora):
        large = PDF + b" " * (LARGEST_FILE + 1 - len(PDF))

        answer = send(nora, pdfs("голям.pdf", content=large))

        assert answer.status_code == 413
        assert "По-голям от 5 MB: голям.pdf." in answer.page.text("#file-error")
        assert answer.page.one("#text").text.strip() == TEXT
        assert Notice.select().count() == 0

    def test_the_largest_of_them_fit(self, nora):
        largest = b"%PDF-1.7\n" + b"0" * (LARGEST_FILE - 15) + b"%%EOF\n"
        assert len(largest) == LARGEST_FILE

        answer = send(nora, pdfs("1.pdf", "2.pdf", "3.pdf", content=largest))

        assert answer.status_code == 303
        assert [file.size for file in NoticeFile.select()] == [LARGEST_FILE] * 3

    def test_four_are_too_many(self, nora):
        answer = nora.send(HERE, **FIELDS, files=pdfs("1.pdf", "2.pdf", "3.pdf", "4.pdf"))

        assert answer.status_code == 422
        assert "Изберете до 3 файла; избрани са 4." in answer.page.text("#file-error")

    def test_a_request_above_every_limit_is_a_page(self, nora):
        answer = send(nora, pdfs("огромен.pdf", content=b"0" * 21 * 1024 * 1024))

        assert answer.status_code == 413
        assert "Файловете са твърде големи" in answer.page.text("#file-error")

    def test_nobody_elses_large_request_is_read(self, client, world):
        answer = send(client.sign_in(world.ana), pdfs("1.pdf", content=b"0" * 2**21))

        assert answer.status_code == 413


def test_three_hundred_can_be_ticked(nora, world):
    codes = [f"99{number:05d}" for number in range(300)]
    for code in codes:
        add_institution(code, f"{code}. училище", world.campaign.submissions[0].institution.type)

    assert len(nora.get(HERE).page.all("input[name=recipient]")) == 303
    answer = nora.send(HERE, **FIELDS, recipient=codes, files=pdfs("1.pdf"))

    assert answer.status_code == 303
    assert goes_to() == set(codes)


def test_the_operator_may_write_codes(oleg):
    page = oleg.get(HERE).page

    assert page.has("textarea[name=codes]")
    assert not page.has("input[name=recipient]")


class TestFindingRecipients:
    """The operator has a country to choose from: by name, number or place."""

    @staticmethod
    def boxes(page) -> dict[str, bool]:
        """By the code, whether it is ticked."""
        return {box.get("value"): box.get("checked") is not None for box in page.all("#choice input")}

    def test_what_is_found_is_offered(self, oleg):
        page = oleg.send(HERE, **FIELDS, q="варна", find="yes").page

        assert self.boxes(page) == {FAR_SCHOOL: False}
        assert page.text("#choice label") == f"ОУ „Васил Левски“, Варна, {FAR_SCHOOL}"
        assert page.one("#number").get("value") == FIELDS["number"]
        assert page.one("#text").text.strip() == FIELDS["text"]
        assert Notice.select().count() == 0

    def test_what_is_ticked_stays_while_others_are_looked_for(self, oleg):
        page = oleg.send(HERE, **FIELDS, q="ботев", find="yes", recipient=[FAR_SCHOOL]).page
        assert self.boxes(page) == {FAR_SCHOOL: True, OTHER_SCHOOL: False}
        again = oleg.get(HERE, q="варна", recipient=[FAR_SCHOOL, OTHER_SCHOOL]).page  # as a script asks
        assert self.boxes(again) == {OTHER_SCHOOL: True, FAR_SCHOOL: True}

    def test_the_circular_goes_to_those_that_are_ticked(self, oleg):
        assert oleg.send(HERE, **FIELDS, q="ботев", recipient=[FAR_SCHOOL, OTHER_SCHOOL]).status_code == 303
        assert goes_to() == {FAR_SCHOOL, OTHER_SCHOOL}

    def test_says_that_there_is_none(self, oleg, world):
        close_institution(world.oleg, OTHER_SCHOOL, NOW.date(), now=NOW)
        for q in ("няматакава", "ботев"):
            page = oleg.send(HERE, **FIELDS, q=q, find="yes").page
            assert "няма институция" in page.text("#choice")

    def test_an_expert_finds_nobody_elses(self, nora):
        assert FAR_SCHOOL not in nora.send(HERE, **FIELDS, q="варна", find="yes").text
        answer = nora.send(HERE, **FIELDS, recipient=[FAR_SCHOOL])
        assert answer.status_code == 422
        assert Notice.select().count() == 0


class TestCorrection:
    @pytest.fixture
    def old(self, world):
        return published(world.nora, SCHOOL)

    def test_begins_with_what_stood_in_the_old_one(self, nora, old):
        page = nora.get(HERE, replaces=old.id).page

        assert "Писмо, което заменя № РУО1-3314 от 27.01.2021 г." in page.text("#publish")
        assert page.one("#text").text.strip() == TEXT
        assert page.one("input[name=replaces]").get("value") == str(old.id)

    def test_goes_to_all_who_have_the_old_one(self, nora, old):
        answer = nora.send(HERE, **FIELDS | {"text": "Поправено."}, replaces=old.id, recipient=OTHER_SCHOOL)

        assert answer.status_code == 303
        new = Notice.get(Notice.replaces == old.id)
        assert goes_to(new) == {SCHOOL, OTHER_SCHOOL}
        assert Notice.get_by_id(old.id).text == TEXT
        assert "заменено" in nora.get(HERE).page.text(f"#notice-{old.id}")
        shown = nora.get(f"{HERE}/{old.id}").page.text("main")
        assert "Писмото е заменено Важи писмо № РУО1-3314 от 27.01.2021 г." in shown

    def test_there_is_one(self, nora, old):
        nora.send(HERE, **FIELDS, replaces=old.id)

        answer = nora.send(HERE, **FIELDS, replaces=old.id)

        assert answer.status_code == 409
        assert "Писмото е заменено с по-ново." in answer.page.text(".notice.is-wrong")
        assert Notice.select().count() == 2

    def test_is_not_for_another_office(self, client, world, old):
        far = client.sign_in(world.oleg).send(HERE, **FIELDS, replaces=old.id)

        assert far.status_code == 403
        assert Notice.select().count() == 1

    def test_of_what_is_not_there_is_404(self, nora):
        assert nora.send(HERE, **FIELDS, replaces=77).status_code == 404
        assert nora.get(HERE, replaces=77).status_code == 404


@pytest.mark.parametrize("name", ["ana", "dora"])
def test_is_not_for_institutions(client, world, name):
    client.sign_in(getattr(world, name))

    assert client.get(HERE).status_code == 403
    assert client.send(HERE, **FIELDS).status_code == 403
    assert Notice.select().count() == 0


def test_needs_the_token(nora):
    assert nora.send(HERE, **FIELDS, token="").status_code == 400
    assert Notice.select().count() == 0


def test_older_circulars_are_one_step_away(nora, world):
    notices = [published(world.nora, wording=replace(WORDING, number=str(n))) for n in range(25)]

    page = nora.get(HERE).page
    older = nora.get(page.one("main a[href*=before]").get("href")).page

    shown = [row.get("id") for part in (page, older) for row in part.all("tr[id^=notice-]")]
    assert shown == [f"notice-{each.id}" for each in reversed(notices)]
    assert not older.has("main a[href*=before]")


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 20])
def test_what_is_no_number_is_none(nora, before):
    assert nora.get(HERE, before=before, replaces=before, month=before).status_code == 200
