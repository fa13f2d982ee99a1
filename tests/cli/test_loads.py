"""portal load and portal campaign, as the operator types them and as scripts read them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.cli import main
from portal.domain.submissions import Lock
from portal.storage.loading.tables import Load
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.db import connected, open_database
from portal.storage.tables.institutions import Enrolment
from tests.actions.loading.loaded import asp
from tests.cast import MONTH, NOW, OTHER_SCHOOL, add_record
from tests.exchange.invented import DATA

AFTER = "2021-02-02T10:00:00"


@pytest.fixture
def portal(world, database, monkeypatch):
    """Run a command; the database is open again afterwards."""
    monkeypatch.setenv("PORTAL_ENV", "test")
    monkeypatch.setenv("PORTAL_DATABASE_URL", database)
    monkeypatch.setenv("PORTAL_CLOCK", NOW.isoformat())

    def run(*words: object, clock: str | None = None):
        if clock is not None:
            monkeypatch.setenv("PORTAL_CLOCK", clock)
        result = CliRunner().invoke(main, [str(word) for word in words])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        open_database(database)
        return result

    with connected():
        yield run


@pytest.fixture
def asp_file(tmp_path) -> Path:
    path = tmp_path / "ASPCONF1220.txt"
    path.write_bytes("\r\n".join([asp(0), asp(1, institution=OTHER_SCHOOL), "боклук"]).encode("cp1251"))
    return path


def test_loads_all_that_the_lists_stand_on_and_the_list(portal):
    for what, name in (
        ("institutions", "institutions.csv"), ("calendar", "calendar.csv"), ("enrolments", "MONZP1220.txt"),
    ):  # fmt: skip
        result = portal("load", what, DATA / name)
        assert result.exit_code == 0, result.output
    result = portal("campaign", "load", DATA / "ASPCONF1220.txt", "--json")

    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["received"], told["distributed"], told["rejected"]) == (240, 240, 0)
    assert (told["month"], told["encoding"]) == ("2020-12", "windows-1251")


def test_names_the_institutions_that_the_file_leaves_out(portal):
    told = portal("load", "institutions", DATA / "institutions.csv")

    assert told.exit_code == 0
    assert told.stdout.splitlines()[-2:] == [
        "Няма ги във файла, а не са закрити (portal institution close):",
        "0300001  ОУ „Васил Левски“",
    ]
    again = json.loads(portal("load", "institutions", DATA / "institutions.csv", "--json").stdout)
    assert (again["missing"], again["missing_institutions"]) == (1, ["0300001"])


def test_rejected_lines_are_exit_code_one_and_are_named(portal, asp_file):
    result = portal("campaign", "load", asp_file)

    assert result.exit_code == 1
    assert "received                   3  получени редове" in result.stdout
    assert "distributed                2  разпределени" in result.stdout
    assert "rejected                   1  отхвърлени" in result.stdout
    assert "ред 3: полетата са 1, а трябва да са 11" in result.stdout


def test_a_script_reads_nothing_but_json(portal, asp_file):
    result = portal("campaign", "load", asp_file, "--json")

    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert {key: told[key] for key in ("received", "distributed", "rejected", "added")} == {
        "received": 3, "distributed": 2, "rejected": 1, "added": 2,
    }  # fmt: skip


def test_the_output_names_no_child(portal, asp_file):
    asp_file.write_bytes(asp(0, given="Необикновено", absences="7").encode("cp1251"))
    result = portal("campaign", "load", asp_file)

    assert result.exit_code == 1
    assert "Необикновено" not in result.output
    assert "1351210628" not in result.output


def test_a_load_sets_the_window_too(portal, asp_file):
    portal("campaign", "load", asp_file, "--opens", "2021-01-26", "--closes", "2021-01-31")
    campaign = Campaign.for_month(MONTH)

    assert (str(campaign.opens_on), str(campaign.closes_on)) == ("2021-01-26", "2021-01-31")


@pytest.mark.parametrize(
    "words",
    [
        ("campaign", "load", "няма-такъв-файл.txt"),
        ("campaign", "window", "2020-13", "--opens", "2021-01-25", "--closes", "2021-02-01"),
        ("campaign", "window", "2020-12", "--opens", "утре", "--closes", "2021-02-01"),
        ("campaign", "window", "2020-12", "--opens", "2021-01-25"),
        ("campaign", "answer", "2020-12"),
        ("load", "enrolments"),
    ],
)
def test_a_call_that_makes_no_sense_is_exit_code_two(portal, words):
    assert portal(*words).exit_code == 2


def test_one_end_of_a_window_is_not_enough(portal, asp_file):
    assert portal("campaign", "load", asp_file, "--opens", "2021-01-26").exit_code == 2
    assert Load.select().count() == 0


def test_a_window_on_a_sunday_is_set_with_a_warning(portal):
    result = portal("campaign", "window", "2020-12", "--opens", "2021-01-25", "--closes", "2021-01-31")

    assert result.exit_code == 0
    assert "почивен ден" in result.stderr
    assert "до края на 31 януари 2021 г. (неделя)" in result.stdout
    assert str(Campaign.for_month(MONTH).closes_on) == "2021-01-31"


def test_what_cannot_be_done_is_one_sentence_and_exit_code_one(portal, asp_file):
    result = portal("campaign", "load", asp_file, clock=AFTER)

    assert result.exit_code == 1
    assert result.stderr.strip().splitlines()[-1].startswith("Срокът изтече на 01.02.2021 г.")


@pytest.mark.parametrize(
    "command",
    ["campaign load", "load institutions", "load enrolments", "load calendar", "load holidays-override"],
)
def test_a_file_of_a_wrong_kind_is_one_sentence_and_exit_code_one(portal, tmp_path, command):
    path = tmp_path / "файл.txt"
    path.write_bytes(b"PK\x03\x04[Content_Types].xml xl/workbook.xml")
    result = portal(*command.split(), path)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Това е файл на Excel (.xlsx), а тук се зарежда ")
    assert Load.select().count() == 0


def test_a_file_without_one_good_line_says_so_and_groups_the_faults(portal, tmp_path):
    path = tmp_path / "ASPCONF1220.txt"
    lines = [asp(n, institution="9999999") for n in range(3)]
    path.write_bytes("\r\n".join([*lines, lines[0]]).encode("cp1251"))
    result = portal("campaign", "load", path)

    assert result.exit_code == 1
    said = result.stdout.splitlines()
    assert said[1] == "Нито един ред не е приет: нищо от файла не е заредено."
    grouped = "код на институцията: 9999999 не е в портала – 4 реда; първо заредете институциите"
    assert said.index(grouped) < said.index("ред 1: код на институцията: 9999999 не е в портала")
    told = json.loads(portal("campaign", "load", path, "--json").stdout)
    assert told["faults"] == [{"fault": "код на институцията: 9999999 не е в портала", "lines": 4}]


def test_an_empty_file_is_exit_code_one(portal, tmp_path):
    empty = tmp_path / "ASPCONF1220.txt"
    empty.write_bytes(b"")

    assert portal("campaign", "load", empty).exit_code == 1


def test_writes_what_was_rejected_for_asp_to_act_on(portal, asp_file, tmp_path):
    portal("campaign", "load", asp_file)
    out = tmp_path / "rejects.txt"
    result = portal("campaign", "rejects", "2020-12", "--out", out)

    assert result.exit_code == 0
    assert out.read_bytes().decode("cp1251") == "боклук|3|полетата са 1, а трябва да са 11\r\n"
    assert out.stat().st_mode & 0o077 == 0, "names of children are for nobody else on the machine"


def test_a_month_without_a_load_has_no_rejects(portal, tmp_path):
    result = portal("campaign", "rejects", "2020-12", "--out", tmp_path / "rejects.txt")

    assert result.exit_code == 1
    assert not (tmp_path / "rejects.txt").exists()


def test_writes_a_preview_and_its_manifest(portal, tmp_path):
    add_record(decision=1)
    Submission.update(lock=Lock.SIGNED).execute()
    out = tmp_path / "отговор.txt"
    result = portal("campaign", "answer", "2020-12", "--out", out, "--json")

    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["records"], told["confirmed"], told["final"]) == (1, 1, False)
    beside = json.loads((tmp_path / "отговор.txt.manifest.json").read_bytes())
    assert (beside["kind"], beside["file"]["sha256"]) == ("preview", told["sha256"])
    assert len(out.read_bytes().splitlines()) == 2


def test_the_final_answer_waits_for_the_deadline_and_is_the_same_again(portal, tmp_path):
    add_record()
    first, second = tmp_path / "1.txt", tmp_path / "2.txt"
    early = portal("campaign", "answer", "2020-12", "--out", first, "--final")

    assert early.exit_code == 1
    assert "Срокът е до края на 1 февруари 2021 г. (понеделник)" in early.stderr
    assert list(tmp_path.glob("*.txt*")) == []
    assert portal("campaign", "answer", "2020-12", "--out", first, "--final", clock=AFTER).exit_code == 0
    assert portal("campaign", "answer", "2020-12", "--out", second, "--final").exit_code == 0
    assert first.read_bytes() == second.read_bytes()
    assert Campaign.for_month(MONTH).answered_at is not None


def test_enrolments_say_the_month_by_name_or_by_hand(portal, tmp_path):
    other = tmp_path / "записани.txt"
    other.write_bytes((DATA / "MONZP1220.txt").read_bytes())

    assert portal("load", "enrolments", other).exit_code == 1
    assert portal("load", "enrolments", other, "--month", "2021-01").exit_code == 0
    assert {str(row.month) for row in Enrolment.select(Enrolment.month).distinct()} == {"2021-01"}
    result = portal("load", "enrolments", other, "--month", "2021-01", "--correction", "--json")
    assert json.loads(result.stdout)["updated"] == 240


def cut_off(tmp_path, name="MONZP1220.txt", lines=36) -> Path:
    """The sample, as a transfer leaves it that breaks off."""
    short = tmp_path / name
    short.write_bytes(b"\r\n".join((DATA / "MONZP1220.txt").read_bytes().split(b"\r\n")[:lines]))
    return short


def test_what_a_file_takes_away_is_said_before_it_is_stored(portal, tmp_path):
    for what, name in (("institutions", "institutions.csv"), ("enrolments", "MONZP1220.txt")):
        assert portal("load", what, DATA / name).exit_code == 0
    assert portal("campaign", "load", DATA / "ASPCONF1220.txt").exit_code == 0
    before = {record.id: record.institution_id for record in Record.select()}
    result = portal("load", "enrolments", cut_off(tmp_path))

    assert result.exit_code == 1
    assert result.stdout == ""
    first, *moves, last = result.stderr.strip().splitlines()
    assert first.startswith("Файлът отнема повече от обичайното. Отпаднали записвания: ")
    assert moves, "the sample has children who were enrolled elsewhere"
    assert all(" от " in move and " към " in move for move in moves)
    assert last == "Нищо не е заредено. Ако е вярно, повторете с --sure."
    assert {record.id: record.institution_id for record in Record.select()} == before
    assert Load.select().where(Load.kind == "enrolments").count() == 1

    told = json.loads(portal("load", "enrolments", tmp_path / "MONZP1220.txt", "--json").stdout)
    assert (told["sure"], told["after"] + told["removed"]) == (False, told["before"])
    sure = portal("load", "enrolments", tmp_path / "MONZP1220.txt", "--sure", "--json")
    assert sure.exit_code == 0
    done = json.loads(sure.stdout)
    assert {name: done[name] for name in ("received", "removed", "moved")} == {
        "received": 35, "removed": told["removed"], "moved": told["moved"],
    }  # fmt: skip
    assert {"distributed", "rejected", "without_enrolment", "unknown_institution", "by_number"} <= set(done)


def test_a_second_copy_of_a_correction_corrects(portal, tmp_path):
    assert portal("load", "enrolments", DATA / "MONZP1220.txt").exit_code == 0
    result = portal("load", "enrolments", cut_off(tmp_path, "MONZPC1220 (1).txt", 3), "--json")

    assert (result.exit_code, json.loads(result.stdout)["updated"]) == (0, 2)
    assert Enrolment.select().count() == 240


def test_a_main_file_is_loaded_as_a_correction_only_for_who_is_sure(portal):
    assert portal("load", "enrolments", DATA / "MONZP1220.txt").exit_code == 0
    asked = portal("load", "enrolments", DATA / "MONZP1220.txt", "--correction")

    assert asked.exit_code == 1
    assert asked.stderr.startswith("По името си „MONZP1220.txt“ е основен файл")
    assert portal("load", "enrolments", DATA / "MONZP1220.txt", "--correction", "--sure").exit_code == 0


@pytest.mark.parametrize(
    ("words", "name", "what"),
    [
        (("load", "enrolments"), "ASPCONF1220.txt", "списък от АСП, а не записвания"),
        (("load", "enrolments"), "MONCONF1220.txt", "отговор до АСП, а не записвания"),
        (("campaign", "load"), "MONZPC1220 (1).txt", "записвания, а не списък от АСП"),
        (("load", "institutions"), "MONZP1220.txt", "записвания, а не институции"),
        (("load", "calendar"), "ASPCONF1220.txt", "списък от АСП, а не учебен календар"),
        (("load", "holidays-override"), "ASPCONF1220.txt", "списък от АСП, а не дни по решение"),
    ],
)
def test_a_name_that_begins_like_another_kind_is_one_sentence(portal, tmp_path, words, name, what):
    path = tmp_path / name
    path.write_bytes((DATA / "MONZP1220.txt").read_bytes())
    result = portal(*words, path)

    assert result.exit_code == 1
    assert result.stderr.startswith(f"По името си „{name}“ е {what}.")
    assert Load.select().count() == 0


def test_days_that_decrees_moved(portal, tmp_path):
    moved = tmp_path / "days.csv"
    moved.write_text("date,kind,name\n2020-12-11,holiday,по решение\n2020-12-32,holiday,\n", "utf-8")
    result = portal("load", "holidays-override", moved)

    assert result.exit_code == 1
    assert "ред 3: ден: няма такъв ден" in result.stdout


def test_progress_goes_beside_what_is_printed(portal, tmp_path):
    many = tmp_path / "ASPCONF1220.txt"
    many.write_text(
        "".join(f"2020|12|{OTHER_SCHOOL}|2|{n}|А|Б|В|007.00|0|00\n" for n in range(50_000)), "cp1251"
    )
    result = portal("campaign", "load", many, "--json")

    assert "read 50000 lines" in result.stderr
    assert "stored 50000 of 50000" in result.stderr
    assert json.loads(result.stdout)["added"] == 50_000
    assert Record.select().count() == 50_000
