"""/campaigns/<YYYY-MM>/answers: answers with their manifests, whether a file is one; …/history."""

import io
import json

import pytest

from portal.actions.loading.repairing import leave, repair
from portal.domain.decisions import Decision
from portal.domain.submissions import Lock
from portal.storage.loading.tables import RejectedLine
from portal.storage.tables.answers import AnswerFile
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.letters import Announcement
from tests.actions.loading.loaded import asp, load
from tests.cast import AFTER, MONTH, NOW, OTHER_SCHOOL, SCHOOL, add_record

PAGE = f"/campaigns/{MONTH}"
NAME = "MONCONF1220.txt"


@pytest.fixture
def oleg(client, world):
    add_record(SCHOOL, decision=Decision.CONFIRMED)
    add_record(OTHER_SCHOOL, family="Необикновена")
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == SCHOOL).execute()
    return client.sign_in(world.oleg)


@pytest.fixture
def answer(oleg) -> bytes:
    """The final one, made after the deadline."""
    oleg.at(AFTER).send(f"{PAGE}/answer", sure="yes")
    return oleg.send(f"{PAGE}/answer/download", part="file").data


def check(oleg, content: bytes, name=NAME, htmx=False):
    return oleg.send(f"{PAGE}/answers/check", htmx=htmx, files={"file": (io.BytesIO(content), name)})


def test_the_manifest_stays_as_it_was_made(oleg, answer):
    made = AnswerFile.select().order_by(AnswerFile.id).first()
    Submission.update(first_opened_at=AFTER).execute()
    first = oleg.get(f"{PAGE}/answers/{made.id}/manifest")
    again = oleg.send(f"{PAGE}/answer/download", part="manifest")

    assert first.data == again.data == bytes(made.manifest)
    assert first.headers["Content-Disposition"] == f'attachment; filename="{NAME}.manifest.json"'
    assert json.loads(first.data)["file"] == {"name": NAME, "sha256": made.sha256, "bytes": len(answer)}
    assert (made.name, made.size, made.records) == (NAME, len(answer), 2)


def test_a_download_makes_no_answer(oleg, answer):
    oleg.at(AFTER.replace(day=7)).send(f"{PAGE}/answer/download", part="manifest")
    rows = [" ".join(row.text_content().split()) for row in oleg.get(f"{PAGE}/history").page.all("tbody tr")]

    assert len(oleg.get(f"{PAGE}/answers").page.all("tbody tr")) == 1
    assert ["изтегли" in row for row in rows[:3]] == [True, True, False]
    assert sum("изготви" in row for row in rows) == 1


def test_what_older_versions_kept_of_downloads_is_not_shown(oleg, answer):
    first = AnswerFile.get()
    AnswerFile.create(campaign=first.campaign, final=True, at=AFTER.replace(day=7), sha256=first.sha256)
    oleg.at(AFTER.replace(day=8)).send(f"{PAGE}/preview")
    kinds = [row.text_content() for row in oleg.get(f"{PAGE}/answers").page.all("tbody tr")]

    assert [("предварителен" in row, "окончателен" in row) for row in kinds] == [(True, False), (False, True)]


def test_a_preview_leaves_its_manifest(oleg):
    oleg.send(f"{PAGE}/preview")
    page = oleg.get(f"{PAGE}/answers").page

    made = AnswerFile.get()
    assert page.has(f'a[href="{PAGE}/answers/{made.id}/manifest"]')
    assert "предварителен" in page.text("tbody tr")


def test_a_manifest_of_another_month_or_of_before_they_were_kept_is_not_there(oleg, answer):
    made = AnswerFile.get()
    assert oleg.get(f"/campaigns/2020-11/answers/{made.id}/manifest").status_code == 404
    AnswerFile.update(manifest=None).execute()

    assert oleg.get(f"{PAGE}/answers/{made.id}/manifest").status_code == 404
    assert not oleg.get(f"{PAGE}/answers").page.has('a[href$="/manifest"]')


@pytest.mark.parametrize("htmx", [True, False])
def test_says_which_answer_a_file_is(oleg, answer, htmx):
    said = " ".join(
        each.text_content() for each in check(oleg, answer, htmx=htmx).page.all(".notice.is-done")
    )
    said = " ".join(said.split())

    assert "Същият файл, байт по байт" in said
    assert "Отговор за декември 2020 г.: окончателен, направен на" in said


@pytest.mark.parametrize(
    ("change", "line", "sentence"),
    [
        (lambda it: it.replace(b"|0|000.00|00\r\n", b"|1|000.00|00\r\n"), 3, "Поле MONStatus е друго."),
        (lambda it: it.replace("Необикновена".encode("cp1251"), b"X"), 3, "Поле Name 3 е друго."),
        (lambda it: it.replace(b"\r\n", b"\n"), 1, "Краят на реда е друг"),
        (lambda it: it.decode("cp1251").encode("utf-8"), 2, "Поле Name 1 е друго."),
        (lambda it: b"\xef\xbb\xbf" + it, 1, "Заглавният ред е друг"),
        (lambda it: b"".join(it.splitlines(keepends=True)[:-1]), 3, "редове липсват"),
        (lambda it: it + b"x", 4, "Избраният файл продължава"),
        (lambda it: b"", 1, "редове липсват"),
    ],
)
def test_says_where_a_file_first_differs(oleg, answer, change, line, sentence):
    page = check(oleg, change(answer)).page
    said = page.text(".notice.is-wrong")

    assert f"Първата разлика е на ред {line}. " in said
    assert sentence in said
    assert "Необикновена" not in page.text("main")


