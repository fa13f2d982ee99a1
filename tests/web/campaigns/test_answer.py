"""/campaigns/<YYYY-MM>/preview and …/answer: the answer to АСП in the browser."""

import hashlib
import io
import json
import zipfile

import pytest

from portal.domain.decisions import Decision
from portal.domain.submissions import Lock
from portal.storage.tables.answers import AnswerFile
from portal.storage.tables.campaigns import Campaign, Submission
from tests.cast import AFTER, MONTH, OTHER_SCHOOL, SCHOOL, add_record

PAGE = "/campaigns/2020-12"


@pytest.fixture
def oleg(client, world):
    """Ана's list is signed with one confirmation, Борис left one record undecided."""
    add_record(SCHOOL, decision=Decision.CONFIRMED)
    add_record(OTHER_SCHOOL)
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == SCHOOL).execute()
    return client.sign_in(world.oleg)


def test_a_preview_is_the_file_and_its_manifest_together(oleg):
    answer = oleg.send(f"{PAGE}/preview")

    assert answer.status_code == 200
    assert "PREVIEW-MONCONF1220.txt.zip" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as both:
        assert set(both.namelist()) == {"PREVIEW-MONCONF1220.txt", "PREVIEW-MONCONF1220.txt.manifest.json"}
        content = both.read("PREVIEW-MONCONF1220.txt")
        told = json.loads(both.read("PREVIEW-MONCONF1220.txt.manifest.json"))
    assert len(content.splitlines()) == 2
    assert told["kind"] == "preview"
    assert told["file"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert Campaign.for_month(MONTH).answered_at is None


def test_before_the_deadline_there_is_no_final_answer(oleg):
    assert not oleg.get(PAGE).page.has(f'a[href="{PAGE}/answer"]')
    for answer in (oleg.get(f"{PAGE}/answer"), oleg.send(f"{PAGE}/answer", sure="yes")):
        assert answer.status_code == 409
        assert "Срокът е до края на 1 февруари 2021 г." in answer.page.text(".notice.is-wrong")
    assert AnswerFile.select().count() == 0


def test_says_what_will_be_sent_before_it_is_made(oleg):
    oleg.at(AFTER)
    assert oleg.get(PAGE).page.has(f'a[href="{PAGE}/answer"]')
    page = oleg.get(f"{PAGE}/answer").page

    figures = [" ".join(figure.text_content().split()) for figure in page.all(".figure")]
    assert sorted(figures) == ["0 отказани", "1 няма информация", "1 потвърдени"]
    assert "Неподписани институции: 1" in page.text(".notice.is-warning")
    assert AnswerFile.select().count() == 0


def test_nothing_is_sent_without_being_sure(oleg):
    answer = oleg.at(AFTER).send(f"{PAGE}/answer")

    assert (answer.status_code, answer.location) == (303, f"{PAGE}/answer")
    assert Campaign.for_month(MONTH).answered_at is None


@pytest.mark.parametrize("htmx", [True, False])
def test_ends_the_campaign_and_gives_both_files(oleg, htmx):
    oleg.at(AFTER)
    page = oleg.get(f"{PAGE}/answer").page
    fields = page.fields(page.one(f'form[action="{PAGE}/answer"]'))
    answer = oleg.send(f"{PAGE}/answer", htmx=htmx, sure=fields["sure"])

    assert (answer.status_code, answer.location) == (303, f"{PAGE}#answer")
    assert Campaign.for_month(MONTH).answered_at == AFTER
    page = oleg.get(PAGE).page
    assert "Окончателният отговор е готов. Записи в него: 2." in page.text(".notice.is-done")
    first = oleg.send(f"{PAGE}/answer/download", part="file")
    again = oleg.send(f"{PAGE}/answer/download", part="file")
    beside = oleg.send(f"{PAGE}/answer/download", part="manifest")
    assert first.data == again.data
    assert len(first.data.splitlines()) == 3
    assert "MONCONF1220.txt" in first.headers["Content-Disposition"]
    assert json.loads(beside.data)["file"]["sha256"] == hashlib.sha256(first.data).hexdigest()
    assert json.loads(beside.data)["kind"] == "final"


def test_what_is_sent_is_not_sent_again(oleg):
    oleg.at(AFTER).send(f"{PAGE}/answer", sure="yes")
    first = AnswerFile.get().sha256

    assert oleg.get(f"{PAGE}/answer").status_code == 303
    oleg.send(f"{PAGE}/answer", sure="yes")
    assert {made.sha256 for made in AnswerFile.select()} == {first}


def test_a_download_never_ends_a_campaign(oleg):
    answer = oleg.at(AFTER).send(f"{PAGE}/answer/download", part="file")

    assert answer.status_code == 409
    assert Campaign.for_month(MONTH).answered_at is None


@pytest.mark.parametrize("who", ["ana", "dora", "nora"])
@pytest.mark.parametrize("address", [f"{PAGE}/preview", f"{PAGE}/answer", f"{PAGE}/answer/download"])
def test_nobody_else_sees_the_answer(client, world, who, address):
    assert client.sign_in(getattr(world, who)).at(AFTER).send(address, sure="yes").status_code == 403
    assert AnswerFile.select().count() == 0


def test_a_month_that_is_not_there_has_no_answer(oleg):
    assert oleg.get("/campaigns/2020-10/answer").status_code == 404
    assert oleg.send("/campaigns/2020-10/preview").status_code == 404