def test_shows_figures_of_the_difference_and_no_name(oleg, answer):
    said = check(oleg, answer.replace(b"|0|000.00|00\r\n", b"|2|000.00|00\r\n")).page.text(".notice.is-wrong")

    assert "В отговора: 0. В избрания файл: 2." in said


def test_never_compares_with_what_the_records_no_longer_say(oleg, answer):
    AnswerFile.update(sha256="0" * 64).execute()

    assert "Данните вече не дават отговора" in check(oleg, answer).page.text(".notice.is-wrong")


def test_before_the_answer_there_is_nothing_to_compare_with(oleg):
    assert "още няма окончателен отговор" in check(oleg, b"x").page.text(".notice.is-wrong")
    assert AnswerFile.select().count() == 0


def test_asks_for_a_file(oleg):
    answer = oleg.send(f"{PAGE}/answers/check")

    assert answer.status_code == 422
    assert answer.page.text("#answer-file-error") == "Изберете файл."


def test_the_history_of_a_month_has_its_files_windows_and_answers(oleg):
    load(asp(0))
    oleg.send(f"{PAGE}/suspend", reason="Епидемия.")
    oleg.send(f"{PAGE}/resume")
    rows = [row.text_content() for row in oleg.get(f"{PAGE}/history").page.all("tbody tr")]

    assert [next(word for word in ("възобнови", "спря", "зареди") if word in row) for row in rows[:3]] == [
        "възобнови",
        "спря",
        "зареди",
    ]
    assert "Олег" not in "".join(rows)


def about(oleg) -> list[str]:
    """What each entry of the history is about, the oldest first."""
    cells = oleg.get(f"{PAGE}/history").page.all("tbody tr td:last-child")
    return [" ".join(cell.text_content().split()) for cell in reversed(cells)]


def at_hour(hour):
    return NOW.replace(hour=hour)


def test_the_history_says_which_days_and_why(oleg):
    Campaign.update(opens_on=None, closes_on=None).execute()
    for hour, days in (
        (9, ("2021-01-25", "2021-02-01")),
        (10, ("2021-01-25", "2021-02-03")),
        (11, ("2021-01-26", "2021-02-03")),
        (12, ("2021-01-26", "2021-02-05")),
    ):
        oleg.at(at_hour(hour)).send(
            f"{PAGE}/window", **dict(zip(("opens_on", "closes_on"), days, strict=True))
        )
    oleg.at(at_hour(13)).send(f"{PAGE}/suspend", reason="Епидемия.")

    assert about(oleg) == [
        "кампанията, краен срок 01.02.2021 г.",
        "кампанията, краен срок 03.02.2021 г. вместо 01.02.2021 г.",
        "кампанията, краен срок 03.02.2021 г.",
        "кампанията, краен срок 05.02.2021 г. вместо 03.02.2021 г., начало 26.01.2021 г.",
        "кампанията, причина: Епидемия.",
    ]
    oleg.at(at_hour(14)).send(f"{PAGE}/resume")
    assert about(oleg)[4:] == ["кампанията", "кампанията"], "the reason is not kept any longer"
    Announcement.delete().execute()  # erased with the letters
    assert about(oleg)[:3] == ["кампанията"] * 3
    assert about(oleg)[3] == "кампанията, краен срок 05.02.2021 г., начало 26.01.2021 г."


def test_the_history_says_which_line_was_mended(oleg, world):
    wrong = (asp(number, institution=OTHER_SCHOOL, absences="7.5") for number in (5, 6, 7))
    done = load(asp(4, institution=OTHER_SCHOOL), *wrong)
    first, second, _ = RejectedLine.select().order_by(RejectedLine.number)
    repair(world.oleg, done.id, second.id, {"absences": "007.00"}, now=at_hour(9))
    leave(world.oleg, done.id, first.id, now=at_hour(10))

    assert about(oleg)[-2:] == ["файл „ASPCONF1220.txt“, ред 3", "файл „ASPCONF1220.txt“, ред 2"]


def test_the_history_says_when_the_answer_was_handed_over(oleg, answer):
    oleg.at(AFTER.replace(day=4)).send(f"{PAGE}/sent", on="2021-02-03")

    assert about(oleg)[-1] == "кампанията, предаден на 03.02.2021 г."


@pytest.mark.parametrize("who", ["ana", "dora", "nora"])
def test_is_for_the_operator_only(client, world, who):
    client.sign_in(getattr(world, who))

    assert client.get(f"{PAGE}/answers").status_code == 403
    assert client.get(f"{PAGE}/history").status_code == 403
    assert client.send(f"{PAGE}/answers/check").status_code == 403


def test_a_month_that_is_not_there(oleg):
    assert oleg.get("/campaigns/2020-10/answers").status_code == 404
    assert oleg.get("/campaigns/2020-10/history").status_code == 404
